//! The sums of one tile, in registers.

use std::mem::MaybeUninit;

use super::lanes::Lanes;
use super::{Job, Kernels, Mat};

/// # Safety
/// As for [`super::gemm`].
#[inline(never)]
unsafe fn scatter<T: Kernels>([m, n]: [usize; 2], d: Mat<T>, add: bool, from: *const T, rs: usize) {
    for i in 0..m {
        for j in 0..n {
            // SAFETY: the caller vouches for these elements.
            unsafe {
                let (x, at) = (*from.add(i * rs + j), d.at(i, j));
                *at = if add { *at + x } else { x };
            }
        }
    }
}

/// A tile by way of a buffer, for a result without contiguous rows, or with fewer columns than are computed:
/// whole registers are quicker than parts of them.
///
/// # Safety
/// As for [`super::gemm`], with as many columns of the right operand as are computed.
#[inline(always)]
pub(super) unsafe fn scattered<V: Lanes>(
    [m, n, k]: [usize; 3],
    computed: usize,
    job: Job<V::T>,
    ahead: (*const u8, isize),
) {
    // Twelve rows of two registers of 64 bytes.
    let mut space = MaybeUninit::<[u64; 192]>::uninit();
    let at = space.as_mut_ptr().cast::<V::T>();
    let (rs, (d, add, a, b)) = (2 * V::N, job);
    // SAFETY: the space is large enough for any tile, and written before it is read.
    unsafe {
        contiguous::<V>([m, computed, k], (Mat::new(at, rs as isize, 1), false, a, b), ahead);
        scatter([m, n], d, add, at, rs);
    }
}

/// Which lines a tile fetches while it works.
const NONE: usize = 0;
/// One in every four steps, if there are as many rows as can be: elsewhere there is little to gain.
const SOME: usize = 1;
/// One in every step.
const ALL: usize = 2;

/// Calls the tile for a number of rows.
macro_rules! rows {
    ($m:ident, $registers:literal, $part:literal, $lines:ident, $arguments:tt) => {
        rows!($m, $registers, $part, $lines, $arguments: 1 2 3 4 5 6 7 8 9 10 11 12)
    };
    ($m:ident, $registers:literal, $part:literal, $lines:ident,
     ($n:expr, $k:expr, $job:expr, $next:expr): $($rows:literal)*) => {
        // SAFETY: passed on.
        unsafe {
            match $m {
                $($rows if $rows <= V::ROWS => {
                    tile::<V, $rows, $registers, $part, $lines>($n, $k, $job, $next)
                })*
                _ => {}
            }
        }
    };
}

/// # Safety
/// As for [`super::gemm`]; the rows of the result and of the right operand are contiguous.
#[inline(always)]
pub(super) unsafe fn contiguous<V: Lanes>(
    [m, n, k]: [usize; 3],
    job: Job<V::T>,
    ahead: (*const u8, isize),
) {
    if n == 2 * V::N {
        rows!(m, 2, false, SOME, (n, k, job, ahead))
    } else if n > V::N {
        rows!(m, 2, true, NONE, (n, k, job, ahead))
    } else if n == V::N {
        rows!(m, 1, false, SOME, (n, k, job, ahead))
    } else {
        rows!(m, 1, true, NONE, (n, k, job, ahead))
    }
}

/// A tile of all columns, which fetches a line of what is next in every step or none at all.
///
/// # Safety
/// As for [`contiguous`].
#[inline(always)]
pub(super) unsafe fn whole<V: Lanes>(
    [m, k]: [usize; 2],
    job: Job<V::T>,
    next: (*const u8, isize),
    fetch: bool,
) {
    if fetch {
        rows!(m, 2, false, ALL, (2 * V::N, k, job, next))
    } else {
        rows!(m, 2, false, NONE, (2 * V::N, k, job, next))
    }
}

/// Register `r` of a row, the last of which may not be a whole one.
///
/// # Safety
/// The elements can be read.
#[inline(always)]
unsafe fn load<V: Lanes, const R: usize, const PART: bool>(
    row: *const V::T,
    r: usize,
    mask: V::Mask,
) -> V {
    let at = row.wrapping_add(r * V::N);
    // SAFETY: passed on.
    unsafe { if PART && r == R - 1 { V::load_part(at, mask) } else { V::load(at) } }
}

/// Adds the products of a column of the left operand and a row of the right one.
///
/// # Safety
/// The elements can be read.
#[inline(always)]
unsafe fn step<V: Lanes, const M: usize, const R: usize, const PART: bool>(
    sums: &mut [[V; R]; M],
    a: *const V::T,
    rs: isize,
    b: *const V::T,
    mask: V::Mask,
) {
    // SAFETY: the caller vouches for the elements.
    unsafe {
        let mut row = [V::splat(V::T::ZERO); R];
        for r in 0..R {
            row[r] = load::<V, R, PART>(b, r, mask);
        }
        for i in 0..M {
            let x = V::splat(*a.wrapping_offset(i as isize * rs));
            for r in 0..R {
                sums[i][r] = x.mul_add(row[r], sums[i][r]);
            }
        }
    }
}

/// `M` rows by up to `R` registers; `PART` if the last register is not a whole one.
///
/// # Safety
/// As for [`contiguous`].
#[inline(always)]
unsafe fn tile<V: Lanes, const M: usize, const R: usize, const PART: bool, const LINES: usize>(
    n: usize,
    k: usize,
    (d, add, a, b): Job<V::T>,
    (mut ahead, fetch): (*const u8, isize),
) {
    let last = n - (R - 1) * V::N;
    // SAFETY: the caller vouches for the elements.
    unsafe {
        let mask = V::mask(last);
        if k >= 32 {
            for i in 0..M {
                let at = d.at.wrapping_offset(i as isize * d.rs);
                V::prefetch(at);
                // A row of a tile rarely begins with a cache line.
                V::prefetch(at.wrapping_add(n - 1));
            }
        }
        let mut sums = [[V::splat(V::T::ZERO); R]; M];
        let (mut pa, mut pb) = (a.at.cast_const(), b.at.cast_const());
        // Steps in a row that one line is fetched for.
        let each = match LINES {
            ALL => 1,
            SOME if M == V::ROWS => 4,
            _ => 0,
        };
        let long = if V::FETCHES && each > 0 { k / each } else { 0 };
        for _ in 0..long {
            V::prefetch(ahead.cast());
            ahead = ahead.wrapping_offset(fetch);
            for _ in 0..each {
                step::<V, M, R, PART>(&mut sums, pa, a.rs, pb, mask);
                pa = pa.wrapping_offset(a.cs);
                pb = pb.wrapping_offset(b.rs);
            }
        }
        for _ in long * each..k {
            step::<V, M, R, PART>(&mut sums, pa, a.rs, pb, mask);
            pa = pa.wrapping_offset(a.cs);
            pb = pb.wrapping_offset(b.rs);
        }
        for i in 0..M {
            let row = d.at.wrapping_offset(i as isize * d.rs);
            for r in 0..R {
                let mut sum = sums[i][r];
                if add {
                    sum = load::<V, R, PART>(row, r, mask).add(sum);
                }
                let at = row.wrapping_add(r * V::N);
                if PART && r == R - 1 { sum.store_part(at, last) } else { sum.store(at) }
            }
        }
    }
}
