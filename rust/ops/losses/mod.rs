//! Losses: what training makes small, and the accuracy that it is to raise.

mod absolute_error;
mod accuracy;
mod binary_cross_entropy;
mod cross_entropy;
mod huber;
mod kl_divergence;
mod labels;
mod squared_error;

pub use absolute_error::{AbsoluteError, mean_absolute_error};
pub use accuracy::accuracy;
pub use binary_cross_entropy::binary_cross_entropy_with_logits;
pub use cross_entropy::{ClassWeights, cross_entropy};
pub use huber::huber;
pub use kl_divergence::kl_divergence;
pub use labels::Labels;
pub use squared_error::{SquaredError, mean_squared_error};

use crate::error::Result;
use crate::graph::{Ctx, Var};
use crate::op::{Binary, binary};
use crate::ops;

/// The mean of an elementwise formula of two operands that broadcast together.
fn mean_of<B: Binary>(g: &Ctx<'_>, op: B, x: &Var, y: &Var) -> Result<Var> {
    ops::mean(g, &binary(g, op, x, y)?, None, false)
}
