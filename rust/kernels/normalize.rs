//! Rows brought to mean 0 and variance 1, and the gradients of that.
//!
//! The statistics of a row are taken in two passes, the variance from differences to the mean, by
//! pairwise sums. The gradients of weight and bias are sums over blocks of rows, and those are
//! summed in turn: the order depends on the shape alone.

use std::mem::MaybeUninit;

use super::dispatch::{Isa, Lane, isa};
use super::draft::Draft;
use super::heavy::heavy;
use super::joins::{Sum, total, totals};
use super::reduce::reduce;
use super::shared::Shared;
use super::{copy, parallel};
use crate::error::{Error, Result};
use crate::tensor::{Array, Tensor};
use crate::with_float;

/// The most rows whose shares in the gradients of weight and bias are added up one after the other, and
/// the fewest, so that their sums take little memory.
const ROWS: [usize; 2] = [8, 32];
/// Elements per parallel piece.
const CHUNK: usize = 16 * 1024;
/// Nanoseconds per element of either direction, roughly.
const COST: f64 = 1.5;

/// Normalised rows, and the mean and the variance of each row.
pub struct Normalized {
    /// `(x - mean) / sqrt(var + eps) * weight + bias`, in the shape of `x`.
    pub value: Tensor,
    /// One per row.
    pub mean: Tensor,
    /// One per row: the population's.
    pub var: Tensor,
}

/// Gradients that were asked for.
pub struct Gradients {
    /// In the shape of `x`.
    pub x: Option<Tensor>,
    /// In the shape of a row.
    pub weight: Option<Tensor>,
    /// In the shape of a row.
    pub bias: Option<Tensor>,
}

/// A matrix of rows and what is applied to each.
#[derive(Clone, Copy)]
struct Rows<'a, T> {
    x: &'a [T],
    n: usize,
    eps: f64,
    weight: Option<&'a [T]>,
    bias: Option<&'a [T]>,
}

impl<'a, T: Lane> Rows<'a, T> {
    #[inline(always)]
    fn row(&self, i: usize) -> &'a [T] {
        &self.x[i * self.n..(i + 1) * self.n]
    }

    #[inline(always)]
    fn slope(&self, var: T) -> T {
        T::ONE / (var + T::of(self.eps)).sqrt()
    }

    #[inline(always)]
    fn forward(&self, i: usize, out: &mut [MaybeUninit<T>]) -> (T, T) {
        let n = self.n;
        let (x, out) = (&self.row(i)[..n], &mut out[..n]);
        let count = T::of(n as f64);
        let mean = total([x], |[x]| x) / count;
        let var = total([x], |[x]| (x - mean) * (x - mean)) / count;
        let r = self.slope(var);
        match (self.weight, self.bias) {
            (Some(w), Some(b)) => {
                let (w, b) = (&w[..n], &b[..n]);
                for k in 0..n {
                    out[k].write((x[k] - mean) * r * w[k] + b[k]);
                }
            }
            (Some(w), None) => {
                let w = &w[..n];
                for k in 0..n {
                    out[k].write((x[k] - mean) * r * w[k]);
                }
            }
            (None, b) => {
                for k in 0..n {
                    out[k].write((x[k] - mean) * r);
                }
                if let Some(b) = b {
                    for (o, &b) in out.iter_mut().zip(b) {
                        // SAFETY: written just now.
                        o.write(unsafe { o.assume_init() } + b);
                    }
                }
            }
        }
        (mean, var)
    }

    /// Row `i` of all gradients that are wanted: `gx = (g - mean(g) - y · mean(g · y)) / sqrt(var + eps)`,
    /// where `g = gy · weight` and `y` is the normalised row; `gy · y` and `gy` are added to the sums.
    #[inline(always)]
    fn backward(&self, i: usize, gy: &[T], (mean, var): (T, T), out: Outs<'_, T>) {
        let n = self.n;
        let (x, gy) = (&self.row(i)[..n], &gy[..n]);
        let (r, count) = (self.slope(var), T::of(n as f64));
        let y = |x: T| (x - mean) * r;
        if let Some(out) = out.x {
            let out = &mut out[..n];
            match self.weight {
                Some(w) => {
                    let w = &w[..n];
                    let [a, b] = totals([x, gy, w], |[x, gy, w]| [gy * w, gy * w * y(x)]);
                    let (a, b) = (a / count, b / count);
                    for k in 0..n {
                        out[k].write(r * (gy[k] * w[k] - a - y(x[k]) * b));
                    }
                }
                None => {
                    let [a, b] = totals([x, gy], |[x, gy]| [gy, gy * y(x)]);
                    let (a, b) = (a / count, b / count);
                    for k in 0..n {
                        out[k].write(r * (gy[k] - a - y(x[k]) * b));
                    }
                }
            }
        }
        if let Some(sum) = out.weight {
            let sum = &mut sum[..n];
            for k in 0..n {
                sum[k] += gy[k] * y(x[k]);
            }
        }
        if let Some(sum) = out.bias {
            let sum = &mut sum[..n];
            for k in 0..n {
                sum[k] += gy[k];
            }
        }
    }
}

/// Where the gradients of a row go, as far as they are wanted.
struct Outs<'a, T> {
    x: Option<&'a mut [MaybeUninit<T>]>,
    weight: Option<&'a mut [T]>,
    bias: Option<&'a mut [T]>,
}

macro_rules! with_isa {
    ($name:ident, $wide:ident, $method:ident, ($($arg:ident: $T:ty),*) $(-> $R:ty)?) => {
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2")]
        fn $wide<T: Lane>(rows: &Rows<'_, T>, $($arg: $T),*) $(-> $R)? {
            rows.$method($($arg),*)
        }

        fn $name<T: Lane>(rows: &Rows<'_, T>, $($arg: $T),*) $(-> $R)? {
            match isa() {
                // SAFETY: detection found AVX2.
                #[cfg(target_arch = "x86_64")]
                Isa::Avx2 | Isa::Avx512 => unsafe { $wide(rows, $($arg),*) },
                _ => rows.$method($($arg),*),
            }
        }
    };
}
with_isa!(forward, forward_avx2, forward, (i: usize, out: &mut [MaybeUninit<T>]) -> (T, T));
with_isa!(backward, backward_avx2, backward,
    (i: usize, gy: &[T], stats: (T, T), out: Outs<'_, T>));

/// A tensor's elements in row-major order.
struct Flat(std::sync::Arc<Array>);

impl Flat {
    fn new(t: &Tensor) -> Result<Self> {
        Ok(Self(copy::contiguous(&t.to_array()?)?))
    }

    fn slice<T: Lane>(&self) -> Result<&[T]> {
        self.0.as_slice().ok_or_else(|| Error::internal("rows of a released array"))
    }
}

fn flat(t: Option<&Tensor>) -> Result<Option<Flat>> {
    t.map(Flat::new).transpose()
}

fn slice<T: Lane>(f: &Option<Flat>) -> Result<Option<&[T]>> {
    f.as_ref().map(Flat::slice).transpose()
}

fn zeros<T: Lane>(n: usize) -> Result<Array> {
    Array::zeros(&[n], T::DTYPE)
}

fn writable<T: Lane>(a: &mut Array) -> Result<&mut [T]> {
    a.as_mut_slice().ok_or_else(|| Error::internal("a new array that is shared"))
}

fn shared<T: Lane>(sums: &mut Option<Array>) -> Result<Option<Shared<'_, T>>> {
    sums.as_mut().map(|s| Ok(Shared::new(writable(s)?))).transpose()
}

/// Normalises the rows of `x`, its last `n` elements at a time; weight and bias have `n` elements.
pub fn normalize(
    x: &Tensor,
    n: usize,
    eps: f64,
    weight: Option<&Tensor>,
    bias: Option<&Tensor>,
) -> Result<Normalized> {
    with_float!(x.dtype(), T => rows_forward::<T>(x, n, eps, weight, bias),
        else Err(Error::internal("a normalisation of integers")))
}

fn rows_forward<T: Lane>(
    x: &Tensor,
    n: usize,
    eps: f64,
    w: Option<&Tensor>,
    b: Option<&Tensor>,
) -> Result<Normalized> {
    let (flat_x, flat_w, flat_b) = (Flat::new(x)?, flat(w)?, flat(b)?);
    let (weight, bias) = (slice(&flat_w)?, slice(&flat_b)?);
    let rows = Rows::<T> { x: flat_x.slice()?, n, eps, weight, bias };
    let count = rows.x.len().checked_div(n).unwrap_or(0);
    let (mut mean, mut var) = (zeros::<T>(count)?, zeros::<T>(count)?);
    let (means, vars) = (Shared::new(writable(&mut mean)?), Shared::new(writable(&mut var)?));
    // SAFETY: every row is written, and rows make up the array.
    let value = unsafe {
        Array::build(x.shape(), |out| {
            let out = Shared::new(out);
            heavy(rows.x.len() as f64 * COST, || {
                parallel::for_each_chunk(count, CHUNK.div_ceil(n.max(1)), |r| {
                    // SAFETY: ranges are disjoint.
                    let (means, vars) = (means.slice(r.clone()), vars.slice(r.clone()));
                    for ((i, mean), var) in r.zip(means).zip(vars) {
                        // SAFETY: rows are disjoint.
                        let out = out.slice(i * n..(i + 1) * n);
                        (*mean, *var) = forward(&rows, i, out);
                    }
                });
            });
            Ok(())
        })?
    };
    Ok(Normalized { value: value.into(), mean: mean.into(), var: var.into() })
}

/// What the gradients are computed from.
pub struct Backward<'a> {
    /// The rows.
    pub x: &'a Tensor,
    /// Elements per row.
    pub n: usize,
    /// As in the forward direction.
    pub eps: f64,
    /// As in the forward direction.
    pub weight: Option<&'a Tensor>,
    /// Of each row.
    pub mean: &'a Tensor,
    /// Of each row.
    pub var: &'a Tensor,
    /// The gradient of the result.
    pub gy: &'a Tensor,
}

impl Backward<'_> {
    /// The gradients of `x`, weight and bias that are wanted.
    pub fn run(&self, wants: [bool; 3]) -> Result<Gradients> {
        with_float!(self.x.dtype(), T => self.typed::<T>(wants),
            else Err(Error::internal("a normalisation of integers")))
    }

    fn typed<T: Lane>(&self, [wants_x, wants_weight, wants_bias]: [bool; 3]) -> Result<Gradients> {
        let (x, gy, w) = (Flat::new(self.x)?, Flat::new(self.gy)?, flat(self.weight)?);
        let (mean, var) = (Flat::new(self.mean)?, Flat::new(self.var)?);
        let n = self.n;
        let rows = Rows { x: x.slice()?, n, eps: self.eps, weight: slice(&w)?, bias: None };
        let (gy, mean, var) = (gy.slice::<T>()?, mean.slice::<T>()?, var.slice::<T>()?);
        let count = mean.len();
        let order = (0..self.x.ndim()).collect();
        let mut gx = wants_x.then(|| Draft::<T>::new(self.x.shape(), order)).transpose()?;
        // The sums of blocks of rows, which are summed up in turn.
        let least = if wants_weight || wants_bias { ROWS[0] } else { 1 };
        let height = (CHUNK / n.max(1)).clamp(least, ROWS[1]);
        let blocks = count.div_ceil(height);
        let sums = |wanted: bool| wanted.then(|| zeros::<T>(blocks * n)).transpose();
        let (mut weights, mut biases) = (sums(wants_weight)?, sums(wants_bias)?);
        {
            let out = gx.as_mut().map(|d| Shared::new(d.elements()));
            let (weights, biases) = (shared(&mut weights)?, shared(&mut biases)?);
            heavy(rows.x.len() as f64 * COST, || {
                parallel::for_each_chunk(blocks, CHUNK.div_ceil(height * n.max(1)), |r| {
                    for b in r {
                        let range = b * n..(b + 1) * n;
                        for i in b * height..count.min((b + 1) * height) {
                            let row = i * n..(i + 1) * n;
                            // SAFETY: blocks are disjoint, and so are their rows.
                            let out = unsafe {
                                Outs {
                                    x: out.as_ref().map(|s| s.slice(row.clone())),
                                    weight: weights.as_ref().map(|s| s.slice(range.clone())),
                                    bias: biases.as_ref().map(|s| s.slice(range.clone())),
                                }
                            };
                            backward(&rows, i, &gy[row], (mean[i], var[i]), out);
                        }
                    }
                });
            });
        }
        let total = |sums: Option<Array>| sums.map(|s| self.by_rows(&s.into())).transpose();
        // SAFETY: every row was written, and rows make up the array.
        let x = gx.map(|d| unsafe { d.finish() }).transpose()?;
        Ok(Gradients { x, weight: total(weights)?, bias: total(biases)? })
    }

    /// The sum of rows of `n` elements, as one row.
    fn by_rows(&self, t: &Tensor) -> Result<Tensor> {
        let rows = t.size().checked_div(self.n).unwrap_or(0);
        reduce::<Sum>(&t.reshape(&[rows, self.n])?, &[0], false)
    }
}
