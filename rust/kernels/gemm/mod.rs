//! Matrix products of `f32` and `f64` behind one interface.
//!
//! Plain loops for tiny operands; kernels for a matrix times a vector; and for everything else a
//! grid of tiles ([`kernel`]), with operands copied into the order in which it reads them where that
//! pays, and shared out among threads ([`blocks`]).
//!
//! The result does not depend on the number of threads, to the last bit. Each element of it is
//! computed as chains of multiply-adds along `k`, which is cut by its length alone.

mod blocks;
mod kernel;
mod lanes;
mod pack;
mod rows;
mod tile;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;

use kernel::Kernel;

/// Products with no dimension above this are done by plain loops.
const TINY: usize = 3;
/// Sums of fewer products are computed in whichever way leaves the result in rows.
const LONG: usize = 40;
/// Work below twice this is not shared out, and no share is made smaller: waking a thread takes
/// several microseconds.
const SHARE_NS: usize = 15_000;
/// An operand or result: its first element, and the strides of its rows and columns.
#[derive(Clone, Copy)]
struct Mat<T> {
    at: *mut T,
    rs: isize,
    cs: isize,
}

// SAFETY: this is an address; what may be done with it is for the caller of `gemm` to vouch for,
// and no two shares of the work write to the same elements.
unsafe impl<T: Sync> Sync for Mat<T> {}

impl<T> Mat<T> {
    fn new(at: *const T, rs: isize, cs: isize) -> Self {
        let at = at.cast_mut();
        Mat { at, rs, cs }
    }
    #[inline(always)]
    fn at(&self, row: usize, col: usize) -> *mut T {
        let by = row as isize * self.rs + col as isize * self.cs;
        self.at.wrapping_offset(by)
    }
    fn skip(&self, rows: usize, cols: usize) -> Self {
        Mat::new(self.at(rows, cols), self.rs, self.cs)
    }
    fn t(&self) -> Self {
        Mat::new(self.at, self.cs, self.rs)
    }
}

/// The sum, the operands and whether to add to what is in the first.
type Job<T> = (Mat<T>, bool, Mat<T>, Mat<T>);

mod sealed {
    use std::ops::{Add, Mul};

    /// What the kernels need to know about an element type.
    #[allow(private_interfaces)]
    pub trait Kernels:
        Copy + Send + Sync + Add<Output = Self> + Mul<Output = Self> + 'static
    {
        const ZERO: Self;
        /// Multiply-adds per microsecond, roughly, where matrices are multiplied.
        const RATE: usize;
        /// The longest slice of `k`. A strip of the right operand, two registers wide, fills most
        /// of the innermost cache.
        const DEPTH: usize;
        /// The fewest columns that a piece copies the left operand's rows for.
        const WIDE: usize;
        /// The loops for this machine.
        fn kernel() -> &'static super::Kernel<Self>;
    }
}
use sealed::Kernels;

/// The element types there are products of: `f32` and `f64`.
pub trait Element: Kernels {}

macro_rules! element {
    ($t:ident, $rate:literal, $depth:literal, $wide:literal) => {
        impl Element for $t {}
        impl Kernels for $t {
            const ZERO: $t = 0.0;
            const RATE: usize = $rate;
            const DEPTH: usize = $depth;
            const WIDE: usize = $wide;
            #[allow(private_interfaces)]
            #[inline(always)]
            fn kernel() -> &'static Kernel<$t> {
                Kernel::<$t>::best()
            }
        }
    };
}
element!(f32, 45_000, 512, 128);
element!(f64, 22_000, 400, 512);

/// Roughly how long a product takes on one thread, for deciding what to run in parallel.
pub fn work_ns<T: Element>(m: usize, n: usize, k: usize) -> usize {
    estimate::<T>(m, n, k)
}

fn estimate<T: Kernels>(m: usize, n: usize, k: usize) -> usize {
    // With a vector each element of the matrix is loaded for a single multiply-add.
    let rate = if m == 1 || n == 1 { T::RATE / 3 } else { T::RATE };
    // Each element of the result costs something too, which shows where k is small.
    let work = m.saturating_mul(n).saturating_mul(k.saturating_add(8));
    (work / (rate / 1000)).saturating_add(100)
}

/// Computes `dst = lhs @ rhs`, or `dst += lhs @ rhs` with `accumulate`, for `lhs` of `m` rows and
/// `k` columns and `rhs` of `k` rows and `n` columns, on at most `threads` threads.
///
/// Strides count elements, and those of the operands may have any sign or be zero. The result
/// is the same for any number of threads. Threads are used only where they pay.
///
/// # Safety
/// With the given strides, each element of the operands must be there to read, and each of
/// `dst` to write, and initialised to accumulate. The elements of `dst` must be distinct, and
/// none of them may overlap an operand. Nobody else may access `dst`, or write to an operand,
/// meanwhile.
#[rustfmt::skip]
#[allow(clippy::too_many_arguments)]
pub unsafe fn gemm<T: Element>(
    m: usize, n: usize, k: usize,
    dst: *mut T, dst_rs: isize, dst_cs: isize, accumulate: bool,
    lhs: *const T, lhs_rs: isize, lhs_cs: isize,
    rhs: *const T, rhs_rs: isize, rhs_cs: isize,
    threads: usize,
) {
    let d = Mat::new(dst, dst_rs, dst_cs);
    let a = Mat::new(lhs, lhs_rs, lhs_cs);
    let b = Mat::new(rhs, rhs_rs, rhs_cs);
    // SAFETY: passed on.
    unsafe { product(T::kernel(), [m, n, k], (d, accumulate, a, b), threads) }
}

/// An operand: its first element, and the strides of its rows and columns.
pub type Operand<T> = (*const T, isize, isize);

/// Computes `lhs @ rhs` as [`gemm`] does, to the same bits, but hands it over some rows at a time, in any
/// order and on several threads: `each` is given the number of the first of the rows, and all of them one after the
/// other. They are gone afterwards. Returns `false`, without having done anything, where a product is better
/// computed as a whole: if `k` is long, rows are, or memory is short.
///
/// # Safety
/// With the given strides, each element of the operands must be there to read, and nobody may write to them
/// meanwhile.
pub unsafe fn gemm_rows<T: Element>(
    shape: [usize; 3],
    lhs: Operand<T>,
    rhs: Operand<T>,
    threads: usize,
    each: &(dyn Fn(usize, &[T]) + Sync),
) -> bool {
    let operands = [lhs, rhs].map(|(at, rs, cs)| Mat::new(at, rs, cs));
    // SAFETY: passed on.
    unsafe { rows::in_rows(T::kernel(), shape, operands, threads, each) }
}

/// [`gemm`] with the loops of an instruction set.
///
/// # Safety
/// As for [`gemm`], on a machine with the instructions.
unsafe fn product<T: Kernels>(
    kernel: &'static Kernel<T>,
    [m, n, k]: [usize; 3],
    (d, add, a, b): Job<T>,
    threads: usize,
) {
    if m == 0 || n == 0 || (k == 0 && add) {
        return;
    }
    let ns = estimate::<T>(m, n, k);
    // With columns as the closer elements of the result, and vectors upright, half of the cases
    // are the other half transposed.
    let flip = if m == 1 || n == 1 { n > m } else { d.rs.unsigned_abs() < d.cs.unsigned_abs() };
    let turn =
        |([m, n, k], (d, add, a, b)): ([usize; 3], Job<T>)| ([n, m, k], (d.t(), add, b.t(), a.t()));
    let given = ([m, n, k], (d, add, a, b));
    let mut way = if flip { turn(given) } else { given };
    // Few rows are no reason to turn a large right operand in memory: the other way a small one is
    // turned, and the result is scattered, which a short sum is not worth.
    if k >= LONG && way.1.3.cs != 1 && m.min(n) > 1 {
        let other = turn(way);
        if blocks::cost(kernel, other) < blocks::cost(kernel, way) {
            way = other;
        }
    }
    let (shape, job) = way;
    // SAFETY: all that is required is what the caller vouches for.
    unsafe {
        if m.max(n).max(k) <= TINY || k == 0 {
            tiny(shape, job);
        } else if shape[1] == 1 && (job.2.rs == 1 || job.2.cs == 1) {
            vector::vector(kernel, shape, job, threads, ns);
        } else {
            blocks::matrix(kernel, shape, job, threads, ns);
        }
    }
}

/// # Safety
/// As for [`gemm`].
unsafe fn tiny<T: Kernels>([m, n, k]: [usize; 3], (d, add, a, b): Job<T>) {
    for i in 0..m {
        for j in 0..n {
            // SAFETY: the caller vouches for these elements.
            unsafe {
                let mut sum = if add { *d.at(i, j) } else { T::ZERO };
                for l in 0..k {
                    sum = sum + *a.at(i, l) * *b.at(l, j);
                }
                *d.at(i, j) = sum;
            }
        }
    }
}

#[cfg(test)]
mod tests;
