//! Where operations run: which graph, and whether they are recorded.

use std::cell::{Cell, RefCell};

use smallvec::SmallVec;

use super::anomaly::watching;
use super::node::{Keep, NodeId, OpRef, Parents};
use super::{Graph, Mode, Var, scope};
use crate::error::{Error, Result};
use crate::op::Op;
use crate::tensor::Tensor;

/// A stretch of computation. Nodes that it makes live as long as it does, unless something else
/// takes hold of them.
pub struct Ctx<'g> {
    graph: &'g Graph,
    recording: bool,
    made: RefCell<SmallVec<[NodeId; 8]>>,
    /// The first value that is not finite, where such values are watched for.
    anomaly: Cell<Option<Error>>,
}

impl<'g> Ctx<'g> {
    /// Records or not as the thread's mode says.
    pub fn new(graph: &'g Graph) -> Self {
        Self::with_recording(graph, scope::get(Mode::Record))
    }

    /// Records or not as told.
    pub fn with_recording(graph: &'g Graph, recording: bool) -> Self {
        Self { graph, recording, made: RefCell::default(), anomaly: Cell::new(None) }
    }

    /// Notes the first anomaly: it is raised when the stretch hands out its result.
    pub(super) fn first_anomaly(&self, error: Error) {
        let first = self.anomaly.take().unwrap_or(error);
        self.anomaly.set(Some(first));
    }

    /// Fails if there was an anomaly.
    pub fn check_anomaly(&self) -> Result<()> {
        self.anomaly.take().map_or(Ok(()), Err)
    }

    /// The graph.
    pub fn graph(&self) -> &'g Graph {
        self.graph
    }

    /// Whether operations leave nodes.
    pub fn is_recording(&self) -> bool {
        self.recording
    }

    /// Says that `value` is `op` of `inputs`. A node results only if it can matter.
    pub fn record<O: Op>(&self, op: O, inputs: &[&Var], value: Tensor) -> Var {
        let requires = inputs.iter().any(|v| v.requires);
        if !self.recording || !requires {
            return Var { value, node: None, requires };
        }
        let op = OpRef::new(op);
        let watched = watching().then(|| op.clone());
        let node = self.insert(op, inputs, value.clone());
        if let Some(op) = watched {
            self.watch(op.get().name(), inputs, &[&value], Some(node));
        }
        Var { value, node: Some(node), requires }
    }

    /// Records several results of one operation: a node for the operation, one for each result.
    pub fn record_many(&self, op: OpRef, inputs: &[&Var], values: Vec<Tensor>) -> Vec<Var> {
        let requires = inputs.iter().any(|v| v.requires);
        if !self.recording || !requires {
            let plain = |value| Var { value, node: None, requires };
            return values.into_iter().map(plain).collect();
        }
        let watched = watching().then(|| op.clone());
        let all = self.insert(op, inputs, Tensor::F64(0.0));
        if let Some(op) = watched {
            let values: Vec<&Tensor> = values.iter().collect();
            self.watch(op.get().name(), inputs, &values, Some(all));
        }
        let each = |(k, value): (usize, Tensor)| {
            let node = self.output_of(all, k, value.clone());
            let mut arena = self.graph.arena();
            let (slot, seq) = (arena.slot_of(all), arena.seq());
            arena.slot_mut(slot).outputs.push((node, seq));
            Var { value, node: Some(node), requires }
        };
        values.into_iter().enumerate().map(each).collect()
    }

    fn insert(&self, op: OpRef, inputs: &[&Var], value: Tensor) -> NodeId {
        let kept = match inputs {
            [a] => op.get().keeps(&[a.requires]),
            [a, b] => op.get().keeps(&[a.requires, b.requires]),
            _ => op.get().keeps(&inputs.iter().map(|v| v.requires).collect::<Vec<_>>()),
        };
        let mut made = self.made.borrow_mut();
        let mut arena = self.graph.arena();
        let mut place = |i: usize, v: &Var| match v.node {
            Some(id) => {
                // A value that was let go may come back by a stand-in, which kept it.
                let node = arena.get_mut(id);
                if kept.input(i) && node.value.is_husk() {
                    node.value = v.value.clone();
                }
                id
            }
            None => {
                // A constant whose value no rule needs is there for its shape only.
                let value = if kept.input(i) { v.value.clone() } else { v.value.husk() };
                let id = arena.leaf(value, v.requires);
                made.push(id);
                id
            }
        };
        let parents = match inputs {
            [a] => Parents::One([place(0, a)]),
            [a, b] => Parents::Two([place(0, a), place(1, b)]),
            _ => {
                let all = inputs.iter().enumerate().map(|(i, v)| place(i, v));
                Parents::new(&all.collect::<Vec<_>>())
            }
        };
        let node = arena.insert(value, op, parents, kept);
        made.push(node);
        node
    }

    /// A node as an operand, held as long as the stretch lasts: user code that runs in between, or
    /// another thread, may let go of it.
    pub fn operand(&self, id: NodeId) -> Var {
        let v = self.graph.var(id);
        self.adopt(&v);
        v
    }

    /// Result `k` of a recorded operation with several, for when its own node has gone.
    pub fn output_of(&self, operation: NodeId, k: usize, value: Tensor) -> NodeId {
        let op = OpRef::new(crate::op::Output(k));
        let node = self.graph.arena().insert(value, op, Parents::One([operation]), Keep::NONE);
        self.made.borrow_mut().push(node);
        node
    }

    /// Keeps a node that something else may let go of for as long as the stretch lasts.
    pub fn adopt(&self, v: &Var) {
        if let Some(id) = v.node {
            self.graph.hold(id);
            self.made.borrow_mut().push(id);
        }
    }

    /// Takes a node out of the stretch: it stays, held once by the caller. A result that was not
    /// recorded becomes a leaf.
    pub fn keep(&self, v: &Var) -> NodeId {
        let mut arena = self.graph.arena();
        match v.node {
            Some(id) => {
                arena.hold(id);
                id
            }
            None => arena.leaf(v.value.clone(), v.requires),
        }
    }
}

impl Drop for Ctx<'_> {
    fn drop(&mut self) {
        let made = std::mem::take(self.made.get_mut());
        if !made.is_empty() {
            self.graph.release_all(&made);
        }
    }
}
