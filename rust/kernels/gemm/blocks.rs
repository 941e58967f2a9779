//! Products of matrices in blocks that fit the caches, shared out among threads.
//!
//! `k` is cut into slices, and rows and columns into blocks if there are many. For each of the
//! combinations, a *phase*, operands are packed where that pays, then multiplied. Both are cut
//! into pieces that threads take in order, through all phases: whoever finds nothing left to
//! multiply packs for the next phase. A piece waits only for pieces that were taken before it, so
//! somebody is always at work on what is waited for.

use super::kernel::{Block, Cuts, Kernel, Lhs, Order, Rhs};
use super::{Job, Kernels, Mat, SHARE_NS, tiny};
use crate::kernels::parallel::for_each_chunk_on;
use crate::tensor::Buffer;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of the left operand that a piece works on: they stay in the second cache.
const GROUP: usize = 100 << 10;
/// If the left operand's rows have no more bytes than this in a slice, they are one group, and the
/// right operand is packed strip by strip for it: packed at once, it would leave the caches.
const ALONE: usize = 400 << 10;
/// A right operand of no more bytes than this is read from where it is, if its rows are contiguous.
const NEAR: usize = 320 << 10;
/// A left operand of no more bytes than this is read from where it is, whatever its strides.
const CLOSE: usize = 64 << 10;
/// Nor is one that meets fewer strips of the right operand packed.
const MANY: usize = 8;
/// The most bytes of an operand that are packed at a time, and in a piece.
const PACKED: usize = 4 << 20;
const PACK_PIECE: usize = 128 << 10;
/// What it costs to turn an element of an operand, and to put one of the result where it has no
/// neighbours, in multiply-adds.
const TURN: f64 = 5.0;
const SCATTER: f64 = 32.0;
/// Tiles of fewer rows take as long as if they had so many.
const BUSY: usize = 4;

/// Rows that lie so many bytes apart meet in the same places of the innermost cache.
const APART: usize = 4 << 10;

/// How the left operand is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    /// From where it is.
    Given,
    /// From tiles that have been packed.
    Tiles,
    /// From copies of the rows of a piece, which lie closer together there.
    Rows,
}

/// How a product is done.
#[derive(Clone, Copy)]
pub(super) struct Plan<T: 'static> {
    kernel: &'static Kernel<T>,
    n: usize,
    pub(super) job: Job<T>,
    left: Left,
    order: Order,
    /// The tiles of rows, and how these, the strips of columns and `k` are cut into phases.
    pub(super) rows: Cuts,
    high: Cuts,
    wide: Cuts,
    slices: Cuts,
    /// The longest slice.
    depth: usize,
    /// The pieces of a phase: those that pack either operand, and the multiplying ones, which are
    /// so many down by so many across.
    pub(super) packing: [usize; 2],
    pub(super) pieces: [usize; 2],
}

/// Where the pieces of all phases have got to.
struct Progress {
    /// How many have been packed.
    packed: AtomicUsize,
    /// For each of the multiplying pieces, in how many phases it is done.
    done: Vec<AtomicUsize>,
}

/// Counts a piece when dropped, so that nobody waits for one that panicked.
pub(super) struct Count<'a>(pub(super) &'a AtomicUsize);

impl Drop for Count<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Release);
    }
}

pub(super) fn wait(count: &AtomicUsize, least: usize) {
    let mut spins = 0;
    while count.load(Ordering::Acquire) < least {
        spins += 1;
        if spins % 1000 == 0 { std::thread::yield_now() } else { std::hint::spin_loop() }
    }
}

/// What a product takes, in multiply-adds: those of whole tiles, and what has to be turned and scattered.
pub(super) fn cost<T: Kernels>(
    kernel: &Kernel<T>,
    ([m, n, k], (d, _, a, b)): ([usize; 3], Job<T>),
) -> f64 {
    let (strips, slices) = (n.div_ceil(kernel.cols), k.div_ceil(T::DEPTH));
    let rows = m.max(m.div_ceil(kernel.rows).saturating_mul(BUSY));
    let [wide, rows] = [strips.saturating_mul(kernel.cols), rows].map(|x| x as f64);
    let [m, n, k, slices] = [m, n, k, slices].map(|x| x as f64);
    let far = m * k * size_of::<T>() as f64 > CLOSE as f64 && strips >= MANY;
    let lhs = if a.cs != 1 && far { TURN * m * k } else { 0.0 };
    let rhs = if b.cs != 1 { TURN * n * k } else { 0.0 };
    let result = if d.cs != 1 { SCATTER * m * n * slices } else { 0.0 };
    rows * wide * k + lhs + rhs + result
}

/// The product of matrices, which takes about `ns` on one thread.
///
/// # Safety
/// As for [`super::gemm`].
pub(super) unsafe fn matrix<T: Kernels>(
    kernel: &'static Kernel<T>,
    shape: [usize; 3],
    job: Job<T>,
    threads: usize,
    ns: usize,
) {
    let ([m, n, k], (dst, add, a, b)) = (shape, job);
    if ns < 2 * SHARE_NS && b.cs == 1 && k <= T::DEPTH {
        // A small product has no time for plans.
        let rows = Cuts::new(m, m.div_ceil(kernel.rows));
        let lhs = Lhs { mat: a, packed: false };
        let rhs = Rhs { mat: b, order: Order::Rows, space: null_mut() };
        let (tiles, cols) = ([0, rows.tiles], [0, n]);
        // SAFETY: passed on.
        return unsafe { (kernel.block)(&Block { k, rows, tiles, cols, dst, add, lhs, rhs }) };
    }
    let (plan, phases) = Plan::new(kernel, shape, job, threads, ns);
    if phases == 1 && plan.packing == [0; 2] && plan.pieces == [1; 2] {
        // SAFETY: passed on.
        return unsafe { plan.multiply([0, plan.rows.tiles], [0, n], [0, k], [null_mut(); 2]) };
    }
    // Room for both operands, twice if the next phase is packed while one is at work.
    let [lhs, rhs] = plan.room();
    let turns = if threads > 1 && phases > 1 { 2 } else { 1 };
    let Ok(space) = Buffer::uninit((lhs + rhs) * turns * size_of::<T>()) else {
        // Slow, but it needs no memory.
        // SAFETY: passed on.
        return unsafe { tiny(shape, job) };
    };
    let works = plan.pieces[0] * plan.pieces[1];
    let packs = plan.packing[0] + plan.packing[1];
    let done = std::iter::repeat_with(AtomicUsize::default).take(works).collect();
    let progress = Progress { packed: AtomicUsize::new(0), done };
    for_each_chunk_on(threads, phases * (packs + works), 1, |piece| {
        let (phase, at) = (piece.start / (packs + works), piece.start % (packs + works));
        let to = space.as_ptr().cast_mut().cast::<T>().wrapping_add(phase % turns * (lhs + rhs));
        let spaces = [to, to.wrapping_add(lhs)];
        // SAFETY: parts of what the caller vouches for. The spaces have room for a phase. They
        // are read by pieces that wait for their packing, and written again by pieces that wait
        // until they have been read. No two pieces of a phase write to the same elements; where
        // the next slice of `k` is added, it is by the piece at the same place, which waits for
        // this one.
        unsafe {
            if at < packs {
                let _count = Count(&progress.packed);
                let read = (phase + 1).saturating_sub(turns);
                progress.done.iter().for_each(|done| wait(done, read));
                plan.pack(phase, at, spaces);
            } else {
                let done = &progress.done[at - packs];
                let _count = Count(done);
                wait(&progress.packed, (phase + 1) * packs);
                wait(done, phase);
                plan.work(phase, at - packs, spaces);
            }
        }
    });
}

impl<T: Kernels> Plan<T> {
    /// The plan, and the number of phases.
    pub(super) fn new(
        kernel: &'static Kernel<T>,
        [m, n, k]: [usize; 3],
        job: Job<T>,
        threads: usize,
        ns: usize,
    ) -> (Self, usize) {
        let (_, _, a, b) = job;
        let rows = Cuts::new(m, m.div_ceil(kernel.rows));
        let strips = n.div_ceil(kernel.cols);
        let slices = Cuts::new(k, k.div_ceil(T::DEPTH));
        let depth = slices.at(1);
        let bytes = |a: usize, b: usize| a.saturating_mul(b).saturating_mul(size_of::<T>());

        let alone = bytes(m, depth) <= ALONE;
        let order = if b.cs == 1 && (bytes(n, k) <= NEAR || rows.tiles < 4) {
            Order::Rows
        } else if alone {
            Order::Strips
        } else {
            Order::Packed
        };
        let packed = matches!(order, Order::Packed);
        let left = if bytes(m, k) <= CLOSE || strips < MANY || a.rs == 0 {
            Left::Given
        } else if a.cs != 1 {
            Left::Tiles
        } else if bytes(a.rs.unsigned_abs(), 1).is_multiple_of(APART) {
            Left::Rows
        } else {
            Left::Given
        };
        let blocks = |tiles: usize, width: usize, packed: bool| {
            let most = if packed { (PACKED / bytes(width, depth)).max(1) } else { tiles };
            Cuts::new(tiles, tiles.div_ceil(most))
        };
        let turned = left == Left::Tiles;
        let high = blocks(rows.tiles, kernel.rows, turned);
        let wide = blocks(strips, kernel.cols, packed);
        let (tall, broad) = (high.at(1), wide.at(1));
        let phases = high.tiles * wide.tiles * slices.tiles;

        let group = if alone { ALONE } else { GROUP } / bytes(kernel.rows, depth);
        let mut pieces = [tall.div_ceil(group.max(1)), 1];
        if threads > 1 {
            // With many phases few pieces end at the same time, too.
            let most = (16 * threads / phases).clamp(4 * threads, 8 * threads);
            let most = (ns / phases / SHARE_NS).clamp(1, most);
            // As many for each thread: these are few enough for one too many to show.
            let most = if most > threads { most - most % threads } else { most };
            if pieces[0] < most && !alone {
                pieces[0] = most.min(tall.div_ceil(4)).max(pieces[0]);
            }
            pieces[1] = most.div_ceil(pieces[0]).min(broad.div_ceil(2)).max(1);
            if pieces[1] == 1 && pieces[0] == 1 {
                pieces[0] = most.min(tall.div_ceil(4)).max(1);
            }
        }
        let packing = |tiles: usize, width: usize, packed: bool| match packed {
            true => bytes(tiles * width, depth).div_ceil(PACK_PIECE).min(tiles),
            false => 0,
        };
        let packing = [packing(tall, kernel.rows, turned), packing(broad, kernel.cols, packed)];
        let plan =
            Plan { kernel, n, job, left, order, rows, high, wide, slices, depth, packing, pieces };
        (plan, phases)
    }

    /// How many elements the packed operands of a phase have, left and right.
    pub(super) fn room(&self) -> [usize; 2] {
        let (tall, broad) = (self.rows.at(self.high.at(1)), self.wide.at(1) * self.kernel.cols);
        let packed = |any: bool, n: usize| if any { n * self.depth } else { 0 };
        let room = [packed(self.packing[0] > 0, tall), packed(self.packing[1] > 0, broad)];
        room.map(|n| n.next_multiple_of(64 / size_of::<T>()))
    }

    /// The tiles of rows, the strips of columns and the slice of `k` of a phase.
    fn phase(&self, phase: usize) -> [[usize; 2]; 3] {
        let (slice, rest) = (phase % self.slices.tiles, phase / self.slices.tiles);
        let (row, col) = (rest % self.high.tiles, rest / self.high.tiles);
        [self.high.range(row), self.wide.range(col), self.slices.range(slice)]
    }

    /// # Safety
    /// As for [`super::gemm`], with room for what is packed in a phase, left and right.
    pub(super) unsafe fn pack(&self, phase: usize, at: usize, [left, right]: [*mut T; 2]) {
        let ([tiles, strips, [l, end]], kernel) = (self.phase(phase), self.kernel);
        let (k, (_, _, a, b)) = (end - l, self.job);
        // SAFETY: a part of what the caller vouches for.
        unsafe {
            if at < self.packing[0] {
                let part = Cuts::new(tiles[1] - tiles[0], self.packing[0]).range(at);
                let to = left.wrapping_sub(self.rows.at(tiles[0]) * k);
                (kernel.pack_lhs)(k, self.rows, part.map(|t| tiles[0] + t), a.skip(0, l), to);
            } else {
                let cut = Cuts::new(strips[1] - strips[0], self.packing[1]);
                let [from, to] = cut.range(at - self.packing[0]);
                let [col, end] = [from, to].map(|s| ((strips[0] + s) * kernel.cols).min(self.n));
                let out = right.wrapping_add(from * kernel.cols * k);
                (kernel.pack_rhs)(k, end - col, b.skip(l, col), out);
            }
        }
    }

    /// # Safety
    /// As for [`super::gemm`], with what has been packed in the phase.
    pub(super) unsafe fn work(&self, phase: usize, at: usize, [left, right]: [*mut T; 2]) {
        let [tiles, strips, [l, end]] = self.phase(phase);
        let (k, [down, across]) = (end - l, self.pieces);
        let rows = Cuts::new(tiles[1] - tiles[0], down).range(at / across).map(|t| tiles[0] + t);
        let cols = Cuts::new(strips[1] - strips[0], across).range(at % across);
        let cols = cols.map(|s| ((strips[0] + s) * self.kernel.cols).min(self.n));
        // The kernels count from the first row and column of the whole product.
        let left = left.wrapping_sub(self.rows.at(tiles[0]) * k);
        let right = right.wrapping_sub(strips[0] * self.kernel.cols * k);
        // SAFETY: a part of what the caller vouches for.
        unsafe { self.multiply(rows, cols, [l, end], [left, right]) }
    }

    /// The product of some tiles of rows, some columns and a slice of `k`.
    ///
    /// # Safety
    /// As for [`super::gemm`], with operands that are packed at the two places.
    unsafe fn multiply(
        &self,
        tiles: [usize; 2],
        cols: [usize; 2],
        [l, end]: [usize; 2],
        [left, right]: [*mut T; 2],
    ) {
        let (k, (dst, add, a, b)) = (end - l, self.job);
        let (add, a, b) = (add || l > 0, a.skip(0, l), b.skip(l, 0));
        let mut _rows = None;
        let lhs = match self.left {
            Left::Tiles => Lhs { mat: Mat::new(left, 1, 0), packed: true },
            Left::Rows if cols[1] - cols[0] >= T::WIDE => {
                let rows = tiles.map(|t| self.rows.at(t));
                // SAFETY: a part of what the caller vouches for.
                let copied = unsafe { copied(a, rows, k) };
                // Without memory they are read from where they are.
                let (space, mat) = copied.map_or((None, a), |(space, mat)| (Some(space), mat));
                _rows = space;
                Lhs { mat, packed: false }
            }
            Left::Given | Left::Rows => Lhs { mat: a, packed: false },
        };
        let mut rhs = Rhs { mat: b, order: self.order, space: null_mut() };
        let mut _strip = None;
        match self.order {
            Order::Rows => {}
            Order::Packed => rhs.mat = Mat::new(right, 0, 1),
            Order::Strips => match Buffer::uninit(self.kernel.cols * k * size_of::<T>()) {
                Ok(space) => {
                    rhs.space = space.as_ptr().cast_mut().cast();
                    _strip = Some(space);
                }
                Err(_) => {
                    let [[row, down], [col, right]] = [tiles.map(|t| self.rows.at(t)), cols];
                    let job = (dst.skip(row, col), add, a.skip(row, 0), b.skip(0, col));
                    // Slow, but it needs no memory.
                    // SAFETY: passed on.
                    return unsafe { tiny([down - row, right - col, k], job) };
                }
            },
        }
        let block = Block { k, rows: self.rows, tiles, cols, dst, add, lhs, rhs };
        // SAFETY: passed on.
        unsafe { (self.kernel.block)(&block) }
    }
}

/// A copy of rows of the left operand, closer together; the first row of all would lie at the matrix's place.
///
/// # Safety
/// The rows can be read, `k` contiguous elements each.
unsafe fn copied<T: Kernels>(
    a: Mat<T>,
    [first, end]: [usize; 2],
    k: usize,
) -> Option<(Buffer, Mat<T>)> {
    let line = 64 / size_of::<T>();
    // A line more than they need: they do not lie a power of two apart again.
    let step = k.next_multiple_of(line) + line;
    let space = Buffer::uninit((end - first) * step * size_of::<T>()).ok()?;
    let to = space.as_ptr().cast_mut().cast::<T>();
    for row in first..end {
        // SAFETY: the space has room for the rows; the caller vouches for what is read.
        unsafe { to.add((row - first) * step).copy_from_nonoverlapping(a.at(row, 0), k) };
    }
    Some((space, Mat::new(to.wrapping_sub(first * step), step as isize, 1)))
}
