//! The inner loops, built for each instruction set.
//!
//! A product is a grid of tiles of up to [`Lanes::ROWS`] rows by two registers of columns. The sums
//! of a tile stay in registers while `k` is walked along: for each `l` two registers of the
//! right operand's row, and an element of the left operand for each row of the tile. Where the
//! left operand's elements lie does not matter, so it may have any strides; the right operand's
//! rows must be contiguous.

use super::lanes::{Lanes, Plain};
use super::{Job, Mat, pack, tile, vector};
#[cfg(target_arch = "x86_64")]
use crate::kernels::dispatch::{Isa, isa};

/// Rows or columns cut into tiles that differ by one at most.
#[derive(Clone, Copy)]
pub(super) struct Cuts {
    each: usize,
    longer: usize,
    /// How many tiles there are.
    pub(super) tiles: usize,
}

impl Cuts {
    pub(super) fn new(len: usize, tiles: usize) -> Self {
        Cuts { each: len / tiles, longer: len % tiles, tiles }
    }
    /// Where a tile begins.
    #[inline(always)]
    pub(super) fn at(&self, tile: usize) -> usize {
        tile * self.each + tile.min(self.longer)
    }
    /// Where a tile begins and ends.
    #[inline(always)]
    pub(super) fn range(&self, tile: usize) -> [usize; 2] {
        [self.at(tile), self.at(tile + 1)]
    }
}

/// The left operand of a block.
#[derive(Clone, Copy)]
pub(super) struct Lhs<T> {
    pub(super) mat: Mat<T>,
    /// Whether each tile is packed on its own, column by column.
    pub(super) packed: bool,
}

/// The right operand of a block.
#[derive(Clone, Copy)]
pub(super) struct Rhs<T> {
    pub(super) mat: Mat<T>,
    pub(super) order: Order,
    /// For `Strips`.
    pub(super) space: *mut T,
}

/// How the right operand is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// From where it is: its rows are contiguous.
    Rows,
    /// Strip by strip, from a space that each is packed into when its turn comes.
    Strips,
    /// From strips that have been packed, one after the other.
    Packed,
}

/// A block of a product: the same `k` for all of it, and not so much of the left operand that it
/// would leave the cache.
pub(super) struct Block<T> {
    pub(super) k: usize,
    /// How rows are cut into tiles.
    pub(super) rows: Cuts,
    /// Which of these tiles.
    pub(super) tiles: [usize; 2],
    /// Which columns; the first one begins a tile.
    pub(super) cols: [usize; 2],
    pub(super) dst: Mat<T>,
    /// Whether to add to what is there.
    pub(super) add: bool,
    pub(super) lhs: Lhs<T>,
    pub(super) rhs: Rhs<T>,
}

/// The loops for a type and an instruction set.
pub(super) struct Kernel<T> {
    /// The most rows of a tile.
    pub(super) rows: usize,
    /// The columns of a tile.
    pub(super) cols: usize,
    /// # Safety
    /// As for [`super::gemm`], for the parts of the block.
    pub(super) block: unsafe fn(&Block<T>),
    /// # Safety
    /// As for [`pack::rhs`].
    pub(super) pack_rhs: unsafe fn(usize, usize, Mat<T>, *mut T),
    /// # Safety
    /// As for [`pack::lhs`].
    pub(super) pack_lhs: unsafe fn(usize, Cuts, [usize; 2], Mat<T>, *mut T),
    /// # Safety
    /// As for [`vector::dots`].
    pub(super) dots: unsafe fn([usize; 2], Job<T>),
    /// # Safety
    /// As for [`vector::combine`].
    pub(super) combine: unsafe fn([usize; 2], Job<T>),
}

/// Builds the loops. The functions are compiled for the features, and everything they call is
/// inlined into them.
macro_rules! kernel {
    ($name:ident, $T:ident, $V:ty $(, $features:literal)?) => {
        pub(super) static $name: Kernel<$T> = {
            $(#[target_feature(enable = $features)])?
            unsafe fn block(x: &Block<$T>) {
                // SAFETY: passed on.
                unsafe {
                    let cols = if few::<$V>(x) { thin::<$V>(x) } else { x.cols };
                    run::<$V>(x, cols)
                }
            }
            $(#[target_feature(enable = $features)])?
            unsafe fn pack_rhs(k: usize, n: usize, b: Mat<$T>, out: *mut $T) {
                // SAFETY: passed on.
                unsafe { pack::rhs::<$V>(k, n, b, out) }
            }
            $(#[target_feature(enable = $features)])?
            unsafe fn pack_lhs(k: usize, c: Cuts, tiles: [usize; 2], a: Mat<$T>, out: *mut $T) {
                // SAFETY: passed on.
                unsafe { pack::lhs::<$V>(k, c, tiles, a, out) }
            }
            $(#[target_feature(enable = $features)])?
            unsafe fn dots(shape: [usize; 2], job: Job<$T>) {
                // SAFETY: passed on.
                unsafe { vector::dots::<$V>(shape, job) }
            }
            $(#[target_feature(enable = $features)])?
            unsafe fn combine(shape: [usize; 2], job: Job<$T>) {
                // SAFETY: passed on.
                unsafe { vector::combine::<$V>(shape, job) }
            }
            let (rows, cols) = (<$V as Lanes>::ROWS, 2 * <$V as Lanes>::N);
            Kernel { rows, cols, block, pack_rhs, pack_lhs, dots, combine }
        };
    };
}

kernel!(BASE_F32, f32, Plain<f32, 4>);
kernel!(BASE_F64, f64, Plain<f64, 2>);
#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::super::x86::{F32x8, F32x16, F64x4, F64x8};
    use super::*;
    kernel!(AVX2_F32, f32, F32x8, "avx2,fma");
    kernel!(AVX2_F64, f64, F64x4, "avx2,fma");
    kernel!(AVX512_F32, f32, F32x16, "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma");
    kernel!(AVX512_F64, f64, F64x8, "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma");
}

macro_rules! pick {
    ($T:ident, $base:ident, $avx2:ident, $avx512:ident) => {
        impl Kernel<$T> {
            /// The best loops for this machine.
            #[inline]
            pub(super) fn best() -> &'static Self {
                #[cfg(target_arch = "x86_64")]
                match isa() {
                    Isa::Avx512 => return &x86::$avx512,
                    Isa::Avx2 => return &x86::$avx2,
                    Isa::Base => {}
                }
                &$base
            }
            /// All that this machine can run.
            #[cfg(test)]
            pub(super) fn all() -> Vec<&'static Self> {
                let mut all = vec![&$base];
                #[cfg(target_arch = "x86_64")]
                {
                    if isa() != Isa::Base {
                        all.push(&x86::$avx2);
                    }
                    if isa() == Isa::Avx512 {
                        all.push(&x86::$avx512);
                    }
                }
                all
            }
        }
    };
}
pick!(f32, BASE_F32, AVX2_F32, AVX512_F32);
pick!(f64, BASE_F64, AVX2_F64, AVX512_F64);

/// A right operand of more bytes than this does not stay in the innermost cache.
const INNERMOST: usize = 32 << 10;

/// Whether a block has few rows for a right operand that comes from afar, row by row.
#[inline(always)]
fn few<V: Lanes>(x: &Block<V::T>) -> bool {
    let bytes = (x.cols[1] - x.cols[0]) * x.k * size_of::<V::T>();
    let plain = x.rhs.order == Order::Rows && !x.lhs.packed && x.dst.cs == 1;
    plain && bytes > INNERMOST && x.tiles[1] - x.tiles[0] < 4
}

/// The whole strips of such a block, each of which is fetched while the one before is at work, as the
/// processor does not by itself: the rows of a strip are short and far apart. Returns the columns that
/// are left.
///
/// # Safety
/// As for [`super::gemm`].
#[inline(always)]
unsafe fn thin<V: Lanes>(x: &Block<V::T>) -> [usize; 2] {
    let width = 2 * V::N;
    let [mut from, end] = x.cols;
    while from + width <= end {
        let b = x.rhs.mat.skip(0, from);
        // The last element of a row of the next strip is in its last line, wherever lines begin.
        let next =
            (b.at(0, 2 * width - 1).cast::<u8>().cast_const(), b.rs * size_of::<V::T>() as isize);
        for t in x.tiles[0]..x.tiles[1] {
            let [row, end] = x.rows.range(t);
            let job = (x.dst.skip(row, from), x.add, x.lhs.mat.skip(row, 0), b);
            // SAFETY: a part of what the caller vouches for.
            unsafe { tile::whole::<V>([end - row, x.k], job, next, t == x.tiles[0]) };
        }
        from += width;
    }
    [from, end]
}

/// The tiles of a block, with a strip of the right operand in the innermost cache at a time.
///
/// # Safety
/// As for [`super::gemm`].
#[inline(always)]
unsafe fn run<V: Lanes>(x: &Block<V::T>, [mut from, end]: [usize; 2]) {
    let width = 2 * V::N;
    let packed = x.rhs.order != Order::Rows;
    while from < end {
        let n = width.min(end - from);
        // The strip, and what is needed next.
        let (b, next, step) = match x.rhs.order {
            Order::Rows => (x.rhs.mat.skip(0, from), x.rhs.mat.at, 0),
            Order::Packed => {
                let b = Mat::new(x.rhs.mat.at.wrapping_add(from * x.k), width as isize, 1);
                (b, b.at(x.k, 0), 64)
            }
            Order::Strips => {
                let (space, b) = (x.rhs.space, x.rhs.mat.skip(0, from));
                // SAFETY: passed on.
                unsafe { pack::rhs::<V>(x.k, n, b, space) };
                let next = b.at(0, if b.cs == 1 { 2 * width - 1 } else { width });
                let step = if b.cs == 1 { b.rs * size_of::<V::T>() as isize } else { 0 };
                (Mat::new(space, width as isize, 1), next, step)
            }
        };
        let mut row = x.rows.at(x.tiles[0]);
        let mut ahead = next.cast::<u8>().cast_const();
        for t in x.tiles[0]..x.tiles[1] {
            let end = x.rows.at(t + 1);
            let m = end - row;
            let a = if x.lhs.packed {
                Mat::new(x.lhs.mat.at.wrapping_add(row * x.k), 1, m as isize)
            } else {
                x.lhs.mat.skip(row, 0)
            };
            let d = x.dst.skip(row, from);
            // The first tiles bring the next strip nearer.
            let fetch = if t - x.tiles[0] < 4 { step } else { 0 };
            // SAFETY: a part of what the caller vouches for; a packed strip is as wide as a tile.
            unsafe {
                if d.cs == 1 && (n % V::N == 0 || !packed) {
                    tile::contiguous::<V>([m, n, x.k], (d, x.add, a, b), (ahead, fetch));
                } else {
                    let wide = if packed { n.next_multiple_of(V::N) } else { n };
                    tile::scattered::<V>([m, n, x.k], wide, (d, x.add, a, b), (ahead, fetch));
                }
            }
            row = end;
            ahead = ahead.wrapping_offset(fetch * (x.k / 4) as isize);
        }
        from += width;
    }
}
