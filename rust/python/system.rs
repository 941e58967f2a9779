//! Threads, memory and the like: what concerns the process rather than a value.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::object::graph;
use crate::graph::set_where;
use crate::kernels::{defer, dispatch, heavy, parallel};
use crate::tensor;

/// Where the program stands, for messages.
fn place() -> Option<String> {
    let ask = |py: Python<'_>| -> PyResult<String> {
        py.import("autograd._anomaly")?.call_method0("place")?.extract()
    };
    Python::try_attach(|py| ask(py).ok()).flatten()
}

/// Set how many threads large arrays are shared out to.
///
/// Parameters
/// ----------
/// n : int
///     At least 1; 0 goes back to the default, which is the environment variable
///     ``OMP_NUM_THREADS`` or the number of cores.
///
/// Raises
/// ------
/// ValueError
///     If ``n`` is negative.
///
/// Examples
/// --------
/// >>> import autograd as ag
/// >>> ag.set_num_threads(1)
/// >>> ag.get_num_threads()
/// 1
/// >>> ag.set_num_threads(0)
#[pyfunction]
fn set_num_threads(n: i64) -> PyResult<()> {
    let n = usize::try_from(n).map_err(|_| {
        PyValueError::new_err(format!("set_num_threads: n must not be negative, got {n}"))
    })?;
    parallel::set_num_threads(n);
    Ok(())
}

/// Get how many threads large arrays are shared out to.
#[pyfunction]
fn get_num_threads() -> usize {
    parallel::num_threads()
}

/// Sizes of the graph: ``nodes`` that live, the ``capacity`` of the node table, and ``slots``, the
/// Variables with a gradient or a name.
///
/// Examples
/// --------
/// >>> import autograd as ag
/// >>> before = ag.graph_stats()["nodes"]
/// >>> x = ag.Variable(1.0)
/// >>> ag.graph_stats()["nodes"] - before
/// 1
#[pyfunction]
fn graph_stats(py: Python<'_>) -> PyResult<Bound<'_, pyo3::types::PyDict>> {
    let stats = graph(py).stats();
    let d = pyo3::types::PyDict::new(py);
    d.set_item("nodes", stats.nodes)?;
    d.set_item("capacity", stats.capacity)?;
    d.set_item("slots", stats.slots)?;
    Ok(d)
}

/// Bytes of array memory: ``live`` in use, ``cached`` for use again, and the ``limit`` of the
/// cache.
#[pyfunction]
fn memory_stats(py: Python<'_>) -> PyResult<Bound<'_, pyo3::types::PyDict>> {
    let stats = tensor::pool_stats();
    let d = pyo3::types::PyDict::new(py);
    d.set_item("live", stats.live_bytes)?;
    d.set_item("cached", stats.cached_bytes)?;
    d.set_item("limit", stats.cache_limit)?;
    Ok(d)
}

/// Give the array memory that is cached for use again back to the system.
#[pyfunction]
fn empty_cache() {
    tensor::empty_cache();
}

/// Let elementwise work on arrays of that many elements or more wait until somebody looks at the
/// result; returns what the number was before.
#[pyfunction]
fn defer_from(elements: usize) -> usize {
    defer::set_least(elements)
}

/// The instruction set that the loops use here: ``"avx512"``, ``"avx2"`` or ``"base"``.
#[pyfunction]
fn instruction_set() -> &'static str {
    match dispatch::isa() {
        dispatch::Isa::Avx512 => "avx512",
        dispatch::Isa::Avx2 => "avx2",
        dispatch::Isa::Base => "base",
    }
}

/// Runs long work with the interpreter's lock released.
fn release(work: &mut dyn FnMut()) {
    /// Work that other threads may run beside.
    struct Alone<'a>(&'a mut dyn FnMut());
    // SAFETY: the closure runs on this very thread; `detach` asks for `Send` only to keep objects
    // of Python out of it, and kernels have none.
    unsafe impl Send for Alone<'_> {}
    let alone = Alone(work);
    Python::attach(|py| {
        py.detach(move || {
            let alone = alone;
            (alone.0)();
        });
    });
}

/// Registers the functions, and the release of the lock.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    heavy::set_release(release);
    set_where(place);
    m.add_function(wrap_pyfunction!(set_num_threads, m)?)?;
    m.add_function(wrap_pyfunction!(get_num_threads, m)?)?;
    m.add_function(wrap_pyfunction!(graph_stats, m)?)?;
    m.add_function(wrap_pyfunction!(memory_stats, m)?)?;
    m.add_function(wrap_pyfunction!(empty_cache, m)?)?;
    m.add_function(wrap_pyfunction!(defer_from, m)?)?;
    m.add_function(wrap_pyfunction!(instruction_set, m)?)
}
