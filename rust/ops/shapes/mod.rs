//! The same elements in another shape.

mod broadcast_to;
mod reshape;
mod sum_to;
mod transpose;

pub use broadcast_to::broadcast_to;
pub use reshape::{infer_shape, reshape};
pub use sum_to::sum_to;
pub use transpose::{swapaxes, transpose};
