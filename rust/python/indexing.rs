//! What stands between the brackets of `x[...]`, by NumPy's rules.

use numpy::{PyArrayDescrMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::PyIndexError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyEllipsis, PySlice, PyTuple};

use super::convert::position_in;
use super::indices::{Indices, as_array, indices, mask};
use super::object::Variable;
use crate::error::{Error, Kind};
use crate::kernels::rows::{self, Cut};
use crate::ops::Selection;
use crate::tensor::{Array, Dims, Pick, Tensor, broadcast_shapes};

/// An index, resolved against a shape.
pub enum Index {
    /// Integers, slices and new axes: the result is a view.
    Basic(Vec<Pick>),
    /// Positions of single elements.
    Advanced(Selection),
}

impl Index {
    /// Either kind as a selection.
    pub fn selection(self) -> Selection {
        match self {
            Index::Basic(picks) => Selection::basic(picks),
            Index::Advanced(selection) => selection,
        }
    }
}

/// One entry of an index.
enum Entry<'py> {
    New,
    Rest,
    Slice(Bound<'py, PySlice>),
    Integer(i64),
    /// Positions on one axis.
    Array(Indices),
    /// True and false for each position of as many axes as it has.
    Mask(Tensor),
}

impl Entry<'_> {
    /// The number of axes that it speaks about.
    fn axes(&self) -> usize {
        match self {
            Entry::New | Entry::Rest => 0,
            Entry::Slice(_) | Entry::Integer(_) | Entry::Array(_) => 1,
            Entry::Mask(mask) => mask.ndim(),
        }
    }
}

/// Reads an index of an array of the given shape.
pub fn parse(op: &'static str, shape: &[usize], index: &Bound<'_, PyAny>) -> PyResult<Index> {
    let entries: Vec<Entry<'_>> = match index.cast::<PyTuple>() {
        Ok(t) => t.iter().map(|item| entry(op, item)).collect::<PyResult<_>>()?,
        Err(_) => vec![entry(op, index.clone())?],
    };
    if entries.iter().filter(|e| matches!(e, Entry::Rest)).count() > 1 {
        let message = format!("{op}: an index can have one ellipsis ('...') only");
        return Err(PyIndexError::new_err(message));
    }
    let named: usize = entries.iter().map(Entry::axes).sum();
    let Some(rest) = shape.len().checked_sub(named) else {
        let kind = Kind::TooManyIndices { op, got: named, shape: shape.into() };
        return Err(Error::from(kind).into());
    };
    if entries.iter().any(|e| matches!(e, Entry::Array(_) | Entry::Mask(_))) {
        return advanced(op, shape, entries, rest);
    }
    let mut picks = Vec::with_capacity(entries.len());
    let mut axis = 0;
    for e in &entries {
        match e {
            Entry::New => picks.push(Pick::NewAxis),
            Entry::Rest => {
                picks.extend(shape[axis..axis + rest].iter().map(|&len| whole(len)));
                axis += rest;
            }
            Entry::Slice(s) => {
                picks.push(slice(s, shape[axis])?);
                axis += 1;
            }
            Entry::Integer(i) => {
                picks.push(Pick::At(position_in(op, *i, axis, shape[axis])?));
                axis += 1;
            }
            Entry::Array(_) | Entry::Mask(_) => {}
        }
    }
    Ok(Index::Basic(picks))
}

fn entry<'py>(op: &'static str, item: Bound<'py, PyAny>) -> PyResult<Entry<'py>> {
    let py = item.py();
    if item.is_none() {
        return Ok(Entry::New);
    }
    if item.is_instance_of::<PyEllipsis>() {
        return Ok(Entry::Rest);
    }
    let item = match item.cast_into::<PySlice>() {
        Ok(slice) => return Ok(Entry::Slice(slice)),
        Err(other) => other.into_inner(),
    };
    if item.is_exact_instance_of::<Variable>() {
        let found = indices(op, "an index", &item)?;
        return Ok(match (found.shape.len(), found.values.first()) {
            (0, Some(&i)) => Entry::Integer(i),
            _ => Entry::Array(found),
        });
    }
    if !item.is_instance_of::<PyBool>() {
        // An array of several has the method too, and refuses when it is called.
        if let Ok(number) = item.call_method0(intern!(py, "__index__")) {
            let position = number.extract::<i64>();
            let large = |_| PyIndexError::new_err(format!("{op}: the index is too large"));
            return Ok(Entry::Integer(position.map_err(large)?));
        }
    }
    let made = item.cast::<PyUntypedArray>().is_err();
    let refuse = |got: String| {
        Err(PyIndexError::new_err(format!(
            "{op}: integers, slices, '...', None, and arrays of integers or booleans are indices, \
             got {got}"
        )))
    };
    if made
        && item.try_iter().is_err()
        && !item.hasattr(intern!(py, "__array__"))?
        && !item.is_instance_of::<PyBool>()
    {
        return refuse(item.get_type().name()?.to_string());
    }
    let array = as_array(op, &item)?;
    match array.dtype().kind() {
        b'b' => Ok(Entry::Mask(mask(op, "an index", &array)?)),
        b'i' | b'u' => Ok(Entry::Array(indices(op, "an index", &array)?)),
        // An empty list says nothing of its type.
        _ if made && array.len() == 0 => Ok(Entry::Array(indices(op, "an index", &array)?)),
        _ if made => {
            refuse(format!("{} of dtype {}", item.get_type().name()?, array.dtype().str()?))
        }
        _ => refuse(format!("an array of dtype {}", array.dtype().str()?)),
    }
}

fn whole(len: usize) -> Pick {
    Pick::Slice { start: 0, step: 1, len }
}

fn slice(slice: &Bound<'_, PySlice>, size: usize) -> PyResult<Pick> {
    let s = slice.indices(size as isize)?;
    Ok(Pick::Slice {
        start: usize::try_from(s.start).unwrap_or(0),
        // A step that leads nowhere may be too large to reckon with.
        step: if s.slicelength > 1 { s.step } else { 1 },
        len: s.slicelength,
    })
}

/// Positions on some axes: the axis of the view, its size, and where.
struct Chosen {
    /// None for a truth value without axes, which takes all or nothing.
    axis: Option<usize>,
    size: usize,
    shape: Dims,
    at: Vec<usize>,
}

fn advanced(
    op: &'static str,
    shape: &[usize],
    entries: Vec<Entry<'_>>,
    rest: usize,
) -> PyResult<Index> {
    let mut picks = Vec::with_capacity(shape.len() + entries.len());
    let mut chosen: Vec<Chosen> = Vec::new();
    // The view keeps every axis that positions are chosen from, as a whole.
    let (mut axis, mut before) = (0, None);
    // Whether the arrays stand together: their axes then stay where they are.
    let (mut ended, mut apart) = (false, false);
    for e in entries {
        let fancy = matches!(e, Entry::Integer(_) | Entry::Array(_) | Entry::Mask(_));
        apart |= fancy && ended;
        ended |= !fancy && before.is_some();
        if fancy {
            before.get_or_insert(picks.len());
        }
        match e {
            Entry::New => picks.push(Pick::NewAxis),
            Entry::Rest => {
                picks.extend(shape[axis..axis + rest].iter().map(|&len| whole(len)));
                axis += rest;
            }
            Entry::Slice(s) => {
                picks.push(slice(&s, shape[axis])?);
                axis += 1;
            }
            Entry::Integer(i) => {
                let found = Indices { shape: Dims::new(), values: vec![i] };
                chosen.push(choose(op, shape, axis, picks.len(), found)?);
                picks.push(whole(shape[axis]));
                axis += 1;
            }
            Entry::Array(found) => {
                chosen.push(choose(op, shape, axis, picks.len(), found)?);
                picks.push(whole(shape[axis]));
                axis += 1;
            }
            Entry::Mask(mask) => {
                let n = mask.ndim();
                if mask.shape() != &shape[axis..axis + n] {
                    return Err(PyIndexError::new_err(format!(
                        "{op}: a boolean index of shape {} for axes of shape {}: it must say yes or \
                         no to each position",
                        crate::error::Tuple(mask.shape()),
                        crate::error::Tuple(&shape[axis..axis + n])
                    )));
                }
                chosen.extend(true_positions(&mask, picks.len())?);
                picks.extend(mask.shape().iter().map(|&len| whole(len)));
                axis += n;
            }
        }
    }
    let spread = spread(op, &chosen)?;
    let of_view: Vec<usize> = chosen.iter().filter_map(|c| c.axis).collect();
    let sizes: Vec<usize> = chosen.iter().map(|c| c.size).collect();
    let each: Vec<(Dims, Vec<usize>)> = chosen.into_iter().map(|c| (c.shape, c.at)).collect();
    let rows = rows::positions(&spread, &sizes, &each)?;
    let ndim = picks.len() + shape.len() - axis;
    let batch = if apart { 0 } else { before.unwrap_or(0) };
    let others: Vec<usize> = (0..ndim).filter(|a| !of_view.contains(a)).collect();
    let order: Vec<usize> =
        others[..batch].iter().chain(&of_view).chain(&others[batch..]).copied().collect();
    let order = Some(order).filter(|o| !o.is_sorted());
    let cut = Cut { batch, lead: of_view.len() };
    Ok(Index::Advanced(Selection { name: "GetItem", picks, order, cut, rows, spread }))
}

fn choose(
    op: &'static str,
    shape: &[usize],
    axis: usize,
    place: usize,
    found: Indices,
) -> PyResult<Chosen> {
    let size = shape[axis];
    let resolve = |i: i64| position_in(op, i, axis, size);
    let at = found.values.into_iter().map(resolve).collect::<Result<_, _>>()?;
    Ok(Chosen { axis: Some(place), size, shape: found.shape, at })
}

/// Where a mask is true: positions on each of its axes, the first of which is `place`.
fn true_positions(mask: &Tensor, place: usize) -> PyResult<Vec<Chosen>> {
    let array = mask.to_array()?;
    let truth: &[bool] = Array::as_slice(&array).unwrap_or_default();
    let hits: Vec<usize> = (0..truth.len()).filter(|&i| truth[i]).collect();
    let shape = Dims::from_slice(&[hits.len()]);
    if mask.ndim() == 0 {
        return Ok(vec![Chosen { axis: None, size: 1, shape, at: hits }]);
    }
    let mut unit = truth.len();
    let on_axis = |(k, &size): (usize, &usize)| {
        unit /= size.max(1);
        let at = hits.iter().map(|&i| i / unit.max(1) % size.max(1)).collect();
        Chosen { axis: Some(place + k), size, shape: shape.clone(), at }
    };
    Ok(mask.shape().iter().enumerate().map(on_axis).collect())
}

/// The shape that all positions broadcast to.
fn spread(op: &'static str, chosen: &[Chosen]) -> PyResult<Dims> {
    let mut spread = Dims::new();
    for c in chosen {
        spread = broadcast_shapes(op, &spread, &c.shape).map_err(|_| {
            let shapes: Vec<String> =
                chosen.iter().map(|c| crate::error::Tuple(&c.shape).to_string()).collect();
            PyIndexError::new_err(format!(
                "{op}: the arrays of an index do not broadcast together: their shapes are {}",
                shapes.join(", ")
            ))
        })?;
    }
    Ok(spread)
}
