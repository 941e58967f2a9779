//! New values at chosen positions, and additions there, as functions: the operand stays.

use std::sync::Arc;

use crate::error::{Kind, Result};
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::{copy, rows};
use crate::op::{Grad, Grads, Op, Reach, Rule};
use crate::ops;
use crate::ops::selection::select::{Selection, select};
use crate::tensor::{Array, Dims, Tensor};

/// `x` with other values at the chosen positions.
struct Update(Arc<Selection>);

/// `x` with values added at the chosen positions.
struct Add(Arc<Selection>);

impl Op for Update {
    fn name(&self) -> &str {
        "IndexUpdate"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn reach(&self, i: usize) -> Reach {
        if i == 0 { Reach::Each } else { Reach::Sums }
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (g, gy) = (rule.g, rule.gy()?);
        let gx = || -> Result<Grad> {
            let zero = Var::constant(Tensor::number(gy.dtype(), 0.0));
            let zeros = ops::broadcast_to(g, &zero, rule.inputs[1].shape())?;
            Ok(Grad::Value(update(g, gy, self.0.clone(), &zeros)?))
        };
        let gv = || -> Result<Grad> {
            let taken = select(g, gy, self.0.clone())?;
            let Some(wins) = rows::winners(&self.0.rows) else { return Ok(Grad::Value(taken)) };
            // A value that another one has replaced has no part in the result.
            let mut shape: Dims = self.0.spread.clone();
            let after = taken.ndim() - self.0.cut.batch - shape.len();
            shape.extend(std::iter::repeat_n(1, after));
            let wins = Array::from_slice(&wins, &shape)?.into();
            let zero = Var::constant(Tensor::number(gy.dtype(), 0.0));
            Ok(Grad::Value(ops::choose(g, "index_update", &wins, &taken, &zero)?))
        };
        let gx = rule.wants(0).then(gx).transpose()?;
        let gv = rule.wants(1).then(gv).transpose()?;
        Ok([gx, gv].into_iter().collect())
    }
}

impl Op for Add {
    fn name(&self) -> &str {
        "IndexAdd"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn reach(&self, i: usize) -> Reach {
        if i == 0 { Reach::Each } else { Reach::Sums }
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let gy = rule.gy()?;
        let gx = rule.wants(0).then(|| Grad::Value(gy.clone()));
        let gv = match rule.wants(1) {
            true => Some(Grad::Value(select(rule.g, gy, self.0.clone())?)),
            false => None,
        };
        Ok([gx, gv].into_iter().collect())
    }
}

/// `values` as they fit the chosen positions: in the dtype of `x`, broadcast.
fn fit(g: &Ctx<'_>, op: &'static str, x: &Var, selection: &Selection, values: &Var) -> Result<Var> {
    let shape = selection.shape(x.shape());
    let values = ops::cast(g, values, x.dtype())?;
    // As an assignment does, leave out what comes before.
    let extra = values.ndim().saturating_sub(shape.len());
    let rest = match values.shape()[..extra].iter().all(|&d| d == 1) {
        true => ops::reshape(g, &values, &values.shape()[extra..])?,
        false => values,
    };
    let misfit = |_| Kind::BroadcastTo { op, from: rest.shape().into(), to: shape.clone() };
    Ok(ops::broadcast_to(g, &rest, &shape).map_err(misfit)?)
}

fn update(g: &Ctx<'_>, x: &Var, selection: Arc<Selection>, values: &Var) -> Result<Var> {
    let mut value = copy::owned(x.value.clone())?;
    selection.write(&mut value, &values.value)?;
    Ok(g.record(Update(selection), &[x, values], value))
}

/// `x` with `values` at the chosen positions; of positions that are chosen twice, the last wins.
pub fn index_update(g: &Ctx<'_>, x: &Var, selection: Arc<Selection>, values: &Var) -> Result<Var> {
    let values = fit(g, "index_update", x, &selection, values)?;
    update(g, x, selection, &values)
}

/// `x` with `values` added at the chosen positions.
pub fn index_add(
    g: &Ctx<'_>,
    op: &'static str,
    x: &Var,
    selection: Arc<Selection>,
    values: &Var,
) -> Result<Var> {
    let values = fit(g, op, x, &selection, values)?;
    let mut value = copy::owned(x.value.clone())?;
    selection.add(&mut value, &values.value)?;
    Ok(g.record(Add(selection), &[x, &values], value))
}
