//! Elements moved by one place along an axis; the gradient moves the other way.

use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::scan::{self, Way};
use crate::op::{Grads, Op, Rule, one};

struct Shift {
    axis: usize,
    way: Way,
}

impl Op for Shift {
    fn name(&self) -> &str {
        "Shift"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        one(shift(rule.g, rule.gy()?, self.axis, self.way.turned(), 0.0)?)
    }
}

/// `y[i] = x[i-1]`, with `fill`, a constant, in the place that becomes free.
pub fn shift(g: &Ctx<'_>, x: &Var, axis: usize, way: Way, fill: f64) -> Result<Var> {
    let value = scan::shift(&x.value, axis, way, fill)?;
    Ok(g.record(Shift { axis, way }, &[x], value))
}
