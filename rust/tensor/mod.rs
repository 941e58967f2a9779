//! N-dimensional arrays: values without a graph.

mod array;
mod axes;
mod dtype;
mod layout;
mod pages;
mod pool;
mod store;
mod value;

pub use array::{Array, TensorView};
pub use axes::PerAxis;
pub use dtype::{DType, Element, Float};
pub use layout::{
    Axes, Dims, Layout, Pick, Strides, broadcast_shapes, checked_size, contiguous_strides,
    reduced_shape, resolve_axes, resolve_axis,
};
pub use pool::{AllocError, Buffer, PoolStats, empty_cache, set_cache_limit, stats as pool_stats};
pub use store::{Store, Waiting};
pub use value::Tensor;
