//! Triangular factors with partial pivoting, `P A = L U`, and what they are good for.

use faer::dyn_stack::MemStack;
use faer::linalg::lu::partial_pivoting::factor as lu;
use faer::linalg::triangular_solve as triangular;
use faer::{MatMut, MatRef, Par};

use super::{
    Failure, Outcome, Scalar, Stack, batch, columns, copied, each, filled, rows, scale, scratch,
    stacked, zeros,
};
use crate::error::{Error, Result};
use crate::kernels::shared::Shared;
use crate::kernels::walk::Plan;
use crate::tensor::{Array, Layout, Tensor};

/// The factors of a stack of square matrices.
pub struct Lu {
    /// `L` below the diagonal, where it has ones, and `U`; each matrix column by column.
    packed: Array,
    /// Row `i` of `P A` is row `order[i]` of `A`, for each matrix.
    order: Vec<usize>,
    kinds: Vec<Kind>,
    op: &'static str,
}

/// What else there is to know about a matrix.
#[derive(Clone, Copy, Default)]
struct Kind {
    /// The permutation is odd.
    odd: bool,
    /// The smallest pivot over the largest: 0 for a singular matrix.
    ratio: f64,
}

impl Lu {
    /// Factors matrices, singular ones too.
    pub fn new<T: Scalar>(op: &'static str, a: &Tensor) -> Result<Self> {
        let a = a.to_array()?;
        let (shape, lead) = (a.shape(), batch(a.shape()));
        let (n, count): (usize, usize) = (shape[shape.len() - 1], lead.iter().product());
        let stack = Stack::new(a.view::<T>()?, lead);
        let (mut order, mut kinds) = (vec![], vec![]);
        let ns = 200.0 + (n as f64).powi(3) * 0.1;
        // SAFETY: `filled` writes every element.
        let packed = unsafe {
            Array::build::<T>(shape, |out| {
                order = zeros(shape, count.saturating_mul(n))?;
                kinds = zeros::<Kind>(shape, count)?;
                let out = Shared::new(out);
                let (orders, kinds) = (Shared::new(&mut order), Shared::new(&mut kinds));
                each(op, shape, ns, |i| {
                    // Matrix `i` of each is ours.
                    let memory = filled(out.slice(i * n * n..(i + 1) * n * n));
                    let order = orders.slice(i * n..(i + 1) * n);
                    kinds.slice(i..i + 1)[0] = factor(stack.at(i), columns(memory, n, n), order)?;
                    Ok(())
                })
            })?
        };
        Ok(Self { packed, order, kinds, op })
    }

    /// The leading axes of the stack.
    pub fn batch(&self) -> &[usize] {
        batch(self.packed.shape())
    }

    fn n(&self) -> usize {
        self.packed.shape()[self.packed.shape().len() - 1]
    }

    /// The smallest pivot over the largest, for each matrix; 0 for a singular one.
    pub fn ratios(&self) -> impl Iterator<Item = f64> + '_ {
        self.kinds.iter().map(|k| k.ratio)
    }

    /// For each matrix `init(odd)`, then `step(so far, pivot)`, and `end` of that; `singular` for a
    /// singular matrix.
    fn fold<T: Scalar, A>(
        &self,
        init: impl Fn(bool) -> A,
        step: impl Fn(A, f64) -> A,
        end: impl Fn(A) -> f64,
        singular: f64,
    ) -> Result<Tensor> {
        let n = self.n();
        let all =
            self.packed.as_slice::<T>().ok_or_else(|| Error::internal("scattered factors"))?;
        // SAFETY: every element is written, as there is one for each matrix.
        let array = unsafe {
            Array::build::<T>(self.batch(), |out| {
                for ((i, o), kind) in out.iter_mut().enumerate().zip(&self.kinds) {
                    let pivots = (0..n).map(|k| all[i * n * n + k * (n + 1)].widen());
                    let value = match kind.ratio == 0.0 {
                        true => singular,
                        false => end(pivots.fold(init(kind.odd), &step)),
                    };
                    o.write(T::of(value));
                }
                Ok(())
            })?
        };
        Ok(array.into())
    }

    /// The determinants.
    pub fn det<T: Scalar>(&self) -> Result<Tensor> {
        // By mantissas and exponents: pivots may overflow or vanish on the way to a moderate product.
        let step = |(m, e): (f64, i32), u: f64| {
            let (m, more) = libm::frexp(m * libm::frexp(u).0);
            (m, e.saturating_add(more).saturating_add(libm::frexp(u).1))
        };
        let product = |(m, e)| libm::ldexp(m, e);
        self.fold::<T, _>(|odd| (if odd { -1.0 } else { 1.0 }, 0), step, product, 0.0)
    }

    /// The signs of the determinants, and the logarithms of their absolute values.
    pub fn slogdet<T: Scalar>(&self) -> Result<[Tensor; 2]> {
        let sign = |u: f64| if u.is_nan() { u } else { u.signum() };
        Ok([
            self.fold::<T, _>(|odd| if odd { -1.0 } else { 1.0 }, |s, u| s * sign(u), |s| s, 0.0)?,
            self.fold::<T, _>(|_| 0.0, |log, u| log + u.abs().ln(), |log| log, f64::NEG_INFINITY)?,
        ])
    }

    /// `A⁻¹ B`, or `A⁻ᵀ B`, for stacks that broadcast together to the leading axes `lead`.
    pub fn solve<T: Scalar>(&self, transposed: bool, b: &Tensor, lead: &[usize]) -> Result<Tensor> {
        each(self.op, self.packed.shape(), 5.0, |i| match self.kinds[i].ratio == 0.0 {
            true => Err(Failure::Singular),
            false => Ok(()),
        })?;
        let b = b.to_array()?;
        let (n, cols) = (self.n(), b.shape()[b.shape().len() - 1]);
        let factors = Stack::new(self.packed.view::<T>()?, lead);
        let stack = Stack::new(b.view::<T>()?, lead);
        let Some(which) = Layout::contiguous(self.batch()).broadcast_to(lead) else {
            return Err(Error::internal("factors that do not broadcast"));
        };
        let which = Plan::<1>::new(lead, |_, axis| which.strides[axis]);
        let shape = stacked(lead, n, cols);
        let ns = 200.0 + (n * n) as f64 * cols as f64 * 0.15;
        // SAFETY: `filled` writes every element.
        let x = unsafe {
            Array::build::<T>(&shape, |out| {
                let out = Shared::new(out);
                each(self.op, &shape, ns, |i| {
                    // Matrix `i` of the result is ours.
                    let memory = filled(out.slice(i * n * cols..(i + 1) * n * cols));
                    let order = &self.order[which.offset(0, i) as usize * n..][..n];
                    let (lu, x) = (factors.at(i).transpose(), rows(memory, n, cols));
                    match transposed {
                        false => forwards(lu, order, stack.at(i), x),
                        true => backwards(lu, order, stack.at(i), x)?,
                    }
                    Ok(())
                })
            })?
        };
        Ok(x.into())
    }

    /// The inverses.
    pub fn inverse<T: Scalar>(&self) -> Result<Tensor> {
        let n = self.n();
        let mut one = Array::zeros(&[n, n], T::DTYPE)?;
        if let Some(elements) = one.as_mut_slice::<T>() {
            elements.iter_mut().step_by(n + 1).for_each(|x| *x = T::ONE);
        }
        self.solve::<T>(false, &one.into(), self.batch())
    }
}

/// Factors one matrix into `packed`.
fn factor<T: Scalar>(
    a: MatRef<'_, T>,
    mut packed: MatMut<'_, T>,
    order: &mut [usize],
) -> Outcome<Kind> {
    let n = a.nrows();
    packed.copy_from(a);
    let one = Par::Seq;
    let mut memory = scratch(lu::lu_in_place_scratch::<usize, T>(n, n, one, Default::default()))?;
    let mut inverse = vec![0; n];
    let stack = MemStack::new(&mut memory);
    let u = packed.as_mut();
    let (info, _) = lu::lu_in_place(u, order, &mut inverse, one, stack, Default::default());
    let mut odd = info.transposition_count % 2 == 1;
    let mut ratio = ratio(packed.as_ref());
    if ratio.is_nan() && scale::factor(a, |_, _| true).is_ok() {
        // The reciprocal of a subnormal pivot is infinite.
        packed.copy_from(a);
        odd = divide(packed.as_mut(), order);
        ratio = self::ratio(packed.as_ref());
    }
    Ok(Kind { odd, ratio })
}

/// The smallest pivot over the largest, NaN if one is.
fn ratio<T: Scalar>(lu: MatRef<'_, T>) -> f64 {
    let (mut lo, mut hi) = (f64::INFINITY, 0.0f64);
    for k in 0..lu.nrows() {
        let u = lu[(k, k)].widen().abs();
        if u == 0.0 || u.is_nan() {
            return u;
        }
        (lo, hi) = (lo.min(u), hi.max(u));
    }
    // A regular matrix has no ratio of 0.
    if hi > 0.0 && hi < f64::INFINITY { (lo / hi).max(f64::MIN_POSITIVE) } else { 1.0 }
}

/// Elimination by divisions, where the library's multiplications overflow; whether the permutation
/// is odd.
fn divide<T: Scalar>(mut a: MatMut<'_, T>, order: &mut [usize]) -> bool {
    let n = a.nrows();
    order.iter_mut().enumerate().for_each(|(i, o)| *o = i);
    let mut odd = false;
    for k in 0..n {
        let size = |i: usize| a[(i, k)].widen().abs();
        let p = (k + 1..n).fold(k, |p, i| if size(i) > size(p) { i } else { p });
        if p != k {
            (0..n).for_each(|j| {
                let (x, y) = (a[(k, j)], a[(p, j)]);
                (a[(k, j)], a[(p, j)]) = (y, x);
            });
            order.swap(k, p);
            odd = !odd;
        }
        let pivot = a[(k, k)];
        if pivot == T::ZERO {
            break;
        }
        for i in k + 1..n {
            let l = a[(i, k)] / pivot;
            a[(i, k)] = l;
            (k + 1..n).for_each(|j| a[(i, j)] = a[(i, j)] - l * a[(k, j)]);
        }
    }
    odd
}

/// `A⁻¹ B = U⁻¹ L⁻¹ P B`.
fn forwards<T: Scalar>(lu: MatRef<'_, T>, order: &[usize], b: MatRef<'_, T>, mut x: MatMut<'_, T>) {
    for (i, &from) in order.iter().enumerate() {
        x.as_mut().row_mut(i).copy_from(b.row(from));
    }
    triangular::solve_unit_lower_triangular_in_place(lu, x.as_mut(), Par::Seq);
    triangular::solve_upper_triangular_in_place(lu, x, Par::Seq);
}

/// `A⁻ᵀ B = Pᵀ L⁻ᵀ U⁻ᵀ B`.
fn backwards<T: Scalar>(
    lu: MatRef<'_, T>,
    order: &[usize],
    b: MatRef<'_, T>,
    mut x: MatMut<'_, T>,
) -> Outcome<()> {
    let mut work = copied(b, 1.0)?;
    triangular::solve_lower_triangular_in_place(lu.transpose(), work.as_mut(), Par::Seq);
    triangular::solve_unit_upper_triangular_in_place(lu.transpose(), work.as_mut(), Par::Seq);
    for (i, &to) in order.iter().enumerate() {
        x.as_mut().row_mut(to).copy_from(work.row(i));
    }
    Ok(())
}
