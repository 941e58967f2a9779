//! Running products along an axis. The gradient divides by nothing, so zeros are no exception:
//! `gx[i] = y[i-1] s[i]` with `s[i] = gy[i] + x[i+1] s[i+1]`.

use super::cumsum::scanned;
use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::scan::{self, Way};
use crate::op::{Grads, Op, Rule, binary, one};
use crate::ops;

struct CumProd {
    axis: usize,
    way: Way,
}

impl Op for CumProd {
    fn name(&self) -> &str {
        "CumProd"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::X.and(Keep::OUTPUT)
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (g, axis, way) = (rule.g, self.axis, self.way);
        let (x, y, gy) = (&rule.inputs[0], rule.output, rule.gy()?);
        if !g.is_recording() {
            let gx = scan::products_grad([&x.value, &y.value, &gy.value], axis, way)?;
            return one(Var::constant(gx));
        }
        let before = ops::shift(g, y, axis, way, 1.0)?;
        let after = ops::shift(g, x, axis, way.turned(), 0.0)?;
        let rest = ops::linear_scan(g, &after, gy, axis, way.turned())?;
        one(binary(g, ops::Mul, &before, &rest)?)
    }
}

/// Running products along an axis, from either end.
pub fn running_products(g: &Ctx<'_>, x: &Var, axis: usize, way: Way) -> Result<Var> {
    let value = scan::products(&x.value, axis, way)?;
    Ok(g.record(CumProd { axis, way }, &[x], value))
}

/// Running products along an axis.
pub fn cumprod(g: &Ctx<'_>, x: &Var, axis: Option<i64>) -> Result<Var> {
    let (x, axis) = scanned(g, "cumprod", x, axis)?;
    running_products(g, &x, axis, Way::Forwards)
}
