//! Elements by their positions.

mod choose;
mod index;
mod select;
mod update;

pub use choose::{choose, masked_fill};
pub use index::{Picks, index};
pub use select::{Selection, scatter, select};
pub use update::{index_add, index_update};
