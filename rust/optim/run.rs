//! The loop around the formulas.

use std::mem::MaybeUninit;
use std::ops::Range;

use super::Rule;
use crate::error::{Error, Result};
use crate::kernels::dispatch::{Isa, Lane, isa};
use crate::kernels::gemm::Element as Gemm;
use crate::kernels::heavy::heavy;
use crate::kernels::shared::Shared;
use crate::kernels::{copy, parallel, products};
use crate::tensor::{Array, Tensor};
use crate::with_float;

/// Elements per parallel piece.
const CHUNK: usize = 32 * 1024;
/// Nanoseconds per element, roughly: memory is what they wait for.
const COST: f64 = 0.8;

/// A parameter of so many bytes has left the caches before it is read again, so that it need not go through them:
/// its memory would be read first.
const LARGE: usize = 4 << 20;

/// One step: gives the new value of a parameter, and changes the state, in place where nobody else
/// holds it. The parameter's own memory stays as it is: graphs and arrays may share it. The shapes
/// are equal, and so are the dtypes of parameter and state.
pub fn step<R: Rule<S>, const S: usize>(
    rule: R,
    param: &Tensor,
    grad: &Tensor,
    state: &mut [Tensor; S],
) -> Result<Tensor> {
    with_float!(param.dtype(), T => typed::<T, R, S>(rule, param, grad, state),
        else Err(Error::internal("a parameter of integers")))
}

fn typed<T: Lane + Gemm, R: Rule<S>, const S: usize>(
    rule: R,
    param: &Tensor,
    grad: &Tensor,
    state: &mut [Tensor; S],
) -> Result<Tensor> {
    let strided = || Error::internal("an optimizer's operand is not in rows");
    let p = copy::contiguous(&param.to_array()?)?;
    let p_in = p.as_slice().ok_or_else(strided)?;
    for s in state.iter_mut() {
        if s.as_mut_slice::<T>().is_none() {
            *s = copy::owned(s.clone())?;
        }
    }
    let mut slices = Vec::with_capacity(S);
    for s in state.iter_mut() {
        slices.push(Shared::new(s.as_mut_slice::<T>().ok_or_else(strided)?));
    }
    if grad.size() != p_in.len() || slices.iter().any(|s| s.len() != p_in.len()) {
        return Err(Error::internal("an optimizer's operands differ in size"));
    }
    // SAFETY: the pieces, which write all that they are given, make up all of `out`.
    let new = unsafe {
        Array::build(p.shape(), |out| {
            let out = Shared::new(out);
            let piece = |start: usize, g: &[T]| {
                let r = start..start + g.len();
                // Pieces are disjoint.
                let state = std::array::from_fn(|k| slices[k].slice(r.clone()));
                run(rule, &p_in[r.clone()], g, state, out.slice(r), size_of_val(p_in) >= LARGE);
            };
            if let Some(product) = products::waiting(grad)
                && grad.dtype() == T::DTYPE
                && product.in_rows(&piece)?
            {
                return Ok(());
            }
            let grad = copy::contiguous(&copy::cast(grad, T::DTYPE)?.to_array()?)?;
            let g_in = grad.as_slice().ok_or_else(strided)?;
            let piece = |r: Range<usize>| piece(r.start, &g_in[r]);
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

/// [`pass`], with a result that may go straight to memory.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<T: Lane, R: Rule<S>, const S: usize>(
    rule: R,
    p: &[T],
    g: &[T],
    mut state: [&mut [T]; S],
    out: &mut [MaybeUninit<T>],
    past_caches: bool,
) {
    use std::arch::x86_64::{__m256i, _mm_sfence, _mm256_load_si256, _mm256_stream_si256};

    /// So much is computed before it is written.
    type Lines = [__m256i; 64];

    if !past_caches {
        return pass(rule, p, g, state, out);
    }
    let head = out.as_ptr().cast::<u8>().align_offset(align_of::<Lines>()) / size_of::<T>();
    let head = head.min(out.len());
    let first = state.each_mut().map(|s| &mut s[..head]);
    pass(rule, &p[..head], &g[..head], first, &mut out[..head]);
    let mut lines = MaybeUninit::<Lines>::uninit();
    let each = size_of::<Lines>() / size_of::<T>();
    let mut state = state.map(|s| s[head..].chunks_mut(each));
    let (given, out) = (p[head..].chunks(each).zip(g[head..].chunks(each)), &mut out[head..]);
    for (out, (p, g)) in out.chunks_mut(each).zip(given) {
        let state = state.each_mut().map(|s| s.next().unwrap_or_default());
        if out.len() < each {
            pass(rule, p, g, state, out);
            continue;
        }
        let from = lines.as_mut_ptr().cast::<__m256i>();
        let to = out.as_mut_ptr().cast::<__m256i>();
        // SAFETY: the lines have room for as many elements, of a type that any of them may be part of; `pass`
        // writes all of them, and then they are copied to as many bytes. Both addresses are aligned.
        unsafe {
            pass(rule, p, g, state, std::slice::from_raw_parts_mut(from.cast(), each));
            for i in 0..size_of::<Lines>() / size_of::<__m256i>() {
                _mm256_stream_si256(to.add(i), _mm256_load_si256(from.add(i)));
            }
        }
    }
    // Other threads see these stores when they see what follows.
    _mm_sfence();
}

/// Memory is what these loops wait for, so wider instructions than AVX2's gain nothing. The formulas
/// add, multiply, divide and take roots, which gives the same bits everywhere.
fn run<T: Lane, R: Rule<S>, const S: usize>(
    rule: R,
    p: &[T],
    g: &[T],
    state: [&mut [T]; S],
    out: &mut [MaybeUninit<T>],
    past_caches: bool,
) {
    match isa() {
        // SAFETY: detection found these features.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 | Isa::Avx512 => unsafe { avx2(rule, p, g, state, out, past_caches) },
        _ => pass(rule, p, g, state, out),
    }
}
