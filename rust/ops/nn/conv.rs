//! Convolution, or rather cross-correlation, over any number of axes: windows of `x` become the
//! columns of a matrix, which the weights multiply (Chellapilla, Puri and Simard 2006, *High
//! Performance Convolutional Neural Networks for Document Processing*). The gradients are those of the
//! steps.

use super::slide::{Slide, middle};
use crate::error::{Error, Kind, Result, Tuple};
use crate::graph::{Ctx, Var};
use crate::op::binary;
use crate::ops;
use crate::tensor::{Dims, checked_size};

/// Where an operand has its channels and which of them meet.
struct Shapes {
    /// Axes that windows slide over.
    n: usize,
    groups: usize,
}

impl Shapes {
    /// Checks what convolutions and their transposes share: axes, groups, and that the channels of
    /// `x` are `channels`, those that the weights are for.
    fn new(op: &'static str, x: &Var, w: &Var, n: usize, groups: usize) -> Result<Self> {
        let bad = |message: String| Err(Error::argument(op, message));
        for (what, v) in [("x", x), ("w", w)] {
            if v.ndim() != n + 2 {
                let shape = Tuple(v.shape());
                return bad(format!("{what} must have {} axes, got shape {shape}", n + 2));
            }
        }
        let (x, w) = (x.shape(), w.shape());
        if groups == 0 || !x[1].is_multiple_of(groups) || !w[0].is_multiple_of(groups) {
            return bad(format!(
                "groups must divide the channels of x, {}, and the first size of w, {}, got {groups}",
                x[1], w[0]
            ));
        }
        Ok(Self { n, groups })
    }

    fn bias(&self, g: &Ctx<'_>, op: &'static str, y: Var, b: Option<&Var>) -> Result<Var> {
        let Some(b) = b else { return Ok(y) };
        let mut shape: Dims = b.shape().into();
        if shape.as_slice() != &y.shape()[1..2] {
            let want = y.shape()[1..2].into();
            return Err(Kind::ShapeMismatch { op, what: "b", want, got: shape }.into());
        }
        shape.resize(self.n + 1, 1);
        binary(g, ops::Add, &y, &ops::reshape(g, b, &shape)?)
    }

    /// A shape with the channels, which come after the first `lead` axes, as (groups, rest): the
    /// group axis is left out where there is one group.
    fn grouped(&self, lead: &[usize], rest: [usize; 2]) -> Dims {
        let groups = if self.groups == 1 { None } else { Some(self.groups) };
        lead.iter().copied().chain(groups).chain(rest).collect()
    }
}

/// The cross-correlation of `x` (N, C, sizes) with `w` (O, C / groups, kernel).
pub fn conv(
    g: &Ctx<'_>,
    op: &'static str,
    (x, w, b): (&Var, &Var, Option<&Var>),
    slide: &Slide,
    groups: usize,
) -> Result<Var> {
    let n = slide.stride.len();
    let shapes = Shapes::new(op, x, w, n, groups)?;
    let (batch, channels, made) = (x.shape()[0], x.shape()[1], w.shape()[0]);
    if w.shape()[1] != channels / groups {
        return Err(Error::argument(
            op,
            format!(
                "an x of shape {} has {channels} channels in {groups} group(s), and w of shape {} is \
                 for {} each: its second size must be {}",
                Tuple(x.shape()),
                Tuple(w.shape()),
                w.shape()[1],
                channels / groups
            ),
        ));
    }
    let (x, w) = ops::promote(g, x, w)?;
    let kernel = &w.shape()[2..];
    let windows = slide.windows(g, op, &x, kernel, 0.0)?;
    let places: Dims = windows.shape()[2..2 + n].into();
    let (taps, count) = (checked_size(&w.shape()[1..], 1)?, checked_size(&places, 1)?);
    // The places last: they are many, and lie side by side.
    let columns = ops::transpose(g, &windows, Some(&swapped(n)))?;
    let columns = ops::reshape(g, &columns, &shapes.grouped(&[batch], [taps, count]))?;
    let rows = ops::reshape(g, &w, &shapes.grouped(&[], [made / groups, taps]))?;
    let y = ops::matmul(g, &rows, &columns)?;
    let shape: Dims = [batch, made].into_iter().chain(places).collect();
    shapes.bias(g, op, ops::reshape(g, &y, &shape)?, b)
}

/// The adjoint of [`conv`]: spreads `x` (N, C, sizes) by `w` (C, O / groups, kernel), as the gradient
/// of a convolution with these weights does; with `more` elements at the ends of the result.
pub fn conv_transpose(
    g: &Ctx<'_>,
    op: &'static str,
    (x, w, b): (&Var, &Var, Option<&Var>),
    slide: &Slide,
    more: &[usize],
    groups: usize,
) -> Result<Var> {
    let n = slide.stride.len();
    let shapes = Shapes::new(op, x, w, n, groups)?;
    let (batch, channels, each) = (x.shape()[0], x.shape()[1], w.shape()[1]);
    if w.shape()[0] != channels {
        return Err(Error::argument(
            op,
            format!(
                "an x of shape {} has {channels} channels, and w of shape {} is for {}",
                Tuple(x.shape()),
                Tuple(w.shape()),
                w.shape()[0]
            ),
        ));
    }
    let (x, w) = ops::promote(g, x, w)?;
    let (kernel, places) = (&w.shape()[2..], &x.shape()[2..]);
    let made = checked_size(&[each, groups], 1)?;
    let (full, ends) = slide.spread(op, x.shape(), kernel, more)?;
    let full: Dims = [batch, made].into_iter().chain(full).collect();
    let (taps, count) = (checked_size(&w.shape()[1..], 1)?, checked_size(places, 1)?);
    let rows = ops::reshape(g, &w, &shapes.grouped(&[], [channels / groups, taps]))?;
    let columns = ops::reshape(g, &x, &shapes.grouped(&[batch], [channels / groups, count]))?;
    let spread = ops::matmul(g, &ops::swapaxes(g, &rows, -1, -2)?, &columns)?;
    let shape: Dims = [batch, made].iter().chain(kernel).chain(places).copied().collect();
    let spread = ops::transpose(g, &ops::reshape(g, &spread, &shape)?, Some(&swapped(n)))?;
    let y = ops::place_windows(g, &spread, full, kernel, &slide.stride, &slide.dilation)?;
    let y = match ends.iter().all(|e| *e == [0, 0]) {
        true => y,
        false => ops::index(g, &y, middle(y.shape(), &ends))?,
    };
    shapes.bias(g, op, y, b)
}

/// The order of axes that exchanges positions and kernel, `n` axes each.
fn swapped(n: usize) -> Vec<i64> {
    [0, 1].into_iter().chain(2 + n..2 + 2 * n).chain(2..2 + n).map(|a| a as i64).collect()
}
