//! Matrix products of `f32` and `f64` behind one interface.
//!
//! Three ways lead to a result: plain loops for tiny operands, where a call into the library
//! costs more than the sum; a kernel of our own for a vector times a matrix with contiguous
//! rows, where the library is a quarter slower; and the `gemm` crate for everything else.
//!
//! The result does not depend on the number of threads, to the last bit. Each element of it is
//! computed by one thread, as a chain of multiply-adds in an order fixed by the shapes and
//! strides: `k` is cut into slices here, short enough for the library not to cut them further,
//! and only rows or columns are shared out. No share is so small or thin that the library would
//! take it for another kind of product than the whole.

use super::parallel::for_each_chunk_on;
use std::array::from_fn;

/// Products with no dimension above this are done by plain loops.
const TINY: usize = 7;
/// The longest slice of `k` that the library is sure to take in one go.
const SLICE: usize = 512;
/// Work below twice this is not shared out, and no share is made smaller: waking a thread takes
/// several microseconds.
const SHARE_NS: usize = 15_000;
/// The library has another way with results of up to this many elements.
const FEW: usize = 256;
/// How many elements of a vector are summed up at a time; they stay in the innermost cache.
const BLOCK: usize = 1024;

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
    /// What the kernels need to know about an element type.
    pub trait Kernels: Copy + Send + Sync + 'static {
        const ZERO: Self;
        /// Multiply-adds per microsecond, roughly, where matrices are multiplied.
        const RATE: usize;
        fn mul_add<const FMA: bool>(self, b: Self, c: Self) -> Self;
        fn plus(self, b: Self) -> Self;
        /// # Safety
        /// As for [`super::gemm`].
        #[allow(private_interfaces)]
        unsafe fn library(shape: [usize; 3], job: super::Job<Self>);
    }
}
use sealed::Kernels;

/// The element types there are products of: `f32` and `f64`.
pub trait Element: Kernels {}

macro_rules! element {
    ($t:ident, $rate:literal) => {
        impl Element for $t {}
        impl Kernels for $t {
            const ZERO: $t = 0.0;
            const RATE: usize = $rate;
            #[inline(always)]
            fn mul_add<const FMA: bool>(self, b: $t, c: $t) -> $t {
                if FMA {
                    $t::mul_add(self, b, c)
                } else {
                    self * b + c
                }
            }
            #[inline(always)]
            fn plus(self, b: $t) -> $t {
                self + b
            }
                            #[rustfmt::skip]
                            #[allow(private_interfaces)]
            unsafe fn library([m, n, k]: [usize; 3], (d, add, a, b): Job<$t>) {
                                let one = ::gemm::Parallelism::None;
                                // SAFETY: the caller vouches for the operands.
                                unsafe {
                                    ::gemm::gemm(m, n, k, d.at, d.cs, d.rs, add, a.at, a.cs, a.rs,
                                        b.at, b.cs, b.rs, 1.0, 1.0, false, false, false, one)
                                }
                            }
        }
    };
}
element!(f32, 45_000);
element!(f64, 22_000);

/// Roughly how long a product takes on one thread, for deciding what to run in parallel.
pub fn work_ns<T: Element>(m: usize, n: usize, k: usize) -> usize {
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
    if m == 0 || n == 0 || (k == 0 && accumulate) {
        return;
    }
    let d = Mat::new(dst, dst_rs, dst_cs);
    let a = Mat::new(lhs, lhs_rs, lhs_cs);
    let b = Mat::new(rhs, rhs_rs, rhs_cs);
    let shares = match work_ns::<T>(m, n, k) / SHARE_NS {
        most if threads > 1 => most.clamp(1, 2 * threads),
        _ => 1,
    };
    // With columns as the closer elements of the result, and vectors upright, half of the cases
    // are the other half transposed.
    let flip = if m == 1 || n == 1 { n > m } else { d.rs.unsigned_abs() < d.cs.unsigned_abs() };
    let (shape, job) = if flip {
        ([n, m, k], (d.t(), accumulate, b.t(), a.t()))
    } else {
        ([m, n, k], (d, accumulate, a, b))
    };
    // SAFETY: all that is required is what the caller vouches for.
    unsafe {
        if m.max(n).max(k) <= TINY || k == 0 {
            tiny(shape, job);
        } else if shape[1] == 1 && (job.2.rs == 1 || job.2.cs == 1) {
            vector(shape, job, threads, shares);
        } else {
            matrix(shape, job, threads, shares);
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
                    sum = (*a.at(i, l)).mul_add::<false>(*b.at(l, j), sum);
                }
                *d.at(i, j) = sum;
            }
        }
    }
}

/// Where a share of `len` rows or columns begins: within half a unit of equal shares.
fn cut(len: usize, shares: usize, unit: usize, share: usize) -> usize {
    let near = (len / shares * share + unit / 2) / unit * unit;
    if share == shares { len } else { near }
}

/// A product of matrices by the library, shared out by columns if there are enough of them, as
/// no share then packs more than its own part of `b`; otherwise by rows.
///
/// # Safety
/// As for [`gemm`].
unsafe fn matrix<T: Kernels>(shape: [usize; 3], job: Job<T>, threads: usize, shares: usize) {
    let ([m, n, k], (d, add, a, b)) = (shape, job);
    // The library works on blocks of 192 bytes by 8 rows, or less; only the last share is not
    // of whole ones.
    let block = 192 / size_of::<T>();
    let wide = n / (FEW / m + 1 + block).max(96);
    let high = m / (FEW / n + 1 + 8).max(48);
    let by_column = wide >= shares.min(threads) || wide >= high;
    let (len, most, unit) = if by_column { (n, wide, block) } else { (m, high, 8) };
    let shares = shares.min(most).max(1);
    let slices = k.div_ceil(SLICE);
    for_each_chunk_on(threads, shares, 1, |share| {
        let [from, to] = [share.start, share.end].map(|s| cut(len, shares, unit, s));
        let (d, a, b, m, n) = if by_column {
            (d.skip(0, from), a, b.skip(0, from), m, to - from)
        } else {
            (d.skip(from, 0), a.skip(from, 0), b, to - from, n)
        };
        for s in 0..slices {
            let (from, to) = (k * s / slices, k * (s + 1) / slices);
            let job = (d, add || s > 0, a.skip(0, from), b.skip(from, 0));
            // SAFETY: a part of what the caller vouches for, and shares do not overlap.
            unsafe { T::library([m, n, to - from], job) };
        }
    });
}

/// A matrix whose rows or columns are contiguous times a vector.
///
/// # Safety
/// As for [`gemm`].
unsafe fn vector<T: Kernels>(shape: [usize; 3], job: Job<T>, threads: usize, shares: usize) {
    let ([m, _, k], (d, add, a, mut x)) = (shape, job);
    let mut copy = Vec::new();
    if a.cs == 1 && x.rs != 1 && copy.try_reserve_exact(k).is_ok() {
        // The library is quick with rows only if the vector is contiguous.
        // SAFETY: the caller vouches for `k` elements of the vector.
        copy.extend((0..k).map(|l| unsafe { *x.at(l, 0) }));
        x = Mat::new(copy.as_ptr(), 1, 0);
    }
    let shares = shares.min(m / 64).max(1);
    for_each_chunk_on(threads, shares, 1, |share| {
        let [from, to] = [share.start, share.end].map(|s| cut(m, shares, 64, s));
        // Rows go to the library in the same few at a time, whoever does them.
        let step = if a.cs == 1 { 64 } else { to - from };
        for from in (from..to).step_by(step.max(1)) {
            let m = step.min(to - from);
            let job = (d.skip(from, 0), add, a.skip(from, 0), x);
            // SAFETY: a part of what the caller vouches for, and shares do not overlap.
            unsafe {
                if a.cs == 1 {
                    T::library([m, 1, k], job);
                } else {
                    combine([m, k], job);
                }
            }
        }
    });
}

/// Picks the instructions for [`combine_with`].
///
/// # Safety
/// As for [`combine_with`].
unsafe fn combine<T: Kernels>(shape: [usize; 2], job: Job<T>) {
    #[cfg(target_arch = "x86_64")]
    {
        // SAFETY: as for `gemm`, on a machine with these features.
        #[target_feature(enable = "avx512f")]
        unsafe fn avx512<T: Kernels>(shape: [usize; 2], job: Job<T>) {
            // SAFETY: passed on.
            unsafe { combine_with::<T, true>(shape, job) }
        }
        // SAFETY: as for `gemm`, on a machine with these features.
        #[target_feature(enable = "avx2,fma")]
        unsafe fn avx2<T: Kernels>(shape: [usize; 2], job: Job<T>) {
            // SAFETY: passed on.
            unsafe { combine_with::<T, true>(shape, job) }
        }
        // SAFETY: the processor has the instructions; the rest is passed on.
        unsafe {
            if is_x86_feature_detected!("avx512f") {
                return avx512(shape, job);
            } else if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                return avx2(shape, job);
            }
        }
    }
    // SAFETY: passed on. (A fused multiply-add is a slow function call where it is missing.)
    unsafe { combine_with::<T, { cfg!(target_arch = "aarch64") }>(shape, job) }
}

/// The sum of the columns of `a`, which are contiguous, each times its element of `x`.
///
/// # Safety
/// As for [`gemm`].
#[inline(always)]
unsafe fn combine_with<T: Kernels, const FMA: bool>([m, k]: [usize; 2], (d, add, a, x): Job<T>) {
    /// Adds some columns at once, in order, to load and store the sums less often.
    // SAFETY: as for `gemm`.
    #[inline(always)]
    unsafe fn columns<T: Kernels, const FMA: bool, const C: usize>(
        sums: &mut [T],
        a: Mat<T>,
        x: Mat<T>,
    ) {
        // SAFETY: the caller vouches for the vector, and for as many elements of each column as
        // there are sums.
        unsafe {
            let x: [T; C] = from_fn(|c| *x.at(c, 0));
            let columns: [&[T]; C] =
                from_fn(|c| std::slice::from_raw_parts(a.at(0, c), sums.len()));
            for (i, sum) in sums.iter_mut().enumerate() {
                let mut acc = *sum;
                for c in 0..C {
                    acc = columns[c].get_unchecked(i).mul_add::<FMA>(x[c], acc);
                }
                *sum = acc;
            }
        }
    }
    let mut sums = [T::ZERO; BLOCK];
    for from in (0..m).step_by(BLOCK) {
        let (d, a) = (d.skip(from, 0), a.skip(from, 0));
        let sums = &mut sums[..BLOCK.min(m - from)];
        sums.fill(T::ZERO);
        // SAFETY: a part of what the caller vouches for.
        unsafe {
            for l in (0..k / 8 * 8).step_by(8) {
                columns::<T, FMA, 8>(sums, a.skip(0, l), x.skip(l, 0));
            }
            for l in k / 8 * 8..k {
                columns::<T, FMA, 1>(sums, a.skip(0, l), x.skip(l, 0));
            }
            for (i, &sum) in sums.iter().enumerate() {
                let at = d.at(i, 0);
                *at = if add { (*at).plus(sum) } else { sum };
            }
        }
    }
}

#[cfg(test)]
mod tests;
