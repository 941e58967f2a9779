//! One of two operands, element by element.

use super::heavy::heavy;
use super::parallel;
use super::shared::Shared;
use super::walk::Plan;
use crate::error::{Error, Result};
use crate::tensor::{Array, Float, Tensor, checked_size};
use crate::with_float;

/// Elements per parallel piece.
const CHUNK: usize = 64 * 1024;

/// `x` where the mask is true, else `y`; all of them broadcast to `shape`, and `x` and `y` have
/// one dtype.
pub fn choose(mask: &Tensor, x: &Tensor, y: &Tensor, shape: &[usize]) -> Result<Tensor> {
    checked_size(shape, x.dtype().size())?;
    let wide = |t: &Tensor| -> Result<Tensor> {
        t.broadcast_to(shape)?.ok_or_else(|| Error::internal("a choice of shapes that do not fit"))
    };
    let (mask, x, y) = (wide(mask)?, wide(x)?, wide(y)?);
    with_float!(x.dtype(), T => run::<T>(&mask, &x, &y, shape),
        else Err(Error::internal("a choice of integers")))
}

fn run<T: Float>(mask: &Tensor, x: &Tensor, y: &Tensor, shape: &[usize]) -> Result<Tensor> {
    let (mask, x, y) = (mask.to_array()?, x.to_array()?, y.to_array()?);
    let (m, a, b) = (mask.view::<bool>()?, x.view::<T>()?, y.view::<T>()?);
    let strides = [&m.layout.strides, &a.layout.strides, &b.layout.strides];
    let plan = Plan::<3>::new(shape, |k, axis| strides[k][axis]);
    let (inner, [sm, sa, sb]) = plan.inner();
    // SAFETY: the pieces cover the result, and each of them is written as a whole.
    let chosen = unsafe {
        Array::build::<T>(shape, |out| {
            let n = out.len();
            let shared = Shared::new(out);
            heavy(n as f64, || {
                parallel::for_each_chunk(n, CHUNK, |r| {
                    let (mut at, mut out) = (r.start, shared.slice(r));
                    while !out.is_empty() {
                        let run = (inner - at % inner).min(out.len());
                        let (head, tail) = out.split_at_mut(run);
                        let m = m.first().offset(plan.offset(0, at));
                        let a = a.first().offset(plan.offset(1, at));
                        let b = b.first().offset(plan.offset(2, at));
                        let pick = |i: isize, sa: isize, sb: isize, sm: isize| {
                            let (x, y) = (*a.offset(i * sa), *b.offset(i * sb));
                            if *m.offset(i * sm) { x } else { y }
                        };
                        let each = head.iter_mut().enumerate().map(|(i, o)| (i as isize, o));
                        // Steps that are known make vector code.
                        match (sm, sa, sb) {
                            (1, 1, 1) => each.for_each(|(i, o)| {
                                o.write(pick(i, 1, 1, 1));
                            }),
                            (1, 1, 0) => each.for_each(|(i, o)| {
                                o.write(pick(i, 1, 0, 1));
                            }),
                            (1, 0, 1) => each.for_each(|(i, o)| {
                                o.write(pick(i, 0, 1, 1));
                            }),
                            _ => each.for_each(|(i, o)| {
                                o.write(pick(i, sa, sb, sm));
                            }),
                        }
                        out = tail;
                        at += run;
                    }
                });
            });
            Ok(())
        })?
    };
    Ok(chosen.into())
}
