//! Running sums along an axis; the gradient is the running sum of `gy` from the other end.

use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::scan::{self, Way};
use crate::op::{Grads, Op, Reach, Rule, one};
use crate::ops;
use crate::tensor::resolve_axis;

struct CumSum {
    axis: usize,
    way: Way,
}

impl Op for CumSum {
    fn name(&self) -> &str {
        "CumSum"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn reach(&self, _i: usize) -> Reach {
        Reach::From(self.axis)
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        one(running(rule.g, rule.gy()?, self.axis, self.way.turned())?)
    }
}

fn running(g: &Ctx<'_>, x: &Var, axis: usize, way: Way) -> Result<Var> {
    let value = scan::sums(&x.value, axis, way)?;
    Ok(g.record(CumSum { axis, way }, &[x], value))
}

/// The operand and the axis of a scan: of all elements in row-major order for `None`.
pub fn scanned(g: &Ctx<'_>, op: &'static str, x: &Var, axis: Option<i64>) -> Result<(Var, usize)> {
    match axis {
        Some(axis) => Ok((x.clone(), resolve_axis(op, axis, x.ndim())?)),
        None => Ok((ops::reshape(g, x, &[x.value.size()])?, 0)),
    }
}

/// Running sums along an axis.
pub fn cumsum(g: &Ctx<'_>, x: &Var, axis: Option<i64>) -> Result<Var> {
    let (x, axis) = scanned(g, "cumsum", x, axis)?;
    running(g, &x, axis, Way::Forwards)
}
