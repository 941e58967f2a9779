//! Arrays across the boundary: NumPy's to ours by copy, ours to NumPy's without one.

use std::ffi::{c_int, c_void};
use std::sync::Arc;

use numpy::npyffi::{self, NpyTypes, PY_ARRAY_API, npy_intp};
use numpy::{
    Element as NumpyElement, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyUntypedArray,
    PyUntypedArrayMethods,
};
use pyo3::exceptions::{PyMemoryError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use crate::tensor::{Array, DType, Element, Tensor};
use crate::with_element;

/// Keeps an array's buffer alive for the NumPy arrays that show it.
#[pyclass(frozen, module = "autograd._core")]
struct Holder {
    _array: Arc<Array>,
}

/// A read-only NumPy array of the same elements, without a copy.
pub fn to_numpy<'py>(py: Python<'py>, value: &Tensor) -> PyResult<Bound<'py, PyAny>> {
    let array = value.to_array()?;
    with_element!(array.dtype(), T => show::<T>(py, array))
}

fn show<T: Element + NumpyElement>(
    py: Python<'_>,
    array: Arc<Array>,
) -> PyResult<Bound<'_, PyAny>> {
    let layout = array.layout();
    let mut dims: Vec<npy_intp> = layout.shape.iter().map(|&d| d as npy_intp).collect();
    let item = size_of::<T>() as npy_intp;
    let mut strides: Vec<npy_intp> = layout.strides.iter().map(|&s| s as npy_intp * item).collect();
    let data = array.view::<T>()?.first().cast_mut().cast::<c_void>();
    let nd = dims.len() as c_int;
    if nd > 64 {
        return Err(PyValueError::new_err("NumPy arrays have at most 64 dimensions"));
    }
    let holder = Bound::new(py, Holder { _array: array.clone() })?;
    // SAFETY: dims and strides have `nd` entries and describe elements within the buffer, which
    // the holder keeps; without the writable flag nobody writes through the array.
    unsafe {
        let object = PY_ARRAY_API.PyArray_NewFromDescr(
            py,
            npyffi::get_type_object(py, NpyTypes::PyArray_Type),
            T::get_dtype(py).into_dtype_ptr(),
            nd,
            dims.as_mut_ptr(),
            strides.as_mut_ptr(),
            data,
            0,
            std::ptr::null_mut(),
        );
        let shown = Bound::from_owned_ptr_or_err(py, object)?;
        if PY_ARRAY_API.PyArray_SetBaseObject(py, shown.as_ptr().cast(), holder.into_ptr()) < 0 {
            return Err(PyErr::fetch(py));
        }
        Ok(shown)
    }
}

/// Whether an object is an array or something that NumPy makes one of as a matter of course.
fn is_array_like(x: &Bound<'_, PyAny>) -> PyResult<bool> {
    if x.is_instance_of::<PyList>() || x.is_instance_of::<PyTuple>() {
        return Ok(true);
    }
    let ty = x.get_type();
    Ok(ty.hasattr(intern!(x.py(), "__array__"))?
        || ty.hasattr(intern!(x.py(), "__float__"))?
        || ty.hasattr(intern!(x.py(), "__index__"))?)
}

/// The elements of anything like an array: float32 stays, float16 becomes it, and other real numbers
/// become float64.
/// `None` where the object is nothing of the kind.
pub fn from_python(op: &str, x: &Bound<'_, PyAny>) -> PyResult<Option<Tensor>> {
    let py = x.py();
    let numpy = py.import(intern!(py, "numpy"))?;
    let array = match x.cast::<PyUntypedArray>() {
        Ok(array) => array.clone(),
        Err(_) if !is_array_like(x)? => return Ok(None),
        Err(_) => {
            let made = numpy.call_method1(intern!(py, "asarray"), (x,));
            made.map_err(|e| explain(py, op, e))?.cast_into::<PyUntypedArray>()?
        }
    };
    let dtype = match (array.dtype().kind(), array.dtype().itemsize()) {
        (b'f', 2 | 4) => DType::F32,
        (b'f' | b'i' | b'u' | b'b', _) => DType::F64,
        _ => {
            let got = array.dtype().str()?;
            return Err(PyTypeError::new_err(format!(
                "{op}: real numbers are wanted, got an array of dtype {got}"
            )));
        }
    };
    // (`ascontiguousarray` makes a vector of a number.)
    let shape = array.shape().to_vec();
    // One call brings order, byte order and dtype to what we copy.
    let array = numpy.call_method1(intern!(py, "ascontiguousarray"), (&array, dtype.name()))?;
    Ok(Some(match dtype {
        DType::F32 => copy::<f32>(&array, &shape)?,
        _ => copy::<f64>(&array, &shape)?,
    }))
}

fn copy<T: Element + NumpyElement>(array: &Bound<'_, PyAny>, shape: &[usize]) -> PyResult<Tensor> {
    let mut array = array.cast::<PyArrayDyn<T>>()?.clone();
    if !array.is_aligned() {
        // NumPy leaves a contiguous array where it is, aligned or not.
        array = array.call_method0(intern!(array.py(), "copy"))?.cast_into()?;
    }
    // SAFETY: the lock is held and no Python code runs while we read.
    let elements = unsafe { array.as_slice() }
        .map_err(|_| PyMemoryError::new_err("NumPy did not give contiguous memory"))?;
    Ok(Array::from_slice(elements, shape)?.into())
}

/// Puts the name of the function in front of what NumPy said.
pub fn explain(py: Python<'_>, op: &str, raised: PyErr) -> PyErr {
    if raised.is_instance_of::<PyValueError>(py) {
        PyValueError::new_err(format!("{op}: {}", raised.value(py)))
    } else {
        raised
    }
}
