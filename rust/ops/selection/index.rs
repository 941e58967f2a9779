//! Basic indexing: integers, slices and new axes, without a copy. The gradient is `gy` in its
//! place among zeros.

use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::copy;
use crate::op::{Grad, Grads, Op, Rule, one};
use crate::tensor::{Dims, Layout, Pick, Tensor};

struct Index {
    picks: Vec<Pick>,
}

/// The adjoint of [`Index`]: zeros, with `x` added where the index points.
struct Place {
    picks: Vec<Pick>,
}

impl Op for Index {
    fn name(&self) -> &str {
        "GetItem"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (gy, shape) = (rule.gy()?, rule.inputs[0].shape());
        if rule.g.is_recording() {
            return one(place(rule.g, gy, &self.picks, shape.into())?);
        }
        // Many small pieces of one array, as a loop over its elements gives, are added to one
        // array of gradients rather than to as many arrays of zeros.
        let part = Layout::contiguous(shape).pick(&self.picks);
        let value = gy.value.clone();
        let add = move |total: &mut Tensor| put(total, &part, &value);
        Ok([Some(Grad::Into(Box::new(add)))].into_iter().collect())
    }
}

impl Op for Place {
    fn name(&self) -> &str {
        "GetItemGrad"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        one(index(rule.g, rule.gy()?, self.picks.clone())?)
    }
}

fn place(g: &Ctx<'_>, x: &Var, picks: &[Pick], shape: Dims) -> Result<Var> {
    let part = Layout::contiguous(&shape).pick(picks);
    let mut value = Tensor::zeros(x.dtype(), &shape)?;
    put(&mut value, &part, &x.value)?;
    Ok(g.record(Place { picks: picks.to_vec() }, &[x], value))
}

fn put(total: &mut Tensor, part: &Layout, value: &Tensor) -> Result<()> {
    // A number has one place only: an index of it can but add axes to it.
    if let (0, Some(x)) = (total.ndim(), value.item()) {
        let sum = total.item().unwrap_or(0.0) + x;
        *total = Tensor::number(total.dtype(), sum);
        return Ok(());
    }
    copy::add_into(total, part, value)
}

/// The elements that a basic index picks; entries are resolved and within bounds.
pub fn index(g: &Ctx<'_>, x: &Var, picks: Vec<Pick>) -> Result<Var> {
    let value = x.value.pick(&picks)?;
    Ok(g.record(Index { picks }, &[x], value))
}
