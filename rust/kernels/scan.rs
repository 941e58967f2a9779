//! Scans along an axis: running sums and products, and linear recurrences, forwards or backwards.

use super::dispatch::Lane;
use super::lines::{Math, RowFn, Rows, Tile, start};
use crate::error::Result;
use crate::tensor::Tensor;

/// Which way a scan goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the first element.
    Forwards,
    /// From the last element.
    Backwards,
}

impl Way {
    /// The other one.
    pub fn turned(self) -> Self {
        match self {
            Way::Forwards => Way::Backwards,
            Way::Backwards => Way::Forwards,
        }
    }

    /// Visits the places of a row of `n` in order: `each(place, the place before it)`.
    #[inline(always)]
    fn walk(self, n: usize, mut each: impl FnMut(usize, Option<usize>)) {
        match self {
            Way::Forwards => {
                for i in 0..n {
                    each(i, i.checked_sub(1));
                }
            }
            Way::Backwards => {
                for i in (0..n).rev() {
                    each(i, (i + 1 < n).then_some(i + 1));
                }
            }
        }
    }
}

/// `y[i] = y[i-1] + x[i]`.
struct Sums(Way);
/// `y[i] = y[i-1] x[i]`.
struct Products(Way);
/// `y[i] = a[i] y[i-1] + b[i]`.
struct Linear(Way);
/// `y[i] = x[i-1]`, and `fill` in the first place.
struct Shift(Way, f64);
/// The gradient of running products: `gx[i] = y[i-1] s[i]`, `s[i] = gy[i] + x[i+1] s[i+1]`.
struct ProductsGrad(Way);
/// The gradient of the product of a row: `gx[i] = gy · Π x[j], j ≠ i`.
struct ProductGrad;

// SAFETY: `start` writes every element.
unsafe impl RowFn<1> for Sums {
    const COST: f64 = 1.5;
    #[inline(always)]
    fn eval<T: Lane, M: Math>(&self, t: Tile<'_, T, 1>) {
        let x = t.ins[0];
        for row in start(t.out, |i| x[i]).chunks_exact_mut(t.width) {
            let mut sum = T::ZERO;
            self.0.walk(row.len(), |i, before| {
                sum = if before.is_some() { sum + row[i] } else { row[i] };
                row[i] = sum;
            });
        }
    }
}

// SAFETY: `start` writes every element.
unsafe impl RowFn<1> for Products {
    const COST: f64 = 1.5;
    #[inline(always)]
    fn eval<T: Lane, M: Math>(&self, t: Tile<'_, T, 1>) {
        let x = t.ins[0];
        for row in start(t.out, |i| x[i]).chunks_exact_mut(t.width) {
            let mut product = T::ONE;
            self.0.walk(row.len(), |i, _| {
                product = product * row[i];
                row[i] = product;
            });
        }
    }
}

// SAFETY: `start` writes every element.
unsafe impl RowFn<2> for Linear {
    const COST: f64 = 3.0;
    #[inline(always)]
    fn eval<T: Lane, M: Math>(&self, t: Tile<'_, T, 2>) {
        let [a, b] = t.ins;
        let rows = start(t.out, |i| b[i]).chunks_exact_mut(t.width);
        for (row, a) in rows.zip(a.chunks_exact(t.width)) {
            let mut state = T::ZERO;
            self.0.walk(row.len(), |i, before| {
                // The first factor meets no state: an infinite one must not spoil it.
                state = if before.is_some() { a[i] * state + row[i] } else { row[i] };
                row[i] = state;
            });
        }
    }
}

// SAFETY: `start` writes every element.
unsafe impl RowFn<1> for Shift {
    const COST: f64 = 0.5;
    #[inline(always)]
    fn eval<T: Lane, M: Math>(&self, t: Tile<'_, T, 1>) {
        let (n, fill) = (t.width, T::of(self.1));
        let rows = start(t.out, |_| fill).chunks_exact_mut(n);
        for (row, x) in rows.zip(t.ins[0].chunks_exact(n)) {
            match self.0 {
                Way::Forwards => row[1..].copy_from_slice(&x[..n - 1]),
                Way::Backwards => row[..n - 1].copy_from_slice(&x[1..]),
            }
        }
    }
}

// SAFETY: `start` writes every element.
unsafe impl RowFn<3> for ProductsGrad {
    const COST: f64 = 3.0;
    #[inline(always)]
    fn eval<T: Lane, M: Math>(&self, t: Tile<'_, T, 3>) {
        let ([x, y, gy], n) = (t.ins, t.width);
        let rows = start(t.out, |i| gy[i]).chunks_exact_mut(n);
        for (row, (x, y)) in rows.zip(x.chunks_exact(n).zip(y.chunks_exact(n))) {
            let mut rest = T::ZERO;
            self.0.turned().walk(n, |i, after| {
                rest = match after {
                    Some(after) => row[i] + x[after] * rest,
                    None => row[i],
                };
                row[i] = rest;
            });
            self.0.walk(n, |i, before| {
                if let Some(before) = before {
                    row[i] = y[before] * row[i];
                }
            });
        }
    }
}

// SAFETY: `start` writes every element.
unsafe impl RowFn<2> for ProductGrad {
    const COST: f64 = 3.0;
    #[inline(always)]
    fn eval<T: Lane, M: Math>(&self, t: Tile<'_, T, 2>) {
        let ([x, gy], n) = (t.ins, t.width);
        let rows = start(t.out, |_| T::ONE).chunks_exact_mut(n);
        for (row, (x, &gy)) in rows.zip(x.chunks_exact(n).zip(gy)) {
            let mut left = T::ONE;
            for (o, &x) in row.iter_mut().zip(x) {
                *o = left;
                left = left * x;
            }
            let mut right = T::ONE;
            for (o, &x) in row.iter_mut().zip(x).rev() {
                *o = gy * (*o * right);
                right = right * x;
            }
        }
    }
}

/// Running sums along an axis.
pub fn sums(x: &Tensor, axis: usize, way: Way) -> Result<Tensor> {
    Rows::new(x.shape(), &[axis]).map(&Sums(way), [x])
}

/// Running products along an axis.
pub fn products(x: &Tensor, axis: usize, way: Way) -> Result<Tensor> {
    Rows::new(x.shape(), &[axis]).map(&Products(way), [x])
}

/// The recurrence `y[i] = a[i] y[i-1] + b[i]` along an axis; `a` and `b` have one shape.
pub fn linear(a: &Tensor, b: &Tensor, axis: usize, way: Way) -> Result<Tensor> {
    Rows::new(b.shape(), &[axis]).map(&Linear(way), [a, b])
}

/// The elements one place on, with `fill` in the place that becomes free.
pub fn shift(x: &Tensor, axis: usize, way: Way, fill: f64) -> Result<Tensor> {
    Rows::new(x.shape(), &[axis]).map(&Shift(way, fill), [x])
}

/// The gradient of [`products`], from its operand and result.
pub fn products_grad([x, y, gy]: [&Tensor; 3], axis: usize, way: Way) -> Result<Tensor> {
    Rows::new(x.shape(), &[axis]).map(&ProductsGrad(way), [x, y, gy])
}

/// The gradient of the product over `axes`; `gy` has one element per row.
pub fn product_grad(x: &Tensor, gy: &Tensor, axes: &[usize]) -> Result<Tensor> {
    Rows::new(x.shape(), axes).map(&ProductGrad, [x, gy])
}
