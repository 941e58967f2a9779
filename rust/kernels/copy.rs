//! Copies: to row-major order and to another dtype; sums in place.

use std::mem::MaybeUninit;
use std::sync::Arc;

use super::dispatch::Lane;
use super::heavy::heavy;
use super::parallel;
use super::shared::Shared;
use super::walk::Plan;
use crate::error::{Error, Result};
use crate::tensor::{Array, DType, Element, Float, Layout, Tensor, TensorView};
use crate::{with_element, with_float};

/// Elements per parallel piece.
const CHUNK: usize = 64 * 1024;
/// Side of the square that a transposing copy moves at once: two of doubles fit L1.
const TILE: usize = 32;

/// The elements in row-major order; the same array where they already are.
pub fn contiguous(a: &Arc<Array>) -> Result<Arc<Array>> {
    if a.layout().is_contiguous() {
        return Ok(a.clone());
    }
    with_element!(a.dtype(), T => {
        let view = a.view::<T>()?;
        // SAFETY: `gather` writes every element.
        let copy = unsafe { Array::build(a.shape(), |out| { gather(view, out); Ok(()) })? };
        Ok(Arc::new(copy))
    })
}

/// Writes the elements of a view in row-major order.
fn gather<T: Element>(view: TensorView<'_, T>, out: &mut [MaybeUninit<T>]) {
    let n = out.len();
    if n == 0 {
        return;
    }
    let shared = Shared::new(out);
    let work = n as f64 * if size_of::<T>() == 8 { 1.0 } else { 0.6 };
    if let Some((rows, cols)) = transposed(view.layout) {
        let step = rows.1;
        heavy(work, || {
            parallel::for_each_chunk(rows.0, CHUNK.div_ceil(cols), |r| {
                // SAFETY: rows are disjoint.
                let out = unsafe { shared.slice(r.start * cols..r.end * cols) };
                // SAFETY: row `r.start` lies within the view.
                let from = unsafe { view.first().offset(r.start as isize * step) };
                tiles(from, (r.len(), step), cols, view.layout.strides[1], out);
            });
        });
        return;
    }
    let plan = Plan::<1>::new(&view.layout.shape, |_, axis| view.layout.strides[axis]);
    heavy(work, || {
        parallel::for_each_chunk(n, CHUNK, |r| {
            // SAFETY: ranges are disjoint and lie within the view.
            unsafe { plan.gather(0, view.first(), r.start, shared.slice(r)) };
        });
    });
}

/// Whether this is a matrix whose rows step less than its columns: `((rows, step), columns)`.
fn transposed(layout: &Layout) -> Option<((usize, isize), usize)> {
    match (layout.shape.as_slice(), layout.strides.as_slice()) {
        (&[r, c], &[rs, cs]) if rs != 0 && rs.abs() < cs.abs() && r > 8 && c > 8 => {
            Some(((r, rs), c))
        }
        _ => None,
    }
}

fn tiles<T: Element>(
    from: *const T,
    (rows, row_step): (usize, isize),
    cols: usize,
    col_step: isize,
    out: &mut [MaybeUninit<T>],
) {
    for r0 in (0..rows).step_by(TILE) {
        for c0 in (0..cols).step_by(TILE) {
            for r in r0..(r0 + TILE).min(rows) {
                for c in c0..(c0 + TILE).min(cols) {
                    let at = r as isize * row_step + c as isize * col_step;
                    // SAFETY: `r` and `c` lie within the view that `from` starts.
                    out[r * cols + c].write(unsafe { *from.offset(at) });
                }
            }
        }
    }
}

/// The elements as another dtype; floats from anything, with NumPy's conversions.
pub fn cast(t: &Tensor, dtype: DType) -> Result<Tensor> {
    if t.dtype() == dtype {
        return Ok(t.clone());
    }
    let a = match t {
        Tensor::F64(x) => return Ok(Tensor::number(dtype, *x)),
        Tensor::F32(x) => return Ok(Tensor::number(dtype, f64::from(*x))),
        Tensor::Array(a) => contiguous(a)?,
    };
    with_float!(dtype, To => match a.dtype() {
        DType::F64 => convert::<f64, To>(&a, To::of),
        DType::F32 => convert::<f32, To>(&a, |x| To::of(f64::from(x))),
        DType::I64 => convert::<i64, To>(&a, |x| x as To),
        DType::Bool => convert::<bool, To>(&a, |x| To::of(f64::from(u8::from(x)))),
    }, else Err(Error::internal("a cast to integers")))
}

fn convert<A: Element, B: Element>(a: &Array, f: impl Fn(A) -> B + Sync) -> Result<Tensor> {
    let Some(from) = a.as_slice::<A>() else {
        return Err(Error::internal("a cast of strided elements"));
    };
    // SAFETY: the lengths are equal, so every element is written.
    let array = unsafe {
        Array::build(a.shape(), |out| {
            let shared = Shared::new(out);
            heavy(from.len() as f64 * 0.6, || {
                parallel::for_each_chunk(from.len(), CHUNK, |r| {
                    for (o, &x) in shared.slice(r.clone()).iter_mut().zip(&from[r]) {
                        o.write(f(x));
                    }
                });
            });
            Ok(())
        })?
    };
    Ok(array.into())
}

/// Row-major memory that nobody else holds: the tensor's own where it can be, else a copy.
pub fn owned(mut t: Tensor) -> Result<Tensor> {
    with_float!(t.dtype(), T => {
        if t.as_mut_slice::<T>().is_some() {
            return Ok(t);
        }
        let view_of = t.to_array()?;
        let view = view_of.view::<T>()?;
        // SAFETY: `gather` writes every element.
        let copy = unsafe {
            Array::build(view_of.shape(), |out| { gather(view, out); Ok(()) })?
        };
        Ok(Tensor::Array(Arc::new(copy)))
    }, else Err(Error::internal("a copy of integers to add to")))
}

/// A function of two numbers, for [`zip_assign`].
pub trait Zip: Sync {
    /// The new value of the first.
    fn zip<T: Lane>(&self, a: T, b: T) -> T;
}

struct Plus;

impl Zip for Plus {
    #[inline(always)]
    fn zip<T: Lane>(&self, a: T, b: T) -> T {
        a + b
    }
}

/// `target += value`, element by element; `false`, with nothing done, where `target` is shared or
/// the two are not alike.
pub fn add_assign(target: &mut Tensor, value: &Tensor) -> Result<bool> {
    heavy(target.size() as f64 * 0.6, || zip_assign(target, value, &Plus))
}

/// `target = f(target, value)`, element by element; `false`, with nothing done, where `target` is
/// shared, or the two differ in shape, dtype or order of elements. Keeps the interpreter's lock.
pub fn zip_assign(target: &mut Tensor, value: &Tensor, f: &impl Zip) -> Result<bool> {
    let v = match (&mut *target, value) {
        (Tensor::F64(a), Tensor::F64(b)) => {
            *a = f.zip(*a, *b);
            return Ok(true);
        }
        (Tensor::F32(a), Tensor::F32(b)) => {
            *a = f.zip(*a, *b);
            return Ok(true);
        }
        (Tensor::Array(a), Tensor::Array(v))
            if a.shape() == v.shape() && a.dtype() == v.dtype() =>
        {
            v
        }
        _ => return Ok(false),
    };
    with_float!(v.dtype(), T => {
        let (Some(into), Some(from)) = (target.as_mut_slice::<T>(), v.as_slice::<T>()) else {
            return Ok(false);
        };
        let shared = Shared::new(into);
        parallel::for_each_chunk(from.len(), CHUNK, |r| {
            // SAFETY: ranges are disjoint.
            let into = unsafe { shared.slice(r.clone()) };
            for (a, &b) in into.iter_mut().zip(&from[r]) {
                *a = f.zip(*a, b);
            }
        });
        Ok(true)
    }, else Ok(false))
}

/// Elements that are copied at a time by [`repeat`]: they stay in the innermost cache.
const REPEATED: usize = 2048;

/// Fills memory with a row, again and again.
pub fn repeat<T: Copy>(row: &[T], out: &mut [MaybeUninit<T>]) {
    let n = row.len().min(out.len());
    for (o, &x) in out.iter_mut().zip(row) {
        o.write(x);
    }
    // What has been written is copied: twice as much each time, where rows are short.
    let mut done = n;
    while n > 0 && done < out.len() {
        let most = done.min((REPEATED / n).max(1) * n);
        let len = most.min(out.len() - done);
        out.copy_within(..len, done);
        done += len;
    }
}
