//! Norms of vectors and matrices.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use super::{Any, apply};
use crate::ops::{self, Order};
use crate::python::convert;
use crate::python::object::Variable;

fn order(ord: Option<&Any<'_>>) -> PyResult<Order> {
    let Some(ord) = ord else { return Ok(Order::Default) };
    if let Ok(name) = ord.extract::<String>() {
        return match name.as_str() {
            "fro" => Ok(Order::Frobenius),
            "nuc" => Err(PyValueError::new_err(
                "norm: ord='nuc' is not supported, nor are other norms of singular values",
            )),
            _ => Err(PyValueError::new_err(format!("norm: no such ord: '{name}'"))),
        };
    }
    convert::real(ord).map(Order::Number).map_err(|error| {
        if ord.is_exact_instance_of::<Variable>() {
            return PyTypeError::new_err(format!("norm: ord: {}", error.value(ord.py())));
        }
        let got = ord.get_type().name().map_or_else(|_| "object".into(), |n| n.to_string());
        PyTypeError::new_err(format!("norm: ord must be None, a number or 'fro', got {got}"))
    })
}

/// Norm of vectors or matrices, as ``numpy.linalg.norm``.
///
/// The default is the root of the sum of all squares, with gradient ``gy * x / norm(x)``. Where a
/// norm is 0, all its derivatives are taken as 0; so are those of a general power at elements that
/// are 0. Elements that tie for an extremum share its gradient evenly.
///
/// Parameters
/// ----------
/// x : Variable or array_like
///     Any shape.
/// ord : None, float or 'fro', optional
///     For vectors: None or 2 for the Euclidean norm, 1 for the sum of absolute values, ``inf`` and
///     ``-inf`` for the largest and smallest absolute value, 0 for how many elements are not 0 (with
///     gradient 0), any other positive ``p`` for ``sum(abs(x) ** p) ** (1 / p)``. For matrices: None
///     or 'fro' for the root of the sum of squares, 1 and -1 for the largest and smallest sum of
///     absolute values of a column, ``inf`` and ``-inf`` of a row. Norms of singular values ('nuc',
///     2 and -2 of matrices) are not supported.
/// axis : int or tuple of int, optional
///     One axis for vectors, two for matrices; all by default, which must be one or two if ``ord`` is
///     given.
/// keepdims : bool, default False
///     Keep the axes, with size one.
///
/// Returns
/// -------
/// Variable
///     The shape of ``x`` without the axes, or with size one there.
///
/// Raises
/// ------
/// ValueError
///     If an axis is out of bounds or named twice, ``ord`` is none for so many axes, or an extremum
///     of nothing is asked for.
/// TypeError
///     If ``ord`` is neither None, a number nor a string.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([3.0, -4.0])
/// >>> y = F.norm(x)
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable(5.0) variable([ 0.6, -0.8])
/// >>> print(F.norm(x, ord=1))
/// variable(7.0)
#[pyfunction]
#[pyo3(signature = (x, ord=None, axis=None, keepdims=false))]
fn norm(
    x: &Any<'_>,
    ord: Option<&Any<'_>>,
    axis: Option<&Any<'_>>,
    keepdims: bool,
) -> PyResult<Py<Variable>> {
    let (order, axes) = (order(ord)?, convert::axes("norm", axis)?);
    apply("norm", x, |g, x| ops::norm(g, x, order, axes.as_deref(), keepdims))
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(norm, m)?)
}
