//! Which results depend on which elements of the inputs.
//!
//! A pass like that of gradients, with sets of results in their place: whatever the rules say, an
//! element of an operand reaches the results that an element computed from it does ([`Op::reach`]). A set is
//! a bit per result, where a batch of gradients has a number, so that the pass costs little beside that.
//!
//! [`Op::reach`]: crate::op::Op::reach

use std::collections::hash_map::Entry;
use std::ops::Range;

use smallvec::SmallVec;

use super::gradients::Within;
use super::node::{NodeId, OpRef};
use super::{Ctx, Graph, Var};
use crate::error::{Error, Result, room};
use crate::kernels::copy::contiguous;
use crate::op::{Forward, Reach, Rule};
use crate::table::Map;
use crate::tensor::{Array, DType, Tensor};
use crate::with_float;

/// A set of results for each element of a value.
pub(super) struct Sets {
    /// Words in a set.
    words: usize,
    /// One set after the other.
    bits: Vec<u64>,
}

impl Sets {
    fn empty(len: usize, words: usize) -> Result<Self> {
        let n = len.saturating_mul(words);
        let mut bits = room(n)?;
        bits.resize(n, 0);
        Ok(Self { words, bits })
    }

    /// Each result is in a set of its own.
    fn single(len: usize) -> Result<Self> {
        let mut sets = Self::empty(len, len.div_ceil(64))?;
        for i in 0..len {
            sets.bits[i * sets.words + i / 64] |= 1 << (i % 64);
        }
        Ok(sets)
    }

    /// The set of an element.
    pub(super) fn get(&self, i: usize) -> &[u64] {
        self.range(i..i + 1)
    }

    /// The other way round: for each of so many results, the elements whose sets it is in.
    pub(super) fn turned(&self, results: usize) -> Result<Self> {
        let len = self.bits.len() / self.words.max(1);
        let mut turned = Self::empty(results, len.div_ceil(64))?;
        for (i, set) in self.iter().enumerate() {
            each(set, |result| turned.bits[result * turned.words + i / 64] |= 1 << (i % 64));
        }
        Ok(turned)
    }

    /// All sets.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u64]> {
        self.bits.chunks_exact(self.words.max(1))
    }

    /// Adds sets, one after the other, to as many from an element on.
    fn add(&mut self, at: usize, sets: &[u64]) {
        let own = self.bits[at * self.words..].iter_mut();
        own.zip(sets).for_each(|(own, new)| *own |= new);
    }

    /// The sets of some elements, one after the other.
    fn range(&self, range: Range<usize>) -> &[u64] {
        &self.bits[range.start * self.words..range.end * self.words]
    }

    /// What is in any of some sets.
    fn union(&self, range: Range<usize>) -> SmallVec<[u64; 8]> {
        let mut all: SmallVec<[u64; 8]> = SmallVec::from_elem(0, self.words);
        for set in self.range(range).chunks_exact(self.words.max(1)) {
            all.iter_mut().zip(set).for_each(|(all, new)| *all |= new);
        }
        all
    }
}

/// How many members a set has.
pub(super) fn count(set: &[u64]) -> usize {
    set.iter().map(|word| word.count_ones() as usize).sum()
}

/// Calls `f` with each member of a set.
pub(super) fn each(set: &[u64], mut f: impl FnMut(usize)) {
    for (at, &word) in set.iter().enumerate() {
        let mut rest = word;
        while rest != 0 {
            f(at * 64 + rest.trailing_zeros() as usize);
            rest &= rest - 1;
        }
    }
}

/// A node as rules see it.
struct Step {
    op: OpRef,
    parents: SmallVec<[NodeId; 4]>,
    inputs: SmallVec<[Var; 4]>,
    output: Var,
    /// Whether it is one of several results, or has several.
    many: bool,
}

impl Graph {
    /// The results that each element of the inputs reaches; `None` for inputs that reach none. If an
    /// element reaches more than `most` of them, the pass ends, without a result.
    pub(super) fn reached(
        &self,
        root: NodeId,
        inputs: &[NodeId],
        within: &Within,
        most: usize,
    ) -> Result<Option<Vec<Option<Sets>>>> {
        let ctx = Ctx::with_recording(self, false);
        let mut order: Vec<(u64, NodeId)> = {
            let arena = self.arena();
            let inner = within.iter().filter(|(_, end)| !**end);
            inner.map(|(&id, _)| (arena.get(id).seq, id)).collect()
        };
        order.sort_unstable_by(|a, b| b.cmp(a));
        let size = self.arena().get(root).value.size();
        let words = size.div_ceil(64);
        let mut flows: Map<NodeId, Sets> = Map::default();
        flows.reserve(within.len());
        flows.insert(root, Sets::single(size)?);
        for (_, id) in order {
            let Some(sets) = flows.remove(&id) else { continue };
            let Some(step) = self.step(id) else { return Ok(None) };
            for (i, &p) in step.parents.iter().enumerate().filter(|(_, p)| within.contains_key(p)) {
                let len = step.inputs[i].value.size();
                let to = match flows.entry(p) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert(Sets::empty(len, words)?),
                };
                if !spread(&ctx, &step, i, &sets, to, most)? {
                    return Ok(None);
                }
            }
        }
        Ok(Some(inputs.iter().map(|id| flows.remove(id)).collect()))
    }

    /// A node, unless gradients would not follow its rule alone.
    fn step(&self, id: NodeId) -> Option<Step> {
        let arena = self.arena();
        let node = arena.get(id);
        let slot = node.slot.map(|slot| arena.slot(slot));
        if slot.is_some_and(|slot| !slot.hooks.is_empty()) {
            return None;
        }
        let op = node.op.clone()?;
        let var =
            |id: NodeId| Var { value: arena.get(id).value.clone(), node: None, requires: false };
        let parents: SmallVec<[NodeId; 4]> = node.parents.as_slice().into();
        let inputs = parents.iter().map(|&p| var(p)).collect();
        let results = slot.is_some_and(|slot| !slot.outputs.is_empty());
        let many = results || op.get().output_index().is_some();
        Some(Step { op, parents, inputs, output: var(id), many })
    }
}

/// Adds what the elements of a result reach to what those of input `i` do. Gives up where a set that goes to
/// all of a row has more than `most` members.
fn spread(
    ctx: &Ctx<'_>,
    step: &Step,
    i: usize,
    from: &Sets,
    to: &mut Sets,
    most: usize,
) -> Result<bool> {
    let (x, y) = (&step.inputs[i].value, &step.output.value);
    let reach = if step.many { Reach::All } else { step.op.get().reach(i) };
    let moves = match reach {
        Reach::Each if x.shape() == y.shape() => {
            to.add(0, &from.bits);
            return Ok(true);
        }
        Reach::Each => places(x.shape(), DType::F64)?.broadcast_to(y.shape())?.map(Moves::From),
        Reach::Copies => copied(ctx, step, i)?.map(Moves::From),
        Reach::Sums => summed(ctx, step, i)?.map(Moves::To),
        Reach::All | Reach::From(_) | Reach::Last(_) => None,
    };
    if let Some(moves) = moves {
        moves.follow(from, to)?;
        return Ok(true);
    }
    let axes = match reach {
        Reach::From(axis) => axis,
        Reach::Last(n) => x.ndim().saturating_sub(n),
        _ => 0,
    };
    // Axes of operands that broadcast are counted from the other end.
    let alike = x.ndim() == y.ndim() && axes <= x.ndim() && x.shape()[..axes] == y.shape()[..axes];
    let rows: usize = if alike { x.shape()[..axes].iter().product() } else { 1 };
    let [many, each] = [y, x].map(|v| v.size() / rows.max(1));
    for row in 0..rows {
        let all = from.union(row * many..(row + 1) * many);
        if count(&all) > most {
            return Ok(false);
        }
        (row * each..(row + 1) * each).for_each(|j| to.add(j, &all));
    }
    Ok(true)
}

/// Numbers of elements from 1 on, or 0 where there is none.
enum Moves {
    /// For each element of a result, the one of the input that it depends on.
    From(Tensor),
    /// For each element of the input, the one of the result that depends on it.
    To(Tensor),
}

impl Moves {
    fn follow(&self, from: &Sets, to: &mut Sets) -> Result<()> {
        let (Moves::From(t) | Moves::To(t)) = self;
        let array = contiguous(&t.to_array()?)?;
        with_float!(array.dtype(), T => {
            let all = array.as_slice::<T>().unwrap_or_default();
            let mut at = 0;
            while at < all.len() {
                // Mostly many elements in a row move together.
                let (first, mut next) = (all[at] as usize, all[at]);
                let step = if first > 0 { 1.0 } else { 0.0 };
                let along = |&&x: &&T| std::mem::replace(&mut next, x + step) == x;
                let len = all[at..].iter().take_while(along).count();
                match self {
                    _ if first == 0 => {}
                    Moves::From(_) => to.add(first - 1, from.range(at..at + len)),
                    Moves::To(_) => to.add(at, from.range(first - 1..first - 1 + len)),
                }
                // One that is no number moves alone, lest this never end.
                at += len.max(1);
            }
            Ok(())
        }, else Err(Error::internal("integers in the place of numbers")))
    }
}

/// An element's number in row-major order, from 1 on, in each place.
fn places(shape: &[usize], dtype: DType) -> Result<Tensor> {
    // Numbers with a sign are quicker to convert.
    let all = 1..=shape.iter().product::<usize>() as i64;
    Ok(match dtype {
        DType::F32 => Array::from_slice(&all.map(|i| i as f32).collect::<Vec<_>>(), shape)?.into(),
        _ => Array::from_slice(&all.map(|i| i as f64).collect::<Vec<_>>(), shape)?.into(),
    })
}

/// Whether a dtype has all these numbers.
fn fits(dtype: DType, size: usize) -> bool {
    dtype != DType::F32 || size < 1 << f32::MANTISSA_DIGITS
}

/// Which element of input `i` an element of the result is a copy of, or 0.
fn copied(ctx: &Ctx<'_>, step: &Step, i: usize) -> Result<Option<Tensor>> {
    let x = &step.inputs[i];
    if !fits(x.dtype(), x.value.size()) {
        return Ok(None);
    }
    let mut tangents: SmallVec<[Option<Var>; 4]> = SmallVec::from_elem(None, step.inputs.len());
    tangents[i] = Some(Var::constant(places(x.shape(), x.dtype())?));
    let (inputs, output) = (&step.inputs, &step.output);
    let forward = Forward { g: ctx, inputs, output, tangents: &tangents };
    let Some(found) = step.op.get().forward(&forward) else { return Ok(None) };
    Ok(Some(found?.value).filter(|found| found.shape() == output.shape()))
}

/// Which element of the result one of input `i` goes into, or 0.
fn summed(ctx: &Ctx<'_>, step: &Step, i: usize) -> Result<Option<Tensor>> {
    let (x, y) = (&step.inputs[i], &step.output);
    if !fits(y.dtype(), y.value.size()) {
        return Ok(None);
    }
    let mut wanted: SmallVec<[bool; 4]> = SmallVec::from_elem(false, step.inputs.len());
    wanted[i] = true;
    let gys = [Some(Var::constant(places(y.shape(), y.dtype())?))];
    let inputs = &step.inputs;
    let rule = Rule { g: ctx, inputs, wanted: &wanted, output: y, gys: &gys, batch: None };
    let Some(grad) = step.op.get().backward(&rule)?.into_iter().nth(i).flatten() else {
        return Ok(None);
    };
    grad.value(x.dtype(), x.shape())?.value.broadcast_to(x.shape())
}
