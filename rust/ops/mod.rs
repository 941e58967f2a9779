//! The operations: a folder per kind, a file per operation.

mod elementwise;
mod linalg;
mod nn;
mod reductions;
mod selection;
mod shapes;

pub use elementwise::*;
pub use linalg::*;
pub use nn::*;
pub use reductions::*;
pub use selection::*;
pub use shapes::*;
