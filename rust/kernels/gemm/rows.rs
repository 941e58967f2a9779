//! Products that are handed over some rows at a time, and are never in memory as a whole.

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::blocks::{Count, Plan, wait};
use super::kernel::{Cuts, Kernel};
use super::{Kernels, Mat, SHARE_NS, TINY, estimate};
use crate::kernels::parallel::for_each_chunk_on;
use crate::kernels::shared::Shared;
use crate::tensor::Buffer;

/// Bytes of a piece's rows: they stay in the second cache until they have been looked at.
const PIECE: usize = 200 << 10;
/// Rows so long that not even a tile of them stays there.
const LONG: usize = 4 * PIECE;

/// Looks at some rows, in row-major order, the first of which has the given number.
pub(super) type Each<'a, T> = &'a (dyn Fn(usize, &[T]) + Sync);

/// The product of two operands, rows by rows; `false`, with nothing done, if there is no memory, or if
/// a row is not done once all of an operand has been packed, once.
///
/// # Safety
/// As for [`super::gemm`], but for `dst`.
pub(super) unsafe fn in_rows<T: Kernels>(
    kernel: &'static Kernel<T>,
    shape: [usize; 3],
    [a, b]: [Mat<T>; 2],
    threads: usize,
    each: Each<'_, T>,
) -> bool {
    let [m, n, k] = shape;
    let row = n.saturating_mul(size_of::<T>());
    // Others are done in other ways, which round differently.
    let in_tiles = m.min(n) > 1 && m.max(n).max(k) > TINY && k > 0;
    if !in_tiles || row.saturating_mul(kernel.rows) > LONG {
        return false;
    }
    let ns = estimate::<T>(m, n, k);
    let threads = threads.min(ns / SHARE_NS).max(1);
    let nowhere = Mat::new(std::ptr::null(), n as isize, 1);
    let (mut plan, phases) = Plan::new(kernel, shape, (nowhere, false, a, b), threads, ns);
    if phases > 1 {
        return false;
    }
    let tiles = plan.rows.tiles;
    let down = tiles.div_ceil((PIECE / (row * kernel.rows)).max(1));
    plan.pieces = [down.next_multiple_of(threads).min(tiles), 1];
    let cuts = Cuts::new(tiles, plan.pieces[0]);
    let longest = plan.rows.at(cuts.at(1)) * n;
    let [lhs, rhs] = plan.room();
    let Ok(mut packed) = Buffer::uninit((lhs + rhs) * size_of::<T>()) else { return false };
    let Ok(mut space) = Buffer::uninit(threads * longest * size_of::<T>()) else { return false };
    let first = space.as_mut_ptr().cast::<MaybeUninit<T>>();
    // SAFETY: the space has so many elements, is aligned and ours alone.
    let space = Shared::new(unsafe { std::slice::from_raw_parts_mut(first, threads * longest) });
    let to = Mat::new(packed.as_mut_ptr().cast::<T>(), 0, 1);

    let packs = plan.packing[0] + plan.packing[1];
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    for_each_chunk_on(threads, threads, 1, |worker| {
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            let spaces = [to.at(0, 0), to.at(0, lhs)];
            if piece < packs {
                let _count = Count(&done);
                // SAFETY: a part of what the caller vouches for, into room for all.
                unsafe { plan.pack(0, piece, spaces) };
                continue;
            }
            let at = piece - packs;
            if at >= plan.pieces[0] {
                return;
            }
            // Whoever packs took its piece before.
            wait(&done, packs);
            let [first, end] = cuts.range(at).map(|t| plan.rows.at(t));
            let start = worker.start * longest;
            // SAFETY: the part of this worker, which nobody else has the number of. The product writes
            // all of the rows before they are looked at.
            unsafe {
                let rows = space.slice(start..start + (end - first) * n);
                // The kernels count from the first row of the whole product.
                let at_zero = rows.as_mut_ptr().cast::<T>().wrapping_sub(first * n);
                let mut plan = plan;
                plan.job.0 = Mat::new(at_zero, n as isize, 1);
                plan.work(0, at, spaces);
                each(first, std::slice::from_raw_parts(rows.as_ptr().cast(), rows.len()));
            }
        }
    });
    true
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::super::tests::{Number, Random, Stored, run};
    use super::*;

    /// The product as [`gemm`] computes it, bit by bit, from rows that come in turn; `None` if it is none for that.
    fn in_turn<T: Number>(rng: &mut Random, [m, n, k]: [usize; 3]) -> Option<()> {
        let mut a = Stored::<T>::new(rng, m, k, true);
        let mut b = Stored::<T>::new(rng, k, n, true);
        for x in a.data.iter_mut().chain(&mut b.data) {
            *x = T::fraction(rng.next());
        }
        let mat = |s: &Stored<T>| Mat::new(&raw const s.data[s.first], s.rs, s.cs);
        let mut d = Stored { data: vec![T::ZERO; m * n], first: 0, rs: n as isize, cs: 1 };
        for kernel in T::kernels() {
            run(kernel, [m, n, k], &mut d, false, [&a, &b], 1);
            for threads in [1, 2, 5] {
                let found = Mutex::new(vec![None; m * n]);
                let each = |first: usize, rows: &[T]| {
                    assert!(rows.len().is_multiple_of(n) && !rows.is_empty());
                    let mut found = found.lock().expect("no panic");
                    let all = found[first * n..].iter_mut().zip(rows);
                    all.for_each(|(to, &x)| assert!(to.replace(x).is_none()));
                };
                // SAFETY: each operand was made for its shape, and the machine has the instructions.
                let done =
                    unsafe { in_rows(kernel, [m, n, k], [mat(&a), mat(&b)], threads, &each) };
                let found = found.into_inner().expect("no panic");
                if !done {
                    assert!(found.iter().all(Option::is_none));
                    return None;
                }
                assert!(found.into_iter().eq(d.data.iter().copied().map(Some)), "{m} {n} {k}");
            }
        }
        Some(())
    }

    #[test]
    fn rows_in_turn() {
        let mut rng = Random(0x1234_5678_9abc_def1);
        for shape in
            [[130, 700, 60], [61, 1021, 9], [900, 301, 300], [5, 4, 3], [2, 900, 2], [2000, 2, 1]]
        {
            assert_eq!(in_turn::<f32>(&mut rng, shape), Some(()));
            assert_eq!(in_turn::<f64>(&mut rng, shape), Some(()));
        }
        // A second slice of `k`; rows too long; more than is packed at a time; what other loops do.
        let long = [[100, 100, 600], [10, 90_000, 2], [2000, 4000, 500]];
        let other = [[1, 900, 2], [2000, 1, 1], [3, 3, 3], [0, 5, 5], [5, 0, 5], [5, 5, 0]];
        for shape in long.into_iter().chain(other) {
            assert_eq!(in_turn::<f64>(&mut rng, shape), None);
        }
    }
}
