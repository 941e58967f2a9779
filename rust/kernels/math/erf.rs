//! The error function and its complement.

use super::exp::{
    exp_of_rest_f32, exp_of_rest_f64, reduce_f32, reduce_f64, scales_f32, scales_f64,
};
use super::{polynomial_f32, polynomial_f64};

/// erf(a) / a - 1 in z = a^2 for |a| <= 1/2; the error is below 2^-55.8.
const NEAR_F64: [f64; 9] = [
    0.12837916709551256,
    -0.37612638903183476,
    0.11283791670925561,
    -0.026866170632954236,
    0.00522397737406288,
    -0.0008548297842497404,
    0.00012053339321401685,
    -1.4845952533043792e-05,
    1.4726897879477314e-06,
];
/// As [`NEAR_F64`]; the error is below 2^-29.9.
const NEAR_F32: [f32; 6] =
    [0.12837917, -0.37612638, 0.11283774, -0.026863158, 0.005200479, -0.0007695579];

// (a + 3) e^(a^2) erfc(a) in t = (a - 3) / (a + 3) for 0 <= a <= 27.3, with coefficients of which
// the first two have low parts; the relative error is below 2^-55.9.
const FIRST_F64: [f64; 2] = [1.0740069070883398, -8.224920847669715e-17];
const SECOND_F64: [f64; 2] = [-0.8833944531698835, -4.031976873480671e-17];
const REST_F64: [f64; 21] = [
    0.5902283571040995,
    -0.31046726190057333,
    0.11952776128743284,
    -0.026827234624327827,
    -0.0012124166305500187,
    0.0030340619993210133,
    -0.000548309651997985,
    -0.00027677783167198705,
    0.00010756121369687734,
    3.039807935359836e-05,
    -1.746941221044973e-05,
    -4.748862007982631e-06,
    2.762298884911874e-06,
    9.977671228721966e-07,
    -4.027297436516451e-07,
    -2.311706128524916e-07,
    4.0695657924694046e-08,
    4.7491765642607945e-08,
    1.915985889275093e-09,
    -6.011191407354147e-09,
    -1.4123013510097164e-09,
];
// The same for 0 <= a <= 10.1; the relative error is below 2^-27.1.
const FIRST_F32: [f32; 2] = [1.0740069, -7.39113e-09];
const SECOND_F32: [f32; 2] = [-0.8833945, -5.3897224e-09];
const REST_F32: [f32; 8] = [
    0.5902283,
    -0.31046605,
    0.119528964,
    -0.026839588,
    -0.0012258196,
    0.0030800651,
    -0.00048437197,
    -0.0003259521,
];

/// erfc(a) / (`scale1` `scale2`), as a sum.
struct Complement<F> {
    high: F,
    low: F,
    scale1: F,
    scale2: F,
}

macro_rules! complement {
    (
        $name:ident, $F:ident, $reduce:ident, $exp_of_rest:ident, $scales:ident,
        $polynomial:ident, $first:ident, $second:ident, $rest:ident
    ) => {
        /// erfc(a) for a >= 0 within the range of the polynomial: e^(-a^2) w p(t) with
        /// w = 1 / (a + 3) and t = 1 - 6 w = (a - 3) / (a + 3) (the variable of Shepherd &
        /// Laframboise, "Chebyshev approximation of (1 + 2x) exp(x^2) erfc x", Mathematics of
        /// Computation 36, 1981). All three factors are sums with their errors.
        #[inline(always)]
        fn $name(a: $F) -> Complement<$F> {
            let square = a * a;
            let square_error = a.mul_add(a, -square);
            let reduced = $reduce(-square);
            let (exp, exp_error) = $exp_of_rest(&reduced);
            let exp_low = (-square_error).mul_add(exp, exp_error);
            let (scale1, scale2) = $scales(reduced.k);

            let d = a + 3.0;
            let part = d - a;
            let d_error = (a - (d - part)) + (3.0 - part);
            let w = 1.0 / d;
            let w_low = w * (-w).mul_add(d_error, (-w).mul_add(d, 1.0));
            let t = (-6.0 as $F).mul_add(w, 1.0);
            // Smaller ones are exact.
            let t_error = if t > 0.5 { (-6.0 as $F).mul_add(w, 1.0 - t) } else { 0.0 };
            let t_low = (-6.0 as $F).mul_add(w_low, t_error);

            // The last two steps of Horner's rule with their errors, and the derivative, roughly,
            // times the error of t.
            let rest = $polynomial(t, &$rest);
            let inner = t.mul_add(rest, $second[0]);
            let inner_low = t.mul_add(rest, $second[0] - inner) + $second[1];
            let product = t * inner;
            let product_error = t.mul_add(inner, -product);
            let p = $first[0] + product;
            let part = p - $first[0];
            let sum_error = ($first[0] - (p - part)) + (product - part);
            let slope = [$second[0], 2.0 * $rest[0], 3.0 * $rest[1], 4.0 * $rest[2]];
            let slope = $polynomial(t, &slope);
            let p_low =
                t.mul_add(inner_low, $first[1] + sum_error) + t_low.mul_add(slope, product_error);

            let scaled = w * p;
            let scaled_low = w.mul_add(p, -scaled) + w.mul_add(p_low, w_low * p);
            let high = scaled * exp;
            let low = scaled.mul_add(exp, -high) + scaled.mul_add(exp_low, scaled_low * exp);
            Complement { high, low, scale1, scale2 }
        }
    };
}
complement!(
    complement_f64,
    f64,
    reduce_f64,
    exp_of_rest_f64,
    scales_f64,
    polynomial_f64,
    FIRST_F64,
    SECOND_F64,
    REST_F64
);
complement!(
    complement_f32,
    f32,
    reduce_f32,
    exp_of_rest_f32,
    scales_f32,
    polynomial_f32,
    FIRST_F32,
    SECOND_F32,
    REST_F32
);

macro_rules! erf {
    (
        $(#[$doc:meta])* $name:ident, $F:ident, $complement:ident, $polynomial:ident, $near:ident,
        limit: $limit:literal
    ) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(x: $F) -> $F {
            let a = x.abs();
            let a = if a > $limit { $limit } else { a };
            let Complement { high, low, scale1, scale2 } = $complement(a);
            let complement = high * scale1 * scale2;
            let difference = 1.0 - complement;
            let error = (1.0 - difference) - complement;
            let far = difference + (-low * scale1).mul_add(scale2, error);
            let near = a.mul_add($polynomial(a * a, &$near), a);
            let value = if a > 0.5 { far } else { near };
            value.copysign(x)
        }
    };
}

macro_rules! erfc {
    (
        $(#[$doc:meta])* $name:ident, $F:ident, $complement:ident, $polynomial:ident, $near:ident,
        limit: $limit:literal
    ) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(x: $F) -> $F {
            // The value has vanished at the limit; a NaN passes the comparison.
            let a = x.abs();
            let a = if a > $limit { $limit } else { a };
            let Complement { high, low, scale1, scale2 } = $complement(a);
            let value = (high + low) * scale1 * scale2;
            let far = if x < 0.0 { 2.0 - value } else { value };

            let difference = 1.0 - x;
            let error = (1.0 - difference) - x;
            let near = difference + (-x).mul_add($polynomial(a * a, &$near), error);
            if a > 0.5 { far } else { near }
        }
    };
}

erf! {
    /// The error function, for all x; the error is below 0.85 ulp.
    ///
    /// An odd polynomial for |x| <= 1/2, and one less the complement elsewhere.
    erf_f64, f64, complement_f64, polynomial_f64, NEAR_F64, limit: 27.3
}
erf! {
    /// The error function, for all x; the error is below 0.8 ulp. As [`erf_f64`].
    erf_f32, f32, complement_f32, polynomial_f32, NEAR_F32, limit: 10.1
}
erfc! {
    /// The complementary error function 1 - erf(x), for all x, with full relative accuracy for large
    /// x; the error is below 1.5 ulp for normal results.
    erfc_f64, f64, complement_f64, polynomial_f64, NEAR_F64, limit: 27.3
}
erfc! {
    /// The complementary error function, for all x; the error is below 1.0 ulp for normal results.
    /// As [`erfc_f64`].
    erfc_f32, f32, complement_f32, polynomial_f32, NEAR_F32, limit: 10.1
}
