//! The logistic function and its integral.

use super::exp::{
    exp_of_rest_f32, exp_of_rest_f64, power_of_two_f32, power_of_two_f64, reduce_f32, reduce_f64,
    scales_f32, scales_f64,
};
use super::log::{log_of_sum_f32, log_of_sum_f64, one_plus_f32, one_plus_f64};

macro_rules! sigmoid {
    (
        $(#[$doc:meta])* $name:ident, $F:ident, $reduce:ident, $exp_of_rest:ident, $scales:ident,
        limit: $limit:literal
    ) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(x: $F) -> $F {
            // The exponential has vanished at the limit; a NaN passes the comparison.
            let a = x.abs();
            let a = if a > $limit { $limit } else { a };
            let reduced = $reduce(-a);
            let (exp_r, exp_r_error) = $exp_of_rest(&reduced);
            let (scale1, scale2) = $scales(reduced.k);
            let exp = exp_r * scale1 * scale2;
            let d = 1.0 + exp;
            let d_error = (1.0 - d) + exp + exp_r_error * scale1 * scale2;

            // The scale comes last, so that a subnormal result is rounded in one place.
            let negative = x < 0.0;
            let n = if negative { exp_r } else { 1.0 };
            let n_error = if negative { exp_r_error } else { 0.0 };
            let scale1 = if negative { scale1 } else { 1.0 };
            let scale2 = if negative { scale2 } else { 1.0 };
            let reciprocal = 1.0 / d;
            let quotient = n * reciprocal;
            let remainder = (-quotient).mul_add(d, n) + (-quotient).mul_add(d_error, n_error);
            remainder.mul_add(reciprocal, quotient) * scale1 * scale2
        }
    };
}

macro_rules! quick_sigmoid {
    (
        $(#[$doc:meta])* $name:ident, $F:ident, $reduce:ident, $exp_of_rest:ident,
        $power_of_two:ident, from: $from:literal, to: $to:literal
    ) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(x: $F) -> $F {
            // Below, the exponential vanishes beside 1; at the top it is infinite. A NaN passes.
            let x = -x;
            let x = if x > $to { $to } else { x };
            let x = if x < $from { $from } else { x };
            let reduced = $reduce(x);
            let (exp_r, _) = $exp_of_rest(&reduced);
            1.0 / (1.0 + exp_r * $power_of_two(reduced.k))
        }
    };
}

macro_rules! softplus {
    (
        $(#[$doc:meta])* $name:ident, $F:ident, $reduce:ident, $exp_of_rest:ident, $scales:ident,
        $one_plus:ident, $log_of_sum:ident, limit: $limit:literal
    ) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(x: $F) -> $F {
            let a = x.abs();
            let a = if a > $limit { $limit } else { a };
            let reduced = $reduce(-a);
            let (exp_r, exp_r_error) = $exp_of_rest(&reduced);
            let (scale1, scale2) = $scales(reduced.k);
            let (u, c) = $one_plus(exp_r * scale1 * scale2, exp_r_error * scale1 * scale2);
            let (high, low) = $log_of_sum(u, c, 0.0);
            // The rounded sum and its error (Knuth's 2Sum).
            let positive = if x > 0.0 { x } else { 0.0 };
            let sum = positive + high;
            let part = sum - positive;
            let error = (positive - (sum - part)) + (high - part);
            let value = sum + (error + low);
            if x == $F::INFINITY { x } else { value }
        }
    };
}

sigmoid! {
    /// 1 / (1 + e^-x), for all x; the error is below 0.65 ulp for normal results.
    ///
    /// With the exponential of -|x|, which neither overflows nor loses a small value in a sum:
    /// 1 / (1 + e^-|x|) or e^-|x| / (1 + e^-|x|). The quotient is corrected as in
    /// [`tanh_f64`](super::tanh_f64).
    sigmoid_f64, f64, reduce_f64, exp_of_rest_f64, scales_f64, limit: 746.0
}
sigmoid! {
    /// 1 / (1 + e^-x), for all x; the error is below 0.65 ulp for normal results. As
    /// [`sigmoid_f64`].
    sigmoid_f32, f32, reduce_f32, exp_of_rest_f32, scales_f32, limit: 104.0
}
quick_sigmoid! {
    /// 1 / (1 + e^-x), for all x, in half the time of [`sigmoid_f64`]; the error is below 1.7 ulp for normal
    /// results, and subnormal ones may be 0.
    quick_sigmoid_f64, f64, reduce_f64, exp_of_rest_f64, power_of_two_f64, from: -708.0, to: 710.0
}
quick_sigmoid! {
    /// 1 / (1 + e^-x), for all x, in half the time of [`sigmoid_f32`]; the error is below 1.7 ulp for normal
    /// results, and subnormal ones may be 0.
    quick_sigmoid_f32, f32, reduce_f32, exp_of_rest_f32, power_of_two_f32, from: -87.0, to: 89.0
}
softplus! {
    /// log(1 + e^x), for all x; the error is below 1.1 ulp for normal results.
    ///
    /// The value is max(x, 0) + log(1 + e^-|x|), in which the rounding errors of the exponential and
    /// of both sums are carried along.
    softplus_f64, f64, reduce_f64, exp_of_rest_f64, scales_f64, one_plus_f64, log_of_sum_f64,
    limit: 746.0
}
softplus! {
    /// log(1 + e^x), for all x; the error is below 1.1 ulp for normal results. As
    /// [`softplus_f64`].
    softplus_f32, f32, reduce_f32, exp_of_rest_f32, scales_f32, one_plus_f32, log_of_sum_f32,
    limit: 104.0
}
