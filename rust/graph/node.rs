//! What the arena stores.

use std::num::NonZeroU32;
use std::rc::Rc;
use std::sync::Arc;

use super::hooks::Numbered;
use crate::op::Op;
use crate::tensor::Tensor;

/// Names a node. It stays good while something holds the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(super) NonZeroU32);

impl NodeId {
    /// As a number, for objects of the host language to keep.
    #[inline(always)]
    pub fn to_raw(self) -> u32 {
        self.0.get()
    }

    /// Back from the number.
    #[inline(always)]
    pub fn from_raw(raw: u32) -> Self {
        debug_assert!(raw != 0, "no node has this number");
        Self(NonZeroU32::new(raw).unwrap_or(NonZeroU32::MIN))
    }
}

/// Names the identity of a Variable: its gradient and name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotId(pub(super) NonZeroU32);

/// The operation that made a node. Operations without parameters cost nothing to refer to.
#[derive(Clone)]
pub enum OpRef {
    /// One without parameters.
    Static(&'static dyn Op),
    /// One with parameters of its own.
    Shared(Rc<dyn Op>),
}

impl OpRef {
    /// The operation.
    #[inline(always)]
    pub fn get(&self) -> &dyn Op {
        match self {
            OpRef::Static(op) => *op,
            OpRef::Shared(op) => op.as_ref(),
        }
    }

    /// Wraps an operation, without an allocation if it has no parameters.
    #[inline(always)]
    pub fn new<O: Op>(op: O) -> Self {
        if size_of::<O>() == 0 {
            // A box of a zero-sized value allocates nothing, so there is nothing to leak.
            OpRef::Static(Box::leak(Box::new(op)))
        } else {
            OpRef::Shared(Rc::new(op))
        }
    }
}

/// The inputs of an operation, two of them inline.
#[derive(Clone, Debug, Default)]
pub enum Parents {
    /// A leaf.
    #[default]
    None,
    /// One input.
    One([NodeId; 1]),
    /// Two inputs.
    Two([NodeId; 2]),
    /// More. (Boxed twice to keep nodes small.)
    #[allow(clippy::box_collection)]
    Many(Box<Vec<NodeId>>),
}

impl Parents {
    /// Wraps a list of inputs.
    pub fn new(ids: &[NodeId]) -> Self {
        match *ids {
            [] => Parents::None,
            [a] => Parents::One([a]),
            [a, b] => Parents::Two([a, b]),
            _ => Parents::Many(Box::new(ids.to_vec())),
        }
    }

    /// As a slice.
    #[inline(always)]
    pub fn as_slice(&self) -> &[NodeId] {
        match self {
            Parents::None => &[],
            Parents::One(a) => a,
            Parents::Two(a) => a,
            Parents::Many(v) => v,
        }
    }
}

/// Which values a gradient rule needs: a bit per input, [`Keep::OUTPUT`] for the result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep(pub u16);

impl Keep {
    /// Nothing.
    pub const NONE: Keep = Keep(0);
    /// The first input.
    pub const X: Keep = Keep(1);
    /// The second input.
    pub const Y: Keep = Keep(2);
    /// The result.
    pub const OUTPUT: Keep = Keep(1 << 15);

    /// Both sets.
    pub const fn and(self, other: Keep) -> Keep {
        Keep(self.0 | other.0)
    }

    /// Whether input `i` is in. Inputs from the fifteenth on share a bit.
    #[inline(always)]
    pub const fn input(self, i: usize) -> bool {
        self.0 >> (if i < 14 { i } else { 14 }) & 1 == 1
    }

    /// Whether the result is in.
    #[inline(always)]
    pub const fn output(self) -> bool {
        self.0 & Self::OUTPUT.0 != 0
    }
}

/// Takes part in differentiation.
pub const REQUIRES: u8 = 1;
/// Was part of a graph that backward freed.
pub const FREED: u8 = 2;
/// Stands for another node while that lives; see [`Slot::alias`].
pub const ALIAS: u8 = 4;

/// A value and how it came about.
pub struct Node {
    /// The value, or a husk of it.
    pub value: Tensor,
    /// What made it; `None` for leaves.
    pub op: Option<OpRef>,
    /// From what.
    pub parents: Parents,
    /// When: parents come before children, so descending order is a backward order.
    pub seq: u64,
    /// The object of the host language that shows this node, or 0.
    pub owner: usize,
    /// Holders outside the graph: the owner, a gradient slot, running code.
    pub holds: u32,
    /// Nodes that this one is a parent of.
    pub children: u32,
    /// Reasons in the graph to keep the value.
    pub needs: u32,
    /// Gradient and name, if there are any.
    pub slot: Option<SlotId>,
    /// The running pass's entry for this node, plus one; in a free place, the next free one.
    pub work: u32,
    /// The gradient on its way, in a pass over numbers.
    pub gradient: f64,
    /// What the gradient rule keeps.
    pub kept: Keep,
    /// [`REQUIRES`], [`FREED`], [`ALIAS`].
    pub flags: u8,
}

impl Default for Node {
    fn default() -> Self {
        Self {
            value: Tensor::F64(0.0),
            op: None,
            parents: Parents::None,
            seq: 0,
            owner: 0,
            holds: 0,
            children: 0,
            needs: 0,
            slot: None,
            work: 0,
            gradient: 0.0,
            kept: Keep::NONE,
            flags: 0,
        }
    }
}

impl Node {
    /// Whether it takes part in differentiation.
    #[inline(always)]
    pub fn requires(&self) -> bool {
        self.flags & REQUIRES != 0
    }
}

/// What belongs to a Variable rather than to one of its values.
#[derive(Default)]
pub struct Slot {
    /// Nodes that share it: the current value and earlier ones that graphs still hold.
    pub nodes: u32,
    /// How many of them have an owner.
    pub owners: u32,
    /// The accumulated gradient.
    pub grad: Option<NodeId>,
    /// The slot whose gradient this Variable is.
    pub grad_of: Option<SlotId>,
    /// The user's name for it.
    pub name: Option<Arc<str>>,
    /// For the node of an operation with several results: the results, which it does not hold,
    /// and their sequence numbers to know them by.
    pub outputs: Vec<(NodeId, u64)>,
    /// What sees its gradient.
    pub hooks: Vec<Numbered>,
    /// The node that this one stands for, and its sequence number to know it by.
    pub alias: Option<(NodeId, u64)>,
}
