//! Elements chosen by position: what every kind of index, and every function that moves elements
//! by a table, comes down to. The gradient adds `gy` where the elements came from.

use std::sync::Arc;

use crate::error::Result;
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::rows::{self, Cut, Rows};
use crate::op::{Forward, Grad, Grads, Op, Reach, Rule, one};
use crate::tensor::{Dims, Layout, Pick, Tensor};

/// A choice of elements: a view, and rows of it.
pub struct Selection {
    /// The name, as graphs show it.
    pub name: &'static str,
    /// The basic part of an index.
    pub picks: Vec<Pick>,
    /// The axes of that view in another order.
    pub order: Option<Vec<usize>>,
    /// Which of them are axes that positions are chosen from.
    pub cut: Cut,
    /// The chosen positions, in row-major order of those axes.
    pub rows: Vec<usize>,
    /// The shape that takes the place of those axes.
    pub spread: Dims,
}

impl Selection {
    /// Positions on one axis.
    pub fn along(name: &'static str, axis: usize, rows: Vec<usize>, spread: Dims) -> Arc<Self> {
        Self::plain(name, Cut { batch: axis, lead: 1 }, rows, spread)
    }

    /// Positions in row-major order of an array with `ndim` axes.
    pub fn flat(name: &'static str, ndim: usize, rows: Vec<usize>, spread: Dims) -> Arc<Self> {
        Self::plain(name, Cut { batch: 0, lead: ndim }, rows, spread)
    }

    fn plain(name: &'static str, cut: Cut, rows: Vec<usize>, spread: Dims) -> Arc<Self> {
        Arc::new(Self { name, picks: Vec::new(), order: None, cut, rows, spread })
    }

    /// A basic index, as one row.
    pub fn basic(picks: Vec<Pick>) -> Self {
        let cut = Cut { batch: 0, lead: 0 };
        Self { name: "GetItem", picks, order: None, cut, rows: vec![0], spread: Dims::new() }
    }

    pub(super) fn rows(&self) -> Rows<'_> {
        Rows { cut: self.cut, at: &self.rows }
    }

    /// The view that the rows belong to.
    pub(super) fn part(&self, layout: &Layout) -> Layout {
        let part = layout.pick(&self.picks);
        match &self.order {
            Some(order) => part.transpose(order),
            None => part,
        }
    }

    /// The shape of the result, for an operand of the given shape.
    pub fn shape(&self, of: &[usize]) -> Dims {
        let part = self.part(&Layout::contiguous(of));
        let Cut { batch, lead } = self.cut;
        let mut shape: Dims = part.shape[..batch].into();
        shape.extend_from_slice(&self.spread);
        shape.extend_from_slice(&part.shape[batch + lead..]);
        shape
    }

    /// The same beneath the axis of a batch, if there is one.
    fn under(self: &Arc<Self>, batch: Option<usize>) -> Arc<Self> {
        let Some(len) = batch else { return self.clone() };
        let Cut { batch, lead } = self.cut;
        let whole = Pick::Slice { start: 0, step: 1, len };
        Arc::new(Self {
            name: self.name,
            picks: [whole].into_iter().chain(self.picks.iter().cloned()).collect(),
            order: self
                .order
                .as_ref()
                .map(|o| [0].into_iter().chain(o.iter().map(|a| a + 1)).collect()),
            cut: Cut { batch: batch + 1, lead },
            rows: self.rows.clone(),
            spread: self.spread.clone(),
        })
    }

    fn take(&self, x: &Tensor) -> Result<Tensor> {
        let part = x.relayout(|layout| self.part(layout))?;
        rows::take(&part, self.rows())?.reshape(&self.shape(x.shape()))
    }

    pub(super) fn add(&self, total: &mut Tensor, value: &Tensor) -> Result<()> {
        let part = self.part(&Layout::contiguous(total.shape()));
        let value = value.reshape(&self.rows().shape(&part))?;
        rows::add_into(total, &part, self.rows(), &value)
    }

    pub(super) fn write(&self, total: &mut Tensor, value: &Tensor) -> Result<()> {
        let part = self.part(&Layout::contiguous(total.shape()));
        let value = value.reshape(&self.rows().shape(&part))?;
        rows::write_into(total, &part, self.rows(), &value)
    }
}

struct Select(Arc<Selection>);

/// The adjoint of [`Select`]: zeros, with `x` added at the positions.
struct Scatter(Arc<Selection>);

impl Op for Select {
    fn name(&self) -> &str {
        self.0.name
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn batches(&self) -> bool {
        true
    }
    fn reach(&self, _i: usize) -> Reach {
        Reach::Copies
    }
    fn forward(&self, step: &Forward<'_>) -> Option<Result<Var>> {
        step.linear(|t| select(step.g, t, self.0.clone()))
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (gy, selection) = (rule.gy()?, self.0.under(rule.batch));
        if rule.g.is_recording() {
            return one(scatter(rule.g, gy, selection, &rule.shape(rule.inputs[0].shape()))?);
        }
        let value = gy.value.clone();
        let add = move |total: &mut Tensor| selection.add(total, &value);
        Ok([Some(Grad::Into(Box::new(add)))].into_iter().collect())
    }
}

impl Op for Scatter {
    fn name(&self) -> &str {
        "Scatter"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::NONE
    }
    fn batches(&self) -> bool {
        true
    }
    fn reach(&self, _i: usize) -> Reach {
        Reach::Sums
    }
    fn forward(&self, step: &Forward<'_>) -> Option<Result<Var>> {
        step.linear(|t| scatter(step.g, t, self.0.clone(), step.output.shape()))
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        one(select(rule.g, rule.gy()?, self.0.under(rule.batch))?)
    }
}

/// The chosen elements.
pub fn select(g: &Ctx<'_>, x: &Var, selection: Arc<Selection>) -> Result<Var> {
    let value = selection.take(&x.value)?;
    Ok(g.record(Select(selection), &[x], value))
}

/// Zeros of the given shape, with `x` added at the chosen positions.
pub fn scatter(g: &Ctx<'_>, x: &Var, selection: Arc<Selection>, shape: &[usize]) -> Result<Var> {
    let mut value = Tensor::zeros(x.dtype(), shape)?;
    selection.add(&mut value, &x.value)?;
    Ok(g.record(Scatter(selection), &[x], value))
}
