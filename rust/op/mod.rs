//! The contract of an operation.
//!
//! Most operations are elementwise and implement [`Unary`] or [`Binary`]: a formula for the value
//! and one for the gradient, each written once. Adaptors make vectorised loops and differentiable
//! gradients of them. Others implement [`Op`] itself.

mod formula;
mod number;

use smallvec::{SmallVec, smallvec};

pub use formula::{Binary, BinaryOp, Unary, UnaryOp, binary, binary_number, unary, unary_number};
pub use number::ByNumber;

use crate::error::{Error, Result};
use crate::graph::{Ctx, Keep, Noted, Var, in_batch, total_tangent};
use crate::kernels::parts::Part;
use crate::kernels::place::add_into;
use crate::kernels::products::{Pair, add_products};
use crate::ops;
use crate::tensor::{DType, Dims, Tensor};

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

    /// The same where it is recorded.
    fn backward_recorded<'g>(
        &self,
        _x: [Noted<'g>; 2],
        _y: Noted<'g>,
        _gy: Noted<'g>,
        _wants: [bool; 2],
    ) -> Option<[Noted<'g>; 2]> {
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

    /// What the elements of the result depend on in input `i`. To say more than holds makes Jacobians
    /// wrong; to say less, slower.
    fn reach(&self, _i: usize) -> Reach {
        Reach::All
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

/// What each element of a result may depend on in an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// On all elements.
    All,
    /// On the element in its place, after broadcasting.
    Each,
    /// On the elements that have the same position on all axes before this one, if both shapes have
    /// the same number of axes and the same sizes there; else on all.
    From(usize),
    /// Likewise, on all axes but so many at the end.
    Last(usize),
    /// Each is a copy of one element at most: [`Op::forward`] moves whatever numbers it is given.
    Copies,
    /// Each element of the input goes into one of the result at most: [`Op::backward`] does.
    Sums,
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

    /// The tangent of an elementwise operation.
    fn each(&self, op: &dyn Op) -> Result<Var> {
        let given = self.tangents.iter().enumerate();
        let part = |(i, t): (usize, &Option<Var>)| Some(self.elementwise(op, i, t.as_ref()?));
        total_tangent(self.g, given.filter_map(part))
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
    /// As what a view of the input shows: zero elsewhere. Several may be put together later, without
    /// zeros in between. Not while recording, nor for a batch.
    Part(Box<Part>),
    /// As a sum of products of matrices, each `aᵀ @ b`, of the input's shape. They may be computed later,
    /// together with those of other operations. Not while recording, nor for a batch.
    Products(Vec<Pair>),
}

/// A part, as an addition to what is there.
pub fn add_part(part: Box<Part>) -> AddInto {
    Box::new(move |total| add_into(total, &part.0, &part.1))
}

impl Grad {
    /// As a value, for an input of this dtype and shape. Shapes of values are left as they are.
    pub fn value(self, dtype: DType, shape: &[usize]) -> Result<Var> {
        let add: AddInto = match self {
            Grad::Value(v) => return Ok(v),
            Grad::Into(add) => add,
            Grad::Part(part) => add_part(part),
            Grad::Products(pairs) => Box::new(move |total| add_products(total, &pairs)),
        };
        let mut total = Tensor::zeros(dtype, shape)?;
        add(&mut total)?;
        Ok(Var::constant(total))
    }
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
    fn reach(&self, _i: usize) -> Reach {
        Reach::Each
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
