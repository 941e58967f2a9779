//! Arrays that are still to be written: by several threads, together with others, or with their axes in
//! another order than row by row.

use std::marker::PhantomData;
use std::mem::MaybeUninit;

use crate::error::{Error, Kind, Result};
use crate::tensor::{Array, Buffer, Dims, Element, Layout, Store, Strides, Tensor};
use crate::tensor::{checked_size, contiguous_strides};

/// Memory of a new array, and how its elements will lie there.
pub struct Draft<T> {
    buffer: Buffer,
    shape: Dims,
    /// The axes as they lie in memory, outermost first.
    order: Vec<usize>,
    of: PhantomData<T>,
}

impl<T: Element> Draft<T> {
    /// Memory for an array of `shape` whose axes lie in the given order, outermost first.
    pub fn new(shape: &[usize], order: Vec<usize>) -> Result<Self> {
        let bytes = checked_size(shape, size_of::<T>())? * size_of::<T>();
        let no_memory = |_| Kind::Memory { shape: shape.into(), bytes: Some(bytes) };
        let buffer = Buffer::uninit(bytes).map_err(no_memory)?;
        Ok(Self { buffer, shape: shape.into(), order, of: PhantomData })
    }

    /// Elements to step per axis of `shape`.
    pub fn strides(&self) -> Strides {
        let inside = contiguous_strides(&self.lying());
        let mut strides = Strides::from_elem(0, self.order.len());
        for (&axis, step) in self.order.iter().zip(inside) {
            strides[axis] = step;
        }
        strides
    }

    /// The sizes in the order of memory.
    fn lying(&self) -> Dims {
        self.order.iter().map(|&a| self.shape[a]).collect()
    }

    /// The elements, in the order of memory.
    pub fn elements(&mut self) -> &mut [MaybeUninit<T>] {
        let n = self.shape.iter().product();
        // SAFETY: the buffer has room for as many, is aligned to 64 bytes and is ours alone.
        unsafe { std::slice::from_raw_parts_mut(self.start().cast(), n) }
    }

    /// The first element.
    pub fn start(&mut self) -> *mut T {
        self.buffer.as_mut_ptr().cast()
    }

    /// The array.
    ///
    /// # Safety
    /// Every element has been written.
    pub unsafe fn finish(self) -> Result<Tensor> {
        let lying = self.lying();
        let mut back = vec![0; self.order.len()];
        for (i, &axis) in self.order.iter().enumerate() {
            back[axis] = i;
        }
        let array = Array::from_store(T::DTYPE, &lying, Store::ready(self.buffer));
        Tensor::from(array).transpose(&back)
    }
}

/// The order in which a result of `shape` lies as an operand does: axes by falling steps, the last
/// one closest together. Row by row for operands of another shape.
pub fn order_of(layout: &Layout, shape: &[usize]) -> Vec<usize> {
    let n = shape.len();
    let mut order: Vec<usize> = (0..n).collect();
    if layout.ndim() == n && layout.shape[..n.saturating_sub(1)] == shape[..n.saturating_sub(1)] {
        let outer = n.saturating_sub(1);
        // Axes of size one have no place of their own: they stay behind what is before them.
        let mut step = isize::MAX;
        let mut key = vec![0; n];
        for axis in 0..outer {
            if shape[axis] != 1 {
                step = layout.strides[axis].abs();
            }
            key[axis] = step;
        }
        order[..outer].sort_by_key(|&a| std::cmp::Reverse(key[a]));
    }
    order
}

/// The strides of an operand along axes that it is broadcast to: 0 along those that it does not have.
pub fn aligned(layout: &Layout, ndim: usize) -> Result<Strides> {
    let lead = ndim.checked_sub(layout.ndim());
    let lead = lead.ok_or_else(|| Error::internal("an operand with more axes than the result"))?;
    let mut strides = Strides::from_elem(0, ndim);
    for (i, (&d, &s)) in layout.shape.iter().zip(&layout.strides).enumerate() {
        if d != 1 {
            strides[lead + i] = s;
        }
    }
    Ok(strides)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_lie_as_their_operand() {
        // (B, T, H, E) in memory, seen as (B, H, T, E).
        let seen = Layout::contiguous(&[2, 5, 3, 4]).transpose(&[0, 2, 1, 3]);
        assert_eq!(order_of(&seen, &[2, 3, 5, 7]), [0, 2, 1, 3]);
        assert_eq!(order_of(&Layout::contiguous(&[3, 5, 4]), &[2, 3, 5, 7]), [0, 1, 2, 3]);
        let mut draft = Draft::<f64>::new(&[2, 3, 5, 7], vec![0, 2, 1, 3]).unwrap();
        assert_eq!(draft.strides().as_slice(), [105, 7, 21, 1]);
        for i in 0..210 {
            // SAFETY: there are 210 elements.
            unsafe { draft.start().add(i).write(i as f64) };
        }
        // SAFETY: all of them were written.
        let t = unsafe { draft.finish() }.unwrap();
        assert_eq!(t.shape(), [2, 3, 5, 7]);
        assert_eq!(t.reshape(&[210]).unwrap().to_vec().unwrap()[7], 21.0);
    }

    #[test]
    fn an_axis_of_one_position_keeps_its_place() {
        let one = Layout::contiguous(&[1, 5, 3, 4]).transpose(&[0, 2, 1, 3]);
        assert_eq!(order_of(&one, &[1, 3, 5, 4]), [0, 2, 1, 3]);
        let last = Layout::contiguous(&[4, 1, 2]).transpose(&[2, 1, 0]);
        assert_eq!(order_of(&last, &[2, 1, 4]), [0, 1, 2]);
    }
}
