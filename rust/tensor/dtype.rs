//! Element types.

use std::fmt;

/// The type of the elements of an array.
///
/// Variables hold `F64` or `F32`; `I64` and `Bool` serve as indices, masks and the results of
/// comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DType {
    /// IEEE 754 binary64.
    F64,
    /// IEEE 754 binary32.
    F32,
    /// Signed 64-bit integers.
    I64,
    /// One byte per truth value, 0 or 1.
    Bool,
}

impl DType {
    /// Bytes per element.
    pub const fn size(self) -> usize {
        match self {
            DType::F64 | DType::I64 => 8,
            DType::F32 => 4,
            DType::Bool => 1,
        }
    }

    /// NumPy's name.
    pub const fn name(self) -> &'static str {
        match self {
            DType::F64 => "float64",
            DType::F32 => "float32",
            DType::I64 => "int64",
            DType::Bool => "bool",
        }
    }

    /// Whether a Variable can hold it.
    pub const fn is_float(self) -> bool {
        matches!(self, DType::F64 | DType::F32)
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A Rust type that is the element of some [`DType`]. Every bit pattern that a kernel writes is
/// valid for it, and all-zero bytes are its zero.
pub trait Element: Copy + Send + Sync + PartialEq + fmt::Debug + 'static {
    /// The matching element type.
    const DTYPE: DType;
    /// Zero, or false.
    const ZERO: Self;
    /// As float64: 0 or 1 for truth values, rounded for large integers.
    fn widen(self) -> f64;
}

impl Element for f64 {
    const DTYPE: DType = DType::F64;
    const ZERO: Self = 0.0;
    #[inline(always)]
    fn widen(self) -> f64 {
        self
    }
}
impl Element for f32 {
    const DTYPE: DType = DType::F32;
    const ZERO: Self = 0.0;
    #[inline(always)]
    fn widen(self) -> f64 {
        f64::from(self)
    }
}
impl Element for i64 {
    const DTYPE: DType = DType::I64;
    const ZERO: Self = 0;
    #[inline(always)]
    fn widen(self) -> f64 {
        self as f64
    }
}
impl Element for bool {
    const DTYPE: DType = DType::Bool;
    const ZERO: Self = false;
    #[inline(always)]
    fn widen(self) -> f64 {
        f64::from(u8::from(self))
    }
}

/// An element that a Variable can hold.
pub trait Float:
    Element
    + PartialOrd
    + std::ops::Add<Output = Self>
    + std::ops::Sub<Output = Self>
    + std::ops::Mul<Output = Self>
    + std::ops::Div<Output = Self>
    + std::ops::AddAssign
{
    /// One.
    const ONE: Self;
    /// The smallest value, the start of a maximum.
    const NEG_INFINITY: Self;
    /// Rounds to this type.
    fn of(x: f64) -> Self;
    /// Whether it is not a number.
    fn is_not_a_number(self) -> bool;
    /// A zero-dimensional tensor.
    fn scalar(self) -> super::Tensor;
}

impl Float for f64 {
    const ONE: Self = 1.0;
    const NEG_INFINITY: Self = f64::NEG_INFINITY;
    #[inline(always)]
    fn of(x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn is_not_a_number(self) -> bool {
        self.is_nan()
    }
    fn scalar(self) -> super::Tensor {
        super::Tensor::F64(self)
    }
}

impl Float for f32 {
    const ONE: Self = 1.0;
    const NEG_INFINITY: Self = f32::NEG_INFINITY;
    #[inline(always)]
    fn of(x: f64) -> Self {
        x as f32
    }
    #[inline(always)]
    fn is_not_a_number(self) -> bool {
        self.is_nan()
    }
    fn scalar(self) -> super::Tensor {
        super::Tensor::F32(self)
    }
}

/// Runs the body with `$T` bound to the Rust type of a floating dtype; other dtypes run `$other`.
#[macro_export]
macro_rules! with_float {
    ($dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        match $dtype {
            $crate::tensor::DType::F64 => {
                type $T = f64;
                $body
            }
            $crate::tensor::DType::F32 => {
                type $T = f32;
                $body
            }
            _ => $other,
        }
    };
}

/// Runs the body with `$T` bound to the Rust type of any dtype.
#[macro_export]
macro_rules! with_element {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            $crate::tensor::DType::F64 => {
                type $T = f64;
                $body
            }
            $crate::tensor::DType::F32 => {
                type $T = f32;
                $body
            }
            $crate::tensor::DType::I64 => {
                type $T = i64;
                $body
            }
            $crate::tensor::DType::Bool => {
                type $T = bool;
                $body
            }
        }
    };
}
