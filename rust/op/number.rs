//! Binary operations with a number as second operand, which has quicker loops.

use super::formula::{Binary, Unary, UnaryBackward, UnaryForward};
use crate::error::Result;
use crate::kernels::defer::map_later;
use crate::tensor::Tensor;

/// The kernels of a [`Unary`] whose gradient is computed from its operand.
pub trait ByNumber: Sync {
    /// `z`.
    fn value(&self, x: &Tensor, shape: &[usize]) -> Result<Tensor>;
    /// `gx`.
    fn dx(&self, x: &Tensor, gz: &Tensor) -> Result<Tensor>;
}

impl<U: Unary> ByNumber for U {
    fn value(&self, x: &Tensor, shape: &[usize]) -> Result<Tensor> {
        map_later(&UnaryForward(*self), [x], shape)
    }

    fn dx(&self, x: &Tensor, gz: &Tensor) -> Result<Tensor> {
        let output = Tensor::number(x.dtype(), 0.0);
        map_later(&UnaryBackward(*self), [x, &output, gz], gz.shape())
    }
}

/// The kernels for `y`, where that is a number and there are such.
pub(super) fn by_number<B: Binary>(op: &B, y: &Tensor) -> Option<&'static dyn ByNumber> {
    op.by_number(number(y)?)
}

/// The number that an operand is.
pub(super) fn number(t: &Tensor) -> Option<f64> {
    match *t {
        Tensor::F64(c) => Some(c),
        Tensor::F32(c) => Some(f64::from(c)),
        Tensor::Array(_) => None,
    }
}
