//! The vocabulary of elementwise formulas.
//!
//! A formula is written once, generic over [`Expr`]. Instantiated for numbers it is the body of a
//! vectorised loop; instantiated for [`crate::graph::Traced`] it records itself in the graph, and
//! so can be differentiated again.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::math;
use crate::op::{Binary, Unary};

/// Something that elementwise formulas compute with.
pub trait Expr:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// A constant of the same kind as `self`.
    fn lit(self, c: f64) -> Self;
    /// Square root.
    fn sqrt(self) -> Self;
    /// Exponential.
    fn exp(self) -> Self;
    /// Natural logarithm.
    fn log(self) -> Self;
    /// Sine.
    fn sin(self) -> Self;
    /// Cosine.
    fn cos(self) -> Self;
    /// Hyperbolic tangent.
    fn tanh(self) -> Self;
    /// `self` to the power `c`.
    fn pow(self, c: Self) -> Self;
    /// 1 where `self >= other`, else 0: a mask, which has no gradient.
    fn ge(self, other: Self) -> Self;
    /// 1 where `self > other`, else 0: a mask, which has no gradient.
    fn gt(self, other: Self) -> Self;
    /// The larger; NaN if either is.
    fn maximum(self, other: Self) -> Self;
    /// The smaller; NaN if either is.
    fn minimum(self, other: Self) -> Self;
    /// `self` where the mask is not 0, and exactly 0 elsewhere, be `self` infinite or NaN there.
    fn gate(self, mask: Self) -> Self;
    /// The function of an operation that is no formula of the others.
    fn call<U: Elementary>(self, op: U) -> Self;
    /// The same, of two operands.
    fn call2<B: Elementary2>(self, other: Self, op: B) -> Self;
}

/// An operation whose function is given for numbers, not as a formula: formulas use it by
/// [`Expr::call`]. Its [`Unary::f`] is `x.call(*self)`.
pub trait Elementary: Unary {
    /// Its value.
    fn f64(self, x: f64) -> f64;
    /// Its value, rounded from float64 where there is nothing quicker.
    #[inline(always)]
    fn f32(self, x: f32) -> f32 {
        self.f64(f64::from(x)) as f32
    }
    /// Its value in loops for machines with fused multiply-add. With [`super::dispatch::Class`]
    /// `Library` it must give the same bits as the other one.
    #[inline(always)]
    fn fast_f64(self, x: f64) -> f64 {
        self.f64(x)
    }
    /// As `fast_f64`.
    #[inline(always)]
    fn fast_f32(self, x: f32) -> f32 {
        self.f32(x)
    }
}

/// As [`Elementary`], of two operands.
pub trait Elementary2: Binary {
    /// Its value.
    fn f64(self, x: f64, y: f64) -> f64;
    /// Its value, rounded from float64.
    #[inline(always)]
    fn f32(self, x: f32, y: f32) -> f32 {
        self.f64(f64::from(x), f64::from(y)) as f32
    }
}

/// [`Elementary`] of an operation, by functions of float64 and float32.
macro_rules! elementary {
    ($Op:ident, $f64:expr, $f32:expr) => {
        impl $crate::kernels::expr::Elementary for $Op {
            #[inline(always)]
            fn f64(self, x: f64) -> f64 {
                $f64(x)
            }
            #[inline(always)]
            fn f32(self, x: f32) -> f32 {
                $f32(x)
            }
        }
    };
}
pub(crate) use elementary;

/// Declares an elementary function that stands for another within formulas: quicker, and less exact.
macro_rules! quick {
    ($(#[$doc:meta])* $Quick:ident for $Exact:ident, $f64:expr, $f32:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $Quick;

        impl $crate::op::Unary for $Quick {
            const NAME: &'static str = $Exact::NAME;
            const FUNCTION: &'static str = $Exact::FUNCTION;
            const CLASS: $crate::kernels::dispatch::Class = $Exact::CLASS;
            const KEEP: $crate::graph::Keep = $Exact::KEEP;

            #[inline(always)]
            fn f<E: Expr>(&self, x: E) -> E {
                x.call(*self)
            }

            #[inline(always)]
            fn vjp<E: Expr>(&self, x: E, y: E, gy: E) -> E {
                $Exact.vjp(x, y, gy)
            }
        }

        $crate::kernels::expr::elementary!($Quick, $f64, $f32);
    };
}
pub(crate) use quick;

/// `x` brought into `lo..=hi`.
#[inline(always)]
pub fn clamp<E: Expr>(x: E, lo: f64, hi: f64) -> E {
    x.maximum(x.lit(lo)).minimum(x.lit(hi))
}

/// `1 - x²`, as accurate near ±1 as `(1 - x) (1 + x)` is, and with a derivative that is accurate near 0,
/// where that of the product cancels.
#[inline(always)]
pub fn one_minus_square<E: Expr>(x: E) -> E {
    let one = x.lit(1.0);
    let far = x.gate((x * x).gt(x.lit(0.25)));
    let near = x - far;
    (one - far) * (one + far) - near * near
}

/// The gradient of a function that is constant but for jumps.
#[inline(always)]
pub fn flat<E: Expr>(gy: E) -> E {
    gy.gate(gy.lit(0.0))
}

/// A number on a machine with fused multiply-add, as vectorised loops see it.
///
/// Its `sin` and `cos` hold for arguments up to [`math::TRIG_LIMIT_F64`] (or `_F32`) only; the
/// loops hand larger ones to the standard library.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(transparent)]
pub struct Fast<T>(pub T);

macro_rules! exprs {
    ($T:ident, $pow:ident, $exp:ident, $log:ident, $sin:ident, $cos:ident, $tanh:ident,
     $fast:ident) => {
        impl Add for Fast<$T> {
            type Output = Self;
            #[inline(always)]
            fn add(self, o: Self) -> Self {
                Self(self.0 + o.0)
            }
        }
        impl Sub for Fast<$T> {
            type Output = Self;
            #[inline(always)]
            fn sub(self, o: Self) -> Self {
                Self(self.0 - o.0)
            }
        }
        impl Mul for Fast<$T> {
            type Output = Self;
            #[inline(always)]
            fn mul(self, o: Self) -> Self {
                Self(self.0 * o.0)
            }
        }
        impl Div for Fast<$T> {
            type Output = Self;
            #[inline(always)]
            fn div(self, o: Self) -> Self {
                Self(self.0 / o.0)
            }
        }
        impl Neg for Fast<$T> {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }
        impl Expr for Fast<$T> {
            #[inline(always)]
            fn exp(self) -> Self {
                Self(math::$exp(self.0))
            }
            #[inline(always)]
            fn log(self) -> Self {
                Self(math::$log(self.0))
            }
            #[inline(always)]
            fn sin(self) -> Self {
                Self(math::$sin(self.0))
            }
            #[inline(always)]
            fn cos(self) -> Self {
                Self(math::$cos(self.0))
            }
            #[inline(always)]
            fn tanh(self) -> Self {
                Self(math::$tanh(self.0))
            }
            #[inline(always)]
            fn call<U: Elementary>(self, op: U) -> Self {
                Self(op.$fast(self.0))
            }
            exprs!(@shared $T, $pow, Fast);
        }
        impl Expr for $T {
            #[inline(always)]
            fn exp(self) -> Self {
                $T::exp(self)
            }
            #[inline(always)]
            fn log(self) -> Self {
                $T::ln(self)
            }
            #[inline(always)]
            fn sin(self) -> Self {
                $T::sin(self)
            }
            #[inline(always)]
            fn cos(self) -> Self {
                $T::cos(self)
            }
            #[inline(always)]
            fn tanh(self) -> Self {
                $T::tanh(self)
            }
            #[inline(always)]
            fn call<U: Elementary>(self, op: U) -> Self {
                op.$T(self)
            }
            exprs!(@shared $T, $pow, plain);
        }
    };
    (@shared $T:ident, $pow:ident, $kind:ident) => {
        #[inline(always)]
        fn lit(self, c: f64) -> Self {
            exprs!(@wrap $kind, c as $T)
        }
        #[inline(always)]
        fn sqrt(self) -> Self {
            exprs!(@wrap $kind, exprs!(@get $kind, self).sqrt())
        }
        #[inline(always)]
        fn pow(self, c: Self) -> Self {
            exprs!(@wrap $kind, $pow(exprs!(@get $kind, self), exprs!(@get $kind, c)))
        }
        #[inline(always)]
        fn call2<B: Elementary2>(self, other: Self, op: B) -> Self {
            exprs!(@wrap $kind, op.$T(exprs!(@get $kind, self), exprs!(@get $kind, other)))
        }
        #[inline(always)]
        fn maximum(self, other: Self) -> Self {
            let (a, b) = (exprs!(@get $kind, self), exprs!(@get $kind, other));
            exprs!(@wrap $kind, if a >= b || a.is_nan() { a } else { b })
        }
        #[inline(always)]
        fn minimum(self, other: Self) -> Self {
            let (a, b) = (exprs!(@get $kind, self), exprs!(@get $kind, other));
            exprs!(@wrap $kind, if a <= b || a.is_nan() { a } else { b })
        }
        #[inline(always)]
        fn ge(self, other: Self) -> Self {
            let yes = exprs!(@get $kind, self) >= exprs!(@get $kind, other);
            exprs!(@wrap $kind, if yes { 1.0 } else { 0.0 })
        }
        #[inline(always)]
        fn gt(self, other: Self) -> Self {
            let yes = exprs!(@get $kind, self) > exprs!(@get $kind, other);
            exprs!(@wrap $kind, if yes { 1.0 } else { 0.0 })
        }
        #[inline(always)]
        fn gate(self, mask: Self) -> Self {
            let open = exprs!(@get $kind, mask) != 0.0;
            exprs!(@wrap $kind, if open { exprs!(@get $kind, self) } else { 0.0 })
        }
    };
    (@wrap Fast, $e:expr) => { Self($e) };
    (@wrap plain, $e:expr) => { $e };
    (@get Fast, $e:expr) => { $e.0 };
    (@get plain, $e:expr) => { $e };
}

macro_rules! powers {
    ($name:ident, $T:ident) => {
        /// `x` to the power `c`: the common exponents by products and roots, which round as
        /// well, the others by the standard library.
        #[inline(always)]
        fn $name(x: $T, c: $T) -> $T {
            if c == 2.0 {
                x * x
            } else if c == 1.0 {
                x
            } else if c == 3.0 {
                x * x * x
            } else if c == 0.0 {
                1.0
            } else if c == -1.0 {
                1.0 / x
            } else if c == 0.5 && x > 0.0 {
                x.sqrt()
            } else if c == -0.5 && x > 0.0 {
                1.0 / x.sqrt()
            } else if c == -2.0 {
                (1.0 / x) * (1.0 / x)
            } else {
                x.powf(c)
            }
        }
    };
}
powers!(power_f64, f64);
powers!(power_f32, f32);

exprs!(f64, power_f64, exp_f64, log_f64, sin_f64, cos_f64, tanh_f64, fast_f64);
exprs!(f32, power_f32, exp_f32, log_f32, sin_f32, cos_f32, tanh_f32, fast_f32);
