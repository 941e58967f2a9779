//! Batch normalisation: each channel over the batch and its places (Ioffe and Szegedy 2015, *Batch
//! Normalization*, algorithms 1 and 2).

use super::layer_norm::{check_eps, rows};
use crate::error::{Error, Kind, Result, Tuple};
use crate::graph::{Ctx, Var};
use crate::kernels::copy;
use crate::op::{binary, unary};
use crate::ops;
use crate::tensor::{Dims, Tensor};

const OP: &str = "batch_norm";

/// What was seen of each channel in a batch.
pub struct Seen {
    mean: Tensor,
    /// The population's variance.
    var: Tensor,
    /// Elements per channel.
    count: usize,
}

/// Checks the operands: `x` is (N, C) or (N, C, ...), the others have a number per channel.
pub fn check_batch_norm(x: &[usize], others: [(&'static str, Option<&[usize]>); 4]) -> Result<()> {
    let Some(&channels) = x.get(1) else {
        let message = format!("x must have shape (N, C) or (N, C, ...), got {}", Tuple(x));
        return Err(Error::argument(OP, message));
    };
    for (what, shape) in others {
        if let Some(got) = shape.filter(|&s| s != [channels]) {
            let want = [channels][..].into();
            return Err(Kind::ShapeMismatch { op: OP, what, want, got: got.into() }.into());
        }
    }
    Ok(())
}

/// `y · weight + bias`, a number of each per channel.
fn affine(g: &Ctx<'_>, y: Var, weight: Option<&Var>, bias: Option<&Var>) -> Result<Var> {
    let mut y = y;
    if let Some(w) = weight {
        y = binary(g, ops::Mul, &y, &per_channel(g, w, y.ndim())?)?;
    }
    if let Some(b) = bias {
        y = binary(g, ops::Add, &y, &per_channel(g, b, y.ndim())?)?;
    }
    Ok(y)
}

/// A number per channel, in a shape that broadcasts over an array with `ndim` axes.
fn per_channel(g: &Ctx<'_>, v: &Var, ndim: usize) -> Result<Var> {
    let mut shape: Dims = v.shape().into();
    shape.resize(ndim - 1, 1);
    ops::reshape(g, v, &shape)
}

/// Normalises by the statistics of this batch, and gives them.
pub fn batch_norm(
    g: &Ctx<'_>,
    x: &Var,
    weight: Option<&Var>,
    bias: Option<&Var>,
    eps: f64,
) -> Result<(Var, Seen)> {
    check_eps(OP, eps)?;
    let (shape, channels) = (x.shape(), x.shape()[1]);
    let count = shape[0] * shape[2..].iter().product::<usize>();
    if count < 2 && channels > 0 {
        let message = format!(
            "in training more than one element per channel is wanted, got an x of shape {}; a \
             smaller last batch may be left out, and test mode takes any",
            Tuple(shape)
        );
        return Err(Error::argument(OP, message));
    }
    let mut order: Vec<i64> = (0..x.ndim() as i64).collect();
    order.swap(0, 1);
    let by_channel = ops::transpose(g, x, Some(&order))?;
    let (y, mean, var) = rows(g, &by_channel, None, None, x.ndim() - 1, eps)?;
    let y = affine(g, ops::transpose(g, &y, Some(&order))?, weight, bias)?;
    Ok((y, Seen { mean, var, count }))
}

/// Normalises by statistics that are given.
pub fn batch_norm_by(
    g: &Ctx<'_>,
    x: &Var,
    (mean, var): (&Tensor, &Tensor),
    weight: Option<&Var>,
    bias: Option<&Var>,
    eps: f64,
) -> Result<Var> {
    check_eps(OP, eps)?;
    let constant = |t: &Tensor| Ok::<Var, Error>(Var::constant(copy::cast(t, x.dtype())?));
    let eps = Var::constant(Tensor::number(x.dtype(), eps));
    let std = unary(g, ops::Sqrt, &binary(g, ops::Add, &constant(var)?, &eps)?)?;
    let slope = match weight {
        Some(w) => binary(g, ops::Div, w, &std)?,
        None => binary(g, ops::Div, &Var::constant(Tensor::number(x.dtype(), 1.0)), &std)?,
    };
    let d = binary(g, ops::Sub, x, &per_channel(g, &constant(mean)?, x.ndim())?)?;
    affine(g, d, Some(&slope), bias)
}

impl Seen {
    /// Running statistics with this batch's share in them; the variance is the unbiased one.
    pub fn blend(&self, g: &Ctx<'_>, old: (&Tensor, &Tensor), rate: f64) -> Result<[Tensor; 2]> {
        let n = self.count as f64;
        let mix = |old: &Tensor, new: &Tensor, scale: f64| {
            let dtype = old.dtype();
            let by = |t: Tensor, c: f64| {
                let c = Var::constant(Tensor::number(dtype, c));
                binary(g, ops::Mul, &Var::constant(t), &c)
            };
            let (old, new) =
                (by(old.clone(), 1.0 - rate)?, by(copy::cast(new, dtype)?, rate * scale)?);
            Ok::<Tensor, Error>(binary(g, ops::Add, &old, &new)?.value)
        };
        // Without channels there may be fewer than two elements.
        Ok([mix(old.0, &self.mean, 1.0)?, mix(old.1, &self.var, n / (n - 1.0).max(1.0))?])
    }
}
