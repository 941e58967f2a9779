//! The Python object that shows a node, its memory, and the graph that all of them share.
//!
//! Making and dropping these objects is the largest part of what a scalar operation costs, so both
//! go past PyO3's general path: a free list keeps the memory of dead objects, and `tp_dealloc` is
//! replaced.

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};

use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::prelude::*;

use super::slots::guard;
use crate::graph::{Ctx, Graph, NodeId, Var};
use crate::tensor::Tensor;

/// A value in a graph of computations, and its gradient.
///
/// Parameters
/// ----------
/// data : array_like
///     A number, NumPy array, nested list or Variable. float32 stays float32, as which float16
///     is taken; integers, booleans and everything else real become float64. The elements are copied.
/// name : str, optional
///     Shown by ``str`` and in graphs, in place of ``variable``.
/// requires_grad : bool, default True
///     Whether the Variable takes part in differentiation.
/// dtype : dtype, optional
///     float64 or float32; by default that of the data.
///
/// Raises
/// ------
/// TypeError
///     If the data are no real numbers, or the dtype is neither float64 nor float32.
/// ValueError
///     If nested lists are ragged.
///
/// Examples
/// --------
/// >>> from autograd import Variable
/// >>> x = Variable(3.0)
/// >>> y = x**2 + 1
/// >>> y.backward()
/// >>> print(y, x.grad)
/// variable(10.0) variable(6.0)
#[pyclass(frozen, weakref, module = "autograd")]
pub struct Variable {
    /// The node, held once. It changes when the Variable is given another value.
    node: AtomicU32,
}

impl Variable {
    /// The node.
    #[inline(always)]
    pub fn id(&self) -> NodeId {
        NodeId::from_raw(self.node.load(Ordering::Relaxed))
    }

    /// Shows another node from now on; the hold passes along.
    pub fn set_id(&self, id: NodeId) {
        self.node.store(id.to_raw(), Ordering::Relaxed);
    }

    /// For PyO3's `__new__`: shows a node whose hold it takes over. The owner is set by `new`, once
    /// the object has an address.
    pub fn showing(id: NodeId) -> Self {
        Self { node: AtomicU32::new(id.to_raw()) }
    }
}

/// The graph of this process.
struct Global(Graph);

// SAFETY: the graph is reached through `graph` only, which asks for proof that the calling thread
// holds the interpreter's lock; kernels that release the lock hold no borrow of the graph.
unsafe impl Sync for Global {}

static GRAPH: Global = Global(Graph::new());

/// The graph; the token proves that the thread may use it.
#[inline(always)]
pub fn graph(_py: Python<'_>) -> &'static Graph {
    &GRAPH.0
}

/// How many dead objects' memory is kept.
const FREE_MAX: usize = 4096;

struct Layout {
    type_object: *mut ffi::PyTypeObject,
    /// Where the node's number lies in the object.
    offset: usize,
    /// Where the list of weak references lies.
    weak: usize,
    size: usize,
    /// PyO3's `tp_new`.
    new: Option<ffi::newfunc>,
    free: Vec<*mut ffi::PyObject>,
}

struct GlobalLayout(UnsafeCell<Layout>);

// SAFETY: used by `layout` only, under the interpreter's lock.
unsafe impl Sync for GlobalLayout {}

static LAYOUT: GlobalLayout = GlobalLayout(UnsafeCell::new(Layout {
    type_object: null_mut(),
    offset: 0,
    weak: 0,
    size: 0,
    new: None,
    free: Vec::new(),
}));

/// # Safety
/// The calling thread holds the interpreter's lock, and runs no Python code while it uses the
/// result.
#[inline(always)]
unsafe fn layout() -> &'static mut Layout {
    // SAFETY: the lock makes this thread the only user, the caller's promise the only use.
    unsafe { &mut *LAYOUT.0.get() }
}

/// Finds out how PyO3 lays the objects out, and takes over their making and their end.
pub fn init(py: Python<'_>) -> PyResult<()> {
    let ty = py.get_type::<Variable>().as_ptr().cast::<ffi::PyTypeObject>();
    // SAFETY: the lock is held.
    if unsafe { layout().type_object } == ty {
        // The module is made once more, as after its removal from `sys.modules`. The class is the same.
        return Ok(());
    }
    // SAFETY: the lock is held, the type object is alive, and it has no instances yet. Its
    // instances refer to the type only, so the cycle collector has nothing to find in them: out of
    // its books they cost less and do not set it off.
    unsafe {
        (*ty).tp_flags &= !ffi::Py_TPFLAGS_HAVE_GC;
        (*ty).tp_traverse = None;
        (*ty).tp_clear = None;
        (*ty).tp_free = Some(ffi::PyObject_Free);
    }
    let id = graph(py).leaf(Tensor::F64(0.0), false);
    let probe = Bound::new(py, Variable::showing(id))?;
    let offset = (&raw const probe.get().node).addr() - probe.as_ptr().addr();
    // SAFETY: as above; the probe is the only instance, and made as all later ones are.
    unsafe {
        let (weak, size) = ((*ty).tp_weaklistoffset, (*ty).tp_basicsize);
        if weak <= 0 || size <= 0 || (*ty).tp_itemsize != 0 || offset + 4 > size as usize {
            return Err(PyRuntimeError::new_err("unexpected layout of Variable objects"));
        }
        let l = layout();
        (l.type_object, l.offset, l.weak, l.size) = (ty, offset, weak as usize, size as usize);
        l.new = (*ty).tp_new;
        (*ty).tp_new = Some(new);
        (*ty).tp_dealloc = Some(dealloc);
    }
    graph(py).set_owner(id, probe.as_ptr().expose_provenance());
    Ok(())
}

/// Whether an object is a Variable.
#[inline(always)]
pub fn is_variable(object: *mut ffi::PyObject) -> bool {
    // SAFETY: the object is alive, as arguments of a call are; the class cannot be subclassed.
    unsafe { ffi::Py_TYPE(object) == layout().type_object }
}

/// The node that a Variable object shows.
///
/// # Safety
/// `object` is a Variable, and the lock is held.
#[inline(always)]
pub unsafe fn node_of(object: *mut ffi::PyObject) -> NodeId {
    // SAFETY: by the caller's promise the number lies there.
    unsafe {
        let place = object.cast::<u8>().add(layout().offset).cast::<AtomicU32>();
        NodeId::from_raw((*place).load(Ordering::Relaxed))
    }
}

/// A new object that shows a node which no object shows yet, and takes over the caller's hold on
/// it. Null with an exception set when memory is out.
///
/// # Safety
/// The lock is held.
#[inline(always)]
pub unsafe fn wrap_new(py: Python<'_>, id: NodeId) -> *mut ffi::PyObject {
    // SAFETY: the block has the type's size; the two fields are all that the objects have.
    unsafe {
        let l = layout();
        let object = match l.free.pop() {
            // It has its type still, and a count of 0.
            Some(object) => {
                ffi::Py_INCREF(object);
                object
            }
            None => {
                let block = ffi::PyObject_Malloc(l.size).cast::<ffi::PyObject>();
                if block.is_null() {
                    graph(py).release(id);
                    return ffi::PyErr_NoMemory();
                }
                ffi::PyObject_Init(block, l.type_object)
            }
        };
        let bytes = object.cast::<u8>();
        bytes.add(l.offset).cast::<AtomicU32>().write(AtomicU32::new(id.to_raw()));
        bytes.add(l.weak).cast::<*mut c_void>().write(null_mut());
        graph(py).set_owner(id, object.expose_provenance());
        object
    }
}

/// The object that shows a node, the same one as before if it still lives. The caller's hold on
/// the node is taken over.
pub fn wrap(py: Python<'_>, id: NodeId) -> PyResult<Py<Variable>> {
    let g = graph(py);
    let owner = g.owner(id);
    // SAFETY: an owner is alive until its `dealloc`, which begins by disowning the node; the
    // pointer's provenance is that of the object, exposed when it became the owner.
    unsafe {
        let object = if owner == 0 {
            wrap_new(py, id)
        } else {
            g.release(id);
            let object = std::ptr::with_exposed_provenance_mut::<ffi::PyObject>(owner);
            ffi::Py_INCREF(object);
            object
        };
        Ok(Bound::from_owned_ptr_or_err(py, object)?.cast_into_unchecked::<Variable>().unbind())
    }
}

/// A result as a Python object.
pub fn wrap_var(py: Python<'_>, ctx: &Ctx<'_>, v: &Var) -> PyResult<Py<Variable>> {
    ctx.check_anomaly()?;
    wrap(py, ctx.keep(v))
}

/// PyO3's constructor, and then the graph is told which object shows the node.
unsafe extern "C" fn new(
    ty: *mut ffi::PyTypeObject,
    args: *mut ffi::PyObject,
    kwargs: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: Python calls this with the lock held and live arguments, which are passed on as
    // they are; the result is null or a new Variable.
    unsafe {
        let Some(original) = layout().new else { return null_mut() };
        let object = original(ty, args, kwargs);
        if !object.is_null() {
            let py = Python::assume_attached();
            graph(py).set_owner(node_of(object), object.expose_provenance());
        }
        object
    }
}

unsafe extern "C" fn dealloc(object: *mut ffi::PyObject) {
    // SAFETY: Python calls this with the lock held, once, for an object of exactly our type.
    unsafe {
        let py = Python::assume_attached();
        let ty = layout().type_object;
        let id = node_of(object);
        // Callbacks of weak references and foreign operations run Python code from here on: the
        // node must no longer lead to this object.
        let weak = *object.cast::<u8>().add(layout().weak).cast::<*mut c_void>();
        if !weak.is_null() {
            graph(py).set_owner(id, 0);
            ffi::PyObject_ClearWeakRefs(object);
        }
        guard(py, (), || {
            graph(py).disown(id, object.addr());
            Ok(())
        });
        let free = &mut layout().free;
        if free.len() < FREE_MAX {
            free.push(object);
        } else {
            ffi::PyObject_Free(object.cast());
            // Instances hold their type.
            ffi::Py_DECREF(ty.cast());
        }
    }
}
