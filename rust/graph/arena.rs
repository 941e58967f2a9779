//! The node table: slots that are reused, counts that say when.

use super::front::Front;
use super::hooks::Numbered;
use super::node::{Keep, Node, NodeId, OpRef, Parents, REQUIRES, Slot, SlotId};
use super::slab::Slab;
use crate::tensor::Tensor;

/// The nodes and slots of one graph.
pub struct Arena {
    slab: Slab,
    pub(super) slots: Vec<Slot>,
    pub(super) free_slots: Vec<SlotId>,
    seq: u64,
    /// Nodes that nothing refers to any more, while the dead are being buried.
    dead: Vec<NodeId>,
    burying: bool,
    /// Memory of passes over numbers.
    pub(super) front: Front,
    /// Nodes that a step of such a pass has made, each held once for it.
    pub(super) made: Vec<NodeId>,
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
            made: Vec::new(),
            graves: Vec::new(),
        }
    }

    /// The sequence number of the latest node.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The sequence number of the next node.
    #[inline(always)]
    pub(super) fn next_seq(&mut self) -> u64 {
        self.seq += 1;
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
        (self.slab.live(), self.slab.capacity())
    }

    /// Live slots.
    pub fn slot_count(&self) -> usize {
        self.slots.len() - self.free_slots.len()
    }

    /// A new leaf, held once.
    #[inline]
    pub fn leaf(&mut self, value: Tensor, requires: bool) -> NodeId {
        self.new_leaf(value, requires, 1)
    }

    /// A new leaf with so many holders.
    #[inline(always)]
    fn new_leaf(&mut self, value: Tensor, requires: bool, holds: u32) -> NodeId {
        let seq = self.next_seq();
        let (id, node) = self.slab.place();
        put(&mut node.value, value);
        node.seq = seq;
        node.holds = holds;
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
        let (id, node) = self.new_result(value, op, parents);
        node.needs = u32::from(kept.output());
        node.kept = kept;
        id
    }

    /// As [`Arena::insert`], of a number and numbers, which are never shed: nothing is kept. Inputs
    /// that are no nodes yet become constants, which the graph alone holds.
    #[inline(always)]
    pub fn insert_number<const N: usize>(
        &mut self,
        value: f64,
        op: OpRef,
        inputs: [Result<NodeId, f64>; N],
        parents: impl FnOnce([NodeId; N]) -> Parents,
    ) -> NodeId {
        let mut ids = [NodeId::from_raw(1); N];
        for i in 0..N {
            ids[i] = match inputs[i] {
                Ok(id) => id,
                Err(x) => self.new_leaf(Tensor::F64(x), false, 0),
            };
            self.slab.get_mut(ids[i]).children += 1;
        }
        self.new_result(Tensor::F64(value), op, parents(ids)).0
    }

    /// A new node with its history, held once.
    #[inline(always)]
    fn new_result(&mut self, value: Tensor, op: OpRef, parents: Parents) -> (NodeId, &mut Node) {
        let seq = self.next_seq();
        let (id, node) = self.slab.place();
        put(&mut node.value, value);
        put(&mut node.op, Some(op));
        put(&mut node.parents, parents);
        node.seq = seq;
        node.holds = 1;
        node.flags = REQUIRES;
        (id, node)
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
        match fate(node) {
            Fate::Lives => {}
            Fate::Goes => self.slab.remove(id),
            Fate::Dies => self.bury(id),
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
            if let Tensor::Array(_) = node.value {
                node.value = Tensor::F64(0.0);
            }
            let slot = node.slot.take();
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
        match parents {
            Parents::One([p]) => self.let_go(p, kept.input(0)),
            Parents::Two([p, q]) => {
                let dead = self.let_go(p, kept.input(0));
                let last = self.let_go(q, kept.input(1));
                match last {
                    Some(_) => {
                        self.dead.extend(dead);
                        last
                    }
                    None => dead,
                }
            }
            Parents::None => None,
            Parents::Many(all) => {
                for (i, &p) in all.iter().enumerate() {
                    let dead = self.let_go(p, kept.input(i));
                    self.dead.extend(dead);
                }
                self.dead.pop()
            }
        }
    }

    /// Lets go of an input. It is returned if it has to be buried.
    #[inline(always)]
    fn let_go(&mut self, id: NodeId, kept: bool) -> Option<NodeId> {
        let node = self.slab.get_mut(id);
        node.children -= 1;
        node.needs -= u32::from(kept);
        match fate(node) {
            Fate::Lives => None,
            Fate::Goes => {
                self.slab.remove(id);
                None
            }
            Fate::Dies => Some(id),
        }
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
}

/// Puts a value where there is none to drop: a free place has only defaults.
#[inline(always)]
fn put<T>(place: &mut T, value: T) {
    std::mem::forget(std::mem::replace(place, value));
}

/// What becomes of a node that has lost a holder or a child.
enum Fate {
    /// Something refers to it.
    Lives,
    /// Nothing needs to be done but to give its place back.
    Goes,
    /// It has to be buried.
    Dies,
}

#[inline(always)]
fn fate(node: &mut Node) -> Fate {
    if node.holds > 0 {
        return Fate::Lives;
    }
    if node.children > 0 {
        if node.needs == 0 {
            shed(node);
        }
        return Fate::Lives;
    }
    let array = matches!(node.value, Tensor::Array(_));
    if node.op.is_none() && node.slot.is_none() && !array { Fate::Goes } else { Fate::Dies }
}

/// Drops a value that nobody will ask for. Numbers cost nothing and stay.
#[inline(always)]
fn shed(node: &mut Node) {
    if let Tensor::Array(a) = &node.value
        && !a.is_husk()
    {
        node.value.shed();
    }
}
