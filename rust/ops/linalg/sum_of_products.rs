//! The sum of a stack of matrix products: `z = Σ xᵢ @ yᵢ`, `gxᵢ = gz @ yᵢᵀ`, `gyᵢ = xᵢᵀ @ gz`.

use std::mem::MaybeUninit;

use super::matmul::{How, gradients, stack};
use crate::error::{Error, Result};
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::gemm::Element;
use crate::op::{Grads, Op, Rule};
use crate::tensor::{Array, Dims, Float, Tensor, broadcast_shapes};
use crate::with_float;

struct SumOfProducts;

impl Op for SumOfProducts {
    fn name(&self) -> &str {
        "SumOfProducts"
    }
    fn keeps(&self, wants: &[bool]) -> Keep {
        let x = if wants[1] { Keep::X } else { Keep::NONE };
        let y = if wants[0] { Keep::Y } else { Keep::NONE };
        x.and(y)
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        gradients(rule)
    }
}

/// The sum of the products of two stacks that broadcast together, with `lead` axes of size one
/// before it.
pub(super) fn sum_of_products(g: &Ctx<'_>, x: &Var, y: &Var, lead: usize) -> Result<Var> {
    let value = with_float!(x.dtype(), T => compute::<T>(&x.value, &y.value, lead)?,
        else return Err(Error::internal("a product of integers")));
    Ok(g.record(SumOfProducts, &[x, y], value))
}

fn compute<T: Float + Element>(x: &Tensor, y: &Tensor, lead: usize) -> Result<Tensor> {
    let (a, b) = (x.to_array()?, y.to_array()?);
    let (a, b) = (a.view::<T>()?, b.view::<T>()?);
    let (xs, ys) = (&a.layout.shape, &b.layout.shape);
    let batch = broadcast_shapes("matmul", &xs[..xs.len() - 2], &ys[..ys.len() - 2])?;
    let (m, k, n) = (xs[xs.len() - 2], xs[xs.len() - 1], ys[ys.len() - 1]);
    let shape: Dims = std::iter::repeat_n(1, lead).chain([m, n]).collect();
    // SAFETY: the first product writes every element, zeros where there is none.
    let array = unsafe {
        Array::build(&shape, |out| {
            if batch.contains(&0) {
                out.fill(MaybeUninit::new(<T as crate::tensor::Element>::ZERO));
            } else if !out.is_empty() {
                stack(a, b, &batch, (m, n, k), out, How::Sum);
            }
            Ok(())
        })?
    };
    Ok(array.into())
}
