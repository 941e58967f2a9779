//! Files of named tensors, in the format of safetensors; `autograd._saving` is their face in Python.

use std::collections::HashMap;

use numpy::PyReadonlyArray1;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensorError, SafeTensors, serialize};

/// What is written: name, dtype, shape and bytes in row-major order.
type Given<'py> = (String, String, Vec<usize>, PyReadonlyArray1<'py, u8>);
/// What is found: name, dtype, shape, and at which byte of the file the elements begin.
type Found = (String, String, Vec<usize>, usize);

fn failed(e: SafeTensorError) -> PyErr {
    PyValueError::new_err(format!("safetensors: {e}"))
}

fn dtype(name: &str) -> PyResult<Dtype> {
    match name {
        "F64" => Ok(Dtype::F64),
        "F32" => Ok(Dtype::F32),
        "I64" => Ok(Dtype::I64),
        _ => Err(PyTypeError::new_err(format!("safetensors: dtype {name} is not written"))),
    }
}

/// The bytes of a file.
#[pyfunction]
fn pack_tensors<'py>(
    py: Python<'py>,
    tensors: Vec<Given<'py>>,
    metadata: HashMap<String, String>,
) -> PyResult<Bound<'py, PyBytes>> {
    let mut views = Vec::with_capacity(tensors.len());
    for (name, kind, shape, bytes) in &tensors {
        let view = TensorView::new(dtype(kind)?, shape.clone(), bytes.as_slice()?);
        views.push((name.as_str(), view.map_err(failed)?));
    }
    let metadata = (!metadata.is_empty()).then(|| metadata.into_iter().collect());
    Ok(PyBytes::new(py, &serialize(views, metadata).map_err(failed)?))
}

/// The tensors that a file has, and its metadata.
#[pyfunction]
fn unpack_tensors(data: &[u8]) -> PyResult<(Vec<Found>, HashMap<String, String>)> {
    let (_, header) = SafeTensors::read_metadata(data).map_err(failed)?;
    let tensors = SafeTensors::deserialize(data).map_err(failed)?;
    let each = |(name, view): (String, TensorView<'_>)| {
        let at = view.data().as_ptr().addr() - data.as_ptr().addr();
        (name, view.dtype().to_string(), view.shape().to_vec(), at)
    };
    let found = tensors.tensors().into_iter().map(each).collect();
    Ok((found, header.metadata().iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect()))
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(pack_tensors, m)?)?;
    m.add_function(wrap_pyfunction!(unpack_tensors, m)?)
}
