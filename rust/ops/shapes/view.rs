//! Views: the elements that another layout of the same memory shows. The gradient adds `gy` where
//! the view points, to zeros.

use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::place;
use crate::op::{Grad, Grads, Op, Rule, one};
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

struct View<R>(R);

/// The adjoint of [`View`]: zeros, with `x` added where the view points.
struct Place<R>(R);

impl<R: Relayout> Op for View<R> {
    fn name(&self) -> &str {
        R::NAME
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (gy, shape) = (rule.gy()?, rule.inputs[0].shape());
        if rule.g.is_recording() {
            return one(place_view(rule.g, gy, self.0.clone(), shape.into())?);
        }
        // Many small pieces of one array, as a loop over its elements gives, are added to one
        // array of gradients rather than to as many arrays of zeros.
        let part = self.0.of(&Layout::contiguous(shape));
        let (r, value) = (self.0.clone(), gy.value.clone());
        let add = move |total: &mut Tensor| add(total, &r, part, &value);
        Ok([Some(Grad::Into(Box::new(add)))].into_iter().collect())
    }
}

impl<R: Relayout> Op for Place<R> {
    fn name(&self) -> &str {
        R::ADJOINT
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        one(view(rule.g, rule.gy()?, self.0.clone())?)
    }
}

fn add<R: Relayout>(total: &mut Tensor, r: &R, part: Layout, value: &Tensor) -> Result<()> {
    match r.order(part.ndim()) {
        Some(order) => place::add_into(total, &part.transpose(&order), &value.transpose(&order)?),
        None => place::add_into(total, &part, value),
    }
}

/// The view `r` of `x`.
pub fn view<R: Relayout>(g: &Ctx<'_>, x: &Var, r: R) -> Result<Var> {
    let value = x.value.relayout(|layout| r.of(layout))?;
    Ok(g.record(View(r), &[x], value))
}

/// Zeros of the given shape, with `x` added where the view `r` of them points.
pub fn place_view<R: Relayout>(g: &Ctx<'_>, x: &Var, r: R, shape: Dims) -> Result<Var> {
    let mut value = Tensor::zeros(x.dtype(), &shape)?;
    add(&mut value, &r, r.of(&Layout::contiguous(&shape)), &x.value)?;
    Ok(g.record(Place(r), &[x], value))
}

/// `x` where the view `r` of the result points, and the number `fill` elsewhere. No element is
/// shown twice.
pub fn inlay<R: Relayout>(g: &Ctx<'_>, x: &Var, r: R, shape: &[usize], fill: f64) -> Result<Var> {
    let part = r.of(&Layout::contiguous(shape));
    let mut value = crate::kernels::copy::owned(Tensor::full(x.dtype(), fill, shape)?)?;
    place::write_into(&mut value, &part, &x.value)?;
    Ok(g.record(Place(r), &[x], value))
}
