//! The loop around the formulas.

use std::mem::MaybeUninit;
use std::ops::Range;

use super::Rule;
use crate::error::{Error, Result};
use crate::kernels::dispatch::{Isa, Lane, isa};
use crate::kernels::heavy::heavy;
use crate::kernels::shared::Shared;
use crate::kernels::{copy, parallel};
use crate::tensor::{Array, Tensor};
use crate::with_float;

/// Elements per parallel piece.
const CHUNK: usize = 32 * 1024;
/// Nanoseconds per element, roughly: memory is what they wait for.
const COST: f64 = 0.8;

/// One step: gives the new value of a parameter, and changes the state, in place where nobody else
/// holds it. The parameter's own memory stays as it is: graphs and arrays may share it. The shapes
/// are equal, and so are the dtypes of parameter and state.
pub fn step<R: Rule<S>, const S: usize>(
    rule: R,
    param: &Tensor,
    grad: &Tensor,
    state: &mut [Tensor; S],
) -> Result<Tensor> {
    let grad = copy::cast(grad, param.dtype())?;
    with_float!(param.dtype(), T => typed::<T, R, S>(rule, param, &grad, state),
        else Err(Error::internal("a parameter of integers")))
}

fn typed<T: Lane, R: Rule<S>, const S: usize>(
    rule: R,
    param: &Tensor,
    grad: &Tensor,
    state: &mut [Tensor; S],
) -> Result<Tensor> {
    let strided = || Error::internal("an optimizer's operand is not in rows");
    let (p, g) = (copy::contiguous(&param.to_array()?)?, copy::contiguous(&grad.to_array()?)?);
    let (p_in, g_in) = (p.as_slice().ok_or_else(strided)?, g.as_slice().ok_or_else(strided)?);
    for s in state.iter_mut() {
        if s.as_mut_slice::<T>().is_none() {
            *s = copy::owned(s.clone())?;
        }
    }
    let mut slices = Vec::with_capacity(S);
    for s in state.iter_mut() {
        slices.push(Shared::new(s.as_mut_slice::<T>().ok_or_else(strided)?));
    }
    if g_in.len() != p_in.len() || slices.iter().any(|s| s.len() != p_in.len()) {
        return Err(Error::internal("an optimizer's operands differ in size"));
    }
    // SAFETY: the pieces, which write all that they are given, make up all of `out`.
    let new = unsafe {
        Array::build(p.shape(), |out| {
            let out = Shared::new(out);
            let piece = |r: Range<usize>| {
                // Pieces are disjoint.
                let state = std::array::from_fn(|k| slices[k].slice(r.clone()));
                run(rule, &p_in[r.clone()], &g_in[r.clone()], state, out.slice(r));
            };
            heavy(p_in.len() as f64 * COST, || parallel::for_each_chunk(p_in.len(), CHUNK, piece));
            Ok(())
        })?
    };
    Ok(new.into())
}

#[inline(always)]
fn pass<T: Lane, R: Rule<S>, const S: usize>(
    rule: R,
    p: &[T],
    g: &[T],
    state: [&mut [T]; S],
    out: &mut [MaybeUninit<T>],
) {
    let n = out.len();
    let (p, g, state) = (&p[..n], &g[..n], state.map(|s| &mut s[..n]));
    for i in 0..n {
        let (new, kept) = rule.step(p[i], g[i], std::array::from_fn(|k| state[k][i]));
        for k in 0..S {
            state[k][i] = kept[k];
        }
        out[i].write(new);
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<T: Lane, R: Rule<S>, const S: usize>(
    rule: R,
    p: &[T],
    g: &[T],
    state: [&mut [T]; S],
    out: &mut [MaybeUninit<T>],
) {
    pass(rule, p, g, state, out);
}

/// Memory is what these loops wait for, so wider instructions than AVX2's gain nothing. The formulas
/// add, multiply, divide and take roots, which gives the same bits everywhere.
fn run<T: Lane, R: Rule<S>, const S: usize>(
    rule: R,
    p: &[T],
    g: &[T],
    state: [&mut [T]; S],
    out: &mut [MaybeUninit<T>],
) {
    match isa() {
        // SAFETY: detection found these features.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 | Isa::Avx512 => unsafe { avx2(rule, p, g, state, out) },
        _ => pass(rule, p, g, state, out),
    }
}
