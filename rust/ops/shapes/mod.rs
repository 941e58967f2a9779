//! The same elements in another shape.

mod broadcast_to;
mod diagonal;
mod reshape;
mod sum_to;
mod transpose;
mod view;
mod windows;

pub use broadcast_to::broadcast_to;
pub use diagonal::{diagonal, diagonal_matrix, trace};
pub use reshape::{infer_shape, reshape};
pub use sum_to::sum_to;
pub use transpose::{moveaxis, swapaxes, transpose};
pub use view::{Relayout, inlay, place_view, view};
pub use windows::{place_windows, windows, windows_over};
