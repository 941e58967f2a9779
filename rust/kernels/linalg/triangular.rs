//! Systems of equations with a lower triangular matrix.

use faer::Par;
use faer::linalg::triangular_solve as triangular;

use super::{Scalar, Stack, each, filled, rows, stacked};
use crate::error::Result;
use crate::kernels::shared::Shared;
use crate::tensor::{Array, Tensor};

/// `L⁻¹ B`, or `L⁻ᵀ B`, for stacks that broadcast together to the leading axes `lead`. Nothing
/// above the diagonals is looked at, and zeros on them give infinities and NaN.
pub fn solve_lower<T: Scalar>(
    op: &'static str,
    l: &Tensor,
    transposed: bool,
    b: &Tensor,
    lead: &[usize],
) -> Result<Tensor> {
    let (l, b) = (l.to_array()?, b.to_array()?);
    let [n, cols] = [l.shape(), b.shape()].map(|s| s[s.len() - 1]);
    let (l, b) = (Stack::new(l.view::<T>()?, lead), Stack::new(b.view::<T>()?, lead));
    let shape = stacked(lead, n, cols);
    let ns = 200.0 + (n * n) as f64 * cols as f64 * 0.08;
    // SAFETY: `filled` writes every element.
    let x = unsafe {
        Array::build::<T>(&shape, |out| {
            let out = Shared::new(out);
            each(op, &shape, ns, |i| {
                // Matrix `i` of the result is ours.
                let mut x = rows(filled(out.slice(i * n * cols..(i + 1) * n * cols)), n, cols);
                x.copy_from(b.at(i));
                match transposed {
                    false => triangular::solve_lower_triangular_in_place(l.at(i), x, Par::Seq),
                    true => {
                        let u = l.at(i).transpose();
                        triangular::solve_upper_triangular_in_place(u, x, Par::Seq);
                    }
                }
                Ok(())
            })
        })?
    };
    Ok(x.into())
}
