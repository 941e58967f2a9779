//! Values: tensors that keep zero-dimensional numbers inline.

use std::mem::MaybeUninit;
use std::sync::Arc;

use super::layout::product;
use super::{Array, DType, Dims, Float, Layout, Pick, checked_size};
use crate::error::{Kind, Result};

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

/// What an array without axes is as a tensor, where it can be stored inline.
fn as_number(a: &Array) -> Option<Tensor> {
    if a.is_husk() {
        return None;
    }
    match (a.dtype(), a.element(0)) {
        (DType::F64, Ok(x)) => Some(Tensor::F64(x)),
        (DType::F32, Ok(x)) => Some(Tensor::F32(x as f32)),
        _ => None,
    }
}

impl From<Array> for Tensor {
    #[inline]
    fn from(a: Array) -> Self {
        let number = if a.layout().ndim() == 0 { as_number(&a) } else { None };
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
            Tensor::Array(a) => a.dtype(),
        }
    }

    /// Sizes per axis.
    #[inline]
    pub fn shape(&self) -> &[usize] {
        match self {
            Tensor::Array(a) => a.shape(),
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

    /// Drops the value; what [`Tensor::husk`] gives stays.
    pub fn shed(&mut self) {
        if let Tensor::Array(a) = self {
            match Arc::get_mut(a) {
                Some(own) => own.shed(),
                None => *self = self.husk(),
            }
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
            Tensor::Array(a) if a.layout().size() == 1 => a.element(0).ok(),
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
        self.with_array(|a| Ok(a.with_layout(f(a.layout())).into()))
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
        self.with_array(|a| Ok(a.layout().broadcast_to(shape).map(|l| a.with_layout(l).into())))
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
        let there = self.with_array(|a| Ok(a.layout().reshape(shape).map(|l| a.with_layout(l))))?;
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
        (0..a.layout().size()).map(|i| a.element(i)).collect()
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
