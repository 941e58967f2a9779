//! The lower triangular factor of positive definite matrices: `A = L Lᵀ`.

use faer::Par;
use faer::dyn_stack::MemStack;
use faer::linalg::cholesky::llt::factor as llt;

use super::{Failure, Scalar, Stack, batch, columns, each, filled, scratch};
use crate::error::Result;
use crate::kernels::shared::Shared;
use crate::tensor::{Array, Tensor};

/// `L`, column by column: its transpose. Only the lower triangles are looked at.
pub fn cholesky<T: Scalar>(op: &'static str, a: &Tensor) -> Result<Tensor> {
    let a = a.to_array()?;
    let shape = a.shape();
    let n = shape[shape.len() - 1];
    let stack = Stack::new(a.view::<T>()?, batch(shape));
    let ns = 200.0 + (n as f64).powi(3) * 0.05;
    // SAFETY: `filled` writes every element.
    let factors = unsafe {
        Array::build::<T>(shape, |out| {
            let out = Shared::new(out);
            each(op, shape, ns, |i| {
                // Matrix `i` of the result is ours.
                let memory = filled(out.slice(i * n * n..(i + 1) * n * n));
                let mut l = columns(memory, n, n);
                l.copy_from_triangular_lower(stack.at(i));
                let need = llt::cholesky_in_place_scratch::<T>(n, Par::Seq, Default::default());
                let mut memory = scratch(need)?;
                let work = MemStack::new(&mut memory);
                let (how, tuning) = (Default::default(), Default::default());
                let done = llt::cholesky_in_place(l.as_mut(), how, Par::Seq, work, tuning);
                done.map_err(|_| Failure::NotPositiveDefinite)?;
                // The library may leave something above the diagonal.
                for j in 0..n {
                    l.as_mut().col_mut(j).subrows_mut(0, j).fill(T::ZERO);
                }
                Ok(())
            })
        })?
    };
    Ok(factors.into())
}
