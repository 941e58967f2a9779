//! Factorisations of stacks of matrices, by the `faer` crate.
//!
//! Each matrix is factored by one thread, and a stack is shared out by matrices, so results do not
//! depend on the number of threads. Memory comes from us wherever its size depends on the input:
//! too large a matrix is an error, not an abort.

mod cholesky;
mod eigh;
mod lu;
mod qr;
mod scale;
mod svd;
#[cfg(test)]
mod tests;
mod triangular;

use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

pub use cholesky::cholesky;
pub use eigh::eigh;
pub use lu::Lu;
pub use qr::qr;
pub use svd::svd;
pub use triangular::solve_lower;

use faer::dyn_stack::{MemBuffer, StackReq};
use faer::traits::RealField;
use faer::{Mat, MatMut, MatRef};

use super::heavy::heavy;
use super::parallel;
use super::walk::Plan;
use crate::error::{Error, Kind, Result};
use crate::tensor::{Dims, Float, TensorView};

/// An element type of matrices that can be factored.
pub trait Scalar: Float + RealField {}
impl Scalar for f64 {}
impl Scalar for f32 {}

/// Why a matrix was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A pivot is zero.
    Singular,
    /// A pivot is not positive.
    NotPositiveDefinite,
    /// An element is NaN or infinite.
    NotFinite,
    /// The iteration did not end.
    NotConverged,
    /// So many bytes cannot be had.
    Memory(usize),
    /// The library panicked.
    Panicked,
}

type Outcome<T> = std::result::Result<T, Failure>;

impl Failure {
    fn into_error(self, op: &'static str, which: Option<usize>, shape: &[usize]) -> Error {
        let what = match self {
            Failure::Singular => "is singular: it has no inverse",
            Failure::NotPositiveDefinite => {
                "is not positive definite: a pivot is zero, negative or NaN"
            }
            Failure::NotFinite => "has an element that is NaN or infinite",
            Failure::NotConverged => "does not converge",
            Failure::Memory(bytes) => {
                return Kind::Memory { shape: shape.into(), bytes: Some(bytes) }.into();
            }
            Failure::Panicked => return Error::internal(format!("{op}: a factorisation failed")),
        };
        let which = which.map_or("the matrix".into(), |i| format!("matrix {i} of the stack"));
        let shape = crate::error::Tuple(shape);
        Kind::LinAlg { op, message: format!("{which} {what} (shape {shape})") }.into()
    }
}

/// A stack of matrices to read, broadcast to the leading axes of a result.
pub struct Stack<'a, T> {
    view: TensorView<'a, T>,
    plan: Plan<1>,
    rows: usize,
    cols: usize,
}

impl<'a, T: Scalar> Stack<'a, T> {
    /// The matrices of `view`, one for each entry of `batch`, to which its leading axes broadcast.
    pub fn new(view: TensorView<'a, T>, batch: &[usize]) -> Self {
        let layout = view.layout;
        let lead = layout.ndim() - 2;
        let plan = Plan::new(batch, |_, axis| match (axis + lead).checked_sub(batch.len()) {
            Some(i) if layout.shape[i] != 1 => layout.strides[i],
            _ => 0,
        });
        Self { view, plan, rows: layout.shape[lead], cols: layout.shape[lead + 1] }
    }

    /// One matrix.
    pub fn at(&self, i: usize) -> MatRef<'_, T> {
        let (strides, nd) = (&self.view.layout.strides, self.view.layout.ndim());
        // SAFETY: the plan's offsets stay within the view, and so do these strides. (An empty
        // matrix is not read.)
        unsafe {
            let first = self.view.first().wrapping_offset(self.plan.offset(0, i));
            MatRef::from_raw_parts(first, self.rows, self.cols, strides[nd - 2], strides[nd - 1])
        }
    }
}

/// The leading axes of a stack of matrices.
pub fn batch(shape: &[usize]) -> &[usize] {
    &shape[..shape.len() - 2]
}

/// The leading axes, and two more.
pub fn stacked(batch: &[usize], rows: usize, cols: usize) -> Dims {
    batch.iter().copied().chain([rows, cols]).collect()
}

/// `memory` as a matrix whose columns are contiguous.
fn columns<T>(memory: &mut [T], rows: usize, cols: usize) -> MatMut<'_, T> {
    MatMut::from_column_major_slice_mut(memory, rows, cols)
}

/// `memory` as a matrix whose rows are contiguous.
fn rows<T>(memory: &mut [T], rows: usize, cols: usize) -> MatMut<'_, T> {
    MatMut::from_row_major_slice_mut(memory, rows, cols)
}

/// Memory as initialised: with zeros.
fn filled<T: Scalar>(memory: &mut [MaybeUninit<T>]) -> &mut [T] {
    memory.fill(MaybeUninit::new(T::ZERO));
    // SAFETY: written above.
    unsafe { &mut *(std::ptr::from_mut(memory) as *mut [T]) }
}

/// A list with one entry for each of the parts of an array of the given shape.
fn zeros<E: Clone + Default>(shape: &[usize], count: usize) -> Result<Vec<E>> {
    let mut list = vec![];
    let bytes = count.saturating_mul(size_of::<E>());
    let no_memory = |_| Kind::Memory { shape: shape.into(), bytes: Some(bytes) };
    list.try_reserve_exact(count).map_err(no_memory)?;
    list.resize(count, E::default());
    Ok(list)
}

/// A matrix times a number, in memory of its own.
fn copied<T: Scalar>(a: MatRef<'_, T>, by: f64) -> Outcome<Mat<T>> {
    let (m, n) = a.shape();
    let bytes = m.saturating_mul(n).saturating_mul(size_of::<T>());
    let mut copy = Mat::new();
    copy.try_reserve(m, n).map_err(|_| Failure::Memory(bytes))?;
    copy.resize_with(m, n, |_, _| T::ZERO);
    copy.copy_from(a);
    if by != 1.0 {
        let by = T::of(by);
        copy.as_mut().col_iter_mut().for_each(|c| c.iter_mut().for_each(|x| *x *= by));
    }
    Ok(copy)
}

/// Working memory for the library.
fn scratch(req: StackReq) -> Outcome<MemBuffer> {
    MemBuffer::try_new(req).map_err(|_| Failure::Memory(req.size_bytes()))
}

/// Runs `f` for each matrix of a stack; the first one in order that fails is reported.
///
/// `ns` is roughly how long one takes.
fn each(
    op: &'static str,
    shape: &[usize],
    ns: f64,
    f: impl Fn(usize) -> Outcome<()> + Sync,
) -> Result<()> {
    let count = batch(shape).iter().product();
    let first: Mutex<Option<(usize, Failure)>> = Mutex::new(None);
    let run = |i: usize| {
        let outcome = catch_unwind(AssertUnwindSafe(|| f(i)));
        if let Err(failure) = outcome.unwrap_or(Err(Failure::Panicked)) {
            let mut first = first.lock().unwrap_or_else(PoisonError::into_inner);
            if first.is_none_or(|(j, _)| i < j) {
                *first = Some((i, failure));
            }
        }
    };
    heavy(ns * count as f64, || {
        let chunk = (30_000.0 / ns.max(1.0)).ceil() as usize;
        parallel::for_each_chunk(count, chunk, |r| r.for_each(run));
    });
    match first.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some((i, failure)) => {
            let which = (shape.len() > 2).then_some(i);
            Err(failure.into_error(op, which, shape))
        }
        None => Ok(()),
    }
}
