//! What makes a Variable the same one, whatever its value: its slot, its gradient, the object that shows it.

use std::num::NonZeroU32;

use super::arena::{Arena, Grave};
use super::node::{ALIAS, FREED, NodeId, Slot, SlotId};
use crate::tensor::Tensor;

impl Arena {
    /// The node's slot, made if it has none.
    pub fn slot_of(&mut self, id: NodeId) -> SlotId {
        if let Some(slot) = self.get(id).slot {
            return slot;
        }
        let owners = u32::from(self.get(id).owner != 0);
        let slot = match self.free_slots.pop() {
            Some(slot) => slot,
            None => {
                self.slots.push(Slot::default());
                let n = u32::try_from(self.slots.len()).ok().and_then(NonZeroU32::new);
                SlotId(n.unwrap_or(NonZeroU32::MAX))
            }
        };
        // All else is at its default, in places that were used before too.
        let fresh = self.slot_mut(slot);
        (fresh.nodes, fresh.owners) = (1, owners);
        self.get_mut(id).slot = Some(slot);
        slot
    }

    pub(super) fn leave_slot(&mut self, slot: SlotId) {
        self.slot_mut(slot).nodes -= 1;
        if self.slot(slot).nodes == 0 {
            self.set_grad(slot, None);
            let s = self.slot_mut(slot);
            (s.owners, s.grad_of, s.alias) = (0, None, None);
            if s.name.is_some() || s.outputs.capacity() + s.hooks.capacity() > 0 {
                let old = std::mem::take(s);
                if !old.hooks.is_empty() {
                    self.graves.push(Grave::Hooks(old.hooks));
                }
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
        let node = self.get_mut(id);
        let before = std::mem::replace(&mut node.owner, owner);
        if let Some(slot) = node.slot {
            let change = i32::from(owner != 0) - i32::from(before != 0);
            let owners = &mut self.slot_mut(slot).owners;
            *owners = owners.saturating_add_signed(change);
        }
    }

    /// The owner is gone. A gradient that has a history goes with it: the history may lead back
    /// here, and nobody could break the circle later.
    #[inline]
    pub fn disown(&mut self, id: NodeId, owner: usize) {
        let node = self.get_mut(id);
        let Some(slot) = node.slot else {
            // Code that ran at its end may have made another object for the node.
            if node.owner == owner {
                node.owner = 0;
            }
            return self.release(id);
        };
        if node.owner == owner {
            self.set_owner(id, 0);
        }
        let s = self.slot(slot);
        if let (0, Some(g)) = (s.owners, s.grad)
            && self.leads_on(g)
        {
            self.set_grad(slot, None);
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

    /// Gives the holder of a node another value. Graphs that were recorded, and operations that run in
    /// another thread, keep the value they saw: if there are any, the answer is a new leaf, held once, that
    /// shares the slot, and the caller's hold on the old one is spent.
    pub fn assign(&mut self, id: NodeId, value: Tensor) -> NodeId {
        let sole = self.is_sole(id);
        if sole {
            let seq = self.next_seq();
            let node = self.get_mut(id);
            node.value = value;
            node.seq = seq;
            if node.op.is_some() || node.flags & (FREED | ALIAS) != 0 {
                node.flags &= !(FREED | ALIAS);
                self.unchain(id, 0);
            }
            return id;
        }
        let requires = self.get(id).requires();
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
