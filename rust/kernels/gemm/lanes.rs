//! Vectors of numbers: the few instructions that the kernels are written in.

use super::Kernels;

/// A register of numbers.
///
/// The methods are always inlined: those of an instruction set may run only inside functions
/// compiled for it, which is what [`super::kernel`] sees to.
pub(super) trait Lanes: Copy {
    /// What is in it.
    type T: Kernels;
    /// Which lanes a partial load or store means.
    type Mask: Copy;
    /// How many there are.
    const N: usize;
    /// How many rows of two registers each are summed up at once: with a row of the right operand
    /// and an element of the left one they fill the registers.
    const ROWS: usize;
    /// The side of the squares that [`Lanes::turn`] transposes.
    const SIDE: usize;
    /// # Safety
    /// The processor has the instructions, as for every method here.
    unsafe fn splat(x: Self::T) -> Self;
    /// # Safety
    /// `N` elements can be read.
    unsafe fn load(at: *const Self::T) -> Self;
    /// # Safety
    /// `N` elements can be written.
    unsafe fn store(self, at: *mut Self::T);
    /// The first `n` lanes.
    /// # Safety
    /// As for `splat`; `n` is at most `N`.
    unsafe fn mask(n: usize) -> Self::Mask;
    /// The lanes of the mask, and zeros.
    /// # Safety
    /// The elements of the mask's lanes can be read.
    unsafe fn load_part(at: *const Self::T, mask: Self::Mask) -> Self;
    /// Only the first `n` lanes.
    /// # Safety
    /// `n` elements can be written, at most `N`.
    unsafe fn store_part(self, at: *mut Self::T, n: usize);
    /// `self * b + c`
    /// # Safety
    /// As for `splat`.
    unsafe fn mul_add(self, b: Self, c: Self) -> Self;
    /// # Safety
    /// As for `splat`.
    unsafe fn add(self, b: Self) -> Self;
    /// The sum of all lanes.
    /// # Safety
    /// As for `splat`.
    unsafe fn sum(self) -> Self::T;
    /// Whether [`Lanes::prefetch`] does anything.
    const FETCHES: bool;
    /// Asks for a cache line that will be needed.
    fn prefetch(at: *const Self::T);
    /// Writes a square of `SIDE` rows transposed; rows follow each other in the given steps.
    /// # Safety
    /// The squares are there to read and to write.
    unsafe fn turn(from: *const Self::T, step: isize, to: *mut Self::T, to_step: isize);
}

/// Numbers without instructions of our choice: the compiler finds some.
#[derive(Clone, Copy)]
pub(super) struct Plain<T, const N: usize>([T; N]);

macro_rules! plain {
    ($T:ident) => {
        impl<const N: usize> Lanes for Plain<$T, N> {
            type T = $T;
            type Mask = usize;
            const N: usize = N;
            // 64-bit ARM has twice the registers.
            const ROWS: usize = if cfg!(target_arch = "aarch64") { 8 } else { 4 };
            const SIDE: usize = 4;
            const FETCHES: bool = false;
            #[inline(always)]
            unsafe fn splat(x: $T) -> Self {
                Plain([x; N])
            }
            #[inline(always)]
            unsafe fn load(at: *const $T) -> Self {
                // SAFETY: the caller vouches for the elements.
                Plain(unsafe { at.cast::<[$T; N]>().read_unaligned() })
            }
            #[inline(always)]
            unsafe fn store(self, at: *mut $T) {
                // SAFETY: the caller vouches for the elements.
                unsafe { at.cast::<[$T; N]>().write_unaligned(self.0) }
            }
            #[inline(always)]
            unsafe fn mask(n: usize) -> usize {
                n
            }
            #[inline(always)]
            unsafe fn load_part(at: *const $T, n: usize) -> Self {
                let mut x = [0.0; N];
                for (i, x) in x.iter_mut().enumerate().take(n) {
                    // SAFETY: the caller vouches for the elements.
                    *x = unsafe { at.add(i).read() };
                }
                Plain(x)
            }
            #[inline(always)]
            unsafe fn store_part(self, at: *mut $T, n: usize) {
                for (i, &x) in self.0.iter().enumerate().take(n) {
                    // SAFETY: the caller vouches for the elements.
                    unsafe { at.add(i).write(x) };
                }
            }
            #[inline(always)]
            unsafe fn mul_add(self, b: Self, c: Self) -> Self {
                let mut sum = c.0;
                for i in 0..N {
                    // A fused multiply-add is a slow function call where it is missing.
                    sum[i] = if cfg!(target_arch = "aarch64") {
                        self.0[i].mul_add(b.0[i], sum[i])
                    } else {
                        self.0[i] * b.0[i] + sum[i]
                    };
                }
                Plain(sum)
            }
            #[inline(always)]
            unsafe fn add(self, b: Self) -> Self {
                let mut sum = self.0;
                for i in 0..N {
                    sum[i] += b.0[i];
                }
                Plain(sum)
            }
            #[inline(always)]
            unsafe fn sum(self) -> $T {
                self.0.iter().fold(0.0, |sum, x| sum + x)
            }
            #[inline(always)]
            fn prefetch(_: *const $T) {}
            #[inline(always)]
            unsafe fn turn(from: *const $T, step: isize, to: *mut $T, to_step: isize) {
                for i in 0..4 {
                    for j in 0..4 {
                        // SAFETY: the caller vouches for the squares.
                        unsafe {
                            let x = *from.wrapping_offset(i * step + j);
                            *to.wrapping_offset(j * to_step + i) = x;
                        }
                    }
                }
            }
        }
    };
}
plain!(f32);
plain!(f64);
