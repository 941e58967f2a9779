//! The same elements in another shape.

mod axes;
mod broadcast_to;
mod concat;
mod diagonal;
mod pad;
mod repeat;
mod reshape;
mod sum_to;
mod transpose;
mod triangle;
mod view;
mod windows;

pub use axes::{at_least, expand_dims, flip, ravel, roll, squeeze};
pub use broadcast_to::broadcast_to;
pub use concat::{Cuts, concat, split, stack, unstack};
pub use diagonal::{diagonal, diagonal_matrix, trace};
pub use pad::{Padding, pad};
pub use repeat::{repeat, tile};
pub use reshape::{infer_shape, reshape};
pub use sum_to::sum_to;
pub use transpose::{moveaxis, swapaxes, transpose};
pub use triangle::{tril, triu};
pub use view::{Relayout, inlay, place_view, view};
pub use windows::{place_windows, windows, windows_over};
