//! The node table: slots that are reused, counts that say when.

use std::num::NonZeroU32;

use super::hooks::Numbered;
use super::node::{ALIAS, FREED, Keep, Node, NodeId, OpRef, Parents, REQUIRES, Slot, SlotId};
use super::numbers::Front;
use super::slab::Slab;
use crate::tensor::Tensor;

/// The nodes and slots of one graph.
pub struct Arena {
    slab: Slab,
    slots: Vec<Slot>,
    free_slots: Vec<SlotId>,
    seq: u64,
    /// Nodes that nothing refers to any more, while the dead are being buried.
    dead: Vec<NodeId>,
    burying: bool,
    /// Memory of passes over numbers.
    pub(super) front: Front,
    /// What runs foreign code when it is dropped, to be dropped when the arena is not borrowed.
    pub graves: Vec<Grave>,
}

/// Something foreign that nothing refers to any more.
pub enum Grave {
    /// An operation.
    Op(#[allow(dead_code)] OpRef),
    /// What saw the gradient of a Variable.
    Hooks(#[allow(dead_code)] Vec<Numbered>),
}

impl Arena {
    /// An empty one.
    pub const fn new() -> Self {
        Self {
            slab: Slab::new(),
            slots: Vec::new(),
            free_slots: Vec::new(),
            seq: 0,
            dead: Vec::new(),
            burying: false,
            front: Front::new(),
            graves: Vec::new(),
        }
    }

    /// The sequence number of the latest node.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// A node.
    #[inline(always)]
    pub fn get(&self, id: NodeId) -> &Node {
        self.slab.get(id)
    }

    /// A node, if it is still the one that had this sequence number.
    pub fn find(&self, id: NodeId, seq: u64) -> Option<&Node> {
        self.slab.try_get(id).filter(|n| n.seq == seq)
    }

    /// A node, to change.
    #[inline(always)]
    pub fn get_mut(&mut self, id: NodeId) -> &mut Node {
        self.slab.get_mut(id)
    }

    /// A slot.
    pub fn slot(&self, id: SlotId) -> &Slot {
        &self.slots[id.0.get() as usize - 1]
    }

    /// A slot, to change.
    pub fn slot_mut(&mut self, id: SlotId) -> &mut Slot {
        &mut self.slots[id.0.get() as usize - 1]
    }

    /// Live nodes, and places for nodes in memory.
    pub fn counts(&self) -> (usize, usize) {
        (self.slab.live, self.slab.capacity())
    }

    /// Live slots.
    pub fn slot_count(&self) -> usize {
        self.slots.len() - self.free_slots.len()
    }

    /// A new leaf, held once.
    #[inline]
    pub fn leaf(&mut self, value: Tensor, requires: bool) -> NodeId {
        self.seq += 1;
        let seq = self.seq;
        let (id, node) = self.slab.place();
        node.value = value;
        node.seq = seq;
        node.holds = 1;
        node.flags = if requires { REQUIRES } else { 0 };
        id
    }

    /// A new node that takes part in differentiation, held once.
    #[inline]
    pub fn insert(&mut self, value: Tensor, op: OpRef, parents: Parents, kept: Keep) -> NodeId {
        for (i, &p) in parents.as_slice().iter().enumerate() {
            let parent = self.slab.get_mut(p);
            parent.children += 1;
            parent.needs += u32::from(kept.input(i));
        }
        self.seq += 1;
        let seq = self.seq;
        let (id, node) = self.slab.place();
        node.value = value;
        node.op = Some(op);
        node.parents = parents;
        node.seq = seq;
        node.holds = 1;
        node.needs = u32::from(kept.output());
        node.kept = kept;
        node.flags = REQUIRES;
        id
    }

    /// One more holder.
    #[inline(always)]
    pub fn hold(&mut self, id: NodeId) {
        self.get_mut(id).holds += 1;
    }

    /// One holder less; what nothing refers to goes, and so on.
    #[inline]
    pub fn release(&mut self, id: NodeId) {
        let node = self.slab.get_mut(id);
        node.holds -= 1;
        if node.holds == 0 {
            if node.children == 0 {
                self.bury(id);
            } else if node.needs == 0 {
                shed(node);
            }
        }
    }

    /// Frees a node, and what dies with it: without recursion, however long the chain.
    fn bury(&mut self, id: NodeId) {
        if self.burying {
            // The burial that is under way takes this one along.
            self.dead.push(id);
            return;
        }
        self.burying = true;
        let mut next = Some(id);
        while let Some(id) = next {
            let node = self.slab.get_mut(id);
            node.seq = 0;
            node.owner = 0;
            if let Tensor::Array(_) = node.value {
                node.value = Tensor::F64(0.0);
            }
            let slot = node.slot.take();
            // Half of the dead are leaves: constants, gradients.
            next = match node.op.take() {
                None => None,
                op => {
                    let kept = std::mem::take(&mut node.kept);
                    let parents = std::mem::take(&mut node.parents);
                    self.cut(op, parents, kept)
                }
            };
            if let Some(slot) = slot {
                self.leave_slot(slot);
            }
            self.slab.remove(id);
            if next.is_none() {
                next = self.dead.pop();
            }
        }
        self.burying = false;
    }

    /// Lets go of an operation and its inputs. One that dies is returned, the others join the dead.
    #[inline(always)]
    fn cut(&mut self, op: Option<OpRef>, parents: Parents, kept: Keep) -> Option<NodeId> {
        if let Some(op @ OpRef::Shared(_)) = op
            && op.get().is_foreign()
        {
            self.graves.push(Grave::Op(op));
        }
        let mut last = None;
        for (i, &p) in parents.as_slice().iter().enumerate() {
            let parent = self.slab.get_mut(p);
            parent.children -= 1;
            parent.needs -= u32::from(kept.input(i));
            if parent.holds == 0 {
                if parent.children == 0 {
                    self.dead.extend(last.replace(p));
                } else if parent.needs == 0 {
                    shed(parent);
                }
            }
        }
        last
    }

    /// Makes a node a leaf. Its inputs may go.
    pub fn unchain(&mut self, id: NodeId, flag: u8) {
        let node = self.slab.get_mut(id);
        let (op, parents) = (node.op.take(), std::mem::take(&mut node.parents));
        let kept = std::mem::take(&mut node.kept);
        node.needs -= u32::from(kept.output());
        node.flags |= flag;
        if let Some(dead) = self.cut(op, parents, kept) {
            self.bury(dead);
        }
        // What else died waits in the list, unless a burial took it along.
        while !self.burying
            && let Some(dead) = self.dead.pop()
        {
            self.bury(dead);
        }
    }

    /// The node's slot, made if it has none.
    pub fn slot_of(&mut self, id: NodeId) -> SlotId {
        if let Some(slot) = self.get(id).slot {
            return slot;
        }
        let owners = u32::from(self.get(id).owner != 0);
        let fresh = Slot { nodes: 1, owners, ..Slot::default() };
        let slot = match self.free_slots.pop() {
            Some(slot) => {
                *self.slot_mut(slot) = fresh;
                slot
            }
            None => {
                self.slots.push(fresh);
                let n = u32::try_from(self.slots.len()).ok().and_then(NonZeroU32::new);
                SlotId(n.unwrap_or(NonZeroU32::MAX))
            }
        };
        self.get_mut(id).slot = Some(slot);
        slot
    }

    fn leave_slot(&mut self, slot: SlotId) {
        self.slot_mut(slot).nodes -= 1;
        if self.slot(slot).nodes == 0 {
            self.set_grad(slot, None);
            let old = std::mem::take(self.slot_mut(slot));
            if !old.hooks.is_empty() {
                self.graves.push(Grave::Hooks(old.hooks));
            }
            self.free_slots.push(slot);
        }
    }

    /// Puts a gradient, already held for the slot, into it; the earlier one is released.
    pub fn set_grad(&mut self, slot: SlotId, grad: Option<NodeId>) {
        let old = std::mem::replace(&mut self.slot_mut(slot).grad, grad);
        // The earlier gradient may share a slot with the new one, so it is told first.
        if let Some(s) = old.and_then(|old| self.get(old).slot)
            && self.slot(s).grad_of == Some(slot)
        {
            self.slot_mut(s).grad_of = None;
        }
        if let Some(g) = grad {
            let s = self.slot_of(g);
            self.slot_mut(s).grad_of.get_or_insert(slot);
        }
        if let Some(old) = old {
            self.release(old);
        }
    }

    /// Tells who shows the node.
    #[inline(always)]
    pub fn set_owner(&mut self, id: NodeId, owner: usize) {
        let node = self.slab.get_mut(id);
        let change = i32::from(owner != 0) - i32::from(node.owner != 0);
        node.owner = owner;
        if let Some(slot) = node.slot {
            let owners = &mut self.slot_mut(slot).owners;
            *owners = owners.saturating_add_signed(change);
        }
    }

    /// The owner is gone. A gradient that has a history goes with it: the history may lead back
    /// here, and nobody could break the circle later.
    #[inline]
    pub fn disown(&mut self, id: NodeId, owner: usize) {
        // Code that ran at its end may have made another object for the node.
        if self.get(id).owner == owner {
            self.set_owner(id, 0);
        }
        if let Some(slot) = self.get(id).slot {
            let s = self.slot(slot);
            if let (0, Some(g)) = (s.owners, s.grad)
                && self.leads_on(g)
            {
                self.set_grad(slot, None);
            }
        }
        self.release(id);
    }

    /// Whether a gradient may lead back to the Variable that has it: by its history, or by a
    /// gradient of its own. One that is shown by an object may come to.
    pub fn leads_on(&self, grad: NodeId) -> bool {
        let node = self.get(grad);
        let own = node.slot.and_then(|s| self.slot(s).grad);
        node.op.is_some() || node.owner != 0 || own.is_some()
    }

    /// Whether a result could become a Variable's gradient: nobody shows it, and it is nobody's.
    pub fn is_free(&self, id: NodeId) -> bool {
        let node = self.get(id);
        let taken = node.slot.is_some_and(|s| self.slot(s).grad_of.is_some());
        node.op.is_some() && node.owner == 0 && !taken
    }

    /// Whether nothing but its owner, and the slot whose gradient it is, holds a node.
    pub fn is_sole(&self, id: NodeId) -> bool {
        let node = self.get(id);
        let as_grad = node.slot.and_then(|s| self.slot(s).grad_of);
        let held = as_grad.is_some_and(|s| self.slot(s).grad == Some(id));
        node.children == 0 && node.holds == 1 + u32::from(held)
    }

    /// Gives the holder of a node another value. Graphs that were recorded, and
    /// operations that run in another thread, keep the value they saw: if there are any, the answer is a new leaf, held once, that shares the slot, and the
    /// caller's hold on the old one is spent.
    pub fn assign(&mut self, id: NodeId, value: Tensor) -> NodeId {
        let sole = self.is_sole(id);
        let node = self.slab.get_mut(id);
        let requires = node.requires();
        if sole {
            node.value = value;
            node.seq = self.seq + 1;
            self.seq += 1;
            if node.op.is_some() || node.flags & (FREED | ALIAS) != 0 {
                node.flags &= !(FREED | ALIAS);
                self.unchain(id, 0);
            }
            return id;
        }
        let new = self.leaf(value, requires);
        let slot = self.slot_of(id);
        let owner = self.get(id).owner;
        self.get_mut(id).owner = 0;
        self.slot_mut(slot).nodes += 1;
        let node = self.get_mut(new);
        node.slot = Some(slot);
        node.owner = owner;
        if let Some(holder) = self.slot(slot).grad_of
            && self.slot(holder).grad == Some(id)
        {
            // The Variable is somebody's gradient: that gradient has the new value now.
            self.slot_mut(holder).grad = Some(new);
            self.hold(new);
            self.release(id);
        }
        self.release(id);
        new
    }
}

/// Drops a value that nobody will ask for. Numbers cost nothing and stay.
#[inline(always)]
fn shed(node: &mut Node) {
    if let Tensor::Array(a) = &node.value
        && !a.is_husk()
    {
        node.value = node.value.husk();
    }
}
