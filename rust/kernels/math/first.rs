//! The functions that are not yet vectorised.

/// expm1 x.
#[inline]
pub fn expm1_f64(x: f64) -> f64 {
    libm::expm1(x)
}

/// expm1 x.
#[inline]
pub fn expm1_f32(x: f32) -> f32 {
    libm::expm1(f64::from(x)) as f32
}

/// log1p x.
#[inline]
pub fn log1p_f64(x: f64) -> f64 {
    libm::log1p(x)
}

/// log1p x.
#[inline]
pub fn log1p_f32(x: f32) -> f32 {
    libm::log1p(f64::from(x)) as f32
}

/// log2 x.
#[inline]
pub fn log2_f64(x: f64) -> f64 {
    libm::log2(x)
}

/// log2 x.
#[inline]
pub fn log2_f32(x: f32) -> f32 {
    libm::log2(f64::from(x)) as f32
}

/// log10 x.
#[inline]
pub fn log10_f64(x: f64) -> f64 {
    libm::log10(x)
}

/// log10 x.
#[inline]
pub fn log10_f32(x: f32) -> f32 {
    libm::log10(f64::from(x)) as f32
}

/// sinh x.
#[inline]
pub fn sinh_f64(x: f64) -> f64 {
    libm::sinh(x)
}

/// sinh x.
#[inline]
pub fn sinh_f32(x: f32) -> f32 {
    libm::sinh(f64::from(x)) as f32
}

/// cosh x.
#[inline]
pub fn cosh_f64(x: f64) -> f64 {
    libm::cosh(x)
}

/// cosh x.
#[inline]
pub fn cosh_f32(x: f32) -> f32 {
    libm::cosh(f64::from(x)) as f32
}

/// tan x.
#[inline]
pub fn tan_f64(x: f64) -> f64 {
    libm::tan(x)
}

/// tan x.
#[inline]
pub fn tan_f32(x: f32) -> f32 {
    libm::tan(f64::from(x)) as f32
}

/// asin x.
#[inline]
pub fn asin_f64(x: f64) -> f64 {
    libm::asin(x)
}

/// asin x.
#[inline]
pub fn asin_f32(x: f32) -> f32 {
    libm::asin(f64::from(x)) as f32
}

/// acos x.
#[inline]
pub fn acos_f64(x: f64) -> f64 {
    libm::acos(x)
}

/// acos x.
#[inline]
pub fn acos_f32(x: f32) -> f32 {
    libm::acos(f64::from(x)) as f32
}

/// atan x.
#[inline]
pub fn atan_f64(x: f64) -> f64 {
    libm::atan(x)
}

/// atan x.
#[inline]
pub fn atan_f32(x: f32) -> f32 {
    libm::atan(f64::from(x)) as f32
}

/// asinh x.
#[inline]
pub fn asinh_f64(x: f64) -> f64 {
    libm::asinh(x)
}

/// asinh x.
#[inline]
pub fn asinh_f32(x: f32) -> f32 {
    libm::asinh(f64::from(x)) as f32
}

/// acosh x.
#[inline]
pub fn acosh_f64(x: f64) -> f64 {
    libm::acosh(x)
}

/// acosh x.
#[inline]
pub fn acosh_f32(x: f32) -> f32 {
    libm::acosh(f64::from(x)) as f32
}

/// atanh x.
#[inline]
pub fn atanh_f64(x: f64) -> f64 {
    libm::atanh(x)
}

/// atanh x.
#[inline]
pub fn atanh_f32(x: f32) -> f32 {
    libm::atanh(f64::from(x)) as f32
}

/// erf x.
#[inline]
pub fn erf_f64(x: f64) -> f64 {
    libm::erf(x)
}

/// erf x.
#[inline]
pub fn erf_f32(x: f32) -> f32 {
    libm::erf(f64::from(x)) as f32
}

/// erfc x.
#[inline]
pub fn erfc_f64(x: f64) -> f64 {
    libm::erfc(x)
}

/// erfc x.
#[inline]
pub fn erfc_f32(x: f32) -> f32 {
    libm::erfc(f64::from(x)) as f32
}

/// The angle of the point (x, y).
#[inline]
pub fn atan2_f64(y: f64, x: f64) -> f64 {
    libm::atan2(y, x)
}

/// The angle of the point (x, y).
#[inline]
pub fn atan2_f32(y: f32, x: f32) -> f32 {
    libm::atan2(f64::from(y), f64::from(x)) as f32
}

/// 1 / (1 + e^-x).
#[inline]
pub fn sigmoid_f64(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// 1 / (1 + e^-x).
#[inline]
pub fn sigmoid_f32(x: f32) -> f32 {
    sigmoid_f64(f64::from(x)) as f32
}

/// log(1 + e^x).
#[inline]
pub fn softplus_f64(x: f64) -> f64 {
    if x > 0.0 { x + libm::log1p(libm::exp(-x)) } else { libm::log1p(libm::exp(x)) }
}

/// log(1 + e^x).
#[inline]
pub fn softplus_f32(x: f32) -> f32 {
    softplus_f64(f64::from(x)) as f32
}

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
