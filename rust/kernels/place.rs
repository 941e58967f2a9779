//! Writing and adding into a part of an array.

use super::heavy::heavy;
use super::parallel;
use super::shared::Shared;
use super::walk::Plan;
use crate::error::{Error, Result};
use crate::tensor::{Float, Layout, Tensor, TensorView};
use crate::with_float;

/// Elements per parallel piece.
const CHUNK: usize = 64 * 1024;

/// Adds `value` to the part of row-major `target` that `part` describes, where a layout is that of
/// the view which shows the part. Positions that the part shows twice get both. `target` must not
/// be shared.
pub fn add_into(target: &mut Tensor, part: &Layout, value: &Tensor) -> Result<()> {
    with_float!(target.dtype(), T => {
        combine::<T>(target, part, value, |a, b| *a += b)
    }, else Err(Error::internal("an addition of integers")))
}

/// The same with the elements replaced.
pub fn write_into(target: &mut Tensor, part: &Layout, value: &Tensor) -> Result<()> {
    with_float!(target.dtype(), T => {
        combine::<T>(target, part, value, |a, b| *a = b)
    }, else Err(Error::internal("an assignment of integers")))
}

fn combine<T: Float>(
    target: &mut Tensor,
    part: &Layout,
    value: &Tensor,
    f: impl Fn(&mut T, T) + Sync + Copy,
) -> Result<()> {
    if value.shape() != part.shape.as_slice() {
        return Err(Error::internal("a part and a value of two shapes"));
    }
    if part.size() == 0 {
        return Ok(());
    }
    let value = value.to_array()?;
    let from = value.view::<T>()?;
    change(target, |into| each(into, part, from, f))
}

/// Gives the elements of an array that is not shared, or of a number, for writing.
pub(super) fn change<T: Float>(target: &mut Tensor, f: impl FnOnce(&mut [T])) -> Result<()> {
    if target.ndim() == 0 {
        let mut one = [T::of(target.item().unwrap_or(0.0))];
        f(&mut one);
        *target = one[0].scalar();
        return Ok(());
    }
    let Some(into) = target.as_mut_slice::<T>() else {
        return Err(Error::internal("a change of a shared array"));
    };
    f(into);
    Ok(())
}

fn each<T: Float>(
    into: &mut [T],
    part: &Layout,
    from: TensorView<'_, T>,
    f: impl Fn(&mut T, T) + Sync + Copy,
) {
    let n = part.size();
    let steps = [&from.layout.strides, &part.strides];
    let plan = Plan::<2>::new(&part.shape, |k, axis| steps[k][axis]);
    let (outer, [_, step]) = plan.axes[0];
    let (inner, [sf, st]) = plan.inner();
    let rest = n / outer;
    // How far one outer position reaches below and above its first element.
    let reach = |sign: isize| -> isize {
        let far = |(d, s): &(usize, [isize; 2])| ((*d as isize - 1) * s[1] * sign).max(0);
        plan.axes[1..].iter().map(far).sum()
    };
    let (below, above) = (reach(-1), reach(1));
    // Pieces that overlap are left to one thread.
    let apart = step.abs() > below + above;
    let chunk = if apart { CHUNK.div_ceil(rest) } else { outer };
    let shared = Shared::new(into);
    heavy(n as f64, || {
        parallel::for_each_chunk(outer, chunk, |r| {
            let (a, b) = (r.start as isize * step, (r.end as isize - 1) * step);
            let low = part.offset as isize + a.min(b) - below;
            let high = part.offset as isize + a.max(b) + above;
            // SAFETY: pieces are apart, or there is only one.
            let into = unsafe { shared.slice(low as usize..high as usize + 1) };
            let (mut at, end) = (r.start * rest, r.end * rest);
            while at < end {
                let run = (inner - at % inner).min(end - at);
                let t = (plan.offset(1, at) + part.offset as isize - low) as usize;
                // SAFETY: `at..at + run` are positions of the common shape, on one inner axis.
                unsafe {
                    strip(
                        &mut into[..],
                        (t, st),
                        from.first().offset(plan.offset(0, at)),
                        sf,
                        run,
                        f,
                    )
                };
                at += run;
            }
        });
    });
}

/// One strip of `run` elements.
///
/// # Safety
/// `from` has `run` elements `sf` apart.
#[inline(always)]
pub(super) unsafe fn strip<T: Float>(
    into: &mut [T],
    (t, st): (usize, isize),
    from: *const T,
    sf: isize,
    run: usize,
    f: impl Fn(&mut T, T),
) {
    if (st, sf) == (1, 1) {
        // SAFETY: by the caller's promise.
        let from = unsafe { std::slice::from_raw_parts(from, run) };
        for (a, &b) in into[t..t + run].iter_mut().zip(from) {
            f(a, b);
        }
        return;
    }
    for i in 0..run as isize {
        // SAFETY: by the caller's promise.
        f(&mut into[(t as isize + i * st) as usize], unsafe { *from.offset(i * sf) });
    }
}
