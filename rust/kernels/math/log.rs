//! The natural logarithm.

use super::{polynomial_f32, polynomial_f64};
use std::f32::consts::FRAC_1_SQRT_2 as SQRT_HALF_F32;
use std::f64::consts::FRAC_1_SQRT_2 as SQRT_HALF_F64;

// ln 2 as a sum whose first part is so short (42 and 16 bits) that its product with any binary
// exponent is exact.
pub(super) const LN2_HIGH_F64: f64 = 0.6931471805598903;
pub(super) const LN2_LOW_F64: f64 = 5.497923018708371e-14;
pub(super) const LN2_HIGH_F32: f32 = 0.693_145_75;
pub(super) const LN2_LOW_F32: f32 = 1.428_606_8e-6;

/// (log((1 + s) / (1 - s)) / s - 2) / z in z = s^2 for 1/sqrt(2) <= (1 + s) / (1 - s) <= sqrt(2);
/// the error times z is below 2^-57.9.
const TAIL_F64: [f64; 7] = [
    0.6666666666666734,
    0.3999999999941431,
    0.2857142874247638,
    0.22222198563370105,
    0.18183564871407257,
    0.1531403573292017,
    0.14796106371842072,
];
/// (log(1 + f) - f + f^2/2) / f^3 for 1/sqrt(2) <= 1 + f <= sqrt(2); the error times f^2 is
/// below 2^-27.2.
const TAIL_F32: [f32; 8] = [
    0.33333316,
    -0.2500081,
    0.20002286,
    -0.16624555,
    0.14181189,
    -0.13128752,
    0.12881668,
    -0.078596435,
];

/// A positive finite x as 2^k (1 + f) with 1 + f between 1/sqrt(2) and sqrt(2).
#[inline(always)]
pub(super) fn split_f64(x: f64) -> (f64, f64) {
    const ONE: u64 = 1f64.to_bits();
    const LOWEST: u64 = SQRT_HALF_F64.to_bits();
    const FRACTION: u64 = (1 << 52) - 1;
    // An integer below 2^52 or-ed into the bits of 2^52 makes the double 2^52 plus the integer.
    const INTEGER: f64 = 4_503_599_627_370_496.0;
    const SUBNORMAL_SCALE: f64 = 18_014_398_509_481_984.0; // 2^54

    let subnormal = x < f64::MIN_POSITIVE;
    let normal = if subnormal { x * SUBNORMAL_SCALE } else { x };
    let bias = if subnormal { INTEGER + 1023.0 + 54.0 } else { INTEGER + 1023.0 };
    // Shifted so that the exponent field steps at sqrt(1/2) instead of at 1.
    let bits = normal.to_bits().wrapping_add(ONE - LOWEST);
    let k = f64::from_bits((bits >> 52) | INTEGER.to_bits()) - bias;
    (k, f64::from_bits((bits & FRACTION) + LOWEST) - 1.0)
}

/// As [`split_f64`].
#[inline(always)]
pub(super) fn split_f32(x: f32) -> (f32, f32) {
    const ONE: u32 = 1f32.to_bits();
    const LOWEST: u32 = SQRT_HALF_F32.to_bits();
    const FRACTION: u32 = (1 << 23) - 1;
    const INTEGER: f32 = 8_388_608.0; // 2^23
    const SUBNORMAL_SCALE: f32 = 33_554_432.0; // 2^25

    let subnormal = x < f32::MIN_POSITIVE;
    let normal = if subnormal { x * SUBNORMAL_SCALE } else { x };
    let bias = if subnormal { INTEGER + 127.0 + 25.0 } else { INTEGER + 127.0 };
    let bits = normal.to_bits().wrapping_add(ONE - LOWEST);
    let k = f32::from_bits((bits >> 23) | INTEGER.to_bits()) - bias;
    (k, f32::from_bits((bits & FRACTION) + LOWEST) - 1.0)
}

/// log(1 + f) - f + f^2/2 for the f of [`split_f64`]: with s = f / (2 + f) and z = s^2 it is
/// s (f^2/2 + z p(z)), the form used in Sun's FDLIBM (Ng, 1993).
#[inline(always)]
pub(super) fn cubic_f64(f: f64) -> f64 {
    let s = f / (2.0 + f);
    let z = s * s;
    s * z.mul_add(polynomial_f64(z, &TAIL_F64), 0.5 * f * f)
}

/// As [`cubic_f64`], with a polynomial in f in place of the quotient: f^3 p(f).
#[inline(always)]
pub(super) fn cubic_f32(f: f32) -> f32 {
    f * f * f * polynomial_f32(f, &TAIL_F32)
}

macro_rules! leading {
    ($name:ident, $F:ident, $ln2_high:ident, $ln2_low:ident) => {
        /// k ln 2 + f - f^2/2 as a sum high + low.
        #[inline(always)]
        fn $name(k: $F, f: $F) -> ($F, $F) {
            let half_f = 0.5 * f;
            let exponent = k * $ln2_high;
            let sum = exponent + f;
            let sum_error = (exponent - sum) + f;
            let high = (-half_f).mul_add(f, sum);
            let high_error = (-half_f).mul_add(f, sum - high);
            (high, k.mul_add($ln2_low, sum_error + high_error))
        }
    };
}
leading!(leading_f64, f64, LN2_HIGH_F64, LN2_LOW_F64);
leading!(leading_f32, f32, LN2_HIGH_F32, LN2_LOW_F32);

macro_rules! log_of_sum {
    ($name:ident, $F:ident, $split:ident, $leading:ident, $cubic:ident) => {
        /// log(2^shift (u + c)) as a sum high + low, for positive normal u and a correction c of
        /// one or two rounding errors of u.
        #[inline(always)]
        pub(super) fn $name(u: $F, c: $F, shift: $F) -> ($F, $F) {
            let (k, f) = $split(u);
            let (high, low) = $leading(k + shift, f);
            (high, low + (c / u + $cubic(f)))
        }
    };
}
log_of_sum!(log_of_sum_f64, f64, split_f64, leading_f64, cubic_f64);
log_of_sum!(log_of_sum_f32, f32, split_f32, leading_f32, cubic_f32);

macro_rules! one_plus {
    ($name:ident, $F:ident) => {
        /// 1 + x + c as a rounded sum and its error (Knuth's 2Sum).
        #[inline(always)]
        pub(super) fn $name(x: $F, c: $F) -> ($F, $F) {
            let u = 1.0 + x;
            let one = u - x;
            (u, c + ((x - (u - one)) + (1.0 - one)))
        }
    };
}
one_plus!(one_plus_f64, f64);
one_plus!(one_plus_f32, f32);

/// The natural logarithm, for all x; the error is below 0.7 ulp.
///
/// x = 2^k (1 + f) ([`split_f64`]), and log(1 + f) = f - f^2/2 + a last term ([`cubic_f64`]) so
/// small that its rounding errors hardly count. The errors of the larger terms
/// k ln 2 + f - f^2/2 are carried along.
#[inline(always)]
pub fn log_f64(x: f64) -> f64 {
    let (k, f) = split_f64(x);
    let (high, low) = leading_f64(k, f);
    let log = high + (low + cubic_f64(f));

    let log = if x > 0.0 { log } else { f64::NAN };
    let log = if x == 0.0 { f64::NEG_INFINITY } else { log };
    if x == f64::INFINITY { x } else { log }
}

/// The natural logarithm, for all x; the error is below 0.7 ulp. As [`log_f64`].
#[inline(always)]
pub fn log_f32(x: f32) -> f32 {
    let (k, f) = split_f32(x);
    let (high, low) = leading_f32(k, f);
    let log = high + (f * f * f).mul_add(polynomial_f32(f, &TAIL_F32), low);

    let log = if x > 0.0 { log } else { f32::NAN };
    let log = if x == 0.0 { f32::NEG_INFINITY } else { log };
    if x == f32::INFINITY { x } else { log }
}
