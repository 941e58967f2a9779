//! The backward pass.
//!
//! Nodes are visited in descending order of their sequence numbers, which is a topological order,
//! so each is visited once, with its gradient complete. The engine alone accumulates, sums
//! broadcast gradients up, and skips what needs no gradient.

use std::collections::BinaryHeap;

use smallvec::SmallVec;

use super::anomaly::watching;
use super::arena::Arena;
use super::gradients::Within;
use super::node::{FREED, NodeId};
use super::owed::Owed;
use super::{Ctx, Graph, Mode, Scope, Var};
use crate::error::{Kind, Result};
use crate::op::Rule;
use crate::ops;
use crate::table::Map;
use crate::tensor::{DType, Tensor};

/// What to do besides the gradients of the leaves.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Keep the gradients of intermediate nodes too.
    pub retain_grad: bool,
    /// Record the pass, so that the gradients can be differentiated.
    pub create_graph: bool,
    /// Keep the graph for another pass.
    pub retain_graph: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { retain_grad: false, create_graph: false, retain_graph: true }
    }
}

pub(super) const FREED_GRAPH: &str = "backward: this graph was freed by an earlier \
     backward(retain_graph=False); compute the result again";

/// Gradients on their way to one node. Those with a node are held.
pub(super) enum Flow {
    Empty,
    One(Var),
    /// Per result, for an operation with several.
    Many(Vec<Option<Var>>),
    /// Not all computed yet. Not while recording.
    Owed(Box<Owed>),
}

pub(super) struct Entry {
    /// `None` once the node was visited; the entry waits for another.
    pub(super) node: Option<NodeId>,
    pub(super) flow: Flow,
}

/// Memory of a pass, used again by the next.
#[derive(Default)]
pub(super) struct Scratch {
    pub(super) entries: Vec<Entry>,
    /// Entries that wait. A chain of any length needs a few only.
    free: Vec<usize>,
    heap: BinaryHeap<(u64, NodeId)>,
    /// Entries of leaves, in the order in which they were reached.
    pub(super) leaves: Vec<usize>,
    /// Gradients that are due to Variables, with the nodes of both held.
    pub(super) due: Vec<(NodeId, Var)>,
}

/// One pass. Every entry's node is held until it is visited, or until the pass is dropped.
pub(super) struct Pass<'g> {
    pub(super) graph: &'g Graph,
    pub(super) ctx: Ctx<'g>,
    pub(super) options: Options,
    pub(super) s: Box<Scratch>,
    /// The next node to visit; the heap has the others. A chain never touches the heap.
    next: Option<(u64, NodeId)>,
    /// Where the entries of nodes are, when another pass has the places in the nodes.
    pub(super) index: Option<Map<NodeId, usize>>,
    /// The size of the axis that gradients have in front of the values' own.
    pub(super) batch: Option<usize>,
    /// Whether gradients are watched for values that are not finite.
    pub(super) watching: bool,
    /// The nodes to keep to; all of them by default.
    pub(super) within: Option<Within>,
}

impl Graph {
    /// Computes the gradients of the leaves behind `root`, and adds them to what the leaves have.
    /// `seed` is the gradient of `root` itself, ones by default. On failure no gradient changes.
    pub fn backward(&self, root: NodeId, seed: Option<Var>, options: Options) -> Result<()> {
        let root = self.resolve(root);
        self.check_differentiable(root)?;
        let (shape, dtype) = self.describe(root);
        let mut dues = Vec::new();
        let seed = match seed {
            None if dtype == DType::F64 && shape.is_empty() => {
                dues = self.backward_numbers(root, options);
                if dues.is_empty() {
                    return Ok(());
                }
                None
            }
            None => Some(Var::constant(Tensor::full(dtype, 1.0, &shape)?)),
            Some(seed) if seed.shape() != shape.as_slice() => {
                return Err(Kind::ShapeMismatch {
                    op: "backward",
                    what: "grad",
                    want: shape,
                    got: seed.shape().into(),
                }
                .into());
            }
            Some(seed) => Some(seed),
        };
        let _mode = Scope::enter(Mode::Record, options.create_graph);
        let mut pass = Pass::new(self, options);
        if let Some(seed) = seed {
            pass.start(root, seed, dtype)?;
        }
        let _held = Held::new(self, dues.iter().filter_map(|(_, v)| v.node).collect());
        for (id, gradient) in dues {
            pass.start(id, gradient, dtype)?;
        }
        while let Some(id) = pass.pop() {
            pass.visit(id)?;
        }
        pass.deliver()
    }
}

impl<'g> Pass<'g> {
    pub(super) fn new(graph: &'g Graph, options: Options) -> Self {
        let nested = graph.stamped.replace(true);
        Self {
            graph,
            ctx: Ctx::with_recording(graph, options.create_graph),
            options,
            s: graph.spare.take().unwrap_or_default(),
            next: None,
            index: nested.then(Map::default),
            batch: None,
            watching: watching(),
            within: None,
        }
    }

    /// Whether a node is followed no further.
    pub(super) fn is_end(&self, id: NodeId) -> bool {
        self.within.as_ref().is_some_and(|w| w.get(&id) == Some(&true))
    }

    /// Whether a node is to be visited or a place where gradients end.
    fn is_within(&self, id: NodeId) -> bool {
        self.within.as_ref().is_none_or(|w| w.contains_key(&id))
    }

    /// The entry of a node that has one.
    pub(super) fn known(&self, arena: &Arena, id: NodeId) -> Option<usize> {
        match &self.index {
            None => (arena.get(id).work as usize).checked_sub(1),
            Some(map) => map.get(&id).copied(),
        }
    }

    pub(super) fn start(&mut self, root: NodeId, seed: Var, dtype: DType) -> Result<()> {
        let seed = if seed.dtype() == dtype { seed } else { ops::cast(&self.ctx, &seed, dtype)? };
        let index = self.entry(&mut self.graph.arena(), root)?;
        let old = self.pull(index, None);
        let held = old.as_ref().and_then(|v| v.node);
        let sum = self.add_value(seed, old)?;
        self.hold(&sum);
        if let Some(id) = held {
            self.graph.release(id);
        }
        self.push(index, None, sum);
        Ok(())
    }

    pub(super) fn hold(&self, v: &Var) {
        if let Some(id) = v.node {
            self.graph.hold(id);
        }
    }

    /// The entry of a node, queued if it is new.
    #[inline]
    pub(super) fn entry(&mut self, arena: &mut Arena, id: NodeId) -> Result<usize> {
        if let Some(i) = self.known(arena, id) {
            return Ok(i);
        }
        let node = arena.get_mut(id);
        let leaf = node.op.is_none();
        if leaf && node.flags & FREED != 0 {
            return Err(Kind::Freed { what: FREED_GRAPH }.into());
        }
        let fresh = Entry { node: Some(id), flow: Flow::Empty };
        let i = match self.s.free.pop() {
            Some(i) => {
                self.s.entries[i] = fresh;
                i
            }
            None => {
                self.s.entries.push(fresh);
                self.s.entries.len() - 1
            }
        };
        node.holds += 1;
        let item = (node.seq, id);
        match &mut self.index {
            None => node.work = i as u32 + 1,
            Some(map) => {
                map.insert(id, i);
            }
        }
        match self.next {
            _ if leaf => self.s.leaves.push(i),
            None => self.next = Some(item),
            Some(next) if item > next => {
                self.s.heap.push(next);
                self.next = Some(item);
            }
            Some(_) => self.s.heap.push(item),
        }
        Ok(i)
    }

    #[inline(always)]
    pub(super) fn pop(&mut self) -> Option<NodeId> {
        let (_, id) = self.next.take()?;
        if !self.s.heap.is_empty() {
            self.next = self.s.heap.pop();
        }
        Some(id)
    }

    /// Takes the gradients that came together at a node. Its entry is over: nothing later in the
    /// order leads to it.
    pub(super) fn take(&mut self, arena: &mut Arena, id: NodeId) -> Flow {
        let i = match &mut self.index {
            None => (std::mem::take(&mut arena.get_mut(id).work) as usize).checked_sub(1),
            Some(map) => map.remove(&id),
        };
        match i {
            Some(i) => {
                let entry = &mut self.s.entries[i];
                entry.node = None;
                self.s.free.push(i);
                std::mem::replace(&mut entry.flow, Flow::Empty)
            }
            None => Flow::Empty,
        }
    }

    /// Visits a node of any kind.
    pub(super) fn visit(&mut self, id: NodeId) -> Result<()> {
        let graph = self.graph;
        let recording = self.options.create_graph;
        // Filled where they are: to move them takes longer than to fill them.
        let mut parents: SmallVec<[NodeId; 4]> = SmallVec::new();
        let mut inputs: SmallVec<[Var; 4]> = SmallVec::new();
        let (op, output, flow, freed) = {
            let mut arena = graph.arena();
            let flow = self.take(&mut arena, id);
            let node = arena.get(id);
            let output =
                Var { value: node.value.clone(), node: recording.then_some(id), requires: true };
            node.parents.as_slice().iter().for_each(|&p| parents.push(p));
            let (op, freed) = (node.op.clone(), node.flags & FREED != 0);
            for &p in &parents {
                let n = arena.get_mut(p);
                n.holds += 1;
                let node = recording.then_some(p);
                inputs.push(Var { value: n.value.clone(), node, requires: n.requires() });
            }
            (op, output, flow, freed)
        };
        // An input that nobody asked about is an operand of what is recorded all the same.
        let mut wanted: SmallVec<[bool; 4]> = SmallVec::new();
        for (v, &p) in inputs.iter().zip(&parents) {
            wanted.push(v.requires && self.is_within(p));
        }
        // What came here, the node and its inputs, which user code may cut off meanwhile, are
        // released however this ends.
        let mut owed = None;
        let mut gys: SmallVec<[Option<Var>; 1]> = SmallVec::new();
        match flow {
            Flow::Empty => {}
            Flow::One(v) => gys.push(Some(v)),
            Flow::Many(v) => gys.extend(v),
            Flow::Owed(products) => owed = Some(products),
        }
        let mut held: SmallVec<[NodeId; 4]> = SmallVec::new();
        held.push(id);
        parents.iter().for_each(|&p| held.push(p));
        let nodes = gys.iter().flatten().filter_map(|v| v.node);
        nodes.for_each(|id| held.push(id));
        let _held = Held::new(graph, held);
        let Some(op) = op else {
            // Cut off in the meantime, by user code that the pass called; or freed by its pass.
            return if freed { Err(Kind::Freed { what: FREED_GRAPH }.into()) } else { Ok(()) };
        };
        if let Some(owed) = owed {
            gys.push(Some(owed.pay()?));
        }
        if let [Some(gy)] = gys.as_mut_slice()
            && let Some(changed) = self.hooked(id, gy)?
        {
            *gy = changed;
        }
        if self.options.retain_grad
            && let [Some(gy)] = gys.as_slice()
        {
            self.hold(gy);
            graph.hold(id);
            self.s.due.push((id, gy.clone()));
        }
        let output_index = op.get().output_index();
        let (g, batch) = (&self.ctx, self.batch);
        let rule = Rule { g, inputs: &inputs, wanted: &wanted, output: &output, gys: &gys, batch };
        // Foreign code may fill in nothing at all: a missing gradient is none.
        let mut grads = self.rule(op.get(), &rule)?;
        if self.watching {
            self.ctx.check_anomaly()?;
            grads = graph.watch_gradients(id, op.get().name(), &rule, grads)?;
        }
        for ((i, grad), &p) in grads.into_iter().enumerate().zip(&parents) {
            match grad {
                Some(grad) if wanted[i] => self.add(p, output_index, grad)?,
                _ => {}
            }
        }
        if !self.options.retain_graph {
            graph.arena().unchain(id, FREED);
        }
        Ok(())
    }
}

/// Nodes that are released when this goes.
pub(super) struct Held<'g> {
    graph: &'g Graph,
    ids: SmallVec<[NodeId; 4]>,
}

impl<'g> Held<'g> {
    /// Takes over a hold on each.
    pub(super) fn new(graph: &'g Graph, ids: SmallVec<[NodeId; 4]>) -> Self {
        Self { graph, ids }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.graph.release_all(&self.ids);
    }
}

impl Drop for Pass<'_> {
    /// Leaves no trace in the nodes, whether the pass went through or failed on the way.
    fn drop(&mut self) {
        let graph = self.graph;
        let mut ids: SmallVec<[NodeId; 16]> = SmallVec::new();
        {
            let mut arena = graph.arena();
            for entry in self.s.entries.drain(..) {
                if let Some(id) = entry.node {
                    if self.index.is_none() {
                        arena.get_mut(id).work = 0;
                    }
                    ids.push(id);
                }
                match entry.flow {
                    Flow::Empty | Flow::Owed(_) => {}
                    Flow::One(v) => ids.extend(v.node),
                    Flow::Many(v) => ids.extend(v.into_iter().flatten().filter_map(|v| v.node)),
                }
            }
            for (id, v) in self.s.due.drain(..) {
                ids.push(id);
                ids.extend(v.node);
            }
        }
        self.s.free.clear();
        self.s.heap.clear();
        self.s.leaves.clear();
        graph.release_all(&ids);
        if self.index.is_none() {
            graph.stamped.set(false);
            graph.spare.set(Some(std::mem::take(&mut self.s)));
        }
    }
}
