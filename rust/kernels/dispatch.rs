//! Which instructions this machine has, asked once; and loops built for each answer.

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicU8, Ordering};

use super::expr::{Expr, Fast};
use super::math;
use crate::tensor::Float;

/// The instruction sets that loops are built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Isa {
    /// What every machine of the target has.
    Base = 1,
    /// AVX2 with fused multiply-add.
    Avx2 = 2,
    /// AVX-512 F, DQ, VL, BW.
    Avx512 = 3,
}

static ISA: AtomicU8 = AtomicU8::new(0);

/// The best instruction set here.
#[inline(always)]
pub fn isa() -> Isa {
    match ISA.load(Ordering::Relaxed) {
        2 => Isa::Avx2,
        3 => Isa::Avx512,
        1 => Isa::Base,
        _ => detect(),
    }
}

#[cold]
fn detect() -> Isa {
    let isa = best();
    ISA.store(isa as u8, Ordering::Relaxed);
    isa
}

#[cfg(target_arch = "x86_64")]
fn best() -> Isa {
    let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512bw");
    match (avx2, avx512) {
        (true, true) => Isa::Avx512,
        (true, false) => Isa::Avx2,
        _ => Isa::Base,
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn best() -> Isa {
    Isa::Base
}

/// How dear an elementwise function is, and how its loop must treat its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Adds, multiplies, divides, compares, takes roots: the same on every machine.
    Arithmetic,
    /// Transcendental, with our own code for every argument.
    Function,
    /// Uses `sin` or `cos` of the first input, which must be tame for our own code.
    Trig,
    /// Uses the standard library element by element.
    Library,
}

impl Class {
    /// Nanoseconds per element, roughly: what decides on threads.
    pub const fn cost(self) -> f64 {
        match self {
            Class::Arithmetic => 0.5,
            Class::Function | Class::Trig => 1.5,
            Class::Library => 10.0,
        }
    }
}

/// An elementwise function of `N` inputs.
pub trait MapFn<const N: usize>: Copy + Send + Sync + 'static {
    /// Its cost and kind.
    const CLASS: Class;
    /// The formula. Implementations are marked `#[inline(always)]`: the loops around them are
    /// compiled for several instruction sets, and a call that is not inlined is compiled for none.
    fn eval<E: Expr>(&self, x: [E; N]) -> E;
}

/// A number with its two faces: plain, and on a machine with fused multiply-add.
pub trait Lane: Float + Expr {
    /// Its fast face.
    type Fast: Expr;
    /// Puts the fast face on.
    fn fast(self) -> Self::Fast;
    /// Takes it off.
    fn plain(x: Self::Fast) -> Self;
    /// Whether the fast `sin` and `cos` hold for it.
    fn is_tame(self) -> bool;
    /// Runs a loop over slices of the same length.
    fn run(by: &dyn Loop, ins: &[&[Self]], out: &mut [MaybeUninit<Self>]);
}

/// An elementwise function with its number of inputs hidden, for code that serves all of them.
pub trait Loop: Send + Sync {
    /// Writes the function of each element of slices of the same length.
    fn f64(&self, ins: &[&[f64]], out: &mut [MaybeUninit<f64>]);
    /// The same for float32.
    fn f32(&self, ins: &[&[f32]], out: &mut [MaybeUninit<f32>]);
}

/// [`Loop`] of a [`MapFn`].
pub struct Each<F, const N: usize>(pub F);

impl<F: MapFn<N>, const N: usize> Loop for Each<F, N> {
    fn f64(&self, ins: &[&[f64]], out: &mut [MaybeUninit<f64>]) {
        run(&self.0, std::array::from_fn(|k| ins[k]), out);
    }
    fn f32(&self, ins: &[&[f32]], out: &mut [MaybeUninit<f32>]) {
        run(&self.0, std::array::from_fn(|k| ins[k]), out);
    }
}

macro_rules! lane {
    ($T:ident, $limit:ident) => {
        impl Lane for $T {
            type Fast = Fast<$T>;
            #[inline(always)]
            fn fast(self) -> Self::Fast {
                Fast(self)
            }
            #[inline(always)]
            fn plain(x: Self::Fast) -> Self {
                x.0
            }
            #[inline(always)]
            fn is_tame(self) -> bool {
                self.abs() <= math::$limit
            }
            #[inline(always)]
            fn run(by: &dyn Loop, ins: &[&[Self]], out: &mut [MaybeUninit<Self>]) {
                by.$T(ins, out);
            }
        }
    };
}
lane!(f64, TRIG_LIMIT_F64);
lane!(f32, TRIG_LIMIT_F32);

/// The elements at `i` of some slices.
#[inline(always)]
fn at<T: Copy, const N: usize>(ins: &[&[T]; N], i: usize) -> [T; N] {
    // A loop, not `map`: that one is not sure to be inlined, and then nothing is vectorised.
    let mut x = [ins[0][i]; N];
    for k in 1..N {
        x[k] = ins[k][i];
    }
    x
}

/// Inputs with their fast faces on.
#[inline(always)]
fn fast<T: Lane, const N: usize>(x: [T; N]) -> [T::Fast; N] {
    let mut y = [x[0].fast(); N];
    for k in 1..N {
        y[k] = x[k].fast();
    }
    y
}

/// Slices cut to a length that the compiler knows to be the same.
#[inline(always)]
fn cut<'a, T, const N: usize>(ins: &[&'a [T]; N], n: usize) -> [&'a [T]; N] {
    let mut short = *ins;
    for s in &mut short {
        *s = &s[..n];
    }
    short
}

/// One pass of `f` over slices of the same length.
#[inline(always)]
fn fast_loop<T: Lane, F: MapFn<N>, const N: usize>(
    f: &F,
    ins: [&[T]; N],
    out: &mut [MaybeUninit<T>],
) {
    let n = out.len();
    let ins = cut(&ins, n);
    if F::CLASS != Class::Trig || ins[0].iter().all(|x| x.is_tame()) {
        for i in 0..n {
            out[i].write(T::plain(f.eval(fast(at(&ins, i)))));
        }
    } else {
        wild_loop(f, ins, out);
    }
}

/// The same where some arguments are beyond the fast code. Element by element, so that a value
/// never depends on its neighbours.
#[inline(always)]
fn wild_loop<T: Lane, F: MapFn<N>, const N: usize>(
    f: &F,
    ins: [&[T]; N],
    out: &mut [MaybeUninit<T>],
) {
    for i in 0..out.len() {
        out[i].write(if ins[0][i].is_tame() {
            T::plain(f.eval(fast(at(&ins, i))))
        } else {
            f.eval(at(&ins, i))
        });
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<T: Lane, F: MapFn<N>, const N: usize>(f: &F, ins: [&[T]; N], out: &mut [MaybeUninit<T>]) {
    fast_loop(f, ins, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma")]
fn avx512<T: Lane, F: MapFn<N>, const N: usize>(f: &F, ins: [&[T]; N], out: &mut [MaybeUninit<T>]) {
    fast_loop(f, ins, out);
}

#[cfg(not(target_arch = "aarch64"))]
fn base<T: Lane, F: MapFn<N>, const N: usize>(f: &F, ins: [&[T]; N], out: &mut [MaybeUninit<T>]) {
    let n = out.len();
    let ins = cut(&ins, n);
    for i in 0..n {
        out[i].write(f.eval(at(&ins, i)));
    }
}

// Fused multiply-add belongs to the architecture.
#[cfg(target_arch = "aarch64")]
fn base<T: Lane, F: MapFn<N>, const N: usize>(f: &F, ins: [&[T]; N], out: &mut [MaybeUninit<T>]) {
    fast_loop(f, ins, out);
}

/// Runs `f` over slices of the same length with the best loop of this machine.
#[inline]
fn run<T: Lane, F: MapFn<N>, const N: usize>(f: &F, ins: [&[T]; N], out: &mut [MaybeUninit<T>]) {
    match isa() {
        // SAFETY: detection found these features.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 if F::CLASS == Class::Function || F::CLASS == Class::Trig => unsafe {
            avx512(f, ins, out)
        },
        // SAFETY: detection found these features.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 | Isa::Avx512 => unsafe { avx2(f, ins, out) },
        _ => base(f, ins, out),
    }
}

/// `f` of single numbers, by the code that arrays use, so that both give the same bits.
#[inline(always)]
pub fn scalar<T: Lane, F: MapFn<N>, const N: usize>(f: &F, x: [T; N]) -> T {
    match F::CLASS {
        Class::Arithmetic | Class::Library => f.eval(x),
        Class::Function | Class::Trig => {
            let mut out = [MaybeUninit::new(T::ZERO)];
            run(f, x.each_ref().map(std::slice::from_ref), &mut out);
            // SAFETY: initialised above, and written by the loop.
            unsafe { out[0].assume_init() }
        }
    }
}
