//! Where the gradients of attention are written.

use std::sync::Arc;

use super::super::dispatch::Lane;
use super::super::draft::{Draft, order_of};
use super::super::gemm::Element;
use super::super::reduce::{Sum, reduce};
use super::Setup;
use super::stack::Stack;
use crate::error::Result;
use crate::tensor::{Array, Dims, Pick, Strides, Tensor};

/// Gradients of query, key, value and what was added to the scores, as far as they are wanted. Those of
/// keys and values are sums over queries, in several parts, each with matrices of its own.
pub struct Targets<T> {
    /// The matrices of each.
    pub stacks: [Option<Stack<T>>; 4],
    /// The memory of each, but for those that lie together.
    drafts: [Option<Draft<T>>; 4],
    /// The memory of the first three, if they lie together, and which of them is which.
    together: Option<(Draft<T>, [usize; 3])>,
    parts: usize,
}

/// How the gradients of query, key and value lie together: the axes of an array that has one in front for
/// the three of them, outermost first, and the place of each on that axis.
type Together = (Vec<usize>, [usize; 3]);

/// Whether query, key and value are one array between them, such as a product that was cut in three: then
/// their gradients make up one array too, and nobody need put them together.
fn together(arrays: &[Arc<Array>], shape: &[usize]) -> Option<Together> {
    let [q, k, v] = arrays else { return None };
    let layout = q.layout();
    let alike = |a: &Array| {
        let l = a.layout();
        let one = a.store().zip(q.store()).is_some_and(|(a, b)| Arc::ptr_eq(a, b));
        one && l.shape.as_slice() == shape && l.strides == layout.strides
    };
    let mut offsets = [q, k, v].map(|a| a.layout().offset);
    let given = offsets;
    offsets.sort_unstable();
    let step = offsets[1] - offsets[0];
    if ![q, k, v].iter().all(|a| alike(a)) || offsets[2] - offsets[1] != step {
        return None;
    }
    let strides: Strides = std::iter::once(step as isize).chain(layout.strides.clone()).collect();
    let sizes: Dims = std::iter::once(3).chain(shape.iter().copied()).collect();
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|&a| if sizes[a] == 1 { isize::MIN } else { -strides[a] });
    let mut next = 1;
    for &a in order.iter().rev().filter(|&&a| sizes[a] != 1) {
        if strides[a] != next {
            return None;
        }
        next *= sizes[a] as isize;
    }
    Some((order, given.map(|o| offsets.iter().position(|&p| p == o).unwrap_or(0))))
}

/// The axes of an array behind one more.
fn behind(order: Vec<usize>) -> Vec<usize> {
    std::iter::once(0).chain(order.into_iter().map(|a| a + 1)).collect()
}

/// A shape with one more axis in front.
fn after(size: usize, shape: &[usize]) -> Dims {
    std::iter::once(size).chain(shape.iter().copied()).collect()
}

impl<T: Lane + Element> Targets<T> {
    pub(super) fn new(setup: &Setup<T>, parts: usize, wants: [bool; 4]) -> Result<Self> {
        let mut made = Self {
            stacks: [const { None }; 4],
            drafts: [const { None }; 4],
            together: None,
            parts,
        };
        let of_q = setup.shape(setup.l, setup.e);
        if wants[3] {
            let shape = setup.shape(setup.l, setup.s);
            made.enter(3, &shape, (0..shape.len()).collect())?;
        }
        let alike = wants[..3] == [true; 3] && parts == 1;
        if let Some((order, places)) = together(&setup.arrays[..3], &of_q).filter(|_| alike) {
            let mut draft = Draft::<T>::new(&after(3, &of_q), order)?;
            let (first, strides) = (draft.start(), draft.strides());
            for (stack, &place) in made.stacks.iter_mut().zip(&places) {
                let first = first.wrapping_offset(place as isize * strides[0]);
                *stack = Some(Stack::lying(first, &strides[1..], &setup.batch));
            }
            made.together = Some((draft, places));
            return Ok(made);
        }
        let lying = |i: usize, shape: &[usize]| order_of(setup.arrays[i].layout(), shape);
        if wants[0] {
            made.enter(0, &of_q, lying(0, &of_q))?;
        }
        for (i, columns) in [(1, setup.e), (2, setup.ev)] {
            let shape = setup.shape(setup.s, columns);
            if wants[i] {
                made.enter(i, &after(parts, &shape), behind(lying(i, &shape)))?;
            }
        }
        Ok(made)
    }

    fn enter(&mut self, i: usize, shape: &[usize], order: Vec<usize>) -> Result<()> {
        let mut draft = Draft::new(shape, order)?;
        let (first, strides) = (draft.start(), draft.strides());
        self.stacks[i] = Some(Stack::lying(first, &strides, &shape[..shape.len() - 2]));
        self.drafts[i] = Some(draft);
        Ok(())
    }

    /// The gradients.
    ///
    /// # Safety
    /// Every element of the matrices has been written.
    pub unsafe fn finish(self) -> Result<[Option<Tensor>; 4]> {
        let mut made = [const { None }; 4];
        for (i, draft) in self.drafts.into_iter().enumerate() {
            // SAFETY: by the caller's promise.
            let Some(t) = draft.map(|d| unsafe { d.finish() }).transpose()? else { continue };
            made[i] = Some(match i {
                1 | 2 if self.parts == 1 => t.pick(&[Pick::At(0)])?,
                1 | 2 => reduce::<Sum>(&t, &[0], false)?,
                _ => t,
            });
        }
        if let Some((draft, places)) = self.together {
            // SAFETY: by the caller's promise, since the three are all there is in it.
            let whole = unsafe { draft.finish()? };
            for (made, place) in made.iter_mut().zip(places) {
                *made = Some(whole.pick(&[Pick::At(place)])?);
            }
        }
        Ok(made)
    }
}
