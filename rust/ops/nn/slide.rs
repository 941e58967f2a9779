//! What functions of sliding windows share: their arguments, and padding.

use crate::error::{Error, Result, Tuple};
use crate::graph::{Ctx, Var};
use crate::ops;
use crate::tensor::{Dims, Pick};

/// What is added at both ends of the axes that windows slide over.
#[derive(Clone, Debug)]
pub enum Around {
    /// As many elements at either end, for each axis.
    Sizes(Vec<usize>),
    /// As many as give the result the sizes of the operand; where the number is odd, the larger
    /// half goes to the end.
    Same,
}

/// How windows slide over the last axes; a number for each of them.
#[derive(Clone, Debug)]
pub struct Slide {
    /// Steps from one window to the next.
    pub stride: Vec<usize>,
    /// Elements around the operand.
    pub padding: Around,
    /// Steps from one element of a window to the next.
    pub dilation: Vec<usize>,
}

impl Slide {
    /// Refuses steps and kernels of size zero, and gives how far a kernel reaches along each axis,
    /// less one.
    fn reach(&self, op: &'static str, kernel: &[usize]) -> Result<Vec<usize>> {
        for (what, sizes) in
            [("kernel size", kernel), ("stride", &self.stride), ("dilation", &self.dilation)]
        {
            if sizes.contains(&0) {
                let message = format!("the {what} must be positive, got {}", Tuple(sizes));
                return Err(Error::argument(op, message));
            }
        }
        let each = |(&k, &d): (&usize, &usize)| (k - 1).checked_mul(d).ok_or_else(|| overflow(op));
        kernel.iter().zip(&self.dilation).map(each).collect()
    }

    /// The elements before and after each axis; refuses windows larger than what they slide over.
    fn ends(&self, op: &'static str, x: &[usize], kernel: &[usize]) -> Result<Vec<[usize; 2]>> {
        let bad = |message: String| Err(Error::argument(op, message));
        let mut ends = Vec::with_capacity(kernel.len());
        for (i, reach) in self.reach(op, kernel)?.into_iter().enumerate() {
            let axis = x.len() - kernel.len() + i;
            let [before, after] = match &self.padding {
                Around::Sizes(p) => [p[i]; 2],
                Around::Same if self.stride[i] == 1 => [reach / 2, reach - reach / 2],
                Around::Same => {
                    let stride = Tuple(&self.stride);
                    return bad(format!("padding \"same\" wants a stride of 1, got {stride}"));
                }
            };
            let padded = before.checked_add(after).and_then(|p| p.checked_add(x[axis]));
            if padded.ok_or_else(|| overflow(op))? <= reach {
                return bad(format!(
                    "a kernel of shape {} with dilation {} does not fit into an x of shape {} with \
                     {before} and {after} elements of padding along axis {axis}",
                    Tuple(kernel),
                    Tuple(&self.dilation),
                    Tuple(x),
                ));
            }
            ends.push([before, after]);
        }
        Ok(ends)
    }

    /// For the adjoint: the sizes over which windows at the places of `x` spread, with `more`
    /// elements at the ends, and what of that is padding.
    pub fn spread(
        &self,
        op: &'static str,
        x: &[usize],
        kernel: &[usize],
        more: &[usize],
    ) -> Result<(Dims, Vec<[usize; 2]>)> {
        let bad = |message: String| Err(Error::argument(op, message));
        let Around::Sizes(padding) = &self.padding else {
            return bad("padding must be numbers".into());
        };
        let (mut full, mut ends) = (Dims::new(), Vec::new());
        for (i, reach) in self.reach(op, kernel)?.into_iter().enumerate() {
            let (axis, stride, p) = (x.len() - kernel.len() + i, self.stride[i], padding[i]);
            if more[i] >= stride {
                let (more, stride) = (Tuple(more), Tuple(&self.stride));
                return bad(format!(
                    "output_padding must be less than the stride, got {more} with stride {stride}"
                ));
            }
            let Some(steps) = x[axis].checked_sub(1) else {
                return bad(format!("axis {axis} of x must not be empty, got shape {}", Tuple(x)));
            };
            let size = steps
                .checked_mul(stride)
                .and_then(|n| n.checked_add(reach))
                .and_then(|n| n.checked_add(1 + more[i]))
                .ok_or_else(|| overflow(op))?;
            if p.checked_mul(2).is_none_or(|p| p >= size) {
                return bad(format!(
                    "padding {p} leaves nothing of the {size} elements along axis {axis}, for an x \
                     of shape {} and a kernel of shape {}",
                    Tuple(x),
                    Tuple(kernel)
                ));
            }
            full.push(size);
            ends.push([p, p]);
        }
        Ok((full, ends))
    }

    /// The windows of `x` among elements `fill`: a view of shape (leading axes, positions, kernel).
    pub fn windows(
        &self,
        g: &Ctx<'_>,
        op: &'static str,
        x: &Var,
        kernel: &[usize],
        fill: f64,
    ) -> Result<Var> {
        let ends = self.ends(op, x.shape(), kernel)?;
        let x = pad(g, x, &ends, fill)?;
        ops::windows(g, &x, kernel, &self.stride, &self.dilation)
    }
}

fn overflow(op: &'static str) -> Error {
    Error::argument(op, "sizes, steps and padding are larger than memory can be")
}

/// The part of the last axes between their ends.
pub fn middle(shape: &[usize], ends: &[[usize; 2]]) -> Vec<Pick> {
    let lead = shape.len() - ends.len();
    let size =
        |i: usize| shape[i] - if i < lead { 0 } else { ends[i - lead][0] + ends[i - lead][1] };
    let start = |i: usize| if i < lead { 0 } else { ends[i - lead][0] };
    let pick = |i: usize| Pick::Slice { start: start(i), step: 1, len: size(i) };
    (0..shape.len()).map(pick).collect()
}

/// `x` with elements `fill` before and after its last axes.
fn pad(g: &Ctx<'_>, x: &Var, ends: &[[usize; 2]], fill: f64) -> Result<Var> {
    if ends.iter().all(|e| *e == [0, 0]) {
        return Ok(x.clone());
    }
    let mut widths = vec![[0, 0]; x.ndim() - ends.len()];
    widths.extend_from_slice(ends);
    ops::pad(g, x, &widths, &ops::Fill::Constant(vec![[fill; 2]; x.ndim()]))
}
