//! Special values, known values, and where a function overflows, vanishes or saturates.

use super::*;
use std::f64::consts::{E, FRAC_PI_2, LN_2};

#[test]
fn known_values() {
    assert_eq!(exp_f64(1.0), E);
    assert_eq!(log_f64(2.0), LN_2);
    assert_eq!(tanh_f64(1.0), 0.7615941559557649);
    assert_eq!(sin_f64(1.0), 0.8414709848078965);
    assert_eq!(cos_f64(1.0), 0.5403023058681398);
    assert_eq!(cos_f64(FRAC_PI_2), 6.123233995736766e-17);
    assert_eq!(tanh_f64(1e-300), 1e-300);
    assert_eq!(tanh_f64(20.0), 1.0);
    for zero in [0.0, -0.0] {
        assert_eq!(exp_f64(zero), 1.0);
        assert_eq!(cos_f64(zero), 1.0);
        assert_eq!(exp_f32(zero as f32), 1.0);
        assert_eq!(cos_f32(zero as f32), 1.0);
    }
    assert_eq!(log_f64(1.0).to_bits(), 0);
    assert_eq!(log_f32(1.0).to_bits(), 0);
}

#[test]
fn special_values() {
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    let same = |got: f64, want: f64| {
        assert!(
            got.to_bits() == want.to_bits() || (got.is_nan() && want.is_nan()),
            "{got:e} instead of {want:e}"
        );
    };
    type Case = (fn(f64) -> f64, fn(f32) -> f32, f64, f64);
    let cases: &[Case] = &[
        (exp_f64, exp_f32, inf, inf),
        (exp_f64, exp_f32, -inf, 0.0),
        (exp_f64, exp_f32, 1e30, inf),
        (exp_f64, exp_f32, -1e30, 0.0),
        (exp_f64, exp_f32, nan, nan),
        (log_f64, log_f32, inf, inf),
        (log_f64, log_f32, 0.0, -inf),
        (log_f64, log_f32, -0.0, -inf),
        (log_f64, log_f32, -1.0, nan),
        (log_f64, log_f32, -1e-40, nan),
        (log_f64, log_f32, -inf, nan),
        (log_f64, log_f32, nan, nan),
        (tanh_f64, tanh_f32, 0.0, 0.0),
        (tanh_f64, tanh_f32, -0.0, -0.0),
        (tanh_f64, tanh_f32, inf, 1.0),
        (tanh_f64, tanh_f32, -inf, -1.0),
        (tanh_f64, tanh_f32, 1e30, 1.0),
        (tanh_f64, tanh_f32, -1e30, -1.0),
        (tanh_f64, tanh_f32, nan, nan),
        (sin_f64, sin_f32, 0.0, 0.0),
        (sin_f64, sin_f32, -0.0, -0.0),
        (expm1_f64, expm1_f32, 0.0, 0.0),
        (expm1_f64, expm1_f32, -0.0, -0.0),
        (expm1_f64, expm1_f32, nan, nan),
        (expm1_f64, expm1_f32, inf, inf),
        (expm1_f64, expm1_f32, -inf, -1.0),
        (expm1_f64, expm1_f32, 1e30, inf),
        (expm1_f64, expm1_f32, -1e30, -1.0),
        (sinh_f64, sinh_f32, 0.0, 0.0),
        (sinh_f64, sinh_f32, -0.0, -0.0),
        (sinh_f64, sinh_f32, nan, nan),
        (sinh_f64, sinh_f32, inf, inf),
        (sinh_f64, sinh_f32, -inf, -inf),
        (sinh_f64, sinh_f32, 1e30, inf),
        (sinh_f64, sinh_f32, -1e30, -inf),
        (cosh_f64, cosh_f32, 0.0, 1.0),
        (cosh_f64, cosh_f32, -0.0, 1.0),
        (cosh_f64, cosh_f32, nan, nan),
        (cosh_f64, cosh_f32, inf, inf),
        (cosh_f64, cosh_f32, -inf, inf),
        (cosh_f64, cosh_f32, -1e30, inf),
        (tan_f64, tan_f32, 0.0, 0.0),
        (tan_f64, tan_f32, -0.0, -0.0),
        (tan_f64, tan_f32, nan, nan),
        (asin_f64, asin_f32, 0.0, 0.0),
        (asin_f64, asin_f32, -0.0, -0.0),
        (asin_f64, asin_f32, nan, nan),
        (asin_f64, asin_f32, 1.5, nan),
        (asin_f64, asin_f32, -1.5, nan),
        (asin_f64, asin_f32, inf, nan),
        (acos_f64, acos_f32, 1.0, 0.0),
        (acos_f64, acos_f32, 1.5, nan),
        (acos_f64, acos_f32, -1.5, nan),
        (acos_f64, acos_f32, -inf, nan),
        (acos_f64, acos_f32, nan, nan),
        (atan_f64, atan_f32, 0.0, 0.0),
        (atan_f64, atan_f32, -0.0, -0.0),
        (atan_f64, atan_f32, nan, nan),
        (log1p_f64, log1p_f32, 0.0, 0.0),
        (log1p_f64, log1p_f32, -0.0, -0.0),
        (log1p_f64, log1p_f32, nan, nan),
        (log1p_f64, log1p_f32, -1.0, -inf),
        (log1p_f64, log1p_f32, -1.5, nan),
        (log1p_f64, log1p_f32, inf, inf),
        (log1p_f64, log1p_f32, -inf, nan),
        (log2_f64, log2_f32, 1.0, 0.0),
        (log2_f64, log2_f32, 0.0, -inf),
        (log2_f64, log2_f32, -0.0, -inf),
        (log2_f64, log2_f32, -1.0, nan),
        (log2_f64, log2_f32, inf, inf),
        (log2_f64, log2_f32, -inf, nan),
        (log2_f64, log2_f32, nan, nan),
        (log10_f64, log10_f32, 1.0, 0.0),
        (log10_f64, log10_f32, 0.0, -inf),
        (log10_f64, log10_f32, -0.0, -inf),
        (log10_f64, log10_f32, -1.0, nan),
        (log10_f64, log10_f32, inf, inf),
        (log10_f64, log10_f32, -inf, nan),
        (log10_f64, log10_f32, nan, nan),
        (asinh_f64, asinh_f32, 0.0, 0.0),
        (asinh_f64, asinh_f32, -0.0, -0.0),
        (asinh_f64, asinh_f32, nan, nan),
        (asinh_f64, asinh_f32, inf, inf),
        (asinh_f64, asinh_f32, -inf, -inf),
        (acosh_f64, acosh_f32, 1.0, 0.0),
        (acosh_f64, acosh_f32, 0.5, nan),
        (acosh_f64, acosh_f32, -2.0, nan),
        (acosh_f64, acosh_f32, -inf, nan),
        (acosh_f64, acosh_f32, inf, inf),
        (acosh_f64, acosh_f32, nan, nan),
        (atanh_f64, atanh_f32, 0.0, 0.0),
        (atanh_f64, atanh_f32, -0.0, -0.0),
        (atanh_f64, atanh_f32, nan, nan),
        (atanh_f64, atanh_f32, 1.0, inf),
        (atanh_f64, atanh_f32, -1.0, -inf),
        (atanh_f64, atanh_f32, 1.5, nan),
        (atanh_f64, atanh_f32, -1e30, nan),
        (atanh_f64, atanh_f32, inf, nan),
        (erf_f64, erf_f32, 0.0, 0.0),
        (erf_f64, erf_f32, -0.0, -0.0),
        (erf_f64, erf_f32, nan, nan),
        (erf_f64, erf_f32, inf, 1.0),
        (erf_f64, erf_f32, -inf, -1.0),
        (erf_f64, erf_f32, 1e30, 1.0),
        (erf_f64, erf_f32, -1e30, -1.0),
        (erfc_f64, erfc_f32, 0.0, 1.0),
        (erfc_f64, erfc_f32, -0.0, 1.0),
        (erfc_f64, erfc_f32, inf, 0.0),
        (erfc_f64, erfc_f32, -inf, 2.0),
        (erfc_f64, erfc_f32, 1e30, 0.0),
        (erfc_f64, erfc_f32, -1e30, 2.0),
        (erfc_f64, erfc_f32, nan, nan),
        (sigmoid_f64, sigmoid_f32, 0.0, 0.5),
        (sigmoid_f64, sigmoid_f32, -0.0, 0.5),
        (sigmoid_f64, sigmoid_f32, inf, 1.0),
        (sigmoid_f64, sigmoid_f32, -inf, 0.0),
        (sigmoid_f64, sigmoid_f32, 1e30, 1.0),
        (sigmoid_f64, sigmoid_f32, -1e30, 0.0),
        (sigmoid_f64, sigmoid_f32, nan, nan),
        (quick_sigmoid_f64, quick_sigmoid_f32, 0.0, 0.5),
        (quick_sigmoid_f64, quick_sigmoid_f32, inf, 1.0),
        (quick_sigmoid_f64, quick_sigmoid_f32, -inf, 0.0),
        (quick_sigmoid_f64, quick_sigmoid_f32, 1e30, 1.0),
        (quick_sigmoid_f64, quick_sigmoid_f32, -1e30, 0.0),
        (quick_sigmoid_f64, quick_sigmoid_f32, nan, nan),
        (quick_tanh_f64, quick_tanh_f32, 0.0, 0.0),
        (quick_tanh_f64, quick_tanh_f32, -0.0, -0.0),
        (quick_tanh_f64, quick_tanh_f32, inf, 1.0),
        (quick_tanh_f64, quick_tanh_f32, -inf, -1.0),
        (quick_tanh_f64, quick_tanh_f32, 1e30, 1.0),
        (quick_tanh_f64, quick_tanh_f32, -1e30, -1.0),
        (quick_tanh_f64, quick_tanh_f32, nan, nan),
        (softplus_f64, softplus_f32, inf, inf),
        (softplus_f64, softplus_f32, -inf, 0.0),
        (softplus_f64, softplus_f32, 1048576.0, 1048576.0),
        (softplus_f64, softplus_f32, -1e30, 0.0),
        (softplus_f64, softplus_f32, nan, nan),
    ];
    for &(double, float, x, want) in cases {
        same(double(x), want);
        same(f64::from(float(x as f32)), want);
    }
}

/// Overflow, underflow and saturation set in at the right number, and no step there goes back.
#[test]
fn edges() {
    assert!(exp_f64(709.782712893384).is_finite());
    assert!(expm1_f64(709.782712893384).is_finite());
    assert_eq!(expm1_f64(709.7827128933841), f64::INFINITY);
    for f in [sinh_f64 as fn(f64) -> f64, cosh_f64] {
        assert!(f(710.4758600739439).is_finite());
        assert_eq!(f(710.475860073944), f64::INFINITY);
    }
    for f in [sinh_f32 as fn(f32) -> f32, cosh_f32] {
        assert!(f(89.41598).is_finite());
        assert_eq!(f(89.41599), f32::INFINITY);
    }
    assert_eq!(erfc_f64(27.2), 1e-323);
    assert_eq!(erfc_f64(27.226), 5e-324);
    assert_eq!(erfc_f64(27.3), 0.0);
    assert_eq!(exp_f64(709.7827128933841), f64::INFINITY);
    assert_eq!(exp_f64(-745.1332191019411), 5e-324);
    assert_eq!(exp_f64(-745.1332191019412), 0.0);
    assert_eq!(exp_f32(88.72284), f32::INFINITY);
    assert!(exp_f32(88.72283) < f32::INFINITY);
    assert_eq!(exp_f32(-103.97208), 1e-45);
    assert_eq!(exp_f32(-103.97209), 0.0);

    let ascending = |f: fn(f64) -> f64, start: f64| {
        let mut x = start;
        for _ in 0..1000 {
            assert!(f(x) <= f(x.next_up()), "at {x:e}");
            x = x.next_up();
        }
    };
    for x in [-745.1332191019412, -708.3964185322642, 709.782712893383] {
        ascending(exp_f64, x);
    }
    for x in [5e-324, f64::MIN_POSITIVE.next_down(), 0.9999999999999] {
        ascending(log_f64, x);
    }
    for x in [18.714973875118, 19.061547465398] {
        ascending(tanh_f64, x);
    }
    for x in [-0.9999999999999, -1e-8, 1e-8] {
        ascending(log1p_f64, x);
    }
    ascending(erf_f64, 5.9215871957);
    ascending(sigmoid_f64, 36.7368005696);
}
