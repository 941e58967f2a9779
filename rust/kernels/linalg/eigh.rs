//! Eigenvalues and eigenvectors of symmetric matrices.

use faer::diag::DiagMut;
use faer::dyn_stack::MemStack;
use faer::linalg::evd;
use faer::{MatRef, Par};

use super::{
    Failure, Outcome, Scalar, Stack, batch, columns, copied, each, filled, scale, scratch,
};
use crate::error::Result;
use crate::kernels::shared::Shared;
use crate::tensor::{Array, Tensor};

/// The eigenvalues in ascending order, and the transposes of the matrices of eigenvectors: row `k`
/// is the one of eigenvalue `k`. Only the lower triangles are looked at, or the upper ones.
pub fn eigh<T: Scalar>(op: &'static str, a: &Tensor, upper: bool) -> Result<[Tensor; 2]> {
    let a = a.to_array()?;
    let shape = a.shape();
    let n = shape[shape.len() - 1];
    let stack = Stack::new(a.view::<T>()?, batch(shape));
    let ns = 1000.0 + (n as f64).powi(3) * 1.0;
    let mut vectors = None;
    // SAFETY: `filled` writes every element of both.
    let values = unsafe {
        Array::build::<T>(&shape[..shape.len() - 1], |w| {
            let w = Shared::new(w);
            vectors = Some(Array::build::<T>(shape, |v| {
                let v = Shared::new(v);
                each(op, shape, ns, |i| {
                    // These parts of both are ours.
                    let w = filled(w.slice(i * n..(i + 1) * n));
                    let v = filled(v.slice(i * n * n..(i + 1) * n * n));
                    let a = stack.at(i);
                    factor(if upper { a.transpose() } else { a }, w, v)
                })
            })?);
            Ok(())
        })?
    };
    let Some(vectors) = vectors else {
        return Err(crate::error::Error::internal("eigenvalues without vectors"));
    };
    Ok([values.into(), vectors.into()])
}

fn factor<T: Scalar>(a: MatRef<'_, T>, w: &mut [T], v: &mut [T]) -> Outcome<()> {
    let n = a.nrows();
    if n == 0 {
        return Ok(());
    }
    let by = scale::factor(a, |i, j| i >= j)?;
    let tame = if by == 1.0 { None } else { Some(copied(a, by)?) };
    let a = tame.as_ref().map_or(a, |t| t.as_ref());
    let vectors = evd::ComputeEigenvectors::Yes;
    let need = evd::self_adjoint_evd_scratch::<T>(n, vectors, Par::Seq, Default::default());
    let mut memory = scratch(need)?;
    let (values, vectors) = (DiagMut::from_slice_mut(w), columns(v, n, n));
    let work = MemStack::new(&mut memory);
    evd::self_adjoint_evd(a, values, Some(vectors), Par::Seq, work, Default::default())
        .map_err(|_| Failure::NotConverged)?;
    if by != 1.0 {
        w.iter_mut().for_each(|x| *x = T::of(x.widen() / by));
    }
    Ok(())
}
