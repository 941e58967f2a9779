//! Operations that are formulas: a number at a time, the same for every element.

use smallvec::smallvec;

use super::number::{ByNumber, by_number, number};
use super::{Forward, Grad, Grads, Op, Reach, Rule, one};
use crate::error::Result;
use crate::graph::{Ctx, Keep, Noted, Sheet, Traced, Var};
use crate::kernels::compare;
use crate::kernels::defer::map_later;
use crate::kernels::dispatch::{self, Class, MapFn};
use crate::kernels::expr::Expr;
use crate::kernels::map::map;
use crate::ops;
use crate::tensor::{Tensor, broadcast_shapes};

/// An elementwise function of one operand.
pub trait Unary: Copy + Send + Sync + 'static {
    /// The name, as graphs show it.
    const NAME: &'static str;
    /// The name in Python and in messages.
    const FUNCTION: &'static str;
    /// What the docstring in Python says: value, gradient, edges; empty for one that has no
    /// function of this form. The bindings add what all such functions share.
    const DOC: &'static str = "";
    /// The docstring's example, which the tests run.
    const EXAMPLE: &'static str = "";
    /// How dear the function is.
    const CLASS: Class;
    /// How dear its gradient is.
    const GRAD_CLASS: Class = Class::Arithmetic;
    /// What the gradient is computed from: [`Keep::X`], [`Keep::OUTPUT`], both or nothing.
    const KEEP: Keep;

    /// `y = f(x)`.
    fn f<E: Expr>(&self, x: E) -> E;
    /// `gx`, from `x`, `y` and `gy`. What is not kept must not be used. Where `gy` is 0 the result
    /// is taken as 0.
    fn vjp<E: Expr>(&self, x: E, y: E, gy: E) -> E;
}

/// An elementwise function of two operands that broadcast together.
pub trait Binary: Copy + Send + Sync + 'static {
    /// The name, as graphs show it.
    const NAME: &'static str;
    /// The name in messages.
    const FUNCTION: &'static str;
    /// What Python calls the operands.
    const OPERANDS: &'static str = "x, y";
    /// What the docstring in Python says: value, gradient, edges; empty for one that has no
    /// function of this form. The bindings add what all such functions share.
    const DOC: &'static str = "";
    /// The docstring's example, which the tests run.
    const EXAMPLE: &'static str = "";
    /// How dear the function is.
    const CLASS: Class;
    /// How dear its gradients are.
    const GRAD_CLASS: Class = Class::Arithmetic;
    /// What `dx` is computed from, besides `gz`.
    const DX: Keep;
    /// What `dy` is computed from, besides `gz`.
    const DY: Keep;
    /// Whether `dx` is `gz` as it stands.
    const DX_IS_GZ: bool = false;
    /// Whether `dy` is `gz` as it stands.
    const DY_IS_GZ: bool = false;

    /// `z = f(x, y)`.
    fn f<E: Expr>(&self, x: E, y: E) -> E;
    /// `gx`, from `x`, `y`, `z` and `gz`. Where `gz` is 0 the result is taken as 0.
    fn dx<E: Expr>(&self, x: E, y: E, z: E, gz: E) -> E;
    /// `gy`, from the same.
    fn dy<E: Expr>(&self, x: E, y: E, z: E, gz: E) -> E;

    /// What to do instead where `y` is this number: the kernels of an operation of one operand.
    fn by_number(&self, _y: f64) -> Option<&'static dyn ByNumber> {
        None
    }
    /// `gx` for recording, where `y` is a constant and this number, if there is a shorter formula.
    fn dx_by_number<E: Expr>(&self, _x: E, _y: E, _number: f64, _gz: E) -> Option<E> {
        None
    }
    /// `gx` for recording, by that formula where it can be.
    #[inline(always)]
    fn dx_recorded<E: Expr>(&self, x: E, y: E, z: E, gz: E, constant: Option<f64>) -> E {
        let short = constant.and_then(|number| self.dx_by_number(x, y, number, gz));
        short.unwrap_or_else(|| self.dx(x, y, z, gz))
    }
}

/// Computes and records a unary operation.
pub fn unary<U: Unary>(g: &Ctx<'_>, op: U, x: &Var) -> Result<Var> {
    let value = match x.value {
        Tensor::F64(v) => Tensor::F64(unary_number(op, v)),
        _ => map_later(&UnaryForward(op), [&x.value], x.shape())?,
    };
    Ok(g.record(UnaryOp(op), &[x], value))
}

/// Computes and records a binary operation.
pub fn binary<B: Binary>(g: &Ctx<'_>, op: B, x: &Var, y: &Var) -> Result<Var> {
    if x.dtype() != y.dtype() {
        let (x, y) = ops::promote(g, x, y)?;
        return binary(g, op, &x, &y);
    }
    let f = BinaryForward(op);
    let value = match (&x.value, &y.value) {
        (Tensor::F64(a), Tensor::F64(b)) => Tensor::F64(binary_number(op, *a, *b)),
        (a, b) if a.shape() == b.shape() => map_later(&f, [a, b], a.shape())?,
        (a, b) => {
            let shape = broadcast_shapes(B::FUNCTION, a.shape(), b.shape())?;
            match by_number(&op, b) {
                Some(quick) => quick.value(a, &shape)?,
                None => map_later(&f, [a, b], &shape)?,
            }
        }
    };
    Ok(g.record(BinaryOp(op), &[x, y], value))
}

/// [`Op`] of a [`Unary`].
pub struct UnaryOp<U>(pub U);
/// [`Op`] of a [`Binary`].
pub struct BinaryOp<B>(pub B);

#[derive(Clone, Copy)]
pub(super) struct UnaryForward<U>(pub U);
#[derive(Clone, Copy)]
pub(super) struct UnaryBackward<U>(pub U);
#[derive(Clone, Copy)]
struct BinaryForward<B>(B);
#[derive(Clone, Copy)]
struct BinaryDx<B>(B);
#[derive(Clone, Copy)]
struct BinaryDy<B>(B);

impl<U: Unary> MapFn<1> for UnaryForward<U> {
    const CLASS: Class = U::CLASS;
    #[inline(always)]
    fn eval<E: Expr>(&self, [x]: [E; 1]) -> E {
        self.0.f(x)
    }
}

impl<U: Unary> MapFn<3> for UnaryBackward<U> {
    const CLASS: Class = U::GRAD_CLASS;
    #[inline(always)]
    fn eval<E: Expr>(&self, [x, y, gy]: [E; 3]) -> E {
        self.0.vjp(x, y, gy).gate(gy)
    }
}

impl<B: Binary> MapFn<2> for BinaryForward<B> {
    const CLASS: Class = B::CLASS;
    #[inline(always)]
    fn eval<E: Expr>(&self, [x, y]: [E; 2]) -> E {
        self.0.f(x, y)
    }
}

impl<B: Binary> MapFn<4> for BinaryDx<B> {
    const CLASS: Class = B::GRAD_CLASS;
    #[inline(always)]
    fn eval<E: Expr>(&self, [x, y, z, gz]: [E; 4]) -> E {
        self.0.dx(x, y, z, gz).gate(gz)
    }
}

impl<B: Binary> MapFn<4> for BinaryDy<B> {
    const CLASS: Class = B::GRAD_CLASS;
    #[inline(always)]
    fn eval<E: Expr>(&self, [x, y, z, gz]: [E; 4]) -> E {
        self.0.dy(x, y, z, gz).gate(gz)
    }
}

/// What stands for an operand that was not kept: a number that no formula looks at.
fn nothing(like: &Var) -> Tensor {
    Tensor::number(like.dtype(), 0.0)
}

/// The value of an operand that was kept.
fn kept<'v>(keep: bool, v: &'v Var, nothing: &'v Tensor) -> &'v Tensor {
    if keep { &v.value } else { nothing }
}

/// `f` of a number, by the code that arrays use.
#[inline(always)]
pub fn unary_number<U: Unary>(op: U, x: f64) -> f64 {
    dispatch::scalar(&UnaryForward(op), [x])
}

/// `f` of two numbers, by the code that arrays use.
#[inline(always)]
pub fn binary_number<B: Binary>(op: B, x: f64, y: f64) -> f64 {
    dispatch::scalar(&BinaryForward(op), [x, y])
}

/// 0 where a gradient is to be 0, be its formula infinite: where `gy` is 0 and `gx` is not finite.
#[derive(Clone, Copy)]
struct Alive;

impl MapFn<2> for Alive {
    const CLASS: Class = Class::Arithmetic;
    #[inline(always)]
    fn eval<E: Expr>(&self, [gx, gy]: [E; 2]) -> E {
        let zero = gx.lit(0.0);
        let finite = (gx * zero).ge(zero);
        let none = gy.ge(zero) * zero.ge(gy);
        finite + (gx.lit(1.0) - none)
    }
}

/// A recorded gradient that is exactly 0 where that of the result is, as the kernels make it: what
/// `where` did not take must not come back as 0 times infinity. Only elements that are not finite are
/// cut off: the others depend on `gy` even where it is 0.
fn gated(g: &Ctx<'_>, gx: Var, gy: &Var) -> Result<Var> {
    let finite = match gx.value {
        Tensor::F64(x) => x.is_finite(),
        _ => compare::all_finite(&gx.value)?,
    };
    if finite {
        return Ok(gx);
    }
    let shape = broadcast_shapes("gate", gx.shape(), gy.shape())?;
    let mask = map(&Alive, [&gx.value, &gy.value], &shape)?;
    binary(g, ops::Gate, &gx, &Var::constant(mask))
}

impl<U: Unary> Op for UnaryOp<U> {
    fn name(&self) -> &str {
        U::NAME
    }

    fn batches(&self) -> bool {
        true
    }

    fn reach(&self, _i: usize) -> Reach {
        Reach::Each
    }

    fn forward(&self, step: &Forward<'_>) -> Option<Result<Var>> {
        Some(step.each(self))
    }

    fn keeps(&self, _wants: &[bool]) -> Keep {
        U::KEEP
    }

    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (x, y, gy) = (&rule.inputs[0], rule.output, rule.gy()?);
        if rule.g.is_recording() {
            let sheet = Sheet::new(rule.g);
            let gx = self.0.vjp(sheet.put(x.clone()), sheet.put(y.clone()), sheet.put(gy.clone()));
            return one(gated(rule.g, sheet.result(gx)?, gy)?);
        }
        let nothing = nothing(gy);
        let x = kept(U::KEEP.input(0), x, &nothing);
        let y = kept(U::KEEP.output(), y, &nothing);
        let gx = map_later(&UnaryBackward(self.0), [x, y, &gy.value], gy.shape())?;
        one(Var::constant(gx))
    }

    fn backward_numbers(
        &self,
        [x, _]: [f64; 2],
        y: f64,
        gy: f64,
        _wants: [bool; 2],
    ) -> Option<[f64; 2]> {
        Some([dispatch::scalar(&UnaryBackward(self.0), [x, y, gy]), 0.0])
    }

    fn backward_recorded<'g>(
        &self,
        [x, _]: [Noted<'g>; 2],
        y: Noted<'g>,
        gy: Noted<'g>,
        _wants: [bool; 2],
    ) -> Option<[Noted<'g>; 2]> {
        let gx = self.0.vjp(x, y, gy);
        // Otherwise it may have to be gated.
        gx.value().is_finite().then_some([gx, gx])
    }
}

impl<B: Binary> BinaryOp<B> {
    /// One of the two gradients: `formula` recorded, or `kernel` run.
    fn side<'s>(
        rule: &Rule<'_>,
        sheet: &'s Sheet<'s>,
        keep: Keep,
        formula: impl FnOnce([Traced<'s>; 4]) -> Traced<'s>,
        kernel: &impl MapFn<4>,
    ) -> Result<Option<Grad>> {
        let (x, y, z, gz) = (&rule.inputs[0], &rule.inputs[1], rule.output, rule.gy()?);
        let v = if rule.g.is_recording() {
            let put = |v: &Var| sheet.put(v.clone());
            gated(rule.g, sheet.result(formula([put(x), put(y), put(z), put(gz)]))?, gz)?
        } else {
            let nothing = nothing(gz);
            let x = kept(keep.input(0), x, &nothing);
            let y = kept(keep.input(1), y, &nothing);
            let z = kept(keep.output(), z, &nothing);
            Var::constant(map_later(kernel, [x, y, z, &gz.value], gz.shape())?)
        };
        Ok(Some(Grad::Value(v)))
    }

    /// The first of the two gradients, where it takes some work.
    fn dx<'s>(&self, rule: &Rule<'_>, sheet: &'s Sheet<'s>) -> Result<Option<Grad>> {
        let (op, x, y) = (self.0, &rule.inputs[0], &rule.inputs[1]);
        if !rule.g.is_recording()
            && let Some(quick) = by_number(&op, &y.value)
        {
            let gx = quick.dx(&x.value, &rule.gy()?.value)?;
            return Ok(Some(Grad::Value(Var::constant(gx))));
        }
        let constant = if y.requires { None } else { number(&y.value) };
        let formula = |[x, y, z, gz]: [Traced<'s>; 4]| op.dx_recorded(x, y, z, gz, constant);
        Self::side(rule, sheet, B::DX, formula, &BinaryDx(op))
    }
}

impl<B: Binary> Op for BinaryOp<B> {
    fn name(&self) -> &str {
        B::NAME
    }

    fn batches(&self) -> bool {
        true
    }

    fn reach(&self, _i: usize) -> Reach {
        Reach::Each
    }

    fn forward(&self, step: &Forward<'_>) -> Option<Result<Var>> {
        Some(step.each(self))
    }

    fn keeps(&self, wants: &[bool]) -> Keep {
        let dx = if wants[0] { B::DX } else { Keep::NONE };
        let dy = if wants[1] { B::DY } else { Keep::NONE };
        dx.and(dy)
    }

    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let op = self.0;
        let sheet = Sheet::new(rule.g);
        let gz = || -> Result<Option<Grad>> { Ok(Some(Grad::Value(rule.gy()?.clone()))) };
        let dx = match rule.wants(0) {
            false => None,
            true if B::DX_IS_GZ => gz()?,
            true => self.dx(rule, &sheet)?,
        };
        let dy = match rule.wants(1) {
            false => None,
            true if B::DY_IS_GZ => gz()?,
            true => {
                Self::side(rule, &sheet, B::DY, |[x, y, z, gz]| op.dy(x, y, z, gz), &BinaryDy(op))?
            }
        };
        Ok(smallvec![dx, dy])
    }

    fn backward_numbers(
        &self,
        [x, y]: [f64; 2],
        z: f64,
        gz: f64,
        wants: [bool; 2],
    ) -> Option<[f64; 2]> {
        let dx = if wants[0] { dispatch::scalar(&BinaryDx(self.0), [x, y, z, gz]) } else { 0.0 };
        let dy = if wants[1] { dispatch::scalar(&BinaryDy(self.0), [x, y, z, gz]) } else { 0.0 };
        Some([dx, dy])
    }

    fn backward_recorded<'g>(
        &self,
        [x, y]: [Noted<'g>; 2],
        z: Noted<'g>,
        gz: Noted<'g>,
        wants: [bool; 2],
    ) -> Option<[Noted<'g>; 2]> {
        let op = self.0;
        let dx = match wants[0] && !B::DX_IS_GZ {
            false => gz,
            true => {
                let constant = if y.requires() { None } else { Some(y.value()) };
                op.dx_recorded(x, y, z, gz, constant)
            }
        };
        let dy = if wants[1] && !B::DY_IS_GZ { op.dy(x, y, z, gz) } else { gz };
        // Otherwise one may have to be gated.
        (dx.value().is_finite() && dy.value().is_finite()).then_some([dx, dy])
    }
}
