//! Arguments: operands, dtypes, axes, shapes, indices.

use pyo3::exceptions::{PyIndexError, PyOverflowError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyComplex, PyFloat, PyInt, PyTuple};

use super::ndarray;
use super::object::{Variable, graph};
use crate::error::{Error, Kind};
use crate::graph::{Ctx, Var};
use crate::kernels::copy;
use crate::tensor::{DType, Pick, Tensor};

/// What to do with an operand that is no array.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// Leave it to the other operand.
    Operator,
    /// Raise a `TypeError`.
    Function,
}

/// An operand, sorted.
enum Given {
    /// A Variable or an array: it has a dtype.
    Typed(Var),
    /// A Python number: it takes the dtype of what it meets.
    Number(f64),
    Unknown,
}

fn look(ctx: &Ctx<'_>, op: &str, x: &Bound<'_, PyAny>) -> PyResult<Given> {
    if let Ok(v) = x.cast_exact::<Variable>() {
        return Ok(Given::Typed(ctx.operand(v.get().id())));
    }
    if x.is_exact_instance_of::<PyFloat>()
        || x.is_exact_instance_of::<PyInt>()
        || x.is_exact_instance_of::<PyBool>()
    {
        let named = |e: PyErr| match e.is_instance_of::<PyOverflowError>(x.py()) {
            true => PyOverflowError::new_err(format!("{op}: {}", e.value(x.py()))),
            false => e,
        };
        return Ok(Given::Number(x.extract().map_err(named)?));
    }
    if x.is_instance_of::<PyComplex>() {
        return Ok(Given::Unknown);
    }
    Ok(match ndarray::from_python(op, x)? {
        Some(value) => Given::Typed(Var::constant(value)),
        None => Given::Unknown,
    })
}

fn unknown(op: &str, x: &Bound<'_, PyAny>) -> PyErr {
    let name = x.get_type().name().map_or_else(|_| "object".into(), |n| n.to_string());
    PyTypeError::new_err(format!(
        "{op}: a Variable, a real number or an array of real numbers is wanted, got {name}"
    ))
}

/// A number that is a parameter and no operand. A Variable would count as a constant without a word,
/// so one that takes part in differentiation is refused.
pub fn real(x: &Bound<'_, PyAny>) -> PyResult<f64> {
    if let Ok(v) = x.cast_exact::<Variable>()
        && graph(x.py()).requires(v.get().id())
    {
        return Err(no_operand("a number is wanted"));
    }
    x.extract()
}

/// What is said where a Variable is to be differentiated by that is only a parameter.
pub fn no_operand(wanted: &str) -> PyErr {
    PyTypeError::new_err(format!("{wanted}, got a Variable, to which no gradient would flow"))
}

/// The same, or None.
pub fn optional_real(x: &Bound<'_, PyAny>) -> PyResult<Option<f64>> {
    if x.is_none() { Ok(None) } else { real(x).map(Some) }
}

/// One operand; a Python number takes `dtype`, float64 by default.
pub fn operand(
    ctx: &Ctx<'_>,
    op: &str,
    x: &Bound<'_, PyAny>,
    dtype: Option<DType>,
) -> PyResult<Var> {
    match look(ctx, op, x)? {
        Given::Typed(v) => Ok(v),
        Given::Number(n) => Ok(Var::constant(Tensor::number(dtype.unwrap_or(DType::F64), n))),
        Given::Unknown => Err(unknown(op, x)),
    }
}

/// Several operands, from anything that can be gone through; Python numbers take the widest dtype
/// of the others.
pub fn operands(ctx: &Ctx<'_>, op: &str, xs: &Bound<'_, PyAny>) -> PyResult<Vec<Var>> {
    let Ok(items) = xs.try_iter() else {
        let got = xs.get_type().name()?;
        let message = format!("{op}: a sequence of arrays is wanted, got {got}");
        return Err(PyTypeError::new_err(message));
    };
    let items = items.collect::<PyResult<Vec<_>>>()?;
    let given = items.iter().map(|x| look(ctx, op, x)).collect::<PyResult<Vec<_>>>()?;
    let typed = |x: &Given| match x {
        Given::Typed(v) => Some(v.dtype()),
        _ => None,
    };
    let narrow = given.iter().filter_map(typed).all(|d| d == DType::F32);
    let dtype = match narrow && given.iter().any(|x| typed(x).is_some()) {
        true => DType::F32,
        false => DType::F64,
    };
    let each = |(x, item): (Given, &Bound<'_, PyAny>)| match x {
        Given::Typed(v) => Ok(v),
        Given::Number(n) => Ok(Var::constant(Tensor::number(dtype, n))),
        Given::Unknown => Err(unknown(op, item)),
    };
    given.into_iter().zip(&items).map(each).collect()
}

/// One operand, or `None` where an operator should be left to the other side.
pub fn try_operand(
    ctx: &Ctx<'_>,
    op: &str,
    x: &Bound<'_, PyAny>,
    dtype: DType,
) -> PyResult<Option<Var>> {
    Ok(match look(ctx, op, x)? {
        Given::Typed(v) => Some(v),
        Given::Number(n) => Some(Var::constant(Tensor::number(dtype, n))),
        Given::Unknown => None,
    })
}

/// Two operands; `None` where an operator should be left to the other side.
pub fn pair(
    ctx: &Ctx<'_>,
    op: &str,
    a: &Bound<'_, PyAny>,
    b: &Bound<'_, PyAny>,
    accept: Accept,
) -> PyResult<Option<(Var, Var)>> {
    let (x, y) = (look(ctx, op, a)?, look(ctx, op, b)?);
    let weak = |n, dtype| Var::constant(Tensor::number(dtype, n));
    Ok(Some(match (x, y) {
        (Given::Unknown, _) if accept == Accept::Function => return Err(unknown(op, a)),
        (_, Given::Unknown) if accept == Accept::Function => return Err(unknown(op, b)),
        (Given::Unknown, _) | (_, Given::Unknown) => return Ok(None),
        (Given::Typed(x), Given::Typed(y)) => (x, y),
        (Given::Typed(x), Given::Number(n)) => {
            let n = weak(n, x.dtype());
            (x, n)
        }
        (Given::Number(n), Given::Typed(y)) => (weak(n, y.dtype()), y),
        (Given::Number(n), Given::Number(m)) => (weak(n, DType::F64), weak(m, DType::F64)),
    }))
}

/// A value that becomes a Variable's: the elements of an array-like in a dtype, if one is given.
pub fn value(op: &str, x: &Bound<'_, PyAny>, dtype: Option<DType>) -> PyResult<Tensor> {
    let ctx = Ctx::with_recording(graph(x.py()), false);
    let v = operand(&ctx, op, x, dtype)?.value;
    Ok(match dtype {
        Some(dtype) => copy::cast(&v, dtype)?,
        None => v,
    })
}

/// A floating dtype, from anything that `numpy.dtype` takes.
pub fn dtype(op: &'static str, x: &Bound<'_, PyAny>) -> PyResult<DType> {
    let py = x.py();
    let numpy = py.import(intern!(py, "numpy"))?;
    let name: String =
        numpy.call_method1(intern!(py, "dtype"), (x,))?.getattr(intern!(py, "name"))?.extract()?;
    match name.as_str() {
        "float64" => Ok(DType::F64),
        "float32" => Ok(DType::F32),
        _ => {
            Err(PyTypeError::new_err(format!("{op}: dtype must be float64 or float32, got {name}")))
        }
    }
}

fn integer(op: &str, what: &str, x: &Bound<'_, PyAny>) -> PyResult<i64> {
    let whole = !x.is_instance_of::<PyBool>();
    match x.extract::<i64>() {
        Ok(i) if whole => Ok(i),
        Err(e) if e.is_instance_of::<PyOverflowError>(x.py()) => {
            Err(PyOverflowError::new_err(format!("{op}: {what} is too large for an index")))
        }
        _ => {
            let got = x.get_type().name()?;
            Err(PyTypeError::new_err(format!("{op}: {what} must be an int, got {got}")))
        }
    }
}

/// Integers, one or many.
pub fn integers(op: &str, what: &str, x: &Bound<'_, PyAny>) -> PyResult<Vec<i64>> {
    if x.is_instance_of::<PyInt>() {
        return Ok(vec![integer(op, what, x)?]);
    }
    // An array of several says that it is an index, and refuses when it is used as one.
    let Ok(items) = x.try_iter() else {
        if x.hasattr(intern!(x.py(), "__index__"))? {
            return Ok(vec![integer(op, what, x)?]);
        }
        let got = x.get_type().name()?;
        let message = format!("{op}: {what} must be an int or a tuple of ints, got {got}");
        return Err(PyTypeError::new_err(message));
    };
    items.map(|i| integer(op, what, &i?)).collect()
}

/// `axis`: None for all, an int, or a tuple of ints.
pub fn axes(op: &str, x: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Vec<i64>>> {
    x.map(|x| integers(op, "axis", x)).transpose()
}

/// A shape as the user wrote it: an int or a tuple of ints.
pub fn raw_shape(op: &str, x: &Bound<'_, PyAny>) -> PyResult<Vec<i64>> {
    integers(op, "shape", x)
}

/// A shape with no size left open.
pub fn shape(op: &'static str, x: &Bound<'_, PyAny>) -> PyResult<Vec<usize>> {
    sizes(op, "sizes", raw_shape(op, x)?)
}

/// Integers that count something.
pub fn sizes(op: &'static str, what: &str, given: Vec<i64>) -> PyResult<Vec<usize>> {
    let size = |d: i64| {
        let negative = || format!("{what} must not be negative, got {d}");
        usize::try_from(d).map_err(|_| Error::argument(op, negative()).into())
    };
    given.into_iter().map(size).collect()
}

/// The position of one element, an integer per axis.
pub fn place(shape: &[usize], index: &Bound<'_, PyTuple>) -> PyResult<Vec<Pick>> {
    if index.len() != shape.len() {
        return Err(PyIndexError::new_err(format!(
            "at: one index per axis is wanted, got {} for {} axes",
            index.len(),
            shape.len()
        )));
    }
    let each = |(axis, item): (usize, Bound<'_, PyAny>)| {
        let at = integer("at", "an index", &item)?;
        Ok(Pick::At(position_in("at", at, axis, shape[axis])?))
    };
    index.iter().enumerate().map(each).collect()
}

/// A position on an axis, counted from the end where it is negative.
pub fn position_in(op: &'static str, index: i64, axis: usize, size: usize) -> Result<usize, Error> {
    let n = size as i64;
    if (-n..n).contains(&index) {
        Ok(index.rem_euclid(n) as usize)
    } else {
        Err(Kind::Index { op, index, axis, size }.into())
    }
}
