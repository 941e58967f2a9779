//! Product over axes: `y = Π x`. The gradient is `gy` times the products of what lies to the left
//! and to the right of each element, which divides by nothing: zeros are no exception.

use super::cumprod::running_products;
use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::reduce;
use crate::kernels::scan::{self, Way};
use crate::op::{Grads, Op, Rule, binary, one};
use crate::ops;
use crate::tensor::{Axes, resolve_axes};

struct Prod {
    axes: Axes,
}

impl Op for Prod {
    fn name(&self) -> &str {
        "Prod"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::X
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (g, x, gy) = (rule.g, &rule.inputs[0], rule.gy()?);
        if !g.is_recording() {
            let gx = scan::product_grad(&x.value, &gy.value, &self.axes)?;
            return one(Var::constant(gx));
        }
        // The axes come last and become one.
        let stay: Vec<usize> = (0..x.ndim()).filter(|a| !self.axes.contains(a)).collect();
        let order: Vec<i64> = stay.iter().chain(&self.axes).map(|&a| a as i64).collect();
        let moved = ops::transpose(g, x, Some(&order))?;
        let size = |axes: &[usize]| axes.iter().map(|&a| x.shape()[a]).product::<usize>();
        let (rows, width) = (size(&stay), size(&self.axes));
        let flat = ops::reshape(g, &moved, &[rows, width])?;
        let others = |way| ops::shift(g, &running_products(g, &flat, 1, way)?, 1, way, 1.0);
        let others = binary(g, ops::Mul, &others(Way::Forwards)?, &others(Way::Backwards)?)?;
        let gy = ops::reshape(g, gy, &[rows, 1])?;
        let flat = binary(g, ops::Mul, &gy, &others)?;
        let mut back = vec![0; order.len()];
        for (i, &a) in order.iter().enumerate() {
            back[a as usize] = i as i64;
        }
        one(ops::transpose(g, &ops::reshape(g, &flat, moved.shape())?, Some(&back))?)
    }
}

/// The product over `axes`, all of them for `None`. Of nothing it is 1.
pub fn prod(g: &Ctx<'_>, x: &Var, axes: Option<&[i64]>, keepdims: bool) -> Result<Var> {
    let axes = resolve_axes("prod", axes, x.ndim())?;
    let value = reduce::reduce::<reduce::Product>(&x.value, &axes, keepdims)?;
    Ok(g.record(Prod { axes }, &[x], value))
}
