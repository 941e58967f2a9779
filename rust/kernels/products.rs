//! Products of matrices, as gradients of weights are: `Σ aᵢᵀ @ bᵢ`.
//!
//! A single large one waits until somebody looks at it, as elementwise work does. Mostly that is an optimizer, which
//! takes it some rows at a time while they are in the cache, so that the whole is never in memory.

use std::sync::Arc;

use super::defer;
use super::gemm::{self, Element, Operand};
use super::heavy::heavy;
use super::parallel;
use super::shared::Shared;
use crate::error::{Error, Kind, Result};
use crate::tensor::{Array, Buffer, Float, Store, Tensor, TensorView, Waiting};
use crate::with_float;

/// Two matrices with the same number of rows, the first of which is to be transposed.
pub type Pair = (Tensor, Tensor);

/// Nanoseconds of work that make a share of its own.
const SHARE_NS: usize = 20_000;
/// No share has fewer bytes in a row than this, but for the last.
const ROW: usize = 320;

/// A product waits if it has at least so many times the elements of elementwise work that does: smaller ones
/// stay in the caches.
const LEAST: usize = 8;

/// A product `aᵀ @ b` that waits.
pub struct Product {
    pair: Pair,
    /// Rows and columns of the result, and how many products are summed up for each element.
    size: [usize; 3],
}

/// Whether a product of so many rows and columns, summed over `k`, would wait: it is large, and the operands, which
/// are kept meanwhile, take no more memory than it would.
pub fn may_wait([m, n, k]: [usize; 3]) -> bool {
    let size = m.saturating_mul(n);
    let least = defer::least().saturating_mul(LEAST);
    (least..=defer::MOST).contains(&size) && k.saturating_mul(m.saturating_add(n)) <= size
}

/// Bytes that stay in memory with a value.
fn bytes(t: &Tensor) -> Result<usize> {
    let Tensor::Array(a) = t else { return Ok(0) };
    a.store().map_or(Ok(0), |store| store.get().map(Buffer::len))
}

/// One product, which may wait.
pub fn product(pair: &Pair) -> Result<Tensor> {
    let (a, b) = pair;
    let size = match (a.shape(), b.shape()) {
        (&[k, m], &[l, n]) if k == l && a.dtype() == b.dtype() => [m, n, k],
        _ => return Err(Error::internal("a product of what are no matrices that fit together")),
    };
    let dtype = a.dtype();
    // Operands that wait, too, are computed: what they wait for would have to stay, and products of products,
    // as long as the chain might be. Those that are a small part of something large would keep all of it.
    let kept = bytes(a)?.saturating_add(bytes(b)?);
    let waits = may_wait(size) && kept <= 2 * size[0] * size[1] * dtype.size();
    let product = Arc::new(Product { pair: pair.clone(), size });
    let store = Store::pending(Waiting::Product(product));
    let result: Tensor = Array::from_store(dtype, &size[..2], store).into();
    if !waits {
        now(&result)?;
    }
    Ok(result)
}

/// Computes a value that waits.
pub fn now(t: &Tensor) -> Result<()> {
    match t {
        Tensor::Array(a) => a.store().map_or(Ok(()), |store| store.get().map(|_| ())),
        _ => Ok(()),
    }
}

/// The product that a value is, if it still waits.
pub fn waiting(t: &Tensor) -> Option<Arc<Product>> {
    let Tensor::Array(a) = t else { return None };
    let product = a.store()?.product()?;
    (a.shape() == &product.size[..2] && a.layout().is_contiguous()).then_some(product)
}

impl Product {
    /// All of it.
    pub fn compute(&self) -> Result<Buffer> {
        let ([m, n, _], dtype) = (self.size, self.pair.0.dtype());
        let bytes = m.saturating_mul(n).saturating_mul(dtype.size());
        let no_memory = |_| Kind::Memory { shape: [m, n][..].into(), bytes: Some(bytes) };
        let mut all = Buffer::uninit(bytes).map_err(no_memory)?;
        with_float!(dtype, T => self.write::<T>(all.as_mut_ptr().cast())?,
            else return Err(Error::internal("a product of integers")));
        Ok(all)
    }

    /// Writes all of it to memory that has room.
    fn write<T: Float + Element>(&self, to: *mut T) -> Result<()> {
        self.with_operands(|[m, n, k], (a, ars, acs), (b, brs, bcs)| {
            let (row, threads) = (n as isize, parallel::num_threads());
            // SAFETY: the operands are what views give, the memory has `m * n` elements and is ours alone.
            unsafe { gemm::gemm(m, n, k, to, row, 1, false, a, ars, acs, b, brs, bcs, threads) }
        })
    }

    /// Hands it over some rows at a time, in any order and on several threads: the number of the first
    /// element, and the elements. Returns `false`, without having done anything, where it is better
    /// computed as a whole.
    pub fn in_rows<T: Float + Element>(&self, each: &(dyn Fn(usize, &[T]) + Sync)) -> Result<bool> {
        let n = self.size[1];
        self.with_operands(|size, a, b| {
            let each = |row: usize, elements: &[T]| each(row * n, elements);
            // SAFETY: the operands are what views give.
            unsafe { gemm::gemm_rows(size, a, b, parallel::num_threads(), &each) }
        })
    }

    /// The operands, the first one turned.
    fn with_operands<T: Float + Element, R>(
        &self,
        f: impl FnOnce([usize; 3], Operand<T>, Operand<T>) -> R,
    ) -> Result<R> {
        let (a, b) = (self.pair.0.to_array()?, self.pair.1.to_array()?);
        let (a, b) = (a.view::<T>()?, b.view::<T>()?);
        let strides = |v: &TensorView<'_, T>| [0, 1].map(|i| v.layout.strides[i]);
        let ([acs, ars], [brs, bcs]) = (strides(&a), strides(&b));
        let [m, n, k] = self.size;
        let work = || f(self.size, (a.first(), ars, acs), (b.first(), brs, bcs));
        Ok(heavy(gemm::work_ns::<T>(m, n, k) as f64, work))
    }
}

/// Adds the products to row-major memory that nobody else holds. Each pair is of the matrices `k × m`
/// and `k × n`, with a `k` of its own, for a total of `m × n` elements.
///
/// Columns of the total are shared out, so that each share goes through all pairs on its own: with many
/// small products no thread waits for another in between. What is computed depends on shapes alone.
pub fn add_products(total: &mut Tensor, pairs: &[Pair]) -> Result<()> {
    with_float!(total.dtype(), T => typed::<T>(total, pairs),
        else Err(Error::internal("a product of integers")))
}

fn typed<T: Float + Element>(total: &mut Tensor, pairs: &[Pair]) -> Result<()> {
    let (n, m) = match pairs.first() {
        Some((a, b)) if a.ndim() == 2 && b.ndim() == 2 => (b.shape()[1], a.shape()[1]),
        Some(_) => return Err(Error::internal("a product of what are no matrices")),
        None => return Ok(()),
    };
    let arrays = (pairs.iter())
        .map(|(a, b)| Ok((a.to_array()?, b.to_array()?)))
        .collect::<Result<Vec<(Arc<Array>, Arc<Array>)>>>()?;
    let mut views = Vec::with_capacity(arrays.len());
    for (a, b) in &arrays {
        let (a, b) = (a.view::<T>()?, b.view::<T>()?);
        match (a.layout.shape.as_slice(), b.layout.shape.as_slice()) {
            (&[k, of_a], &[of_b, n_b]) if (of_b, of_a, n_b) == (k, m, n) => {}
            _ => return Err(Error::internal("products that do not fit together")),
        }
        views.push((a, b));
    }
    let out = total.as_mut_slice::<T>().ok_or_else(|| Error::internal("a total that is shared"))?;
    if out.len() != m * n {
        return Err(Error::internal("a total of another size than its products"));
    }
    if out.is_empty() {
        return Ok(());
    }
    let rows = |v: &crate::tensor::TensorView<'_, T>| v.layout.shape[0];
    let work: usize = views.iter().map(|(a, _)| gemm::work_ns::<T>(m, n, rows(a))).sum();
    // Whole tiles of rows of 64 bytes, and as equal as that allows.
    let (least, line) = (ROW / size_of::<T>(), 64 / size_of::<T>());
    let shares = (work / SHARE_NS).clamp(1, n.div_ceil(least));
    let width = n.div_ceil(shares).next_multiple_of(line);
    let shared = Shared::new(out);
    heavy(work as f64, || {
        parallel::for_each_chunk(n, width, |r| {
            for (a, b) in &views {
                let [ars, acs] = [0, 1].map(|i| a.layout.strides[i]);
                let [brs, bcs] = [0, 1].map(|i| b.layout.strides[i]);
                let (k, row, lhs) = (rows(a), n as isize, a.first());
                // SAFETY: the columns `r` of the total are this share's alone, and lie within it; so do
                // those of `b`, whose steps the view gives, as it gives those of `a`.
                unsafe {
                    let dst = shared.start().add(r.start);
                    let rhs = b.first().offset(r.start as isize * bcs);
                    gemm::gemm(m, r.len(), k, dst, row, 1, true, lhs, acs, ars, rhs, brs, bcs, 1);
                }
            }
        });
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: usize, cols: usize, of: impl Fn(usize, usize) -> f64) -> Tensor {
        let values: Vec<f64> = (0..rows * cols).map(|i| of(i / cols, i % cols)).collect();
        Array::from_slice(&values, &[rows, cols]).unwrap().into()
    }

    #[test]
    fn sums_products_on_any_number_of_threads() {
        let (m, n) = (70, 131);
        let pairs: Vec<Pair> = [30usize, 1, 0, 17]
            .iter()
            .map(|&k| {
                let a = matrix(k, m, |i, j| ((i * 7 + j * 3) % 11) as f64 - 5.0);
                let b = matrix(n, k, |j, i| ((i * 5 + j * 2) % 13) as f64 - 6.0);
                (a, b.transpose(&[1, 0]).unwrap())
            })
            .collect();
        let mut want = vec![1.0; m * n];
        for (a, b) in &pairs {
            let (k, a, b) = (a.shape()[0], a.to_vec().unwrap(), b.to_vec().unwrap());
            for i in 0..m {
                for j in 0..n {
                    want[i * n + j] += (0..k).map(|l| a[l * m + i] * b[l * n + j]).sum::<f64>();
                }
            }
        }
        for threads in [1, 3] {
            parallel::set_num_threads(threads);
            let mut total = matrix(m, n, |_, _| 1.0);
            add_products(&mut total, &pairs).unwrap();
            assert_eq!(total.to_vec().unwrap(), want);
        }
        parallel::set_num_threads(0);
        let mut small = matrix(2, 2, |_, _| 0.0);
        assert!(add_products(&mut small, &pairs).is_err());
    }
}
