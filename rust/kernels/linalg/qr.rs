//! Orthogonal times triangular: `A = Q R`.

use faer::dyn_stack::MemStack;
use faer::linalg::householder;
use faer::linalg::qr::no_pivoting::factor as lib;
use faer::{Conj, MatRef, Par};

use super::{
    Outcome, Scalar, Stack, batch, columns, copied, each, filled, rows, scale, scratch, stacked,
};
use crate::error::{Error, Result};
use crate::kernels::shared::Shared;
use crate::tensor::{Array, Tensor};

/// The transposes of `Q`, and `R`, whose diagonals are not negative. The matrices have no more
/// columns than rows, and so has `Q`.
pub fn qr<T: Scalar>(op: &'static str, a: &Tensor) -> Result<[Tensor; 2]> {
    let a = a.to_array()?;
    let (shape, lead) = (a.shape(), batch(a.shape()));
    let (m, n) = (shape[shape.len() - 2], shape[shape.len() - 1]);
    let stack = Stack::new(a.view::<T>()?, lead);
    let ns = 1000.0 + (m * n) as f64 * n as f64 * 0.5;
    let mut right = None;
    // SAFETY: `filled` writes every element of both.
    let left = unsafe {
        Array::build::<T>(&stacked(lead, n, m), |q| {
            let q = Shared::new(q);
            right = Some(Array::build::<T>(&stacked(lead, n, n), |r| {
                let r = Shared::new(r);
                each(op, shape, ns, |i| {
                    // These parts of both are ours.
                    let q = filled(q.slice(i * m * n..(i + 1) * m * n));
                    let r = filled(r.slice(i * n * n..(i + 1) * n * n));
                    factor(stack.at(i), q, r)
                })
            })?);
            Ok(())
        })?
    };
    match right {
        Some(right) => Ok([left.into(), right.into()]),
        None => Err(Error::internal("half a factorisation")),
    }
}

fn factor<T: Scalar>(a: MatRef<'_, T>, q: &mut [T], r: &mut [T]) -> Outcome<()> {
    let (m, n) = a.shape();
    if n == 0 {
        return Ok(());
    }
    // NaN and infinities take their course.
    let by = scale::factor(a, |_, _| true).unwrap_or(1.0);
    let mut packed = copied(a, by)?;
    let (mut q, mut r) = (columns(q, m, n), rows(r, n, n));
    let block = lib::recommended_block_size::<T>(m, n);
    let mut coefficients = faer::Mat::zeros(block, n);
    let need = lib::qr_in_place_scratch::<T>(m, n, block, Par::Seq, Default::default());
    let apply = householder::apply_block_householder_sequence_on_the_left_in_place_scratch::<T>;
    let mut memory = scratch(need.or(apply(m, block, n)))?;
    let work = MemStack::new(&mut memory);
    let (p, c) = (packed.as_mut(), coefficients.as_mut());
    lib::qr_in_place(p, c, Par::Seq, work, Default::default());
    for i in 0..n {
        for j in i..n {
            let x = packed[(i, j)];
            r[(i, j)] = if by == 1.0 { x } else { T::of(x.widen() / by) };
        }
        q[(i, i)] = T::ONE;
    }
    householder::apply_block_householder_sequence_on_the_left_in_place_with_conj(
        packed.as_ref(),
        coefficients.as_ref(),
        Conj::No,
        q.as_mut(),
        Par::Seq,
        work,
    );
    for i in 0..n {
        if r[(i, i)] >= T::ZERO {
            continue;
        }
        (i..n).for_each(|j| r[(i, j)] = -r[(i, j)]);
        q.as_mut().col_mut(i).iter_mut().for_each(|x| *x = -*x);
    }
    Ok(())
}
