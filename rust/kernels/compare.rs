//! Comparisons, which give boolean arrays.

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

impl Comparison {
    fn holds<T: PartialOrd>(self, a: T, b: T) -> bool {
        match self {
            Comparison::Less => a < b,
            Comparison::LessEqual => a <= b,
            Comparison::Equal => a == b,
            Comparison::NotEqual => a != b,
            Comparison::Greater => a > b,
            Comparison::GreaterEqual => a >= b,
        }
    }
}

/// Compares two tensors of the same floating dtype, broadcast together.
pub fn compare(how: Comparison, a: &Tensor, b: &Tensor) -> Result<Array> {
    let shape = broadcast_shapes("compare", a.shape(), b.shape())?;
    let spread = |t: &Tensor| match t.broadcast_to(&shape)? {
        Some(t) => contiguous(&t.to_array()?),
        None => Err(Error::internal("broadcast shapes that do not broadcast")),
    };
    let (a, b) = (spread(a)?, spread(b)?);
    with_float!(a.dtype(), T => {
        let (Some(x), Some(y)) = (a.as_slice::<T>(), b.as_slice::<T>()) else {
            return Err(Error::internal("a comparison of two dtypes"));
        };
        let holds: Vec<bool> = x.iter().zip(y).map(|(&a, &b)| how.holds(a, b)).collect();
        Array::from_slice(&holds, &shape)
    }, else Err(Error::internal("a comparison of integers")))
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
