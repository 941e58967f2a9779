//! The exponential function.

use super::{ROUND_F32, ROUND_F64, polynomial_f32, polynomial_f64};
use std::{f32, f64};

// ln 2 less the constant LN_2, its rounded value.
pub(super) const LN2_LOW_F64: f64 = 2.3190468138462996e-17;
pub(super) const LN2_LOW_F32: f32 = -1.904_654_2e-9;

/// (e^r - 1 - r - r^2/2) / r^3 for |r| <= ln(2) / 2; the error times r^2 is below 2^-60.2.
const TAIL_F64: [f64; 10] = [
    0.16666666666666677,
    0.04166666666666669,
    0.00833333333332169,
    0.0013888888888870202,
    0.0001984126988600185,
    2.480158735600162e-05,
    2.7557244318015455e-06,
    2.755724566959643e-07,
    2.510900307296258e-08,
    2.0923732611445697e-09,
];
/// As [`TAIL_F64`]; the error times r^2 is below 2^-30.1.
const TAIL_F32: [f32; 5] = [0.16666667, 0.04166648, 0.008333283, 0.0013933321, 0.00019909692];

/// An argument x written as k ln 2 + r with an integer k and |r| <= ln(2) / 2, and r's share of
/// the exponential: e^r = 1 + high + low, where `high` is exactly x - k `LN_2`.
pub(super) struct Reduced<F> {
    pub k: F,
    pub high: F,
    pub low: F,
}

/// Two-part reduction (Cody & Waite, "Software Manual for the Elementary Functions", 1980, with
/// fused multiply-add) for |x| < 2000. Its first step is exact: the difference is a multiple of
/// the last bit of x or of `LN_2`, whichever is lower, and below 0.35, so that 53 bits hold it
/// (for k = 0 it is x). Only `low` is rounded, and it is at most about 0.07; r^2/2, the largest
/// part of it, is added last.
#[inline(always)]
pub(super) fn reduce_f64(x: f64) -> Reduced<f64> {
    let k = x.mul_add(f64::consts::LOG2_E, ROUND_F64) - ROUND_F64;
    let high = (-k).mul_add(f64::consts::LN_2, x);
    let correction = -k * LN2_LOW_F64;
    let r = high + correction;
    let cubic = (r * r * r).mul_add(polynomial_f64(r, &TAIL_F64), correction);
    let low = (0.5 * r).mul_add(r, cubic);
    Reduced { k, high, low }
}

/// As [`reduce_f64`], for |x| < 200.
#[inline(always)]
pub(super) fn reduce_f32(x: f32) -> Reduced<f32> {
    let k = x.mul_add(f32::consts::LOG2_E, ROUND_F32) - ROUND_F32;
    let high = (-k).mul_add(f32::consts::LN_2, x);
    let correction = -k * LN2_LOW_F32;
    let r = high + correction;
    let cubic = (r * r * r).mul_add(polynomial_f32(r, &TAIL_F32), correction);
    let low = (0.5 * r).mul_add(r, cubic);
    Reduced { k, high, low }
}

macro_rules! exp_of_rest {
    ($name:ident, $F:ident) => {
        /// e^r as a rounded sum and its error.
        #[inline(always)]
        pub(super) fn $name(reduced: &Reduced<$F>) -> ($F, $F) {
            let sum = 1.0 + reduced.high;
            let rest = (1.0 - sum) + reduced.high + reduced.low;
            let exp = sum + rest;
            (exp, (sum - exp) + rest)
        }
    };
}
exp_of_rest!(exp_of_rest_f64, f64);
exp_of_rest!(exp_of_rest_f32, f32);

/// 2^k for an integer k from -1022 to 1023, put together in the exponent field.
#[inline(always)]
pub(super) fn power_of_two_f64(k: f64) -> f64 {
    f64::from_bits((k + (ROUND_F64 + 1023.0)).to_bits() << 52)
}

/// 2^k for an integer k from -126 to 127.
#[inline(always)]
pub(super) fn power_of_two_f32(k: f32) -> f32 {
    f32::from_bits((k + (ROUND_F32 + 127.0)).to_bits() << 23)
}

/// 2^k for an integer k from -2044 to 2046 as two factors, since it may lie outside the range of
/// normal numbers: k = floor(k / 2) + floor((k + 1) / 2), in the low bits with twice the exponent
/// bias.
#[inline(always)]
pub(super) fn scales_f64(k: f64) -> (f64, f64) {
    let exponent = (k + (ROUND_F64 + 2046.0)).to_bits();
    let scale1 = f64::from_bits((exponent >> 1) << 52);
    let scale2 = f64::from_bits((exponent.wrapping_add(1) >> 1) << 52);
    (scale1, scale2)
}

/// As [`scales_f64`], for k from -252 to 254.
#[inline(always)]
pub(super) fn scales_f32(k: f32) -> (f32, f32) {
    let exponent = (k + (ROUND_F32 + 254.0)).to_bits();
    let scale1 = f32::from_bits((exponent >> 1) << 23);
    let scale2 = f32::from_bits((exponent.wrapping_add(1) >> 1) << 23);
    (scale1, scale2)
}

/// e^x, for all x; the error is below 0.62 ulp for normal results.
///
/// e^x = 2^k e^r ([`reduce_f64`]); the rounding error of 1 + r is carried along. Of the two
/// factors of the scale the first product is exact and the second rounds once, so that a
/// subnormal result (rounded the second time there) has an error below 0.78 ulp.
#[inline(always)]
pub fn exp_f64(x: f64) -> f64 {
    // The exponential has overflowed or vanished at the ends; a NaN passes both comparisons.
    let x = if x > 710.0 { 710.0 } else { x };
    let x = if x < -746.0 { -746.0 } else { x };
    let reduced = reduce_f64(x);
    let (exp_r, _) = exp_of_rest_f64(&reduced);
    let (scale1, scale2) = scales_f64(reduced.k);
    exp_r * scale1 * scale2
}

/// e^x, for all x; the error is below 0.63 ulp for normal results. As [`exp_f64`].
#[inline(always)]
pub fn exp_f32(x: f32) -> f32 {
    let x = if x > 89.0 { 89.0 } else { x };
    let x = if x < -104.0 { -104.0 } else { x };
    let reduced = reduce_f32(x);
    let (exp_r, _) = exp_of_rest_f32(&reduced);
    let (scale1, scale2) = scales_f32(reduced.k);
    exp_r * scale1 * scale2
}
