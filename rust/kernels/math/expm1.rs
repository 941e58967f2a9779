//! e^x - 1.

use super::exp::{Reduced, power_of_two_f32, power_of_two_f64, reduce_f32, reduce_f64};

macro_rules! expm1 {
    (
        $(#[$doc:meta])* $name:ident, $F:ident, $reduce:ident, $power_of_two:ident,
        top: $top:literal, bottom: $bottom:literal, tiny: $tiny:ident
    ) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(x: $F) -> $F {
            // The value has overflowed or rounds to -1 at the ends; a NaN passes both comparisons.
            let clamped = if x > $top { $top } else { x };
            let clamped = if clamped < $bottom { $bottom } else { clamped };
            let Reduced { k, high, low } = $reduce(clamped);
            // e^r - 1 and its rounding error.
            let expm1 = high + low;
            let expm1_error = (high - expm1) + low;

            // Half of the value, since 2^k may be too large for a number.
            let scale = $power_of_two(k - 1.0);
            let base = scale - 0.5;
            let base_error = (scale - base) - 0.5;
            let half = scale.mul_add(expm1, base);
            let half_error = scale.mul_add(expm1_error, scale.mul_add(expm1, base - half) + base_error);
            let value = 2.0 * (half + half_error);
            // Halves of subnormal numbers are not exact.
            if x.abs() < $tiny { x } else { value }
        }
    };
}

const TINY_F64: f64 = 5.551115123125783e-17; // 2^-54
const TINY_F32: f32 = 2.9802322e-8; // 2^-25

expm1! {
    /// e^x - 1, for all x; the error is below 0.95 ulp.
    ///
    /// The value is 2^k (e^r - 1) + (2^k - 1), in which the rounding errors of the larger terms are
    /// carried along: for small |x| the exponent k is zero and nothing cancels.
    expm1_f64, f64, reduce_f64, power_of_two_f64,
    top: 710.0, bottom: -50.0, tiny: TINY_F64
}
expm1! {
    /// e^x - 1, for all x; the error is below 0.75 ulp. As [`expm1_f64`].
    expm1_f32, f32, reduce_f32, power_of_two_f32,
    top: 89.0, bottom: -25.0, tiny: TINY_F32
}
