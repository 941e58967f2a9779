//! Derivatives along a direction, with the graph rather than against it: what a change of the inputs does
//! to each value in turn.
//!
//! Most operations have a rule of their own: elementwise ones their gradient formula, whose Jacobian is
//! diagonal, and linear ones themselves. For others the gradient rule is differentiated: the gradient of
//! the inputs is linear in that of the results, and its derivative by that, along the tangents, is
//! the tangent of the results (Townsend, *A new trick for calculating Jacobian vector products*, 2017).

use smallvec::SmallVec;

use super::backward::Held;
use super::gradients::Wish;
use super::node::{NodeId, OpRef};
use super::{Ctx, Graph, Mode, Scope, Var, mode};
use crate::error::{Error, Kind, Result};
use crate::op::{Forward, Grad, Rule, binary};
use crate::ops;
use crate::table::Map;
use crate::tensor::Tensor;

/// Tangents on their way: of a node, or of the results of an operation with several.
enum Flow {
    One(Var),
    Many(Vec<Option<Var>>),
}

/// By operation: numbers of results, and their values.
type Parts = Map<NodeId, SmallVec<[(usize, Tensor); 2]>>;

impl Graph {
    /// The derivatives of the `outputs` when the `inputs` change along their tangents; `None` for those
    /// on which nothing depends. Each is held once for the caller. Also tells whether they were
    /// recorded. `wish` is as for [`Graph::gradients`], without a batch.
    pub fn tangents(
        &self,
        outputs: &[NodeId],
        inputs: Vec<(NodeId, Var)>,
        wish: &Wish,
    ) -> Result<(Vec<Option<NodeId>>, bool)> {
        let outputs: Vec<NodeId> = outputs.iter().map(|&id| self.resolve(id)).collect();
        let mut beyond = false;
        let mut flows: Map<NodeId, Flow> = Map::default();
        let mut ids = Vec::with_capacity(inputs.len());
        for (id, tangent) in inputs {
            let id = self.resolve(id);
            let (want, dtype) = self.describe(id);
            if tangent.shape() != want.as_slice() {
                let (op, what, got) = ("tangents", "a tangent", tangent.shape().into());
                return Err(Kind::ShapeMismatch { op, what, want, got }.into());
            }
            beyond |= tangent.requires;
            let tangent = ops::cast(&Ctx::new(self), &tangent, dtype)?;
            flows.insert(id, Flow::One(tangent));
            ids.push(id);
        }
        let (within, others) = self.between(&outputs, &ids, &wish.own)?;
        let recording = wish.create_graph.unwrap_or((beyond || others) && mode(Mode::Record));
        let _mode = Scope::enter(Mode::Record, recording);
        let ctx = Ctx::with_recording(self, recording);

        // Operands first, and all of them held: rules of the user's may change the graph.
        let mut order: Vec<(u64, NodeId)> = {
            let mut arena = self.arena();
            let inner = within.iter().filter(|(_, end)| !**end).map(|(id, _)| *id);
            let inner: Vec<NodeId> = inner.collect();
            inner.iter().for_each(|&id| arena.hold(id));
            inner.into_iter().map(|id| (arena.get(id).seq, id)).collect()
        };
        let _held = Held::new(self, order.iter().map(|(_, id)| *id).collect());
        order.sort_unstable();
        let parts = self.parts(&order);
        for (_, id) in order {
            if let Some(flow) = self.tangent(&ctx, id, &flows, &parts)? {
                flows.insert(id, flow);
            }
        }
        let each = |id: &NodeId| match flows.get(id) {
            Some(Flow::One(v)) if v.requires && v.node.is_some() => Some(ctx.keep(v)),
            Some(Flow::One(v)) => Some(self.leaf(v.value.clone(), true)),
            _ => None,
        };
        Ok((outputs.iter().map(each).collect(), recording))
    }

    /// The results that are among the nodes, of operations with several: which they are, and their values. A
    /// gradient rule may have brought back one that was dropped, and the operation does not know of that.
    fn parts(&self, order: &[(u64, NodeId)]) -> Parts {
        let arena = self.arena();
        let mut parts = Parts::default();
        for &(_, id) in order {
            let node = arena.get(id);
            if let Some(k) = node.op.as_ref().and_then(|op| op.get().output_index()) {
                let all = parts.entry(node.parents.as_slice()[0]).or_default();
                all.push((k, node.value.clone()));
            }
        }
        parts
    }

    /// The tangent of a node, from those of its inputs.
    fn tangent(
        &self,
        ctx: &Ctx<'_>,
        id: NodeId,
        flows: &Map<NodeId, Flow>,
        parts: &Parts,
    ) -> Result<Option<Flow>> {
        let recording = ctx.is_recording();
        let (op, inputs, output, parents, results) = {
            let arena = self.arena();
            let node = arena.get(id);
            let var = |id: NodeId| {
                let n = arena.get(id);
                let node = recording.then_some(id);
                Var { value: n.value.clone(), node, requires: n.requires() }
            };
            let Some(op) = node.op.clone() else { return Ok(None) };
            let parents: SmallVec<[NodeId; 4]> = node.parents.as_slice().into();
            let inputs: SmallVec<[Var; 4]> = parents.iter().map(|&p| var(p)).collect();
            let results = node.slot.map_or(0, |s| arena.slot(s).outputs.len());
            (op, inputs, var(id), parents, results)
        };
        if let Some(k) = op.get().output_index() {
            let part = match flows.get(&parents[0]) {
                Some(Flow::Many(all)) => all.get(k).cloned().flatten(),
                _ => None,
            };
            return Ok(part.map(Flow::One));
        }
        let tangents: SmallVec<[Option<Var>; 4]> = (parents.iter())
            .map(|p| match flows.get(p) {
                Some(Flow::One(t)) => Some(t.clone()),
                _ => None,
            })
            .collect();
        if tangents.iter().all(Option::is_none) {
            return Ok(None);
        }
        let step = Forward { g: ctx, inputs: &inputs, output: &output, tangents: &tangents };
        if results == 0 {
            if let Some(own) = op.get().forward(&step) {
                return Ok(Some(Flow::One(own?)));
            }
            let shape = output.value.clone();
            let mut found = self.by_gradients(&op, &step, &[Some(shape)])?;
            return Ok(found.pop().flatten().map(Flow::One));
        }
        let mut shapes = vec![None; results];
        for (k, value) in parts.get(&id).into_iter().flatten() {
            shapes[*k] = Some(value.clone());
        }
        Ok(Some(Flow::Many(self.by_gradients(&op, &step, &shapes)?)))
    }

    /// The tangents of results, by differentiating the gradient rule; `None` for results that nobody asks for.
    fn by_gradients(
        &self,
        op: &OpRef,
        step: &Forward<'_>,
        results: &[Option<Tensor>],
    ) -> Result<Vec<Option<Var>>> {
        let again = Ctx::with_recording(self, true);
        let _mode = Scope::enter(Mode::Record, true);
        // Not 0, which gradients keep at poles, whatever the formula says.
        let cotangent = |like: &Option<Tensor>| -> Result<Option<Var>> {
            let Some(like) = like else { return Ok(None) };
            let id = self.leaf(Tensor::full(like.dtype(), 1.0, like.shape())?, true);
            let v = again.operand(id);
            self.release(id);
            Ok(Some(v))
        };
        let gys: Vec<Option<Var>> = results.iter().map(cotangent).collect::<Result<_>>()?;
        let wanted: SmallVec<[bool; 4]> = step.tangents.iter().map(Option::is_some).collect();
        let (inputs, output) = (step.inputs, step.output);
        let rule = Rule { g: &again, inputs, wanted: &wanted, output, gys: &gys, batch: None };
        let grads = op.get().backward(&rule)?;
        let ids: Vec<NodeId> = gys.iter().flatten().filter_map(|v| v.node).collect();
        let mut rows = Vec::new();
        for ((grad, tangent), input) in grads.into_iter().zip(step.tangents).zip(inputs) {
            let (Some(grad), Some(tangent)) = (grad, tangent) else { continue };
            let Grad::Value(v) = grad else {
                return Err(Error::internal("a recorded gradient that adds to memory"));
            };
            let v = ops::sum_to(&again, &v, input.shape())?;
            let v = ops::cast(&again, &v, input.dtype())?;
            // Other rules than the user's depend on what they get, if on anything.
            let foreign = op.get().is_foreign();
            let depends = |node: NodeId| -> Result<bool> {
                Ok(!foreign || self.between(&[node], &ids, &[])?.0.contains_key(&node))
            };
            match v.node {
                Some(node) if depends(node)? => rows.push((node, Some(tangent.clone()))),
                // A gradient that is 0 is so for all gradients of the results; another one would not be.
                _ if foreign && v.value.to_vec()?.iter().any(|&x| x != 0.0) => {
                    return Err(Kind::Rule { op: op.get().name().into() }.into());
                }
                _ => {}
            }
        }
        let create_graph = Some(step.g.is_recording());
        let wish = Wish { create_graph, ..Wish::default() };
        let (found, _) = self.gradients(rows, &ids, wish)?;
        let mut found = found.into_iter();
        let adopt = |id: NodeId| {
            let v = step.g.operand(id);
            self.release(id);
            if step.g.is_recording() { v } else { Var::constant(v.value) }
        };
        let each = |gy: &Option<Var>| match gy {
            Some(_) => found.next().flatten().map(adopt),
            None => None,
        };
        Ok(gys.iter().map(each).collect())
    }
}

/// The sum of tangents, of which there is at least one.
pub fn total(g: &Ctx<'_>, parts: impl IntoIterator<Item = Result<Var>>) -> Result<Var> {
    let none = || Err(Error::internal("an operation without a tangent"));
    let sum = |a: Result<Var>, b: Result<Var>| binary(g, ops::Add, &a?, &b?);
    parts.into_iter().reduce(sum).unwrap_or_else(none)
}
