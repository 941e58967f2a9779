//! Values on their way through operations.

use super::node::NodeId;
use crate::tensor::{DType, Tensor};

/// A value and, where it is part of a graph, its node. It holds nothing: the node is kept by the
/// [`super::Ctx`] that made it, or by whoever lent it.
#[derive(Clone, Debug)]
pub struct Var {
    /// The value.
    pub value: Tensor,
    /// Its place in the graph; `None` for constants, and for everything when not recording.
    pub node: Option<NodeId>,
    /// Whether it takes part in differentiation.
    pub requires: bool,
}

impl Var {
    /// A constant.
    pub fn constant(value: Tensor) -> Self {
        Self { value, node: None, requires: false }
    }

    /// The type of the elements.
    pub fn dtype(&self) -> DType {
        self.value.dtype()
    }

    /// Sizes per axis.
    pub fn shape(&self) -> &[usize] {
        self.value.shape()
    }

    /// Number of axes.
    pub fn ndim(&self) -> usize {
        self.value.ndim()
    }
}
