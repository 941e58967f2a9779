//! Arrays, and tensors that keep zero-dimensional values inline.

use std::mem::MaybeUninit;
use std::sync::Arc;

use super::layout::product;
use super::{Buffer, DType, Dims, Element, Float, Layout, Pick, Store, Strides, checked_size};
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

/// A value: a number, or an array. Cloning never copies elements.
#[derive(Clone, Debug)]
pub enum Tensor {
    /// A zero-dimensional float64.
    F64(f64),
    /// A zero-dimensional float32.
    F32(f32),
    /// Anything else.
    Array(Arc<Array>),
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

    /// What an array without axes is as a tensor, where it can be stored inline.
    fn number(&self) -> Option<Tensor> {
        if self.is_husk() {
            return None;
        }
        match (self.dtype, self.element(0)) {
            (DType::F64, Ok(x)) => Some(Tensor::F64(x)),
            (DType::F32, Ok(x)) => Some(Tensor::F32(x as f32)),
            _ => None,
        }
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

impl From<Array> for Tensor {
    #[inline]
    fn from(a: Array) -> Self {
        let number = if a.layout.ndim() == 0 { a.number() } else { None };
        number.unwrap_or_else(|| Tensor::Array(Arc::new(a)))
    }
}

impl Tensor {
    /// The type of the elements.
    #[inline]
    pub fn dtype(&self) -> DType {
        match self {
            Tensor::F64(_) => DType::F64,
            Tensor::F32(_) => DType::F32,
            Tensor::Array(a) => a.dtype,
        }
    }

    /// Sizes per axis.
    #[inline]
    pub fn shape(&self) -> &[usize] {
        match self {
            Tensor::Array(a) => &a.layout.shape,
            _ => &[],
        }
    }

    /// [`Array::build`] of elements that a Variable can hold: a number needs no buffer.
    ///
    /// # Safety
    /// `fill` initialises every element of the slice when it returns `Ok`.
    #[inline]
    pub unsafe fn build<T: Float>(
        shape: &[usize],
        fill: impl FnOnce(&mut [MaybeUninit<T>]) -> Result<()>,
    ) -> Result<Self> {
        if shape.is_empty() {
            let mut one = [MaybeUninit::new(T::ZERO)];
            fill(&mut one)?;
            // SAFETY: initialised above.
            return Ok(unsafe { one[0].assume_init() }.scalar());
        }
        // SAFETY: the caller's promise.
        Ok(Tensor::Array(Arc::new(unsafe { Array::build(shape, fill)? })))
    }

    /// Number of axes.
    pub fn ndim(&self) -> usize {
        self.shape().len()
    }

    /// Number of elements.
    pub fn size(&self) -> usize {
        product(self.shape())
    }

    /// Whether the value was released.
    pub fn is_husk(&self) -> bool {
        matches!(self, Tensor::Array(a) if a.is_husk())
    }

    /// What stays when the value is released: shape and dtype. Numbers stay as they are.
    pub fn husk(&self) -> Self {
        match self {
            Tensor::Array(a) => Tensor::Array(Arc::new(a.husk())),
            number => number.clone(),
        }
    }

    /// As an array, numbers too.
    pub fn to_array(&self) -> Result<Arc<Array>> {
        Ok(match self {
            Tensor::F64(x) => Arc::new(Array::from_slice(&[*x], &[])?),
            Tensor::F32(x) => Arc::new(Array::from_slice(&[*x], &[])?),
            Tensor::Array(a) => a.clone(),
        })
    }

    /// The only element.
    pub fn item(&self) -> Option<f64> {
        match self {
            Tensor::F64(x) => Some(*x),
            Tensor::F32(x) => Some(f64::from(*x)),
            Tensor::Array(a) if a.layout.size() == 1 => a.element(0).ok(),
            Tensor::Array(_) => None,
        }
    }

    /// A number of the given floating dtype.
    pub fn number(dtype: DType, x: f64) -> Self {
        match dtype {
            DType::F32 => Tensor::F32(x as f32),
            _ => Tensor::F64(x),
        }
    }

    /// One value in every place, in the memory of one element.
    pub fn full(dtype: DType, x: f64, shape: &[usize]) -> Result<Self> {
        if shape.is_empty() {
            return Ok(Self::number(dtype, x));
        }
        Ok(match dtype {
            DType::F32 => Array::repeated(x as f32, shape)?.into(),
            _ => Array::repeated(x, shape)?.into(),
        })
    }

    /// Zeros in memory of their own.
    pub fn zeros(dtype: DType, shape: &[usize]) -> Result<Self> {
        Ok(Array::zeros(shape, dtype)?.into())
    }

    /// Looks at an array, a number as one too.
    #[inline]
    fn with_array<R>(&self, look: impl FnOnce(&Array) -> Result<R>) -> Result<R> {
        match self {
            Tensor::Array(a) => look(a),
            number => look(&*number.to_array()?),
        }
    }

    /// Another view of the same elements; see [`Array::with_layout`].
    pub(crate) fn relayout(&self, f: impl FnOnce(&Layout) -> Layout) -> Result<Self> {
        self.with_array(|a| Ok(a.with_layout(f(&a.layout)).into()))
    }

    /// The view with axes in another order; `axes` must be a permutation.
    pub fn transpose(&self, axes: &[usize]) -> Result<Self> {
        if axes.iter().enumerate().all(|(i, &a)| i == a) {
            return Ok(self.clone());
        }
        self.relayout(|l| l.transpose(axes))
    }

    /// The view repeated to a larger shape, `None` where the shapes do not fit.
    pub fn broadcast_to(&self, shape: &[usize]) -> Result<Option<Self>> {
        match *self {
            _ if self.shape() == shape => return Ok(Some(self.clone())),
            Tensor::F64(x) => return Self::full(DType::F64, x, shape).map(Some),
            Tensor::F32(x) => return Self::full(DType::F32, f64::from(x), shape).map(Some),
            Tensor::Array(_) => {}
        }
        self.with_array(|a| Ok(a.layout.broadcast_to(shape).map(|l| a.with_layout(l).into())))
    }

    /// The same elements under another shape of the same size; copies where strides demand it.
    pub fn reshape(&self, shape: &[usize]) -> Result<Self> {
        if self.shape() == shape {
            return Ok(self.clone());
        }
        if self.size() != checked_size(shape, 1)? {
            let to = shape.iter().map(|&d| d as i64).collect();
            return Err(Kind::Reshape { from: self.dims(), to }.into());
        }
        let there = self.with_array(|a| Ok(a.layout.reshape(shape).map(|l| a.with_layout(l))))?;
        if let Some(view) = there {
            return Ok(view.into());
        }
        let copy = crate::kernels::copy::contiguous(&self.to_array()?)?;
        Ok(copy.with_layout(Layout::contiguous(shape)).into())
    }

    /// The view under a basic index.
    pub fn pick(&self, picks: &[Pick]) -> Result<Self> {
        self.relayout(|l| l.pick(picks))
    }

    /// Runs over the elements in row-major order, widened: for tests and display.
    pub fn to_vec(&self) -> Result<Vec<f64>> {
        let a = self.to_array()?;
        (0..a.layout.size()).map(|i| a.element(i)).collect()
    }

    /// The elements for writing, where nobody else holds them.
    pub fn as_mut_slice<T: Float>(&mut self) -> Option<&mut [T]> {
        match self {
            Tensor::Array(a) => Arc::get_mut(a)?.as_mut_slice(),
            _ => None,
        }
    }

    /// Shape as owned sizes.
    pub fn dims(&self) -> Dims {
        self.shape().into()
    }
}
