//! Pooling: the largest element of each window, or the mean.

use super::slide::{Around, Slide};
use crate::error::{Error, Result, Tuple};
use crate::graph::{Ctx, Var};
use crate::kernels::compare::{Comparison, compare};
use crate::op::binary;
use crate::ops;
use crate::tensor::{Dims, Tensor, checked_size};

type Reduction = fn(&Ctx<'_>, &Var, Option<&[i64]>, bool) -> Result<Var>;

/// Reduces the windows of `x` over its last axes, among elements `fill`. More padding than half a
/// window, or any around nothing, would make windows of padding alone.
fn pool(
    g: &Ctx<'_>,
    op: &'static str,
    x: &Var,
    kernel: &[usize],
    (slide, fill): (&Slide, f64),
    reduction: Reduction,
) -> Result<Var> {
    let n = kernel.len();
    if x.ndim() < n {
        let shape = Tuple(x.shape());
        return Err(Error::argument(
            op,
            format!("x must have {n} axes or more, got shape {shape}"),
        ));
    }
    if let Around::Sizes(p) = &slide.padding
        && p.iter().zip(kernel).any(|(&p, &k)| p > k / 2)
    {
        let message = format!(
            "padding must be at most half of the kernel size, got {} with kernel size {}",
            Tuple(p),
            Tuple(kernel)
        );
        return Err(Error::argument(op, message));
    }
    if let Around::Sizes(p) = &slide.padding
        && p.iter().zip(&x.shape()[x.ndim() - n..]).any(|(&p, &d)| p > 0 && d == 0)
    {
        let message = format!(
            "windows must not be padding alone, got an x of shape {} with padding {}",
            Tuple(x.shape()),
            Tuple(p)
        );
        return Err(Error::argument(op, message));
    }
    let windows = slide.windows(g, op, x, kernel, fill)?;
    // The elements of windows as rows, which are long and reduced side by side.
    let (ndim, lead) = (windows.ndim(), windows.ndim() - n);
    let order: Vec<i64> = (lead..ndim).chain(0..lead).map(|a| a as i64).collect();
    let places: Dims = windows.shape()[..lead].into();
    let rows = [checked_size(kernel, 1)?, checked_size(&places, 1)?];
    let rows = ops::reshape(g, &ops::transpose(g, &windows, Some(&order))?, &rows)?;
    ops::reshape(g, &reduction(g, &rows, Some(&[0]), false)?, &places)
}

/// The largest element of each window; padding is smaller than everything.
pub fn max_pool(
    g: &Ctx<'_>,
    op: &'static str,
    x: &Var,
    kernel: &[usize],
    slide: &Slide,
) -> Result<Var> {
    let low = f64::NEG_INFINITY;
    let y = pool(g, op, x, kernel, (slide, low), ops::max)?;
    let padded = matches!(&slide.padding, Around::Sizes(p) if p.iter().any(|&p| p > 0));
    if !padded {
        return Ok(y);
    }
    let tied = compare(Comparison::Equal, &y.value, &Tensor::number(y.dtype(), low))?;
    if !tied.as_slice::<bool>().is_some_and(|m| m.contains(&true)) {
        return Ok(y);
    }
    // There the padding ties with all elements of x, which are alike: their mean has the value and
    // the gradient of their maximum.
    let sum = |x: &Var| pool(g, op, x, kernel, (slide, 0.0), ops::sum);
    let one = Var::constant(Tensor::number(x.dtype(), 1.0));
    let image = &x.shape()[x.ndim() - kernel.len()..];
    let count = sum(&ops::broadcast_to(g, &one, image)?)?;
    let mean = binary(g, ops::Div, &sum(x)?, &count)?;
    ops::choose(g, op, &tied.into(), &mean, &y)
}

/// The mean of each window; padding counts as zeros.
pub fn avg_pool(
    g: &Ctx<'_>,
    op: &'static str,
    x: &Var,
    kernel: &[usize],
    slide: &Slide,
) -> Result<Var> {
    pool(g, op, x, kernel, (slide, 0.0), ops::mean)
}
