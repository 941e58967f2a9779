//! Products that are owed to a node: gradients of weights that are used step after step. They are
//! computed when the gradient is asked for, all at once, so that threads have more to share out than
//! the product of a step.

use super::Var;
use super::backward::{Flow, Pass};
use crate::error::Result;
use crate::kernels::copy;
use crate::kernels::products::{Pair, add_products};
use crate::tensor::{DType, Dims, Tensor};

/// So many rows are not kept waiting: what is owed takes memory, and gains nothing more.
const ROWS: usize = 512;

/// A gradient of which a part is still to be computed.
pub(super) struct Owed {
    sum: Option<Tensor>,
    pairs: Vec<Pair>,
    shape: Dims,
    dtype: DType,
}

impl Owed {
    /// The whole gradient.
    pub(super) fn pay(self) -> Result<Var> {
        let mut total = match self.sum {
            Some(sum) => copy::owned(sum)?,
            None => Tensor::zeros(self.dtype, &self.shape)?,
        };
        add_products(&mut total, &self.pairs)?;
        Ok(Var::constant(total))
    }
}

impl Pass<'_> {
    /// Adds products to what an entry has.
    pub(super) fn owe(
        &mut self,
        i: usize,
        (shape, dtype): (Dims, DType),
        pairs: Vec<Pair>,
    ) -> Result<()> {
        let flow = &mut self.s.entries[i].flow;
        let mut owed = match std::mem::replace(flow, Flow::Empty) {
            Flow::Owed(owed) => owed,
            other => {
                let sum = match other {
                    Flow::One(v) => {
                        v.node.inspect(|&id| self.graph.release(id));
                        Some(v.value)
                    }
                    _ => None,
                };
                Box::new(Owed { sum, pairs: Vec::new(), shape, dtype })
            }
        };
        owed.pairs.extend(pairs);
        let rows: usize = owed.pairs.iter().filter_map(|(a, _)| a.shape().first()).sum();
        self.s.entries[i].flow = match rows < ROWS {
            true => Flow::Owed(owed),
            false => Flow::One(owed.pay()?),
        };
        Ok(())
    }

    /// Computes what is owed to an entry, if anything is.
    pub(super) fn pay(&mut self, i: usize) -> Result<()> {
        let flow = &mut self.s.entries[i].flow;
        if let Flow::Owed(_) = flow
            && let Flow::Owed(owed) = std::mem::replace(flow, Flow::Empty)
        {
            self.s.entries[i].flow = Flow::One(owed.pay()?);
        }
        Ok(())
    }
}
