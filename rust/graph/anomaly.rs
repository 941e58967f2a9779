//! Who made the first NaN or infinity: while the mode is on, each recorded value is looked at, and each
//! operation remembers from where it was called.

use std::rc::Rc;
use std::sync::OnceLock;

use super::node::NodeId;
use super::{Ctx, Graph, Mode, Var, mode};
use crate::error::{Error, Kind, Result};
use crate::kernels::compare::{self, Odd};
use crate::op::{Grad, Grads, Rule};
use crate::table::Map;
use crate::tensor::Tensor;

type Where = fn() -> Option<String>;
static WHERE: OnceLock<Where> = OnceLock::new();

/// Where operations were called, with the sequence numbers to know their nodes by.
pub(super) type Places = Map<NodeId, (u64, Rc<str>)>;

/// Installs the function that tells where the program stands.
pub fn set_where(place: Where) {
    // A second installation can only come from a second initialisation with the same function.
    let _ = WHERE.set(place);
}

fn place() -> String {
    WHERE.get().and_then(|f| f()).unwrap_or_else(|| "an unknown place".into())
}

/// What a result has that its operands had not: NaN, or else an infinity.
fn news(value: &Tensor, operands: &[&Tensor]) -> Result<Option<&'static str>> {
    let odd = compare::odd(value)?;
    if odd == Odd::default() {
        return Ok(None);
    }
    let mut before = Odd::default();
    for t in operands.iter().filter(|t| !t.is_husk()) {
        let found = compare::odd(t)?;
        before.nan |= found.nan;
        before.infinite |= found.infinite;
    }
    Ok(match odd {
        Odd { nan: true, .. } if !before.nan => Some("NaN"),
        Odd { infinite: true, .. } if !before.infinite && !before.nan => Some("an infinity"),
        _ => None,
    })
}

fn error(message: String) -> Error {
    Kind::Anomaly { message }.into()
}

impl Ctx<'_> {
    /// Looks at a result that takes part in differentiation.
    pub(super) fn watch(
        &self,
        op: &str,
        inputs: &[&Var],
        values: &[&Tensor],
        node: Option<NodeId>,
    ) {
        let operands: Vec<&Tensor> = inputs.iter().map(|v| &v.value).collect();
        let place = place();
        for value in values {
            let found = match news(value, &operands) {
                Ok(None) => continue,
                Ok(Some(what)) => error(format!("{op} made {what}, called from {place}")),
                Err(e) => e,
            };
            self.first_anomaly(found);
        }
        if let Some(id) = node {
            self.graph().remember(id, place);
        }
    }
}

impl Graph {
    fn remember(&self, id: NodeId, place: String) {
        let mut places = self.places.borrow_mut();
        let places = places.get_or_insert_default();
        let arena = self.arena();
        let seq = arena.get(id).seq;
        // Nodes come and go: the dead are dropped now and then.
        if places.len() > 1024 && places.len() > 2 * arena.counts().0 {
            places.retain(|id, (seq, _)| arena.find(*id, *seq).is_some());
        }
        places.insert(id, (seq, place.into()));
    }

    fn recalled(&self, id: NodeId) -> String {
        let seq = self.arena().get(id).seq;
        match self.places.borrow().as_ref().and_then(|p| p.get(&id)) {
            Some((known, place)) if *known == seq => format!("called from {place}"),
            _ => "called outside detect_anomaly".into(),
        }
    }

    /// Looks at the gradients that a rule made. Those that add to memory are made values, to be
    /// looked at.
    pub(super) fn watch_gradients(
        &self,
        id: NodeId,
        op: &str,
        rule: &Rule<'_>,
        grads: Grads,
    ) -> Result<Grads> {
        let gys: Vec<&Tensor> = rule.gys.iter().flatten().map(|v| &v.value).collect();
        let mut watched = Grads::new();
        for (i, grad) in grads.into_iter().enumerate() {
            let Some(grad) = grad else {
                watched.push(None);
                continue;
            };
            let input = &rule.inputs[i];
            let value = grad.value(input.dtype(), &rule.shape(input.shape()))?;
            if let Some(what) = news(&value.value, &gys)? {
                let place = self.recalled(id);
                let message =
                    format!("the gradient of {op} by operand {i} has {what}; {op} was {place}");
                return Err(error(message));
            }
            watched.push(Some(Grad::Value(value)));
        }
        Ok(watched)
    }
}

/// Whether values are watched in this thread.
#[inline(always)]
pub(super) fn watching() -> bool {
    mode(Mode::Anomaly)
}
