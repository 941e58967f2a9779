//! Pooling: the largest element of each window, or the mean.

use super::slide::{Around, Slide};
use crate::error::{Error, Result, Tuple};
use crate::graph::{Ctx, Var};
use crate::ops;
use crate::tensor::{Dims, checked_size};

type Reduction = fn(&Ctx<'_>, &Var, Option<&[i64]>, bool) -> Result<Var>;

/// Reduces the windows of `x` over its last axes, among elements `fill`. More padding than half a
/// window would make windows of nothing else.
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
    pool(g, op, x, kernel, (slide, f64::NEG_INFINITY), ops::max)
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
