//! Automatic differentiation: tensors, a graph arena, the backward engine, and their Python face.
//!
//! | module | what it knows |
//! |---|---|
//! | [`tensor`] | arrays: shapes, strides, buffers; no graph |
//! | [`kernels`] | loops over elements, instruction sets, threads; no shapes to check |
//! | [`graph`] | nodes, values on their way, the backward pass, which knows `add`, `sum_to`, `cast` only, and formulas over recorded values |
//! | [`op`] | the contract of an operation |
//! | [`ops`] | the operations, one file each |
//! | [`random`] | streams of random numbers; no tensors |
//! | `python` | the bindings, the only part that knows PyO3 |

pub mod error;
pub mod graph;
pub mod kernels;
pub mod op;
pub mod ops;
pub mod optim;
pub mod random;
mod table;
pub mod tensor;

#[cfg(feature = "python")]
mod python;
