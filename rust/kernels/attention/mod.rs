//! Scaled dot-product attention, `softmax(scale · q kᵀ + added) v`, a few queries at a time.
//!
//! The scores of a tile of queries become weights while they are in the cache, and are used up at once:
//! for values, or for the gradients of all operands. They are kept for the gradients only where they take
//! no more memory than a few times the operands, and are computed again otherwise, so that memory does
//! not grow with the square of the length. Keys that no query of a tile sees are left out.
//!
//! Operands are read where they lie, and results lie as their operand does: heads that were split off by
//! views come together again without a copy. What is computed depends on shapes and strides alone.

mod backward;
mod rows;
mod stack;
mod targets;

use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use smallvec::SmallVec;

pub use self::backward::Backward;
use self::rows::{Added, Sight};
use self::stack::{How, Matrix, Stack, product};
use super::dispatch::Lane;
use super::draft::{Draft, order_of};
use super::gemm::{self, Element};
use super::heavy::heavy;
use super::parallel;
use crate::error::{Error, Kind, Result};
use crate::tensor::{Array, Buffer, Dims, Float, Tensor, broadcast_shapes};
use crate::with_float;

/// Scores of a tile, as far as that makes no fewer or more queries than these.
const TILE: usize = 32 * 1024;
const QUERIES: [usize; 2] = [16, 64];
/// The most queries of a tile under a causal mask: the fewer they are, the more keys are left out.
const CAUSAL: usize = 32;
/// Weights are kept while they are no more than so many times the operands.
const KEPT: usize = 4;
/// Nanoseconds that a score takes, besides the products.
const SCORE_NS: usize = 2;
/// Work that makes a share of its own.
const SHARE_NS: usize = 30_000;

/// The operands, of one floating dtype, whose shapes were checked.
pub struct Given<'a> {
    /// Shape (..., L, E).
    pub query: &'a Tensor,
    /// Shape (..., S, E).
    pub key: &'a Tensor,
    /// Shape (..., S, Ev).
    pub value: &'a Tensor,
    /// Booleans that broadcast to the scores: whether a query sees a key.
    pub visible: Option<&'a Tensor>,
    /// Numbers that are added to the scores, minus infinity for keys that are not seen.
    pub added: Option<&'a Tensor>,
    /// Whether query `i` sees keys up to `i` only.
    pub causal: bool,
    /// Of the scores.
    pub scale: f64,
}

/// A tile: some queries, and the keys that one or the other sees.
struct Block {
    queries: Range<usize>,
    keys: usize,
    /// Where its weights are among those of its matrix, if they are kept.
    start: usize,
}

impl Block {
    fn rows(&self) -> usize {
        self.queries.len()
    }

    fn scores(&self) -> usize {
        self.rows() * self.keys
    }
}

/// The operands as kernels see them.
struct Setup<T> {
    batch: Dims,
    /// Matrices in the batch.
    count: usize,
    /// Sizes: queries, keys, their width, and that of values.
    l: usize,
    s: usize,
    e: usize,
    ev: usize,
    q: Stack<T>,
    k: Stack<T>,
    v: Stack<T>,
    visible: Option<Stack<bool>>,
    added: Option<Stack<T>>,
    causal: bool,
    scale: T,
    blocks: Vec<Block>,
    /// Weights of a matrix.
    weights: usize,
    /// What the stacks lead to.
    arrays: SmallVec<[Arc<Array>; 5]>,
}

/// Memory for tiles.
struct Space<T> {
    buffer: Buffer,
    each: usize,
    of: std::marker::PhantomData<T>,
}

impl<T> Space<T> {
    fn tile(&mut self, i: usize) -> *mut T {
        self.buffer.as_mut_ptr().cast::<T>().wrapping_add(i * self.each)
    }
}

/// Tiles in a [`Space`].
const WEIGHTS: usize = 0;
const SIGHT: usize = 1;
const SLOPES: usize = 2;
const TILES: usize = 3;

impl<T: Lane + Element> Setup<T> {
    fn new(given: &Given<'_>) -> Result<Self> {
        let arrays = [given.query, given.key, given.value].map(Tensor::to_array);
        let [q, k, v] = arrays;
        let (q, k, v) = (q?, k?, v?);
        let (qs, ks, vs) = (q.shape(), k.shape(), v.shape());
        let lead = |shape: &[usize]| Dims::from(&shape[..shape.len() - 2]);
        let batch = broadcast_shapes("attention", &lead(qs), &lead(ks))?;
        let batch = broadcast_shapes("attention", &batch, &lead(vs))?;
        let end = |shape: &[usize], i: usize| shape[shape.len() - i];
        let (l, s, e, ev) = (end(qs, 2), end(ks, 2), end(qs, 1), end(vs, 1));
        let stack = |a: &Array| -> Result<Stack<T>> {
            let view = a.view::<T>()?;
            Stack::new(view.first(), view.layout, &batch)
        };
        let mut arrays: SmallVec<[Arc<Array>; 5]> = SmallVec::new();
        let (of_q, of_k, of_v) = (stack(&q)?, stack(&k)?, stack(&v)?);
        arrays.extend([q, k, v]);
        let (mut visible, mut added) = (None, None);
        if let Some(t) = given.visible {
            let a = t.to_array()?;
            let view = a.view::<bool>()?;
            visible = Some(Stack::new(view.first(), view.layout, &batch)?);
            arrays.push(a);
        }
        if let Some(t) = given.added {
            let a = t.to_array()?;
            added = Some(stack(&a)?);
            arrays.push(a);
        }
        let (blocks, weights) = blocks(l, s, given.causal);
        Ok(Self {
            count: batch.iter().product(),
            batch,
            l,
            s,
            e,
            ev,
            q: of_q,
            k: of_k,
            v: of_v,
            visible,
            added,
            causal: given.causal,
            scale: T::of(given.scale),
            blocks,
            weights,
            arrays,
        })
    }

    /// A shape with the batch in front.
    fn shape(&self, rows: usize, columns: usize) -> Dims {
        self.batch.iter().copied().chain([rows, columns]).collect()
    }

    /// Memory for tiles.
    fn space(&self) -> Option<Space<T>> {
        let each = self.blocks.iter().map(Block::scores).max().unwrap_or(0).next_multiple_of(16);
        let buffer = Buffer::uninit(TILES * each * size_of::<T>()).ok()?;
        Some(Space { buffer, each, of: std::marker::PhantomData })
    }

    /// The weights that are kept, from the first on: those of a matrix in one row.
    fn kept(&self, first: *mut T) -> Stack<T> {
        Stack::lying(first, &[self.weights as isize, 0, 1], &[self.count])
    }

    /// What the queries of a block see of matrix `i`.
    fn sight<'s>(&self, i: usize, block: &Block, space: *mut T) -> Sight<'s, T> {
        let causal = self.causal.then_some(block.queries.start);
        let (first, keys) = (block.queries.start, block.keys);
        let visible = self.visible.as_ref().map(|m| m.matrix(i).below(first));
        let added = self.added.as_ref().map(|m| m.matrix(i).below(first));
        let steps = [visible.map(|m| m.rows), added.map(|m| m.rows)];
        let one = steps.iter().flatten().all(|&s| s == 0);
        let added = match (visible, added) {
            (None, None) => Added::Nothing,
            // SAFETY: the row has as many elements, close together; the operand lives as long as the
            // setup, and nobody writes to it.
            (None, Some(a)) if one && a.columns == 1 => unsafe {
                Added::Row(std::slice::from_raw_parts(a.at, keys))
            },
            _ => {
                let rows = if one { 1 } else { block.rows() };
                // SAFETY: the tile has room for the rows of a block, and is no longer used by another.
                let out = unsafe {
                    std::slice::from_raw_parts_mut(space.cast::<MaybeUninit<T>>(), rows * keys)
                };
                for (r, out) in out.chunks_exact_mut(keys.max(1)).enumerate() {
                    let (visible, added) = (visible.map(|m| m.below(r)), added.map(|m| m.below(r)));
                    // SAFETY: the operands broadcast to the scores, so they have these elements.
                    unsafe { together(visible, added, out) };
                }
                // SAFETY: written just now.
                let filled = unsafe { std::slice::from_raw_parts(space, rows * keys) };
                if one { Added::Row(filled) } else { Added::Rows(filled) }
            }
        };
        Sight { causal, added }
    }

    /// Writes the weights of a block of matrix `i`.
    ///
    /// # Safety
    /// `out` has room for the scores of a block, and `sight` for as many, for nobody else.
    unsafe fn weigh(&self, i: usize, block: &Block, out: *mut T, sight: *mut T) {
        let (rows, keys) = (block.rows(), block.keys);
        let q = self.q.matrix(i).below(block.queries.start);
        let k = self.k.matrix(i).turned();
        let to = (Matrix::flat(out, keys), How::Replace);
        // SAFETY: the operands have these rows and columns, and the product writes all of the scores.
        let scores = unsafe {
            product([rows, keys, self.e], to, q, k);
            std::slice::from_raw_parts_mut(out, block.scores())
        };
        rows::weights(scores, keys, self.scale, self.sight(i, block, sight));
    }

    /// Nanoseconds that a whole tile takes, with so many products of either width.
    fn tile_ns(&self, products: usize) -> usize {
        let rows = self.blocks.first().map_or(0, Block::rows);
        let width = |n: usize| products * gemm::work_ns::<T>(rows, self.s, n);
        width(self.e) + width(self.ev) + rows * self.s * SCORE_NS
    }
}

/// What is added to a row of scores: minus infinity where a key is hidden.
///
/// # Safety
/// The rows of both have as many elements as `out`, as far as they are there.
unsafe fn together<T: Lane>(
    visible: Option<Matrix<bool>>,
    added: Option<Matrix<T>>,
    out: &mut [MaybeUninit<T>],
) {
    let zero = <T as crate::tensor::Element>::ZERO;
    for (j, o) in out.iter_mut().enumerate() {
        let j = j as isize;
        // SAFETY: by the caller's promise.
        let (seen, x) = unsafe {
            let seen = visible.is_none_or(|m| *m.at.offset(j * m.columns));
            (seen, added.map_or(zero, |m| *m.at.offset(j * m.columns)))
        };
        o.write(if seen { x } else { <T as Float>::NEG_INFINITY });
    }
}

/// The tiles of a matrix of scores, and how many weights they have.
fn blocks(l: usize, s: usize, causal: bool) -> (Vec<Block>, usize) {
    let most = if causal { CAUSAL } else { QUERIES[1] };
    let rows = (TILE / s.max(1)).clamp(QUERIES[0], most);
    let mut start = 0;
    let block = |first: usize| {
        let queries = first..l.min(first + rows);
        let keys = if causal { s.min(queries.end) } else { s };
        let block = Block { queries, keys, start };
        start += block.scores();
        block
    };
    let blocks = (0..l).step_by(rows).map(block).collect();
    (blocks, start)
}

/// Whether something could not be done for lack of memory, as an error.
fn memory(failed: AtomicBool, shape: &[usize]) -> Result<()> {
    match failed.into_inner() {
        true => Err(Kind::Memory { shape: shape.into(), bytes: None }.into()),
        false => Ok(()),
    }
}

/// Values, and the weights if they are kept.
pub struct Made {
    /// Shape (..., L, Ev), lying as the queries do.
    pub value: Tensor,
    /// For [`Backward`] alone, tile by tile.
    pub weights: Option<Tensor>,
}

/// Attention; `keep` says whether there will be gradients.
pub fn forward(given: &Given<'_>, keep: bool) -> Result<Made> {
    with_float!(given.query.dtype(), T => typed_forward::<T>(given, keep),
        else Err(Error::internal("attention of integers")))
}

fn typed_forward<T: Lane + Element>(given: &Given<'_>, keep: bool) -> Result<Made> {
    let setup = Setup::<T>::new(given)?;
    let shape = setup.shape(setup.l, setup.ev);
    let mut value = Draft::<T>::new(&shape, order_of(setup.arrays[0].layout(), &shape))?;
    let out = Stack::lying(value.start(), &value.strides(), &setup.batch);
    let all = setup.count.saturating_mul(setup.weights);
    let operands = setup.count * (setup.l * setup.e + setup.s * (setup.e + setup.ev));
    let keep = keep && all <= KEPT.saturating_mul(operands);
    let mut kept = keep.then(|| Draft::<T>::new(&[all], vec![0])).transpose()?;
    let to = kept.as_mut().map(|k| setup.kept(k.start()));

    let tiles = setup.count * setup.blocks.len();
    let each = setup.tile_ns(1);
    let failed = AtomicBool::new(false);
    heavy(each as f64 * tiles as f64, || {
        parallel::for_each_chunk(tiles, SHARE_NS.div_ceil(each.max(1)), |r| {
            let Some(mut space) = setup.space() else { return failed.store(true, Relaxed) };
            for at in r {
                let (i, block) = (at / setup.blocks.len(), at % setup.blocks.len());
                let block = &setup.blocks[block];
                let weights = match &to {
                    Some(kept) => kept.matrix(i).at.wrapping_add(block.start),
                    None => space.tile(WEIGHTS),
                };
                // SAFETY: each block has a place of its own among the weights and in the result, and
                // the space belongs to this share.
                unsafe {
                    setup.weigh(i, block, weights, space.tile(SIGHT));
                    let out = (out.matrix(i).below(block.queries.start), How::Replace);
                    let sizes = [block.rows(), setup.ev, block.keys];
                    product(sizes, out, Matrix::flat(weights, block.keys), setup.v.matrix(i));
                }
            }
        });
    });
    memory(failed, &shape)?;
    // SAFETY: blocks make up all queries, and the weights of each are written.
    let (value, weights) = unsafe { (value.finish()?, kept.map(|k| k.finish()).transpose()?) };
    Ok(Made { value, weights })
}
