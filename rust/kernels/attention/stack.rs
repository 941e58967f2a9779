//! Stacks of matrices as operands and results of products.

use std::mem::MaybeUninit;

use super::super::draft::aligned;
use super::super::gemm::{self, Element};
use super::super::walk::Plan;
use crate::error::Result;
use crate::tensor::Layout;

/// Where a matrix begins, and its steps from row to row and from column to column.
#[derive(Clone, Copy)]
pub struct Matrix<T> {
    pub at: *mut T,
    pub rows: isize,
    pub columns: isize,
}

impl<T> Matrix<T> {
    /// A matrix of `width` columns, row by row.
    pub fn flat(at: *const T, width: usize) -> Self {
        Self { at: at.cast_mut(), rows: width as isize, columns: 1 }
    }

    /// The matrix without its first rows.
    pub fn below(&self, row: usize) -> Self {
        Self { at: self.at.wrapping_offset(row as isize * self.rows), ..*self }
    }

    /// Zeros in the first rows and columns.
    ///
    /// # Safety
    /// The matrix has as many, and nobody else uses it meanwhile.
    pub unsafe fn clear(&self, rows: usize, columns: usize)
    where
        T: crate::tensor::Element,
    {
        for r in 0..rows {
            let row = self.below(r).at;
            // SAFETY: by the caller's promise.
            unsafe {
                if self.columns == 1 {
                    std::slice::from_raw_parts_mut(row.cast::<MaybeUninit<T>>(), columns)
                        .fill(MaybeUninit::new(T::ZERO));
                } else {
                    (0..columns as isize).for_each(|c| row.offset(c * self.columns).write(T::ZERO));
                }
            }
        }
    }

    /// Rows of `from` elements each, continued with zeros up to `to`.
    ///
    /// # Safety
    /// The matrix has as many rows as the slice has, of `to` columns close together, and nobody else
    /// uses it meanwhile.
    pub unsafe fn write(&self, rows: &[T], [from, to]: [usize; 2])
    where
        T: crate::tensor::Element,
    {
        for (r, row) in rows.chunks_exact(from.max(1)).enumerate() {
            let out = self.below(r).at.cast::<MaybeUninit<T>>();
            // SAFETY: by the caller's promise.
            let out = unsafe { std::slice::from_raw_parts_mut(out, to) };
            let (start, rest) = out.split_at_mut(from);
            start.iter_mut().zip(row).for_each(|(o, &x)| *o = MaybeUninit::new(x));
            rest.fill(MaybeUninit::new(T::ZERO));
        }
    }

    /// The transpose.
    pub fn turned(&self) -> Self {
        Self { at: self.at, rows: self.columns, columns: self.rows }
    }
}

/// What becomes of what is in a result.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum How {
    Replace,
    Add,
}

/// `out = a @ b`, or `out += a @ b`, for matrices of `[m, k]` and `[k, n]`, on this thread.
///
/// # Safety
/// The matrices have these sizes and can be read, the result written, and read to add to it. It overlaps
/// neither of the others, and nobody else uses it meanwhile.
#[rustfmt::skip]
pub unsafe fn product<T: Element>(
    [m, n, k]: [usize; 3],
    (out, how): (Matrix<T>, How),
    a: Matrix<T>,
    b: Matrix<T>,
) {
    let (of, add) = (out.at, how == How::Add);
    // SAFETY: passed on.
    unsafe {
        gemm::gemm(m, n, k, of, out.rows, out.columns, add, a.at, a.rows, a.columns,
            b.at, b.rows, b.columns, 1);
    }
}

/// A matrix for each place in a batch.
#[derive(Clone)]
pub struct Stack<T> {
    first: *mut T,
    plan: Plan<1>,
    rows: isize,
    columns: isize,
}

// SAFETY: these are addresses; what may be done with them is for whoever follows them to say.
unsafe impl<T: Sync> Sync for Stack<T> {}

impl<T> Stack<T> {
    /// The matrices of an operand that broadcasts to a batch of them.
    pub fn new(first: *const T, layout: &Layout, batch: &[usize]) -> Result<Self> {
        let strides = aligned(layout, batch.len() + 2)?;
        Ok(Self::lying(first.cast_mut(), &strides, batch))
    }

    /// The matrices of an array with these strides.
    pub fn lying(first: *mut T, strides: &[isize], batch: &[usize]) -> Self {
        let plan = Plan::new(batch, |_, axis| strides[axis]);
        Self { first, plan, rows: strides[batch.len()], columns: strides[batch.len() + 1] }
    }

    /// Matrix `i`.
    pub fn matrix(&self, i: usize) -> Matrix<T> {
        let at = self.first.wrapping_offset(self.plan.offset(0, i));
        Matrix { at, rows: self.rows, columns: self.columns }
    }
}
