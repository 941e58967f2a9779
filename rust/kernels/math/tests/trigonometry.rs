//! The trigonometric functions and their inverses.

use super::*;
use std::f64::consts::FRAC_PI_2;

/// The multiples of pi/2 up to `limit`, and their neighbours.
fn near_zeros(limit: f64) -> impl Iterator<Item = f64> {
    even(1.0, limit / FRAC_PI_2 - 1.0).flat_map(|k| {
        let x = k.round() * FRAC_PI_2;
        [x.next_down(), x, x.next_up()]
    })
}

#[test]
fn sin_and_cos_are_accurate() {
    for (f, exact) in [(sin_f64 as fn(f64) -> f64, f64::sin as fn(f64) -> f64), (cos_f64, f64::cos)]
    {
        check_f64(f, exact, even(-7.0, 7.0));
        check_f64(f, exact, even(-TRIG_LIMIT_F64, TRIG_LIMIT_F64));
        check_f64(f, exact, with_negatives(logarithmic(-1074, 23)));
        check_f64(f, exact, near_zeros(1e4));
        check_f64(f, exact, near_zeros(TRIG_LIMIT_F64));
        // The double below the limit that is nearest to a multiple of pi/2.
        check_f64(f, exact, with_negatives([45.553093477052].into_iter()));
    }
    let limit = f64::from(TRIG_LIMIT_F32);
    for (f, exact) in [(sin_f32 as fn(f32) -> f32, f64::sin as fn(f64) -> f64), (cos_f32, f64::cos)]
    {
        check_f32(f, exact, even(-7.0, 7.0));
        check_f32(f, exact, even(-limit, limit));
        check_f32(f, exact, with_negatives(logarithmic(-149, 30)));
        check_f32(f, exact, near_zeros(1e4));
        check_f32(f, exact, near_zeros(limit));
    }
}

#[test]
fn tan_is_accurate() {
    check_f64(tan_f64, f64::tan, even(-7.0, 7.0));
    check_f64(tan_f64, f64::tan, even(-TRIG_LIMIT_F64, TRIG_LIMIT_F64));
    check_f64(tan_f64, f64::tan, with_negatives(logarithmic(-1074, 23)));
    check_f64(tan_f64, f64::tan, near_zeros(1e4));
    check_f64(tan_f64, f64::tan, near_zeros(TRIG_LIMIT_F64));
    check_f64(tan_f64, f64::tan, with_negatives([45.553093477052].into_iter()));
    let limit = f64::from(TRIG_LIMIT_F32);
    check_f32(tan_f32, f64::tan, even(-7.0, 7.0));
    check_f32(tan_f32, f64::tan, even(-limit, limit));
    check_f32(tan_f32, f64::tan, with_negatives(logarithmic(-149, 30)));
    check_f32(tan_f32, f64::tan, near_zeros(1e4));
    check_f32(tan_f32, f64::tan, near_zeros(limit));
}

#[test]
fn asin_and_acos_are_accurate() {
    for (f, exact) in
        [(asin_f64 as fn(f64) -> f64, f64::asin as fn(f64) -> f64), (acos_f64, f64::acos)]
    {
        check_f64(f, exact, even(-1.0, 1.0));
        check_f64(f, exact, with_negatives(logarithmic(-1074, 0)));
        check_f64(f, exact, with_negatives(logarithmic(-53, 0).map(|x| 1.0 - x)));
    }
    for (f, exact) in
        [(asin_f32 as fn(f32) -> f32, f64::asin as fn(f64) -> f64), (acos_f32, f64::acos)]
    {
        check_f32(f, exact, even(-1.0, 1.0));
        check_f32(f, exact, with_negatives(logarithmic(-149, 0)));
        check_f32(f, exact, with_negatives(logarithmic(-24, 0).map(|x| 1.0 - x)));
    }
}

#[test]
fn atan_is_accurate() {
    check_f64(atan_f64, f64::atan, even(-4.0, 4.0));
    check_f64(atan_f64, f64::atan, with_negatives(logarithmic(-1074, 1023)));
    check_f32(atan_f32, f64::atan, even(-4.0, 4.0));
    check_f32(atan_f32, f64::atan, with_negatives(logarithmic(-149, 127)));
}

#[test]
fn atan2_is_accurate() {
    // The radii go through the range of exponents in strides that meet every angle.
    for (i, angle) in even(-3.2, 3.2).enumerate() {
        let radius = ((i * 37) % 2090) as f64 - 1070.0;
        let (y, x) = (angle.sin() * radius.exp2(), angle.cos() * radius.exp2());
        let (got, want) = (atan2_f64(y, x), y.atan2(x));
        assert!(distance(got, want) <= 2, "at {y:e}, {x:e}: {got:e} instead of {want:e}");
        let radius = ((i * 37) % 270) as f64 - 145.0;
        let (y, x) = ((angle.sin() * radius.exp2()) as f32, (angle.cos() * radius.exp2()) as f32);
        let (got, want) = (atan2_f32(y, x), f64::from(y).atan2(f64::from(x)) as f32);
        let error = got.to_bits().abs_diff(want.to_bits());
        assert!(got == want || error <= 1, "at {y:e}, {x:e}: {got:e} instead of {want:e}");
    }
    // Quotients of all magnitudes.
    for (y, x) in logarithmic(-1000, 1000).zip(logarithmic(-537, 530).map(|x| 2e5 / x)) {
        let (got, want) = (atan2_f64(y, x), y.atan2(x));
        assert!(distance(got, want) <= 2, "at {y:e}, {x:e}: {got:e} instead of {want:e}");
        let (got, want) = (atan2_f64(-y, -x), (-y).atan2(-x));
        assert!(distance(got, want) <= 2, "at {y:e}, {x:e}: {got:e} instead of {want:e}");
    }
}

#[test]
fn atan2_at_zeros_and_infinities() {
    let ends = [0.0, -0.0, 1.0, -1.0, f64::INFINITY, f64::NEG_INFINITY, 5e-324, -1.7e308];
    for y in ends {
        for x in ends {
            let (got, want) = (atan2_f64(y, x), y.atan2(x));
            assert_eq!(got.to_bits(), want.to_bits(), "atan2({y:e}, {x:e}) is {got:e}");
            let (y, x) = (y as f32, x as f32);
            let (got, want) = (atan2_f32(y, x), f64::from(y).atan2(f64::from(x)) as f32);
            assert_eq!(got.to_bits(), want.to_bits(), "atan2({y:e}, {x:e}) is {got:e} in floats");
        }
        for (y, x) in [(y, f64::NAN), (f64::NAN, y)] {
            assert!(atan2_f64(y, x).is_nan());
            assert!(atan2_f32(y as f32, x as f32).is_nan());
        }
    }
}
