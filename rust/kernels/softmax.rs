//! Rows of exponentials: softmax, its logarithm, the logarithm of the sum, and their gradients.
//!
//! Rows are shifted by their maximum, so nothing overflows. An element that equals the maximum is
//! shifted to 0, be it infinite: elements that are alike take equal shares, and no NaN arises.

use std::mem::MaybeUninit;

use super::dispatch::{Class, Lane, MapFn};
use super::expr::Expr;
use super::joins::{Max, Sum, Tree, join};
use super::lines::{Math, RowFn, Rows, TILE, Tile, start};
use super::map::map;
use super::reduce;
use crate::error::Result;
use crate::tensor::Tensor;

/// `x - max`, and 0 where the two are equal.
#[inline(always)]
pub fn shifted<T: Lane>(x: T, max: T) -> T {
    if x == max { T::ZERO } else { x - max }
}

/// Shifts each row by its maximum and takes exponentials.
#[inline(always)]
fn exponentials<T: Lane, M: Math>(x: &mut [T], width: usize) {
    for row in x.chunks_exact_mut(width) {
        let max = join::<T, Max>(row);
        for x in row {
            *x = shifted(*x, max);
        }
    }
    for x in x {
        *x = M::exp(*x);
    }
}

/// Memory for a number per row of a tile.
pub type Space<T> = [MaybeUninit<T>; TILE];

/// Such memory, not yet written.
#[inline(always)]
pub fn space<T>() -> Space<T> {
    [const { MaybeUninit::uninit() }; TILE]
}

/// The maximum and `log Σ exp(x - max)` of each row of a tile, which is not empty.
#[inline(always)]
pub fn log_sums<'s, T: Lane, M: Math>(
    x: &[T],
    width: usize,
    [maxima, logs]: [&'s mut Space<T>; 2],
) -> (&'s [T], &'s [T]) {
    let count = x.len() / width;
    let maxima = start(&mut maxima[..count], |r| join::<T, Max>(&x[r * width..(r + 1) * width]));
    let logs = start(&mut logs[..count], |_| T::ZERO);
    let mut room = space::<T>();
    if width <= TILE {
        let room = start(&mut room[..x.len()], |i| x[i]);
        exponentials::<T, M>(room, width);
        for (log, row) in logs.iter_mut().zip(room.chunks_exact(width)) {
            *log = join::<T, Sum>(row);
        }
    } else {
        for ((log, row), &max) in logs.iter_mut().zip(x.chunks_exact(width)).zip(&*maxima) {
            let mut tree = Tree::<T, Sum>::new();
            for block in row.chunks(TILE) {
                let room = start(&mut room[..block.len()], |i| shifted(block[i], max));
                for e in room.iter_mut() {
                    *e = M::exp(*e);
                }
                tree.push(join::<T, Sum>(room));
            }
            *log = tree.finish();
        }
    }
    for log in logs.iter_mut() {
        *log = M::log(*log);
    }
    (maxima, logs)
}

/// `exp(x - max) / Σ exp(x - max)`.
struct Softmax;
/// The same, times a factor per row.
struct SoftmaxTimes;
/// `x - max - log Σ exp(x - max)`.
struct LogSoftmax;
/// `max + log Σ exp(x - max)`.
struct LogSumExp;
/// `y (gy - Σ y gy)`.
struct SoftmaxGrad;
/// `gy - exp(y) Σ gy`.
struct LogSoftmaxGrad;

/// Divides each row of exponentials by its sum.
#[inline(always)]
pub fn shares<T: Lane, M: Math>(x: &mut [T], width: usize) {
    exponentials::<T, M>(x, width);
    for row in x.chunks_exact_mut(width) {
        let sum = join::<T, Sum>(row);
        for x in row {
            *x = *x / sum;
        }
    }
}

// SAFETY: `start` writes every element.
unsafe impl RowFn<1> for Softmax {
    const COST: f64 = 3.0;
    #[inline(always)]
    fn eval<T: Lane, M: Math>(&self, t: Tile<'_, T, 1>) {
        let out = start(t.out, |i| t.ins[0][i]);
        shares::<T, M>(out, t.width);
    }
}

// SAFETY: `start` writes every element.
unsafe impl RowFn<2> for SoftmaxTimes {
    const COST: f64 = 3.0;
    #[inline(always)]
    fn eval<T: Lane, M: Math>(&self, t: Tile<'_, T, 2>) {
        let [x, factors] = t.ins;
        let out = start(t.out, |i| x[i]);
        shares::<T, M>(out, t.width);
        for (row, &factor) in out.chunks_exact_mut(t.width).zip(factors) {
            for x in row {
                *x = *x * factor;
            }
        }
    }
}

// SAFETY: `start` writes every element.
unsafe impl RowFn<1> for LogSoftmax {
    const COST: f64 = 3.0;
    #[inline(always)]
    fn eval<T: Lane, M: Math>(&self, t: Tile<'_, T, 1>) {
        let (x, width) = (t.ins[0], t.width);
        let out = start(t.out, |i| x[i]);
        let (mut maxima, mut logs) = (space(), space());
        let (maxima, logs) = log_sums::<T, M>(x, width, [&mut maxima, &mut logs]);
        for (row, (&max, &log)) in out.chunks_exact_mut(width).zip(maxima.iter().zip(logs)) {
            for x in row {
                *x = shifted(*x, max) - log;
            }
        }
    }
}

// SAFETY: `start` writes every element.
unsafe impl RowFn<1> for LogSumExp {
    const COST: f64 = 2.5;
    #[inline(always)]
    fn eval<T: Lane, M: Math>(&self, t: Tile<'_, T, 1>) {
        let (mut maxima, mut logs) = (space(), space());
        let (maxima, logs) = log_sums::<T, M>(t.ins[0], t.width, [&mut maxima, &mut logs]);
        start(t.out, |r| maxima[r] + logs[r]);
    }
}

// SAFETY: `start` writes every element.
unsafe impl RowFn<2> for SoftmaxGrad {
    const COST: f64 = 1.5;
    #[inline(always)]
    fn eval<T: Lane, M: Math>(&self, t: Tile<'_, T, 2>) {
        let ([y, gy], width) = (t.ins, t.width);
        let out = start(t.out, |i| y[i] * gy[i]);
        let rows = y.chunks_exact(width).zip(gy.chunks_exact(width));
        for (row, (y, gy)) in out.chunks_exact_mut(width).zip(rows) {
            let dot = join::<T, Sum>(row);
            for (o, (&y, &gy)) in row.iter_mut().zip(y.iter().zip(gy)) {
                *o = y * (gy - dot);
            }
        }
    }
}

// SAFETY: `start` writes every element.
unsafe impl RowFn<2> for LogSoftmaxGrad {
    const COST: f64 = 2.5;
    #[inline(always)]
    fn eval<T: Lane, M: Math>(&self, t: Tile<'_, T, 2>) {
        let ([y, gy], width) = (t.ins, t.width);
        let out = start(t.out, |i| y[i]);
        for o in out.iter_mut() {
            *o = M::exp(*o);
        }
        for (row, gy) in out.chunks_exact_mut(width).zip(gy.chunks_exact(width)) {
            let sum = join::<T, Sum>(gy);
            for (o, &gy) in row.iter_mut().zip(gy) {
                *o = gy - *o * sum;
            }
        }
    }
}

/// A few rows longer than this are shared out among threads piece by piece.
const LONG: usize = 64 * 1024;

/// Whether an array has a few long rows: they are worth threads, and leave the cache anyway.
pub fn is_long(rows: &Rows) -> bool {
    rows.width > LONG && rows.count < 16
}

#[derive(Clone, Copy)]
struct ExpShifted;

impl MapFn<2> for ExpShifted {
    const CLASS: Class = Class::Function;
    #[inline(always)]
    fn eval<E: Expr>(&self, [x, max]: [E; 2]) -> E {
        let differs = x.lit(1.0) - x.ge(max) * max.ge(x);
        (x - max).gate(differs).exp()
    }
}

#[derive(Clone, Copy)]
struct Quotient;

impl MapFn<2> for Quotient {
    const CLASS: Class = Class::Arithmetic;
    #[inline(always)]
    fn eval<E: Expr>(&self, [x, y]: [E; 2]) -> E {
        x / y
    }
}

#[derive(Clone, Copy)]
struct ShiftedLessLog;

impl MapFn<3> for ShiftedLessLog {
    const CLASS: Class = Class::Function;
    #[inline(always)]
    fn eval<E: Expr>(&self, [x, max, sum]: [E; 3]) -> E {
        let differs = x.lit(1.0) - x.ge(max) * max.ge(x);
        (x - max).gate(differs) - sum.log()
    }
}

#[derive(Clone, Copy)]
struct PlusLog;

impl MapFn<2> for PlusLog {
    const CLASS: Class = Class::Function;
    #[inline(always)]
    fn eval<E: Expr>(&self, [max, sum]: [E; 2]) -> E {
        max + sum.log()
    }
}

/// Maxima, exponentials and their sums of an array with long rows; the axes are kept.
fn long(x: &Tensor, axes: &[usize]) -> Result<[Tensor; 3]> {
    let max = reduce::reduce::<reduce::Max>(x, axes, true)?;
    let exps = map(&ExpShifted, [x, &max], x.shape())?;
    let sum = reduce::reduce::<reduce::Sum>(&exps, axes, true)?;
    Ok([max, exps, sum])
}

/// The softmax of rows along `axes`.
pub fn softmax(x: &Tensor, axes: &[usize]) -> Result<Tensor> {
    let rows = Rows::new(x.shape(), axes);
    if is_long(&rows) {
        let [_, exps, sum] = long(x, axes)?;
        return map(&Quotient, [&exps, &sum], x.shape());
    }
    rows.map(&Softmax, [x])
}

/// The logarithm of the softmax of rows along `axes`.
pub fn log_softmax(x: &Tensor, axes: &[usize]) -> Result<Tensor> {
    let rows = Rows::new(x.shape(), axes);
    if is_long(&rows) {
        let [max, _, sum] = long(x, axes)?;
        return map(&ShiftedLessLog, [x, &max, &sum], x.shape());
    }
    rows.map(&LogSoftmax, [x])
}

/// The logarithm of the sum of exponentials over `axes`.
pub fn logsumexp(x: &Tensor, axes: &[usize], keepdims: bool) -> Result<Tensor> {
    let rows = Rows::new(x.shape(), axes);
    let shape = crate::tensor::reduced_shape(x.shape(), axes, keepdims);
    if rows.width == 0 {
        return Tensor::full(x.dtype(), f64::NEG_INFINITY, &shape);
    }
    if is_long(&rows) {
        let [max, _, sum] = long(x, axes)?;
        return map(&PlusLog, [&max, &sum], max.shape())?.reshape(&shape);
    }
    rows.fold(&LogSumExp, [x], keepdims)
}

/// The gradient of [`softmax`], from its result.
pub fn softmax_grad(y: &Tensor, gy: &Tensor, axes: &[usize]) -> Result<Tensor> {
    Rows::new(y.shape(), axes).map(&SoftmaxGrad, [y, gy])
}

/// The gradient of [`log_softmax`], from its result.
pub fn log_softmax_grad(y: &Tensor, gy: &Tensor, axes: &[usize]) -> Result<Tensor> {
    Rows::new(y.shape(), axes).map(&LogSoftmaxGrad, [y, gy])
}

/// The gradient of [`logsumexp`]: the softmax, times `gy` of each row.
pub fn logsumexp_grad(x: &Tensor, gy: &Tensor, axes: &[usize]) -> Result<Tensor> {
    Rows::new(x.shape(), axes).map(&SoftmaxTimes, [x, gy])
}
