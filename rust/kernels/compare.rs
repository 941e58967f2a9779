//! Comparisons, which give boolean arrays.

use std::sync::Arc;

use super::copy::contiguous;
use crate::error::{Error, Result};
use crate::tensor::{Array, Element, Float, Tensor, broadcast_shapes};
use crate::with_float;

/// The six comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
}

/// Compares two tensors of the same floating dtype, broadcast together.
pub fn compare(how: Comparison, a: &Tensor, b: &Tensor) -> Result<Array> {
    let shape = broadcast_shapes("compare", a.shape(), b.shape())?;
    with_float!(a.dtype(), T => {
        let (a, b) = (Side::<T>::new(a, &shape)?, Side::<T>::new(b, &shape)?);
        match how {
            Comparison::Less => fill(&a, &b, &shape, |a, b| a < b),
            Comparison::LessEqual => fill(&a, &b, &shape, |a, b| a <= b),
            Comparison::Equal => fill(&a, &b, &shape, |a, b| a == b),
            Comparison::NotEqual => fill(&a, &b, &shape, |a, b| a != b),
            Comparison::Greater => fill(&a, &b, &shape, |a, b| a > b),
            Comparison::GreaterEqual => fill(&a, &b, &shape, |a, b| a >= b),
        }
    }, else Err(Error::internal("a comparison of integers")))
}

/// One side of a comparison: a number, or an array of the result's shape in row-major order.
enum Side<T> {
    Number(T),
    Array(Arc<Array>),
}

impl<T: Float> Side<T> {
    fn new(t: &Tensor, shape: &[usize]) -> Result<Self> {
        if let (true, Some(x)) = (t.size() == 1, t.item()) {
            return Ok(Side::Number(T::of(x)));
        }
        match t.broadcast_to(shape)? {
            Some(t) => Ok(Side::Array(contiguous(&t.to_array()?)?)),
            None => Err(Error::internal("broadcast shapes that do not broadcast")),
        }
    }

    fn elements(&self) -> Result<&[T]> {
        match self {
            Side::Number(x) => Ok(std::slice::from_ref(x)),
            Side::Array(a) => {
                a.as_slice().ok_or_else(|| Error::internal("a comparison of two dtypes"))
            }
        }
    }
}

fn fill<T: Float>(
    a: &Side<T>,
    b: &Side<T>,
    shape: &[usize],
    holds: impl Fn(T, T) -> bool,
) -> Result<Array> {
    let (x, y) = (a.elements()?, b.elements()?);
    // SAFETY: every arm writes every element: arrays have the result's length.
    unsafe {
        Array::build(shape, |out| {
            let each = out.iter_mut();
            match (a, b) {
                (Side::Array(_), Side::Array(_)) => {
                    each.zip(x.iter().zip(y)).for_each(|(o, (&x, &y))| {
                        o.write(holds(x, y));
                    })
                }
                (Side::Array(_), Side::Number(y)) => each.zip(x).for_each(|(o, &x)| {
                    o.write(holds(x, *y));
                }),
                (Side::Number(x), Side::Array(_)) => each.zip(y).for_each(|(o, &y)| {
                    o.write(holds(*x, y));
                }),
                (Side::Number(x), Side::Number(y)) => each.for_each(|o| {
                    o.write(holds(*x, *y));
                }),
            }
            Ok(())
        })
    }
}

/// 1 where the elements are equal (NaN equals NaN here), else 0, as `T`; `b` broadcasts to `a`.
pub fn equal_mask(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let shape = a.dims();
    let Some(b) = b.broadcast_to(&shape)? else {
        return Err(Error::internal("a mask of shapes that do not fit"));
    };
    let (a, b) = (contiguous(&a.to_array()?)?, contiguous(&b.to_array()?)?);
    with_float!(a.dtype(), T => {
        let (Some(x), Some(y)) = (a.as_slice::<T>(), b.as_slice::<T>()) else {
            return Err(Error::internal("a mask of two dtypes"));
        };
        // SAFETY: the lengths are equal, so every element is written.
        let mask = unsafe {
            Array::build::<T>(&shape, |out| {
                for ((o, &a), &b) in out.iter_mut().zip(x).zip(y) {
                    let same = a == b || (a.is_nan() && b.is_nan());
                    o.write(if same { T::ONE } else { T::ZERO });
                }
                Ok(())
            })?
        };
        Ok(mask.into())
    }, else Err(Error::internal("a mask of integers")))
}

/// What is not finite among the elements of an array.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Odd {
    /// Whether there is a NaN.
    pub nan: bool,
    /// Whether there is an infinity.
    pub infinite: bool,
}

/// Looks for elements that are not finite.
pub fn odd(t: &Tensor) -> Result<Odd> {
    if all_finite(t)? {
        return Ok(Odd::default());
    }
    let mut found = Odd::default();
    for x in t.to_vec()? {
        found.nan |= x.is_nan();
        found.infinite |= x.is_infinite();
    }
    Ok(found)
}

/// Whether no element is infinite or NaN.
pub fn all_finite(t: &Tensor) -> Result<bool> {
    let Tensor::Array(a) = t else { return Ok(t.item().is_none_or(f64::is_finite)) };
    with_float!(a.dtype(), T => {
        let a = contiguous(a)?;
        let Some(x) = a.as_slice::<T>() else {
            return Err(Error::internal("a look at elements of another dtype"));
        };
        // In blocks, which are vector code within, and stop early between them.
        Ok(x.chunks(1024).all(|block| block.iter().fold(true, |all, x| all & x.is_finite())))
    }, else Err(Error::internal("a look for infinite integers")))
}
