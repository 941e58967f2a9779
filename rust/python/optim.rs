//! Steps of optimizers over many parameters at once; `autograd.optimizers` is their face in Python.

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyType;

use super::convert;
use super::ndarray::to_numpy;
use super::object::{Variable, graph};
use crate::error::Tuple;
use crate::optim::{AdaGrad, Adam, Lion, Momentum, RmsProp, Rule, Sgd, step};
use crate::tensor::Tensor;

/// What an optimizer remembers of one parameter: how many steps it made, and arrays of the
/// parameter's shape, none before the first step.
#[pyclass(module = "autograd._core")]
struct Moments {
    steps: u64,
    arrays: Vec<Tensor>,
}

type Arrays<'py> = Vec<Bound<'py, PyAny>>;

#[pymethods]
impl Moments {
    #[new]
    #[pyo3(signature = (steps=0, arrays=Vec::new()), text_signature = "(steps=0, arrays=())")]
    fn new(steps: u64, arrays: Arrays<'_>) -> PyResult<Self> {
        let value = |a: &Bound<'_, PyAny>| convert::value("Moments", a, None);
        Ok(Self { steps, arrays: arrays.iter().map(value).collect::<PyResult<_>>()? })
    }

    #[getter]
    fn steps(&self) -> u64 {
        self.steps
    }

    /// Read-only; a later step leaves them as they are.
    #[getter]
    fn arrays<'py>(&self, py: Python<'py>) -> PyResult<Arrays<'py>> {
        self.arrays.iter().map(|a| to_numpy(py, a)).collect()
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyType>, (u64, Arrays<'py>))> {
        Ok((py.get_type::<Self>(), (self.steps, self.arrays(py)?)))
    }
}

/// Parameters as they come from Python.
type Params<'py> = Vec<Bound<'py, Variable>>;
/// One for each parameter.
type States<'py> = Vec<Bound<'py, Moments>>;

/// Makes a step with every parameter that has a gradient, by the rule for that parameter's number of
/// the step, counted from 1. What cannot be is refused before anything is changed.
fn run<R: Rule<S>, const S: usize>(
    py: Python<'_>,
    params: &Params<'_>,
    states: &States<'_>,
    rule: impl Fn(u64) -> R,
) -> PyResult<()> {
    if S > 0 && states.len() != params.len() {
        return Err(PyValueError::new_err("update: one state for each parameter is wanted"));
    }
    let g = graph(py);
    for (param, state) in params.iter().zip(states) {
        let (shape, dtype) = g.describe(param.get().id());
        let state = state.try_borrow_mut().map_err(|_| in_use())?;
        let fits = |a: &Tensor| a.shape() == shape.as_slice() && a.dtype() == dtype;
        if !(state.arrays.is_empty() || state.arrays.len() == S && state.arrays.iter().all(fits)) {
            let message = format!(
                "update: the state of a parameter of shape {} and dtype {dtype} does not fit it: \
                 has the parameter been replaced?",
                Tuple(&shape)
            );
            return Err(PyValueError::new_err(message));
        }
    }
    for (i, param) in params.iter().enumerate() {
        let id = param.get().id();
        let Some(grad_id) = g.grad(id) else { continue };
        let (value, grad) = (g.value(id), g.value(grad_id));
        g.release(grad_id);
        let new = match states.get(i) {
            Some(state) if S > 0 => {
                let mut state = state.try_borrow_mut().map_err(|_| in_use())?;
                while state.arrays.len() < S {
                    state.arrays.push(Tensor::zeros(value.dtype(), value.shape())?);
                }
                let rule = rule(state.steps + 1);
                let Some(arrays) = state.arrays.first_chunk_mut::<S>() else { continue };
                let new = step(rule, &value, &grad, arrays)?;
                state.steps += 1;
                new
            }
            _ => step(rule(1), &value, &grad, &mut std::array::from_fn(|_| Tensor::F64(0.0)))?,
        };
        // The memory is free for the next parameter, if no graph holds on to it.
        drop(value);
        param.get().set_id(g.assign(param.get().id(), new)?);
    }
    Ok(())
}

fn in_use() -> PyErr {
    PyRuntimeError::new_err("update: the optimizer is making a step in another thread")
}

/// Gradient descent.
#[pyfunction]
fn sgd(py: Python<'_>, params: Params<'_>, lr: f64) -> PyResult<()> {
    run(py, &params, &Vec::new(), |_| Sgd { lr })
}

/// Gradient descent with momentum.
#[pyfunction]
fn momentum(
    py: Python<'_>,
    params: Params<'_>,
    states: States<'_>,
    lr: f64,
    momentum: f64,
    nesterov: bool,
) -> PyResult<()> {
    run(py, &params, &states, |_| Momentum { lr, momentum, nesterov })
}

/// Adam; AdamW with a weight decay.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // as many as the method has
fn adam(
    py: Python<'_>,
    params: Params<'_>,
    states: States<'_>,
    lr: f64,
    beta1: f64,
    beta2: f64,
    eps: f64,
    weight_decay: f64,
) -> PyResult<()> {
    run(py, &params, &states, |t| Adam::at(t, lr, [beta1, beta2], eps, weight_decay))
}

/// RMSprop.
#[pyfunction]
fn rmsprop(
    py: Python<'_>,
    params: Params<'_>,
    states: States<'_>,
    lr: f64,
    rho: f64,
    eps: f64,
) -> PyResult<()> {
    run(py, &params, &states, |_| RmsProp { lr, rho, eps })
}

/// AdaGrad.
#[pyfunction]
fn adagrad(
    py: Python<'_>,
    params: Params<'_>,
    states: States<'_>,
    lr: f64,
    eps: f64,
) -> PyResult<()> {
    run(py, &params, &states, |_| AdaGrad { lr, eps })
}

/// Lion.
#[pyfunction]
fn lion(
    py: Python<'_>,
    params: Params<'_>,
    states: States<'_>,
    lr: f64,
    beta1: f64,
    beta2: f64,
    weight_decay: f64,
) -> PyResult<()> {
    let keep = 1.0 - lr * weight_decay;
    run(py, &params, &states, |_| Lion { lr, beta1, beta2, keep })
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Moments>()?;
    m.add_function(wrap_pyfunction!(sgd, m)?)?;
    m.add_function(wrap_pyfunction!(momentum, m)?)?;
    m.add_function(wrap_pyfunction!(adam, m)?)?;
    m.add_function(wrap_pyfunction!(rmsprop, m)?)?;
    m.add_function(wrap_pyfunction!(adagrad, m)?)?;
    m.add_function(wrap_pyfunction!(lion, m)?)
}
