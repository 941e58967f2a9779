//! Integer arrays and masks: indices, labels, conditions.

use numpy::{
    Element as NumpyElement, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyUntypedArray,
    PyUntypedArrayMethods,
};
use pyo3::exceptions::{PyMemoryError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;

use super::ndarray::explain;
use super::object::{Variable, graph};
use crate::kernels::copy;
use crate::ops::Positions;
use crate::tensor::{Array, Dims, Tensor};

/// Integers in row-major order, and their shape.
pub struct Indices {
    /// Sizes per axis.
    pub shape: Dims,
    /// The integers as they were given: not yet checked against any axis.
    pub values: Vec<i64>,
}

impl Indices {
    /// As operations take them.
    pub fn positions(&self) -> Positions<'_> {
        Positions { shape: &self.shape, values: &self.values }
    }
}

/// Anything like an array, as an array.
pub fn as_array<'py>(op: &str, x: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyUntypedArray>> {
    let py = x.py();
    if let Ok(array) = x.cast::<PyUntypedArray>() {
        return Ok(array.clone());
    }
    let numpy = py.import(intern!(py, "numpy"))?;
    let made = numpy.call_method1(intern!(py, "asarray"), (x,)).map_err(|e| explain(py, op, e))?;
    Ok(made.cast_into::<PyUntypedArray>()?)
}

/// The elements of an array in row-major order, cast.
fn elements<T: NumpyElement + Copy>(
    array: &Bound<'_, PyUntypedArray>,
    dtype: &str,
) -> PyResult<Vec<T>> {
    let py = array.py();
    let numpy = py.import(intern!(py, "numpy"))?;
    let array = numpy.call_method1(intern!(py, "ascontiguousarray"), (array, dtype))?;
    let mut array = array.cast_into::<PyArrayDyn<T>>()?;
    if !array.is_aligned() {
        array = array.call_method0(intern!(py, "copy"))?.cast_into()?;
    }
    array.to_vec().map_err(|_| PyMemoryError::new_err("NumPy did not give contiguous memory"))
}

/// An integer, or an array of integers. A Variable, which holds no integers, may give whole numbers.
pub fn indices(op: &str, what: &str, x: &Bound<'_, PyAny>) -> PyResult<Indices> {
    let py = x.py();
    if let Ok(v) = x.cast_exact::<Variable>() {
        return whole(op, what, &graph(py).value(v.get().id()));
    }
    let array = as_array(op, x)?;
    let shape: Dims = array.shape().into();
    // An empty list becomes an array of floats.
    if !matches!(array.dtype().kind(), b'i' | b'u') && array.len() > 0 {
        let got = array.dtype().str()?;
        let message = format!("{op}: {what} must be integers, got an array of dtype {got}");
        return Err(PyTypeError::new_err(message));
    }
    let values = elements::<i64>(&array, "int64")?;
    if array.dtype().kind() == b'u' && values.iter().any(|&i| i < 0) {
        return Err(PyValueError::new_err(format!("{op}: {what} are too large for int64")));
    }
    Ok(Indices { shape, values })
}

fn whole(op: &str, what: &str, value: &Tensor) -> PyResult<Indices> {
    let array = copy::contiguous(&copy::cast(value, crate::tensor::DType::F64)?.to_array()?)?;
    let each = |&x: &f64| match x.fract() == 0.0 && x.abs() < 9e15 {
        true => Ok(x as i64),
        false => Err(PyValueError::new_err(format!("{op}: {what} must be whole numbers, got {x}"))),
    };
    let values = array.as_slice::<f64>().unwrap_or_default().iter().map(each);
    Ok(Indices { shape: value.dims(), values: values.collect::<PyResult<_>>()? })
}

/// A truth value or an array of them, as a boolean tensor. A Variable may give zeros and ones.
pub fn mask(op: &str, what: &str, x: &Bound<'_, PyAny>) -> PyResult<Tensor> {
    let py = x.py();
    if let Ok(v) = x.cast_exact::<Variable>() {
        let Indices { shape, values } = whole(op, what, &graph(py).value(v.get().id()))?;
        let truth = |&i: &i64| match i {
            0 | 1 => Ok(i == 1),
            _ => Err(PyValueError::new_err(format!("{op}: {what} must be 0 or 1, got {i}"))),
        };
        let values = values.iter().map(truth).collect::<PyResult<Vec<bool>>>()?;
        return Ok(Array::from_slice(&values, &shape)?.into());
    }
    let array = as_array(op, x)?;
    if array.dtype().kind() != b'b' && array.len() > 0 {
        let got = array.dtype().str()?;
        let message = format!("{op}: {what} must be boolean, got an array of dtype {got}");
        return Err(PyTypeError::new_err(message));
    }
    Ok(Array::from_slice(&elements::<bool>(&array, "bool")?, array.shape())?.into())
}
