//! Matrices of very large or very small elements, brought into a range where squares of elements
//! neither overflow nor vanish.

use faer::MatRef;

use super::{Failure, Outcome, Scalar};

/// The power of two by which a matrix is to be multiplied: 1 where its elements are tame. Those
/// that `counts` refuses may be anything.
pub fn factor<T: Scalar>(a: MatRef<'_, T>, counts: impl Fn(usize, usize) -> bool) -> Outcome<f64> {
    let mut largest: f64 = 0.0;
    for j in 0..a.ncols() {
        for i in (0..a.nrows()).filter(|&i| counts(i, j)) {
            let x = a[(i, j)].widen().abs();
            if !x.is_finite() {
                return Err(Failure::NotFinite);
            }
            largest = largest.max(x);
        }
    }
    let tame = if size_of::<T>() == 8 { 2f64.powi(300) } else { 2f64.powi(40) };
    if largest == 0.0 || (1.0 / tame..tame).contains(&largest) {
        return Ok(1.0);
    }
    // The inverse of the factor is to be finite too.
    Ok(2f64.powi((-largest.log2().floor() as i32).min(1000)))
}
