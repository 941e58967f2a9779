//! What a reduction joins, and the loops that join slices and rows.

use smallvec::SmallVec;

use super::dispatch::{Isa, isa};
use crate::tensor::Float;

/// Elements that are added up before pairing starts.
pub const BLOCK: usize = 512;
/// Independent accumulators, enough to hide the latency of an addition at any vector width.
pub const LANES: usize = 16;

/// An associative operation, up to rounding.
pub trait Reducer: Sync {
    /// The result of nothing.
    fn start<T: Float>() -> T;
    /// Two partial results in one.
    fn join<T: Float>(a: T, b: T) -> T;
    /// `n` of the same in one.
    fn repeat<T: Float>(a: T, n: usize) -> T;
}

/// Addition.
pub struct Sum;
/// Multiplication.
pub struct Product;
/// The larger; NaN if there is one.
pub struct Max;
/// The smaller; NaN if there is one.
pub struct Min;

impl Reducer for Sum {
    #[inline(always)]
    fn start<T: Float>() -> T {
        T::ZERO
    }
    #[inline(always)]
    fn join<T: Float>(a: T, b: T) -> T {
        a + b
    }
    #[inline(always)]
    fn repeat<T: Float>(a: T, n: usize) -> T {
        a * T::of(n as f64)
    }
}

impl Reducer for Product {
    #[inline(always)]
    fn start<T: Float>() -> T {
        T::ONE
    }
    #[inline(always)]
    fn join<T: Float>(a: T, b: T) -> T {
        a * b
    }
    #[inline(always)]
    fn repeat<T: Float>(a: T, n: usize) -> T {
        T::of(a.widen().powf(n as f64))
    }
}

impl Reducer for Max {
    #[inline(always)]
    fn start<T: Float>() -> T {
        T::NEG_INFINITY
    }
    #[inline(always)]
    fn join<T: Float>(a: T, b: T) -> T {
        // A NaN on the left stays, one on the right fails the comparison and is taken. (No short
        // cut: both sides of `|` are computed, which lets the loop be vectorised.)
        if a.is_not_a_number() | (a >= b) { a } else { b }
    }
    #[inline(always)]
    fn repeat<T: Float>(a: T, _n: usize) -> T {
        a
    }
}

impl Reducer for Min {
    #[inline(always)]
    fn start<T: Float>() -> T {
        T::ZERO - T::NEG_INFINITY
    }
    #[inline(always)]
    fn join<T: Float>(a: T, b: T) -> T {
        if a.is_not_a_number() | (a <= b) { a } else { b }
    }
    #[inline(always)]
    fn repeat<T: Float>(a: T, _n: usize) -> T {
        a
    }
}

/// Partial results joined as a binary tree, whatever their number.
pub struct Tree<T, R> {
    stack: SmallVec<[T; 32]>,
    pushed: usize,
    reducer: std::marker::PhantomData<fn() -> R>,
}

impl<T: Float, R: Reducer> Tree<T, R> {
    pub fn new() -> Self {
        Self { stack: SmallVec::new(), pushed: 0, reducer: std::marker::PhantomData }
    }

    pub fn push(&mut self, mut x: T) {
        for _ in 0..self.pushed.trailing_ones() {
            if let Some(left) = self.stack.pop() {
                x = R::join(left, x);
            }
        }
        self.stack.push(x);
        self.pushed += 1;
    }

    pub fn finish(mut self) -> T {
        let Some(mut x) = self.stack.pop() else { return R::start() };
        while let Some(left) = self.stack.pop() {
            x = R::join(left, x);
        }
        x
    }
}

/// One slice, in sixteen lanes.
#[inline(always)]
pub fn lanes<T: Float, R: Reducer>(x: &[T]) -> T {
    let mut acc = [R::start::<T>(); LANES];
    let (chunks, rest) = x.as_chunks::<LANES>();
    for chunk in chunks {
        for k in 0..LANES {
            acc[k] = R::join(acc[k], chunk[k]);
        }
    }
    for k in 0..rest.len() {
        acc[k] = R::join(acc[k], rest[k]);
    }
    fold::<T, R>(acc)
}

/// The lanes in one.
#[inline(always)]
pub fn fold<T: Float, R: Reducer>(mut acc: [T; LANES]) -> T {
    let mut width = LANES / 2;
    while width > 0 {
        for i in 0..width {
            acc[i] = R::join(acc[i], acc[i + width]);
        }
        width /= 2;
    }
    acc[0]
}

/// A sum over the places of some rows of one length: in lanes, and pairwise where they are long.
#[inline(always)]
pub fn total<T: Float, const N: usize>(rows: [&[T]; N], term: impl Fn([T; N]) -> T) -> T {
    totals(rows, |x| [term(x)])[0]
}

/// Several such sums at once.
#[inline(always)]
pub fn totals<T: Float, const N: usize, const M: usize>(
    rows: [&[T]; N],
    terms: impl Fn([T; N]) -> [T; M],
) -> [T; M] {
    let n = rows[0].len();
    if n <= BLOCK {
        return block(rows, 0..n, &terms);
    }
    let mut trees: [Tree<T, Sum>; M] = std::array::from_fn(|_| Tree::new());
    for from in (0..n).step_by(BLOCK) {
        let sums = block(rows, from..n.min(from + BLOCK), &terms);
        for (tree, sum) in trees.iter_mut().zip(sums) {
            tree.push(sum);
        }
    }
    trees.map(Tree::finish)
}

/// The sums of a block, in lanes.
#[inline(always)]
fn block<T: Float, const N: usize, const M: usize>(
    rows: [&[T]; N],
    range: std::ops::Range<usize>,
    terms: &impl Fn([T; N]) -> [T; M],
) -> [T; M] {
    // Arrays of known lengths: nothing stands between the loops and vectors.
    let mut chunks: [&[[T; LANES]]; N] = [&[]; N];
    let mut rest: [&[T]; N] = [&[]; N];
    for k in 0..N {
        (chunks[k], rest[k]) = rows[k][range.clone()].as_chunks();
    }
    let mut acc = [[T::ZERO; LANES]; M];
    for c in 0..chunks[0].len() {
        let mut parts = [&chunks[0][c]; N];
        for k in 1..N {
            parts[k] = &chunks[k][c];
        }
        for lane in 0..LANES {
            let mut x = [parts[0][lane]; N];
            for k in 1..N {
                x[k] = parts[k][lane];
            }
            let terms = terms(x);
            for m in 0..M {
                acc[m][lane] += terms[m];
            }
        }
    }
    for lane in 0..rest[0].len() {
        let mut x = [rest[0][lane]; N];
        for k in 1..N {
            x[k] = rest[k][lane];
        }
        let terms = terms(x);
        for m in 0..M {
            acc[m][lane] += terms[m];
        }
    }
    let mut sums = [T::ZERO; M];
    for m in 0..M {
        sums[m] = fold::<T, Sum>(acc[m]);
    }
    sums
}

#[inline(always)]
fn join_slices<T: Float, R: Reducer>(acc: &mut [T], row: &[T]) {
    for (a, &x) in acc.iter_mut().zip(row) {
        *a = R::join(*a, x);
    }
}

/// Four rows at once: the sums stay in registers in between.
#[inline(always)]
fn join_four_slices<T: Float, R: Reducer>(acc: &mut [T], rows: [&[T]; 4]) {
    let n = acc.len();
    let [a, b, c, d] = rows.map(|r| &r[..n]);
    for i in 0..n {
        acc[i] = R::join(acc[i], R::join(R::join(a[i], b[i]), R::join(c[i], d[i])));
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn join_four_slices_avx2<T: Float, R: Reducer>(acc: &mut [T], rows: [&[T]; 4]) {
    join_four_slices::<T, R>(acc, rows);
}

pub fn join_four<T: Float, R: Reducer>(acc: &mut [T], rows: [&[T]; 4]) {
    match isa() {
        // SAFETY: detection found AVX2.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 | Isa::Avx512 => unsafe { join_four_slices_avx2::<T, R>(acc, rows) },
        _ => join_four_slices::<T, R>(acc, rows),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn lanes_avx2<T: Float, R: Reducer>(x: &[T]) -> T {
    lanes::<T, R>(x)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn join_slices_avx2<T: Float, R: Reducer>(acc: &mut [T], row: &[T]) {
    join_slices::<T, R>(acc, row);
}

pub fn straight<T: Float, R: Reducer>(x: &[T]) -> T {
    match isa() {
        // SAFETY: detection found AVX2.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 | Isa::Avx512 => unsafe { lanes_avx2::<T, R>(x) },
        _ => lanes::<T, R>(x),
    }
}

pub fn join_rows<T: Float, R: Reducer>(acc: &mut [T], row: &[T]) {
    match isa() {
        // SAFETY: detection found AVX2.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 | Isa::Avx512 => unsafe { join_slices_avx2::<T, R>(acc, row) },
        _ => join_slices::<T, R>(acc, row),
    }
}
