//! The hyperbolic tangent.

use super::exp::{Reduced, power_of_two_f32, power_of_two_f64, reduce_f32, reduce_f64};

macro_rules! tanh {
    (
        $(#[$doc:meta])* $name:ident, $F:ident, $reduce:ident, $power_of_two:ident,
        limit: $limit:literal
    ) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(x: $F) -> $F {
            // tanh rounds to 1 before the limit; a NaN passes the comparison.
            let a = x.abs();
            let a = if a > $limit { $limit } else { a };
            let Reduced { k, high, low } = $reduce(a + a);
            // e^r - 1 and its rounding error.
            let expm1 = high + low;
            let expm1_error = (high - expm1) + low;

            let scale = $power_of_two(k);
            let base = scale - 1.0;
            let n = scale.mul_add(expm1, base);
            let n_error = scale.mul_add(expm1_error, scale.mul_add(expm1, base - n));
            let d = n + 2.0;
            // The larger term first, as Fast2Sum wants it.
            let larger = if n > 2.0 { n } else { 2.0 };
            let smaller = if n > 2.0 { 2.0 } else { n };
            let d_error = smaller - (d - larger) + n_error;

            let reciprocal = 1.0 / d;
            let quotient = n * reciprocal;
            let remainder = (-quotient).mul_add(d, n) + (-quotient).mul_add(d_error, n_error);
            remainder.mul_add(reciprocal, quotient).copysign(x)
        }
    };
}

macro_rules! quick_tanh {
    (
        $(#[$doc:meta])* $name:ident, $F:ident, $reduce:ident, $power_of_two:ident,
        limit: $limit:literal
    ) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(x: $F) -> $F {
            let a = x.abs();
            let a = if a > $limit { $limit } else { a };
            let Reduced { k, high, low } = $reduce(a + a);
            let scale = $power_of_two(k);
            let n = scale.mul_add(high + low, scale - 1.0);
            (n / (n + 2.0)).copysign(x)
        }
    };
}

tanh! {
    /// tanh x, for all x; the error is below 0.8 ulp.
    ///
    /// tanh |x| = n / (n + 2) with n = e^(2|x|) - 1 = 2^k (e^r - 1) + (2^k - 1): one formula for the
    /// whole line, since for small |x| the exponent k is zero and n keeps its relative accuracy. The
    /// rounding errors of numerator and denominator are carried along and the quotient is corrected
    /// by its remainder (Handbook of Floating-Point Arithmetic, chapter 4), which also makes the
    /// rounding of the reciprocal harmless.
    tanh_f64, f64, reduce_f64, power_of_two_f64, limit: 20.0
}
tanh! {
    /// tanh x, for all x; the error is below 0.64 ulp. As [`tanh_f64`].
    tanh_f32, f32, reduce_f32, power_of_two_f32, limit: 10.0
}
quick_tanh! {
    /// tanh x, for all x, by the formula of [`tanh_f64`] with all of its roundings; the error is below 2.5 ulp.
    quick_tanh_f64, f64, reduce_f64, power_of_two_f64, limit: 20.0
}
quick_tanh! {
    /// tanh x, for all x, by the formula of [`tanh_f64`] with all of its roundings; the error is below 2.5 ulp.
    quick_tanh_f32, f32, reduce_f32, power_of_two_f32, limit: 10.0
}
