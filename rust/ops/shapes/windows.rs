//! Sliding windows, as a view without a copy; the gradient adds up where windows overlap.

use crate::error::{Error, Result};
use crate::graph::{Ctx, Var};
use crate::ops;
use crate::ops::shapes::view::{Relayout, place_view, view};
use crate::tensor::{Dims, Layout, checked_size, resolve_axes};

/// Windows over the last axes.
#[derive(Clone)]
struct Windows {
    kernel: Vec<usize>,
    stride: Vec<usize>,
    dilation: Vec<usize>,
}

impl Relayout for Windows {
    const NAME: &'static str = "Windows";
    const ADJOINT: &'static str = "WindowsGrad";

    fn of(&self, layout: &Layout) -> Layout {
        let mut out = layout.clone();
        let lead = layout.ndim() - self.kernel.len();
        for (i, &k) in self.kernel.iter().enumerate() {
            let (size, step) = (layout.shape[lead + i], layout.strides[lead + i]);
            // A window that is never moved, or has one element, may have any step.
            let positions = (size - (k - 1) * self.dilation[i] - 1) / self.stride[i] + 1;
            out.shape[lead + i] = positions;
            out.strides[lead + i] = if positions > 1 { step * self.stride[i] as isize } else { 0 };
            out.shape.push(k);
            out.strides.push(if k > 1 { step * self.dilation[i] as isize } else { 0 });
        }
        out
    }

    fn order(&self, ndim: usize) -> Option<Vec<usize>> {
        // A window is short and there are many of them: the long loop belongs inside.
        let n = self.kernel.len();
        let lead = ndim - 2 * n;
        Some((0..lead).chain(lead + n..ndim).chain(lead..lead + n).collect())
    }
}

/// Windows of sizes `kernel` over the last axes of `x`, `stride` apart, with `dilation` between
/// their elements: a view of shape (leading axes, positions, `kernel`).
pub fn windows(
    g: &Ctx<'_>,
    x: &Var,
    kernel: &[usize],
    stride: &[usize],
    dilation: &[usize],
) -> Result<Var> {
    checked(g, "windows", x, kernel, stride, dilation)
}

/// The adjoint of [`windows`]: zeros of the given shape, with windows added where they were taken.
pub fn place_windows(
    g: &Ctx<'_>,
    x: &Var,
    shape: Dims,
    kernel: &[usize],
    stride: &[usize],
    dilation: &[usize],
) -> Result<Var> {
    checked_size(&shape, x.dtype().size())?;
    let r = Windows { kernel: kernel.into(), stride: stride.into(), dilation: dilation.into() };
    place_view(g, x, r, shape)
}

/// As [`windows`], over any axes: the positions stay where the axes were, the windows come last.
pub fn windows_over(
    g: &Ctx<'_>,
    x: &Var,
    axes: &[i64],
    (kernel, stride, dilation): (&[usize], &[usize], &[usize]),
) -> Result<Var> {
    let op = "sliding_window_view";
    resolve_axes(op, Some(axes), x.ndim())?;
    let last: Vec<i64> = (0..axes.len()).map(|i| i as i64 - axes.len() as i64).collect();
    let y = checked(g, op, &ops::moveaxis(g, x, axes, &last)?, kernel, stride, dilation)?;
    let places: Vec<i64> = (x.ndim() - axes.len()..x.ndim()).map(|i| i as i64).collect();
    let axes: Vec<i64> =
        axes.iter().map(|&a| if a < 0 { a + x.ndim() as i64 } else { a }).collect();
    ops::moveaxis(g, &y, &places, &axes)
}

fn checked(
    g: &Ctx<'_>,
    op: &'static str,
    x: &Var,
    kernel: &[usize],
    stride: &[usize],
    dilation: &[usize],
) -> Result<Var> {
    let bad = |message: String| Err(Error::argument(op, message));
    let Some(lead) = x.ndim().checked_sub(kernel.len()) else {
        return bad(format!("{} axes of windows for {} axes", kernel.len(), x.ndim()));
    };
    if stride.len() != kernel.len() || dilation.len() != kernel.len() {
        return bad("sizes, strides and dilations must be as many".into());
    }
    for (i, &k) in kernel.iter().enumerate() {
        let size = x.shape()[lead + i];
        if k == 0 || stride[i] == 0 || dilation[i] == 0 {
            return bad(format!(
                "sizes, strides and dilations must be positive, got {k}, {} and {}",
                stride[i], dilation[i]
            ));
        }
        let span = (k - 1).checked_mul(dilation[i]).and_then(|n| n.checked_add(1));
        if span.is_none_or(|n| n > size) {
            return bad(format!(
                "a window of {k} elements with dilation {} does not fit into axis {} with size {size}",
                dilation[i],
                lead + i
            ));
        }
    }
    let r = Windows { kernel: kernel.into(), stride: stride.into(), dilation: dilation.into() };
    checked_size(&r.of(&Layout::contiguous(x.shape())).shape, x.dtype().size())?;
    view(g, x, r)
}
