//! What a reduction joins, and the loops that join slices and rows.

use std::hint::black_box;

use super::dispatch::{Isa, isa};
use crate::tensor::Float;

/// Elements that are added up before pairing starts.
pub const BLOCK: usize = 512;
/// Elements that are not worth lanes.
pub const SHORT: usize = 24;
/// Independent accumulators, enough to hide the latency of an addition where there is other work
/// beside it.
pub const LANES: usize = 16;
/// As many as hide it at any vector width.
const WIDE: usize = 2 * LANES;

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
    /// Results of 1, 2, 4, ... parts that wait to be joined with as many, the largest first.
    stack: [T; 48],
    waiting: usize,
    pushed: usize,
    reducer: std::marker::PhantomData<fn() -> R>,
}

impl<T: Float, R: Reducer> Tree<T, R> {
    #[inline(always)]
    pub fn new() -> Self {
        Self { stack: [R::start(); 48], waiting: 0, pushed: 0, reducer: std::marker::PhantomData }
    }

    /// At most 2^48 - 1 parts: no memory holds more.
    #[inline(always)]
    pub fn push(&mut self, mut x: T) {
        for _ in 0..self.pushed.trailing_ones() {
            self.waiting -= 1;
            x = R::join(self.stack[self.waiting], x);
        }
        self.stack[self.waiting] = x;
        self.waiting += 1;
        self.pushed += 1;
    }

    #[inline(always)]
    pub fn finish(self) -> T {
        let Some((&last, rest)) = self.stack[..self.waiting].split_last() else {
            return R::start();
        };
        rest.iter().rev().fold(last, |x, &left| R::join(left, x))
    }
}

/// One slice, in lanes; what is left over by itself, so that the lanes stay in registers.
#[inline(always)]
fn lanes<T: Float, R: Reducer>(x: &[T]) -> T {
    let mut acc = [R::start::<T>(); WIDE];
    let (chunks, rest) = x.as_chunks::<WIDE>();
    for chunk in chunks {
        for k in 0..WIDE {
            acc[k] = R::join(acc[k], chunk[k]);
        }
    }
    // By way of memory, or the compiler splits the lanes as the last steps of `fold` would have it.
    let whole = fold::<T, R>(halves::<T, R, WIDE, LANES>(black_box(acc)));
    match rest {
        [] => whole,
        rest => R::join(whole, straight::<T, R>(rest)),
    }
}

/// A few elements, one after the other.
#[inline(always)]
fn straight<T: Float, R: Reducer>(x: &[T]) -> T {
    x.iter().fold(R::start(), |acc, &x| R::join(acc, x))
}

/// The elements of a row in one: in lanes, and pairwise where it is long.
#[inline(always)]
pub fn join<T: Float, R: Reducer>(row: &[T]) -> T {
    if row.len() <= SHORT {
        return straight::<T, R>(row);
    }
    if row.len() <= BLOCK {
        return lanes::<T, R>(row);
    }
    let mut tree = Tree::<T, R>::new();
    row.chunks(BLOCK).for_each(|block| tree.push(lanes::<T, R>(block)));
    tree.finish()
}

/// The same with more code, for rows that are not in the innermost cache: loops of a known length end
/// without a wrong guess, and a tree of two parts needs no stack.
#[inline(always)]
fn join_far<T: Float, R: Reducer>(row: &[T]) -> T {
    match row.as_chunks::<BLOCK>() {
        ([], rest) => join::<T, R>(rest),
        ([block], []) => lanes::<T, R>(block),
        ([block], rest) => R::join(lanes::<T, R>(block), lanes::<T, R>(rest)),
        (blocks, rest) => {
            let mut tree = Tree::<T, R>::new();
            blocks.iter().for_each(|block| tree.push(lanes::<T, R>(block)));
            if !rest.is_empty() {
                tree.push(lanes::<T, R>(rest));
            }
            tree.finish()
        }
    }
}

/// The lanes in one.
#[inline(always)]
pub fn fold<T: Float, R: Reducer>(acc: [T; LANES]) -> T {
    let acc: [T; 8] = halves::<T, R, LANES, 8>(acc);
    let acc: [T; 4] = halves::<T, R, 8, 4>(acc);
    R::join(R::join(acc[0], acc[2]), R::join(acc[1], acc[3]))
}

/// The second half of the lanes joined to the first.
#[inline(always)]
fn halves<T: Float, R: Reducer, const N: usize, const HALF: usize>(acc: [T; N]) -> [T; HALF] {
    let mut out = [R::start(); HALF];
    for k in 0..HALF {
        out[k] = R::join(acc[k], acc[k + HALF]);
    }
    out
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
fn join_avx2<T: Float, R: Reducer>(row: &[T]) -> T {
    join_far::<T, R>(row)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn join_slices_avx2<T: Float, R: Reducer>(acc: &mut [T], row: &[T]) {
    join_slices::<T, R>(acc, row);
}

/// [`join`] by the best instructions that there are.
pub fn join_row<T: Float, R: Reducer>(row: &[T]) -> T {
    match isa() {
        // SAFETY: detection found AVX2.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 | Isa::Avx512 => unsafe { join_avx2::<T, R>(row) },
        _ => join::<T, R>(row),
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
