//! Arrays: strided views of shared buffers.

use std::mem::MaybeUninit;
use std::sync::Arc;

use super::{Buffer, DType, Element, Layout, Store, Strides, checked_size};
use crate::error::{Error, Kind, Result};
use crate::with_element;

/// A strided view of shared, immutable elements, which may still be [pending](Store).
///
/// They are absent in a husk: an array whose value was released while its shape is still of
/// use to the graph.
#[derive(Clone, Debug)]
pub struct Array {
    dtype: DType,
    layout: Layout,
    store: Option<Arc<Store>>,
}

/// A borrowed array with the type of its elements known.
#[derive(Clone, Copy)]
pub struct TensorView<'a, T> {
    ptr: *const T,
    /// Where the others are.
    pub layout: &'a Layout,
}

// SAFETY: a view only reads elements that are `Sync`, from a buffer that its lifetime keeps alive
// and that nobody writes to while it is shared.
unsafe impl<T: Sync> Sync for TensorView<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Send for TensorView<'_, T> {}

impl<T> TensorView<'_, T> {
    /// The first element. (A closure that calls this holds the view, which threads may share; one
    /// that names the field holds a bare pointer, which they may not.)
    #[inline(always)]
    pub fn first(&self) -> *const T {
        self.ptr
    }
}

impl Array {
    /// A new row-major array whose elements `fill` must all write.
    ///
    /// # Safety
    /// `fill` initialises every element of the slice when it returns `Ok`.
    pub unsafe fn build<T: Element>(
        shape: &[usize],
        fill: impl FnOnce(&mut [MaybeUninit<T>]) -> Result<()>,
    ) -> Result<Self> {
        let n = checked_size(shape, size_of::<T>())?;
        let mut buffer =
            Buffer::uninit(n * size_of::<T>()).map_err(|e| no_memory(shape, e.bytes))?;
        // SAFETY: the buffer holds `n` elements, is aligned to 64 bytes and is ours alone.
        let out = unsafe {
            std::slice::from_raw_parts_mut(buffer.as_mut_ptr().cast::<MaybeUninit<T>>(), n)
        };
        fill(out)?;
        Ok(Self::from_buffer(T::DTYPE, shape, buffer))
    }

    /// An array of zeros.
    pub fn zeros(shape: &[usize], dtype: DType) -> Result<Self> {
        let n = checked_size(shape, dtype.size())?;
        let buffer = Buffer::zeroed(n * dtype.size()).map_err(|e| no_memory(shape, e.bytes))?;
        Ok(Self::from_buffer(dtype, shape, buffer))
    }

    fn from_buffer(dtype: DType, shape: &[usize], buffer: Buffer) -> Self {
        Self::from_store(dtype, shape, Store::ready(buffer))
    }

    /// A row-major array of the elements of a store, which has as many.
    pub(crate) fn from_store(dtype: DType, shape: &[usize], store: Store) -> Self {
        Self { dtype, layout: Layout::contiguous(shape), store: Some(Arc::new(store)) }
    }

    /// The elements that this is a view of.
    pub(crate) fn store(&self) -> Option<&Arc<Store>> {
        self.store.as_ref()
    }

    /// Whether the elements are computed only when somebody looks at them.
    pub fn is_pending(&self) -> bool {
        self.store.as_ref().is_some_and(|s| s.is_pending())
    }

    /// An array of one repeated value, which takes the memory of a single element.
    pub fn repeated<T: Element>(value: T, shape: &[usize]) -> Result<Self> {
        checked_size(shape, size_of::<T>())?;
        let mut one = Self::from_slice(&[value], &[])?;
        one.layout.strides = Strides::from_elem(0, shape.len());
        one.layout.shape = shape.into();
        Ok(one)
    }

    /// A copy of the elements, in row-major order.
    pub fn from_slice<T: Element>(values: &[T], shape: &[usize]) -> Result<Self> {
        if checked_size(shape, size_of::<T>())? != values.len() {
            let to = shape.iter().map(|&d| d as i64).collect();
            return Err(Kind::Reshape { from: [values.len()][..].into(), to }.into());
        }
        // SAFETY: the lengths are equal, so every element is written.
        unsafe {
            Self::build(shape, |out| {
                for (o, &v) in out.iter_mut().zip(values) {
                    o.write(v);
                }
                Ok(())
            })
        }
    }

    /// The type of the elements.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Shape, strides and offset.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Sizes per axis.
    pub fn shape(&self) -> &[usize] {
        &self.layout.shape
    }

    /// Whether the value was released.
    pub fn is_husk(&self) -> bool {
        self.store.is_none()
    }

    /// The same shape and dtype without the value.
    pub fn husk(&self) -> Self {
        Self { dtype: self.dtype, layout: Layout::contiguous(&self.layout.shape), store: None }
    }

    /// Makes it a husk.
    pub fn shed(&mut self) {
        self.store = None;
        if !self.layout.is_contiguous() {
            self.layout = Layout::contiguous(&self.layout.shape);
        }
        self.layout.offset = 0;
    }

    /// Another view of the same buffer.
    ///
    /// The layout must come from this array's own by the methods of [`Layout`], which never leave
    /// the elements that the original reaches.
    pub(crate) fn with_layout(&self, layout: Layout) -> Self {
        Self { dtype: self.dtype, layout, store: self.store.clone() }
    }

    /// A typed view for kernels.
    #[inline]
    pub fn view<T: Element>(&self) -> Result<TensorView<'_, T>> {
        if T::DTYPE != self.dtype {
            return Err(Error::internal(format!("{} read as {}", self.dtype, T::DTYPE)));
        }
        let Some(store) = &self.store else {
            return Err(Kind::Freed {
                what: "the value was released: no gradient needs it and no Variable held it",
            }
            .into());
        };
        // SAFETY: the offset lies in the buffer, or the array is empty and the pointer never read.
        let ptr = unsafe { store.get()?.as_ptr().cast::<T>().add(self.layout.offset) };
        Ok(TensorView { ptr, layout: &self.layout })
    }

    /// The elements, where they are contiguous.
    pub fn as_slice<T: Element>(&self) -> Option<&[T]> {
        if !self.layout.is_contiguous() {
            return None;
        }
        let v = self.view::<T>().ok()?;
        // SAFETY: contiguous from `ptr`, initialised, and shared buffers are never written.
        Some(unsafe { std::slice::from_raw_parts(v.ptr, self.layout.size()) })
    }

    /// The element that stands in every place, as the strides tell.
    pub fn as_repeated<T: Element>(&self) -> Option<T> {
        let l = &self.layout;
        let alike = l.shape.iter().zip(&l.strides).all(|(&d, &s)| d == 1 || d != 0 && s == 0);
        // SAFETY: no axis is empty, so there is a first element.
        alike.then(|| self.view::<T>().ok().map(|v| unsafe { *v.ptr })).flatten()
    }

    /// The elements for writing, where nobody else holds them and they are contiguous.
    pub fn as_mut_slice<T: Element>(&mut self) -> Option<&mut [T]> {
        if T::DTYPE != self.dtype || !self.layout.is_contiguous() {
            return None;
        }
        let (n, offset) = (self.layout.size(), self.layout.offset);
        // Who writes to elements wants to see them first.
        self.view::<T>().ok()?;
        let buffer = Arc::get_mut(self.store.as_mut()?)?.get_mut()?;
        // SAFETY: we are the only holder, and the layout stays inside the buffer.
        Some(unsafe {
            std::slice::from_raw_parts_mut(buffer.as_mut_ptr().cast::<T>().add(offset), n)
        })
    }

    /// The element at a position of row-major order, widened.
    pub fn element(&self, index: usize) -> Result<f64> {
        let mut rest = index;
        let mut at = 0isize;
        for (&d, &s) in self.layout.shape.iter().zip(&self.layout.strides).rev() {
            at += (rest % d.max(1)) as isize * s;
            rest /= d.max(1);
        }
        if rest != 0 || self.layout.size() == 0 {
            return Err(Error::internal("element outside the array"));
        }
        with_element!(self.dtype, T => {
            let first = self.view::<T>()?.first();
            // SAFETY: `at` was built from indices within the shape.
            Ok(unsafe { *first.offset(at) }.widen())
        })
    }
}

#[cold]
fn no_memory(shape: &[usize], bytes: usize) -> Error {
    Kind::Memory { shape: shape.into(), bytes: Some(bytes) }.into()
}
