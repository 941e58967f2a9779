//! Linear recurrence along an axis, `s[i] = a[i] s[i-1] + b[i]`. Its adjoint is one too, the other
//! way: `u[i] = gs[i] + a[i+1] u[i+1]`, `gb = u`, `ga[i] = u[i] s[i-1]`.

use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::scan::{self, Way};
use crate::op::{Grad, Grads, Op, Rule, binary};
use crate::ops;

struct LinearScan {
    axis: usize,
    way: Way,
}

impl Op for LinearScan {
    fn name(&self) -> &str {
        "LinearScan"
    }
    fn keeps(&self, wants: &[bool]) -> Keep {
        if wants[0] { Keep::X.and(Keep::OUTPUT) } else { Keep::X }
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (g, axis, way) = (rule.g, self.axis, self.way);
        let after = ops::shift(g, &rule.inputs[0], axis, way.turned(), 0.0)?;
        let u = linear_scan(g, &after, rule.gy()?, axis, way.turned())?;
        let ga = match rule.wants(0) {
            true => {
                let before = ops::shift(g, rule.output, axis, way, 0.0)?;
                Some(Grad::Value(binary(g, ops::Mul, &u, &before)?))
            }
            false => None,
        };
        let gb = rule.wants(1).then_some(Grad::Value(u));
        Ok([ga, gb].into_iter().collect())
    }
}

/// `s[i] = a[i] s[i-1] + b[i]` along an axis, where nothing comes before the first element; `a` and
/// `b` have one shape and dtype.
pub fn linear_scan(g: &Ctx<'_>, a: &Var, b: &Var, axis: usize, way: Way) -> Result<Var> {
    let value = scan::linear(&a.value, &b.value, axis, way)?;
    Ok(g.record(LinearScan { axis, way }, &[a, b], value))
}
