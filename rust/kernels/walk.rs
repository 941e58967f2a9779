//! Walking strided operands in the row-major order of a result.

use std::mem::MaybeUninit;

use smallvec::SmallVec;

use crate::tensor::{Element, TensorView};

/// Elements that a block of gathered operands holds: four operands of doubles fill 16 KiB of L1.
pub const BLOCK: usize = 512;

/// Where the elements of one operand are, seen from the result.
#[derive(Clone, Copy)]
pub enum Operand<'a, T> {
    /// One number everywhere.
    Fill(T),
    /// An array whose shape broadcasts to the result's.
    View(TensorView<'a, T>),
}

/// The axes of a result with each operand's step along them, merged where all operands allow it.
#[derive(Clone)]
pub struct Plan<const N: usize> {
    /// Size and steps per merged axis, outermost first; never empty.
    pub axes: SmallVec<[(usize, [isize; N]); 4]>,
}

impl<const N: usize> Plan<N> {
    /// Merges the axes of `shape`; `strides(k, axis)` is operand `k`'s step along an axis.
    pub fn new(shape: &[usize], strides: impl Fn(usize, usize) -> isize) -> Self {
        let mut axes: SmallVec<[(usize, [isize; N]); 4]> = SmallVec::new();
        for (i, &d) in shape.iter().enumerate().filter(|&(_, &d)| d != 1) {
            let step: [isize; N] = std::array::from_fn(|k| strides(k, i));
            if let Some((size, last)) = axes.last_mut()
                && (0..N).all(|k| last[k] == step[k] * d as isize)
            {
                *size *= d;
                *last = step;
                continue;
            }
            axes.push((d, step));
        }
        if axes.is_empty() {
            axes.push((1, [1; N]));
        }
        Self { axes }
    }

    /// One axis, with each operand's step.
    pub fn flat(size: usize, steps: [isize; N]) -> Self {
        Self { axes: smallvec::smallvec![(size, steps)] }
    }

    /// Whether operand `k` lies contiguous in the order of the result.
    pub fn is_contiguous(&self, k: usize) -> bool {
        let mut step = 1;
        self.axes.iter().rev().all(|(d, s)| {
            let same = s[k] == step;
            step *= *d as isize;
            same
        })
    }

    /// Whether operand `k` has the same elements at every place of the other axes than the innermost.
    pub fn repeats(&self, k: usize) -> bool {
        let (outer, inner) = self.axes.split_at(self.axes.len() - 1);
        inner[0].0 < BLOCK / 2 && !outer.is_empty() && outer.iter().all(|(_, s)| s[k] == 0)
    }

    /// The innermost merged axis.
    pub fn inner(&self) -> (usize, [isize; N]) {
        self.axes[self.axes.len() - 1]
    }

    /// Element offset of operand `k` at position `at` of the result's order.
    pub fn offset(&self, k: usize, mut at: usize) -> isize {
        let mut offset = 0;
        for (d, s) in self.axes.iter().rev() {
            offset += (at % d) as isize * s[k];
            at /= d;
        }
        offset
    }

    /// Copies operand `k`'s elements for positions `at..at + out.len()` of the result's order.
    ///
    /// # Safety
    /// `ptr` is that operand's first element, and the positions lie within the result.
    pub unsafe fn gather<T: Element>(
        &self,
        k: usize,
        ptr: *const T,
        mut at: usize,
        mut out: &mut [MaybeUninit<T>],
    ) {
        let (inner, steps) = self.inner();
        let step = steps[k];
        while !out.is_empty() {
            let run = (inner - at % inner).min(out.len());
            let (head, tail) = out.split_at_mut(run);
            // SAFETY: the caller keeps the positions within the result, so within the operand.
            unsafe {
                let from = ptr.offset(self.offset(k, at));
                match step {
                    1 => std::ptr::copy_nonoverlapping(from, head.as_mut_ptr().cast::<T>(), run),
                    0 => head.fill(MaybeUninit::new(*from)),
                    _ => {
                        for (i, o) in head.iter_mut().enumerate() {
                            o.write(*from.offset(i as isize * step));
                        }
                    }
                }
            }
            out = tail;
            at += run;
        }
    }
}
