//! Shortcuts for the commonest cases: float64 numbers, each in one visit to the arena.

use super::arena::Arena;
use super::node::{ALIAS, FREED, NodeId, OpRef, Parents};
use super::{Graph, Mode, scope};
use crate::error::Result;
use crate::tensor::Tensor;

impl Graph {
    /// A recorded function of one float64 without axes, in one visit to the arena; `None` where
    /// the node is something else. The result is held once by the caller.
    #[inline(always)]
    pub fn fast_unary(&self, x: NodeId, op: OpRef, f: impl FnOnce(f64) -> f64) -> Option<NodeId> {
        let modes = scope::modes();
        if modes.has(Mode::Anomaly) {
            return None;
        }
        let mut arena = self.arena();
        let node = arena.get(x);
        let Tensor::F64(v) = node.value else { return None };
        if node.flags & ALIAS != 0 {
            return None;
        }
        let requires = node.requires();
        let y = f(v);
        Some(if requires && modes.has(Mode::Record) {
            arena.insert_number(y, op, [Ok(x)], Parents::One)
        } else {
            arena.leaf(Tensor::F64(y), requires)
        })
    }

    /// As [`Graph::fast_unary`], of two; an operand that is no node is a constant.
    #[inline(always)]
    pub fn fast_binary(
        &self,
        a: std::result::Result<NodeId, f64>,
        b: std::result::Result<NodeId, f64>,
        op: OpRef,
        f: impl FnOnce(f64, f64) -> f64,
    ) -> Option<NodeId> {
        let modes = scope::modes();
        if modes.has(Mode::Anomaly) {
            return None;
        }
        let mut arena = self.arena();
        let look = |arena: &Arena, v: std::result::Result<NodeId, f64>| match v {
            Ok(id) => {
                let node = arena.get(id);
                match node.value {
                    Tensor::F64(x) if node.flags & ALIAS == 0 => Some((x, node.requires())),
                    _ => None,
                }
            }
            Err(x) => Some((x, false)),
        };
        let ((x, rx), (y, ry)) = (look(&arena, a)?, look(&arena, b)?);
        let (z, requires) = (f(x, y), rx || ry);
        Some(if requires && modes.has(Mode::Record) {
            arena.insert_number(z, op, [a, b], Parents::Two)
        } else {
            arena.leaf(Tensor::F64(z), requires)
        })
    }

    /// Gives a float64 without axes the value `f` of its own and another's; `None` where one of
    /// them is something else. Returns the node that now has the caller's hold.
    #[inline(always)]
    pub fn fast_assign(
        &self,
        id: NodeId,
        other: std::result::Result<NodeId, f64>,
        f: impl FnOnce(f64, f64) -> f64,
    ) -> Option<NodeId> {
        let mut arena = self.arena();
        let Tensor::F64(x) = arena.get(id).value else { return None };
        let y = match other {
            Err(y) => y,
            Ok(other) => match arena.get(other).value {
                Tensor::F64(y) => y,
                _ => return None,
            },
        };
        let new = arena.assign(id, Tensor::F64(f(x, y)));
        Self::leave(arena);
        Some(new)
    }

    /// Lets `change` work on the value of a leaf that no graph refers to; `false` where there is no
    /// such value, or `change` says so. The interpreter's lock must be kept meanwhile.
    pub fn update(
        &self,
        id: NodeId,
        change: impl FnOnce(&mut Tensor) -> Result<bool>,
    ) -> Result<bool> {
        let mut value = {
            let mut arena = self.arena();
            let node = arena.get(id);
            if node.op.is_some() || node.flags & (ALIAS | FREED) != 0 || !arena.is_sole(id) {
                return Ok(false);
            }
            let node = arena.get_mut(id);
            std::mem::replace(&mut node.value, Tensor::F64(0.0))
        };
        let done = change(&mut value);
        self.arena().get_mut(id).value = value;
        done
    }
}
