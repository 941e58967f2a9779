//! Functions of each element on its own, as layers of networks use them.

mod elu;
mod gelu;
mod leaky_relu;
mod log_sigmoid;
mod relu;
mod sigmoid;
mod silu;
mod soft_clip;
mod softplus;

pub use elu::elu;
pub use gelu::Gelu;
pub use leaky_relu::leaky_relu;
pub use log_sigmoid::LogSigmoid;
pub use relu::Relu;
pub use sigmoid::{QuickSigmoid, Sigmoid};
pub use silu::Silu;
pub use soft_clip::soft_clip;
pub use softplus::Softplus;
