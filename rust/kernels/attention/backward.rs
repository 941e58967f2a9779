//! The gradients of attention. With weights `p`, `gp = gy vᵀ` and `gs = p · (gp - Σ p gp)`:
//! `gq = scale · gs k`, `gk = scale · gsᵀ q`, `gv = pᵀ gy`.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::super::dispatch::Lane;
use super::super::gemm::Element;
use super::super::heavy::heavy;
use super::super::parallel;
use super::rows;
use super::stack::{How, Matrix, Stack, product};
use super::targets::Targets;
use super::{Block, Given, SHARE_NS, SIGHT, SLOPES, Setup, Space, WEIGHTS, memory};
use crate::error::{Error, Result};
use crate::tensor::Tensor;
use crate::with_float;

/// Gradients of keys and values are summed up in so many parts at least, where there are few matrices.
const PARTS: usize = 8;

/// What the gradients are computed from.
pub struct Backward<'a> {
    /// As in the forward direction.
    pub given: Given<'a>,
    /// The weights, if they were kept.
    pub weights: Option<&'a Tensor>,
    /// The gradient of the result.
    pub gy: &'a Tensor,
}

impl Backward<'_> {
    /// The gradients of query, key, value and what was added to the scores, as far as they are wanted,
    /// for the whole batch each.
    pub fn run(&self, wants: [bool; 4]) -> Result<[Option<Tensor>; 4]> {
        with_float!(self.given.query.dtype(), T => self.typed::<T>(wants),
            else Err(Error::internal("attention of integers")))
    }

    fn typed<T: Lane + Element>(&self, wants: [bool; 4]) -> Result<[Option<Tensor>; 4]> {
        let setup = Setup::<T>::new(&self.given)?;
        let gy = self.gy.to_array()?;
        let gy = gy.view::<T>()?;
        let gy = Stack::new(gy.first(), gy.layout, &setup.batch)?;
        let kept = match self.weights {
            Some(Tensor::Array(a)) => Some(setup.kept(a.view::<T>()?.first().cast_mut())),
            _ => None,
        };
        let parts = PARTS.div_ceil(setup.count.max(1)).min(setup.blocks.len()).max(1);
        let targets = Targets::new(&setup, parts, wants)?;
        let [gq, gk, gv, ga] = targets.stacks.clone();
        let run = Run { setup: &setup, parts, gy, kept, gq, gk, gv, ga };
        let tasks = setup.count * parts;
        let each = setup.tile_ns(2) * setup.blocks.len() / parts;
        let failed = AtomicBool::new(false);
        heavy(each as f64 * tasks as f64, || {
            parallel::for_each_chunk(tasks, SHARE_NS.div_ceil(each.max(1)), |r| {
                let Some(mut space) = setup.space() else { return failed.store(true, Relaxed) };
                for at in r {
                    // SAFETY: each part of each matrix is done once.
                    unsafe { run.part(at % setup.count, at / setup.count, &mut space) };
                }
            });
        });
        memory(failed, self.given.query.shape())?;
        // SAFETY: parts begin with zeros, and every block writes its rows of the others.
        unsafe { targets.finish() }
    }
}

/// What the tasks share. Results are the stacks of gradients that are wanted.
struct Run<'a, T> {
    setup: &'a Setup<T>,
    parts: usize,
    gy: Stack<T>,
    kept: Option<Stack<T>>,
    gq: Option<Stack<T>>,
    /// A stack for each part.
    gk: Option<Stack<T>>,
    /// A stack for each part.
    gv: Option<Stack<T>>,
    ga: Option<Stack<T>>,
}

impl<T: Lane + Element> Run<'_, T> {
    /// Some blocks of matrix `i`.
    ///
    /// # Safety
    /// Nobody else is at this part of it, and the space is for this alone.
    unsafe fn part(&self, i: usize, part: usize, space: &mut Space<T>) {
        let setup = self.setup;
        let at = part * setup.count + i;
        let sum = |stack: &Option<Stack<T>>, columns: usize| {
            let sum = stack.as_ref()?.matrix(at);
            // SAFETY: the matrix is this part's alone.
            unsafe { sum.clear(setup.s, columns) };
            Some(sum)
        };
        let (gk, gv) = (sum(&self.gk, setup.e), sum(&self.gv, setup.ev));
        let count = setup.blocks.len();
        for block in &setup.blocks[count * part / self.parts..count * (part + 1) / self.parts] {
            // SAFETY: blocks have different queries, and sums belong to this part.
            unsafe { self.block(i, block, [gk, gv], space) };
        }
    }

    /// A block of matrix `i`.
    ///
    /// # Safety
    /// As for [`Self::part`].
    unsafe fn block(
        &self,
        i: usize,
        block: &Block,
        [gk, gv]: [Option<Matrix<T>>; 2],
        space: &mut Space<T>,
    ) {
        let (setup, first) = (self.setup, block.queries.start);
        let (rows, keys) = (block.rows(), block.keys);
        let gy = self.gy.matrix(i).below(first);
        let p = match &self.kept {
            Some(kept) => kept.matrix(i).at.wrapping_add(block.start),
            None => {
                // SAFETY: the tiles are there for this.
                unsafe { setup.weigh(i, block, space.tile(WEIGHTS), space.tile(SIGHT)) };
                space.tile(WEIGHTS)
            }
        };
        let weights = Matrix::flat(p, keys);
        if let Some(gv) = gv {
            // SAFETY: each key of the block has a row in the sum, which is written already.
            unsafe { product([keys, setup.ev, rows], (gv, How::Add), weights.turned(), gy) };
        }
        let (gq, ga) = (self.gq.as_ref(), self.ga.as_ref());
        if gq.is_none() && gk.is_none() && ga.is_none() {
            return;
        }
        let tile = space.tile(SLOPES);
        let slopes = Matrix::flat(tile, keys);
        // SAFETY: the tile has room for the scores of a block, and all of them are written.
        let (p, tile) = unsafe {
            let v = setup.v.matrix(i).turned();
            product([rows, keys, setup.ev], (slopes, How::Replace), gy, v);
            let p = std::slice::from_raw_parts(p, block.scores());
            (p, std::slice::from_raw_parts_mut(tile, block.scores()))
        };
        rows::slopes(p, tile, keys);
        if let Some(ga) = ga {
            // SAFETY: the rows of this block, of `s` elements each.
            unsafe { ga.matrix(i).below(first).write(tile, [keys, setup.s]) };
        }
        if gq.is_none() && gk.is_none() {
            return;
        }
        rows::multiply(tile, setup.scale);
        // SAFETY: rows of this block, and a sum that belongs to this part and is written already.
        unsafe {
            if let Some(gq) = gq {
                let to = (gq.matrix(i).below(first), How::Replace);
                product([rows, setup.e, keys], to, slopes, setup.k.matrix(i));
            }
            if let Some(gk) = gk {
                let q = setup.q.matrix(i).below(first);
                product([keys, setup.e, rows], (gk, How::Add), slopes.turned(), q);
            }
        }
    }
}
