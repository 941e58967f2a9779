//! Rows of an array by their positions: taken, added to, replaced.
//!
//! The axes of a view fall into three groups: those that stand for themselves (`batch`), those
//! whose positions are chosen (`lead`), and those of a row. A chosen position counts in row-major
//! order of the middle group, whatever the strides.

use super::heavy::heavy;
use super::parallel;
use super::place::{change, strip};
use super::shared::Shared;
use super::walk::Plan;
use crate::error::{Error, Kind, Result};
use crate::tensor::{
    Array, Dims, Element, Float, Layout, Strides, Tensor, TensorView, checked_size,
};
use crate::with_float;

/// Elements per parallel piece.
const CHUNK: usize = 64 * 1024;
/// Columns that a piece has at least, when rows are cut.
const COLUMNS: usize = 64;

/// How many axes each of the first two groups has.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// Axes that stand for themselves.
    pub batch: usize,
    /// Axes whose positions are chosen.
    pub lead: usize,
}

/// Chosen rows of a view.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// The groups of axes.
    pub cut: Cut,
    /// The positions.
    pub at: &'a [usize],
}

/// Where the rows are.
struct Finder<'a> {
    batch: Plan<1>,
    lead: Plan<1>,
    at: &'a [usize],
}

impl<'a> Rows<'a> {
    /// The shape of what is taken: the batch, the number of rows, a row.
    pub fn shape(&self, layout: &Layout) -> Dims {
        let Cut { batch, lead } = self.cut;
        let mut shape: Dims = layout.shape[..batch].into();
        shape.push(self.at.len());
        shape.extend_from_slice(&layout.shape[batch + lead..]);
        shape
    }

    fn finder(&self, layout: &Layout) -> Result<Finder<'a>> {
        let Cut { batch, lead } = self.cut;
        let size: usize = layout.shape[batch..batch + lead].iter().product();
        if self.at.iter().max().is_some_and(|&last| last >= size) {
            return Err(Error::internal("a row outside the array"));
        }
        let plan = |from: usize, to: usize| {
            Plan::<1>::new(&layout.shape[from..to], |_, axis| layout.strides[from + axis])
        };
        Ok(Finder { batch: plan(0, batch), lead: plan(batch, batch + lead), at: self.at })
    }
}

impl Finder<'_> {
    /// The offset of the first element of row `i`, counted through the batch.
    #[inline(always)]
    fn offset(&self, i: usize) -> isize {
        if self.batch.axes[0].0 == 1 {
            return self.place(self.at[i]);
        }
        self.batch.offset(0, i / self.at.len()) + self.place(self.at[i % self.at.len()])
    }

    /// The step from one position to the next, where that is all there is to know.
    fn step(&self) -> Option<isize> {
        match (self.batch.axes[0].0, self.lead.axes.as_slice()) {
            (1, &[(_, [step])]) => Some(step),
            _ => None,
        }
    }

    #[inline(always)]
    fn place(&self, position: usize) -> isize {
        match self.lead.axes.as_slice() {
            [(_, [step])] => position as isize * step,
            _ => self.lead.offset(0, position),
        }
    }
}

/// Copies the rows: the result has shape [`Rows::shape`].
pub fn take(x: &Tensor, rows: Rows<'_>) -> Result<Tensor> {
    let x = x.to_array()?;
    let shape = rows.shape(x.layout());
    let finder = rows.finder(x.layout())?;
    with_float!(x.dtype(), T => {
        let view = x.view::<T>()?;
        // SAFETY: `gather` writes every element.
        let taken = unsafe {
            Array::build::<T>(&shape, |out| { gather(view, &finder, rows.cut, out); Ok(()) })?
        };
        Ok(taken.into())
    }, else Err(Error::internal("rows of integers")))
}

fn gather<T: Element>(
    view: TensorView<'_, T>,
    finder: &Finder<'_>,
    cut: Cut,
    out: &mut [std::mem::MaybeUninit<T>],
) {
    if out.is_empty() {
        return;
    }
    let first = cut.batch + cut.lead;
    let (shape, strides) = (&view.layout.shape[first..], &view.layout.strides[first..]);
    let row = Plan::<1>::new(shape, |_, axis| strides[axis]);
    let width: usize = shape.iter().product();
    let count = out.len() / width;
    let shared = Shared::new(out);
    heavy(count as f64 * (width as f64 + 2.0), || {
        parallel::for_each_chunk(count, CHUNK.div_ceil(width), |r| {
            // SAFETY: rows of the result are disjoint.
            let out = unsafe { shared.slice(r.start * width..r.end * width) };
            if width == 1 {
                // SAFETY: the finder's rows lie within the view.
                let element = |offset: isize| unsafe { *view.first().offset(offset) };
                match finder.step() {
                    Some(step) => out.iter_mut().zip(&finder.at[r]).for_each(|(o, &p)| {
                        o.write(element(p as isize * step));
                    }),
                    None => out.iter_mut().zip(r).for_each(|(o, i)| {
                        o.write(element(finder.offset(i)));
                    }),
                }
                return;
            }
            for (o, i) in out.chunks_exact_mut(width).zip(r) {
                // SAFETY: as above, and the row has as many elements as `o`.
                unsafe { row.gather(0, view.first().offset(finder.offset(i)), 0, o) };
            }
        });
    });
}

/// Adds `value`, of shape [`Rows::shape`], to the rows of the part of row-major `target` that
/// `part` shows; it shows no element twice. Rows that are named twice get both. `target` must not
/// be shared.
pub fn add_into(target: &mut Tensor, part: &Layout, rows: Rows<'_>, value: &Tensor) -> Result<()> {
    with_float!(target.dtype(), T => {
        combine::<T>(target, part, rows, value, |a, b| *a += b)
    }, else Err(Error::internal("an addition of integers")))
}

/// The same with the rows replaced; of rows that are named twice, the last wins.
pub fn write_into(
    target: &mut Tensor,
    part: &Layout,
    rows: Rows<'_>,
    value: &Tensor,
) -> Result<()> {
    with_float!(target.dtype(), T => {
        combine::<T>(target, part, rows, value, |a, b| *a = b)
    }, else Err(Error::internal("an assignment of integers")))
}

fn combine<T: Float>(
    target: &mut Tensor,
    part: &Layout,
    rows: Rows<'_>,
    value: &Tensor,
    f: impl Fn(&mut T, T) + Sync + Copy,
) -> Result<()> {
    if value.shape() != rows.shape(part).as_slice() {
        return Err(Error::internal("rows and a value of two shapes"));
    }
    if value.size() == 0 {
        return Ok(());
    }
    let finder = rows.finder(part)?;
    let value = value.to_array()?;
    let from = value.view::<T>()?;
    change(target, |into| spread(into, (part, rows.cut), &finder, from, f))
}

fn spread<T: Float>(
    into: &mut [T],
    (part, cut): (&Layout, Cut),
    finder: &Finder<'_>,
    from: TensorView<'_, T>,
    f: impl Fn(&mut T, T) + Sync + Copy,
) {
    // The rows of the value are its first axes, up to the one that counts rows.
    let (outer, first) = (cut.batch + 1, cut.batch + cut.lead);
    let given = from.layout;
    let source = Plan::<1>::new(&given.shape[..outer], |_, axis| given.strides[axis]);
    let steps: [&[isize]; 2] = [&given.strides[outer..], &part.strides[first..]];
    let row = Plan::<2>::new(&part.shape[first..], |k, axis| steps[k][axis]);
    let (inner, [sf, st]) = row.inner();
    let width: usize = part.shape[first..].iter().product();
    let height = finder.at.len();
    let batches: usize = part.shape[..cut.batch].iter().product();
    if width == 1
        && let (Some(step), [(_, [given])]) = (finder.step(), source.axes.as_slice())
    {
        heavy(height as f64 * 3.0, || {
            for (i, &p) in finder.at.iter().enumerate() {
                let place = part.offset as isize + p as isize * step;
                // SAFETY: the value has an element for each row.
                f(&mut into[place as usize], unsafe { *from.first().offset(i as isize * given) });
            }
        });
        return;
    }
    let shared = Shared::new(into);
    // Rows `is`, and of each the elements `columns`.
    let block = |is: std::ops::Range<usize>, columns: std::ops::Range<usize>| {
        for i in is {
            let (a, b) = (source.offset(0, i), finder.offset(i) + part.offset as isize);
            let mut at = columns.start;
            while at < columns.end {
                let run = (inner - at % inner).min(columns.end - at);
                let (a, b) = (a + row.offset(0, at), b + row.offset(1, at));
                let (low, high) =
                    (b.min(b + (run as isize - 1) * st), b.max(b + (run as isize - 1) * st));
                // SAFETY: threads get different batches or columns, and the part shows no element
                // twice; but strides may interleave them, so that only strips without gaps are
                // borrowed as a whole.
                unsafe {
                    let from = from.first().offset(a);
                    if st.abs() == 1 || run == 1 {
                        let into = shared.slice(low as usize..high as usize + 1);
                        strip(into, ((b - low) as usize, st), from, sf, run, f);
                    } else {
                        for k in 0..run as isize {
                            let place = (b + k * st) as usize;
                            f(&mut shared.slice(place..place + 1)[0], *from.offset(k * sf));
                        }
                    }
                }
                at += run;
            }
        }
    };
    heavy((batches * height) as f64 * (width as f64 + 2.0), || {
        if batches > 1 {
            parallel::for_each_chunk(batches, CHUNK.div_ceil(width * height), |b| {
                block(b.start * height..b.end * height, 0..width);
            });
        } else {
            // Rows may be named twice: each thread goes over all of them, with columns of its own.
            let columns = CHUNK.div_ceil(height).max(COLUMNS);
            parallel::for_each_chunk(width, columns, |c| block(0..height, c));
        }
    });
}

/// Which of the rows that are named twice wins an assignment: for each, whether it is the last of
/// its kind. `None` where no row is named twice.
pub fn winners(at: &[usize]) -> Option<Vec<bool>> {
    let mut order: Vec<usize> = (0..at.len()).collect();
    order.sort_unstable_by_key(|&i| (at[i], i));
    let beaten = |w: &[usize]| at[w[0]] == at[w[1]];
    if !order.windows(2).any(beaten) {
        return None;
    }
    let mut wins = vec![true; at.len()];
    order.windows(2).filter(|w| beaten(w)).for_each(|w| wins[w[0]] = false);
    Some(wins)
}

/// Room for as many positions as `spread` has elements, and that number.
fn room(spread: &[usize]) -> Result<(Vec<usize>, usize)> {
    let n = checked_size(spread, size_of::<usize>())?;
    let mut out = Vec::new();
    let bytes = Some(n * size_of::<usize>());
    let no_memory = |_| Kind::Memory { shape: spread.into(), bytes };
    out.try_reserve_exact(n).map_err(no_memory)?;
    Ok((out, n))
}

/// Positions in row-major order of `shape`: on `axis` the chosen ones, which have the shape `dims`,
/// and on the others the place itself. Both `dims` and `shape`, with 1 on the axis, broadcast to
/// `spread`.
pub fn along_lanes(
    spread: &[usize],
    shape: &[usize],
    axis: usize,
    (dims, chosen): (&[usize], &[usize]),
) -> Result<Vec<usize>> {
    let (mut out, n) = room(spread)?;
    if n == 0 {
        return Ok(out);
    }
    let Some(given) = Layout::contiguous(dims).broadcast_to(spread) else {
        return Err(Error::internal("positions that do not broadcast"));
    };
    let mut lanes = Layout::contiguous(shape);
    let unit = lanes.strides[axis] as usize;
    for (a, (step, &size)) in lanes.strides.iter_mut().zip(shape).enumerate() {
        if a == axis || size == 1 {
            *step = 0;
        }
    }
    let steps = [&given.strides, &lanes.strides];
    let plan = Plan::<2>::new(spread, |k, a| steps[k][a]);
    let (inner, [sg, sl]) = plan.inner();
    for at in (0..n).step_by(inner) {
        let (from, lane) = (plan.offset(0, at), plan.offset(1, at));
        let place = |i: isize| chosen[(from + i * sg) as usize] * unit + (lane + i * sl) as usize;
        out.extend((0..inner as isize).map(place));
    }
    Ok(out)
}

/// Positions in row-major order of `shape`, from one array of positions per axis: each has the
/// shape `spread` when it is broadcast.
pub fn positions(
    spread: &[usize],
    shape: &[usize],
    each: &[(Dims, Vec<usize>)],
) -> Result<Vec<usize>> {
    let (mut out, n) = room(spread)?;
    out.resize(n, 0);
    let mut unit = 1;
    for ((dims, given), &size) in each.iter().zip(shape).rev() {
        if given.len() == 1 {
            out.iter_mut().for_each(|o| *o += given[0] * unit);
        } else if dims.as_slice() == spread {
            out.iter_mut().zip(given).for_each(|(o, &p)| *o += p * unit);
        } else {
            let Some(layout) = Layout::contiguous(dims).broadcast_to(spread) else {
                return Err(Error::internal("positions that do not broadcast"));
            };
            let strides: &Strides = &layout.strides;
            let plan = Plan::<1>::new(spread, |_, axis| strides[axis]);
            let place =
                |(i, o): (usize, &mut usize)| *o += given[plan.offset(0, i) as usize] * unit;
            out.iter_mut().enumerate().for_each(place);
        }
        unit *= size;
    }
    Ok(out)
}
