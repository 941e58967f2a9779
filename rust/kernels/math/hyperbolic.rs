//! Hyperbolic sine and cosine.

use super::exp::{LN2_LOW_F32, LN2_LOW_F64, power_of_two_f32, power_of_two_f64};
use super::{ROUND_F32, ROUND_F64, polynomial_f32, polynomial_f64};
use std::{f32, f64};

/// (sinh(r) / r - 1) / z in z = r^2 for |r| <= ln(2) / 2; the error times z is below 2^-60.7.
const SINH_TAIL_F64: [f64; 5] = [
    0.16666666666666677,
    0.00833333333332161,
    0.0001984126988617728,
    2.755724416120458e-06,
    2.5109052693751797e-08,
];
/// As [`SINH_TAIL_F64`]; the error times z is below 2^-30.9.
const SINH_TAIL_F32: [f32; 3] = [0.16666667, 0.008333289, 0.0001990497];
/// (cosh(r) - 1 - z/2) / z^2 in z = r^2 for |r| <= ln(2) / 2; the error times z^2 is below 2^-67.8.
const COSH_TAIL_F64: [f64; 5] = [
    0.041666666666666685,
    0.0013888888888873453,
    2.4801587348813173e-05,
    2.755725218721973e-07,
    2.0921646986277406e-09,
];
/// As [`COSH_TAIL_F64`]; the error times z^2 is below 2^-33.2.
const COSH_TAIL_F32: [f32; 2] = [0.04166646, 0.0013935411];

/// With |x| = k ln 2 + r: e^x = 2^k (cosh r + sinh r) and e^-x = 2^-k (cosh r - sinh r), so that
/// sinh |x| / 2 = even sinh r + odd cosh r and cosh x / 2 = even cosh r + odd sinh r, where `even`
/// and `odd` are a quarter of 2^k + 2^-k and 2^k - 2^-k. (Half of the value, since 2^k may be too
/// large for a number.)
struct Parts<F> {
    /// sinh r = high + `sinh_low`.
    high: F,
    sinh_low: F,
    /// cosh r - 1.
    cosh_low: F,
    even: F,
    even_error: F,
    odd: F,
    odd_error: F,
}

macro_rules! parts {
    (
        $parts:ident, $F:ident, $power_of_two:ident, $polynomial:ident, $round:ident,
        $ln2_low:ident, $sinh_tail:ident, $cosh_tail:ident, limit: $limit:literal, last: $last:literal
    ) => {
        #[inline(always)]
        fn $parts(x: $F) -> Parts<$F> {
            // Both functions have overflowed at the limit; a NaN passes the comparison.
            let a = x.abs();
            let a = if a > $limit { $limit } else { a };
            // As in the reduction for the exponential.
            let k = a.mul_add($F::consts::LOG2_E, $round) - $round;
            let high = (-k).mul_add($F::consts::LN_2, a);
            let correction = -k * $ln2_low;
            let r = high + correction;
            let z = r * r;
            let sinh_low = (r * z).mul_add($polynomial(z, &$sinh_tail), correction);
            let cosh_low = (z * z).mul_add($polynomial(z, &$cosh_tail), 0.5 * z);

            let up = $power_of_two(k - 2.0);
            // Its exact value does not count when it is far below the other.
            let down = $power_of_two(-2.0 - if k > $last { $last } else { k });
            let (even, odd) = (up + down, up - down);
            let (even_error, odd_error) = ((up - even) + down, (up - odd) - down);
            Parts { high, sinh_low, cosh_low, even, even_error, odd, odd_error }
        }
    };
}

parts!(
    parts_f64, f64, power_of_two_f64, polynomial_f64, ROUND_F64, LN2_LOW_F64,
    SINH_TAIL_F64, COSH_TAIL_F64, limit: 710.5, last: 60.0
);
parts!(
    parts_f32, f32, power_of_two_f32, polynomial_f32, ROUND_F32, LN2_LOW_F32,
    SINH_TAIL_F32, COSH_TAIL_F32, limit: 89.5, last: 30.0
);

macro_rules! sinh {
    ($(#[$doc:meta])* $name:ident, $F:ident, $parts:ident, tiny: $tiny:expr) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(x: $F) -> $F {
            let Parts { high, sinh_low, cosh_low, even, odd, odd_error, .. } = $parts(x);
            let half = even.mul_add(high, odd);
            let half_error = even.mul_add(high, odd - half) + odd_error;
            let low = even.mul_add(sinh_low, odd.mul_add(cosh_low, half_error));
            let value = 2.0 * (half + low);
            // Halves of subnormal numbers are not exact.
            let a = x.abs();
            let value = if a < $tiny { a } else { value };
            value.copysign(x)
        }
    };
}

macro_rules! cosh {
    ($(#[$doc:meta])* $name:ident, $F:ident, $parts:ident) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(x: $F) -> $F {
            let Parts { high, sinh_low, cosh_low, even, even_error, odd, .. } = $parts(x);
            let half = odd.mul_add(high, even);
            let half_error = odd.mul_add(high, even - half) + even_error;
            let low = odd.mul_add(sinh_low, even.mul_add(cosh_low, half_error));
            2.0 * (half + low)
        }
    };
}

sinh! {
    /// sinh x, for all x; the error is below 0.8 ulp.
    ///
    /// See [`Parts`]: nothing cancels near 0, where k and `odd` are zero. The rounding errors of the
    /// largest terms are carried along.
    sinh_f64, f64, parts_f64, tiny: 1e-9
}
sinh! {
    /// sinh x, for all x; the error is below 0.95 ulp. As [`sinh_f64`].
    sinh_f32, f32, parts_f32, tiny: 1e-4
}
cosh! {
    /// cosh x, for all x; the error is below 0.7 ulp.
    ///
    /// See [`Parts`]; the rounding errors of the largest terms are carried along.
    cosh_f64, f64, parts_f64
}
cosh! {
    /// cosh x, for all x; the error is below 0.75 ulp. As [`cosh_f64`].
    cosh_f32, f32, parts_f32
}
