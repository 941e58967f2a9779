//! Parts of an array that lie side by side, put together.

use std::sync::Arc;

use super::concat::concat;
use crate::error::Result;
use crate::tensor::{Layout, Tensor, contiguous_strides};

/// A value, and where it belongs in row-major memory: the layout of the view that shows it there.
pub type Part = (Layout, Tensor);

/// The array that parts make up, one after another along an axis; `None` if they do not. Where they are
/// views of one array, at just these places of it, nothing is copied.
pub fn join(parts: &mut [Part], shape: &[usize]) -> Result<Option<Tensor>> {
    let strides = contiguous_strides(shape);
    let Some((first, _)) = parts.first() else { return Ok(None) };
    if first.ndim() != shape.len() {
        return Ok(None);
    }
    let Some(axis) = (0..shape.len()).find(|&a| first.shape[a] != shape[a]) else {
        // One part is all, and others would lie over it.
        return Ok((parts.len() == 1 && first.is_contiguous()).then(|| parts[0].1.clone()));
    };
    parts.sort_by_key(|(part, _)| part.offset);
    let mut from = 0;
    for (part, value) in parts.iter() {
        let alike = |a: usize| a == axis || part.shape[a] == shape[a];
        let fits = part.ndim() == shape.len()
            && part.strides == strides
            && (0..shape.len()).all(alike)
            && part.offset as isize == from as isize * strides[axis]
            && value.shape() == part.shape.as_slice();
        if !fits {
            return Ok(None);
        }
        from += part.shape[axis];
    }
    if from != shape[axis] {
        return Ok(None);
    }
    if let Some(whole) = whole(parts, axis, shape) {
        return Ok(Some(whole));
    }
    let values: Vec<Tensor> = parts.iter().map(|(_, value)| value.clone()).collect();
    concat(&values, axis, shape).map(Some)
}

/// The array of which the values are views, side by side in their order.
fn whole(parts: &[Part], axis: usize, shape: &[usize]) -> Option<Tensor> {
    let arrays = parts.iter().map(|(_, value)| match value {
        Tensor::Array(a) => Some(a),
        _ => None,
    });
    let arrays = arrays.collect::<Option<Vec<_>>>()?;
    let (first, store) = (arrays[0], arrays[0].store()?);
    let strides = &first.layout().strides;
    let mut at = first.layout().offset as isize;
    for a in &arrays {
        let layout = a.layout();
        let there = a.store().is_some_and(|s| Arc::ptr_eq(s, store));
        if !there || layout.strides != *strides || layout.offset as isize != at {
            return None;
        }
        at += layout.shape[axis] as isize * strides[axis];
    }
    let (shape, strides, offset) = (shape.into(), strides.clone(), first.layout().offset);
    Some(first.with_layout(Layout { shape, strides, offset }).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::{Array, Pick};

    /// An array of numbers from `first` on.
    fn counting(shape: &[usize], first: f64) -> Tensor {
        let n: usize = shape.iter().product();
        let values: Vec<f64> = (0..n).map(|i| first + i as f64).collect();
        Array::from_slice(&values, shape).unwrap().into()
    }

    fn columns(start: usize, len: usize) -> [Pick; 2] {
        [Pick::Slice { start: 0, step: 1, len: 2 }, Pick::Slice { start, step: 1, len }]
    }

    fn place(start: usize, len: usize) -> Layout {
        Layout::contiguous(&[2, 5]).pick(&columns(start, len))
    }

    #[test]
    fn parts_in_any_order_are_put_together() {
        let mut parts =
            [(place(3, 2), counting(&[2, 2], 10.0)), (place(0, 3), counting(&[2, 3], 0.0))];
        let whole = join(&mut parts, &[2, 5]).unwrap().unwrap();
        assert_eq!(whole.to_vec().unwrap(), [0., 1., 2., 10., 11., 3., 4., 5., 12., 13.]);
    }

    #[test]
    fn views_of_one_array_are_that_array() {
        let of = counting(&[2, 5], 0.0);
        let view = |start, len| (place(start, len), of.pick(&columns(start, len)).unwrap());
        let whole = join(&mut [view(3, 2), view(0, 3)], &[2, 5]).unwrap().unwrap();
        let (Tensor::Array(a), Tensor::Array(b)) = (&whole, &of) else { panic!("numbers") };
        assert!(Arc::ptr_eq(a.store().unwrap(), b.store().unwrap()));
        assert_eq!(whole.to_vec().unwrap(), of.to_vec().unwrap());
        // Not where they belong elsewhere.
        let (left, right) = (view(0, 3).1, view(3, 2).1);
        let mut swapped = [(place(2, 3), left), (place(0, 2), right)];
        let whole = join(&mut swapped, &[2, 5]).unwrap().unwrap();
        assert_eq!(whole.to_vec().unwrap(), [3., 4., 0., 1., 2., 8., 9., 5., 6., 7.]);
    }

    #[test]
    fn gaps_and_overlaps_are_not_put_together() {
        let part = |start, len| (place(start, len), counting(&[2, len], 0.0));
        for mut parts in [
            vec![],
            vec![part(0, 3)],
            vec![part(1, 4)],
            vec![part(0, 2), part(3, 2)],
            vec![part(0, 3), part(2, 3)],
            vec![part(0, 3), part(0, 3), part(3, 2)],
            vec![part(0, 5), part(0, 5)],
        ] {
            assert!(join(&mut parts, &[2, 5]).unwrap().is_none());
        }
        let steps = Layout::contiguous(&[4]).pick(&[Pick::Slice { start: 0, step: 2, len: 2 }]);
        let mut parts = [(steps, counting(&[2], 0.0))];
        assert!(join(&mut parts, &[4]).unwrap().is_none());
        let all = (place(0, 5), counting(&[2, 5], 0.0));
        assert!(join(&mut [all], &[2, 5]).unwrap().is_some());
    }
}
