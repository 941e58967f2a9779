//! The exponential, the hyperbolic functions and the error function.

use super::*;

#[test]
fn exp_is_accurate() {
    check_f64(exp_f64, f64::exp, even(-750.0, 715.0));
    check_f64(exp_f64, f64::exp, even(-1.0, 1.0));
    check_f64(exp_f64, f64::exp, with_negatives(logarithmic(-1074, 10)));
    check_f32(exp_f32, f64::exp, even(-106.0, 90.0));
    check_f32(exp_f32, f64::exp, with_negatives(logarithmic(-149, 7)));
}

#[test]
fn tanh_is_accurate() {
    check_f64(tanh_f64, f64::tanh, even(-23.0, 23.0));
    check_f64(tanh_f64, f64::tanh, even(-0.7, 0.7));
    check_f64(tanh_f64, f64::tanh, with_negatives(logarithmic(-1074, 10)));
    check_f32(tanh_f32, f64::tanh, even(-11.0, 11.0));
    check_f32(tanh_f32, f64::tanh, with_negatives(logarithmic(-149, 10)));
}

#[test]
fn expm1_is_accurate() {
    check_f64(expm1_f64, f64::exp_m1, even(-50.0, 715.0));
    check_f64(expm1_f64, f64::exp_m1, even(-1.0, 1.0));
    check_f64(expm1_f64, f64::exp_m1, with_negatives(logarithmic(-1074, 10)));
    check_f32(expm1_f32, f64::exp_m1, even(-25.0, 90.0));
    check_f32(expm1_f32, f64::exp_m1, even(-1.0, 1.0));
    check_f32(expm1_f32, f64::exp_m1, with_negatives(logarithmic(-149, 7)));
}

#[test]
fn sinh_and_cosh_are_accurate() {
    for (f, exact) in
        [(sinh_f64 as fn(f64) -> f64, f64::sinh as fn(f64) -> f64), (cosh_f64, f64::cosh)]
    {
        check_within(3, f, exact, even(-711.0, 711.0));
        check_within(3, f, exact, even(-3.0, 3.0));
        check_within(3, f, exact, with_negatives(logarithmic(-1074, 10)));
    }
    for (f, exact) in
        [(sinh_f32 as fn(f32) -> f32, f64::sinh as fn(f64) -> f64), (cosh_f32, f64::cosh)]
    {
        check_f32(f, exact, even(-90.0, 90.0));
        check_f32(f, exact, even(-3.0, 3.0));
        check_f32(f, exact, with_negatives(logarithmic(-149, 7)));
    }
}

#[test]
fn erf_is_accurate() {
    check_f64(erf_f64, libm::erf, even(-6.5, 6.5));
    check_f64(erf_f64, libm::erf, even(-1.0, 1.0));
    check_f64(erf_f64, libm::erf, with_negatives(logarithmic(-1022, 10)));
    check_f32(erf_f32, libm::erf, even(-4.5, 4.5));
    check_f32(erf_f32, libm::erf, even(-1.0, 1.0));
    check_f32(erf_f32, libm::erf, with_negatives(logarithmic(-149, 10)));
}

#[test]
fn erfc_is_accurate() {
    check_within(3, erfc_f64, libm::erfc, even(-6.5, 27.5));
    check_within(3, erfc_f64, libm::erfc, even(-1.0, 1.0));
    check_within(3, erfc_f64, libm::erfc, with_negatives(logarithmic(-70, 10)));
    check_f32(erfc_f32, libm::erfc, even(-4.5, 10.5));
    check_f32(erfc_f32, libm::erfc, even(-1.0, 1.0));
    check_f32(erfc_f32, libm::erfc, with_negatives(logarithmic(-40, 10)));
}

/// The logistic function, without cancellation.
fn sigmoid(x: f64) -> f64 {
    if x < 0.0 { x.exp() / (1.0 + x.exp()) } else { 1.0 / (1.0 + (-x).exp()) }
}

fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

#[test]
fn sigmoid_is_accurate() {
    check_within(3, sigmoid_f64, sigmoid, even(-708.0, 40.0));
    check_within(3, sigmoid_f64, sigmoid, even(-5.0, 5.0));
    check_f32(sigmoid_f32, sigmoid, even(-106.0, 20.0));
    check_f32(sigmoid_f32, sigmoid, even(-5.0, 5.0));
    check_values(
        sigmoid_f64,
        &[
            (-745.0, 5e-324),
            (-720.5, 1.2326102893e-313),
            (-40.0, 4.248354255291589e-18),
            (-1.5, 0.18242552380635635),
            (-0.001, 0.4997500000208333),
            (1e-300, 0.5),
            (0.3, 0.574442516811659),
            (5.0, 0.9933071490757152),
            (36.9, 0.9999999999999999),
        ],
    );
}

#[test]
fn the_quick_sigmoid_is_nearly_as_accurate() {
    check_within(4, quick_sigmoid_f64, sigmoid, even(-708.0, 40.0));
    check_within(4, quick_sigmoid_f64, sigmoid, even(-5.0, 5.0));
    for x in even(-87.0, 20.0).chain(even(-5.0, 5.0)) {
        let x = x as f32;
        let (got, want) = (quick_sigmoid_f32(x), sigmoid_f32(x));
        assert!(got.to_bits().abs_diff(want.to_bits()) <= 2, "at {x:e}: {got:e}");
    }
}

#[test]
fn the_quick_tanh_is_nearly_as_accurate() {
    check_within(4, quick_tanh_f64, f64::tanh, even(-23.0, 23.0));
    check_within(4, quick_tanh_f64, f64::tanh, even(-0.7, 0.7));
    check_within(4, quick_tanh_f64, f64::tanh, with_negatives(logarithmic(-1074, 10)));
    for x in even(-11.0, 11.0).chain(with_negatives(logarithmic(-149, 10))) {
        let x = x as f32;
        let (got, want) = (quick_tanh_f32(x), tanh_f32(x));
        assert!(got.to_bits().abs_diff(want.to_bits()) <= 3, "at {x:e}: {got:e}");
    }
}

#[test]
fn softplus_is_accurate() {
    check_within(3, softplus_f64, softplus, even(-708.0, 40.0));
    check_within(3, softplus_f64, softplus, even(-5.0, 5.0));
    check_f32(softplus_f32, softplus, even(-106.0, 20.0));
    check_f32(softplus_f32, softplus, even(-5.0, 5.0));
    check_values(
        softplus_f64,
        &[
            (-745.0, 5e-324),
            (-720.5, 1.2326102893e-313),
            (-40.0, 4.248354255291589e-18),
            (-1.5, 0.2014132779827524),
            (-0.001, 0.6926473055599401),
            (1e-300, std::f64::consts::LN_2),
            (0.3, 0.8543552444685271),
            (5.0, 5.006715348489118),
            (36.9, 36.9),
            (1e10, 1e10),
        ],
    );
}
