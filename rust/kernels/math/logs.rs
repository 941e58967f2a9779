//! Logarithms to other bases, and of numbers near one.

use super::log::{
    cubic_f32, cubic_f64, log_of_sum_f32, log_of_sum_f64, one_plus_f32, one_plus_f64, split_f32,
    split_f64,
};
use std::{f32, f64};

// log2(e) and log10(e) less their rounded values.
const LOG2_E_LOW_F64: f64 = 2.0355273740931033e-17;
const LOG2_E_LOW_F32: f32 = 1.925963e-8;
const LOG10_E_LOW_F64: f64 = 1.098319650216765e-17;
const LOG10_E_LOW_F32: f32 = -1.010305e-8;

// log10(2) as a sum whose first part is so short (42 and 16 bits) that its product with any
// binary exponent is exact.
const LOG10_2_HIGH_F64: f64 = 0.30102999566395283;
const LOG10_2_LOW_F64: f64 = 2.8363394551044964e-14;
const LOG10_2_HIGH_F32: f32 = 0.30103302;
const LOG10_2_LOW_F32: f32 = -3.0243555e-6;

macro_rules! log_to_base {
    (
        $(#[$doc:meta])* $name:ident, $F:ident, $split:ident, $cubic:ident,
        log_e: $e_high:path, $e_low:expr, log_2: $two_high:expr, $two_low:expr
    ) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(x: $F) -> $F {
            let (k, f) = $split(x);
            let half_f = 0.5 * f;
            let natural = (-half_f).mul_add(f, f);
            let natural_low = (-half_f).mul_add(f, f - natural) + $cubic(f);
            let fraction = natural * $e_high;
            let fraction_error = natural.mul_add($e_high, -fraction);
            let fraction_low = natural.mul_add($e_low, natural_low.mul_add($e_high, fraction_error));

            let exponent = k * $two_high;
            let sum = exponent + fraction;
            let sum_error = (exponent - sum) + fraction;
            let log = sum + (k.mul_add($two_low, sum_error) + fraction_low);

            let log = if x > 0.0 { log } else { $F::NAN };
            let log = if x == 0.0 { $F::NEG_INFINITY } else { log };
            if x == $F::INFINITY { x } else { log }
        }
    };
}

log_to_base! {
    /// The logarithm to base 2, for all x; the error is below 0.7 ulp, and powers of two are exact.
    ///
    /// As [`log_f64`](super::log_f64), but the logarithm of the fraction is multiplied by log2(e),
    /// in two parts with their errors, before the exponent is added.
    log2_f64, f64, split_f64, cubic_f64,
    log_e: f64::consts::LOG2_E, LOG2_E_LOW_F64, log_2: 1.0, 0.0
}
log_to_base! {
    /// The logarithm to base 2, for all x; the error is below 0.85 ulp. As [`log2_f64`].
    log2_f32, f32, split_f32, cubic_f32,
    log_e: f32::consts::LOG2_E, LOG2_E_LOW_F32, log_2: 1.0, 0.0
}
log_to_base! {
    /// The logarithm to base 10, for all x; the error is below 0.7 ulp, and powers of ten are exact.
    /// As [`log2_f64`].
    log10_f64, f64, split_f64, cubic_f64,
    log_e: f64::consts::LOG10_E, LOG10_E_LOW_F64, log_2: LOG10_2_HIGH_F64, LOG10_2_LOW_F64
}
log_to_base! {
    /// The logarithm to base 10, for all x; the error is below 0.8 ulp. As [`log2_f64`].
    log10_f32, f32, split_f32, cubic_f32,
    log_e: f32::consts::LOG10_E, LOG10_E_LOW_F32, log_2: LOG10_2_HIGH_F32, LOG10_2_LOW_F32
}

macro_rules! log1p {
    ($(#[$doc:meta])* $name:ident, $F:ident, $one_plus:ident, $log_of_sum:ident) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(x: $F) -> $F {
            let (u, c) = $one_plus(x, 0.0);
            let (high, low) = $log_of_sum(u, c, 0.0);
            let log = if x > -1.0 { high + low } else { $F::NAN };
            let log = if x == -1.0 { $F::NEG_INFINITY } else { log };
            let log = if x == $F::INFINITY { x } else { log };
            // The sign of a zero.
            log.copysign(x)
        }
    };
}

log1p! {
    /// log(1 + x), for all x; the error is below 0.7 ulp.
    ///
    /// The logarithm of the rounded sum, and the rounding error divided by the sum, the
    /// first-order effect of the error.
    log1p_f64, f64, one_plus_f64, log_of_sum_f64
}
log1p! {
    /// log(1 + x), for all x; the error is below 0.8 ulp. As [`log1p_f64`].
    log1p_f32, f32, one_plus_f32, log_of_sum_f32
}
