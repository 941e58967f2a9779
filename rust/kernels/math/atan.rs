//! Inverse tangent, of a number and of a quotient.

use super::{PI_LOW_F32, PI_LOW_F64, polynomial_f32, polynomial_f64};
use std::{f32, f64};

/// (atan(t) / t - 1) / z in z = t^2 for |t| <= tan(pi/8); the error times z is below 2^-58.4.
const TAIL_F64: [f64; 11] = [
    -0.333333333333332,
    0.19999999999954085,
    -0.1428571428024876,
    0.11111110786147275,
    -0.0909089783665972,
    0.07692061640101341,
    -0.06663120411588462,
    0.058480090844215196,
    -0.05039846156504891,
    0.038078335156447,
    -0.01792229296525856,
];
/// As [`TAIL_F64`]; the error times z is below 2^-28.7.
const TAIL_F32: [f32; 5] = [-0.33333316, 0.1999849, -0.14243849, 0.10596001, -0.060834516];

macro_rules! angle {
    ($name:ident, $F:ident, $polynomial:ident, $tail:ident, $pi_low:ident) => {
        /// The angle of the point (x, y), x of either sign, y >= 0, both finite, and the larger of
        /// the two neither 0 nor so large or small that its reciprocal is subnormal.
        ///
        /// By reflections the angle is base + t or base - t with a multiple of pi/4 for a base and
        /// |t| <= pi/8; t = atan(n / d), in which n / d gets a correction from the remainder of the
        /// division and from the errors of n and d.
        #[inline(always)]
        fn $name(y: $F, x: $F) -> $F {
            const TAN_PI_8: $F = 0.414_213_57;
            let a = x.abs();
            let steep = y > a;
            let (small, large) = if steep { (a, y) } else { (y, a) };
            let diagonal = small > TAN_PI_8 * large;
            let difference = small - large;
            let difference_error = small - (difference + large);
            let sum = small + large;
            let sum_error = small - (sum - large);
            let n = if diagonal { difference } else { small };
            let n_error = if diagonal { difference_error } else { 0.0 };
            let d = if diagonal { sum } else { large };
            let d_error = if diagonal { sum_error } else { 0.0 };

            let reciprocal = 1.0 / d;
            let t = n * reciprocal;
            let remainder = (-t).mul_add(d, n) + (-t).mul_add(d_error, n_error);
            let z = t * t;
            let low = (t * z).mul_add($polynomial(z, &$tail), remainder * reciprocal);

            // In half turns, which are exact but for the last product.
            let base = if diagonal { 0.25 } else { 0.0 };
            let base = if steep { 0.5 - base } else { base };
            let base = if x < 0.0 { 1.0 - base } else { base };
            // Each of the reflections turns the direction.
            let turned = steep != (x < 0.0);
            let (t, low) = if turned { (-t, -low) } else { (t, low) };
            let base_high = base * $F::consts::PI;
            let base_low = base.mul_add($F::consts::PI, -base_high) + base * $pi_low;
            let high = base_high + t;
            let error = (base_high - high) + t;
            high + (low + (base_low + error))
        }
    };
}
angle!(angle_f64, f64, polynomial_f64, TAIL_F64, PI_LOW_F64);
angle!(angle_f32, f32, polynomial_f32, TAIL_F32, PI_LOW_F32);

macro_rules! atan {
    ($(#[$doc:meta])* $name:ident, $F:ident, $angle:ident, huge: $huge:literal) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(x: $F) -> $F {
            // The value rounds to pi/2 long before; a NaN passes the comparison.
            let a = x.abs();
            let a = if a > $huge { $huge } else { a };
            $angle(a, 1.0).copysign(x)
        }
    };
}

macro_rules! atan2 {
    (
        $(#[$doc:meta])* $name:ident, $F:ident, $angle:ident,
        large: $large:expr, small: $small:expr, scale: $scale:expr
    ) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(y: $F, x: $F) -> $F {
            let (a, b) = (y.abs(), x.abs());
            // Infinities count as 1 beside 0.
            let infinite = (a == $F::INFINITY) | (b == $F::INFINITY);
            let a_end = if a == $F::INFINITY { 1.0 } else { 0.0 };
            let b_end = if b == $F::INFINITY { 1.0 } else { 0.0 };
            let (a, b) = if infinite { (a_end, b_end) } else { (a, b) };
            // Away from the ends of the range; a point at the origin moves along the axis.
            let larger = if a > b { a } else { b };
            let scale = if larger > $large { 1.0 / $scale } else { 1.0 };
            let scale = if larger < $small { $scale } else { scale };
            let (a, b) = (a * scale, b * scale);
            let b = if larger == 0.0 { 1.0 } else { b };
            let angle = $angle(a, b.copysign(x)).copysign(y);
            if y.is_nan() | x.is_nan() { $F::NAN } else { angle }
        }
    };
}

atan! {
    /// The inverse tangent; the error is below 0.8 ulp.
    atan_f64, f64, angle_f64, huge: 1e20
}
atan! {
    /// The inverse tangent; the error is below 0.95 ulp.
    atan_f32, f32, angle_f32, huge: 1e10
}
atan2! {
    /// The angle of the point (x, y) from -pi to pi; the error is below 0.8 ulp for normal results.
    ///
    /// Zeros and infinities as in C: the angle of a zero x and y is 0 or pi with y's sign.
    atan2_f64, f64, angle_f64, large: 1e300, small: 1e-270, scale: 1.329_227_995_784_916e36
}
atan2! {
    /// The angle of the point (x, y) from -pi to pi; the error is below 0.95 ulp for normal results.
    /// As [`atan2_f64`].
    atan2_f32, f32, angle_f32, large: 1e36, small: 1e-25, scale: 1_073_741_824.0
}
