//! Elementwise functions over broadcast and strided operands.
//!
//! The result is row-major, or column-major where all operands are. Operands that lie in its order
//! are read in place; the others are gathered a block at a time into L1, so that every function needs
//! one loop only, over contiguous slices.

use std::mem::MaybeUninit;
use std::sync::Arc;

use super::copy;
use super::dispatch::{Each, Lane, Loop, MapFn};
use super::heavy::heavy;
use super::parallel;
use super::shared::Shared;
use super::walk::{BLOCK, Operand, Plan};
use crate::error::{Error, Result};
use crate::tensor::{Array, Float, Strides, Tensor, checked_size};
use crate::with_float;

/// Elements per parallel piece: a few tens of microseconds of cheap work.
const CHUNK: usize = 32 * 1024;

/// Work of so few nanoseconds is not worth a plan.
const SMALL_NS: f64 = 4000.0;

/// Applies `f` to operands of one floating dtype that broadcast to `shape`.
pub fn map<F: MapFn<N>, const N: usize>(
    f: &F,
    ins: [&Tensor; N],
    shape: &[usize],
) -> Result<Tensor> {
    map_by(&Each(*f), F::CLASS.cost(), ins, shape)
}

/// [`map`] of a loop that takes `cost` nanoseconds per element. What is compiled for each function
/// is the loop alone.
fn map_by<const N: usize>(
    by: &dyn Loop,
    cost: f64,
    ins: [&Tensor; N],
    shape: &[usize],
) -> Result<Tensor> {
    let dtype = ins[0].dtype();
    debug_assert!(ins.iter().all(|t| t.dtype() == dtype), "operands are promoted before");
    with_float!(dtype, T => map_typed::<T, N>(by, cost, ins, shape),
        else Err(Error::internal("an elementwise function of integers")))
}

fn map_typed<T: Lane, const N: usize>(
    by: &dyn Loop,
    cost: f64,
    ins: [&Tensor; N],
    shape: &[usize],
) -> Result<Tensor> {
    if let Some(y) = small::<T, N>(by, cost, ins, shape)? {
        return Ok(y);
    }
    if all_reversed(ins, shape) {
        // The operands lie in the order of the transpose: so does the result, without a copy.
        let axes: Vec<usize> = (0..shape.len()).rev().collect();
        let mut turned = ins.map(Tensor::clone);
        for t in turned.iter_mut().filter(|t| t.ndim() > 0) {
            *t = t.transpose(&axes)?;
        }
        let shape: Vec<usize> = shape.iter().rev().copied().collect();
        return map_typed::<T, N>(by, cost, turned.each_ref(), &shape)?.transpose(&axes);
    }
    let mut copies: [Option<Arc<Array>>; N] = [const { None }; N];
    for (c, t) in copies.iter_mut().zip(ins) {
        *c = match t {
            Tensor::Array(a) if lies_across(a, shape) => Some(copy::contiguous(a)?),
            Tensor::Array(a) => Some(a.clone()),
            _ => None,
        };
    }
    let mut operands = [Operand::Fill(T::ZERO); N];
    for ((o, t), a) in operands.iter_mut().zip(ins).zip(&copies) {
        *o = match a {
            Some(a) => Operand::View(a.view()?),
            _ => Operand::Fill(number(t)?),
        };
    }
    // SAFETY: `drive` writes every element.
    unsafe {
        Tensor::build(shape, |out| {
            let work = out.len() as f64 * cost;
            drive(by, work, &operands, shape, out)
        })
    }
}

/// The function of operands that lie as the result does or are numbers, where it takes less time to
/// compute than to find out how else to go about it; `None` for others.
fn small<T: Lane, const N: usize>(
    by: &dyn Loop,
    cost: f64,
    ins: [&Tensor; N],
    shape: &[usize],
) -> Result<Option<Tensor>> {
    let n = checked_size(shape, size_of::<T>())?;
    if n as f64 * cost > SMALL_NS {
        return Ok(None);
    }
    let mut space = [[const { MaybeUninit::<T>::uninit() }; BLOCK]; N];
    let mut slices: [&[T]; N] = [&[]; N];
    let mut spread = [false; N];
    for (k, space) in space.iter_mut().enumerate() {
        if let Tensor::Array(a) = ins[k]
            && a.shape() == shape
            && let Some(elements) = a.as_slice()
        {
            slices[k] = elements;
            continue;
        }
        let x = match ins[k] {
            Tensor::Array(a) => a.as_repeated(),
            t => Some(number(t)?),
        };
        let Some(x) = x else { return Ok(None) };
        slices[k] = repeated(x, &mut space[..n.min(BLOCK)]);
        spread[k] = true;
    }
    // SAFETY: the loop writes every element.
    let y = unsafe {
        Tensor::build(shape, |out| {
            if n <= BLOCK || !spread.contains(&true) {
                T::run(by, &slices, out);
                return Ok(());
            }
            for (at, out) in (0..).step_by(BLOCK).zip(out.chunks_mut(BLOCK)) {
                let from = |k: usize| if spread[k] { 0 } else { at };
                let part = |k: usize| &slices[k][from(k)..from(k) + out.len()];
                T::run(by, &std::array::from_fn::<_, N, _>(part), out);
            }
            Ok(())
        })?
    };
    Ok(Some(y))
}

/// A number in every place, of a block at most.
fn repeated<T: Lane>(x: T, space: &mut [MaybeUninit<T>]) -> &[T] {
    // As wide as the widest element.
    static ZEROS: [u64; BLOCK] = [0; BLOCK];
    if x.widen().to_bits() == 0 {
        // What stands for operands that no formula looks at need not be written each time.
        // SAFETY: bytes of zeros are the zero of every element, and these are enough for a block.
        return unsafe {
            std::slice::from_raw_parts(ZEROS.as_ptr().cast::<T>(), space.len().min(BLOCK))
        };
    }
    space.fill(MaybeUninit::new(x));
    // SAFETY: all of it was written.
    unsafe { std::slice::from_raw_parts(space.as_ptr().cast::<T>(), space.len()) }
}

/// Whether all operands but numbers lie in column-major order, as the transposes of row-major
/// arrays do.
pub(super) fn all_reversed<const N: usize>(ins: [&Tensor; N], shape: &[usize]) -> bool {
    let column_major = |a: &Array| {
        let mut step = 1;
        a.shape() == shape
            && a.shape().iter().zip(&a.layout().strides).all(|(&d, &s)| {
                let fits = d == 1 || s == step;
                step *= d as isize;
                fits
            })
    };
    let mut arrays = ins.iter().filter_map(|t| match t {
        Tensor::Array(a) => Some(a),
        _ => None,
    });
    shape.len() > 1
        && ins.iter().any(|t| matches!(t, Tensor::Array(a) if !a.layout().is_contiguous()))
        && arrays.all(|a| column_major(a))
}

/// Whether an operand is large and steps widely along its last axis: a copy in tiles, which uses
/// each cache line whole, is quicker than to gather it row by row.
pub(super) fn lies_across(a: &Array, shape: &[usize]) -> bool {
    let l = a.layout();
    l.ndim() == 2
        && l.shape.as_slice() == shape
        && l.size() >= CHUNK
        && l.strides[1].abs() > 1
        && l.strides[0].abs() < l.strides[1].abs()
}

pub(super) fn number<T: Float>(t: &Tensor) -> Result<T> {
    match t.item() {
        Some(x) => Ok(T::of(x)),
        None => Err(Error::internal("a released or larger operand where a number is due")),
    }
}

/// The strides of an operand broadcast to `shape`.
fn strides_in<T>(operand: &Operand<'_, T>, shape: &[usize]) -> Result<Strides> {
    match operand {
        Operand::Fill(_) => Ok(Strides::from_elem(0, shape.len())),
        Operand::View(v) => match v.layout.broadcast_to(shape) {
            Some(l) => Ok(l.strides),
            None => Err(Error::internal(format!(
                "an operand of shape {:?} in a result of shape {shape:?}",
                v.layout.shape
            ))),
        },
    }
}

/// How the operands lie along the merged axes of the result.
fn plan<T, const N: usize>(operands: &[Operand<'_, T>; N], shape: &[usize]) -> Result<Plan<N>> {
    // Most operands have the result's shape and lie in its order, or are numbers.
    let in_order = |o: &Operand<'_, T>| match o {
        Operand::Fill(_) => true,
        Operand::View(v) => v.layout.shape.as_slice() == shape && v.layout.is_contiguous(),
    };
    if operands.iter().all(in_order) {
        let step = |k: usize| isize::from(matches!(operands[k], Operand::View(_)));
        return Ok(Plan::flat(shape.iter().product(), std::array::from_fn(step)));
    }
    let mut strides: [Strides; N] = std::array::from_fn(|_| Strides::new());
    for (s, o) in strides.iter_mut().zip(operands) {
        *s = strides_in(o, shape)?;
    }
    Ok(Plan::new(shape, |k, axis| strides[k][axis]))
}

/// Cuts the result into pieces and feeds them to a loop.
fn drive<T: Lane, const N: usize>(
    by: &dyn Loop,
    work_ns: f64,
    operands: &[Operand<'_, T>; N],
    shape: &[usize],
    out: &mut [MaybeUninit<T>],
) -> Result<()> {
    if out.is_empty() {
        return Ok(());
    }
    let plan = plan(operands, shape)?;
    let pieces = Pieces { by, operands, plan: &plan };
    let base = Shared::new(out);
    let each = |range: std::ops::Range<usize>| {
        // SAFETY: ranges are disjoint.
        let out = unsafe { base.slice(range.clone()) };
        pieces.fill(range.start, out);
    };
    heavy(work_ns, || {
        let n = base.len();
        let chunk = if work_ns < super::heavy::HEAVY_NS { n } else { CHUNK };
        parallel::for_each_chunk(n, chunk, each);
    });
    Ok(())
}

/// Some positions of the result, one after the other.
#[derive(Clone, Copy)]
struct Stretch {
    at: usize,
    len: usize,
    /// Whether they lie on one row of the merged axes.
    within: bool,
}

struct Pieces<'a, T, const N: usize> {
    by: &'a dyn Loop,
    operands: &'a [Operand<'a, T>; N],
    plan: &'a Plan<N>,
}

impl<T: Lane, const N: usize> Pieces<'_, T, N> {
    /// Computes the elements from position `at` of the result on.
    fn fill(&self, mut at: usize, mut out: &mut [MaybeUninit<T>]) {
        let direct: [bool; N] = std::array::from_fn(|k| {
            matches!(self.operands[k], Operand::View(_)) && self.plan.is_contiguous(k)
        });
        let all_direct = direct.iter().all(|&d| d);
        let (inner, _) = self.plan.inner();
        // An operand that is the same in every row is gathered once, for blocks of whole rows.
        let repeats: [bool; N] = std::array::from_fn(|k| {
            matches!(self.operands[k], Operand::View(_)) && self.plan.repeats(k)
        });
        let rows = if repeats.contains(&true) { BLOCK / inner * inner } else { 0 };
        let mut there = [0; N];
        let mut space = [[const { MaybeUninit::<T>::uninit() }; BLOCK]; N];
        for (k, o) in self.operands.iter().enumerate() {
            if let Operand::Fill(x) = o {
                // A block is never longer than this while there are numbers among the operands.
                let len = out.len().min(BLOCK);
                space[k][..len].fill(MaybeUninit::new(*x));
            }
        }
        while !out.is_empty() {
            // Long inner runs are cut at their ends, so that operands with unit step there need
            // no copy.
            let left = inner - at % inner;
            let len = match () {
                () if all_direct => out.len(),
                () if inner >= BLOCK / 2 || rows > 0 && left < inner => left.min(BLOCK),
                () if rows > 0 => rows,
                () => BLOCK,
            };
            let len = len.min(out.len());
            let stretch = Stretch { at, len, within: len <= left };
            let (head, tail) = out.split_at_mut(len);
            let mut k = 0;
            let ins: [&[T]; N] = space.each_mut().map(|space| {
                let same = repeats[k] && left == inner;
                let slice = self.operand(k, direct[k], stretch, space, (same, &mut there[k]));
                k += 1;
                slice
            });
            T::run(self.by, &ins, head);
            out = tail;
            at += len;
        }
    }

    /// Operand `k`'s elements for a stretch, in place or gathered; not again if they are the `same`
    /// as those that are `there`.
    #[inline]
    fn operand<'s>(
        &'s self,
        k: usize,
        direct: bool,
        Stretch { at, len, within }: Stretch,
        space: &'s mut [MaybeUninit<T>; BLOCK],
        (same, there): (bool, &mut usize),
    ) -> &'s [T] {
        if let Operand::View(v) = &self.operands[k] {
            let step = self.plan.inner().1[k];
            // SAFETY: positions lie within the result, so the operand has these elements;
            // contiguous ones (all along, or along the run that holds the block) are a slice.
            unsafe {
                if direct {
                    return std::slice::from_raw_parts(v.first().add(at), len);
                }
                if within && step == 1 {
                    let from = v.first().offset(self.plan.offset(k, at));
                    return std::slice::from_raw_parts(from, len);
                }
                if !same || *there < len {
                    self.plan.gather(k, v.first(), at, &mut space[..len]);
                    *there = if same { len } else { 0 };
                }
            }
        }
        // SAFETY: filled with the operand's number at the start, or gathered just now or before.
        unsafe { std::slice::from_raw_parts(space.as_ptr().cast::<T>(), len) }
    }
}
