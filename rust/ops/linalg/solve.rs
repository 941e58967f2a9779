//! Linear equations: `x = A⁻¹ b`, `gb = A⁻ᵀ gx`, `gA = -gb xᵀ`. (Giles 2008, "Collected matrix
//! derivative results for forward and reverse mode algorithmic differentiation", 2.3.1.)

use std::rc::Rc;

use smallvec::smallvec;

use super::matmul::product_for;
use super::{matrices, square, with_matrices};
use crate::error::{Error, Kind, Result, Tuple};
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::linalg::{self, Lu};
use crate::op::{Grad, Grads, Op, Rule, binary, unary};
use crate::ops;
use crate::tensor::{Dims, Tensor, broadcast_shapes};

/// What makes solving quick. Gradients of every order use the same factors.
enum Factors {
    General(Lu),
    /// A lower triangular matrix, as it is.
    Lower(Tensor),
}

struct Solve {
    factors: Rc<Factors>,
    transposed: bool,
}

impl Op for Solve {
    fn name(&self) -> &str {
        "Solve"
    }
    fn keeps(&self, wants: &[bool]) -> Keep {
        if wants[0] { Keep::OUTPUT } else { Keep::NONE }
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (g, a, x, gx) = (rule.g, &rule.inputs[0], rule.output, rule.gy()?);
        let gb = apply(g, &self.factors, !self.transposed, a, gx)?;
        let mut grads: Grads = smallvec![None, None];
        if rule.wants(0) {
            let (left, right) = if self.transposed { (x, &gb) } else { (&gb, x) };
            let right = ops::swapaxes(g, right, -1, -2)?;
            let outer = unary(g, ops::Neg, &product_for(g, left, &right, a.shape())?)?;
            grads[0] = Some(Grad::Value(match *self.factors {
                Factors::General(_) => outer,
                Factors::Lower(_) => {
                    let n = a.shape()[a.ndim() - 1];
                    let lower = super::pattern(a.dtype(), [n, n], |i, j| i >= j)?;
                    binary(g, ops::Gate, &outer, &lower)?
                }
            }));
        }
        if rule.wants(1) {
            grads[1] = Some(Grad::Value(gb));
        }
        Ok(grads)
    }
}

fn apply(g: &Ctx<'_>, with: &Rc<Factors>, transposed: bool, a: &Var, b: &Var) -> Result<Var> {
    let lead = broadcast_shapes("solve", matrices(a), matrices(b))?;
    let value = with_matrices!(b.dtype(), T => match &**with {
        Factors::General(lu) => lu.solve::<T>(transposed, &b.value, &lead)?,
        Factors::Lower(l) => {
            linalg::solve_lower::<T>("solve", l, transposed, &b.value, &lead)?
        }
    });
    Ok(g.record(Solve { factors: with.clone(), transposed }, &[a, b], value))
}

/// `A⁻¹ b`, for matrices, stacks of matrices, or a vector `b`.
pub fn solve(g: &Ctx<'_>, a: &Var, b: &Var) -> Result<Var> {
    let n = square("solve", a)?;
    let (a, b) = ops::promote(g, a, b)?;
    let vector = b.ndim() == 1;
    if b.ndim() == 0 || b.shape()[if vector { 0 } else { b.ndim() - 2 }] != n {
        let message = format!(
            "shapes {} and {} do not fit: a vector of size {n}, or matrices with {n} rows, are \
             wanted on the right",
            Tuple(a.shape()),
            Tuple(b.shape())
        );
        return Err(Error::argument("solve", message));
    }
    let columns = if vector { ops::reshape(g, &b, &[n, 1])? } else { b };
    if broadcast_shapes("solve", matrices(&a), matrices(&columns)).is_err() {
        let (lhs, rhs) = (matrices(&a).into(), matrices(&columns).into());
        return Err(Kind::Broadcast { op: "solve", lhs, rhs }.into());
    }
    let lu = with_matrices!(a.dtype(), T => Lu::new::<T>("solve", &a.value)?);
    let x = apply(g, &Rc::new(Factors::General(lu)), false, &a, &columns)?;
    if !vector {
        return Ok(x);
    }
    let shape: Dims = x.shape()[..x.ndim() - 1].into();
    ops::reshape(g, &x, &shape)
}

/// `L⁻¹ b`, or `L⁻ᵀ b`, for lower triangular `L`.
pub(super) fn solve_lower(g: &Ctx<'_>, l: &Var, transposed: bool, b: &Var) -> Result<Var> {
    apply(g, &Rc::new(Factors::Lower(l.value.clone())), transposed, l, b)
}
