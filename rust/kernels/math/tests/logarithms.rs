//! The logarithms and the inverse hyperbolic functions.

use super::*;

#[test]
fn log_is_accurate() {
    check_f64(log_f64, f64::ln, logarithmic(-1074, 1023));
    check_f64(log_f64, f64::ln, even(0.5, 2.0));
    check_f64(log_f64, f64::ln, even(0.9999, 1.0001));
    check_f32(log_f32, f64::ln, logarithmic(-149, 127));
    check_f32(log_f32, f64::ln, even(0.5, 2.0));
}

#[test]
fn log2_and_log10_are_accurate() {
    for (f, exact) in
        [(log2_f64 as fn(f64) -> f64, f64::log2 as fn(f64) -> f64), (log10_f64, f64::log10)]
    {
        check_f64(f, exact, logarithmic(-1074, 1023));
        check_f64(f, exact, even(0.5, 2.0));
        check_f64(f, exact, even(0.9999, 1.0001));
    }
    for (f, exact) in
        [(log2_f32 as fn(f32) -> f32, f64::log2 as fn(f64) -> f64), (log10_f32, f64::log10)]
    {
        check_f32(f, exact, logarithmic(-149, 127));
        check_f32(f, exact, even(0.5, 2.0));
    }
}

#[test]
fn powers_of_the_base_are_exact() {
    for k in -1074..=1023 {
        assert_eq!(log2_f64(f64::from(k).exp2()), f64::from(k));
    }
    for k in -149_i16..=127 {
        assert_eq!(log2_f32(f64::from(k).exp2() as f32), f32::from(k));
    }
    for k in 0..=22 {
        assert_eq!(log10_f64(10_f64.powi(k)), f64::from(k));
    }
    for k in 0_u8..=10 {
        assert_eq!(log10_f32(10_f32.powi(i32::from(k))), f32::from(k));
    }
}

#[test]
fn log1p_is_accurate() {
    check_f64(log1p_f64, f64::ln_1p, logarithmic(-1074, 1023));
    check_f64(log1p_f64, f64::ln_1p, logarithmic(-1074, -1).map(|x| -x));
    check_f64(log1p_f64, f64::ln_1p, logarithmic(-52, -1).map(|x| x - 1.0));
    check_f64(log1p_f64, f64::ln_1p, even(-0.9, 2.0));
    check_f32(log1p_f32, f64::ln_1p, logarithmic(-149, 127));
    check_f32(log1p_f32, f64::ln_1p, logarithmic(-149, -1).map(|x| -x));
    check_f32(log1p_f32, f64::ln_1p, even(-0.9, 2.0));
}

#[test]
fn asinh_is_accurate() {
    check_within(3, asinh_f64, libm::asinh, even(-4.0, 4.0));
    check_within(3, asinh_f64, libm::asinh, with_negatives(logarithmic(-1074, 1023)));
    check_f32(asinh_f32, libm::asinh, even(-4.0, 4.0));
    check_f32(asinh_f32, libm::asinh, with_negatives(logarithmic(-149, 127)));
}

#[test]
fn acosh_is_accurate() {
    check_within(3, acosh_f64, libm::acosh, even(1.0, 4.0));
    check_within(3, acosh_f64, libm::acosh, logarithmic(0, 1023));
    check_within(3, acosh_f64, libm::acosh, logarithmic(-52, 0).map(|x| 1.0 + x));
    check_f32(acosh_f32, libm::acosh, even(1.0, 4.0));
    check_f32(acosh_f32, libm::acosh, logarithmic(0, 127));
    check_f32(acosh_f32, libm::acosh, logarithmic(-23, 0).map(|x| 1.0 + x));
}

#[test]
fn atanh_is_accurate() {
    check_within(3, atanh_f64, libm::atanh, even(-1.0, 1.0));
    check_within(3, atanh_f64, libm::atanh, with_negatives(logarithmic(-1074, 0)));
    check_within(3, atanh_f64, libm::atanh, logarithmic(-52, -1).map(|x| 1.0 - x));
    check_f32(atanh_f32, libm::atanh, even(-1.0, 1.0));
    check_f32(atanh_f32, libm::atanh, with_negatives(logarithmic(-149, 0)));
    check_f32(atanh_f32, libm::atanh, logarithmic(-23, -1).map(|x| 1.0 - x));
}
