//! Reductions and scans over axes.

mod extremum;
mod sum;

pub use extremum::{max, min};
pub use sum::{mean, sum};
