//! Shapes, strides, and the arithmetic of views.

use super::PerAxis;
use crate::error::{Kind, Result};

/// Sizes per axis.
pub type Dims = PerAxis<usize>;
/// Axes by their numbers.
pub type Axes = PerAxis<usize>;
/// Elements to step per axis.
pub type Strides = PerAxis<isize>;

/// How the elements of an array lie in its buffer. Offsets and strides count elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Sizes per axis.
    pub shape: Dims,
    /// Steps per axis; zero for a broadcast axis, negative for a reversed one.
    pub strides: Strides,
    /// Position of the first element.
    pub offset: usize,
}

/// One entry of a basic index, resolved against its axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// One position; the axis goes.
    At(usize),
    /// `len` positions from `start`, `step` apart.
    #[allow(missing_docs)] // the fields say what their names say
    Slice { start: usize, step: isize, len: usize },
    /// A new axis of size one.
    NewAxis,
}

/// The number of elements of a shape, or an error where it overflows.
#[inline]
pub fn checked_size(shape: &[usize], element: usize) -> Result<usize> {
    // A zero anywhere makes the array empty, however large the rest; NumPy refuses it only
    // when the other sizes overflow, and so do we.
    let (mut n, mut empty) = (1usize, false);
    for &d in shape {
        empty |= d == 0;
        n = n.checked_mul(d.max(1)).ok_or_else(|| too_large(shape))?;
    }
    match n.checked_mul(element) {
        Some(bytes) if bytes <= isize::MAX as usize => Ok(if empty { 0 } else { n }),
        _ => Err(too_large(shape)),
    }
}

#[cold]
fn too_large(shape: &[usize]) -> crate::error::Error {
    Kind::Memory { shape: shape.into(), bytes: None }.into()
}

/// The number of elements of a shape that is known to have one.
#[inline]
pub(super) fn product(shape: &[usize]) -> usize {
    match *shape {
        [n] => n,
        [m, n] => m * n,
        _ => shape.iter().product(),
    }
}

/// Row-major strides of a shape.
#[inline]
pub fn contiguous_strides(shape: &[usize]) -> Strides {
    // Most arrays have one axis or two.
    match *shape {
        [_] => return Strides::from_slice(&[1]),
        [_, n] => return Strides::from_slice(&[n.max(1) as isize, 1]),
        _ => {}
    }
    let mut strides = Strides::from_elem(0, shape.len());
    let mut step: isize = 1;
    for (s, &d) in strides.iter_mut().zip(shape).rev() {
        *s = step;
        step = step.saturating_mul(d.max(1) as isize);
    }
    strides
}

/// The shape that two shapes broadcast to (NumPy's rules).
pub fn broadcast_shapes(op: &'static str, a: &[usize], b: &[usize]) -> Result<Dims> {
    let n = a.len().max(b.len());
    let mut out = Dims::from_elem(1, n);
    for i in 0..n {
        let x = if i < a.len() { a[a.len() - 1 - i] } else { 1 };
        let y = if i < b.len() { b[b.len() - 1 - i] } else { 1 };
        out[n - 1 - i] = match (x, y) {
            _ if x == y => x,
            (1, _) => y,
            (_, 1) => x,
            _ => return Err(Kind::Broadcast { op, lhs: a.into(), rhs: b.into() }.into()),
        };
    }
    Ok(out)
}

/// Resolves an axis that may count from the end.
pub fn resolve_axis(op: &'static str, axis: i64, ndim: usize) -> Result<usize> {
    let n = ndim as i64;
    if (-n..n).contains(&axis) {
        Ok(axis.rem_euclid(n) as usize)
    } else {
        Err(Kind::Axis { op, axis, ndim }.into())
    }
}

/// Resolves axes to a sorted set; `None` means all of them.
pub fn resolve_axes(op: &'static str, axes: Option<&[i64]>, ndim: usize) -> Result<Axes> {
    let Some(axes) = axes else { return Ok((0..ndim).collect()) };
    let mut out = Axes::new();
    for &axis in axes {
        let a = resolve_axis(op, axis, ndim)?;
        if out.contains(&a) {
            return Err(Kind::RepeatedAxis { op, axis }.into());
        }
        out.push(a);
    }
    out.sort_unstable();
    Ok(out)
}

/// A shape with the given axes at size one (`keepdims`), or without them.
pub fn reduced_shape(shape: &[usize], axes: &[usize], keepdims: bool) -> Dims {
    let mut out = Dims::new();
    for (i, &d) in shape.iter().enumerate() {
        match (axes.contains(&i), keepdims) {
            (false, _) => out.push(d),
            (true, true) => out.push(1),
            (true, false) => {}
        }
    }
    out
}

impl Layout {
    /// Row-major, from the start of a buffer.
    #[inline]
    pub fn contiguous(shape: &[usize]) -> Self {
        Self { shape: shape.into(), strides: contiguous_strides(shape), offset: 0 }
    }

    /// Number of elements.
    #[inline]
    pub fn size(&self) -> usize {
        product(&self.shape)
    }

    /// Number of axes.
    pub fn ndim(&self) -> usize {
        self.shape.len()
    }

    /// Whether the elements lie in row-major order without gaps.
    pub fn is_contiguous(&self) -> bool {
        let mut step: isize = 1;
        for (&d, &s) in self.shape.iter().zip(&self.strides).rev() {
            if d == 0 {
                return true;
            }
            if d != 1 && s != step {
                return false;
            }
            step = step.saturating_mul(d as isize);
        }
        true
    }

    /// The view with axes in another order.
    pub fn transpose(&self, axes: &[usize]) -> Self {
        Self {
            shape: axes.iter().map(|&a| self.shape[a]).collect(),
            strides: axes.iter().map(|&a| self.strides[a]).collect(),
            offset: self.offset,
        }
    }

    /// The view with the last two axes exchanged.
    pub fn turned(&self) -> Self {
        let (mut turned, n) = (self.clone(), self.ndim());
        turned.shape.swap(n - 2, n - 1);
        turned.strides.swap(n - 2, n - 1);
        turned
    }

    /// The view repeated along new and size-one axes, `None` where the shapes do not fit.
    pub fn broadcast_to(&self, shape: &[usize]) -> Option<Self> {
        let lead = shape.len().checked_sub(self.ndim())?;
        let mut strides = Strides::from_elem(0, shape.len());
        for (i, (&d, &s)) in self.shape.iter().zip(&self.strides).enumerate() {
            strides[lead + i] = match (d, shape[lead + i]) {
                (d, t) if d == t => s,
                (1, _) => 0,
                _ => return None,
            };
        }
        Some(Self { shape: shape.into(), strides, offset: self.offset })
    }

    /// The view under a basic index; axes without an entry stay whole.
    pub fn pick(&self, picks: &[Pick]) -> Self {
        let (mut shape, mut strides, mut offset) = (Dims::new(), Strides::new(), self.offset);
        let mut axis = 0;
        for p in picks {
            match *p {
                Pick::NewAxis => {
                    shape.push(1);
                    strides.push(0);
                    continue;
                }
                Pick::At(i) => offset = offset.wrapping_add_signed(i as isize * self.strides[axis]),
                Pick::Slice { start, step, len } => {
                    if len > 0 {
                        let skip = start as isize * self.strides[axis];
                        offset = offset.wrapping_add_signed(skip);
                    }
                    shape.push(len);
                    strides.push(step * self.strides[axis]);
                }
            }
            axis += 1;
        }
        shape.extend_from_slice(&self.shape[axis..]);
        strides.extend_from_slice(&self.strides[axis..]);
        if shape.contains(&0) {
            offset = self.offset;
        }
        Self { shape, strides, offset }
    }

    /// The same elements under another shape without a copy, where the strides allow it.
    pub fn reshape(&self, shape: &[usize]) -> Option<Self> {
        if self.is_contiguous() {
            let strides = contiguous_strides(shape);
            return Some(Self { shape: shape.into(), strides, offset: self.offset });
        }
        // Match runs of old axes with runs of new ones that have the same number of elements;
        // each old run must step evenly. (The array is not empty here: empty ones are contiguous.)
        let old: Vec<(usize, isize)> = (self.shape.iter().copied())
            .zip(self.strides.iter().copied())
            .filter(|&(d, _)| d != 1)
            .collect();
        let mut strides = Strides::from_elem(0, shape.len());
        let (mut i, mut j) = (0, 0);
        while i < old.len() && j < shape.len() {
            let (i0, j0) = (i, j);
            let (mut n, mut m) = (old[i].0, shape[j]);
            while n != m {
                if n < m {
                    i += 1;
                    n *= old.get(i)?.0;
                } else {
                    j += 1;
                    m *= shape.get(j)?;
                }
            }
            let run = &old[i0..=i];
            if run.windows(2).any(|w| w[0].1 != w[1].1 * w[1].0 as isize) {
                return None;
            }
            let mut step = old[i].1;
            for k in (j0..=j).rev() {
                strides[k] = step;
                step *= shape[k] as isize;
            }
            i += 1;
            j += 1;
        }
        Some(Self { shape: shape.into(), strides, offset: self.offset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcasting_follows_numpy() {
        let b = |x: &[usize], y: &[usize]| broadcast_shapes("add", x, y).ok().map(|d| d.to_vec());
        assert_eq!(b(&[], &[2, 3]), Some(vec![2, 3]));
        assert_eq!(b(&[2, 1], &[3]), Some(vec![2, 3]));
        assert_eq!(b(&[0], &[1]), Some(vec![0]));
        assert_eq!(b(&[2], &[3]), None);
    }

    #[test]
    fn sizes_that_overflow_are_refused() {
        assert_eq!(checked_size(&[2, 0, 3], 8).ok(), Some(0));
        assert!(checked_size(&[1 << 40, 1 << 40], 8).is_err());
        assert!(checked_size(&[1 << 61], 8).is_err());
        assert!(checked_size(&[0, 1 << 40, 1 << 40], 8).is_err());
    }

    #[test]
    fn a_reshape_without_copy_keeps_the_elements() {
        let t = Layout::contiguous(&[2, 3, 4]).transpose(&[1, 0, 2]);
        assert_eq!(t.reshape(&[6, 4]), None);
        let r = t.reshape(&[3, 2, 2, 2]).expect("splitting the last axis needs no copy");
        assert_eq!(r.strides.as_slice(), &[4, 12, 2, 1]);
        let b = Layout::contiguous(&[1, 4]).broadcast_to(&[5, 4]).expect("fits");
        assert_eq!(b.reshape(&[20]), None);
        assert!(b.reshape(&[5, 2, 2]).is_some());
    }

    #[test]
    fn a_pick_walks_backwards() {
        let l = Layout::contiguous(&[5, 2]);
        let p = l.pick(&[Pick::Slice { start: 4, step: -2, len: 3 }, Pick::At(1)]);
        assert_eq!((p.shape.as_slice(), p.strides.as_slice(), p.offset), (&[3][..], &[-4][..], 9));
    }
}
