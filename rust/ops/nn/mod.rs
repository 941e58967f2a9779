//! Functions of neural networks.

mod batch_norm;
mod conv;
mod dropout;
mod layer_norm;
mod pool;
mod slide;

pub use batch_norm::{Seen, batch_norm, batch_norm_by, check_batch_norm};
pub use conv::{conv, conv_transpose};
pub use dropout::dropout;
pub use layer_norm::layer_norm;
pub use pool::{avg_pool, max_pool};
pub use slide::{Padding, Slide};
