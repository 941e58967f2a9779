//! Gradients that are owed to a node, until the whole is asked for.
//!
//! Products, of weights that are used step after step, are computed all at once, so that threads have more to
//! share out than the product of a step. Parts, of an array that was cut up, are put together if they
//! make up the whole, rather than added to zeros one by one.

use super::Var;
use super::backward::{Flow, Pass};
use crate::error::Result;
use crate::kernels::copy;
use crate::kernels::parts::{Part, join};
use crate::kernels::place;
use crate::kernels::products::{self, Pair, add_products};
use crate::tensor::{DType, Dims, Tensor};

/// So many rows are not kept waiting: what is owed takes memory, and gains nothing more.
const ROWS: usize = 512;
/// Nor are so many parts.
const PARTS: usize = 32;
/// Parts of fewer elements are added at once: that is quicker than to note them.
const LARGE: usize = 4096;

/// A gradient of which a part is still to be computed.
pub(super) struct Owed {
    sum: Option<Tensor>,
    pairs: Vec<Pair>,
    parts: Vec<Part>,
    shape: Dims,
    dtype: DType,
}

impl Owed {
    /// The whole gradient.
    pub(super) fn pay(self) -> Result<Var> {
        let whole = self.promise()?;
        if products::waiting(&whole.value).is_some() {
            products::now(&whole.value)?;
        }
        Ok(whole)
    }

    /// The whole gradient; if it is a single product that may wait, it does.
    fn promise(mut self) -> Result<Var> {
        if let (None, [], [pair]) = (&self.sum, self.parts.as_slice(), self.pairs.as_slice()) {
            return products::product(pair).map(Var::constant);
        }
        let joined = match self.sum.take() {
            Some(sum) => Some(sum),
            None => join(&mut self.parts, &self.shape)?.inspect(|_| self.parts.clear()),
        };
        if let (Some(all), true) = (&joined, self.parts.is_empty() && self.pairs.is_empty()) {
            return Ok(Var::constant(all.clone()));
        }
        let mut total = match joined {
            Some(sum) => copy::owned(sum)?,
            None => Tensor::zeros(self.dtype, &self.shape)?,
        };
        for (part, value) in &self.parts {
            place::add_into(&mut total, part, value)?;
        }
        add_products(&mut total, &self.pairs)?;
        Ok(Var::constant(total))
    }
}

impl Pass<'_> {
    /// What is owed to an entry, which takes over what has come so far.
    fn owed(&mut self, i: usize, (shape, dtype): (Dims, DType)) -> Box<Owed> {
        match std::mem::replace(&mut self.s.entries[i].flow, Flow::Empty) {
            Flow::Owed(owed) => owed,
            other => {
                let sum = match other {
                    Flow::One(v) => {
                        v.node.inspect(|&id| self.graph.release(id));
                        Some(v.value)
                    }
                    _ => None,
                };
                Box::new(Owed { sum, pairs: Vec::new(), parts: Vec::new(), shape, dtype })
            }
        }
    }

    /// Adds products to what an entry has.
    pub(super) fn owe(&mut self, i: usize, of: (Dims, DType), pairs: Vec<Pair>) -> Result<()> {
        let mut owed = self.owed(i, of);
        owed.pairs.extend(pairs);
        let rows: usize = owed.pairs.iter().filter_map(|(a, _)| a.shape().first()).sum();
        self.s.entries[i].flow = match rows < ROWS {
            true => Flow::Owed(owed),
            false => Flow::One(owed.pay()?),
        };
        Ok(())
    }

    /// Whether a part of the gradient of an entry had better wait for others.
    pub(super) fn waits(&self, i: usize, value: &Tensor) -> bool {
        let first = match &self.s.entries[i].flow {
            Flow::Empty => true,
            Flow::Owed(owed) => owed.sum.is_none(),
            _ => false,
        };
        first && value.size() >= LARGE
    }

    /// Adds a part to what an entry has.
    pub(super) fn owe_part(&mut self, i: usize, of: (Dims, DType), part: Part) -> Result<()> {
        let mut owed = self.owed(i, of);
        owed.parts.push(part);
        self.s.entries[i].flow = match owed.parts.len() < PARTS {
            true => Flow::Owed(owed),
            false => Flow::One(owed.pay()?),
        };
        Ok(())
    }

    /// Computes what is owed to an entry, if anything is.
    pub(super) fn pay(&mut self, i: usize) -> Result<()> {
        self.settle(i, |owed| owed.pay())
    }

    /// The same at the end of a pass, when nothing more is added: a large product waits until somebody looks
    /// at it.
    pub(super) fn promise(&mut self, i: usize) -> Result<()> {
        self.settle(i, |owed| owed.promise())
    }

    fn settle(&mut self, i: usize, how: impl FnOnce(Box<Owed>) -> Result<Var>) -> Result<()> {
        let flow = &mut self.s.entries[i].flow;
        if let Flow::Owed(_) = flow
            && let Flow::Owed(owed) = std::mem::replace(flow, Flow::Empty)
        {
            self.s.entries[i].flow = Flow::One(how(owed)?);
        }
        Ok(())
    }
}
