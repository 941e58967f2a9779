//! The derivatives of the digamma function: library code, one number at a time.

use super::gamma::digamma_f64;
use std::f64::consts::{E, PI};

/// The Bernoulli numbers B(2j) over (2j)!, for j = 1 to 12.
const BERNOULLI: [f64; 12] = [
    0.08333333333333333,
    -0.001388888888888889,
    3.306878306878307e-05,
    -8.267195767195768e-07,
    2.08767569878681e-08,
    -5.284190138687493e-10,
    1.3382536530684679e-11,
    -3.3896802963225827e-13,
    8.586062056277845e-15,
    -2.174868698558062e-16,
    5.5090028283602295e-18,
    -1.3954464685812522e-19,
];

// e less its rounded value.
const E_LOW: f64 = 1.4456468917292502e-16;

/// From this order on Stirling's series gives the factorial.
const STIRLING: u32 = 64;

/// The n-th derivative of [`digamma_f64`], which itself is that of order 0.
///
/// At 0 and the negative integers it is infinite for odd n; for even n it has a sign at 0 only,
/// minus infinity at +0 and infinity at -0, and is NaN at the negative integers. The relative
/// error is below 1e-14 (measured up to order 2000) unless near a zero, which only even orders have,
/// at negative x.
///
/// With H(s, x) = Σ (x + k)^-s over k = 0, 1, 2, ... (the Hurwitz zeta function) it is
/// (-1)^(n + 1) n! H(n + 1, x) (Abramowitz & Stegun, "Handbook of Mathematical Functions",
/// 6.4.10). For negative x the sum is the one over all integers less those of k < 0, and both
/// are sums of H at positive arguments.
pub fn polygamma_f64(n: u32, x: f64) -> f64 {
    if n == 0 {
        return digamma_f64(x);
    }
    if x.is_nan() || x == f64::NEG_INFINITY {
        return f64::NAN;
    }
    let odd = n % 2 == 1;
    let sign = if odd { 1.0 } else { -1.0 };
    if x > 0.0 {
        return sign * positive(n, x);
    }
    let rest = x - x.round();
    if rest == 0.0 {
        return match (odd, x == 0.0) {
            (true, _) => f64::INFINITY,
            (false, true) => f64::NEG_INFINITY.copysign(-x),
            (false, false) => f64::NAN,
        };
    }
    // The sum over all integers starts with the nearer of the two poles around x.
    let distance = rest.abs();
    let (near, far) = (positive(n, distance), positive(n, 1.0 - distance));
    let beyond = positive(n, 1.0 - x);
    if odd {
        return near + (far - beyond);
    }
    // Halfway the two cancel, even where they overflow.
    let difference =
        if distance == 0.5 { 0.0 } else { near - if near.is_finite() { far } else { 0.0 } };
    -(difference.copysign(rest) + beyond)
}

/// n! H(n + 1, x) for n >= 1 and x > 0.
fn positive(n: u32, x: f64) -> f64 {
    if x == f64::INFINITY {
        return 0.0;
    }
    let order = f64::from(n);
    let s = order + 1.0;
    // The sum in units of its first term, with terms one by one up to where the
    // Euler-Maclaurin formula is accurate.
    let far = s + 20.0;
    let (mut sum, mut y) = (0.0, x);
    loop {
        let ratio = (-s * libm::log1p((y - x) / x)).exp();
        if y >= far {
            sum += ratio * euler_maclaurin(s, y);
            break;
        }
        sum += ratio;
        // The rest is less than the integral.
        if ratio * (y + 1.0) < 1e-18 * order * sum {
            break;
        }
        y += 1.0;
    }
    scaled_by_first_term(n, x, sum)
}

/// H(s, y) y^s for y above s + 20.
fn euler_maclaurin(s: f64, y: f64) -> f64 {
    let mut sum = 0.0;
    let mut factor = s / y;
    let mut i = s;
    for b in BERNOULLI {
        sum += b * factor;
        factor *= (i + 1.0) / y * ((i + 2.0) / y);
        i += 2.0;
    }
    y / (s - 1.0) + (0.5 + sum)
}

/// n! x^-(n + 1) sum, where the product overflows or vanishes only if the value does.
fn scaled_by_first_term(n: u32, x: f64, sum: f64) -> f64 {
    let order = f64::from(n);
    if n < STIRLING {
        let factorial: f64 = (1..=n).map(f64::from).product();
        let root = libm::pow(x, -0.5 * (order + 1.0));
        return root * sum * factorial * root;
    }
    // n! = sqrt(2 pi n) (n / e)^n e^(1 / (12 n) - ...), with the base n / (e x) in two parts.
    let d = x * E;
    let d_low = x.mul_add(E, -d) + x * E_LOW;
    let base = order / d;
    if base == 0.0 || base.is_infinite() {
        return base;
    }
    let base_low = ((-base).mul_add(d, order) - base * d_low) / d;
    let z = 1.0 / (order * order);
    let series = (1.0 / 12.0 - z * (1.0 / 360.0 - z * (1.0 / 1260.0))) / order;
    let root = libm::pow(base, 0.5 * order);
    let factor = libm::sqrt(2.0 * PI * order) * (series + order * (base_low / base)).exp();
    root * (sum / x * factor) * root
}
