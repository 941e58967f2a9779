//! Sine and cosine of arguments of moderate size.

use super::{PI_LOW_F64, ROUND_F64, polynomial_f64};
use std::f64::consts::{FRAC_1_PI, FRAC_2_PI, FRAC_PI_2, PI};

/// The largest |x| for which [`sin_f64`] and [`cos_f64`] may be used.
pub const TRIG_LIMIT_F64: f64 = 8_388_608.0; // 2^23
/// The largest |x| for which [`sin_f32`] and [`cos_f32`] may be used.
pub const TRIG_LIMIT_F32: f32 = 1_073_741_824.0; // 2^30

// pi/2 is the sum of FRAC_PI_2 (53 bits), these 30 bits and these 53.
const HALF_PI_MIDDLE: f64 = 6.12323399409214e-17;
const HALF_PI_LOW: f64 = 1.6446256936324258e-26;

/// (sin(r) / r - 1) / z in z = r^2 for |r| <= pi/4; the error times z is below 2^-57.2.
const SIN_TAIL: [f64; 6] = [
    -0.16666666666666632,
    0.008333333333322413,
    -0.00019841269829807726,
    2.7557313691896023e-06,
    -2.5050758112205e-08,
    1.589679548495726e-10,
];
/// (cos(r) - 1 + z/2) / z^2 in z = r^2 for |r| <= pi/4; the error times z^2 is below 2^-59.9.
const COS_TAIL: [f64; 6] = [
    0.0416666666666666,
    -0.0013888888888874125,
    2.480158728948237e-05,
    -2.7557314352383116e-07,
    2.087572327971587e-09,
    -1.1359648122873427e-11,
];
/// (sin(r) / r - 1) / z in z = r^2 for |r| <= pi/2; the error times z is below 2^-35.6, enough
/// for a result rounded to a float.
const SIN_TAIL_F32: [f64; 5] = [
    -0.1666666663177332,
    0.008333331325127544,
    -0.0001984089428872473,
    2.7526627070829604e-06,
    -2.3909372020743882e-08,
];

/// As [`SIN_TAIL`] to 2^-37.6, for the tangent of a float.
const TAN_SIN_TAIL_F32: [f64; 4] =
    [-0.16666666641644592, 0.008333329387119646, -0.0001983933504518933, 2.7183123856387143e-06];
/// As [`COS_TAIL`] to 2^-33.3, for the tangent of a float.
const TAN_COS_TAIL_F32: [f64; 3] =
    [0.04166664686654044, -0.001388736751991932, 2.44384519790419e-05];

const SIGN: u64 = 1 << 63;

/// Sine and cosine of r, where |x| = k pi/2 + r and |r| <= pi/4, as sums of a leading term and a
/// small one that holds all of the rounding errors.
struct SinCos {
    sin_high: f64,
    sin_low: f64,
    cos_high: f64,
    cos_low: f64,
    /// A word whose low bits are k.
    quadrant: u64,
}

/// The parts of sine and cosine of |x|.
///
/// Three-part reduction (Cody & Waite, "Software Manual for the Elementary Functions", 1980,
/// with fused multiply-add) to r + low. With k below 2^23:
/// - `first` is exact: it is below 1 and a multiple of the last bit of |x| or of `FRAC_PI_2`,
///   whichever is lower, and neither is below 2^-53 (for k = 0 it is |x|).
/// - The product k [`HALF_PI_MIDDLE`] is exact, a multiple of 2^-83 and below 2^-31. If |r| is
///   below 2^-30, it is exact, too, since 53 bits hold it; otherwise `first` is larger than the
///   product, and the error of the difference is obtained exactly (Dekker's Fast2Sum).
/// - k [`HALF_PI_LOW`] is below 2^-63, smaller than any r: the double in the range that is
///   nearest to a multiple of pi/2 (found by continued fractions) is 2^-60.5 off. So the
///   relative accuracy is kept near the zeros.
///
/// The terms of the two polynomials that count most, r and 1 - r^2/2, have no rounding error or
/// a compensated one.
#[inline(always)]
fn reduced_sin_cos(x: f64) -> SinCos {
    let x = x.abs();
    let quadrant = x.mul_add(FRAC_2_PI, ROUND_F64);
    let k = quadrant - ROUND_F64;
    let first = (-k).mul_add(FRAC_PI_2, x);
    let r = (-k).mul_add(HALF_PI_MIDDLE, first);
    let error = (-k).mul_add(HALF_PI_MIDDLE, first - r);
    let low = (-k).mul_add(HALF_PI_LOW, error);

    let z = r * r;
    let half_r = 0.5 * r;
    let parabola = (-half_r).mul_add(r, 1.0);
    let parabola_error = (-half_r).mul_add(r, 1.0 - parabola);
    // sin(r + low) = sin r + low cos r, cos(r + low) = cos r - low sin r.
    let sin_low = (r * z).mul_add(polynomial_f64(z, &SIN_TAIL), low * parabola);
    let cos_error = (-r).mul_add(low, parabola_error);
    let cos_low = (z * z).mul_add(polynomial_f64(z, &COS_TAIL), cos_error);
    SinCos { sin_high: r, sin_low, cos_high: parabola, cos_low, quadrant: quadrant.to_bits() }
}

/// sin x for |x| <= [`TRIG_LIMIT_F64`]; the error is below 0.8 ulp.
///
/// See [`reduced_sin_cos`]; sine and cosine are both computed and one of them selected.
#[inline(always)]
pub fn sin_f64(x: f64) -> f64 {
    let SinCos { sin_high, sin_low, cos_high, cos_low, quadrant } = reduced_sin_cos(x);
    let (sin, cos) = (sin_high + sin_low, cos_high + cos_low);
    let value = if quadrant & 1 == 0 { sin } else { cos };
    let sign = ((quadrant << 62) ^ x.to_bits()) & SIGN;
    f64::from_bits(value.to_bits() ^ sign)
}

/// cos x for |x| <= [`TRIG_LIMIT_F64`]; the error is below 0.8 ulp.
///
/// As [`sin_f64`], one quadrant on.
#[inline(always)]
pub fn cos_f64(x: f64) -> f64 {
    let SinCos { sin_high, sin_low, cos_high, cos_low, quadrant } = reduced_sin_cos(x);
    let (sin, cos) = (sin_high + sin_low, cos_high + cos_low);
    let value = if quadrant & 1 == 0 { cos } else { sin };
    let sign = (quadrant.wrapping_add(1) << 62) & SIGN;
    f64::from_bits(value.to_bits() ^ sign)
}

/// tan x for |x| <= [`TRIG_LIMIT_F64`]; the error is below 0.9 ulp.
///
/// The quotient of sine and cosine (in odd quadrants of -cosine and sine), corrected by the
/// remainder of the division and by the rounding errors of the two.
#[inline(always)]
pub fn tan_f64(x: f64) -> f64 {
    let SinCos { sin_high, sin_low, cos_high, cos_low, quadrant } = reduced_sin_cos(x);
    let (sin, cos) = (sin_high + sin_low, cos_high + cos_low);
    let (sin_error, cos_error) = ((sin_high - sin) + sin_low, (cos_high - cos) + cos_low);
    let even = quadrant & 1 == 0;
    let (n, n_error) = if even { (sin, sin_error) } else { (cos, cos_error) };
    let (d, d_error) = if even { (cos, cos_error) } else { (sin, sin_error) };
    let reciprocal = 1.0 / d;
    let quotient = n * reciprocal;
    let remainder = (-quotient).mul_add(d, n) + (-quotient).mul_add(d_error, n_error);
    let value = remainder.mul_add(reciprocal, quotient);
    let sign = ((quadrant << 63) ^ x.to_bits()) & SIGN;
    f64::from_bits(value.to_bits() ^ sign)
}

/// (-1)^k sin(x - k pi), where |x - k pi| <= pi/2 and k or k - 1/2 is the integer in the low
/// bits of `half_turns`. The first step of the reduction is exact for any float x, as in
/// [`reduced_sin_cos`], and the second has the relative error of one rounding.
#[inline(always)]
fn reduced_sin(x: f64, k: f64, half_turns: u64) -> f32 {
    let r = (-k).mul_add(PI_LOW_F64, (-k).mul_add(PI, x));
    let z = r * r;
    let sin = r * z.mul_add(polynomial_f64(z, &SIN_TAIL_F32), 1.0);
    f64::from_bits(sin.to_bits() ^ (half_turns << 63)) as f32
}

/// sin x for |x| <= [`TRIG_LIMIT_F32`]; the error is below 0.501 ulp.
///
/// Computed in doubles: it needs neither a compensated reduction nor the selection between sine
/// and cosine then, and is faster than in floats for all that.
#[inline(always)]
pub fn sin_f32(x: f32) -> f32 {
    let x = f64::from(x);
    let half_turns = x.mul_add(FRAC_1_PI, ROUND_F64);
    reduced_sin(x, half_turns - ROUND_F64, half_turns.to_bits())
}

/// cos x for |x| <= [`TRIG_LIMIT_F32`]; the error is below 0.501 ulp.
///
/// As [`sin_f32`], from cos x = sin(x + pi/2): k is an integer less one half.
#[inline(always)]
pub fn cos_f32(x: f32) -> f32 {
    let x = f64::from(x);
    let half_turns = x.mul_add(FRAC_1_PI, 0.5) + ROUND_F64;
    reduced_sin(x, half_turns - ROUND_F64 - 0.5, half_turns.to_bits())
}

/// tan x for |x| <= [`TRIG_LIMIT_F32`]; the error is below 0.51 ulp.
///
/// Computed in doubles, as [`sin_f32`].
#[inline(always)]
pub fn tan_f32(x: f32) -> f32 {
    let x = f64::from(x);
    let quadrant = x.mul_add(FRAC_2_PI, ROUND_F64);
    let k = quadrant - ROUND_F64;
    let r = (-k).mul_add(0.5 * PI_LOW_F64, (-k).mul_add(FRAC_PI_2, x));
    let z = r * r;
    let sin = r * z.mul_add(polynomial_f64(z, &TAN_SIN_TAIL_F32), 1.0);
    let cos = (z * z).mul_add(polynomial_f64(z, &TAN_COS_TAIL_F32), (-0.5_f64).mul_add(z, 1.0));
    let even = quadrant.to_bits() & 1 == 0;
    let n = if even { sin } else { -cos };
    let d = if even { cos } else { sin };
    (n / d) as f32
}
