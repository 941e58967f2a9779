//! Inverse hyperbolic functions.

use super::exp::{power_of_two_f32, power_of_two_f64};
use super::log::{
    LN2_HIGH_F32, LN2_HIGH_F64, LN2_LOW_F32, LN2_LOW_F64, log_of_sum_f32, log_of_sum_f64,
    one_plus_f32, one_plus_f64,
};
use super::{polynomial_f32, polynomial_f64};
use std::{f32, f64};

/// (atanh(s) / s - 1) / z in z = s^2 for |s| <= 0.2004; the error times z is below 2^-61.2.
const ATANH_TAIL_F64: [f64; 8] = [
    0.333333333333333,
    0.2000000000002874,
    0.14285714277821795,
    0.1111111215833666,
    0.09090832347945164,
    0.07695574854172084,
    0.06586487389221737,
    0.06923605315235105,
];
/// As [`ATANH_TAIL_F64`]; the error times z is below 2^-28.2.
const ATANH_TAIL_F32: [f32; 3] = [0.33333474, 0.19978747, 0.15183853];

macro_rules! asinh {
    (
        $(#[$doc:meta])* $name:ident, $F:ident, $log_of_sum:ident, $one_plus:ident,
        huge: $huge:literal, tiny: $tiny:literal
    ) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(x: $F) -> $F {
            let a = x.abs();
            let huge = a > $huge;
            let b = if huge { 0.0 } else { a };
            let excess = b * b / (1.0 + b.mul_add(b, 1.0).sqrt());
            let w = b + excess;
            let w_error = (b - w) + excess;
            let (u, c) = $one_plus(w, w_error);
            let u = if huge { a } else { u };
            let c = if huge { 0.0 } else { c };
            let (high, low) = $log_of_sum(u, c, if huge { 1.0 } else { 0.0 });
            let value = if a == $F::INFINITY { a } else { high + low };
            let value = if a < $tiny { a } else { value };
            value.copysign(x)
        }
    };
}

macro_rules! acosh {
    (
        $(#[$doc:meta])* $name:ident, $F:ident, $log_of_sum:ident, $one_plus:ident,
        huge: $huge:literal
    ) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(x: $F) -> $F {
            let huge = x > $huge;
            let t = if huge { 0.0 } else { x - 1.0 };
            let square = t.mul_add(t, 2.0 * t);
            let square_error = t.mul_add(t, 2.0 * t - square);
            let root = square.sqrt();
            // The root of 0 has no error.
            let remainder = (-root).mul_add(root, square) + square_error;
            let root_error = remainder / (root + root + $F::MIN_POSITIVE);
            let w = root + t;
            let w_error = (root - w) + t + root_error;
            let (u, c) = $one_plus(w, w_error);
            let u = if huge { x } else { u };
            let c = if huge { 0.0 } else { c };
            let (high, low) = $log_of_sum(u, c, if huge { 1.0 } else { 0.0 });
            let value = if x >= 1.0 { high + low } else { $F::NAN };
            if x == $F::INFINITY { x } else { value }
        }
    };
}

macro_rules! atanh {
    (
        $(#[$doc:meta])* $name:ident, $F:ident, $power_of_two:ident, $polynomial:ident,
        $tail:ident, $ln2_high:ident, $ln2_low:ident, integer: $integer:literal, bits: $bits:literal
    ) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(x: $F) -> $F {
            // An integer or-ed into the bits of this number makes their sum.
            const INTEGER: $F = $integer;
            let a = x.abs();
            // The rounded sums and their errors.
            let (above, below) = (1.0 + a, 1.0 - a);
            let (above_error, below_error) = ((1.0 - above) + a, (1.0 - below) - a);
            // The logarithm of their quotient, nearly: bits of numbers grow like logarithms.
            let ratio = above.to_bits().wrapping_sub(below.to_bits()).wrapping_add(1 << ($bits - 1));
            let k = $F::from_bits((ratio >> $bits) | INTEGER.to_bits()) - INTEGER;
            let scale = $power_of_two(k);

            let scaled = scale * below;
            let scaled_error = scale * below_error;
            let n = above - scaled;
            let n_error = above_error - scaled_error;
            let d = above + scaled;
            let part = d - above;
            let d_error = (above - (d - part)) + (scaled - part) + (above_error + scaled_error);
            let reciprocal = 1.0 / d;
            let quotient = n * reciprocal;
            let remainder = (-quotient).mul_add(d, n) + (-quotient).mul_add(d_error, n_error);
            let near = k == 0.0;
            let s = if near { a } else { quotient };
            let s_error = if near { 0.0 } else { remainder * reciprocal };

            let z = s * s;
            let tail = (s * z).mul_add($polynomial(z, &$tail), s_error);
            let half_k = 0.5 * k;
            let exponent = half_k * $ln2_high;
            let high = exponent + s;
            let error = (exponent - high) + s;
            let value = high + (half_k.mul_add($ln2_low, error) + tail);
            let value = if a < 1.0 { value } else { $F::NAN };
            let value = if a == 1.0 { $F::INFINITY } else { value };
            value.copysign(x)
        }
    };
}

asinh! {
    /// The inverse hyperbolic sine; the error is below 1.0 ulp.
    ///
    /// asinh |x| = log(1 + w) with w = |x| + x^2 / (1 + sqrt(1 + x^2)); log(2 |x|) for huge |x|.
    asinh_f64, f64, log_of_sum_f64, one_plus_f64, huge: 1e9, tiny: 1e-8
}
asinh! {
    /// The inverse hyperbolic sine; the error is below 1.1 ulp. As [`asinh_f64`].
    asinh_f32, f32, log_of_sum_f32, one_plus_f32, huge: 3e4, tiny: 3e-4
}
acosh! {
    /// The inverse hyperbolic cosine, NaN for x < 1; the error is below 0.65 ulp.
    ///
    /// acosh x = log(1 + w) with w = t + sqrt(t^2 + 2 t) and t = x - 1, which is exact, where the
    /// error of the root is carried along; log(2 x) for huge x.
    acosh_f64, f64, log_of_sum_f64, one_plus_f64, huge: 1e9
}
acosh! {
    /// The inverse hyperbolic cosine, NaN for x < 1; the error is below 0.75 ulp. As [`acosh_f64`].
    acosh_f32, f32, log_of_sum_f32, one_plus_f32, huge: 3e4
}
atanh! {
    /// The inverse hyperbolic tangent, infinite at 1 and NaN beyond; the error is below 0.65 ulp.
    ///
    /// With (1 + |x|) / (1 - |x|) near 2^k, atanh |x| = k ln(2) / 2 + atanh s where
    /// s = ((1 + |x|) - 2^k (1 - |x|)) / ((1 + |x|) + 2^k (1 - |x|)). The difference is exact, being
    /// one of neighbours, and the quotient gets a correction from the remainder of the division
    /// and from the rounding errors of the sums.
    atanh_f64, f64, power_of_two_f64, polynomial_f64, ATANH_TAIL_F64,
    LN2_HIGH_F64, LN2_LOW_F64, integer: 4_503_599_627_370_496.0, bits: 52
}
atanh! {
    /// The inverse hyperbolic tangent, infinite at 1 and NaN beyond; the error is below 0.7 ulp. As
    /// [`atanh_f64`].
    atanh_f32, f32, power_of_two_f32, polynomial_f32, ATANH_TAIL_F32,
    LN2_HIGH_F32, LN2_LOW_F32, integer: 8_388_608.0, bits: 23
}
