//! A matrix times a vector: sums along rows, or sums of columns, whichever are contiguous.

use std::mem::MaybeUninit;

use super::kernel::Kernel;
use super::lanes::Lanes;
use super::{Job, Kernels, Mat, SHARE_NS};
use crate::kernels::parallel::for_each_chunk_on;

/// How many rows are done at a time: the vector is loaded once for all.
const ROWS: usize = 4;
/// How many columns are added at a time: the sums are loaded and stored once for all.
const COLUMNS: usize = 8;
/// How many sums of columns there are at a time; they stay in the innermost cache.
const SUMS: usize = 1024;

/// Where a share of `len` rows begins: within half a unit of equal shares.
fn cut(len: usize, shares: usize, unit: usize, share: usize) -> usize {
    let near = (len / shares * share + unit / 2) / unit * unit;
    if share == shares { len } else { near }
}

/// A matrix whose rows or columns are contiguous times a vector.
///
/// # Safety
/// As for [`gemm`].
pub(super) unsafe fn vector<T: Kernels>(
    kernel: &'static Kernel<T>,
    shape: [usize; 3],
    job: Job<T>,
    threads: usize,
    ns: usize,
) {
    let ([m, _, k], (d, add, a, mut x)) = (shape, job);
    let mut copy = Vec::new();
    if a.cs == 1 && x.rs != 1 && copy.try_reserve_exact(k).is_ok() {
        // SAFETY: the caller vouches for `k` elements of the vector.
        copy.extend((0..k).map(|l| unsafe { *x.at(l, 0) }));
        x = Mat::new(copy.as_ptr(), 1, 0);
    }
    let most = if threads > 1 { 2 * threads } else { 1 };
    let shares = (ns / SHARE_NS).min(most).min(m / 64).max(1);
    for_each_chunk_on(threads, shares, 1, |share| {
        let [from, to] = [share.start, share.end].map(|s| cut(m, shares, 64, s));
        let job = (d.skip(from, 0), add, a.skip(from, 0), x);
        // SAFETY: a part of what the caller vouches for, and shares do not overlap.
        unsafe {
            (if a.cs == 1 { kernel.dots } else { kernel.combine })([to - from, k], job);
        }
    });
}

/// Sums along contiguous rows, with a contiguous vector.
///
/// # Safety
/// As for [`super::gemm`].
#[inline(always)]
pub(super) unsafe fn dots<V: Lanes>([m, k]: [usize; 2], job: Job<V::T>) {
    let mut row = 0;
    let part = |row: usize| (job.0.skip(row, 0), job.1, job.2.skip(row, 0), job.3);
    // SAFETY: parts of what the caller vouches for.
    unsafe {
        while row + ROWS <= m {
            rows::<V, ROWS>(k, part(row));
            row += ROWS;
        }
        for row in row..m {
            rows::<V, 1>(k, part(row));
        }
    }
}

/// `M` rows. The order of additions in a row is the same for any `M`.
///
/// # Safety
/// As for [`super::gemm`].
#[inline(always)]
unsafe fn rows<V: Lanes, const M: usize>(k: usize, (d, add, a, x): Job<V::T>) {
    let whole = k / V::N;
    // SAFETY: the caller vouches for the elements.
    unsafe {
        let mut sums = [[V::splat(V::T::ZERO); 2]; M];
        let mut l = 0;
        while l + 2 <= whole {
            for r in 0..2 {
                let at = (l + r) * V::N;
                let y = V::load(x.at.wrapping_add(at));
                for i in 0..M {
                    sums[i][r] = V::load(a.at(i, at)).mul_add(y, sums[i][r]);
                }
            }
            l += 2;
        }
        if l < whole {
            let y = V::load(x.at.wrapping_add(l * V::N));
            for i in 0..M {
                sums[i][0] = V::load(a.at(i, l * V::N)).mul_add(y, sums[i][0]);
            }
        }
        if whole * V::N < k {
            let mask = V::mask(k - whole * V::N);
            let y = V::load_part(x.at.wrapping_add(whole * V::N), mask);
            for i in 0..M {
                let row = V::load_part(a.at(i, whole * V::N), mask);
                sums[i][1] = row.mul_add(y, sums[i][1]);
            }
        }
        for i in 0..M {
            let (sum, at) = (sums[i][0].add(sums[i][1]).sum(), d.at(i, 0));
            *at = if add { *at + sum } else { sum };
        }
    }
}

/// Sums of contiguous columns, each times its element of the vector.
///
/// # Safety
/// As for [`super::gemm`].
#[inline(always)]
pub(super) unsafe fn combine<V: Lanes>([m, k]: [usize; 2], (d, add, a, x): Job<V::T>) {
    let mut space = MaybeUninit::<[V::T; SUMS]>::uninit();
    let sums = space.as_mut_ptr().cast::<V::T>();
    for from in (0..m).step_by(SUMS) {
        let (d, a, len) = (d.skip(from, 0), a.skip(from, 0), SUMS.min(m - from));
        let whole = k / COLUMNS * COLUMNS;
        // SAFETY: a part of what the caller vouches for. There is space for so many sums, and for those
        // that fill the last register.
        unsafe {
            for i in (0..len).step_by(V::N) {
                V::splat(V::T::ZERO).store(sums.add(i));
            }
            for l in (0..whole).step_by(COLUMNS) {
                columns::<V, COLUMNS>(sums, len, a.skip(0, l), x.skip(l, 0));
            }
            for l in whole..k {
                columns::<V, 1>(sums, len, a.skip(0, l), x.skip(l, 0));
            }
            for i in 0..len {
                let (sum, at) = (*sums.add(i), d.at(i, 0));
                *at = if add { *at + sum } else { sum };
            }
        }
    }
}

/// Adds `C` columns, in order, to the first `len` sums.
///
/// # Safety
/// As for [`combine`], with whole registers of sums.
#[inline(always)]
unsafe fn columns<V: Lanes, const C: usize>(
    sums: *mut V::T,
    len: usize,
    a: Mat<V::T>,
    x: Mat<V::T>,
) {
    // SAFETY: the caller vouches for the elements.
    unsafe {
        let mut y = [V::splat(V::T::ZERO); C];
        for c in 0..C {
            y[c] = V::splat(*x.at(c, 0));
        }
        let whole = len / V::N * V::N;
        for i in (0..whole).step_by(V::N) {
            let at = sums.add(i);
            let mut sum = V::load(at);
            for c in 0..C {
                sum = V::load(a.at(i, c)).mul_add(y[c], sum);
            }
            sum.store(at);
        }
        if whole < len {
            let (at, mask) = (sums.add(whole), V::mask(len - whole));
            // There are whole registers of sums, though not of columns.
            let mut sum = V::load(at);
            for c in 0..C {
                sum = V::load_part(a.at(whole, c), mask).mul_add(y[c], sum);
            }
            sum.store(at);
        }
    }
}
