//! Change of dtype: `y = x` rounded to another dtype, `gx = gy` in the dtype of `x`.

use crate::error::{Kind, Result};
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::copy;
use crate::op::{Forward, Grads, Op, Reach, Rule, one};
use crate::tensor::DType;

struct Cast;

impl Op for Cast {
    fn name(&self) -> &str {
        "Cast"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn batches(&self) -> bool {
        true
    }
    fn reach(&self, _i: usize) -> Reach {
        Reach::Each
    }
    fn forward(&self, step: &Forward<'_>) -> Option<Result<Var>> {
        step.linear(|t| cast(step.g, t, step.output.dtype()))
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        one(cast(rule.g, rule.gy()?, rule.inputs[0].dtype())?)
    }
}

/// The values in another floating dtype; the same Variable where it has that dtype.
pub fn cast(g: &Ctx<'_>, x: &Var, dtype: DType) -> Result<Var> {
    if x.dtype() == dtype {
        return Ok(x.clone());
    }
    if !dtype.is_float() {
        let want = "float32 or float64";
        return Err(Kind::DType { op: "astype", got: dtype, want }.into());
    }
    let value = copy::cast(&x.value, dtype)?;
    Ok(g.record(Cast, &[x], value))
}

/// Two operands in the wider of their dtypes.
pub fn promote(g: &Ctx<'_>, x: &Var, y: &Var) -> Result<(Var, Var)> {
    let dtype = if x.dtype() == y.dtype() { x.dtype() } else { DType::F64 };
    Ok((cast(g, x, dtype)?, cast(g, y, dtype)?))
}
