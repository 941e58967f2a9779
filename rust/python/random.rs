//! `PCG` and `ChaCha8`: sources of random numbers.

use numpy::{IntoPyArray, PyArrayMethods};
use pyo3::exceptions::{PyMemoryError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyType};

use super::convert;
use crate::random::{self, Draws};

/// Draws one number, or an array of them in row-major order.
fn draw<'py>(
    py: Python<'py>,
    op: &'static str,
    size: Option<&Bound<'py, PyAny>>,
    mut next: impl FnMut() -> f64,
) -> PyResult<Bound<'py, PyAny>> {
    let Some(size) = size else { return Ok(next().into_pyobject(py)?.into_any()) };
    let shape = convert::shape(op, size)?;
    let total = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d));
    let mut drawn = Vec::new();
    let room = total.filter(|&n| drawn.try_reserve_exact(n).is_ok());
    let Some(n) = room else {
        return Err(PyMemoryError::new_err(format!("{op}: no memory for shape {shape:?}")));
    };
    drawn.extend((0..n).map(|_| next()));
    Ok(drawn.into_pyarray(py).reshape(shape)?.into_any())
}

fn count(n: i64) -> PyResult<usize> {
    let negative =
        || PyValueError::new_err(format!("permutation: n must not be negative, got {n}"));
    usize::try_from(n).map_err(|_| negative())
}

/// The methods that all sources have.
macro_rules! source {
    ($Source:ident) => {
        #[pymethods]
        impl $Source {
            /// Draw 64 random bits, as an int.
            fn uint64(&mut self) -> u64 {
                self.0.uint64()
            }

            /// Draw from [0, 1): a float, or an array of the given size, filled in row-major order.
            #[pyo3(signature = (size=None))]
            fn uniform<'py>(
                &mut self,
                py: Python<'py>,
                size: Option<&Bound<'py, PyAny>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                draw(py, "uniform", size, || self.0.uniform())
            }

            /// Draw from the standard normal distribution: a float, or an array of the given size,
            /// filled in row-major order.
            #[pyo3(signature = (size=None))]
            fn normal<'py>(
                &mut self,
                py: Python<'py>,
                size: Option<&Bound<'py, PyAny>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                draw(py, "normal", size, || self.0.normal())
            }

            /// Draw an order of the integers from 0 to below ``n``, as an array of int64.
            fn permutation<'py>(&mut self, py: Python<'py>, n: i64) -> PyResult<Bound<'py, PyAny>> {
                Ok(self.0.permutation(count(n)?).into_pyarray(py).into_any())
            }
        }
    };
}

/// The generator PCG-DXSM of Go's ``math/rand/v2``, bit for bit.
///
/// Parameters
/// ----------
/// seed1, seed2 : int, default 0
///     128 bits of seed: two integers from 0 to below 2**64.
///
/// Attributes
/// ----------
/// state : tuple of int
///     The seeds that lead to what comes next; it may be assigned.
///
/// Raises
/// ------
/// OverflowError
///     If a seed is negative or too large.
///
/// References
/// ----------
/// M. O'Neill, *PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for
/// Random Number Generation*, 2014.
///
/// Examples
/// --------
/// >>> from autograd import random
/// >>> rng = random.PCG(1, 2)
/// >>> rng.uint64()
/// 14192431797130687760
/// >>> before = rng.state
/// >>> first = rng.normal((2, 3))
/// >>> rng.state = before
/// >>> bool((rng.normal((2, 3)) == first).all())
/// True
#[pyclass(name = "PCG", module = "autograd.random")]
struct Pcg(random::Pcg);

source!(Pcg);

#[pymethods]
impl Pcg {
    #[new]
    #[pyo3(signature = (seed1=0, seed2=0))]
    fn new(seed1: u64, seed2: u64) -> Self {
        Self(random::Pcg::new(seed1, seed2))
    }

    #[getter]
    fn state(&self) -> (u64, u64) {
        self.0.seeds()
    }

    #[setter]
    fn set_state(&mut self, state: (u64, u64)) {
        self.0 = random::Pcg::new(state.0, state.1);
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> (Bound<'py, PyType>, (u64, u64)) {
        (py.get_type::<Self>(), self.0.seeds())
    }

    fn __repr__(&self) -> String {
        let (seed1, seed2) = self.0.seeds();
        format!("PCG({seed1}, {seed2})")
    }
}

/// The generator ChaCha8 of Go's ``math/rand/v2``, bit for bit: C2SP's chacha8rand.
///
/// Parameters
/// ----------
/// seed : bytes
///     32 bytes.
///
/// Attributes
/// ----------
/// state : tuple of bytes and int
///     The key in use, and how many numbers it has given; it may be assigned.
///
/// Raises
/// ------
/// ValueError
///     If the seed has another length.
///
/// References
/// ----------
/// https://c2sp.org/chacha8rand
///
/// Examples
/// --------
/// >>> from autograd import random
/// >>> rng = random.ChaCha8(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ123456")
/// >>> hex(rng.uint64())
/// '0xb773b6063d4616a5'
#[pyclass(name = "ChaCha8", module = "autograd.random")]
struct ChaCha8(random::ChaCha8);

source!(ChaCha8);

fn key(seed: &[u8]) -> PyResult<[u8; 32]> {
    let wrong =
        |_| PyValueError::new_err(format!("ChaCha8: 32 bytes are wanted, got {}", seed.len()));
    seed.try_into().map_err(wrong)
}

type State<'py> = (Bound<'py, PyBytes>, u64);

#[pymethods]
impl ChaCha8 {
    #[new]
    fn new(seed: &[u8]) -> PyResult<Self> {
        Ok(Self(random::ChaCha8::new(&key(seed)?)))
    }

    #[getter]
    fn state<'py>(&self, py: Python<'py>) -> State<'py> {
        let (key, used) = self.0.state();
        (PyBytes::new(py, &key), used)
    }

    #[setter]
    fn set_state(&mut self, state: (Vec<u8>, u64)) -> PyResult<()> {
        let (seed, used) = state;
        let wrong = || PyValueError::new_err(format!("ChaCha8: a key never gives {used} numbers"));
        self.0 = random::ChaCha8::from_state(&key(&seed)?, used).ok_or_else(wrong)?;
        Ok(())
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> (Bound<'py, PyType>, (Bound<'py, PyBytes>,), State<'py>) {
        let state = self.state(py);
        (py.get_type::<Self>(), (state.0.clone(),), state)
    }

    fn __setstate__(&mut self, state: (Vec<u8>, u64)) -> PyResult<()> {
        self.set_state(state)
    }

    fn __repr__(&self) -> String {
        let (_, used) = self.0.state();
        format!("<ChaCha8, {used} numbers of its key given>")
    }
}

/// Registers the classes.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Pcg>()?;
    m.add_class::<ChaCha8>()
}
