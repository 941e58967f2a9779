//! Long short-term memory over the steps of a sequence, both ways.
//!
//! The sequences of a batch know nothing of each other, so they are shared out, and no thread waits for
//! another on the way through the steps. How many make a share depends on shapes alone. The products of
//! all steps with their inputs are one product; each step has one more, and a pass over the cells.

mod cells;

use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::Arc;

use cells::written;

use super::copy;
use super::dispatch::Lane;
use super::gemm::{self, Element};
use super::heavy::heavy;
use super::parallel;
use super::shared::Shared;
use crate::error::{Error, Result};
use crate::tensor::{Array, Tensor};
use crate::with_float;

/// Nanoseconds per cell of a step forward and backward, roughly.
const FORWARD_NS: usize = 9;
const BACKWARD_NS: usize = 3;
/// Work of fewer nanoseconds is no share of its own.
const SHARE_NS: usize = 20_000;
/// Sequences that make a share, but for short steps: with fewer, the weights are read too often.
const ROWS: usize = 16;
/// Shares that a large batch is cut into.
const SHARES: usize = 16;

/// Operands of one dtype whose shapes fit.
pub struct Operands<'a> {
    /// How many steps there are.
    pub steps: usize,
    /// `steps · batch` rows of inputs.
    pub x: &'a Tensor,
    /// `batch` rows of outputs of the step before.
    pub h: &'a Tensor,
    /// Its cells.
    pub c: &'a Tensor,
    /// Inputs by four times the cells, for the gates `f`, `i`, `o`, `u`.
    pub wx: &'a Tensor,
    /// Cells by four times the cells.
    pub wh: &'a Tensor,
    /// A row for the gates.
    pub b: Option<&'a Tensor>,
}

/// `steps · batch` rows each.
pub struct Made {
    /// The outputs.
    pub h: Tensor,
    /// The cells.
    pub c: Tensor,
    /// Their hyperbolic tangents.
    pub tanh: Tensor,
    /// The gates, after their functions.
    pub gates: Tensor,
}

/// What gradients are computed from.
pub struct Saved<'a> {
    /// How many steps there are.
    pub steps: usize,
    /// The cells before the first step.
    pub c: &'a Tensor,
    /// The cells after each step, where there are several; those after the last are not looked at.
    pub cells: Option<&'a Tensor>,
    /// As [`Made`] has them.
    pub tanh: &'a Tensor,
    /// As [`Made`] has them.
    pub gates: &'a Tensor,
    /// As in the forward direction.
    pub wh: &'a Tensor,
    /// The gradient of the outputs of all steps.
    pub gh: Option<&'a Tensor>,
    /// The gradient of the cells after the last step.
    pub gc: Option<&'a Tensor>,
}

/// Gradients of what the steps begin with.
pub struct Gradients {
    /// Of the sums of products, `steps · batch` rows for the gates.
    pub sums: Tensor,
    /// Of the outputs of the step before, if that is wanted.
    pub h: Option<Tensor>,
    /// Of its cells.
    pub c: Tensor,
}

/// Elements in row-major order.
struct Flat(Arc<Array>);

impl Flat {
    fn new(t: &Tensor) -> Result<Self> {
        Ok(Self(copy::contiguous(&t.to_array()?)?))
    }

    fn slice<T: Lane>(&self) -> Result<&[T]> {
        self.0.as_slice().ok_or_else(|| Error::internal("rows of a released array"))
    }
}

/// Memory of all steps, of which each share takes rows of each step.
struct Sheet<'a, T> {
    of: Shared<'a, T>,
    batch: usize,
    n: usize,
}

impl<'a, T> Sheet<'a, T> {
    fn new(of: &'a mut [T], batch: usize, n: usize) -> Self {
        Self { of: Shared::new(of), batch, n }
    }

    /// Rows of a step.
    ///
    /// # Safety
    /// No two live parts overlap.
    #[allow(clippy::mut_from_ref)]
    unsafe fn rows(&self, step: usize, rows: &Range<usize>) -> &mut [T] {
        let from = step * self.batch;
        // SAFETY: by the caller's promise.
        unsafe { self.of.slice((from + rows.start) * self.n..(from + rows.end) * self.n) }
    }
}

/// What becomes of `a` and `b`.
#[derive(Clone, Copy, PartialEq)]
enum Product {
    /// `out += a @ b`.
    Added,
    /// `out = a @ bᵀ`.
    Turned,
}

/// A product with `b` of rows by columns, and as many rows of `a` as there are.
fn product<T: Element>(
    out: &mut [T],
    a: &[T],
    (b, [rows, columns]): (&[T], [usize; 2]),
    what: Product,
    threads: usize,
) {
    let (width, add) = (columns as isize, what == Product::Added);
    let (k, n, b_rows, b_columns) = match what {
        Product::Added => (rows, columns, width, 1),
        Product::Turned => (columns, rows, 1, width),
    };
    let m = out.len().checked_div(n).unwrap_or(0);
    assert!(out.len() == m * n && a.len() == m * k && b.len() == k * n, "operands that do not fit");
    // SAFETY: the slices hold matrices of these sizes, row by row; the result is ours alone.
    unsafe {
        let (out, a, b) = (out.as_mut_ptr(), a.as_ptr(), b.as_ptr());
        let (out_rows, a_rows) = (n as isize, k as isize);
        gemm::gemm(m, n, k, out, out_rows, 1, add, a, a_rows, 1, b, b_rows, b_columns, threads);
    }
}

/// Rows that are given, again and again, or zeros.
fn begin<T: Lane>(rows: &mut [MaybeUninit<T>], given: Option<&[T]>) {
    match given {
        Some(given) => copy::repeat(given, rows),
        None => rows.fill(MaybeUninit::new(zero())),
    }
}

/// Rows of a bias or zeros, and the product of one input with its weights: in one go rather than two.
fn begin_with<T: Lane>(gates: &mut [MaybeUninit<T>], x: &[T], w: &[T], b: Option<&[T]>) {
    for (row, &x) in gates.chunks_exact_mut(w.len()).zip(x) {
        match b {
            Some(b) => {
                let ins = w.iter().zip(b);
                row.iter_mut().zip(ins).for_each(|(o, (&w, &b))| *o = MaybeUninit::new(b + x * w));
            }
            None => {
                row.iter_mut().zip(w).for_each(|(o, &w)| *o = MaybeUninit::new(zero::<T>() + x * w))
            }
        }
    }
}

/// Both kinds of element that are asked for have a zero: this is the one.
fn zero<T: Lane>() -> T {
    T::ZERO
}

/// Sequences per share of a batch, where a step of one takes so many nanoseconds.
fn share(batch: usize, ns: usize) -> usize {
    let least = batch.div_ceil(SHARES).max(ROWS).max(SHARE_NS.div_ceil(ns.max(1)));
    // As equal as can be.
    batch.div_ceil(batch.div_ceil(least).max(1))
}

/// Three new arrays.
///
/// # Safety
/// `fill` initialises every element of the slices when it returns.
unsafe fn three<T: Lane>(
    shape: &[usize],
    fill: impl FnOnce([&mut [MaybeUninit<T>]; 3]),
) -> Result<[Tensor; 3]> {
    let (mut second, mut third) = (None, None);
    // SAFETY: by the caller's promise.
    let first = unsafe {
        Array::build(shape, |a| {
            second = Some(Array::build(shape, |b| {
                third = Some(Array::build(shape, |c| {
                    fill([a, b, c]);
                    Ok(())
                })?);
                Ok(())
            })?);
            Ok(())
        })?
    };
    match (second, third) {
        (Some(second), Some(third)) => Ok([first.into(), second.into(), third.into()]),
        _ => Err(Error::internal("an array that was not made")),
    }
}

/// All steps.
pub fn forward(given: &Operands<'_>) -> Result<Made> {
    with_float!(given.x.dtype(), T => typed_forward::<T>(given),
        else Err(Error::internal("gates of integers")))
}

fn typed_forward<T: Lane + Element>(given: &Operands<'_>) -> Result<Made> {
    let [x, h0, c0] = [given.x, given.h, given.c].map(Flat::new);
    let [wx, wh] = [given.wx, given.wh].map(Flat::new);
    let b = given.b.map(Flat::new).transpose()?;
    let (x, h0, c0, wx, wh) = (x?, h0?, c0?, wx?, wh?);
    let (x, h0, c0) = (x.slice::<T>()?, h0.slice::<T>()?, c0.slice::<T>()?);
    let (batch, n) = (given.c.shape()[0], given.c.shape()[1]);
    let (inputs, steps, width) = (given.wx.shape()[0], given.steps, 4 * n);
    let b = b.as_ref().map(Flat::slice::<T>).transpose()?;
    let wx = (wx.slice::<T>()?, [inputs, width]);
    let wh = (wh.slice::<T>()?, [n, width]);
    let step_ns = gemm::work_ns::<T>(batch, width, n + inputs) + batch * n * FORWARD_NS;
    let rows = share(batch, step_ns.checked_div(batch).unwrap_or(0));
    // A single step is done by each share from the beginning.
    let at_once = steps > 1;
    let mut parts = None;
    // SAFETY: the rows begin with the bias or zeros, so all of them are written.
    let gates = unsafe {
        Array::build::<T>(&[steps * batch, width], |gates| {
            // SAFETY: each share writes its rows, and there are no others.
            let made = three::<T>(&[steps * batch, n], |[hs, cs, tanh]| {
                if gates.is_empty() {
                    return;
                }
                heavy((steps * step_ns) as f64, || {
                    if at_once {
                        begin(gates, b);
                        let all = parallel::num_threads();
                        // SAFETY: written just now.
                        product(written(gates), x, wx, Product::Added, all);
                    }
                    let gates = Sheet::new(gates, batch, width);
                    let [hs, cs, tanh] = [hs, cs, tanh].map(|s| Sheet::new(s, batch, n));
                    parallel::for_each_chunk(batch, rows, |r| {
                        let (mut h, mut c) =
                            (&h0[r.start * n..r.end * n], &c0[r.start * n..r.end * n]);
                        for step in 0..steps {
                            // SAFETY: shares are disjoint, and these rows are taken once.
                            let gates = gates.rows(step, &r);
                            let x = &x[r.start * inputs..r.end * inputs];
                            if !at_once && inputs == 1 {
                                begin_with(gates, x, wx.0, b);
                            } else if !at_once {
                                begin(gates, b);
                            }
                            // SAFETY: written by now.
                            let gates = written(gates);
                            if !at_once && inputs != 1 {
                                product(gates, x, wx, Product::Added, 1);
                            }
                            product(gates, h, wh, Product::Added, 1);
                            // SAFETY: as above.
                            let outs = [&hs, &cs, &tanh].map(|s| s.rows(step, &r));
                            let [new_h, new_c, tanh] = outs;
                            let cells = cells::Forward { n, gates, c, new_c, tanh, h: new_h };
                            // SAFETY: the cells have been written then, and change no more.
                            (h, c) = cells::forward(cells);
                        }
                    });
                });
            })?;
            parts = Some(made);
            Ok(())
        })?
    };
    let [h, c, tanh] = parts.ok_or_else(|| Error::internal("steps that were not made"))?;
    Ok(Made { h, c, tanh, gates: gates.into() })
}

/// All steps, from the last to the first.
pub fn backward(saved: &Saved<'_>, wants_h: bool) -> Result<Gradients> {
    with_float!(saved.gates.dtype(), T => typed_backward::<T>(saved, wants_h),
        else Err(Error::internal("gates of integers")))
}

fn typed_backward<T: Lane + Element>(saved: &Saved<'_>, wants_h: bool) -> Result<Gradients> {
    let [gates, tanh, c0] = [saved.gates, saved.tanh, saved.c].map(Flat::new);
    let (gates, tanh, c0, wh) = (gates?, tanh?, c0?, Flat::new(saved.wh)?);
    let (gates, tanh, c0) = (gates.slice::<T>()?, tanh.slice::<T>()?, c0.slice::<T>()?);
    let cells = saved.cells.map(Flat::new).transpose()?;
    let cells = match &cells {
        Some(cells) => cells.slice::<T>()?,
        None if saved.steps > 1 => return Err(Error::internal("steps without their cells")),
        None => &[],
    };
    let gh = saved.gh.map(Flat::new).transpose()?;
    let gh = gh.as_ref().map(Flat::slice::<T>).transpose()?;
    let (batch, n) = (saved.c.shape()[0], saved.c.shape()[1]);
    let (steps, width) = (saved.steps, 4 * n);
    let wh = (wh.slice::<T>()?, [n, width]);
    let products = wants_h || steps > 1;
    let product_ns = if products { gemm::work_ns::<T>(batch, n, width) } else { 0 };
    let step_ns = product_ns + batch * n * BACKWARD_NS;
    let rows = share(batch, step_ns.checked_div(batch).unwrap_or(0));

    let gc = saved.gc.map(Flat::new).transpose()?;
    let gc = gc.as_ref().map(Flat::slice::<T>).transpose()?;
    let at = |step: usize, r: &Range<usize>, n: usize| {
        (step * batch + r.start) * n..(step * batch + r.end) * n
    };
    let (mut of_c, mut of_h) = (None, None);
    let all = |sums: &mut [MaybeUninit<T>], to_c: &mut [MaybeUninit<T>], to_h: &mut [_]| {
        if sums.is_empty() {
            begin(to_c, gc);
            return begin(to_h, None);
        }
        let [to_c, to_h] = [to_c, to_h].map(|s| Sheet::new(s, batch, n));
        let sums = Sheet::new(sums, batch, width);
        heavy((steps * step_ns) as f64, || {
            parallel::for_each_chunk(batch, rows, |r| {
                // SAFETY: shares are disjoint.
                let [to_c, to_h] = [&to_c, &to_h].map(|s| unsafe { s.rows(0, &r) });
                // In the caches of the thread that goes on with it.
                begin(to_c, gc.map(|g| &g[at(0, &r, n)]));
                begin(to_h, gh.map(|g| &g[at(steps - 1, &r, n)]));
                // SAFETY: written just now.
                let (to_c, to_h) = unsafe { (written(to_c), written(to_h)) };
                for step in (0..steps).rev() {
                    if let Some(gh) = gh.filter(|_| step + 1 < steps) {
                        to_h.iter_mut().zip(&gh[at(step, &r, n)]).for_each(|(d, &g)| *d += g);
                    }
                    let c = match step {
                        0 => &c0[at(0, &r, n)],
                        _ => &cells[at(step - 1, &r, n)],
                    };
                    // SAFETY: as above, and each step's rows are taken once.
                    let out = unsafe { sums.rows(step, &r) };
                    let (gates, tanh) = (&gates[at(step, &r, width)], &tanh[at(step, &r, n)]);
                    let own = cells::Backward { n, gates, c, tanh, gh: to_h, gc: to_c, out };
                    let own = cells::backward(own);
                    if step > 0 || wants_h {
                        product(to_h, own, wh, Product::Turned, 1);
                    }
                }
            });
        });
    };
    // SAFETY: each share writes its rows, and there are no others.
    let sums = unsafe {
        Array::build::<T>(&[steps * batch, width], |sums| {
            of_c = Some(Array::build(&[batch, n], |to_c| {
                of_h = Some(Array::build(&[batch, n], |to_h| {
                    all(sums, to_c, to_h);
                    Ok(())
                })?);
                Ok(())
            })?);
            Ok(())
        })?
    };
    let (Some(of_c), Some(of_h)) = (of_c, of_h) else {
        return Err(Error::internal("gradients that were not made"));
    };
    let h = wants_h.then(|| of_h.into());
    Ok(Gradients { sums: sums.into(), h, c: of_c.into() })
}
