//! Views: the elements that another layout of the same memory shows. The gradient adds `gy` where
//! the view points, to zeros.

use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels;
use crate::op::{Forward, Grad, Grads, Op, Reach, Rule, one};
use crate::tensor::{Dims, Layout, Tensor};

/// A kind of view.
pub trait Relayout: Clone + 'static {
    /// The name, as graphs show it.
    const NAME: &'static str;
    /// The name of the adjoint.
    const ADJOINT: &'static str;

    /// The layout of the view, which stays within the elements that `layout` reaches.
    fn of(&self, layout: &Layout) -> Layout;

    /// The order in which additions had best walk over the axes of the view; `None` where its own
    /// will do.
    fn order(&self, _ndim: usize) -> Option<Vec<usize>> {
        None
    }
}

/// The kind of view, and how many axes in front of its operand it leaves alone: one for each batch of
/// gradients that has come over it.
#[derive(Clone)]
struct Beneath<R> {
    r: R,
    lead: usize,
}

impl<R: Relayout> Beneath<R> {
    fn top(r: R) -> Self {
        Self { r, lead: 0 }
    }

    fn under(&self, lead: usize) -> Self {
        Self { r: self.r.clone(), lead: self.lead + lead }
    }

    fn of(&self, layout: &Layout) -> Layout {
        let (shape, strides) = (&layout.shape, &layout.strides);
        let inner = Layout {
            shape: shape[self.lead..].into(),
            strides: strides[self.lead..].into(),
            offset: layout.offset,
        };
        let part = self.r.of(&inner);
        Layout {
            shape: shape[..self.lead].iter().copied().chain(part.shape).collect(),
            strides: strides[..self.lead].iter().copied().chain(part.strides).collect(),
            offset: part.offset,
        }
    }

    /// Adds `value` to `total` where the view of it points.
    fn add(&self, total: &mut Tensor, value: &Tensor) -> Result<()> {
        let part = self.of(&Layout::contiguous(total.shape()));
        let Some(order) = self.r.order(part.ndim() - self.lead) else {
            return kernels::place::add_into(total, &part, value);
        };
        let order: Vec<usize> =
            (0..self.lead).chain(order.into_iter().map(|a| self.lead + a)).collect();
        kernels::place::add_into(total, &part.transpose(&order), &value.transpose(&order)?)
    }
}

struct View<R>(Beneath<R>);

/// The adjoint of [`View`]: zeros, with `x` added where the view points.
struct Place<R>(Beneath<R>);

impl<R: Relayout> Op for View<R> {
    fn name(&self) -> &str {
        R::NAME
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn batches(&self) -> bool {
        true
    }
    fn reach(&self, _i: usize) -> Reach {
        Reach::Copies
    }
    fn forward(&self, step: &Forward<'_>) -> Option<Result<Var>> {
        step.linear(|t| show(step.g, t, self.0.clone()))
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (gy, r) = (rule.gy()?, self.0.under(rule.lead()));
        if rule.g.is_recording() {
            return one(place(rule.g, gy, r, rule.shape(rule.inputs[0].shape()))?);
        }
        // Many small pieces of one array, as a loop over its elements gives, are added to one
        // array of gradients rather than to as many arrays of zeros.
        let (value, x) = (gy.value.clone(), rule.inputs[0].shape());
        let grad = match rule.batch.is_none() && r.r.order(rule.output.ndim()).is_none() {
            true => Grad::Part(Box::new((r.of(&Layout::contiguous(x)), value))),
            false => Grad::Into(Box::new(move |total: &mut Tensor| r.add(total, &value))),
        };
        Ok([Some(grad)].into_iter().collect())
    }
}

impl<R: Relayout> Op for Place<R> {
    fn name(&self) -> &str {
        R::ADJOINT
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn batches(&self) -> bool {
        true
    }
    fn reach(&self, _i: usize) -> Reach {
        Reach::Sums
    }
    fn forward(&self, step: &Forward<'_>) -> Option<Result<Var>> {
        step.linear(|t| place(step.g, t, self.0.clone(), step.output.shape().into()))
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        one(show(rule.g, rule.gy()?, self.0.under(rule.lead()))?)
    }
}

fn show<R: Relayout>(g: &Ctx<'_>, x: &Var, r: Beneath<R>) -> Result<Var> {
    let value = x.value.relayout(|layout| r.of(layout))?;
    Ok(g.record(View(r), &[x], value))
}

fn place<R: Relayout>(g: &Ctx<'_>, x: &Var, r: Beneath<R>, shape: Dims) -> Result<Var> {
    let mut value = Tensor::zeros(x.dtype(), &shape)?;
    r.add(&mut value, &x.value)?;
    Ok(g.record(Place(r), &[x], value))
}

/// The view `r` of `x`.
pub fn view<R: Relayout>(g: &Ctx<'_>, x: &Var, r: R) -> Result<Var> {
    show(g, x, Beneath::top(r))
}

/// Zeros of the given shape, with `x` added where the view `r` of them points.
pub fn place_view<R: Relayout>(g: &Ctx<'_>, x: &Var, r: R, shape: Dims) -> Result<Var> {
    place(g, x, Beneath::top(r), shape)
}

/// `x` where the view `r` of the result points, and the number `fill` elsewhere. No element is
/// shown twice.
pub fn inlay<R: Relayout>(g: &Ctx<'_>, x: &Var, r: R, shape: &[usize], fill: f64) -> Result<Var> {
    let part = r.of(&Layout::contiguous(shape));
    let mut value = kernels::copy::owned(Tensor::full(x.dtype(), fill, shape)?)?;
    kernels::place::write_into(&mut value, &part, &x.value)?;
    Ok(g.record(Place(Beneath::top(r)), &[x], value))
}
