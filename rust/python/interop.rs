//! Comparison, and NumPy's protocols.

use pyo3::basic::CompareOp;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::convert::{self, Accept};
use super::ndarray::to_numpy;
use super::object::{Variable, graph};
use crate::graph::Ctx;
use crate::kernels::compare::{Comparison, compare};
use crate::ops;

/// Functions whose results are truth values.
const IS_TEST: [&str; 8] = [
    "isfinite",
    "isinf",
    "isnan",
    "signbit",
    "logical_and",
    "logical_or",
    "logical_not",
    "logical_xor",
];

/// What NumPy calls otherwise than `autograd.functions` does.
fn our_name(ufunc: &str) -> &str {
    match ufunc {
        "subtract" => "sub",
        "multiply" => "mul",
        "divide" | "true_divide" => "div",
        "negative" => "neg",
        "power" | "float_power" => "pow",
        "absolute" | "fabs" => "abs",
        "rint" => "round",
        "arcsin" => "asin",
        "arccos" => "acos",
        "arctan" => "atan",
        "arctan2" => "atan2",
        "arcsinh" => "asinh",
        "arccosh" => "acosh",
        "arctanh" => "atanh",
        "expit" => "sigmoid",
        "gammaln" => "lgamma",
        "psi" => "digamma",
        // SciPy's has its arguments the other way round.
        "huber" => "",
        same => same,
    }
}

#[pymethods]
impl Variable {
    fn __richcmp__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
        op: CompareOp,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let ctx = Ctx::with_recording(graph(py), false);
        let sides = convert::pair(&ctx, "compare", slf.as_any(), other, Accept::Operator)?;
        let Some((x, y)) = sides else { return Ok(py.NotImplemented().into_bound(py)) };
        let (x, y) = ops::promote(&ctx, &x, &y)?;
        let how = match op {
            CompareOp::Lt => Comparison::Less,
            CompareOp::Le => Comparison::LessEqual,
            CompareOp::Eq => Comparison::Equal,
            CompareOp::Ne => Comparison::NotEqual,
            CompareOp::Gt => Comparison::Greater,
            CompareOp::Ge => Comparison::GreaterEqual,
        };
        to_numpy(py, &compare(how, &x.value, &y.value)?.into())
    }

    /// The value as a NumPy array, for `numpy.asarray`.
    #[pyo3(signature = (dtype=None, copy=None))]
    fn __array__<'py>(
        slf: &Bound<'py, Self>,
        dtype: Option<&Bound<'py, PyAny>>,
        copy: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let array = to_numpy(slf.py(), &graph(slf.py()).value(slf.get().id()))?;
        let other = match dtype {
            Some(d) => !array.getattr("dtype")?.eq(d)?,
            None => false,
        };
        match (other, copy) {
            (true, Some(false)) => {
                Err(PyValueError::new_err("another dtype needs a copy, and copy=False was given"))
            }
            (true, _) => array.call_method1("astype", (dtype,)),
            (false, Some(true)) => array.call_method0("copy"),
            (false, _) => Ok(array),
        }
    }

    /// NumPy's other functions: `numpy.sum(v)` is recorded like `functions.sum(v)`. Those that
    /// `autograd.functions` has not get, and give, arrays.
    fn __array_function__<'py>(
        slf: &Bound<'py, Self>,
        function: &Bound<'py, PyAny>,
        _types: &Bound<'py, PyAny>,
        args: &Bound<'py, PyTuple>,
        kwargs: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let ours = py.import(intern!(py, "autograd._numpy"))?;
        ours.call_method1(intern!(py, "array_function"), (function, args, kwargs))
    }

    /// NumPy's operators and functions, as far as `autograd.functions` has them: `array + v` and
    /// `numpy.sin(v)` are recorded like `v + array` and `functions.sin(v)`.
    #[pyo3(signature = (ufunc, method, *inputs, **kwargs))]
    fn __array_ufunc__<'py>(
        slf: &Bound<'py, Self>,
        ufunc: &Bound<'py, PyAny>,
        method: &str,
        inputs: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let name: String = ufunc.getattr(intern!(py, "__name__"))?.extract()?;
        let plain = method == "__call__" && kwargs.is_none_or(|k| k.is_empty());
        let ours = our_name(&name);
        let compared = match name.as_str() {
            "less" => Some(CompareOp::Gt),
            "less_equal" => Some(CompareOp::Ge),
            "greater" => Some(CompareOp::Lt),
            "greater_equal" => Some(CompareOp::Le),
            "equal" => Some(CompareOp::Eq),
            "not_equal" => Some(CompareOp::Ne),
            _ => None,
        };
        if let (Some(op), true, true) = (compared, plain, inputs.len() == 2) {
            let (a, b) = (inputs.get_item(0)?, inputs.get_item(1)?);
            // The comparison was turned round: this Variable is the second operand.
            return b.rich_compare(a, op);
        }
        if plain && IS_TEST.contains(&name.as_str()) {
            let ours = py.import(intern!(py, "autograd._numpy"))?;
            return ours.call_method1(intern!(py, "on_arrays"), (ufunc, inputs));
        }
        if plain && name == "positive" && inputs.len() == 1 {
            // As `+v` does.
            return inputs.get_item(0);
        }
        let functions = py.import(intern!(py, "autograd.functions"))?;
        match functions.getattr_opt(ours)? {
            Some(f) if plain => f.call1(inputs),
            _ => {
                let name = match method {
                    "__call__" => name,
                    _ => format!("{name}.{method}"),
                };
                Err(PyTypeError::new_err(format!(
                    "numpy.{name} cannot be applied to a Variable in a differentiable way; \
                     use autograd.functions, or numpy.{name}(v.data) for the value alone"
                )))
            }
        }
    }
}
