//! Functions of neural networks.

mod layer_norm;

pub use layer_norm::layer_norm;
