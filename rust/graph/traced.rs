//! Formulas over recorded values: the other face of [`Expr`].

use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Sub};

use smallvec::SmallVec;

use super::{Ctx, Var};
use crate::error::{Error, Result};
use crate::kernels::compare;
use crate::kernels::expr::{Elementary, Elementary2, Expr};
use crate::op::{Binary, Unary, binary, unary};
use crate::ops;
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
}

impl Add for Traced<'_> {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        self.binary(o, ops::Add)
    }
}
impl Sub for Traced<'_> {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        self.binary(o, ops::Sub)
    }
}
impl Mul for Traced<'_> {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        self.binary(o, ops::Mul)
    }
}
impl Div for Traced<'_> {
    type Output = Self;
    fn div(self, o: Self) -> Self {
        self.binary(o, ops::Div)
    }
}
impl Neg for Traced<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.unary(ops::Neg)
    }
}

impl Expr for Traced<'_> {
    fn lit(self, c: f64) -> Self {
        let dtype = self.var().dtype();
        self.sheet.put(Var::constant(Tensor::number(dtype, c)))
    }
    fn sqrt(self) -> Self {
        self.unary(ops::Sqrt)
    }
    fn exp(self) -> Self {
        self.unary(ops::Exp)
    }
    fn log(self) -> Self {
        self.unary(ops::Log)
    }
    fn sin(self) -> Self {
        self.unary(ops::Sin)
    }
    fn cos(self) -> Self {
        self.unary(ops::Cos)
    }
    fn tanh(self) -> Self {
        self.unary(ops::Tanh)
    }
    fn pow(self, c: Self) -> Self {
        self.binary(c, ops::Pow)
    }
    fn ge(self, other: Self) -> Self {
        self.mask(other, compare::Comparison::GreaterEqual)
    }
    fn gt(self, other: Self) -> Self {
        self.mask(other, compare::Comparison::Greater)
    }
    fn maximum(self, other: Self) -> Self {
        self.binary(other, ops::Maximum)
    }
    fn minimum(self, other: Self) -> Self {
        self.binary(other, ops::Minimum)
    }
    fn gate(self, mask: Self) -> Self {
        // Where a mask changes, its slope is none or infinite: it counts as a constant.
        let mask = Var::constant(mask.var().value);
        self.note(binary(self.sheet.g, ops::Gate, &self.var(), &mask))
    }
    fn call<U: Elementary>(self, op: U) -> Self {
        self.unary(op)
    }
    fn call2<B: Elementary2>(self, other: Self, op: B) -> Self {
        self.binary(other, op)
    }
}
