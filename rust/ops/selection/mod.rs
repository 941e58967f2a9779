//! Elements by their positions.

mod choose;
mod index;
mod order;
mod select;
mod take;
mod update;

pub use choose::{choose, masked_fill};
pub use index::{Picks, index};
pub use order::{arg_extremum, argsort, sort, topk};
pub use select::{Selection, scatter, select};
pub use take::{Positions, scatter_add, take, take_along_axis};
pub use update::{index_add, index_update};
