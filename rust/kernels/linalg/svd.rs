//! Singular values and vectors: `A = U diag(s) Vᵀ`.

use faer::diag::DiagMut;
use faer::dyn_stack::MemStack;
use faer::linalg::svd as lib;
use faer::{MatRef, Par};

use super::{
    Failure, Outcome, Scalar, Stack, batch, columns, copied, each, filled, scale, scratch, stacked,
};
use crate::error::{Error, Result};
use crate::kernels::shared::Shared;
use crate::tensor::{Array, Dims, Tensor};

/// The transposes of `U`, the singular values in descending order, and the transposes of `V`. With
/// `full`, `U` and `V` are square; else they have as many columns as there are singular values.
pub fn svd<T: Scalar>(op: &'static str, a: &Tensor, full: bool) -> Result<[Tensor; 3]> {
    let a = a.to_array()?;
    let (shape, lead) = (a.shape(), batch(a.shape()));
    let (m, n) = (shape[shape.len() - 2], shape[shape.len() - 1]);
    let k = m.min(n);
    let (mu, nv) = if full { (m, n) } else { (k, k) };
    let stack = Stack::new(a.view::<T>()?, lead);
    let ns = 2000.0 + (m * n) as f64 * k as f64 * 3.0;
    let (mut left, mut right) = (None, None);
    let sizes: Dims = lead.iter().copied().chain([k]).collect();
    // SAFETY: `filled` writes every element of all three.
    let values = unsafe {
        Array::build::<T>(&sizes, |s| {
            let s = Shared::new(s);
            left = Some(Array::build::<T>(&stacked(lead, mu, m), |u| {
                let u = Shared::new(u);
                right = Some(Array::build::<T>(&stacked(lead, nv, n), |v| {
                    let v = Shared::new(v);
                    each(op, shape, ns, |i| {
                        // These parts of the three are ours.
                        let s = filled(s.slice(i * k..(i + 1) * k));
                        let u = filled(u.slice(i * m * mu..(i + 1) * m * mu));
                        let v = filled(v.slice(i * n * nv..(i + 1) * n * nv));
                        factor(stack.at(i), s, (u, mu), (v, nv))
                    })
                })?);
                Ok(())
            })?);
            Ok(())
        })?
    };
    match (left, right) {
        (Some(u), Some(v)) => Ok([u.into(), values.into(), v.into()]),
        _ => Err(Error::internal("singular values without vectors")),
    }
}

fn factor<T: Scalar>(
    a: MatRef<'_, T>,
    s: &mut [T],
    (u, mu): (&mut [T], usize),
    (v, nv): (&mut [T], usize),
) -> Outcome<()> {
    let (m, n) = a.shape();
    if m == 0 || n == 0 {
        // Any orthonormal columns will do.
        u.iter_mut().step_by(m + 1).chain(v.iter_mut().step_by(n + 1)).for_each(|x| *x = T::ONE);
        return Ok(());
    }
    let by = scale::factor(a, |_, _| true)?;
    let tame = if by == 1.0 { None } else { Some(copied(a, by)?) };
    let a = tame.as_ref().map_or(a, |t| t.as_ref());
    let kind = |columns, all| match columns == all {
        true => lib::ComputeSvdVectors::Full,
        false => lib::ComputeSvdVectors::Thin,
    };
    let (full_u, full_v) = (kind(mu, m), kind(nv, n));
    let need = lib::svd_scratch::<T>(m, n, full_u, full_v, Par::Seq, Default::default());
    let mut memory = scratch(need)?;
    let (values, u, v) = (DiagMut::from_slice_mut(s), columns(u, m, mu), columns(v, n, nv));
    let work = MemStack::new(&mut memory);
    lib::svd(a, values, Some(u), Some(v), Par::Seq, work, Default::default())
        .map_err(|_| Failure::NotConverged)?;
    if by != 1.0 {
        s.iter_mut().for_each(|x| *x = T::of(x.widen() / by));
    }
    Ok(())
}
