//! Products and factorisations of matrices.

mod matmul;

pub use matmul::matmul;
