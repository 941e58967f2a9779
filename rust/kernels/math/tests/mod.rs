use super::*;

mod edges;
mod exponentials;
mod gamma;
mod logarithms;
mod trigonometry;

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
    check_within(2, f, exact, x);
}

/// As [`check_f64`], for an `exact` with errors of its own.
fn check_within(ulp: u64, f: fn(f64) -> f64, exact: fn(f64) -> f64, x: impl Iterator<Item = f64>) {
    for x in x {
        let (got, want) = (f(x), exact(x));
        assert!(distance(got, want) <= ulp, "at {x:e}: {got:e} instead of {want:e}");
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

/// Fails unless `f` is within 2 ulp of the exact values given beside its arguments.
fn check_values(f: fn(f64) -> f64, values: &[(f64, f64)]) {
    for &(x, want) in values {
        let got = f(x);
        assert!(distance(got, want) <= 2, "at {x:e}: {got:e} instead of {want:e}");
    }
}
