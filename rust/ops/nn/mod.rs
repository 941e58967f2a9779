//! Functions of neural networks.

mod batch_norm;
mod dropout;
mod layer_norm;

pub use batch_norm::{Seen, batch_norm, batch_norm_by, check_batch_norm};
pub use dropout::dropout;
pub use layer_norm::layer_norm;
