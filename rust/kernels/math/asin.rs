//! Inverse sine and cosine.

use super::{PI_LOW_F32, PI_LOW_F64, polynomial_f32, polynomial_f64};
use std::{f32, f64};

/// (asin(s) / s - 1) / z in z = s^2 for |s| <= 1/2; the error times z is below 2^-58.9.
const TAIL_F64: [f64; 13] = [
    0.16666666666666763,
    0.07499999999970258,
    0.044642857175123354,
    0.03038194268351694,
    0.022372215662651084,
    0.017351600056787393,
    0.013980961797958456,
    0.011397773676628966,
    0.010786539437343121,
    0.00368301129132968,
    0.021763555405183488,
    -0.02107734851961708,
    0.032676911818422305,
];
/// As [`TAIL_F64`]; the error times z is below 2^-27.4.
const TAIL_F32: [f32; 5] = [0.16666754, 0.07495244, 0.045476906, 0.024148287, 0.042217772];

macro_rules! reduce {
    ($name:ident, $F:ident, $polynomial:ident, $tail:ident) => {
        /// The s of at most 1/2 and the low part of asin s = s + low, where asin |x| = asin s for
        /// |x| <= 1/2 and pi/2 - 2 asin s otherwise, with s = sqrt((1 - |x|) / 2).
        #[inline(always)]
        fn $name(a: $F) -> ($F, $F) {
            let halved = 0.5 * (1.0 - a);
            let z = if a > 0.5 { halved } else { a * a };
            let root = halved.sqrt();
            // The root of 0 has no error.
            let root_error = (-root).mul_add(root, halved) / (root + root + $F::MIN_POSITIVE);
            let s = if a > 0.5 { root } else { a };
            let s_error = if a > 0.5 { root_error } else { 0.0 };
            (s, (s * z).mul_add($polynomial(z, &$tail), s_error))
        }
    };
}
reduce!(reduce_f64, f64, polynomial_f64, TAIL_F64);
reduce!(reduce_f32, f32, polynomial_f32, TAIL_F32);

macro_rules! asin {
    ($(#[$doc:meta])* $name:ident, $F:ident, $reduce:ident, $pi_low:ident) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(x: $F) -> $F {
            let a = x.abs();
            let (s, low) = $reduce(a);
            let base = $F::consts::FRAC_PI_2;
            let high = base - 2.0 * s;
            let error = (base - high) - 2.0 * s;
            let far = high + ((-2.0 as $F).mul_add(low, 0.5 * $pi_low) + error);
            let value = if a > 0.5 { far } else { s + low };
            value.copysign(x)
        }
    };
}

macro_rules! acos {
    ($(#[$doc:meta])* $name:ident, $F:ident, $reduce:ident, $pi_low:ident) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(x: $F) -> $F {
            let a = x.abs();
            let (s, low) = $reduce(a);
            // The value is base - factor (s + low).
            let sign = (1.0 as $F).copysign(x);
            let factor = if a > 0.5 { -2.0 * sign } else { sign };
            let end = if x < 0.0 { 1.0 } else { 0.0 };
            let half_turns = if a > 0.5 { end } else { 0.5 };
            let base = half_turns * $F::consts::PI;
            let high = base - factor * s;
            let error = (base - high) - factor * s;
            high + ((-factor).mul_add(low, half_turns * $pi_low) + error)
        }
    };
}

asin! {
    /// The inverse sine, NaN for |x| > 1; the error is below 0.65 ulp.
    ///
    /// asin |x| = pi/2 - 2 asin(sqrt((1 - |x|) / 2)) for |x| > 1/2, where 1 - |x| is exact and the
    /// error of the root is carried along.
    asin_f64, f64, reduce_f64, PI_LOW_F64
}
asin! {
    /// The inverse sine, NaN for |x| > 1; the error is below 0.75 ulp. As [`asin_f64`].
    asin_f32, f32, reduce_f32, PI_LOW_F32
}
acos! {
    /// The inverse cosine, NaN for |x| > 1; the error is below 0.65 ulp.
    ///
    /// As [`asin_f64`]: pi/2 - asin x for |x| <= 1/2, and 2 asin(sqrt((1 - x) / 2)) or pi minus that
    /// of -x otherwise.
    acos_f64, f64, reduce_f64, PI_LOW_F64
}
acos! {
    /// The inverse cosine, NaN for |x| > 1; the error is below 0.75 ulp. As [`acos_f64`].
    acos_f32, f32, reduce_f32, PI_LOW_F32
}
