//! Operands copied into the order in which the kernels read them.

use super::kernel::Cuts;
use super::lanes::Lanes;
use super::{Kernels, Mat};

/// Copies `k` rows and `n` columns into strips as wide as a tile, row by row, the last one filled up
/// with zeros.
///
/// # Safety
/// The elements of the operand can be read, and `k` times `n`, rounded up to tiles, written.
#[inline(always)]
pub(super) unsafe fn rhs<V: Lanes>(k: usize, n: usize, b: Mat<V::T>, out: *mut V::T) {
    let width = 2 * V::N;
    let whole = n / width;
    // SAFETY: the caller vouches for the elements.
    unsafe {
        if b.cs == 1 {
            // Some strips at a time: longer runs of a row are read.
            let mut strip = 0;
            while strip < whole {
                let most = (strip + 4).min(whole);
                for l in 0..k {
                    for s in strip..most {
                        let (from, to) =
                            (b.at(l, s * width), out.wrapping_add((s * k + l) * width));
                        V::load(from).store(to);
                        V::load(from.wrapping_add(V::N)).store(to.wrapping_add(V::N));
                    }
                }
                strip = most;
            }
        } else {
            for s in 0..whole {
                strip::<V>(k, width, b.skip(0, s * width), out.wrapping_add(s * k * width));
            }
        }
        if whole * width < n {
            let rest = n - whole * width;
            strip::<V>(k, rest, b.skip(0, whole * width), out.wrapping_add(whole * k * width));
        }
    }
}

/// One strip of `n` columns, in squares where columns are contiguous.
///
/// # Safety
/// As for [`rhs`].
#[inline(always)]
unsafe fn strip<V: Lanes>(k: usize, n: usize, b: Mat<V::T>, out: *mut V::T) {
    let width = 2 * V::N;
    let side = V::SIDE;
    let (high, wide) = if b.rs == 1 { (k / side * side, n / side * side) } else { (0, 0) };
    // SAFETY: the caller vouches for the elements.
    unsafe {
        for l in (0..high).step_by(side) {
            for j in (0..wide).step_by(side) {
                let to = out.wrapping_add(l * width + j);
                V::turn(b.at(l, j), b.cs, to, width as isize);
            }
        }
        let zero = V::T::ZERO;
        for l in 0..k {
            let from = if l < high { wide } else { 0 };
            for j in from..width {
                *out.wrapping_add(l * width + j) = if j < n { *b.at(l, j) } else { zero };
            }
        }
    }
}

/// Tiles of rows that are packed side by side: a column of the operand has whole cache lines for them, and
/// the next one may be pages away.
const ABREAST: usize = 4;

/// Copies tiles of rows, each of them column by column, so that the rows of a tile, which are
/// contiguous in a column of the operand, are read once.
///
/// # Safety
/// The elements of the operand can be read, and as many written.
#[inline(always)]
pub(super) unsafe fn lhs<V: Lanes>(
    k: usize,
    rows: Cuts,
    tiles: [usize; 2],
    a: Mat<V::T>,
    out: *mut V::T,
) {
    /// `N` tiles of `M` rows each, one after the other.
    ///
    /// # Safety
    /// As for [`lhs`].
    #[inline(always)]
    unsafe fn abreast<T: Copy, const M: usize, const N: usize>(k: usize, a: Mat<T>, out: *mut T) {
        for l in 0..k {
            for t in 0..N {
                let from = a.at(t * M, l).cast::<[T; M]>();
                let to = out.wrapping_add((t * k + l) * M).cast::<[T; M]>();
                // SAFETY: the caller vouches for the elements.
                unsafe { to.write_unaligned(from.read_unaligned()) };
            }
        }
    }
    let height = |t: usize| rows.at(t + 1) - rows.at(t);
    let mut t = tiles[0];
    while t < tiles[1] {
        let (row, m) = (rows.at(t), height(t));
        let (from, to) = (a.skip(row, 0), out.wrapping_add(row * k));
        let many = t + ABREAST <= tiles[1] && height(t + ABREAST - 1) == m;
        let many = many && a.rs == 1 && m <= V::ROWS;
        macro_rules! each {
            ($($m:literal)*) => {
                // SAFETY: the caller vouches for the elements.
                unsafe {
                    match m {
                        $($m if many => abreast::<V::T, $m, ABREAST>(k, from, to),)*
                        $($m if a.rs == 1 && $m <= V::ROWS => abreast::<V::T, $m, 1>(k, from, to),)*
                        _ => for l in 0..k {
                            for i in 0..m {
                                *to.wrapping_add(l * m + i) = *from.at(i, l);
                            }
                        }
                    }
                }
            };
        }
        each!(1 2 3 4 5 6 7 8 9 10 11 12);
        t += if many { ABREAST } else { 1 };
    }
}
