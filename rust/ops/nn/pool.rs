//! Pooling: the largest element of each window, or the mean.

use super::slide::{Padding, Slide};
use crate::error::{Error, Result, Tuple};
use crate::graph::{Ctx, Var};
use crate::ops;

/// Windows of `x` over its last axes, among elements `fill`. More padding than half a window would
/// make windows of nothing else.
fn pools(
    g: &Ctx<'_>,
    op: &'static str,
    x: &Var,
    kernel: &[usize],
    slide: &Slide,
    fill: f64,
) -> Result<Var> {
    if x.ndim() < kernel.len() {
        let (n, shape) = (kernel.len(), Tuple(x.shape()));
        return Err(Error::argument(
            op,
            format!("x must have {n} axes or more, got shape {shape}"),
        ));
    }
    if let Padding::Sizes(p) = &slide.padding
        && p.iter().zip(kernel).any(|(&p, &k)| p > k / 2)
    {
        let message = format!(
            "padding must be at most half of the kernel size, got {} with kernel size {}",
            Tuple(p),
            Tuple(kernel)
        );
        return Err(Error::argument(op, message));
    }
    slide.windows(g, op, x, kernel, fill)
}

/// The largest element of each window; padding is smaller than everything.
pub fn max_pool(
    g: &Ctx<'_>,
    op: &'static str,
    x: &Var,
    kernel: &[usize],
    slide: &Slide,
) -> Result<Var> {
    let windows = pools(g, op, x, kernel, slide, f64::NEG_INFINITY)?;
    let last: Vec<i64> = (1..=kernel.len() as i64).map(|a| -a).collect();
    ops::max(g, &windows, Some(&last), false)
}

/// The mean of each window; padding counts as zeros.
pub fn avg_pool(
    g: &Ctx<'_>,
    op: &'static str,
    x: &Var,
    kernel: &[usize],
    slide: &Slide,
) -> Result<Var> {
    // Axis by axis, which is quicker than all of a window at once.
    let mut y = pools(g, op, x, kernel, slide, 0.0)?;
    for _ in kernel {
        y = ops::mean(g, &y, Some(&[-1]), false)?;
    }
    Ok(y)
}
