//! What is done to the cells of a step, element by element, when the products are there.

use std::mem::MaybeUninit;

use crate::kernels::dispatch::{Isa, Lane, isa};
use crate::kernels::expr::Expr;
use crate::ops::{QuickSigmoid, QuickTanh};

/// Rows of a step. Gates lie in rows of four times as many elements: `f`, `i`, `o`, `u`.
pub struct Forward<'a, T> {
    /// Elements of a row.
    pub n: usize,
    /// Sums of products, and afterwards the gates.
    pub gates: &'a mut [T],
    /// The cells before.
    pub c: &'a [T],
    /// The cells after.
    pub new_c: &'a mut [MaybeUninit<T>],
    /// Their hyperbolic tangents.
    pub tanh: &'a mut [MaybeUninit<T>],
    /// The outputs.
    pub h: &'a mut [MaybeUninit<T>],
}

/// The same rows, backwards.
pub struct Backward<'a, 'o, T> {
    /// Elements of a row.
    pub n: usize,
    /// The gates.
    pub gates: &'a [T],
    /// The cells before the step.
    pub c: &'a [T],
    /// The hyperbolic tangents of the cells after it.
    pub tanh: &'a [T],
    /// The gradient of the outputs.
    pub gh: &'a [T],
    /// The gradient of the cells after the step, and in the end of those before it.
    pub gc: &'a mut [T],
    /// The gradient of the sums of products.
    pub out: &'o mut [MaybeUninit<T>],
}

/// Memory that has been written.
///
/// # Safety
/// It has.
pub unsafe fn written<T>(s: &mut [MaybeUninit<T>]) -> &mut [T] {
    // SAFETY: by the caller's promise.
    unsafe { &mut *(std::ptr::from_mut(s) as *mut [T]) }
}

#[inline(always)]
fn forward_with<T: Copy, E: Expr>(
    to: impl Fn(T) -> E,
    from: impl Fn(E) -> T,
    p: &mut Forward<'_, T>,
) {
    let n = p.n;
    let outs = p.new_c.chunks_exact_mut(n).zip(p.tanh.chunks_exact_mut(n));
    let outs = outs.zip(p.h.chunks_exact_mut(n));
    for ((gates, c), ((new_c, tanh), h)) in
        p.gates.chunks_exact_mut(4 * n).zip(p.c.chunks_exact(n)).zip(outs)
    {
        let (fio, u) = gates.split_at_mut(3 * n);
        for x in fio.iter_mut() {
            *x = from(to(*x).call(QuickSigmoid));
        }
        for x in u.iter_mut() {
            *x = from(to(*x).call(QuickTanh));
        }
        let (f, i, o) = (&fio[..n], &fio[n..2 * n], &fio[2 * n..3 * n]);
        let (u, c, new_c) = (&u[..n], &c[..n], &mut new_c[..n]);
        let (tanh, h) = (&mut tanh[..n], &mut h[..n]);
        for k in 0..n {
            let cell = to(f[k]) * to(c[k]) + to(i[k]) * to(u[k]);
            let t = cell.call(QuickTanh);
            new_c[k].write(from(cell));
            tanh[k].write(from(t));
            h[k].write(from(to(o[k]) * t));
        }
    }
}

/// Where what comes in is exactly 0, so is what goes on, be the cells infinite.
#[inline(always)]
fn backward_with<T: Lane>(p: &mut Backward<'_, '_, T>) {
    let n = p.n;
    let gate = |x: T, by: T| if by == T::ZERO { T::ZERO } else { x };
    let ins = p.gates.chunks_exact(4 * n).zip(p.c.chunks_exact(n)).zip(p.tanh.chunks_exact(n));
    let outs = p.gc.chunks_exact_mut(n).zip(p.out.chunks_exact_mut(4 * n));
    for ((((gates, c), tanh), gh), (gc, out)) in ins.zip(p.gh.chunks_exact(n)).zip(outs) {
        let (f, i) = (&gates[..n], &gates[n..2 * n]);
        let (o, u) = (&gates[2 * n..3 * n], &gates[3 * n..4 * n]);
        let (c, tanh, gh, gc) = (&c[..n], &tanh[..n], &gh[..n], &mut gc[..n]);
        let (of_f, out) = out.split_at_mut(n);
        let (of_i, out) = out.split_at_mut(n);
        let (of_o, of_u) = out.split_at_mut(n);
        for k in 0..n {
            let (t, y) = (tanh[k], gh[k]);
            let g = gc[k] + gate(y * o[k] * (T::ONE - t * t), y);
            of_f[k].write(gate(g * c[k] * f[k] * (T::ONE - f[k]), g));
            of_i[k].write(gate(g * u[k] * i[k] * (T::ONE - i[k]), g));
            of_o[k].write(gate(y * t * o[k] * (T::ONE - o[k]), y));
            of_u[k].write(gate(g * i[k] * (T::ONE - u[k] * u[k]), g));
            gc[k] = gate(g * f[k], g);
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn forward_avx2<T: Lane>(p: &mut Forward<'_, T>) {
    forward_with(T::fast, T::plain, p);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma")]
fn forward_avx512<T: Lane>(p: &mut Forward<'_, T>) {
    forward_with(T::fast, T::plain, p);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn backward_avx2<T: Lane>(p: &mut Backward<'_, '_, T>) {
    backward_with(p);
}

/// From sums of products to outputs and cells, which are returned.
pub fn forward<T: Lane>(mut p: Forward<'_, T>) -> (&[T], &[T]) {
    assert!(p.n > 0 && p.c.len().is_multiple_of(p.n) && p.gates.len() == 4 * p.c.len());
    let out = [p.new_c.len(), p.tanh.len(), p.h.len()];
    assert!(out == [p.c.len(); 3], "rows of different lengths");
    match isa() {
        // SAFETY: detection found these features.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe { forward_avx512(&mut p) },
        // SAFETY: detection found these features.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { forward_avx2(&mut p) },
        // Fused multiply-add belongs to the architecture.
        _ if cfg!(target_arch = "aarch64") => forward_with(T::fast, T::plain, &mut p),
        _ => forward_with(|x: T| x, |x: T| x, &mut p),
    }
    // SAFETY: whole rows, as many as there are, have been written.
    unsafe { (written(p.h), written(p.new_c)) }
}

/// From the gradients of outputs and cells to those of the sums, which are returned, and of the cells
/// before.
pub fn backward<'o, T: Lane>(mut p: Backward<'_, 'o, T>) -> &'o [T] {
    assert!(p.n > 0 && p.c.len().is_multiple_of(p.n) && p.gates.len() == 4 * p.c.len());
    let (ins, out) = ([p.tanh.len(), p.gh.len(), p.gc.len()], p.out.len());
    assert!(ins == [p.c.len(); 3] && out == 4 * p.c.len(), "rows of different lengths");
    match isa() {
        // SAFETY: detection found AVX2.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 | Isa::Avx512 => unsafe { backward_avx2(&mut p) },
        _ => backward_with(&mut p),
    }
    // SAFETY: whole rows, as many as there are, have been written.
    unsafe { written(p.out) }
}
