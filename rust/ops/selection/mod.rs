//! Elements by their positions.

mod index;

pub use index::{Picks, index};
