//! Elementary functions, most of which the loop vectoriser turns into SIMD code.
//!
//! Vectorised, fast wherever there is fused multiply-add: `exp`, `expm1`, `log`, `log1p`, `log2`, `log10`,
//! `sin`, `cos`, `tan`, `asin`, `acos`, `atan`, `atan2`, `sinh`, `cosh`, `tanh`, `asinh`, `acosh`, `atanh`,
//! `erf`, `erfc`, `sigmoid`, `softplus`, each for `f64` and `f32`. Library code, one number at a time:
//! `lgamma`, `digamma`, `polygamma`, for `f64`.
//!
//! Every vectorised function is a branch-free sequence of exactly specified operations: sums,
//! products, quotients, square roots, fused multiply-adds, bit operations and selects between
//! computed values. There is no table, no call and no conversion between integers and floats
//! (AVX2 has none for 64 bits), so a plain loop over a slice becomes vector code wherever the
//! functions are inlined into one compiled for a target with fused multiply-add (AVX2 + FMA,
//! AVX-512, NEON). For the same reason a result never depends on the element's place in the
//! slice, nor on the vector width. On a target without fused multiply-add the results are the
//! same but slow.
//!
//! Two devices return in most of them. A sum of a large and a small number is kept as the rounded
//! sum and its error, which is added to the next small term. A quotient n / d is n times the
//! reciprocal, corrected by the remainder of the division and the errors of n and d. What two
//! dtypes share is written once, as a macro.
//!
//! The polynomials are minimax fits computed by the Remez exchange algorithm in 60 decimal
//! digits, with the coefficients then rounded to the type they are used in; the error quoted
//! beside each is that of the rounded polynomial. The error bounds of the functions are the
//! largest errors found: for `f64` at hundreds of thousands to millions of random arguments and
//! many difficult ones; for `f32` at all arguments (`exp`, `log`, `sin`, `cos`, `tanh`, `expm1`, `log1p`,
//! `log2`, `log10`) or at a seventeenth of them (`atan2`: at random ones). Arguments about rounding
//! (exactness of a difference, the error term of a sum) follow Muller et al., "Handbook of
//! Floating-Point Arithmetic", 2nd edition, chapters 4 and 10.

mod asin;
mod atan;
mod erf;
mod exp;
mod expm1;
mod gamma;
mod hyperbolic;
mod inverse_hyperbolic;
mod log;
mod logistic;
mod logs;
mod polygamma;
mod tanh;
#[cfg(test)]
mod tests;
mod trig;

pub use asin::{acos_f32, acos_f64, asin_f32, asin_f64};
pub use atan::{atan_f32, atan_f64, atan2_f32, atan2_f64};
pub use erf::{erf_f32, erf_f64, erfc_f32, erfc_f64};
pub use exp::{exp_f32, exp_f64};
pub use expm1::{expm1_f32, expm1_f64};
pub use gamma::{digamma_f64, lgamma_f64};
pub use hyperbolic::{cosh_f32, cosh_f64, sinh_f32, sinh_f64};
pub use inverse_hyperbolic::{acosh_f32, acosh_f64, asinh_f32, asinh_f64, atanh_f32, atanh_f64};
pub use log::{log_f32, log_f64};
pub use logistic::{
    quick_sigmoid_f32, quick_sigmoid_f64, sigmoid_f32, sigmoid_f64, softplus_f32, softplus_f64,
};
pub use logs::{log1p_f32, log1p_f64, log2_f32, log2_f64, log10_f32, log10_f64};
pub use polygamma::polygamma_f64;
pub use tanh::{quick_tanh_f32, quick_tanh_f64, tanh_f32, tanh_f64};
pub use trig::{
    TRIG_LIMIT_F32, TRIG_LIMIT_F64, cos_f32, cos_f64, sin_f32, sin_f64, tan_f32, tan_f64,
};

/// pi less the constant PI, its rounded value.
const PI_LOW_F64: f64 = 1.2246467991473532e-16;
/// As [`PI_LOW_F64`], for floats.
const PI_LOW_F32: f32 = -8.742278e-8;

/// Adding this number rounds a double of magnitude below 2^51 to the nearest integer, which then
/// stands (in two's complement) in the low bits of the sum; subtracting it again leaves the
/// integer as a double.
const ROUND_F64: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52
/// As [`ROUND_F64`], for floats of magnitude below 2^22.
const ROUND_F32: f32 = 12_582_912.0; // 1.5 * 2^23

/// The polynomial with coefficients `c`, lowest degree first, at `x`: its even and odd parts by
/// Horner's rule in x^2, which are independent of each other and so take half the time of one.
/// (A single loop like this is unrolled early enough for the caller's loop to be vectorised; the
/// nested ones of Estrin's scheme are not.)
#[inline(always)]
fn polynomial_f64<const N: usize>(x: f64, c: &[f64; N]) -> f64 {
    let square = x * x;
    let (mut last, mut other) = (c[N - 1], c[N - 2]);
    let mut i = N - 2;
    while i > 0 {
        i -= 1;
        (last, other) = (other, last.mul_add(square, c[i]));
    }
    last.mul_add(x, other)
}

/// As [`polynomial_f64`], for floats.
#[inline(always)]
fn polynomial_f32<const N: usize>(x: f32, c: &[f32; N]) -> f32 {
    let square = x * x;
    let (mut last, mut other) = (c[N - 1], c[N - 2]);
    let mut i = N - 2;
    while i > 0 {
        i -= 1;
        (last, other) = (other, last.mul_add(square, c[i]));
    }
    last.mul_add(x, other)
}
