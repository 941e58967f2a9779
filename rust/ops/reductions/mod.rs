//! Reductions and scans over axes.

mod away_from_zero;
mod cumprod;
mod cumsum;
mod extremum;
mod linear_scan;
mod logsumexp;
mod norm;
mod prod;
mod shift;
mod softmax;
mod sum;
mod variance;

pub use away_from_zero::{away_from, away_from_zero};
pub use cumprod::cumprod;
pub use cumsum::cumsum;
pub use extremum::{max, min};
pub use linear_scan::linear_scan;
pub use logsumexp::logsumexp;
pub use norm::{Order, norm};
pub use prod::prod;
pub use shift::shift;
pub use softmax::{log_softmax, softmax, softmax_over};
pub use sum::{mean, sum};
pub use variance::{std, variance};
