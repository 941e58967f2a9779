//! The hottest entry points, by hand: arithmetic on Variables and functions of one or two operands.
//!
//! PyO3 spends more on such a call than the operation takes. Each entry here looks whether it has
//! float64 numbers before it, does the work in one visit to the arena, and leaves everything else
//! to the general path. A panic becomes an exception.

use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;

use pyo3::ffi;
use pyo3::prelude::*;

use super::convert::{Accept, operand, pair, try_operand};
use super::errors::panicked;
use super::object::{Variable, graph, is_variable, node_of, wrap_new, wrap_var};
use super::register::{BINARY, UNARY, add_function};
use crate::graph::{Ctx, Mode, NodeId, OpRef, mode};
use crate::kernels::copy;
use crate::op::{Binary, BinaryOp, Unary, UnaryOp, binary, binary_number, unary, unary_number};
use crate::ops;

/// Runs an entry: an error or a panic is set as the exception, and `failed` returned.
#[inline(always)]
pub fn guard<R>(py: Python<'_>, failed: R, body: impl FnOnce() -> PyResult<R>) -> R {
    // An error is dealt with inside: what comes out of there is copied around.
    let inside = || match body() {
        Ok(r) => Some(r),
        Err(e) => {
            e.restore(py);
            None
        }
    };
    match catch_unwind(AssertUnwindSafe(inside)) {
        Ok(r) => r.unwrap_or(failed),
        Err(payload) => {
            panicked(payload.as_ref()).restore(py);
            failed
        }
    }
}

type Object = *mut ffi::PyObject;

/// A float64 number or the node of one, if that is what the object is at first sight.
#[inline(always)]
unsafe fn quick(object: Object) -> Option<Result<NodeId, f64>> {
    // SAFETY: arguments of a call are alive, and the lock is held.
    unsafe {
        if is_variable(object) {
            Some(Ok(node_of(object)))
        } else if ffi::PyFloat_CheckExact(object) != 0 {
            Some(Err(ffi::PyFloat_AS_DOUBLE(object)))
        } else if ffi::PyLong_CheckExact(object) != 0 {
            let x = ffi::PyLong_AsDouble(object);
            if x == -1.0 && !ffi::PyErr_Occurred().is_null() {
                // Too large: the general path finds the words.
                ffi::PyErr_Clear();
                return None;
            }
            Some(Err(x))
        } else {
            None
        }
    }
}

/// `op(a, b)`; `NotImplemented` for operands that `accept` does not cover.
#[inline(always)]
unsafe fn binary_entry<B: Binary + Default>(a: Object, b: Object, accept: Accept) -> Object {
    // SAFETY: Python calls entries with the lock held and live arguments.
    unsafe {
        let py = Python::assume_attached();
        guard(py, null_mut(), || {
            if let (Some(x), Some(y)) = (quick(a), quick(b)) {
                let op = OpRef::new(BinaryOp(B::default()));
                let f = |x, y| binary_number(B::default(), x, y);
                if let Some(id) = graph(py).fast_binary(x, y, op, f) {
                    return Ok(wrap_new(py, id));
                }
            }
            let (a, b) = (Borrowed::from_ptr(py, a), Borrowed::from_ptr(py, b));
            general_binary::<B>(py, &a, &b, accept)
        })
    }
}

#[cold]
fn general_binary<B: Binary + Default>(
    py: Python<'_>,
    a: &Bound<'_, PyAny>,
    b: &Bound<'_, PyAny>,
    accept: Accept,
) -> PyResult<Object> {
    let ctx = Ctx::new(graph(py));
    let Some((x, y)) = pair(&ctx, B::FUNCTION, a, b, accept)? else {
        return Ok(py.NotImplemented().into_ptr());
    };
    Ok(wrap_var(py, &ctx, &binary(&ctx, B::default(), &x, &y)?)?.into_ptr())
}

/// # Safety
/// Called with the lock held and live arguments.
pub unsafe extern "C" fn operator<B: Binary + Default>(a: Object, b: Object) -> Object {
    // SAFETY: Python calls this as a number slot.
    unsafe { binary_entry::<B>(a, b, Accept::Operator) }
}

unsafe extern "C" fn power(a: Object, b: Object, modulus: Object) -> Object {
    // SAFETY: Python calls this as a number slot.
    unsafe {
        if modulus != ffi::Py_None() {
            ffi::Py_INCREF(ffi::Py_NotImplemented());
            return ffi::Py_NotImplemented();
        }
        binary_entry::<ops::Pow>(a, b, Accept::Operator)
    }
}

/// # Safety
/// Called with the lock held and live arguments.
pub unsafe extern "C" fn matrix_multiply(a: Object, b: Object) -> Object {
    // SAFETY: Python calls this as a number slot.
    unsafe {
        let py = Python::assume_attached();
        guard(py, null_mut(), || {
            let (a, b) = (Borrowed::from_ptr(py, a), Borrowed::from_ptr(py, b));
            let ctx = Ctx::new(graph(py));
            let Some((x, y)) = pair(&ctx, "matmul", &a, &b, Accept::Operator)? else {
                return Ok(py.NotImplemented().into_ptr());
            };
            Ok(wrap_var(py, &ctx, &ops::matmul(&ctx, &x, &y)?)?.into_ptr())
        })
    }
}

/// `x -= y` and the like. Under `no_grad` a Variable gets the result as its new value, in place
/// where nothing else holds the old one; while recording the name is bound to the result, as for
/// any other operation.
unsafe extern "C" fn inplace<B: Binary + Default>(a: Object, b: Object) -> Object {
    // SAFETY: Python calls this as a number slot.
    unsafe {
        let py = Python::assume_attached();
        if mode(Mode::Record) || !is_variable(a) {
            return operator::<B>(a, b);
        }
        guard(py, null_mut(), || {
            let (target, other) = (Borrowed::from_ptr(py, a), Borrowed::from_ptr(py, b));
            if let Some(y) = quick(b) {
                let f = |x, y| binary_number(B::default(), x, y);
                if let Some(new) = graph(py).fast_assign(node_of(a), y, f) {
                    target.cast_unchecked::<Variable>().get().set_id(new);
                    ffi::Py_INCREF(a);
                    return Ok(a);
                }
            }
            let g = graph(py);
            let ctx = Ctx::with_recording(g, false);
            let shown = g.describe(node_of(a)).1;
            let Some(y) = try_operand(&ctx, B::FUNCTION, &other, shown)? else {
                return Ok(py.NotImplemented().into_ptr());
            };
            let f = B::default();
            let done =
                g.update(node_of(a), |value| copy::zip_assign(value, &y.value, &BinaryIn(f)))?;
            if !done {
                let v = binary(&ctx, f, &ctx.operand(node_of(a)), &y)?;
                // The Variable keeps its dtype, as an array would.
                let v = ops::cast(&ctx, &v, shown)?;
                let new = g.assign(node_of(a), v.value)?;
                target.cast::<Variable>()?.get().set_id(new);
            }
            ffi::Py_INCREF(a);
            Ok(a)
        })
    }
}

unsafe extern "C" fn inplace_power(a: Object, b: Object, modulus: Object) -> Object {
    // SAFETY: Python calls this as a number slot.
    unsafe {
        if modulus == ffi::Py_None() {
            return inplace::<ops::Pow>(a, b);
        }
        power(a, b, modulus)
    }
}

/// `x @= y`: as for the others, where the shape stays.
unsafe extern "C" fn inplace_matrix_multiply(a: Object, b: Object) -> Object {
    // SAFETY: Python calls this as a number slot.
    unsafe {
        let py = Python::assume_attached();
        let product = matrix_multiply(a, b);
        if mode(Mode::Record) || !is_variable(a) || product.is_null() || !is_variable(product) {
            return product;
        }
        guard(py, null_mut(), || {
            let g = graph(py);
            let product = Bound::from_owned_ptr(py, product);
            let value = g.value(node_of(product.as_ptr()));
            let value = copy::cast(&value, g.describe(node_of(a)).1)?;
            let new = g.assign(node_of(a), value)?;
            Borrowed::from_ptr(py, a).cast::<Variable>()?.get().set_id(new);
            ffi::Py_INCREF(a);
            Ok(a)
        })
    }
}

/// A binary operation as a function of two numbers.
struct BinaryIn<B>(B);

impl<B: Binary> copy::Zip for BinaryIn<B> {
    #[inline(always)]
    fn zip<T: crate::kernels::dispatch::Lane>(&self, a: T, b: T) -> T {
        self.0.f(a, b)
    }
}

unsafe fn unary_entry<U: Unary + Default>(x: Object) -> Object {
    // SAFETY: Python calls entries with the lock held and live arguments.
    unsafe {
        let py = Python::assume_attached();
        guard(py, null_mut(), || {
            if is_variable(x) {
                let op = OpRef::new(UnaryOp(U::default()));
                let f = |x| unary_number(U::default(), x);
                if let Some(id) = graph(py).fast_unary(node_of(x), op, f) {
                    return Ok(wrap_new(py, id));
                }
            }
            general_unary::<U>(py, &Borrowed::from_ptr(py, x))
        })
    }
}

#[cold]
fn general_unary<U: Unary + Default>(py: Python<'_>, x: &Bound<'_, PyAny>) -> PyResult<Object> {
    let ctx = Ctx::new(graph(py));
    let x = operand(&ctx, U::FUNCTION, x, None)?;
    Ok(wrap_var(py, &ctx, &unary(&ctx, U::default(), &x)?)?.into_ptr())
}

/// # Safety
/// Called with the lock held and live arguments.
pub unsafe extern "C" fn negative(x: Object) -> Object {
    // SAFETY: Python calls this as a number slot.
    unsafe { unary_entry::<ops::Neg>(x) }
}

/// # Safety
/// Called with the lock held and live arguments.
pub unsafe extern "C" fn absolute(x: Object) -> Object {
    // SAFETY: Python calls this as a number slot.
    unsafe { unary_entry::<ops::Abs>(x) }
}

unsafe extern "C" fn function1<U: Unary + Default>(_module: Object, x: Object) -> Object {
    // SAFETY: Python calls this as a METH_O function.
    unsafe { unary_entry::<U>(x) }
}

unsafe extern "C" fn function2<B: Binary + Default>(
    _module: Object,
    args: *mut Object,
    count: ffi::Py_ssize_t,
) -> Object {
    // SAFETY: Python calls this as a METH_FASTCALL function, with `count` live arguments.
    unsafe {
        if count == 2 {
            return binary_entry::<B>(*args, *args.add(1), Accept::Function);
        }
        let py = Python::assume_attached();
        guard(py, null_mut(), || {
            Err(pyo3::exceptions::PyTypeError::new_err(format!(
                "{}: expected 2 arguments, got {count}",
                B::FUNCTION
            )))
        })
    }
}

/// # Safety
/// Called with the lock held and live arguments.
pub unsafe extern "C" fn truth(x: Object) -> c_int {
    // SAFETY: Python calls this as a number slot.
    unsafe {
        let py = Python::assume_attached();
        guard(py, -1, || {
            let value = graph(py).value(node_of(x));
            match value.item() {
                Some(x) => Ok(c_int::from(x != 0.0)),
                None => Err(pyo3::exceptions::PyValueError::new_err(
                    "the truth value of a Variable with more or less than one element is \
                     ambiguous; compare and use .any() or .all() on the result",
                )),
            }
        })
    }
}

fn add1<U: Unary + Default>(m: &Bound<'_, PyModule>) -> PyResult<()> {
    let method = ffi::PyMethodDefPointer { PyCFunction: function1::<U> };
    let doc = (U::DOC, UNARY, U::EXAMPLE);
    add_function(m, (U::FUNCTION, "(x, /)"), doc, method, ffi::METH_O)
}

fn add2<B: Binary + Default>(m: &Bound<'_, PyModule>) -> PyResult<()> {
    let method = ffi::PyMethodDefPointer { PyCFunctionFast: function2::<B> };
    let shared = BINARY.replacen("x, y", B::OPERANDS, 1);
    let signature = format!("({}, /)", B::OPERANDS);
    let doc = (B::DOC, shared.as_str(), B::EXAMPLE);
    add_function(m, (B::FUNCTION, &signature), doc, method, ffi::METH_FASTCALL)
}

/// Registers the functions and puts the operators into the type.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    add1::<ops::Abs>(m)?;
    add1::<ops::Acos>(m)?;
    add1::<ops::Acosh>(m)?;
    add1::<ops::Asin>(m)?;
    add1::<ops::Asinh>(m)?;
    add1::<ops::Atan>(m)?;
    add1::<ops::Atanh>(m)?;
    add1::<ops::Ceil>(m)?;
    add1::<ops::Cos>(m)?;
    add1::<ops::Cosh>(m)?;
    add1::<ops::Digamma>(m)?;
    add1::<ops::Erf>(m)?;
    add1::<ops::Erfc>(m)?;
    add1::<ops::Exp>(m)?;
    add1::<ops::Exp2>(m)?;
    add1::<ops::Expm1>(m)?;
    add1::<ops::Floor>(m)?;
    add1::<ops::Gelu>(m)?;
    add1::<ops::Lgamma>(m)?;
    add1::<ops::Log>(m)?;
    add1::<ops::Log10>(m)?;
    add1::<ops::Log1p>(m)?;
    add1::<ops::Log2>(m)?;
    add1::<ops::LogSigmoid>(m)?;
    add1::<ops::Neg>(m)?;
    add1::<ops::Reciprocal>(m)?;
    add1::<ops::Relu>(m)?;
    add1::<ops::Round>(m)?;
    add1::<ops::Sigmoid>(m)?;
    add1::<ops::Sign>(m)?;
    add1::<ops::Silu>(m)?;
    add1::<ops::Sin>(m)?;
    add1::<ops::Sinh>(m)?;
    add1::<ops::Softplus>(m)?;
    add1::<ops::Sqrt>(m)?;
    add1::<ops::Square>(m)?;
    add1::<ops::Tan>(m)?;
    add1::<ops::Tanh>(m)?;
    add1::<ops::Trunc>(m)?;
    add2::<ops::Add>(m)?;
    add2::<ops::Atan2>(m)?;
    add2::<ops::Div>(m)?;
    add2::<ops::Hypot>(m)?;
    add2::<ops::Logaddexp>(m)?;
    add2::<ops::Maximum>(m)?;
    add2::<ops::Minimum>(m)?;
    add2::<ops::Mul>(m)?;
    add2::<ops::Pow>(m)?;
    add2::<ops::Sub>(m)?;
    let ty = m.py().get_type::<Variable>().as_ptr().cast::<ffi::PyTypeObject>();
    // SAFETY: a type made from a spec has number slots of its own, since PyO3 gave it some; they
    // are replaced before anybody can use the type, and type attributes are not cached for them.
    unsafe {
        let n = &mut *(*ty).tp_as_number;
        n.nb_add = Some(operator::<ops::Add>);
        n.nb_subtract = Some(operator::<ops::Sub>);
        n.nb_multiply = Some(operator::<ops::Mul>);
        n.nb_true_divide = Some(operator::<ops::Div>);
        n.nb_power = Some(power);
        n.nb_matrix_multiply = Some(matrix_multiply);
        n.nb_negative = Some(negative);
        n.nb_absolute = Some(absolute);
        n.nb_bool = Some(truth);
        n.nb_inplace_add = Some(inplace::<ops::Add>);
        n.nb_inplace_subtract = Some(inplace::<ops::Sub>);
        n.nb_inplace_multiply = Some(inplace::<ops::Mul>);
        n.nb_inplace_true_divide = Some(inplace::<ops::Div>);
        n.nb_inplace_power = Some(inplace_power);
        n.nb_inplace_matrix_multiply = Some(inplace_matrix_multiply);
    }
    Ok(())
}
