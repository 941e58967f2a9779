//! The order of elements along the last axis: positions of the sorted, of the largest, of extremes.
//!
//! Equal elements keep their order, and NaN counts as larger than everything, as NumPy has it.

use std::cmp::Ordering;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use super::heavy::heavy;
use super::parallel;
use super::shared::Shared;
use super::walk::Plan;
use crate::error::{Error, Kind, Result};
use crate::tensor::{Array, Dims, Float, Tensor};
use crate::with_float;

/// Elements per parallel piece.
const CHUNK: usize = 16 * 1024;

/// What is asked of each lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// All positions, smallest element first.
    Sorted,
    /// The positions of the largest, in descending order.
    Largest(usize),
    /// The position of the first largest element.
    Max,
    /// The position of the first smallest element; of the first NaN, if there is one.
    Min,
}

impl Ask {
    /// The number of positions per lane of `n` elements.
    fn width(self, n: usize) -> usize {
        match self {
            Ask::Sorted => n,
            Ask::Largest(k) => k,
            Ask::Max | Ask::Min => 1,
        }
    }
}

/// Ascending, NaN last.
#[inline(always)]
fn ascending<T: Float>(a: T, b: T) -> Ordering {
    let nan = || a.is_not_a_number().cmp(&b.is_not_a_number());
    a.partial_cmp(&b).unwrap_or_else(nan)
}

/// The positions along the last axis, as an integer array; its last axis has what `ask` says.
/// A lane that one position is asked of must not be empty.
pub fn positions(x: &Tensor, ask: Ask) -> Result<Tensor> {
    let x = x.to_array()?;
    let Some((&n, outer)) = x.shape().split_last() else {
        return Err(Error::internal("an order of no axis"));
    };
    let width = ask.width(n);
    if width > n {
        return Err(Error::internal("more positions than there are"));
    }
    let shape = [outer, &[width]].concat();
    with_float!(x.dtype(), T => {
        let view = x.view::<T>()?;
        // SAFETY: every lane of the result is written as a whole.
        let found = unsafe {
            Array::build::<i64>(&shape, |out| {
                if out.is_empty() {
                    return Ok(());
                }
                let step = view.layout.strides[outer.len()];
                let lanes = Plan::<1>::new(outer, |_, axis| view.layout.strides[axis]);
                let count = out.len() / width;
                let shared = Shared::new(out);
                // A comparison takes some nanoseconds, and sorting takes log n of them.
                let each = match ask {
                    Ask::Sorted => n as f64 * (1.0 + n as f64).log2() * 4.0,
                    _ => n as f64 * 4.0,
                };
                let sorts = matches!(ask, Ask::Sorted | Ask::Largest(_));
                // Threads cannot return an error.
                let failed = AtomicBool::new(false);
                heavy(count as f64 * each, || {
                    parallel::for_each_chunk(count, CHUNK.div_ceil(n), |r| {
                        let out = shared.slice(r.start * width..r.end * width);
                        let mut room = Vec::new();
                        if room.try_reserve_exact(if sorts { n } else { 0 }).is_err() {
                            failed.store(true, Relaxed);
                            return;
                        }
                        for (out, lane) in out.chunks_exact_mut(width).zip(r) {
                            let first = view.first().offset(lanes.offset(0, lane));
                            let lane = (0..n).map(|i| *first.offset(i as isize * step));
                            let mut out = out.iter_mut();
                            answer(ask, lane, &mut room, |i| {
                                if let Some(o) = out.next() {
                                    o.write(i as i64);
                                }
                            });
                        }
                    });
                });
                match failed.into_inner() {
                    true => {
                        let bytes = n.checked_mul(size_of::<(T, usize)>());
                        Err(Kind::Memory { shape: Dims::from_slice(&[n]), bytes }.into())
                    }
                    false => Ok(()),
                }
            })?
        };
        Ok(Tensor::from(found))
    }, else Err(Error::internal("an order of integers")))
}

fn answer<T: Float>(
    ask: Ask,
    lane: impl Iterator<Item = T>,
    room: &mut Vec<(T, usize)>,
    mut give: impl FnMut(usize),
) {
    let pairs = lane.enumerate().map(|(i, x)| (x, i));
    // Of equals the first; of NaN too.
    let first = |better: fn(T, T) -> bool| {
        move |best: (T, usize), next: (T, usize)| {
            let nan = next.0.is_not_a_number() && !best.0.is_not_a_number();
            if better(next.0, best.0) || nan { next } else { best }
        }
    };
    match ask {
        Ask::Max => give(pairs.reduce(first(|a, b| a > b)).map_or(0, |p| p.1)),
        Ask::Min => give(pairs.reduce(first(|a, b| a < b)).map_or(0, |p| p.1)),
        Ask::Sorted => {
            room.clear();
            room.extend(pairs);
            room.sort_unstable_by(|a, b| ascending(a.0, b.0).then(a.1.cmp(&b.1)));
            room.iter().for_each(|p| give(p.1));
        }
        Ask::Largest(k) => {
            room.clear();
            room.extend(pairs);
            let descending =
                |a: &(T, usize), b: &(T, usize)| ascending(b.0, a.0).then(a.1.cmp(&b.1));
            if 0 < k && k < room.len() {
                room.select_nth_unstable_by(k - 1, descending);
                room.truncate(k);
            }
            room.sort_unstable_by(descending);
            room.iter().take(k).for_each(|p| give(p.1));
        }
    }
}
