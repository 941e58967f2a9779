//! A product with something added: `z = x @ w + b`, `gx = gz @ wᵀ`, `gw = xᵀ @ gz`, `gb = Σ gz`.

use super::matmul::{How, gradients, matmul, product, stack};
use crate::error::{Error, Result, Tuple};
use crate::graph::{Ctx, Keep, Var, total_tangent};
use crate::kernels::copy;
use crate::kernels::gemm::Element;
use crate::kernels::heavy::heavy;
use crate::kernels::parallel;
use crate::kernels::shared::Shared;
use crate::op::{Forward, Grad, Grads, Op, Reach, Rule, binary};
use crate::ops;
use crate::tensor::{Dims, Float, Tensor, broadcast_shapes};
use crate::with_float;

/// Elements per parallel piece where the bias is spread.
const CHUNK: usize = 32 * 1024;
/// Nanoseconds that an element of that takes, roughly.
const FILL_NS: f64 = 0.3;

struct Linear;

impl Op for Linear {
    fn name(&self) -> &str {
        "Linear"
    }
    fn keeps(&self, wants: &[bool]) -> Keep {
        let x = if wants[1] { Keep::X } else { Keep::NONE };
        let w = if wants[0] { Keep::Y } else { Keep::NONE };
        x.and(w)
    }
    fn batches(&self) -> bool {
        true
    }
    fn reach(&self, i: usize) -> Reach {
        if i < 2 { Reach::Last(i + 1) } else { Reach::Each }
    }
    fn forward(&self, step: &Forward<'_>) -> Option<Result<Var>> {
        let (g, x, y) = (step.g, &step.inputs[0], &step.inputs[1]);
        let left = step.tangents[0].iter().map(|t| product(g, t, y));
        let right = step.tangents[1].iter().map(|t| product(g, x, t));
        let bias = step.tangents[2].iter();
        let bias = bias.map(|t| ops::broadcast_to(g, t, step.output.shape()));
        Some(total_tangent(g, left.chain(right).chain(bias)))
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let mut grads = gradients(rule)?;
        let gb = if rule.wants(2) { Some(Grad::Value(rule.gy()?.clone())) } else { None };
        grads.push(gb);
        Ok(grads)
    }
}

/// `x @ w + b`, where all that `@` and `+` allow is allowed.
pub fn linear(g: &Ctx<'_>, x: &Var, w: &Var, b: Option<&Var>) -> Result<Var> {
    let over = w.ndim().saturating_sub(2);
    if x.ndim() == 0 || w.ndim() == 0 || x.shape()[x.ndim() - 1] != w.shape()[over] {
        let message = format!(
            "shapes {} and {} do not fit: the last size of x must equal the second-last (or only) \
             size of w, which is inputs by outputs",
            Tuple(x.shape()),
            Tuple(w.shape())
        );
        return Err(Error::argument("linear", message));
    }
    let Some(b) = b else { return matmul(g, x, w) };
    if x.dtype() != w.dtype() || x.dtype() != b.dtype() {
        // All three in the widest dtype.
        let (x, w) = ops::promote(g, x, w)?;
        let (x, b) = ops::promote(g, &x, b)?;
        let (x, w) = ops::promote(g, &x, &w)?;
        return linear(g, &x, &w, Some(&b));
    }
    // A row that is added to every row of the product needs no pass of its own.
    let row = b.ndim() >= 1
        && w.shape().last() == b.shape().last()
        && b.shape()[..b.ndim() - 1].iter().all(|&d| d == 1)
        && b.ndim() <= x.ndim().max(w.ndim());
    if x.ndim() < 2 || w.ndim() < 2 || !row {
        let z = matmul(g, x, w)?;
        broadcast_shapes("linear", z.shape(), b.shape())?;
        return binary(g, ops::Add, &z, b);
    }
    if w.ndim() > 2 || x.ndim() == 2 {
        return record(g, x, w, b);
    }
    // One product of a tall matrix, rather than a stack of products with the same matrix.
    let (k, m) = (w.shape()[0], w.shape()[1]);
    let rows: usize = x.shape()[..x.ndim() - 1].iter().product();
    let shape: Dims = x.shape()[..x.ndim() - 1].iter().copied().chain([m]).collect();
    let (x, b) = (ops::reshape(g, x, &[rows, k])?, ops::reshape(g, b, &[m])?);
    ops::reshape(g, &record(g, &x, w, &b)?, &shape)
}

fn record(g: &Ctx<'_>, x: &Var, w: &Var, b: &Var) -> Result<Var> {
    let value = with_float!(x.dtype(), T => compute::<T>(&x.value, &w.value, &b.value)?,
        else return Err(Error::internal("a product of integers")));
    Ok(g.record(Linear, &[x, w, b], value))
}

fn compute<T: Float + Element>(x: &Tensor, w: &Tensor, b: &Tensor) -> Result<Tensor> {
    let (x, w, b) = (x.to_array()?, w.to_array()?, copy::contiguous(&b.to_array()?)?);
    let row = b.as_slice::<T>().ok_or_else(|| Error::internal("a row in pieces"))?;
    let (x, w) = (x.view::<T>()?, w.view::<T>()?);
    let (xs, ws) = (&x.layout.shape, &w.layout.shape);
    let batch = broadcast_shapes("linear", &xs[..xs.len() - 2], &ws[..ws.len() - 2])?;
    let (m, k, n) = (xs[xs.len() - 2], xs[xs.len() - 1], ws[ws.len() - 1]);
    let mut shape = batch.clone();
    shape.extend_from_slice(&[m, n]);
    // SAFETY: every row is written before products are added to it.
    unsafe {
        Tensor::build(&shape, |out| {
            if out.is_empty() {
                return Ok(());
            }
            let rows = out.len() / n;
            let shared = Shared::new(&mut *out);
            heavy(shared.len() as f64 * FILL_NS, || {
                parallel::for_each_chunk(rows, CHUNK.div_ceil(n), |r| {
                    // SAFETY: ranges are disjoint.
                    copy::repeat(row, shared.slice(r.start * n..r.end * n));
                });
            });
            stack(x, w, &batch, (m, n, k), out, How::Add);
            Ok(())
        })
    }
}
