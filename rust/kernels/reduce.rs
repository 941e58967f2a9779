//! Reductions: sums, maxima, minima over any axes.
//!
//! Sums are pairwise: blocks of [`BLOCK`] elements are added in 32 lanes and the blocks
//! combined as a binary tree, so that the rounding error grows with the logarithm of the length
//! (Higham, *Accuracy and Stability of Numerical Algorithms*, section 4.2). The order of the
//! additions depends on shapes and strides only, never on the number of threads.

use std::mem::MaybeUninit;
use std::ops::Range;

use smallvec::SmallVec;

use super::heavy::heavy;
use super::joins::{BLOCK, SHORT, Tree, join_four, join_row, join_rows};
pub use super::joins::{Max, Min, Product, Reducer, Sum};
use super::parallel;
use super::shared::Shared;
use crate::error::{Error, Result};
use crate::tensor::{Float, Layout, Tensor, TensorView, reduced_shape};
use crate::with_float;

/// Columns that are reduced side by side.
const TILE: usize = 512;

/// Reduces over `axes` (sorted, distinct); the result has the axes at size one or not at all.
pub fn reduce<R: Reducer>(t: &Tensor, axes: &[usize], keepdims: bool) -> Result<Tensor> {
    let Tensor::Array(a) = t else { return Ok(t.clone()) };
    let shape = reduced_shape(a.shape(), axes, keepdims);
    with_float!(a.dtype(), T => {
        let view = a.view::<T>()?;
        // SAFETY: `fill` writes every element.
        unsafe { Tensor::build(&shape, |out| { fill::<T, R>(view, axes, out); Ok(()) }) }
    }, else Err(Error::internal("a reduction of integers")))
}

/// Merged axes: size, step.
type Axes = SmallVec<[(usize, isize); 4]>;

fn merge(layout: &Layout, pick: impl Fn(usize) -> bool) -> Axes {
    let mut out = Axes::new();
    for i in (0..layout.ndim()).filter(|&i| pick(i) && layout.shape[i] != 1) {
        let (d, s) = (layout.shape[i], layout.strides[i]);
        match out.last_mut() {
            Some((size, last)) if *last == s * d as isize => {
                *size *= d;
                *last = s;
            }
            _ => out.push((d, s)),
        }
    }
    out
}

fn offset(axes: &[(usize, isize)], mut at: usize) -> isize {
    let mut offset = 0;
    for &(d, s) in axes.iter().rev() {
        offset += (at % d) as isize * s;
        at /= d;
    }
    offset
}

fn fill<T: Float, R: Reducer>(view: TensorView<'_, T>, axes: &[usize], out: &mut [MaybeUninit<T>]) {
    let kept = merge(view.layout, |i| !axes.contains(&i));
    // Along a broadcast axis, as the gradient of a sum has, one element stands for all.
    let (shape, strides) = (&view.layout.shape, &view.layout.strides);
    let gone = merge(view.layout, |i| axes.contains(&i) && strides[i] != 0);
    let product = |all_alike: bool| -> usize {
        axes.iter().filter(|&&i| (strides[i] == 0) == all_alike).map(|&i| shape[i]).product()
    };
    let (count, times) = (product(false), product(true));
    if out.is_empty() {
        return;
    }
    if count == 0 || times == 0 {
        out.fill(MaybeUninit::new(R::start()));
        return;
    }
    let work = (out.len() * count) as f64 * 0.4;
    let job = Job::<T, R> { view, kept, gone, count, reducer: std::marker::PhantomData };
    let columns = match (job.kept.last(), job.gone.last()) {
        (Some(&(n, 1)), Some(&(_, step))) => step != 1 && n >= 4,
        _ => false,
    };
    heavy(work, || {
        match columns {
            true => job.columns(out),
            false => job.rows(out),
        }
        if times > 1 {
            for o in out {
                // SAFETY: the job wrote every element.
                o.write(R::repeat(unsafe { o.assume_init() }, times));
            }
        }
    });
}

struct Job<'a, T, R> {
    view: TensorView<'a, T>,
    kept: Axes,
    gone: Axes,
    count: usize,
    reducer: std::marker::PhantomData<fn() -> R>,
}

impl<T: Float, R: Reducer> Job<'_, T, R> {
    /// Each result from its own elements, one after the other.
    fn rows(&self, out: &mut [MaybeUninit<T>]) {
        if let ([(inner, step)], 0..=SHORT) = (self.gone.as_slice(), self.count) {
            return self.short_rows(*inner, *step, out);
        }
        let blocks = self.count.div_ceil(BLOCK);
        if out.len() >= 8 || blocks < 32 {
            let shared = Shared::new(out);
            let chunk = (64 * BLOCK).div_ceil(self.count);
            parallel::for_each_chunk(shared.len(), chunk, |r| {
                // SAFETY: ranges are disjoint.
                for (i, o) in unsafe { shared.slice(r.clone()) }.iter_mut().enumerate() {
                    let base = offset(&self.kept, r.start + i);
                    o.write(match self.slice(base, 0..self.count) {
                        Some(row) => join_row::<T, R>(row),
                        None => {
                            let mut tree = Tree::<T, R>::new();
                            (0..blocks).for_each(|b| tree.push(self.block(base, b)));
                            tree.finish()
                        }
                    });
                }
            });
            return;
        }
        let mut partial = [T::ZERO; 2048];
        for (i, o) in out.iter_mut().enumerate() {
            let base = offset(&self.kept, i);
            let mut tree = Tree::<T, R>::new();
            for first in (0..blocks).step_by(partial.len()) {
                let now = partial.len().min(blocks - first);
                let shared = Shared::new(&mut partial[..now]);
                parallel::for_each_chunk(now, 64, |r| {
                    // SAFETY: ranges are disjoint.
                    for (p, b) in unsafe { shared.slice(r.clone()) }.iter_mut().zip(r) {
                        *p = self.block(base, first + b);
                    }
                });
                partial[..now].iter().for_each(|&p| tree.push(p));
            }
            o.write(tree.finish());
        }
    }

    /// As `rows`, for few elements each, straight one after the other.
    fn short_rows(&self, inner: usize, step: isize, out: &mut [MaybeUninit<T>]) {
        let (run, along) = self.kept.last().copied().unwrap_or((1, 1));
        let shared = Shared::new(out);
        let chunk = (64 * BLOCK).div_ceil(inner);
        parallel::for_each_chunk(shared.len(), chunk, |r| {
            let mut at = r.start;
            // SAFETY: ranges are disjoint.
            let mut out = unsafe { shared.slice(r) };
            while !out.is_empty() {
                // Results along the last axis that is kept step evenly.
                let (head, tail) = out.split_at_mut((run - at % run).min(out.len()));
                let base = offset(&self.kept, at);
                for (i, o) in head.iter_mut().enumerate() {
                    let place = base + i as isize * along;
                    // SAFETY: `inner` elements from here on, `step` apart, lie within the view.
                    let x =
                        |j: usize| unsafe { *self.view.first().offset(place + j as isize * step) };
                    o.write((1..inner).fold(x(0), |s, j| R::join(s, x(j))));
                }
                at += head.len();
                out = tail;
            }
        });
    }

    /// Some of the elements behind one result, where they lie side by side.
    fn slice(&self, base: isize, range: Range<usize>) -> Option<&[T]> {
        let [(_, 1)] = self.gone[..] else { return None };
        // SAFETY: positions below `count` lie within the view, on an axis of step one.
        unsafe {
            let from = self.view.first().offset(base).add(range.start);
            Some(std::slice::from_raw_parts(from, range.len()))
        }
    }

    /// Block `b` of the elements behind one result.
    fn block(&self, base: isize, b: usize) -> T {
        let (mut at, end) = (b * BLOCK, ((b + 1) * BLOCK).min(self.count));
        if let Some(block) = self.slice(base, at..end) {
            return join_row::<T, R>(block);
        }
        let (inner, step) = self.gone.last().copied().unwrap_or((1, 1));
        let mut acc: Option<T> = None;
        while at < end {
            let run = (inner - at % inner).min(end - at);
            // SAFETY: positions below `count` lie within the view.
            let from = unsafe { self.view.first().offset(base + offset(&self.gone, at)) };
            let part = if step == 1 {
                // SAFETY: `run` elements of an axis of step one are a slice.
                join_row::<T, R>(unsafe { std::slice::from_raw_parts(from, run) })
            } else {
                // SAFETY: the run stays on its axis.
                (0..run)
                    .fold(R::start(), |s, i| R::join(s, unsafe { *from.offset(i as isize * step) }))
            };
            acc = Some(acc.map_or(part, |a| R::join(a, part)));
            at += run;
        }
        acc.unwrap_or_else(R::start)
    }

    /// Results that lie side by side, like their elements: whole rows are joined.
    fn columns(&self, out: &mut [MaybeUninit<T>]) {
        let (n, _) = self.kept.last().copied().unwrap_or((1, 1));
        let outer = &self.kept[..self.kept.len() - 1];
        let tiles = n.div_ceil(TILE);
        let rows = self.count;
        let shared = Shared::new(out);
        let all = shared.len() / n * tiles;
        let chunk = (64 * BLOCK).div_ceil(rows * n.min(TILE));
        parallel::for_each_chunk(all, chunk, |r| {
            for t in r {
                let (o, c) = (t / tiles, t % tiles * TILE);
                let width = TILE.min(n - c);
                // SAFETY: tiles are disjoint.
                let out = unsafe { shared.slice(o * n + c..o * n + c + width) };
                let base = offset(outer, o) + c as isize;
                self.tile(base, out);
            }
        });
    }

    /// Joins `out.len()` columns over all rows: blocks of rows straight, blocks as a tree.
    fn tile(&self, base: isize, out: &mut [MaybeUninit<T>]) {
        const ROWS: usize = 32;
        let width = out.len();
        let row = |at: usize| {
            // SAFETY: a row of the view, with its columns side by side.
            unsafe {
                let from = self.view.first().offset(base + offset(&self.gone, at));
                std::slice::from_raw_parts(from, width)
            }
        };
        // Partial results that wait to be joined, one after the other.
        let mut stack: Vec<T> = Vec::with_capacity(width * 2);
        let join_last = |stack: &mut Vec<T>| {
            let rest = stack.len() - width;
            let (left, right) = stack.split_at_mut(rest);
            join_rows::<T, R>(&mut left[rest - width..], right);
            stack.truncate(rest);
        };
        for (pushed, start) in (0..self.count).step_by(ROWS).enumerate() {
            let top = stack.len();
            stack.extend_from_slice(row(start));
            let (mut at, end) = (start + 1, (start + ROWS).min(self.count));
            while at + 4 <= end {
                let rows = [row(at), row(at + 1), row(at + 2), row(at + 3)];
                join_four::<T, R>(&mut stack[top..], rows);
                at += 4;
            }
            for at in at..end {
                join_rows::<T, R>(&mut stack[top..], row(at));
            }
            // The counter's trailing ones say how many equal blocks wait to be joined.
            for _ in 0..pushed.trailing_ones() {
                join_last(&mut stack);
            }
        }
        while stack.len() > width {
            join_last(&mut stack);
        }
        for (o, &x) in out.iter_mut().zip(&stack) {
            o.write(x);
        }
    }
}
