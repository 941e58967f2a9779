//! What can go wrong, as data: each variant names the operation, what it got and what it wanted.

use std::any::Any;
use std::fmt;

use crate::tensor::{DType, Dims};

/// The result of everything that can fail in the core.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure; boxed so that the happy path moves one word.
#[derive(Debug)]
pub struct Error(Box<Kind>);

/// The kinds of failure. The bindings map each onto one Python exception.
#[derive(Debug)]
#[allow(missing_docs)] // the fields say what their names say
pub enum Kind {
    /// Shapes that do not broadcast together.
    Broadcast { op: &'static str, lhs: Dims, rhs: Dims },
    /// An array that cannot be broadcast to (or summed to) a given shape.
    BroadcastTo { op: &'static str, from: Dims, to: Dims },
    /// Inner dimensions of a product that differ.
    MatMul { lhs: Dims, rhs: Dims },
    /// A shape with another number of elements.
    Reshape { from: Dims, to: Vec<i64> },
    /// An axis outside the array.
    Axis { op: &'static str, axis: i64, ndim: usize },
    /// An axis that was named twice.
    RepeatedAxis { op: &'static str, axis: i64 },
    /// Axes that are no permutation.
    Permutation { axes: Vec<i64>, ndim: usize },
    /// An integer index outside an axis.
    Index { op: &'static str, index: i64, axis: usize, size: usize },
    /// More indices than dimensions.
    TooManyIndices { op: &'static str, got: usize, shape: Dims },
    /// A maximum or minimum of nothing.
    EmptyReduction { op: &'static str, shape: Dims, axes: Vec<usize> },
    /// A value, gradient or seed of the wrong shape.
    ShapeMismatch { op: &'static str, what: &'static str, want: Dims, got: Dims },
    /// A dtype that the operation does not take.
    DType { op: &'static str, got: DType, want: &'static str },
    /// An argument outside its domain.
    Argument { op: &'static str, message: String },
    /// A matrix that the operation is not defined for.
    LinAlg { op: &'static str, message: String },
    /// A single element was wanted.
    NotScalar { op: &'static str, shape: Dims },
    /// An array too large for the address space or for memory.
    Memory { shape: Dims, bytes: Option<usize> },
    /// A value or a piece of graph that has been freed.
    Freed { what: &'static str },
    /// A gradient rule that cannot be differentiated by the gradients that it gets.
    Rule { op: String },
    /// A value that is not finite, where such values are watched for.
    Anomaly { message: String },
    /// A broken promise inside the library.
    Internal { message: String },
    /// An exception raised by user code that the engine called.
    Foreign(Box<dyn Any + Send>),
}

impl Error {
    /// The failure itself.
    pub fn kind(&self) -> &Kind {
        &self.0
    }

    /// The failure itself, owned.
    pub fn into_kind(self) -> Kind {
        *self.0
    }

    /// A broken promise inside the library.
    pub fn internal(message: impl Into<String>) -> Self {
        Kind::Internal { message: message.into() }.into()
    }

    /// An argument outside its domain.
    pub fn argument(op: &'static str, message: impl Into<String>) -> Self {
        Kind::Argument { op, message: message.into() }.into()
    }
}

impl From<Kind> for Error {
    fn from(kind: Kind) -> Self {
        Self(Box::new(kind))
    }
}

impl std::error::Error for Error {}

/// An empty list with room for so many elements.
pub fn room<T>(n: usize) -> Result<Vec<T>> {
    let mut list = Vec::new();
    let bytes = n.checked_mul(size_of::<T>());
    let no_memory = |_| Kind::Memory { shape: Dims::from_slice(&[n]), bytes };
    list.try_reserve_exact(n).map_err(no_memory)?;
    Ok(list)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A shape as Python writes a tuple.
pub struct Tuple<'a, T>(pub &'a [T]);

impl<T: fmt::Display> fmt::Display for Tuple<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (i, x) in self.0.iter().enumerate() {
            let gap = if i == 0 { "" } else { ", " };
            write!(f, "{gap}{x}")?;
        }
        f.write_str(if self.0.len() == 1 { ",)" } else { ")" })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Broadcast { op, lhs, rhs } => write!(
                f,
                "{op}: shapes {} and {} do not broadcast together: aligned from the right, \
                 two sizes must be equal or one of them 1",
                Tuple(lhs),
                Tuple(rhs)
            ),
            Kind::BroadcastTo { op, from, to } => write!(
                f,
                "{op}: shape {} and target {} do not fit: aligned from the right, every size of \
                 the smaller shape must be 1 or equal to its counterpart",
                Tuple(from),
                Tuple(to)
            ),
            Kind::MatMul { lhs, rhs } => write!(
                f,
                "matmul: shapes {} and {} do not fit: the last size of the first must equal the \
                 second-last (or only) size of the second; is a transpose missing?",
                Tuple(lhs),
                Tuple(rhs)
            ),
            Kind::Reshape { from, to } => write!(
                f,
                "reshape: an array of shape {} has {} elements and cannot take shape {}",
                Tuple(from),
                from.iter().product::<usize>(),
                Tuple(to)
            ),
            Kind::Axis { op, axis, ndim } => {
                write!(f, "{op}: axis {axis} is out of bounds for an array of {ndim} dimension(s)")
            }
            Kind::RepeatedAxis { op, axis } => write!(f, "{op}: axis {axis} is given twice"),
            Kind::Permutation { axes, ndim } => write!(
                f,
                "transpose: axes {} are no permutation of the {ndim} axes of the array",
                Tuple(axes)
            ),
            Kind::Index { op, index, axis, size } => {
                write!(f, "{op}: index {index} is out of bounds for axis {axis} with size {size}")
            }
            Kind::TooManyIndices { op, got, shape } => {
                write!(f, "{op}: {got} indices for an array of shape {}", Tuple(shape))
            }
            Kind::EmptyReduction { op, shape, axes } => write!(
                f,
                "{op}: no identity for an empty reduction: shape {} over axes {}",
                Tuple(shape),
                Tuple(axes)
            ),
            Kind::ShapeMismatch { op, what, want, got } => {
                write!(f, "{op}: {what} must have shape {}, got {}", Tuple(want), Tuple(got))
            }
            Kind::DType { op, got, want } => write!(f, "{op}: dtype {got} where {want} is wanted"),
            Kind::Argument { op, message } | Kind::LinAlg { op, message } => {
                write!(f, "{op}: {message}")
            }
            Kind::NotScalar { op, shape } => {
                write!(f, "{op}: one element is wanted, got an array of shape {}", Tuple(shape))
            }
            Kind::Memory { shape, bytes } => match bytes {
                Some(b) => {
                    write!(f, "cannot allocate {b} bytes for an array of shape {}", Tuple(shape))
                }
                None => {
                    write!(f, "an array of shape {} is larger than memory can be", Tuple(shape))
                }
            },
            Kind::Freed { what } => f.write_str(what),
            Kind::Rule { op } => write!(
                f,
                "{op}.backward returned a gradient that was not computed, by functions of this package, from the \
                 Variables that it got: forward mode (jvp) cannot differentiate it; compute with the Variables, \
                 not with their data"
            ),
            Kind::Anomaly { message } => f.write_str(message),
            Kind::Internal { message } => write!(f, "internal error (please report it): {message}"),
            Kind::Foreign(_) => f.write_str("user code raised an exception"),
        }
    }
}
