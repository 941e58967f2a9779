//! The operations: a folder per kind, a file per operation.

mod activations;
mod elementwise;
mod linalg;
mod losses;
mod nn;
mod reductions;
mod selection;
mod shapes;

pub use activations::*;
pub use elementwise::*;
pub use linalg::*;
pub use losses::*;
pub use nn::*;
pub use reductions::*;
pub use selection::*;
pub use shapes::*;
