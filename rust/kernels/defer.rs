//! Elementwise work that waits until somebody looks at its result.
//!
//! Large arrays are bound by memory: `tanh(sin(x) * y)` done at once reads and writes each
//! intermediate array as a whole. An elementwise operation on a large array therefore only notes what
//! is to be done ([`Work`]), as the [`Store`] of its result. When somebody looks at such a result, all that
//! it waits for becomes one program, which runs tile by tile: a tile goes through all of its steps
//! while it is in the innermost cache, on all threads. Arrays that only steps of the program refer to are
//! never made; what anybody else may still look at (a graph that keeps it for a gradient, a Variable) is written
//! in the same pass.
//!
//! Nothing else changes: values are immutable, so it does not matter when they are computed, and an
//! element is computed by the same code wherever it is, so the bits are the same.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use smallvec::SmallVec;

use super::dispatch::{Each, Lane, Loop, MapFn};
use super::heavy::heavy;
use super::map::{all_reversed, lies_across, map};
use super::parallel;
use super::tiles::{At, Gather, Registers, Run, Tiles};
use super::walk::Plan;
use crate::error::{Error, Kind, Result};
use crate::table::Map;
use crate::tensor::{Array, Buffer, DType, Dims, Store, Tensor, Waiting};
use crate::with_float;

/// Arrays of fewer elements fit a cache anyway: what would be saved is less than what the noting costs.
static LEAST: AtomicUsize = AtomicUsize::new(16 * 1024);
/// Arrays above this many elements are computed at once, so that the operation that asks for too much
/// memory is the one that fails.
pub(super) const MOST: usize = 1 << 27;
/// Programs do not grow beyond this many steps: whatever waits keeps its operands alive.
const LONGEST: usize = 64;
/// Elements per parallel piece.
const CHUNK: usize = 32 * 1024;

/// An elementwise operation that is still to be done.
pub struct Work {
    by: Box<dyn Loop>,
    /// Nanoseconds per element, roughly.
    cost: f64,
    dtype: DType,
    shape: Dims,
    size: usize,
    sources: SmallVec<[Source; 4]>,
}

/// An operand.
enum Source {
    /// One number everywhere.
    Number(f64),
    /// An array whose shape broadcasts to the result's. If it waits too, then its elements are the
    /// result's, one by one.
    Array(Array),
}

impl Source {
    fn store(&self) -> Option<&Arc<Store>> {
        match self {
            Source::Array(a) => a.store(),
            Source::Number(_) => None,
        }
    }
}

/// [`map`], but for large arrays only noted, to be computed when somebody looks.
pub fn map_later<F: MapFn<N>, const N: usize>(
    f: &F,
    ins: [&Tensor; N],
    shape: &[usize],
) -> Result<Tensor> {
    let size = shape.iter().fold(1usize, |n, &d| n.saturating_mul(d));
    if (least()..=MOST).contains(&size)
        && let Some(sources) = sources(&ins, shape, size)?
    {
        let (by, cost) = (Box::new(Each(*f)), F::CLASS.cost());
        let dtype = ins[0].dtype();
        let work = Work { by, cost, dtype, shape: shape.into(), size, sources };
        let waiting = Waiting::Map(Arc::new(work));
        return Ok(Array::from_store(dtype, shape, Store::pending(waiting)).into());
    }
    map(f, ins, shape)
}

/// Sets from how many elements on work waits, and tells what it was before: tests let small arrays
/// wait.
pub fn set_least(elements: usize) -> usize {
    LEAST.swap(elements.max(1), Relaxed)
}

/// From how many elements on work waits.
pub fn least() -> usize {
    LEAST.load(Relaxed)
}

/// Whether a value still waits.
pub fn is_pending(t: &Tensor) -> bool {
    matches!(t, Tensor::Array(a) if a.is_pending())
}

/// Computes all that waits of some values, in as few passes as possible.
pub fn settle<'t>(values: impl Iterator<Item = &'t Tensor>) -> Result<()> {
    let store = |t: &'t Tensor| match t {
        Tensor::Array(a) => a.store().filter(|s| s.is_pending()),
        _ => None,
    };
    let roots: SmallVec<[&Arc<Store>; 8]> = values.filter_map(store).collect();
    compute(&roots)
}

/// Operands as work keeps them, or `None` where [`map`] knows a better way.
fn sources<const N: usize>(
    ins: &[&Tensor; N],
    shape: &[usize],
    size: usize,
) -> Result<Option<SmallVec<[Source; 4]>>> {
    if !ins[0].dtype().is_float() || all_reversed(*ins, shape) {
        return Ok(None);
    }
    let mut sources: SmallVec<[Source; 4]> = SmallVec::new();
    for t in ins {
        sources.push(match t {
            Tensor::Array(a) if a.is_husk() || lies_across(a, shape) => return Ok(None),
            Tensor::Array(a) => {
                // Programs have one order: that of all elements of what waits. A part of them may well be
                // contiguous too, and be broadcast to as many.
                let all = |work: &Work| a.layout().size() == work.size && work.size == size;
                if let Some(store) = a.store()
                    && let Some(work) = store.work()
                    && !(all(&work) && a.layout().is_contiguous())
                {
                    store.get()?;
                }
                Source::Array(a.as_ref().clone())
            }
            number => match number.item() {
                Some(x) => Source::Number(x),
                None => return Ok(None),
            },
        });
    }
    let waiting: SmallVec<[&Arc<Store>; 4]> =
        sources.iter().filter_map(Source::store).filter(|s| s.is_pending()).collect();
    if !waiting.is_empty() && order(&waiting).len() >= LONGEST {
        compute(&waiting)?;
    }
    drop(waiting);
    Ok(Some(sources))
}

/// Everything that some stores wait for, themselves included, operands first.
fn order(roots: &[&Arc<Store>]) -> Vec<(Arc<Store>, Arc<Work>)> {
    let mut order = Vec::new();
    let mut found: Map<*const Store, ()> = Map::default();
    let mut stack: Vec<(Arc<Store>, Arc<Work>, usize)> = Vec::new();
    let fresh = |store: &Arc<Store>, found: &Map<*const Store, ()>| {
        let work = store.work().filter(|_| !found.contains_key(&Arc::as_ptr(store)))?;
        Some((store.clone(), work, 0))
    };
    for root in roots {
        stack.extend(fresh(root, &found));
        while let Some((_, work, next)) = stack.last_mut() {
            *next += 1;
            match work.sources.get(*next - 1) {
                Some(source) => {
                    let below = source.store().and_then(|s| fresh(s, &found));
                    stack.extend(below);
                }
                None => {
                    if let Some((store, work, _)) = stack.pop() {
                        found.insert(Arc::as_ptr(&store), ());
                        order.push((store, work));
                    }
                }
            }
        }
    }
    order
}

/// Computes what some stores wait for, those of one size and dtype together.
pub fn compute(roots: &[&Arc<Store>]) -> Result<()> {
    while let Some(work) = roots.iter().find_map(|s| s.work()) {
        let alike = |s: &&&Arc<Store>| {
            s.work().is_some_and(|w| w.size == work.size && w.dtype == work.dtype)
        };
        let together: SmallVec<[&Arc<Store>; 8]> = roots.iter().filter(alike).copied().collect();
        with_float!(work.dtype, T => run::<T>(&together)?,
            else return Err(Error::internal("an elementwise function of integers")));
    }
    Ok(())
}

/// Runs the program for some stores of one size and dtype.
fn run<T: Lane>(roots: &[&Arc<Store>]) -> Result<()> {
    let steps = order(roots);
    let Some(size) = steps.first().map(|(_, w)| w.size) else { return Ok(()) };
    let place: Map<*const Store, usize> =
        steps.iter().enumerate().map(|(i, (s, _))| (Arc::as_ptr(s), i)).collect();
    let step_of = |source: &Source| Some(*place.get(&Arc::as_ptr(source.store()?))?);

    // How often steps refer to each, and which is the last to do so.
    let mut inside = vec![0; steps.len()];
    let mut last = vec![0; steps.len()];
    for (i, (_, work)) in steps.iter().enumerate() {
        for from in work.sources.iter().filter_map(step_of) {
            inside[from] += 1;
            last[from] = i;
        }
    }
    // What is seen from outside is written to memory. Nobody outside can get at the others: it takes
    // a reference to make one, and the only ones are in the steps, which refer to nothing later.
    let mut written: Vec<Option<Buffer>> = Vec::with_capacity(steps.len());
    for (i, (store, work)) in steps.iter().enumerate() {
        let root = roots.iter().any(|r| Arc::ptr_eq(r, store));
        let seen = root || Arc::strong_count(store) > inside[i] + 1;
        let bytes = size * size_of::<T>();
        let buffer = seen.then(|| Buffer::uninit(bytes)).transpose();
        let no_memory = |_| Kind::Memory { shape: work.shape.clone(), bytes: Some(bytes) };
        written.push(buffer.map_err(no_memory)?);
    }

    let mut registers = Registers::<T>::default();
    let mut places: Vec<At<T>> = Vec::with_capacity(steps.len());
    let mut runs = Vec::with_capacity(steps.len());
    for (i, (_, work)) in steps.iter().enumerate() {
        let mut gathers: SmallVec<[Gather<T>; 2]> = SmallVec::new();
        let mut ins = SmallVec::new();
        for source in &work.sources {
            ins.push(match (step_of(source), source) {
                (Some(from), _) => places[from],
                (None, Source::Number(x)) => registers.number(T::of(*x)),
                (None, Source::Array(a)) => {
                    let view = a.view::<T>()?;
                    if view.layout.is_contiguous() && view.layout.size() == size {
                        At::Memory(view.first().cast_mut())
                    } else {
                        let broadcast = view.layout.broadcast_to(&work.shape);
                        let layout = broadcast
                            .ok_or_else(|| Error::internal("an operand that does not broadcast"))?;
                        let plan = Plan::new(&work.shape, |_, axis| layout.strides[axis]);
                        let to = registers.take();
                        gathers.push(Gather { plan, from: view.first(), to });
                        At::Register(to)
                    }
                }
            });
        }
        let out = match &mut written[i] {
            Some(buffer) => At::Memory(buffer.as_mut_ptr().cast()),
            None => At::Register(registers.take()),
        };
        places.push(out);
        // Registers that this step was the last to read.
        gathers.iter().for_each(|g| registers.free(g.to));
        let mut read: SmallVec<[usize; 4]> = work.sources.iter().filter_map(step_of).collect();
        read.sort_unstable();
        read.dedup();
        for from in read {
            if let (At::Register(r), true) = (places[from], last[from] == i) {
                registers.free(r);
            }
        }
        runs.push(Run { by: &*work.by, gathers, ins, out });
    }

    let tiles = Tiles { runs, registers };
    let cost: f64 = steps.iter().map(|(_, w)| w.cost).sum();
    let failed = AtomicBool::new(false);
    heavy(size as f64 * cost, || {
        parallel::for_each_chunk(size, CHUNK, |range| {
            // SAFETY: operands have `size` elements or broadcast to that many, buffers have as many;
            // chunks are disjoint; and a step reads what steps before it have written, since
            // operands come first and a register is used again only after its last reader.
            if unsafe { tiles.run(range) }.is_err() {
                failed.store(true, Relaxed);
            }
        });
    });
    drop(tiles);
    if failed.into_inner() {
        return Err(Kind::Memory { shape: steps[0].1.shape.clone(), bytes: None }.into());
    }
    for ((store, _), buffer) in steps.iter().zip(written) {
        if let Some(buffer) = buffer {
            store.publish(buffer);
        }
    }
    Ok(())
}
