//! Equations, inverses, determinants and factorisations of matrices.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::{Any, apply, apply2};
use crate::error::Result;
use crate::graph::{Ctx, Var};
use crate::ops;
use crate::python::convert;
use crate::python::object::{Variable, graph, wrap_var};

/// Runs an operation that has several results.
fn several<const N: usize>(
    op: &str,
    x: &Any<'_>,
    f: impl FnOnce(&Ctx<'_>, &Var) -> Result<[Var; N]>,
) -> PyResult<[Py<Variable>; N]> {
    let ctx = Ctx::new(graph(x.py()));
    let x_var = convert::operand(&ctx, op, x, None)?;
    let results = f(&ctx, &x_var)?;
    let objects: Vec<_> =
        results.iter().map(|v| wrap_var(x.py(), &ctx, v)).collect::<PyResult<_>>()?;
    objects.try_into().map_err(|_| PyValueError::new_err("results were lost"))
}

/// Solution of linear equations: ``x`` with ``a @ x == b``, as ``numpy.linalg.solve``.
///
/// The gradients are ``gb = solve(a.T, gx)`` and ``ga = -gb @ x.T`` (Giles 2008, section 2.3.1). The
/// factors of ``a`` are computed once, for gradients of every order.
///
/// NaN and infinities give NaN.
///
/// Parameters
/// ----------
/// a : Variable or array_like
///     ``(..., n, n)``: square matrices.
/// b : Variable or array_like
///     ``(n,)``, a vector, or ``(..., n, k)``, matrices; leading axes broadcast with those of ``a``.
///
/// Returns
/// -------
/// Variable
///     ``(..., n)`` for a vector, else ``(..., n, k)``.
///
/// Raises
/// ------
/// numpy.linalg.LinAlgError
///     If a matrix is not square or singular; it is a ValueError.
/// ValueError
///     If the shapes do not fit.
///
/// References
/// ----------
/// M. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
/// differentiation", 2008.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> b = Variable([2.0, 8.0])
/// >>> x = F.solve([[2.0, 0.0], [0.0, 4.0]], b)
/// >>> x.backward()
/// >>> print(x, b.grad)
/// variable([1., 2.]) variable([0.5 , 0.25])
#[pyfunction]
fn solve(a: &Any<'_>, b: &Any<'_>) -> PyResult<Py<Variable>> {
    apply2("solve", a, b, ops::solve)
}

/// Inverse matrix; the gradient is ``-y.T @ gy @ y.T`` (Giles 2008, section 2.2.3).
///
/// To solve equations, `solve` is quicker and more accurate. NaN and infinities give NaN.
///
/// Parameters
/// ----------
/// a : Variable or array_like
///     ``(..., n, n)``: square matrices.
///
/// Returns
/// -------
/// Variable
///     The shape of ``a``.
///
/// Raises
/// ------
/// numpy.linalg.LinAlgError
///     If a matrix is not square or singular; it is a ValueError.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.inv(Variable([[2.0, 0.0], [0.0, 4.0]])))
/// variable([[0.5 , 0.  ],
///           [0.  , 0.25]])
#[pyfunction]
fn inv(a: &Any<'_>) -> PyResult<Py<Variable>> {
    apply("inv", a, ops::inv)
}

/// Determinant; the gradient is ``gy`` times the matrix of cofactors, ``y * inv(a).T``.
///
/// (Giles 2008, section 2.2.4.) Of a singular matrix the cofactors are computed from its singular value
/// decomposition, so the gradient is right there too, and so are gradients of higher order. The
/// determinant of an empty matrix is 1.
///
/// Parameters
/// ----------
/// a : Variable or array_like
///     ``(..., n, n)``: square matrices.
///
/// Returns
/// -------
/// Variable
///     The leading axes of ``a``.
///
/// Raises
/// ------
/// numpy.linalg.LinAlgError
///     If a matrix is not square; it is a ValueError.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([[1.0, 2.0], [3.0, 4.0]])
/// >>> y = F.det(x)
/// >>> y.backward()
/// >>> print(y.data.round(9), x.grad.data.round(9).tolist())
/// -2.0 [[4.0, -3.0], [-2.0, 1.0]]
#[pyfunction]
fn det(a: &Any<'_>) -> PyResult<Py<Variable>> {
    apply("det", a, ops::det)
}

/// Sign of the determinant and logarithm of its absolute value, which do not overflow.
///
/// The gradient of the logarithm is ``gy * inv(a).T``; the sign is a constant. Of a singular matrix the
/// results are 0 and -inf, and the gradient counts as 0.
///
/// Parameters
/// ----------
/// a : Variable or array_like
///     ``(..., n, n)``: square matrices.
///
/// Returns
/// -------
/// sign, logabsdet : Variable
///     The leading axes of ``a``.
///
/// Raises
/// ------
/// numpy.linalg.LinAlgError
///     If a matrix is not square; it is a ValueError.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> sign, log = F.slogdet(Variable([[0.0, 1.0], [1.0, 0.0]]))
/// >>> print(sign, log)
/// variable(-1.0) variable(0.0)
#[pyfunction]
fn slogdet(a: &Any<'_>) -> PyResult<(Py<Variable>, Py<Variable>)> {
    several("slogdet", a, ops::slogdet).map(|[sign, log]| (sign, log))
}

/// Cholesky's factor: lower triangular ``l`` with ``l @ l.T == a``.
///
/// Only the lower triangle of ``a`` is looked at, as if the upper one were its mirror image. The
/// gradient is symmetric: with ``p`` the lower triangle of ``l.T @ gl``, half of it on the diagonal, the
/// symmetric part of ``inv(l).T @ p @ inv(l)``.
///
/// Parameters
/// ----------
/// a : Variable or array_like
///     ``(..., n, n)``: symmetric positive definite matrices.
///
/// Returns
/// -------
/// Variable
///     The shape of ``a``.
///
/// Raises
/// ------
/// numpy.linalg.LinAlgError
///     If a matrix is not square or not positive definite, or has NaN; it is a ValueError.
///
/// References
/// ----------
/// I. Murray, "Differentiation of the Cholesky decomposition", 2016, equations 9 and 10.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.cholesky(Variable([[4.0, 2.0], [2.0, 5.0]])))
/// variable([[2., 0.],
///           [1., 2.]])
#[pyfunction]
fn cholesky(a: &Any<'_>) -> PyResult<Py<Variable>> {
    apply("cholesky", a, ops::cholesky)
}

/// Eigenvalues and eigenvectors of symmetric matrices, as ``numpy.linalg.eigh``.
///
/// One triangle of ``a`` is looked at, as if the other one were its mirror image. The gradient is the
/// symmetric part of ``v @ (diag(gw) + f * (v.T @ gv)) @ v.T`` with ``f[i, j] = 1 / (w[j] - w[i])``
/// (Giles 2008, section 3.1). Where eigenvalues are equal up to rounding, eigenvectors have no
/// derivative, and ``f`` counts as 0; the gradient of the eigenvalues themselves is then one of
/// many.
///
/// The signs of eigenvectors are arbitrary; a function of them should not depend on the signs.
///
/// Parameters
/// ----------
/// a : Variable or array_like
///     ``(..., n, n)``: symmetric matrices.
/// UPLO : {"L", "U"}, default "L"
///     Which triangle is looked at, the lower or the upper one.
///
/// Returns
/// -------
/// w : Variable
///     ``(..., n)``: the eigenvalues in ascending order.
/// v : Variable
///     ``(..., n, n)``: the eigenvectors as columns.
///
/// Raises
/// ------
/// numpy.linalg.LinAlgError
///     If a matrix is not square or has NaN or infinities, or the iteration does not converge; it
///     is a ValueError.
/// ValueError
///     If ``UPLO`` is something else.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> w, v = F.eigh(Variable([[2.0, 0.0], [0.0, 1.0]]))
/// >>> print(w)
/// variable([1., 2.])
#[pyfunction]
#[pyo3(signature = (a, UPLO="L"))]
#[allow(non_snake_case)]
fn eigh(a: &Any<'_>, UPLO: &str) -> PyResult<(Py<Variable>, Py<Variable>)> {
    let upper = match UPLO {
        "L" | "l" => false,
        "U" | "u" => true,
        _ => {
            let message = format!("eigh: UPLO must be \"L\" or \"U\", got {UPLO:?}");
            return Err(PyValueError::new_err(message));
        }
    };
    several("eigh", a, |g, a| ops::eigh(g, a, upper)).map(|[w, v]| (w, v))
}

/// Singular value decomposition: ``u @ diag(s) @ vh == a``, as ``numpy.linalg.svd``.
///
/// The gradient is that of Townsend. Where singular values are equal up to rounding, singular vectors
/// have no derivative, and the quotients ``1 / (s[j]**2 - s[i]**2)`` in it count as 0, as does ``1 / s``
/// where ``s`` is zero up to rounding.
///
/// Pairs of singular vectors have an arbitrary sign, and the columns that ``full_matrices`` adds are any
/// that complete a basis; a function of them should not depend on that.
///
/// Parameters
/// ----------
/// a : Variable or array_like
///     ``(..., m, n)``: matrices; ``k`` is the smaller one of ``m`` and ``n``.
/// full_matrices : bool, default False
///     Whether ``u`` and ``vh`` are square. (NumPy's default is True.)
///
/// Returns
/// -------
/// u : Variable
///     ``(..., m, k)``, or ``(..., m, m)``: orthonormal columns.
/// s : Variable
///     ``(..., k)``: the singular values in descending order.
/// vh : Variable
///     ``(..., k, n)``, or ``(..., n, n)``: orthonormal rows.
///
/// Raises
/// ------
/// numpy.linalg.LinAlgError
///     If a matrix has NaN or infinities, or the iteration does not converge; it is a ValueError.
///
/// References
/// ----------
/// J. Townsend, "Differentiating the singular value decomposition", 2016.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> x = Variable([[3.0, 0.0], [0.0, 4.0]])
/// >>> u, s, vh = F.svd(x)
/// >>> s.backward()
/// >>> print(s, x.grad)
/// variable([4., 3.]) variable([[1., 0.],
///           [0., 1.]])
#[pyfunction]
#[pyo3(signature = (a, full_matrices=false))]
fn svd(a: &Any<'_>, full_matrices: bool) -> PyResult<(Py<Variable>, Py<Variable>, Py<Variable>)> {
    several("svd", a, |g, a| ops::svd(g, a, full_matrices)).map(|[u, s, vh]| (u, s, vh))
}

/// Orthonormal columns times an upper triangular matrix: ``q @ r == a``.
///
/// The diagonal of ``r`` is not negative, which makes the factors unique if the first columns of ``a``
/// are linearly independent. The gradient is ``(gq + q @ copyltu(m)) @ inv(r).T`` with
/// ``m = r @ gr.T - gq.T @ q``, where ``copyltu`` copies the lower triangle to the upper one; a matrix with
/// more columns than rows is factored by its first ones. Where ``r`` has a zero on its diagonal, up to
/// rounding, there is no derivative, and it counts as 0.
///
/// Parameters
/// ----------
/// a : Variable or array_like
///     ``(..., m, n)``: matrices; ``k`` is the smaller one of ``m`` and ``n``.
///
/// Returns
/// -------
/// q : Variable
///     ``(..., m, k)``.
/// r : Variable
///     ``(..., k, n)``.
///
/// Raises
/// ------
/// numpy.linalg.LinAlgError
///     If ``a`` is no matrix or stack of matrices; it is a ValueError.
///
/// References
/// ----------
/// S. Walter, L. Lehmann, R. Lamour, "On evaluating higher-order derivatives of the QR decomposition of
/// tall matrices with full column rank in forward and reverse mode algorithmic differentiation", 2012.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> q, r = F.qr(Variable([[0.0, 2.0], [3.0, 1.0]]))
/// >>> print(r)
/// variable([[3., 1.],
///           [0., 2.]])
#[pyfunction]
fn qr(a: &Any<'_>) -> PyResult<(Py<Variable>, Py<Variable>)> {
    several("qr", a, ops::qr).map(|[q, r]| (q, r))
}

/// Pseudoinverse (Moore & Penrose): of matrices of full rank a left or right inverse.
///
/// The gradient is that of Golub and Pereyra, which holds where the rank does not change nearby.
///
/// Parameters
/// ----------
/// a : Variable or array_like
///     ``(..., m, n)``: matrices.
/// rtol : float, optional
///     Singular values up to ``rtol`` times the largest count as zero; by default the larger one of
///     ``m`` and ``n`` times the precision of the dtype.
///
/// Returns
/// -------
/// Variable
///     ``(..., n, m)``.
///
/// Raises
/// ------
/// numpy.linalg.LinAlgError
///     If a matrix has NaN or infinities, or the iteration does not converge; it is a ValueError.
/// ValueError
///     If ``rtol`` is negative or NaN.
///
/// References
/// ----------
/// G. Golub, V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems
/// whose variables separate", 1973.
///
/// Examples
/// --------
/// >>> from autograd import Variable, functions as F
/// >>> print(F.pinv(Variable([[2.0, 0.0], [0.0, 0.0]])))
/// variable([[0.5, 0. ],
///           [0. , 0. ]])
#[pyfunction]
#[pyo3(signature = (a, rtol=None))]
fn pinv(
    a: &Any<'_>,
    #[pyo3(from_py_with = convert::optional_real)] rtol: Option<f64>,
) -> PyResult<Py<Variable>> {
    if let Some(r) = rtol.filter(|r| r.is_nan() || *r < 0.0) {
        return Err(PyValueError::new_err(format!("pinv: rtol must not be negative, got {r}")));
    }
    apply("pinv", a, |g, a| ops::pinv(g, a, rtol))
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(solve, m)?)?;
    m.add_function(wrap_pyfunction!(inv, m)?)?;
    m.add_function(wrap_pyfunction!(pinv, m)?)?;
    m.add_function(wrap_pyfunction!(det, m)?)?;
    m.add_function(wrap_pyfunction!(slogdet, m)?)?;
    m.add_function(wrap_pyfunction!(cholesky, m)?)?;
    m.add_function(wrap_pyfunction!(eigh, m)?)?;
    m.add_function(wrap_pyfunction!(svd, m)?)?;
    m.add_function(wrap_pyfunction!(qr, m)?)
}
