//! Loops over elements: no shapes to check, no graph, no Python.

pub mod attention;
pub mod choose;
pub mod compare;
pub mod concat;
pub mod copy;
pub mod defer;
pub mod dispatch;
mod draft;
pub mod expr;
pub mod gemm;
pub mod heavy;
mod joins;
pub mod linalg;
pub mod lines;
pub mod lstm;
pub mod map;
pub mod math;
pub mod normalize;
pub mod order;
pub mod parallel;
pub mod parts;
pub mod place;
pub mod products;
pub mod reduce;
pub mod rows;
pub mod scan;
mod seats;
pub mod shared;
pub mod softmax;
#[cfg(test)]
mod tests;
mod tiles;
pub mod walk;
