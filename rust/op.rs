//! The contract of an operation.
//!
//! Most operations are elementwise and implement [`Unary`] or [`Binary`]: a formula for the value
//! and one for the gradient, each written once. The adaptors below make vectorised loops and
//! differentiable gradients of them. Others implement [`Op`] itself.

use smallvec::{SmallVec, smallvec};

use crate::error::{Error, Result};
use crate::graph::{Ctx, Keep, Sheet, Traced, Var, in_batch, total_tangent};
use crate::kernels::compare;
use crate::kernels::dispatch::{self, Class, MapFn};
use crate::kernels::expr::Expr;
use crate::kernels::map::map;
use crate::ops;
use crate::tensor::{Dims, Tensor, broadcast_shapes};

/// What the engine asks of an operation.
pub trait Op: 'static {
    /// The name, as graphs show it.
    fn name(&self) -> &str;

    /// Which values the gradient rule needs, given which inputs need gradients.
    fn keeps(&self, wants: &[bool]) -> Keep;

    /// The gradients of the inputs, from the rule's operands. Shapes may be those before
    /// broadcasting; the engine sums them up.
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads>;

    /// The same for numbers, where nothing is recorded and there are one or two inputs.
    fn backward_numbers(
        &self,
        _x: [f64; 2],
        _y: f64,
        _gy: f64,
        _wants: [bool; 2],
    ) -> Option<[f64; 2]> {
        None
    }

    /// The derivative of the result along the tangents of the inputs; `None` for operations that have
    /// no rule for it: their gradient rule is differentiated in its place.
    fn forward(&self, _step: &Forward<'_>) -> Option<Result<Var>> {
        None
    }

    /// Whether `backward` takes a batch too: gradients with one axis in front, see [`Rule::batch`].
    /// Otherwise it runs for each entry of a batch.
    fn batches(&self) -> bool {
        false
    }

    /// Whether dropping it may run foreign code.
    fn is_foreign(&self) -> bool {
        false
    }

    /// For one of several results of an operation: which one.
    fn output_index(&self) -> Option<usize> {
        None
    }
}

/// The operands of a gradient rule.
pub struct Rule<'a> {
    /// Where the rule runs.
    pub g: &'a Ctx<'a>,
    /// The inputs; those that were not kept are husks.
    pub inputs: &'a [Var],
    /// Which of them need a gradient.
    pub wanted: &'a [bool],
    /// The result; a husk if it was not kept.
    pub output: &'a Var,
    /// The gradients of the results; operations with one result have one.
    pub gys: &'a [Option<Var>],
    /// The size of the axis that gradients have in front of the values' own, for operations that say
    /// that they take one.
    pub batch: Option<usize>,
}

/// The operands of a rule for tangents.
pub struct Forward<'a> {
    /// Where the rule runs.
    pub g: &'a Ctx<'a>,
    /// The inputs; those that were not kept are husks.
    pub inputs: &'a [Var],
    /// The result; a husk if it was not kept.
    pub output: &'a Var,
    /// How the inputs change; at least one does.
    pub tangents: &'a [Option<Var>],
}

impl Forward<'_> {
    /// The tangent of a linear operation of one input: the same of its tangent.
    pub fn linear(&self, same: impl FnOnce(&Var) -> Result<Var>) -> Option<Result<Var>> {
        Some(match self.tangents {
            [Some(t)] => same(t),
            _ => Err(Error::internal("a rule for one tangent ran without it")),
        })
    }

    /// What a change of input `i` alone does to the result of an elementwise operation: its Jacobian
    /// is diagonal, so that the gradient's formula serves.
    fn elementwise(&self, op: &dyn Op, i: usize, t: &Var) -> Result<Var> {
        let t = ops::broadcast_to(self.g, t, self.output.shape())?;
        let mut wanted = [false; 2];
        wanted[i] = true;
        let (g, inputs, output) = (self.g, self.inputs, self.output);
        let rule = Rule { g, inputs, wanted: &wanted, output, gys: &[Some(t)], batch: None };
        match op.backward(&rule)?.into_iter().nth(i).flatten() {
            Some(Grad::Value(v)) => Ok(v),
            _ => Err(Error::internal("an elementwise rule without a value")),
        }
    }
}

impl Rule<'_> {
    /// The gradient of the only result.
    pub fn gy(&self) -> Result<&Var> {
        match self.gys {
            [Some(gy)] => Ok(gy),
            _ => Err(Error::internal("a rule for one result ran without its gradient")),
        }
    }

    /// A shape as gradients have it: after the axis of the batch, if there is one.
    pub fn shape(&self, of: &[usize]) -> Dims {
        in_batch(self.batch, of)
    }

    /// How many axes gradients have in front of the values' own: one or none.
    pub fn lead(&self) -> usize {
        usize::from(self.batch.is_some())
    }

    /// Whether input `i` needs a gradient.
    pub fn wants(&self, i: usize) -> bool {
        self.wanted[i]
    }
}

/// A function that adds a gradient to row-major memory of the input's shape.
pub type AddInto = Box<dyn FnOnce(&mut Tensor) -> Result<()>>;

/// The gradient of one input.
pub enum Grad {
    /// As a value.
    Value(Var),
    /// As an addition to what is there, for gradients that are mostly zeros. Not while recording.
    Into(AddInto),
}

/// Gradients per input; `None` where there is none, or none is wanted.
pub type Grads = SmallVec<[Option<Grad>; 2]>;

/// The gradient of the only input.
pub fn one(v: Var) -> Result<Grads> {
    Ok(smallvec![Some(Grad::Value(v))])
}

/// A value as it stands. The engine records it where one gradient would become that of two
/// Variables: each must have an object of its own.
pub struct Identity;

impl Op for Identity {
    fn name(&self) -> &str {
        "Identity"
    }
    fn batches(&self) -> bool {
        true
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn forward(&self, step: &Forward<'_>) -> Option<Result<Var>> {
        step.linear(|t| Ok(t.clone()))
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        one(rule.gy()?.clone())
    }
}

/// One of several results: passes its gradient on to its place.
pub struct Output(pub usize);

impl Op for Output {
    fn name(&self) -> &str {
        "Output"
    }
    fn batches(&self) -> bool {
        true
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        one(rule.gy()?.clone())
    }
    fn output_index(&self) -> Option<usize> {
        Some(self.0)
    }
}

/// An elementwise function of one operand.
pub trait Unary: Copy + Sync + 'static {
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
pub trait Binary: Copy + Sync + 'static {
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
}

/// Computes and records a unary operation.
pub fn unary<U: Unary>(g: &Ctx<'_>, op: U, x: &Var) -> Result<Var> {
    let value = map(&UnaryForward(op), [&x.value], x.shape())?;
    Ok(g.record(UnaryOp(op), &[x], value))
}

/// Computes and records a binary operation.
pub fn binary<B: Binary>(g: &Ctx<'_>, op: B, x: &Var, y: &Var) -> Result<Var> {
    if x.dtype() != y.dtype() {
        let (x, y) = ops::promote(g, x, y)?;
        return binary(g, op, &x, &y);
    }
    let value = if x.shape() == y.shape() {
        map(&BinaryForward(op), [&x.value, &y.value], x.shape())?
    } else {
        let shape = broadcast_shapes(B::FUNCTION, x.shape(), y.shape())?;
        map(&BinaryForward(op), [&x.value, &y.value], &shape)?
    };
    Ok(g.record(BinaryOp(op), &[x, y], value))
}

/// [`Op`] of a [`Unary`].
pub struct UnaryOp<U>(pub U);
/// [`Op`] of a [`Binary`].
pub struct BinaryOp<B>(pub B);

struct UnaryForward<U>(U);
struct UnaryBackward<U>(U);
struct BinaryForward<B>(B);
struct BinaryDx<B>(B);
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

/// The value of an operand that was kept, else a number that no formula looks at.
fn kept(keep: bool, v: &Var) -> Tensor {
    if keep { v.value.clone() } else { Tensor::number(v.dtype(), 0.0) }
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
    if compare::all_finite(&gx.value)? {
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

    fn forward(&self, step: &Forward<'_>) -> Option<Result<Var>> {
        let given = step.tangents.iter().enumerate();
        let part = |(i, t): (usize, &Option<Var>)| Some(step.elementwise(self, i, t.as_ref()?));
        Some(total_tangent(step.g, given.filter_map(part)))
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
        let (x, y) = (kept(U::KEEP.input(0), x), kept(U::KEEP.output(), y));
        let gx = map(&UnaryBackward(self.0), [&x, &y, &gy.value], gy.shape())?;
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
            let x = kept(keep.input(0), x);
            let y = kept(keep.input(1), y);
            let z = kept(keep.output(), z);
            Var::constant(map(kernel, [&x, &y, &z, &gz.value], gz.shape())?)
        };
        Ok(Some(Grad::Value(v)))
    }
}

impl<B: Binary> Op for BinaryOp<B> {
    fn name(&self) -> &str {
        B::NAME
    }

    fn batches(&self) -> bool {
        true
    }

    fn forward(&self, step: &Forward<'_>) -> Option<Result<Var>> {
        let given = step.tangents.iter().enumerate();
        let part = |(i, t): (usize, &Option<Var>)| Some(step.elementwise(self, i, t.as_ref()?));
        Some(total_tangent(step.g, given.filter_map(part)))
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
            true => {
                Self::side(rule, &sheet, B::DX, |[x, y, z, gz]| op.dx(x, y, z, gz), &BinaryDx(op))?
            }
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
}
