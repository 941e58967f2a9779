//! The functions that are not yet vectorised.

/// log |gamma(x)|.
pub fn lgamma_f64(x: f64) -> f64 {
    libm::lgamma(x)
}

/// The logarithmic derivative of the gamma function.
pub fn digamma_f64(x: f64) -> f64 {
    if x <= 0.0 {
        if x == 0.0 {
            return -1.0 / x;
        }
        if x == x.floor() {
            return f64::NAN;
        }
        let r = x - x.round();
        return digamma_f64(1.0 - x) - std::f64::consts::PI / libm::tan(std::f64::consts::PI * r);
    }
    let (mut x, mut sum) = (x, 0.0);
    while x < 15.0 {
        sum -= 1.0 / x;
        x += 1.0;
    }
    let z = 1.0 / (x * x);
    sum + libm::log(x)
        - 0.5 / x
        - z * (1.0 / 12.0 - z * (1.0 / 120.0 - z * (1.0 / 252.0 - z * (1.0 / 240.0))))
}

/// The n-th derivative of [`digamma_f64`], n >= 1.
pub fn polygamma_f64(n: u32, x: f64) -> f64 {
    let sign = if n % 2 == 1 { 1.0 } else { -1.0 };
    let (mut x, mut sum, mut factorial) = (x, 0.0, 1.0);
    for i in 1..=n {
        factorial *= f64::from(i);
    }
    let power = n as i32;
    while x < 30.0 {
        sum += x.powi(-power - 1);
        x += 1.0;
    }
    let m = f64::from(n);
    sum += x.powi(-power) / m + 0.5 * x.powi(-power - 1) + (m + 1.0) / 12.0 * x.powi(-power - 2)
        - (m + 1.0) * (m + 2.0) * (m + 3.0) / 720.0 * x.powi(-power - 4);
    sign * factorial * sum
}
