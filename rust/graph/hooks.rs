//! Functions that see, and may change, the gradient of a Variable when it is complete.

use std::rc::Rc;

use super::backward::Pass;
use super::node::NodeId;
use super::{Ctx, Graph, Var};
use crate::error::{Kind, Result};
use crate::ops;
use crate::tensor::Pick;

/// A function of a gradient.
pub trait Hook {
    /// Another gradient in its place, or `None`.
    fn call(&self, g: &Ctx<'_>, grad: &Var) -> Result<Option<Var>>;
}

/// A hook with a number to know it by.
pub type Numbered = (u64, Rc<dyn Hook>);

impl Graph {
    /// Adds a hook to a Variable; its number takes it away again.
    pub fn add_hook(&self, id: NodeId, hook: Rc<dyn Hook>) -> u64 {
        let id = self.resolve(id);
        let mut arena = self.arena();
        let slot = arena.slot_of(id);
        let number = self.hooks.get() + 1;
        self.hooks.set(number);
        arena.slot_mut(slot).hooks.push((number, hook));
        number
    }

    /// Whether there ever was a hook: most programs have none, and need not look for any.
    #[inline(always)]
    pub(super) fn has_hooks(&self) -> bool {
        self.hooks.get() != 0
    }

    /// Takes a hook away, if it is there still, for the caller to drop.
    pub fn remove_hook(&self, id: NodeId, number: u64) -> Option<Rc<dyn Hook>> {
        let id = self.resolve(id);
        let mut arena = self.arena();
        let slot = arena.get(id).slot?;
        let hooks = &mut arena.slot_mut(slot).hooks;
        let found = hooks.iter().position(|(n, _)| *n == number)?;
        Some(hooks.remove(found).1)
    }
}

impl Pass<'_> {
    /// The gradient of a node after its hooks.
    pub(super) fn hooked(&self, id: NodeId, grad: &Var) -> Result<Option<Var>> {
        if !self.graph.has_hooks() {
            return Ok(None);
        }
        let hooks = {
            let arena = self.graph.arena();
            let slot = arena.get(id).slot.map(|s| arena.slot(s));
            slot.map_or_else(Vec::new, |s| s.hooks.clone())
        };
        let mut changed: Option<Var> = None;
        for (_, hook) in hooks {
            let now = changed.as_ref().unwrap_or(grad);
            let new = match self.batch {
                None => self.call(hook.as_ref(), now)?,
                Some(n) => Some(self.one_by_one(hook.as_ref(), now, n)?),
            };
            changed = new.or(changed);
        }
        Ok(changed)
    }

    /// What a hook makes of a gradient, if anything.
    fn call(&self, hook: &dyn Hook, grad: &Var) -> Result<Option<Var>> {
        let Some(new) = hook.call(&self.ctx, grad)? else { return Ok(None) };
        if new.shape() != grad.shape() {
            let (want, got) = (grad.shape().into(), new.shape().into());
            let (op, what) = ("register_hook", "what a hook returns");
            return Err(Kind::ShapeMismatch { op, what, want, got }.into());
        }
        ops::cast(&self.ctx, &new, grad.dtype()).map(Some)
    }

    /// A hook sees one gradient, not a batch of them.
    fn one_by_one(&self, hook: &dyn Hook, grads: &Var, n: usize) -> Result<Var> {
        let each = |k: usize| -> Result<Var> {
            let grad = ops::index(&self.ctx, grads, vec![Pick::At(k)])?;
            Ok(self.call(hook, &grad)?.unwrap_or(grad))
        };
        let all = (0..n).map(each).collect::<Result<Vec<_>>>()?;
        if all.is_empty() { Ok(grads.clone()) } else { ops::stack(&self.ctx, &all, 0) }
    }
}
