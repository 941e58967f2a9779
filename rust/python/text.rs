//! How Variables print.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::ndarray::to_numpy;
use super::object::graph;
use crate::error::Tuple;
use crate::graph::NodeId;
use crate::tensor::Tensor;

/// `variable(0.8414709848078965)` for one element, `variable([[1., 2.], ...])` as NumPy prints
/// for more; a name replaces `variable`.
pub fn describe(py: Python<'_>, id: NodeId) -> PyResult<String> {
    let g = graph(py);
    let name = g.name(id).unwrap_or_else(|| "variable".into());
    let value = g.value(id);
    if value.is_husk() {
        let shape = Tuple(value.shape()).to_string();
        return Ok(format!("{name}(released, shape={shape}, dtype={})", value.dtype()));
    }
    let text: String = match (&value, value.item()) {
        (Tensor::F64(x), _) => float(py, *x)?,
        (_, Some(x)) if value.dtype() == crate::tensor::DType::F64 => float(py, x)?,
        (_, Some(_)) => to_numpy(py, &value.reshape(&[])?)?.str()?.extract()?,
        _ => {
            let options = PyDict::new(py);
            options.set_item("separator", ", ")?;
            options.set_item("prefix", format!("{name}("))?;
            let numpy = py.import(intern!(py, "numpy"))?;
            let array = to_numpy(py, &value)?;
            numpy.call_method(intern!(py, "array2string"), (array,), Some(&options))?.extract()?
        }
    };
    Ok(format!("{name}({text})"))
}

fn float(py: Python<'_>, x: f64) -> PyResult<String> {
    x.into_pyobject(py)?.repr()?.extract()
}
