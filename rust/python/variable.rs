//! The methods and attributes of `Variable`; operators are in `operators`.

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyString, PyTuple};

use super::convert;
use super::creator::{Creator, creator};
use super::functions::apart;
use super::hooks::{self, HookHandle};
use super::indexing::{self, Index};
use super::ndarray::to_numpy;
use super::object::{Variable, graph, wrap, wrap_var};
use super::text::describe;
use crate::error::{Error, Kind, Result, Tuple};
use crate::graph::{Ctx, Options, Var};
use crate::ops;
use crate::tensor::{Pick, Tensor};

impl Variable {
    /// Runs an operation on this Variable.
    pub(super) fn apply(
        slf: &Bound<'_, Self>,
        f: impl FnOnce(&Ctx<'_>, &Var) -> Result<Var>,
    ) -> PyResult<Py<Self>> {
        let g = graph(slf.py());
        let ctx = Ctx::new(g);
        let x = ctx.operand(slf.get().id());
        let y = apart(&ctx, &x, f(&ctx, &x)?);
        wrap_var(slf.py(), &ctx, &y)
    }

    fn value(slf: &Bound<'_, Self>) -> Tensor {
        graph(slf.py()).value(slf.get().id())
    }
}

#[pymethods]
impl Variable {
    #[new]
    #[pyo3(signature = (data, name=None, requires_grad=true, dtype=None))]
    fn new(
        data: &Bound<'_, PyAny>,
        name: Option<&str>,
        requires_grad: bool,
        dtype: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let py = data.py();
        let dtype = dtype.map(|d| convert::dtype("Variable", d)).transpose()?;
        let value = convert::value("Variable", data, dtype)?;
        let id = graph(py).leaf(value, requires_grad);
        if name.is_some() {
            graph(py).set_name(id, name);
        }
        Ok(Self::showing(id))
    }

    /// The value, as a read-only NumPy array that shares its memory. Assigning an array of the
    /// same shape gives the Variable a new value; graphs recorded before keep the one they saw.
    #[getter]
    fn data<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        to_numpy(slf.py(), &Self::value(slf))
    }

    #[setter]
    fn set_data(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let g = graph(slf.py());
        let dtype = g.describe(slf.get().id()).1;
        let value = convert::value("data", value, Some(dtype))?;
        let new = g.assign(slf.get().id(), value)?;
        slf.get().set_id(new);
        Ok(())
    }

    /// The accumulated gradient, a Variable, or None.
    #[getter]
    fn grad(slf: &Bound<'_, Self>) -> PyResult<Option<Py<Self>>> {
        let grad = graph(slf.py()).grad(slf.get().id());
        grad.map(|id| wrap(slf.py(), id)).transpose()
    }

    #[setter]
    fn set_grad(slf: &Bound<'_, Self>, grad: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let g = graph(slf.py());
        let id = || slf.get().id();
        let Some(grad) = grad else { return Ok(g.set_grad(id(), None)?) };
        if let Ok(v) = grad.cast_exact::<Self>() {
            return Ok(g.set_grad(id(), Some(v.get().id()))?);
        }
        let value = convert::value("grad", grad, Some(g.describe(id()).1))?;
        let leaf = g.leaf(value, true);
        // Only now: making an array of the gradient may have run code that changed the node.
        let done = g.set_grad(id(), Some(leaf));
        g.release(leaf);
        Ok(done?)
    }

    /// The operation that made it, or None for a leaf.
    #[getter]
    fn creator(slf: &Bound<'_, Self>) -> PyResult<Option<Creator>> {
        creator(slf.py(), slf.get().id())
    }

    /// The length of the longest path to a leaf.
    #[getter]
    fn generation(slf: &Bound<'_, Self>) -> usize {
        graph(slf.py()).generation(slf.get().id())
    }

    /// The name, or None.
    #[getter]
    fn name(slf: &Bound<'_, Self>) -> Option<String> {
        graph(slf.py()).name(slf.get().id()).map(|n| n.to_string())
    }

    #[setter]
    fn set_name(slf: &Bound<'_, Self>, name: Option<&str>) {
        graph(slf.py()).set_name(slf.get().id(), name);
    }

    /// Whether it takes part in differentiation.
    #[getter]
    fn requires_grad(slf: &Bound<'_, Self>) -> bool {
        graph(slf.py()).requires(slf.get().id())
    }

    /// The number of elements per axis.
    #[getter]
    fn shape<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(slf.py(), graph(slf.py()).describe(slf.get().id()).0)
    }

    /// The number of axes.
    #[getter]
    fn ndim(slf: &Bound<'_, Self>) -> usize {
        graph(slf.py()).describe(slf.get().id()).0.len()
    }

    /// The number of elements.
    #[getter]
    fn size(slf: &Bound<'_, Self>) -> usize {
        graph(slf.py()).describe(slf.get().id()).0.iter().product()
    }

    /// The NumPy dtype: float64 or float32.
    #[getter]
    fn dtype<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let name = graph(py).describe(slf.get().id()).1.name();
        py.import(intern!(py, "numpy"))?.call_method1(intern!(py, "dtype"), (name,))
    }

    /// The bytes to step per axis.
    #[getter]
    fn strides<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let value = Self::value(slf);
        let item = value.dtype().size() as isize;
        let strides: Vec<isize> = match &value {
            Tensor::Array(a) => a.layout().strides.iter().map(|s| s * item).collect(),
            _ => Vec::new(),
        };
        PyTuple::new(slf.py(), strides)
    }

    /// The transpose: axes in reverse order.
    #[getter]
    #[pyo3(name = "T")]
    fn transposed(slf: &Bound<'_, Self>) -> PyResult<Py<Self>> {
        Self::apply(slf, |g, x| ops::transpose(g, x, None))
    }

    /// Computes the gradients of all leaves behind this Variable and adds them to theirs.
    ///
    /// Parameters
    /// ----------
    /// grad : Variable or array_like, optional
    ///     The gradient of this Variable, in its shape; ones by default.
    /// retain_grad : bool, default False
    ///     Keep the gradients of intermediate Variables too.
    /// create_graph : bool, default False
    ///     Record the computation, so that the gradients can be differentiated again.
    /// retain_graph : bool, default True
    ///     Keep the graph, so that ``backward`` may be called again; otherwise it is freed on the
    ///     way.
    ///
    /// Raises
    /// ------
    /// RuntimeError
    ///     If the Variable takes no part in differentiation, or its graph was freed.
    /// ValueError
    ///     If ``grad`` has another shape.
    ///
    /// Examples
    /// --------
    /// >>> from autograd import Variable
    /// >>> x = Variable(2.0)
    /// >>> y = x**3
    /// >>> y.backward(create_graph=True)
    /// >>> gx = x.grad
    /// >>> x.cleargrad()
    /// >>> gx.backward()
    /// >>> print(gx, x.grad)
    /// variable(12.0) variable(12.0)
    #[pyo3(signature = (grad=None, *, retain_grad=false, create_graph=false, retain_graph=true))]
    fn backward(
        slf: &Bound<'_, Self>,
        grad: Option<&Bound<'_, PyAny>>,
        retain_grad: bool,
        create_graph: bool,
        retain_graph: bool,
    ) -> PyResult<()> {
        let g = graph(slf.py());
        let ctx = Ctx::new(g);
        let dtype = || g.describe(slf.get().id()).1;
        let seed =
            grad.map(|s| convert::operand(&ctx, "backward", s, Some(dtype()))).transpose()?;
        Ok(g.backward(slf.get().id(), seed, Options { retain_grad, create_graph, retain_graph })?)
    }

    /// Drops the gradient.
    fn cleargrad(slf: &Bound<'_, Self>) -> PyResult<()> {
        Ok(graph(slf.py()).set_grad(slf.get().id(), None)?)
    }

    /// Lets a function see the gradient of this Variable in every backward pass, when it is complete.
    ///
    /// Parameters
    /// ----------
    /// hook : callable
    ///     Takes the gradient, a Variable; what it returns takes its place, unless that is None.
    ///     With ``create_graph`` it is recorded and can be differentiated. A hook that refers to
    ///     this Variable keeps it alive: remove it in the end. Transforms such as `autograd.grad`
    ///     call hooks on what is computed in between, but none on their arguments, for which
    ///     stand-ins are used; `autograd.jvp` goes the other way and calls none.
    ///
    /// Returns
    /// -------
    /// HookHandle
    ///     Its ``remove()`` takes the hook away again.
    ///
    /// Raises
    /// ------
    /// TypeError
    ///     If ``hook`` cannot be called.
    /// ValueError
    ///     In the backward pass, if ``hook`` returns another shape.
    ///
    /// Examples
    /// --------
    /// >>> from autograd import Variable
    /// >>> x = Variable(3.0)
    /// >>> handle = x.register_hook(lambda g: g.clip(-1.0, 1.0))
    /// >>> (x * x).backward()
    /// >>> print(x.grad)
    /// variable(1.0)
    fn register_hook(slf: &Bound<'_, Self>, hook: &Bound<'_, PyAny>) -> PyResult<HookHandle> {
        hooks::register(slf, hook)
    }

    /// Makes this Variable a leaf: it forgets how it was computed.
    fn unchain(slf: &Bound<'_, Self>) {
        graph(slf.py()).unchain(slf.get().id());
    }

    /// Makes every Variable behind this one a leaf, as truncated backpropagation through time
    /// wants it.
    fn unchain_backward(slf: &Bound<'_, Self>) {
        graph(slf.py()).unchain_backward(slf.get().id());
    }

    /// The element at the given position, one index per axis, as a float.
    #[pyo3(signature = (*index))]
    fn at(slf: &Bound<'_, Self>, index: &Bound<'_, PyTuple>) -> PyResult<f64> {
        let value = Self::value(slf);
        let picks = convert::place(value.shape(), index)?;
        Ok(value.pick(&picks)?.item().ok_or_else(|| Error::internal("at() found no element"))?)
    }

    /// The only element, as a float.
    fn item(slf: &Bound<'_, Self>) -> PyResult<f64> {
        let value = Self::value(slf);
        let none = || Error::from(Kind::NotScalar { op: "item", shape: value.dims() });
        Ok(value.item().ok_or_else(none)?)
    }

    /// The values in another dtype, float64 or float32.
    fn astype(slf: &Bound<'_, Self>, dtype: &Bound<'_, PyAny>) -> PyResult<Py<Self>> {
        let dtype = convert::dtype("astype", dtype)?;
        Self::apply(slf, |g, x| ops::cast(g, x, dtype))
    }

    fn __len__(slf: &Bound<'_, Self>) -> PyResult<usize> {
        match Self::value(slf).shape().first() {
            Some(&n) => Ok(n),
            None => Err(PyTypeError::new_err("len() of a Variable without axes")),
        }
    }

    fn __getitem__(slf: &Bound<'_, Self>, index: &Bound<'_, PyAny>) -> PyResult<Py<Self>> {
        let index = indexing::parse("getitem", Self::value(slf).shape(), index)?;
        Self::apply(slf, |g, x| match index {
            Index::Basic(picks) => ops::index(g, x, picks),
            Index::Advanced(selection) => ops::select(g, x, selection.into()),
        })
    }

    fn __iter__(slf: &Bound<'_, Self>) -> PyResult<Rows> {
        let len = Self::__len__(slf)
            .map_err(|_| PyTypeError::new_err("iteration over a Variable without axes"))?;
        Ok(Rows { of: slf.clone().unbind(), next: 0.into(), len })
    }

    fn __float__(slf: &Bound<'_, Self>) -> PyResult<f64> {
        let value = Self::value(slf);
        let none = || Error::from(Kind::NotScalar { op: "float", shape: value.dims() });
        Ok(value.item().ok_or_else(none)?)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        describe(slf.py(), slf.get().id())
    }

    fn __str__(slf: &Bound<'_, Self>) -> PyResult<String> {
        describe(slf.py(), slf.get().id())
    }

    /// A number is written as Python's floats are; what has more elements, or dimensions, takes no format.
    fn __format__<'py>(slf: &Bound<'py, Self>, spec: &str) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        if spec.is_empty() {
            return Ok(PyString::new(py, &describe(py, slf.get().id())?).into_any());
        }
        let value = Self::value(slf);
        match value.item().filter(|_| value.ndim() == 0) {
            Some(x) => PyFloat::new(py, x).call_method1(intern!(py, "__format__"), (spec,)),
            None => Err(PyTypeError::new_err(format!(
                "a Variable of shape {} takes no format, got {spec:?}: format its numbers",
                Tuple(&value.dims())
            ))),
        }
    }

    /// For notebooks: the value, and a picture of the graph where it is small.
    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("autograd.dot")?.call_method1("html", (slf,))
    }

    /// For copies and pickles: value, name and gradient. What comes of it is a leaf, whose gradient
    /// has no history.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let data = Self::data(slf)?;
        let grad = Self::grad(slf)?.map(|g| Self::data(g.bind(slf.py()))).transpose()?;
        let made_from = (data, Self::name(slf), Self::requires_grad(slf));
        Ok((slf.get_type(), made_from, grad).into_pyobject(slf.py())?.into_any())
    }

    /// Takes the gradient that `__reduce__` gave.
    fn __setstate__(slf: &Bound<'_, Self>, grad: &Bound<'_, PyAny>) -> PyResult<()> {
        Self::set_grad(slf, Some(grad))
    }

    /// By identity, since `==` compares elements.
    fn __hash__(slf: &Bound<'_, Self>) -> isize {
        // Objects are aligned to 16 bytes: the low bits say nothing.
        (slf.as_ptr().addr() >> 4) as isize
    }
}

/// An iterator over the first axis.
#[pyclass(frozen, module = "autograd._core")]
struct Rows {
    of: Py<Variable>,
    next: std::sync::atomic::AtomicUsize,
    len: usize,
}

#[pymethods]
impl Rows {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__(slf: &Bound<'_, Self>) -> PyResult<Option<Py<Variable>>> {
        let this = slf.get();
        let i = this.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        if i >= this.len {
            return Ok(None);
        }
        Variable::apply(this.of.bind(slf.py()), |g, x| ops::index(g, x, vec![Pick::At(i)]))
            .map(Some)
    }
}
