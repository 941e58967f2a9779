//! What is inside a layer: `autograd.layers` asks at every update of an optimizer.

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple, PyType};

use super::object::{Variable, graph};
use crate::table::Set;

type Any<'py> = Bound<'py, PyAny>;
/// A tensor or layer: its name, itself, and where it is stored.
type Place<'py> = (String, Any<'py>, Any<'py>, Any<'py>);

/// Something to look at, and where it was found.
struct Item<'py> {
    name: String,
    value: Any<'py>,
    owner: Any<'py>,
    key: Any<'py>,
}

/// The classes that matter: layers, parameters that are made later, and tuples to store in.
#[derive(FromPyObject)]
struct Classes<'py>(Bound<'py, PyType>, Bound<'py, PyType>, Bound<'py, PyType>);

struct Walk<'py> {
    classes: Classes<'py>,
    repeated: bool,
    /// Whether names are wanted: to make them takes longer than all the rest.
    named: bool,
    /// Objects by their addresses; all of them live as long as the layer does.
    seen: Set<usize>,
    /// What is still to be looked at, the next one last: no recursion, however deep the nesting.
    work: Vec<Item<'py>>,
    found: Vec<Place<'py>>,
}

impl<'py> Walk<'py> {
    /// Puts the attributes of a layer on the list, except those whose names begin with an underscore.
    fn attributes(&mut self, prefix: &str, attributes: &Bound<'py, PyDict>) -> PyResult<()> {
        let start = self.work.len();
        // All at once: asking for its class may run an object's own code, which may change them.
        let all: Vec<_> = attributes.iter().collect();
        for (key, value) in all {
            // Names that were put there by hand need not be words.
            let Ok(word) = key.extract::<&str>() else { continue };
            if word.starts_with('_') || !self.matters(&value)? {
                continue;
            }
            let name = match prefix {
                _ if !self.named => String::new(),
                "" => word.to_owned(),
                _ => format!("{prefix}.{word}"),
            };
            let owner = attributes.as_any().clone();
            self.work.push(Item { name, value, owner, key: key.clone() });
        }
        self.work[start..].reverse();
        Ok(())
    }

    /// Whether tensors may be found in something, or it is one.
    fn matters(&self, value: &Any<'py>) -> PyResult<bool> {
        Ok(value.is_exact_instance_of::<Variable>()
            || value.is_instance_of::<PyList>()
            || value.is_instance_of::<PyTuple>()
            || value.is_instance_of::<PyDict>()
            || value.is_instance(&self.classes.0)?
            || value.is_instance(&self.classes.1)?)
    }

    fn look(&mut self, item: Item<'py>) -> PyResult<()> {
        let Item { name, mut value, owner, key } = item;
        let mut tensor = value.is_exact_instance_of::<Variable>();
        if !tensor && value.is_instance(&self.classes.1)? {
            tensor = true;
            let made = value.getattr(intern!(value.py(), "made"))?;
            if !made.is_none() {
                owner.set_item(&key, &made)?;
                value = made;
            }
        }
        // What is shared, and what leads back to where it came from, is gone through once. Of a tuple
        // that is replaced there may be several to replace.
        let again = self.repeated && (tensor || value.is_instance_of::<PyTuple>());
        if !self.seen.insert(value.as_ptr().addr()) && !again {
            return Ok(());
        }
        if tensor {
            self.found.push((name, value, owner, key));
        } else if value.is_instance(&self.classes.0)? {
            let attributes = value.getattr(intern!(value.py(), "__dict__"))?;
            self.attributes(&name, attributes.cast::<PyDict>()?)?;
            self.found.push((name, value, owner, key));
        } else {
            self.items(&name, &value, &owner, &key)?;
        }
        Ok(())
    }

    /// Puts the items of a container on the list.
    fn items(
        &mut self,
        name: &str,
        value: &Any<'py>,
        owner: &Any<'py>,
        key: &Any<'py>,
    ) -> PyResult<()> {
        let start = self.work.len();
        if let Ok(dict) = value.cast::<PyDict>() {
            let all: Vec<_> = dict.iter().collect();
            for (k, item) in all {
                self.item(name, item, value, k)?;
            }
        } else {
            let inside = match value.is_instance_of::<PyTuple>() {
                true => self.classes.2.call1((value, owner, key))?,
                false => value.clone(),
            };
            for (i, item) in value.try_iter()?.enumerate() {
                self.item(name, item?, &inside, i.into_pyobject(value.py())?.into_any())?;
            }
        }
        self.work[start..].reverse();
        Ok(())
    }

    fn item(
        &mut self,
        name: &str,
        value: Any<'py>,
        owner: &Any<'py>,
        key: Any<'py>,
    ) -> PyResult<()> {
        if self.matters(&value)? {
            let name = match self.named {
                true => format!("{name}[{}]", key.str()?.to_str()?),
                false => String::new(),
            };
            self.work.push(Item { name, value, owner: owner.clone(), key });
        }
        Ok(())
    }
}

fn inside<'py>(
    layer: &Any<'py>,
    classes: Classes<'py>,
    repeated: bool,
    named: bool,
) -> PyResult<Vec<Place<'py>>> {
    let attributes = layer.getattr(intern!(layer.py(), "__dict__"))?;
    let attributes = attributes
        .cast::<PyDict>()
        .map_err(|_| PyTypeError::new_err("a layer needs a __dict__ for its parameters"))?;
    let mut seen = Set::with_capacity_and_hasher(28, Default::default());
    seen.insert(layer.as_ptr().addr());
    let (work, found) = (Vec::new(), Vec::new());
    let mut walk = Walk { classes, repeated, named, seen, work, found };
    walk.attributes("", attributes)?;
    while let Some(item) = walk.work.pop() {
        walk.look(item)?;
    }
    Ok(walk.found)
}

/// The Variables inside a layer, each once.
fn variables<'py>(
    layer: &Any<'py>,
    classes: Classes<'py>,
) -> PyResult<impl Iterator<Item = Bound<'py, Variable>>> {
    let found = inside(layer, classes, false, false)?;
    Ok(found.into_iter().filter_map(|(_, x, ..)| x.cast_into::<Variable>().ok()))
}

/// The tensors and layers inside a layer, in order: names, themselves, and where they are stored. What
/// is shared appears once, or, `repeated`, in every place.
#[pyfunction]
fn walk<'py>(layer: &Any<'py>, classes: Classes<'py>, repeated: bool) -> PyResult<Vec<Place<'py>>> {
    inside(layer, classes, repeated, true)
}

/// Drop the gradients of all Variables inside a layer.
#[pyfunction]
fn clear_grads<'py>(layer: &Any<'py>, classes: Classes<'py>) -> PyResult<()> {
    let g = graph(layer.py());
    for v in variables(layer, classes)? {
        g.set_grad(v.get().id(), None)?;
    }
    Ok(())
}

/// The Variables inside a layer that take part in differentiation and have a gradient, each once.
#[pyfunction]
fn with_grads<'py>(layer: &Any<'py>, classes: Classes<'py>) -> PyResult<Vec<Bound<'py, Variable>>> {
    let g = graph(layer.py());
    let due = |v: &Bound<'py, Variable>| {
        let id = v.get().id();
        g.requires(id) && g.grad(id).inspect(|&grad| g.release(grad)).is_some()
    };
    Ok(variables(layer, classes)?.filter(due).collect())
}

/// Registers the functions.
pub fn init(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(walk, m)?)?;
    m.add_function(wrap_pyfunction!(clear_grads, m)?)?;
    m.add_function(wrap_pyfunction!(with_grads, m)?)
}
