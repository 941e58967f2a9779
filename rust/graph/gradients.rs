//! Gradients of some values with regard to others, as results: no Variable's gradient changes.

use smallvec::SmallVec;

use super::backward::{FREED_GRAPH, Flow, Options, Pass};
use super::batch::in_batch;
use super::node::{FREED, NodeId};
use super::{Graph, Mode, Scope, Var, mode};
use crate::error::{Kind, Result};
use crate::kernels::defer::settle;
use crate::table::{Map, Set};
use crate::tensor::Tensor;

/// The nodes between results and what they are differentiated by, and whether a node is one of the
/// latter. A pass visits these only.
pub(super) type Within = Map<NodeId, bool>;

/// How to differentiate.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Whether to record, so that the gradients can be differentiated; by default where something
    /// else depends on it: the results do on other leaves too.
    pub create_graph: Option<bool>,
    /// The size of the axis that seeds and gradients have in front of the values' own.
    pub batch: Option<usize>,
    /// Leaves that the caller alone knows: a dependence on them is no reason to record.
    pub own: Vec<NodeId>,
}

impl Graph {
    /// The gradients of the `outputs`, each times its seed (ones by default), summed, with regard to
    /// the `inputs`; `None` for those on which nothing depends. Each is held once for the caller.
    /// Inputs stand for themselves: what they were computed from is not followed. Also tells whether
    /// the gradients were recorded.
    pub fn gradients(
        &self,
        outputs: Vec<(NodeId, Option<Var>)>,
        inputs: &[NodeId],
        wish: Wish,
    ) -> Result<(Vec<Option<NodeId>>, bool)> {
        self.gradients_within(outputs, inputs, wish, None)
    }

    /// [`Graph::gradients`], where [`Graph::between`] may have been asked already.
    pub(super) fn gradients_within(
        &self,
        outputs: Vec<(NodeId, Option<Var>)>,
        inputs: &[NodeId],
        wish: Wish,
        known: Option<(Within, bool)>,
    ) -> Result<(Vec<Option<NodeId>>, bool)> {
        let mut roots = Vec::with_capacity(outputs.len());
        let mut beyond = false;
        for (id, seed) in outputs {
            let id = self.resolve(id);
            if self.arena().get(id).flags & FREED != 0 {
                return Err(Kind::Freed { what: FREED_GRAPH }.into());
            }
            let (shape, dtype) = self.describe(id);
            let want = in_batch(wish.batch, &shape);
            let seed = match seed {
                None => Var::constant(Tensor::full(dtype, 1.0, &want)?),
                Some(seed) if seed.shape() != want.as_slice() => {
                    let got = seed.shape().into();
                    let (op, what) = ("gradients", "a seed");
                    return Err(Kind::ShapeMismatch { op, what, want, got }.into());
                }
                Some(seed) => seed,
            };
            beyond |= seed.requires;
            roots.push((id, seed, dtype));
        }
        let inputs: Vec<NodeId> = inputs.iter().map(|&id| self.resolve(id)).collect();
        let ids: Vec<NodeId> = roots.iter().map(|(id, ..)| *id).collect();
        let (within, others) = match known {
            Some(known) => known,
            None => self.between(&ids, &inputs, &wish.own)?,
        };
        beyond |= others;

        let create_graph = wish.create_graph.unwrap_or(beyond && mode(Mode::Record));
        let _mode = Scope::enter(Mode::Record, create_graph);
        let options = Options { retain_grad: false, create_graph, retain_graph: true };
        let mut pass = Pass::new(self, options);
        pass.batch = wish.batch;
        for (id, seed, dtype) in roots {
            if within.contains_key(&id) {
                pass.start(id, seed, dtype)?;
            }
        }
        // Only now: roots that are inputs were entered like all others.
        pass.within = Some(within);
        while let Some(id) = pass.pop() {
            if !pass.is_end(id) {
                pass.visit(id)?;
            }
        }
        for &id in &inputs {
            let at = pass.known(&self.arena(), id);
            at.map_or(Ok(()), |at| pass.pay(at))?;
        }
        let value = |id: &NodeId| {
            let at = pass.known(&self.arena(), *id)?;
            match &pass.s.entries[at].flow {
                Flow::One(v) => Some(v.value.clone()),
                _ => None,
            }
        };
        let values: Vec<Tensor> = inputs.iter().filter_map(value).collect();
        settle(values.iter())?;
        let each = |id: &NodeId| {
            let at = pass.known(&self.arena(), *id)?;
            match &pass.s.entries[at].flow {
                Flow::One(v) if v.requires && v.node.is_some() => Some(pass.ctx.keep(v)),
                Flow::One(v) => Some(self.leaf(v.value.clone(), true)),
                _ => None,
            }
        };
        Ok((inputs.iter().map(each).collect(), create_graph))
    }

    /// What the `outputs` depend on that is older than the given moment and takes part in
    /// differentiation: the nodes nearest to the outputs, each held once for the caller.
    pub fn outside(&self, outputs: &[NodeId], since: u64) -> Vec<NodeId> {
        let mut work: Vec<NodeId> = outputs.iter().map(|&id| self.resolve(id)).collect();
        let mut arena = self.arena();
        let mut seen: Set<NodeId> = Set::default();
        let mut found = Vec::new();
        while let Some(id) = work.pop() {
            let node = arena.get(id);
            if !node.requires() || !seen.insert(id) {
                continue;
            }
            // A leaf that somebody holds was made on the way, such as a parameter of a layer.
            if node.seq <= since || (node.op.is_none() && node.holds > 0) {
                found.push((node.seq, id));
            } else {
                work.extend_from_slice(node.parents.as_slice());
            }
        }
        // In the order in which they were made, whatever the way to them.
        found.sort_unstable();
        let ids: Vec<NodeId> = found.into_iter().map(|(_, id)| id).collect();
        ids.iter().for_each(|&id| arena.hold(id));
        ids
    }

    /// The nodes on the ways from results back to inputs; and whether anything else that takes part
    /// in differentiation lies behind the results, or behind the inputs. Fails where a way may have gone with a
    /// graph that was freed.
    pub(super) fn between(
        &self,
        roots: &[NodeId],
        inputs: &[NodeId],
        own: &[NodeId],
    ) -> Result<(Within, bool)> {
        match self.ways(roots, inputs, own) {
            (_, _, true) => Err(Kind::Freed { what: FREED_GRAPH }.into()),
            (within, others, false) => Ok((within, others)),
        }
    }

    /// Whether anything that takes part in differentiation lies behind results, apart from leaves of the caller's own.
    /// What is older than the mark is looked at no closer.
    pub fn is_beyond(&self, roots: &[NodeId], mark: NodeId, own: &[NodeId]) -> bool {
        let roots: Vec<NodeId> = roots.iter().map(|&id| self.resolve(id)).collect();
        self.ways(&roots, &[mark], own).1
    }

    /// [`Graph::between`], and whether there is anything freed that may depend on an input.
    fn ways(&self, roots: &[NodeId], inputs: &[NodeId], own: &[NodeId]) -> (Within, bool, bool) {
        let mut freed = false;
        let arena = self.arena();
        let mut known: Within = inputs.iter().map(|&id| (id, true)).collect();
        // Whoever is older than all inputs depends on none of them.
        let oldest = inputs.iter().map(|&id| arena.get(id).seq).min().unwrap_or(u64::MAX);
        let mut others = inputs.iter().any(|&id| arena.get(id).op.is_some());
        let mut found: Vec<(u64, NodeId)> = Vec::new();
        let mut seen: Set<NodeId> = Set::default();
        let mut work: SmallVec<[NodeId; 16]> = roots.into();
        while let Some(id) = work.pop() {
            let node = arena.get(id);
            if known.contains_key(&id) || !node.requires() || !seen.insert(id) {
                continue;
            }
            freed |= node.flags & FREED != 0 && node.seq >= oldest;
            if node.op.is_none() || node.seq < oldest {
                others |= node.op.is_some() || !own.contains(&id);
                continue;
            }
            found.push((node.seq, id));
            work.extend(node.parents.as_slice().iter().copied());
        }
        // Operands first: then it is clear for each whether one of its own leads to an input.
        found.sort_unstable();
        known.reserve(found.len());
        for (_, id) in found {
            if arena.get(id).parents.as_slice().iter().any(|p| known.contains_key(p)) {
                known.insert(id, false);
            }
        }
        (known, others, freed)
    }
}
