//! Formulas over recorded values: the other face of [`Expr`](crate::kernels::expr::Expr).

use std::cell::RefCell;

use smallvec::SmallVec;

use super::{Ctx, Var};
use crate::error::{Error, Result};
use crate::kernels::compare;
use crate::op::{Binary, Unary, binary, unary};
use crate::tensor::Tensor;

/// The values of one formula. Expressions name them by number, which makes them `Copy`, so that a
/// formula reads the same for numbers and for recorded values.
pub struct Sheet<'a> {
    g: &'a Ctx<'a>,
    /// Most formulas have no more.
    values: RefCell<SmallVec<[Var; 8]>>,
    error: RefCell<Option<Error>>,
}

/// A value on a [`Sheet`].
#[derive(Clone, Copy)]
pub struct Traced<'a> {
    sheet: &'a Sheet<'a>,
    index: usize,
}

impl<'a> Sheet<'a> {
    /// An empty sheet.
    pub fn new(g: &'a Ctx<'a>) -> Self {
        Self { g, values: RefCell::default(), error: RefCell::default() }
    }

    /// Writes a value down.
    pub fn put(&'a self, v: Var) -> Traced<'a> {
        let mut values = self.values.borrow_mut();
        values.push(v);
        Traced { sheet: self, index: values.len() - 1 }
    }

    /// Reads a result, or the first failure on the way to it.
    pub fn result(&'a self, x: Traced<'a>) -> Result<Var> {
        match self.error.take() {
            Some(e) => Err(e),
            None => Ok(x.var()),
        }
    }
}

impl<'a> Traced<'a> {
    fn var(self) -> Var {
        self.sheet.values.borrow()[self.index].clone()
    }

    /// Writes a result down. After a failure the value is a stand-in: the failure is what
    /// [`Sheet::result`] gives.
    fn note(self, result: Result<Var>) -> Self {
        if self.sheet.error.borrow().is_some() {
            return self;
        }
        match result {
            Ok(v) => self.sheet.put(v),
            Err(e) => {
                *self.sheet.error.borrow_mut() = Some(e);
                self
            }
        }
    }

    fn unary(self, op: impl Unary) -> Self {
        self.note(unary(self.sheet.g, op, &self.var()))
    }

    fn binary(self, other: Self, op: impl Binary) -> Self {
        self.note(binary(self.sheet.g, op, &self.var(), &other.var()))
    }

    fn mask(self, other: Self, how: compare::Comparison) -> Self {
        let mask = || {
            let a = compare::compare(how, &self.var().value, &other.var().value)?;
            let dtype = self.var().dtype();
            Ok(Var::constant(crate::kernels::copy::cast(&a.into(), dtype)?))
        };
        self.note(mask())
    }

    fn at_least(self, other: Self) -> Self {
        self.mask(other, compare::Comparison::GreaterEqual)
    }

    fn above(self, other: Self) -> Self {
        self.mask(other, compare::Comparison::Greater)
    }

    fn literal(self, c: f64) -> Self {
        let dtype = self.var().dtype();
        self.sheet.put(Var::constant(Tensor::number(dtype, c)))
    }

    /// The same value, not in the graph.
    fn constant(self) -> Self {
        self.sheet.put(Var::constant(self.var().value))
    }
}

/// The vocabulary of formulas for a type of recorded values, by its `unary`, `binary`, `at_least`, `above`,
/// `literal` and `constant`.
macro_rules! expressions {
    ($Value:ident) => {
        impl std::ops::Add for $Value<'_> {
            type Output = Self;
            fn add(self, o: Self) -> Self {
                self.binary(o, $crate::ops::Add)
            }
        }
        impl std::ops::Sub for $Value<'_> {
            type Output = Self;
            fn sub(self, o: Self) -> Self {
                self.binary(o, $crate::ops::Sub)
            }
        }
        impl std::ops::Mul for $Value<'_> {
            type Output = Self;
            fn mul(self, o: Self) -> Self {
                self.binary(o, $crate::ops::Mul)
            }
        }
        impl std::ops::Div for $Value<'_> {
            type Output = Self;
            fn div(self, o: Self) -> Self {
                self.binary(o, $crate::ops::Div)
            }
        }
        impl std::ops::Neg for $Value<'_> {
            type Output = Self;
            fn neg(self) -> Self {
                self.unary($crate::ops::Neg)
            }
        }

        impl $crate::kernels::expr::Expr for $Value<'_> {
            fn lit(self, c: f64) -> Self {
                self.literal(c)
            }
            fn sqrt(self) -> Self {
                self.unary($crate::ops::Sqrt)
            }
            fn exp(self) -> Self {
                self.unary($crate::ops::Exp)
            }
            fn log(self) -> Self {
                self.unary($crate::ops::Log)
            }
            fn sin(self) -> Self {
                self.unary($crate::ops::Sin)
            }
            fn cos(self) -> Self {
                self.unary($crate::ops::Cos)
            }
            fn tanh(self) -> Self {
                self.unary($crate::ops::Tanh)
            }
            fn pow(self, c: Self) -> Self {
                self.binary(c, $crate::ops::Pow)
            }
            fn ge(self, other: Self) -> Self {
                self.at_least(other)
            }
            fn gt(self, other: Self) -> Self {
                self.above(other)
            }
            fn maximum(self, other: Self) -> Self {
                self.binary(other, $crate::ops::Maximum)
            }
            fn minimum(self, other: Self) -> Self {
                self.binary(other, $crate::ops::Minimum)
            }
            fn gate(self, mask: Self) -> Self {
                // Where a mask changes, its slope is none or infinite: it counts as a constant.
                self.binary(mask.constant(), $crate::ops::Gate)
            }
            fn call<U: $crate::kernels::expr::Elementary>(self, op: U) -> Self {
                self.unary(op)
            }
            fn call2<B: $crate::kernels::expr::Elementary2>(self, other: Self, op: B) -> Self {
                self.binary(other, op)
            }
        }
    };
}
pub(super) use expressions;

expressions!(Traced);
