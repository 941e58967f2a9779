//! Matrix product: `z = x @ y`, `gx = gz @ yᵀ`, `gy = xᵀ @ gz`, batched as in NumPy.

use std::mem::MaybeUninit;

use smallvec::smallvec;

use crate::error::{Error, Kind, Result};
use crate::graph::{Ctx, Keep, Var, total_tangent};
use crate::kernels::gemm;
use crate::kernels::heavy::heavy;
use crate::kernels::products::may_wait;
use crate::kernels::shared::Shared;
use crate::kernels::walk::Plan;
use crate::kernels::{gemm::Element, parallel};
use crate::op::{Forward, Grad, Grads, Op, Reach, Rule};
use crate::ops;
use crate::tensor::{Dims, Float, Tensor, TensorView, broadcast_shapes};
use crate::with_float;

struct MatMul;

impl Op for MatMul {
    fn name(&self) -> &str {
        "MatMul"
    }
    fn keeps(&self, wants: &[bool]) -> Keep {
        let x = if wants[1] { Keep::X } else { Keep::NONE };
        let y = if wants[0] { Keep::Y } else { Keep::NONE };
        x.and(y)
    }
    fn batches(&self) -> bool {
        true
    }
    fn reach(&self, i: usize) -> Reach {
        // The first one's rows, and the second one's columns, stay apart; but these are no axes in front.
        Reach::Last(i + 1)
    }
    fn forward(&self, step: &Forward<'_>) -> Option<Result<Var>> {
        let (g, x, y) = (step.g, &step.inputs[0], &step.inputs[1]);
        let left = step.tangents[0].iter().map(|t| product(g, t, y));
        let right = step.tangents[1].iter().map(|t| product(g, x, t));
        Some(total_tangent(g, left.chain(right)))
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        gradients(rule)
    }
}

/// The gradients of the first two inputs of an operation that adds their product to others.
pub(super) fn gradients(rule: &Rule<'_>) -> Result<Grads> {
    let (x, y, gz) = (&rule.inputs[0], &rule.inputs[1], rule.gy()?);
    let mut grads: Grads = smallvec![None, None];
    if rule.wants(0) {
        grads[0] = Some(gradient(rule, [gz, y], [false, true], x.shape())?);
    }
    if rule.wants(1) {
        grads[1] = Some(gradient(rule, [x, gz], [true, false], y.shape())?);
    }
    Ok(grads)
}

/// The product of two operands, those marked turned first, that is the gradient of an input of this
/// shape.
fn gradient(rule: &Rule<'_>, [x, y]: [&Var; 2], turn: [bool; 2], shape: &[usize]) -> Result<Grad> {
    let g = rule.g;
    if !g.is_recording() && [x.ndim(), y.ndim(), shape.len()] == [2; 3] {
        if may_wait([shape[0], shape[1], x.shape()[1 - usize::from(turn[0])]]) {
            let turned =
                |v: &Var, turn| if turn { v.value.transpose(&[1, 0]) } else { Ok(v.value.clone()) };
            return Ok(Grad::Products(vec![(turned(x, !turn[0])?, turned(y, turn[1])?)]));
        }
        // To read a small matrix across takes less time than to make a view of it.
        return product_of(g, [x, y], turn).map(Grad::Value);
    }
    let turned = |v: &Var, turn| if turn { ops::swapaxes(g, v, -1, -2) } else { Ok(v.clone()) };
    let (x, y) = (turned(x, turn[0])?, turned(y, turn[1])?);
    let gradient = match rule.batch {
        // The stacks of products are summed by the engine where an operand was repeated.
        Some(_) => product(g, &x, &y),
        None => product_for(g, &x, &y, shape),
    };
    gradient.map(Grad::Value)
}

/// The product of matrices, or of stacks of matrices; a vector counts as a row on the left and as
/// a column on the right, and its axis goes.
pub fn matmul(g: &Ctx<'_>, x: &Var, y: &Var) -> Result<Var> {
    let misfit = || Kind::MatMul { lhs: x.shape().into(), rhs: y.shape().into() };
    let (n, m) = (x.ndim(), y.ndim());
    if n == 2 && m == 2 && x.shape()[1] == y.shape()[0] && x.dtype() == y.dtype() {
        // Nothing to bring into shape: for small matrices the rest takes longer than the product.
        return product(g, x, y);
    }
    if n == 0 || m == 0 {
        return Err(misfit().into());
    }
    let inner = if m == 1 { y.shape()[0] } else { y.shape()[m - 2] };
    if x.shape()[n - 1] != inner {
        return Err(misfit().into());
    }
    if n > 2 && m > 2 {
        broadcast_shapes("matmul", &x.shape()[..n - 2], &y.shape()[..m - 2])?;
    }
    let (x, y) = ops::promote(g, x, y)?;
    if n >= 2 && m == 2 && n != 2 {
        // One product of a tall matrix, rather than a stack of products with the same matrix.
        let rows: usize = x.shape()[..n - 1].iter().product();
        let flat = ops::reshape(g, &x, &[rows, inner])?;
        let shape: Dims = (x.shape()[..n - 1].iter().copied()).chain([y.shape()[1]]).collect();
        return ops::reshape(g, &product(g, &flat, &y)?, &shape);
    }
    let left = if n == 1 { ops::reshape(g, &x, &[1, inner])? } else { x };
    let right = if m == 1 { ops::reshape(g, &y, &[inner, 1])? } else { y };
    let z = product(g, &left, &right)?;
    let mut shape: Dims = z.shape().into();
    if m == 1 {
        shape.pop();
    }
    if n == 1 {
        shape.remove(shape.len() - if m == 1 { 1 } else { 2 });
    }
    ops::reshape(g, &z, &shape)
}

/// The product of operands with two axes or more, of one dtype, that fit.
pub(super) fn product(g: &Ctx<'_>, x: &Var, y: &Var) -> Result<Var> {
    product_of(g, [x, y], [false; 2])
}

/// The same with operands turned; not while recording.
fn product_of(g: &Ctx<'_>, [x, y]: [&Var; 2], turn: [bool; 2]) -> Result<Var> {
    let value = with_float!(x.dtype(), T => compute::<T>(&x.value, &y.value, turn)?,
        else return Err(Error::internal("a product of integers")));
    Ok(g.record(MatMul, &[x, y], value))
}

/// A product that is to be summed to the given shape, of a matrix or a stack of them. A stack of
/// products for a single matrix is not built, but summed as it is computed.
pub(super) fn product_for(g: &Ctx<'_>, x: &Var, y: &Var, shape: &[usize]) -> Result<Var> {
    let lead = &shape[..shape.len() - 2];
    let alone = lead.iter().all(|&d| d == 1);
    let stacked = |v: &Var| v.shape()[..v.ndim() - 2].iter().any(|&d| d != 1);
    match alone && (stacked(x) || stacked(y)) {
        true => super::sum_of_products::sum_of_products(g, x, y, lead.len()),
        false => product(g, x, y),
    }
}

fn compute<T: Float + Element>(x: &Tensor, y: &Tensor, turn: [bool; 2]) -> Result<Tensor> {
    let (Tensor::Array(a), Tensor::Array(b)) = (x, y) else {
        return Err(Error::internal("a product of numbers"));
    };
    let (mut a, mut b) = (a.view::<T>()?, b.view::<T>()?);
    let (turned_a, turned_b);
    if turn[0] {
        turned_a = a.layout.turned();
        a.layout = &turned_a;
    }
    if turn[1] {
        turned_b = b.layout.turned();
        b.layout = &turned_b;
    }
    let (xs, ys) = (&a.layout.shape, &b.layout.shape);
    let (batch_x, batch_y) = (&xs[..xs.len() - 2], &ys[..ys.len() - 2]);
    let batch = broadcast_shapes("matmul", batch_x, batch_y)?;
    let (m, k, n) = (xs[xs.len() - 2], xs[xs.len() - 1], ys[ys.len() - 1]);
    let mut shape = batch.clone();
    shape.extend_from_slice(&[m, n]);
    // SAFETY: `stack` writes every element.
    unsafe {
        Tensor::build(&shape, |out| {
            if !out.is_empty() {
                stack(a, b, &batch, (m, n, k), out, How::Replace);
            }
            Ok(())
        })
    }
}

/// A product that takes longer than this can be shared out itself.
const LARGE_NS: f64 = 300_000.0;

/// What becomes of the products of a stack.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// Each is a matrix of the result.
    Replace,
    /// Each is added to a matrix of the result, which is initialised.
    Add,
    /// All are summed up in one matrix.
    Sum,
}

/// The products of two stacks of matrices, each `m × k` by `k × n`.
pub(super) fn stack<T: Float + Element>(
    a: TensorView<'_, T>,
    b: TensorView<'_, T>,
    batch: &[usize],
    (m, n, k): (usize, usize, usize),
    out: &mut [MaybeUninit<T>],
    how: How,
) {
    let steps = |v: &TensorView<'_, T>| {
        let nd = v.layout.ndim();
        (v.layout.strides[nd - 2], v.layout.strides[nd - 1])
    };
    let ((ars, acs), (brs, bcs)) = (steps(&a), steps(&b));
    let each = gemm::work_ns::<T>(m, n, k) as f64;
    let count: usize = batch.iter().product();
    let threads = parallel::num_threads();
    if count == 1 && out.len() == m * n {
        return heavy(each, || {
            let (add, dst) = (how == How::Add, out.as_mut_ptr().cast::<T>());
            let (lhs, rhs, rs) = (a.first(), b.first(), n as isize);
            // SAFETY: the result is ours and has room for the product, which writes all of it
            // or adds to it; the operands' matrices lie within their views with these steps.
            unsafe { gemm::gemm(m, n, k, dst, rs, 1, add, lhs, ars, acs, rhs, brs, bcs, threads) }
        });
    }
    let leading = |v: &TensorView<'_, T>, axis: usize| {
        let nd = v.layout.ndim() - 2;
        match (axis + nd).checked_sub(batch.len()) {
            Some(i) if v.layout.shape[i] != 1 => v.layout.strides[i],
            _ => 0,
        }
    };
    let plan = Plan::<2>::new(batch, |i, axis| leading(if i == 0 { &a } else { &b }, axis));
    // A stack is shared out by matrices; a few large ones, or what is summed up, inside.
    let whole = how == How::Sum || count < 4 * threads && each > LARGE_NS;
    let threads = if whole { threads } else { 1 };
    let shared = Shared::new(out);
    let run = |at: usize| {
        let place = if how == How::Sum { 0 } else { at };
        let add = how == How::Add || how == How::Sum && at > 0;
        // SAFETY: matrix `place` of the result is ours, the operands' matrices lie within their
        // views with these steps, and the product writes all of the result or adds to it.
        unsafe {
            let dst = shared.slice(place * m * n..(place + 1) * m * n).as_mut_ptr().cast::<T>();
            let lhs = a.first().offset(plan.offset(0, at));
            let rhs = b.first().offset(plan.offset(1, at));
            let (dst_rs, dst_cs) = (n as isize, 1);
            gemm::gemm(m, n, k, dst, dst_rs, dst_cs, add, lhs, ars, acs, rhs, brs, bcs, threads);
        }
    };
    heavy(each * count as f64, || {
        if whole {
            return (0..count).for_each(run);
        }
        let chunk = (30_000.0 / each.max(1.0)).ceil() as usize;
        parallel::for_each_chunk(count, chunk, |r| r.for_each(run));
    });
}
