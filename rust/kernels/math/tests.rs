use super::*;
use std::f64::consts::{E, FRAC_PI_2, LN_2};

const POINTS: usize = 20_000;

/// `POINTS` numbers spread evenly from `low` to `high`.
fn even(low: f64, high: f64) -> impl Iterator<Item = f64> {
    (0..=POINTS).map(move |i| low + (high - low) * (i as f64 / POINTS as f64))
}

/// `POINTS` positive numbers with evenly spread exponents from the binary ones given.
fn logarithmic(low: i32, high: i32) -> impl Iterator<Item = f64> {
    even(f64::from(low), f64::from(high)).map(f64::exp2)
}

fn with_negatives(x: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
    x.flat_map(|x| [x, -x])
}

/// How many doubles apart a and b are; zeros of either sign and all NaNs count as equal.
fn distance(a: f64, b: f64) -> u64 {
    if a == b || (a.is_nan() && b.is_nan()) {
        return 0;
    }
    if a.is_nan() || b.is_nan() || a.is_sign_negative() != b.is_sign_negative() {
        return u64::MAX;
    }
    a.to_bits().abs_diff(b.to_bits())
}

/// Fails unless `f` is within 2 ulp of `exact` and of its sign at `x`.
fn check_f64(f: fn(f64) -> f64, exact: fn(f64) -> f64, x: impl Iterator<Item = f64>) {
    for x in x {
        let (got, want) = (f(x), exact(x));
        assert!(distance(got, want) <= 2, "at {x:e}: {got:e} instead of {want:e}");
    }
}

/// As [`check_f64`] at the floats nearest to `x`, the error being that from the double `exact`.
fn check_f32(f: fn(f32) -> f32, exact: fn(f64) -> f64, x: impl Iterator<Item = f64>) {
    for x in x.map(|x| x as f32) {
        let (got, want) = (f(x), exact(f64::from(x)));
        let rounded = want as f32;
        let ulp = f64::from(rounded.abs().next_up()) - f64::from(rounded.abs());
        let error = (f64::from(got) - want).abs() / ulp;
        assert!(
            got == rounded || (got.is_nan() && rounded.is_nan()) || error <= 1.0,
            "at {x:e}: {got:e} instead of {want:e}"
        );
    }
}

#[test]
fn exp_is_accurate() {
    check_f64(exp_f64, f64::exp, even(-750.0, 715.0));
    check_f64(exp_f64, f64::exp, even(-1.0, 1.0));
    check_f64(exp_f64, f64::exp, with_negatives(logarithmic(-1074, 10)));
    check_f32(exp_f32, f64::exp, even(-106.0, 90.0));
    check_f32(exp_f32, f64::exp, with_negatives(logarithmic(-149, 7)));
}

#[test]
fn log_is_accurate() {
    check_f64(log_f64, f64::ln, logarithmic(-1074, 1023));
    check_f64(log_f64, f64::ln, even(0.5, 2.0));
    check_f64(log_f64, f64::ln, even(0.9999, 1.0001));
    check_f32(log_f32, f64::ln, logarithmic(-149, 127));
    check_f32(log_f32, f64::ln, even(0.5, 2.0));
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
fn sin_and_cos_are_accurate() {
    let near_zeros = |limit: f64| {
        even(1.0, limit / FRAC_PI_2 - 1.0).flat_map(|k| {
            let x = k.round() * FRAC_PI_2;
            [x.next_down(), x, x.next_up()]
        })
    };
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
    let cases: [Case; 21] = [
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
    ];
    for (double, float, x, want) in cases {
        same(double(x), want);
        same(f64::from(float(x as f32)), want);
    }
}

/// Overflow, underflow and saturation set in at the right number, and no step there goes back.
#[test]
fn edges() {
    assert!(exp_f64(709.782712893384).is_finite());
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
}
