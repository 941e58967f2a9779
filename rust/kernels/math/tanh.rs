//! The hyperbolic tangent.

use super::exp::{Reduced, power_of_two_f32, power_of_two_f64, reduce_f32, reduce_f64};

/// tanh x, for all x; the error is below 0.8 ulp.
///
/// tanh |x| = n / (n + 2) with n = e^(2|x|) - 1 = 2^k (e^r - 1) + (2^k - 1): one formula for the
/// whole line, since for small |x| the exponent k is zero and n keeps its relative accuracy. The
/// rounding errors of numerator and denominator are carried along and the quotient is corrected
/// by its remainder (Handbook of Floating-Point Arithmetic, chapter 4), which also makes the
/// rounding of the reciprocal harmless.
#[inline(always)]
pub fn tanh_f64(x: f64) -> f64 {
    // tanh rounds to 1 from 19.06 on; a NaN passes the comparison.
    let a = x.abs();
    let a = if a > 20.0 { 20.0 } else { a };
    let Reduced { k, high, low } = reduce_f64(a + a);
    // e^r - 1 and its rounding error.
    let expm1 = high + low;
    let expm1_error = (high - expm1) + low;

    let scale = power_of_two_f64(k);
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

/// tanh x, for all x; the error is below 0.64 ulp. As [`tanh_f64`].
#[inline(always)]
pub fn tanh_f32(x: f32) -> f32 {
    // tanh rounds to 1 from 9.02 on.
    let a = x.abs();
    let a = if a > 10.0 { 10.0 } else { a };
    let Reduced { k, high, low } = reduce_f32(a + a);
    let expm1 = high + low;
    let expm1_error = (high - expm1) + low;

    let scale = power_of_two_f32(k);
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
