//! Functions of neural networks.

mod attention;
mod attention_weights;
mod batch_norm;
mod conv;
mod dropout;
mod embedding;
mod layer_norm;
mod lstm;
mod pool;
mod slide;

pub use attention::{Mask, attention};
pub use attention_weights::attention_weights;
pub use batch_norm::{Seen, batch_norm, batch_norm_by, check_batch_norm};
pub use conv::{conv, conv_transpose};
pub use dropout::dropout;
pub use embedding::embedding;
pub use layer_norm::layer_norm;
pub use lstm::{Given as LstmGiven, lstm, lstm_cell};
pub use pool::{avg_pool, max_pool};
pub use slide::{Around, Slide};
