//! The logarithm of the gamma function and its derivative: library code, one number at a time.

use super::polynomial_f64;
use std::f64::consts::PI;

/// log |Γ(x)|, infinite at 0, -1, -2, ... and at both infinities.
///
/// The error is a few ulp for x > 0 (relative error below 1e-15), near the zeros 1 and 2, too. Below
/// -2 there are zeros near the poles, where the error is small only beside |x log |x||.
#[inline]
pub fn lgamma_f64(x: f64) -> f64 {
    libm::lgamma(x)
}

// The positive zero of the digamma function is the sum of these.
const ZERO_HIGH: f64 = 1.4616321449683622;
const ZERO_LOW: f64 = 9.549995429965697e-17;

/// psi(x) / (x - zero) in x - 3/2 for 1 <= x <= 2; the relative error is below 2^-53.6.
const NEAR: [f64; 22] = [
    0.951055876031833,
    -0.4236274212814606,
    0.24054248424077398,
    -0.14840492305389008,
    0.09498872445497258,
    -0.06192213327469546,
    0.040760833810806564,
    -0.02697579669126121,
    0.01790725248156888,
    -0.011908219419308905,
    0.007926944015626674,
    -0.005279946258631813,
    0.003519012150362294,
    -0.00234542076456555,
    0.0015565993280974174,
    -0.0010368422183521704,
    0.0007234370857193745,
    -0.00048473013087141787,
    0.000227024840821862,
    -0.00014697788570183548,
    0.0002598517824868548,
    -0.00017656299561966566,
];

/// The Bernoulli numbers B(2k) over 2k, for k = 1 to 9.
const ASYMPTOTIC: [f64; 9] = [
    0.08333333333333333,
    -0.008333333333333333,
    0.003968253968253968,
    -0.004166666666666667,
    0.007575757575757576,
    -0.021092796092796094,
    0.08333333333333333,
    -0.4432598039215686,
    3.0539543302701198,
];
/// Where the asymptotic series is accurate.
const FAR: f64 = 10.0;

/// psi(x) = Γ'(x) / Γ(x): minus infinity at +0, infinity at -0, NaN at the negative integers.
///
/// The relative error is below 2e-15 for positive x, also near the zero at 1.4616...; it is below
/// 1e-14 for negative x unless near a zero, where it is so beside the terms that cancel.
///
/// Abramowitz & Stegun, "Handbook of Mathematical Functions", 6.3: recurrence to the interval
/// from 1 to 2, the asymptotic series (6.3.18) for large x, reflection (6.3.7) for negative x.
pub fn digamma_f64(x: f64) -> f64 {
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x == 0.0 {
        return -1.0 / x;
    }
    if x < 0.0 {
        if x == x.floor() {
            return f64::NAN;
        }
        return positive(1.0 - x) - pi_cot_pi(x - x.round());
    }
    positive(x)
}

/// pi cot(pi r) for |r| <= 1/2.
fn pi_cot_pi(r: f64) -> f64 {
    let a = r.abs();
    let cot = if a > 0.25 { libm::tan(PI * (0.5 - a)) } else { 1.0 / libm::tan(PI * a) };
    (PI * cot).copysign(r)
}

/// psi(x) for finite x > 0.
fn positive(x: f64) -> f64 {
    if x < 1.0 {
        return near(x + 1.0) - 1.0 / x;
    }
    if x >= FAR {
        let z = 1.0 / (x * x);
        return libm::log(x) - (0.5 / x + z * polynomial_f64(z, &ASYMPTOTIC));
    }
    let (mut x, mut sum) = (x, 0.0);
    while x > 2.0 {
        x -= 1.0;
        sum += 1.0 / x;
    }
    sum + near(x)
}

/// psi(x) for x from 1 to 2.
fn near(x: f64) -> f64 {
    ((x - ZERO_HIGH) - ZERO_LOW) * polynomial_f64(x - 1.5, &NEAR)
}
