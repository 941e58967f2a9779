//! Formulas over recorded float64 numbers. They lie in the graph or are constants, so no sheet is needed.

use super::node::{NodeId, OpRef, Parents};
use super::traced::expressions;
use super::{Graph, Var};
use crate::kernels::expr::Expr;
use crate::op::{Binary, BinaryOp, Unary, UnaryOp, binary_number, unary_number};
use crate::tensor::Tensor;

/// A number and, where it is part of a graph, its node. Nodes that come about on the way are held by the
/// arena's list of what was [made](super::arena::Arena::made).
#[derive(Clone, Copy)]
pub struct Noted<'g> {
    pub(super) graph: &'g Graph,
    pub(super) value: f64,
    /// `None` for constants.
    pub(super) node: Option<NodeId>,
    /// Whether it takes part in differentiation.
    pub(super) requires: bool,
}

impl<'g> Noted<'g> {
    /// The number.
    #[inline(always)]
    pub fn value(self) -> f64 {
        self.value
    }

    /// Whether it takes part in differentiation.
    #[inline(always)]
    pub fn requires(self) -> bool {
        self.requires
    }

    pub(super) fn var(self) -> Var {
        Var { value: Tensor::F64(self.value), node: self.node, requires: self.requires }
    }

    /// The same number, not in the graph.
    #[inline(always)]
    fn constant(self) -> Self {
        self.literal(self.value)
    }

    /// (Not inline, nor the next: formulas are many, and each function is in many of them.)
    #[inline(never)]
    fn unary<U: Unary>(self, op: U) -> Self {
        let value = unary_number(op, self.value);
        if !self.requires {
            return self.literal(value);
        }
        self.note(value, OpRef::new(UnaryOp(op)), [self], Parents::One)
    }

    #[inline(never)]
    fn binary<B: Binary>(self, other: Self, op: B) -> Self {
        let value = binary_number(op, self.value, other.value);
        if !self.requires && !other.requires {
            return self.literal(value);
        }
        self.note(value, OpRef::new(BinaryOp(op)), [self, other], Parents::Two)
    }

    #[inline(always)]
    fn at_least(self, other: Self) -> Self {
        self.literal(Expr::ge(self.value, other.value))
    }

    #[inline(always)]
    fn above(self, other: Self) -> Self {
        self.literal(Expr::gt(self.value, other.value))
    }

    #[inline(always)]
    fn literal(self, c: f64) -> Self {
        Self { value: c, node: None, requires: false, ..self }
    }

    /// Writes a result down.
    #[inline(never)]
    pub(super) fn note<const N: usize>(
        self,
        value: f64,
        op: OpRef,
        inputs: [Self; N],
        parents: fn([NodeId; N]) -> Parents,
    ) -> Self {
        let mut arena = self.graph.arena();
        let node = arena.insert_number(value, op, inputs.map(|v| v.node.ok_or(v.value)), parents);
        arena.made.push(node);
        Self { value, node: Some(node), requires: true, ..self }
    }
}

expressions!(Noted);
