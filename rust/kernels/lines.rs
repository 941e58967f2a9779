//! Functions of whole rows: the lines along an axis, or along several axes together.
//!
//! The axes are brought last and the elements into row-major order; then rows are slices, and are
//! worked on in tiles that fit the innermost cache, so that short rows share the vector loops of
//! their tile. Every row is computed by itself, whatever the number of threads.

use std::mem::MaybeUninit;
use std::sync::Arc;

use super::copy::contiguous;
use super::dispatch::{Isa, Lane, isa};
use super::heavy::heavy;
use super::parallel;
use super::shared::Shared;
use crate::error::{Error, Result};
use crate::tensor::{Array, Dims, Tensor, reduced_shape};
use crate::with_float;

/// Elements of a tile, where a row has no more.
pub const TILE: usize = 1024;
/// Elements per parallel piece.
const CHUNK: usize = 32 * 1024;

/// Elementary functions as the loop around them is compiled.
pub trait Math {
    /// Exponential.
    fn exp<T: Lane>(x: T) -> T;
    /// Natural logarithm.
    fn log<T: Lane>(x: T) -> T;
}

/// Our own code, for machines with fused multiply-add.
struct Fast;
/// The standard library.
#[cfg(not(target_arch = "aarch64"))]
struct Plain;

impl Math for Fast {
    #[inline(always)]
    fn exp<T: Lane>(x: T) -> T {
        T::plain(crate::kernels::expr::Expr::exp(x.fast()))
    }
    #[inline(always)]
    fn log<T: Lane>(x: T) -> T {
        T::plain(crate::kernels::expr::Expr::log(x.fast()))
    }
}

#[cfg(not(target_arch = "aarch64"))]
impl Math for Plain {
    #[inline(always)]
    fn exp<T: Lane>(x: T) -> T {
        crate::kernels::expr::Expr::exp(x)
    }
    #[inline(always)]
    fn log<T: Lane>(x: T) -> T {
        crate::kernels::expr::Expr::log(x)
    }
}

/// Some whole rows.
pub struct Tile<'a, T, const N: usize> {
    /// The number of the first row.
    pub first: usize,
    /// Elements per row.
    pub width: usize,
    /// The operands: all elements of the rows, or one element per row.
    pub ins: [&'a [T]; N],
    /// The result, likewise.
    pub out: &'a mut [MaybeUninit<T>],
}

/// A function of rows.
///
/// # Safety
/// `eval` writes every element of `out`; [`start`] is the way.
pub unsafe trait RowFn<const N: usize>: Sync {
    /// Nanoseconds per element, roughly.
    const COST: f64;
    /// Writes the result of a tile. Implementations are marked `#[inline(always)]`: they are
    /// compiled for several instruction sets.
    fn eval<T: Lane, M: Math>(&self, tile: Tile<'_, T, N>);
}

/// Writes every element of a result, which is plain memory from then on.
#[inline(always)]
pub fn start<T: Copy>(out: &mut [MaybeUninit<T>], f: impl Fn(usize) -> T) -> &mut [T] {
    for (i, o) in out.iter_mut().enumerate() {
        o.write(f(i));
    }
    // SAFETY: all elements were written just now.
    unsafe { &mut *(std::ptr::from_mut(out) as *mut [T]) }
}

/// Work on slices that is compiled for several instruction sets.
pub trait Job<T> {
    /// What it gives.
    type Made;
    /// Does it. Implementations are marked `#[inline(always)]`, as is all that they call.
    fn run<M: Math>(self) -> Self::Made;
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<T: Lane, J: Job<T>>(job: J) -> J::Made {
    job.run::<Fast>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma")]
fn avx512<T: Lane, J: Job<T>>(job: J) -> J::Made {
    job.run::<Fast>()
}

/// Does work by the best instructions that there are.
pub fn dispatch<T: Lane, J: Job<T>>(job: J) -> J::Made {
    match isa() {
        // SAFETY: detection found these features.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe { avx512(job) },
        // SAFETY: detection found these features.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { avx2(job) },
        #[cfg(not(target_arch = "aarch64"))]
        _ => job.run::<Plain>(),
        // Fused multiply-add belongs to the architecture.
        #[cfg(target_arch = "aarch64")]
        _ => job.run::<Fast>(),
    }
}

/// A function of rows at work on a tile.
struct OnTile<'f, 'a, T, F, const N: usize>(&'f F, Tile<'a, T, N>);

impl<T: Lane, F: RowFn<N>, const N: usize> Job<T> for OnTile<'_, '_, T, F, N> {
    type Made = ();
    #[inline(always)]
    fn run<M: Math>(self) {
        self.0.eval::<T, M>(self.1);
    }
}

/// The rows of an array along some axes.
pub struct Rows {
    shape: Dims,
    axes: Vec<usize>,
    /// The axes that stay, then those of the rows.
    order: Vec<usize>,
    /// How many rows there are.
    pub count: usize,
    /// How many elements each has.
    pub width: usize,
}

impl Rows {
    /// The rows of an array of `shape` along `axes`, which are sorted and distinct.
    pub fn new(shape: &[usize], axes: &[usize]) -> Self {
        let stay = (0..shape.len()).filter(|a| !axes.contains(a));
        let size = |axes: &[usize]| axes.iter().map(|&a| shape[a]).product();
        let kept: Vec<usize> = stay.collect();
        Self {
            shape: shape.into(),
            axes: axes.to_vec(),
            count: size(&kept),
            width: size(axes),
            order: kept.into_iter().chain(axes.iter().copied()).collect(),
        }
    }

    /// A function that keeps the shape. Operands have the shape, or one element per row.
    pub fn map<F: RowFn<N>, const N: usize>(&self, f: &F, ins: [&Tensor; N]) -> Result<Tensor> {
        let shape: Dims = self.order.iter().map(|&a| self.shape[a]).collect();
        let moved = self.run(f, ins, &shape)?;
        let mut back = vec![0; self.order.len()];
        for (i, &a) in self.order.iter().enumerate() {
            back[a] = i;
        }
        moved.transpose(&back)
    }

    /// A function that gives one element per row.
    pub fn fold<F: RowFn<N>, const N: usize>(
        &self,
        f: &F,
        ins: [&Tensor; N],
        keepdims: bool,
    ) -> Result<Tensor> {
        let flat = self.run(f, ins, &reduced_shape(&self.shape, &self.axes, false))?;
        flat.reshape(&reduced_shape(&self.shape, &self.axes, keepdims))
    }

    /// An operand with its rows last, in row-major order.
    fn bring(&self, t: &Tensor) -> Result<Arc<Array>> {
        let whole = t.shape() == &self.shape[..];
        let t = if whole { t.transpose(&self.order)? } else { t.clone() };
        contiguous(&t.to_array()?)
    }

    fn run<F: RowFn<N>, const N: usize>(
        &self,
        f: &F,
        ins: [&Tensor; N],
        shape: &[usize],
    ) -> Result<Tensor> {
        let mut arrays = Vec::with_capacity(N);
        for t in ins {
            arrays.push(self.bring(t)?);
        }
        with_float!(ins[0].dtype(), T => {
            let mut slices: [&[T]; N] = [&[]; N];
            for (s, a) in slices.iter_mut().zip(&arrays) {
                *s = a.as_slice().ok_or_else(|| Error::internal("rows of two dtypes"))?;
            }
            // SAFETY: `drive` writes every element, as row functions promise.
            let out = unsafe {
                Array::build(shape, |out| { self.drive(f, slices, out); Ok(()) })?
            };
            Ok(out.into())
        }, else Err(Error::internal("rows of integers")))
    }

    fn drive<T: Lane, F: RowFn<N>, const N: usize>(
        &self,
        f: &F,
        ins: [&[T]; N],
        out: &mut [MaybeUninit<T>],
    ) {
        if out.is_empty() {
            return;
        }
        let width = self.width;
        let per_row = |len: usize| len / self.count;
        let out_width = per_row(out.len());
        let rows = (TILE / width.max(1)).max(1);
        let chunk = (CHUNK / width.max(1)).max(rows);
        let shared = Shared::new(out);
        heavy((self.count * width.max(1)) as f64 * F::COST, || {
            parallel::for_each_chunk(self.count, chunk, |r| {
                for first in r.clone().step_by(rows) {
                    let end = (first + rows).min(r.end);
                    // SAFETY: tiles are disjoint.
                    let out = unsafe { shared.slice(first * out_width..end * out_width) };
                    let ins = ins.map(|s| &s[first * per_row(s.len())..end * per_row(s.len())]);
                    dispatch(OnTile(f, Tile { first, width, ins, out }));
                }
            });
        });
    }
}
