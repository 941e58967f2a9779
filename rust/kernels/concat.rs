//! Several arrays into one, along an axis.

use std::mem::MaybeUninit;
use std::ops::Range;

use super::heavy::heavy;
use super::parallel;
use super::shared::Shared;
use super::walk::Plan;
use crate::error::{Error, Result};
use crate::tensor::{Array, Dims, Element, Tensor, TensorView};
use crate::with_float;

/// Elements per parallel piece.
const CHUNK: usize = 64 * 1024;
/// Elements that are written part by part.
const TILE: usize = 2 * 1024;

/// The arrays one after another along `axis`; their other sizes and their dtypes are equal.
pub fn concat(xs: &[Tensor], axis: usize, shape: &[usize]) -> Result<Tensor> {
    let Some(first) = xs.first() else {
        return Err(Error::internal("nothing to put together"));
    };
    let arrays = xs.iter().map(Tensor::to_array).collect::<Result<Vec<_>>>()?;
    with_float!(first.dtype(), T => {
        let views = arrays.iter().map(|a| a.view::<T>()).collect::<Result<Vec<_>>>()?;
        let rest = |d: &[usize]| -> Dims { d[..axis].iter().chain(&d[axis + 1..]).copied().collect() };
        let total: usize = views.iter().map(|v| v.layout.shape[axis]).sum();
        if total != shape[axis] || views.iter().any(|v| rest(&v.layout.shape) != rest(shape)) {
            return Err(Error::internal("arrays that do not fit together"));
        }
        // SAFETY: the parts have the sizes of the result, so `fill` writes every element.
        let joined = unsafe {
            Array::build::<T>(shape, |out| { fill(&views, axis, out); Ok(()) })?
        };
        Ok(joined.into())
    }, else Err(Error::internal("integers to put together")))
}

/// One of the arrays.
struct Part<'a, T> {
    view: &'a TensorView<'a, T>,
    plan: Plan<1>,
    /// Elements per position of the axes before.
    block: usize,
}

impl<'a, T: Element> Part<'a, T> {
    fn new(view: &'a TensorView<'a, T>, axis: usize) -> Self {
        let layout = view.layout;
        let plan = Plan::<1>::new(&layout.shape, |_, a| layout.strides[a]);
        Self { view, plan, block: layout.shape[axis..].iter().product() }
    }

    /// Copies the elements from position `at` of row-major order on.
    ///
    /// # Safety
    /// They lie within the array.
    unsafe fn read(&self, at: usize, out: &mut [MaybeUninit<T>]) {
        // SAFETY: by the caller's promise.
        unsafe { self.plan.gather(0, self.view.first(), at, out) };
    }

    /// Copies the blocks of the outer positions `of` to `out`, `row` elements from one to the next.
    ///
    /// # Safety
    /// They lie within the array.
    unsafe fn spread(&self, of: Range<usize>, row: usize, out: &mut [MaybeUninit<T>]) {
        if self.block > 1 {
            for (o, out) in of.zip(out.chunks_mut(row)) {
                // SAFETY: by the caller's promise.
                unsafe { self.read(o * self.block, &mut out[..self.block]) };
            }
            return;
        }
        let (inner, [step]) = self.plan.inner();
        let (mut at, mut out) = (of.start, out.iter_mut().step_by(row));
        while at < of.end {
            let run = (inner - at % inner).min(of.end - at);
            // SAFETY: as above.
            let from = unsafe { self.view.first().offset(self.plan.offset(0, at)) };
            for (i, o) in out.by_ref().take(run).enumerate() {
                // SAFETY: as above.
                o.write(unsafe { *from.offset(i as isize * step) });
            }
            at += run;
        }
    }
}

fn fill<T: Element>(views: &[TensorView<'_, T>], axis: usize, out: &mut [MaybeUninit<T>]) {
    if out.is_empty() {
        return;
    }
    // Each outer position has a block of every part.
    let shape = &views[0].layout.shape;
    let outer: usize = shape[..axis].iter().product();
    // An empty part has no block, and no plan that could be followed.
    let parts: Vec<Part<'_, T>> =
        views.iter().filter(|v| v.layout.size() > 0).map(|v| Part::new(v, axis)).collect();
    let row = out.len() / outer;
    let shared = Shared::new(out);
    heavy((row * outer) as f64, || {
        if outer == 1 {
            let mut from = 0;
            for part in &parts {
                parallel::for_each_chunk(part.block, CHUNK, |r| {
                    // SAFETY: pieces are disjoint, and positions lie within the part.
                    unsafe { part.read(r.start, shared.slice(from + r.start..from + r.end)) };
                });
                from += part.block;
            }
            return;
        }
        // As many rows as stay close by while one part after another is put into them.
        let tile = TILE.div_ceil(row);
        parallel::for_each_chunk(outer, CHUNK.div_ceil(row), |r| {
            for start in r.clone().step_by(tile) {
                let end = r.end.min(start + tile);
                let mut from = 0;
                for part in &parts {
                    // SAFETY: as above.
                    unsafe {
                        let out = shared.slice(start * row + from..end * row);
                        part.spread(start..end, row, out);
                    }
                    from += part.block;
                }
            }
        });
    });
}
