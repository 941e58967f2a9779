//! Registers of AVX and AVX-512.

use super::lanes::Lanes;
use std::arch::x86_64::*;

/// Eight numbers in a register of AVX.
#[derive(Clone, Copy)]
pub(super) struct F32x8(__m256);
/// Four numbers in a register of AVX.
#[derive(Clone, Copy)]
pub(super) struct F64x4(__m256d);
/// Sixteen numbers in a register of AVX-512.
#[derive(Clone, Copy)]
pub(super) struct F32x16(__m512);
/// Eight numbers in a register of AVX-512.
#[derive(Clone, Copy)]
pub(super) struct F64x8(__m512d);

// SAFETY: throughout, the caller vouches for the instructions and for the memory.

/// Two halves of a register.
#[inline(always)]
unsafe fn halves_f32(low: *const f32, high: *const f32) -> __m256 {
    // SAFETY: see above.
    unsafe {
        let low = _mm256_castps128_ps256(_mm_loadu_ps(low));
        _mm256_insertf128_ps::<1>(low, _mm_loadu_ps(high))
    }
}

#[inline(always)]
unsafe fn turn_f32(from: *const f32, step: isize, to: *mut f32, to_step: isize) {
    for at in [0, 4] {
        // SAFETY: see above.
        unsafe {
            let mut row = [_mm256_setzero_ps(); 4];
            for i in 0..4 {
                let low = from.wrapping_offset(i as isize * step + at);
                row[i] = halves_f32(low, low.wrapping_offset(4 * step));
            }
            // Pairs of two rows, then of all four.
            let [a, b, c, d] = row;
            let (ab, ba) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
            let (cd, dc) = (_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
            let to = to.wrapping_offset(at * to_step);
            _mm256_storeu_ps(to, _mm256_shuffle_ps::<0x44>(ab, cd));
            _mm256_storeu_ps(to.wrapping_offset(to_step), _mm256_shuffle_ps::<0xee>(ab, cd));
            _mm256_storeu_ps(to.wrapping_offset(2 * to_step), _mm256_shuffle_ps::<0x44>(ba, dc));
            _mm256_storeu_ps(to.wrapping_offset(3 * to_step), _mm256_shuffle_ps::<0xee>(ba, dc));
        }
    }
}

/// Two halves of a register.
#[inline(always)]
unsafe fn halves_f64(low: *const f64, high: *const f64) -> __m256d {
    // SAFETY: see above.
    unsafe {
        let low = _mm256_castpd128_pd256(_mm_loadu_pd(low));
        _mm256_insertf128_pd::<1>(low, _mm_loadu_pd(high))
    }
}

#[inline(always)]
unsafe fn turn_f64(from: *const f64, step: isize, to: *mut f64, to_step: isize) {
    for at in [0, 2] {
        // SAFETY: see above.
        unsafe {
            let (low, next) = (from.wrapping_offset(at), from.wrapping_offset(step + at));
            let a = halves_f64(low, low.wrapping_offset(2 * step));
            let b = halves_f64(next, next.wrapping_offset(2 * step));
            let to = to.wrapping_offset(at * to_step);
            _mm256_storeu_pd(to, _mm256_unpacklo_pd(a, b));
            _mm256_storeu_pd(to.wrapping_offset(to_step), _mm256_unpackhi_pd(a, b));
        }
    }
}

macro_rules! common {
    ($T:ident, $n:literal by $rows:literal, $splat:ident, $load:ident, $store:ident,
     $fma:ident, $add:ident, $turn:ident $side:literal) => {
        type T = $T;
        const N: usize = $n;
        const ROWS: usize = $rows;
        const SIDE: usize = $side;
        const FETCHES: bool = true;
        #[inline(always)]
        unsafe fn splat(x: $T) -> Self {
            // SAFETY: see above.
            Self(unsafe { $splat(x) })
        }
        #[inline(always)]
        unsafe fn load(at: *const $T) -> Self {
            // SAFETY: see above.
            Self(unsafe { $load(at) })
        }
        #[inline(always)]
        unsafe fn store(self, at: *mut $T) {
            // SAFETY: see above.
            unsafe { $store(at, self.0) }
        }
        #[inline(always)]
        unsafe fn mul_add(self, b: Self, c: Self) -> Self {
            // SAFETY: see above.
            Self(unsafe { $fma(self.0, b.0, c.0) })
        }
        #[inline(always)]
        unsafe fn add(self, b: Self) -> Self {
            // SAFETY: see above.
            Self(unsafe { $add(self.0, b.0) })
        }
        #[inline(always)]
        fn prefetch(at: *const $T) {
            // SAFETY: any address may be asked for.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
        }
        #[inline(always)]
        unsafe fn turn(from: *const $T, step: isize, to: *mut $T, to_step: isize) {
            // SAFETY: see above.
            unsafe { $turn(from, step, to, to_step) }
        }
    };
}

impl Lanes for F32x8 {
    common!(f32, 8 by 6, _mm256_set1_ps, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_fmadd_ps,
        _mm256_add_ps, turn_f32 8);
    type Mask = __m256i;
    #[inline(always)]
    unsafe fn mask(n: usize) -> __m256i {
        // SAFETY: see above.
        unsafe {
            let lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
            _mm256_cmpgt_epi32(_mm256_set1_epi32(n as i32), lanes)
        }
    }
    #[inline(always)]
    unsafe fn load_part(at: *const f32, mask: __m256i) -> Self {
        // SAFETY: see above.
        Self(unsafe { _mm256_maskload_ps(at, mask) })
    }
    #[inline(always)]
    unsafe fn store_part(self, mut at: *mut f32, n: usize) {
        // By powers of two: the masked store is slow on some processors.
        // SAFETY: see above.
        unsafe {
            if n >= 8 {
                return self.store(at);
            }
            let mut low = _mm256_castps256_ps128(self.0);
            if n & 4 != 0 {
                _mm_storeu_ps(at, low);
                at = at.add(4);
                low = _mm256_extractf128_ps::<1>(self.0);
            }
            if n & 2 != 0 {
                _mm_storel_pd(at.cast(), _mm_castps_pd(low));
                at = at.add(2);
                low = _mm_movehl_ps(low, low);
            }
            if n & 1 != 0 {
                _mm_store_ss(at, low);
            }
        }
    }
    #[inline(always)]
    unsafe fn sum(self) -> f32 {
        // SAFETY: see above.
        unsafe {
            let (low, high) = (_mm256_castps256_ps128(self.0), _mm256_extractf128_ps::<1>(self.0));
            let four = _mm_add_ps(low, high);
            let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
        }
    }
}

impl Lanes for F64x4 {
    common!(f64, 4 by 6, _mm256_set1_pd, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_fmadd_pd,
        _mm256_add_pd, turn_f64 4);
    type Mask = __m256i;
    #[inline(always)]
    unsafe fn mask(n: usize) -> __m256i {
        // SAFETY: see above.
        unsafe {
            let lanes = _mm256_setr_epi64x(0, 1, 2, 3);
            _mm256_cmpgt_epi64(_mm256_set1_epi64x(n as i64), lanes)
        }
    }
    #[inline(always)]
    unsafe fn load_part(at: *const f64, mask: __m256i) -> Self {
        // SAFETY: see above.
        Self(unsafe { _mm256_maskload_pd(at, mask) })
    }
    #[inline(always)]
    unsafe fn store_part(self, mut at: *mut f64, n: usize) {
        // SAFETY: see above.
        unsafe {
            if n >= 4 {
                return self.store(at);
            }
            let mut low = _mm256_castpd256_pd128(self.0);
            if n & 2 != 0 {
                _mm_storeu_pd(at, low);
                at = at.add(2);
                low = _mm256_extractf128_pd::<1>(self.0);
            }
            if n & 1 != 0 {
                _mm_store_sd(at, low);
            }
        }
    }
    #[inline(always)]
    unsafe fn sum(self) -> f64 {
        // SAFETY: see above.
        unsafe {
            let (low, high) = (_mm256_castpd256_pd128(self.0), _mm256_extractf128_pd::<1>(self.0));
            let two = _mm_add_pd(low, high);
            _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)))
        }
    }
}

macro_rules! wide {
    ($T:ident, $Mask:ident, $load:ident, $store:ident, $sum:ident) => {
        type Mask = $Mask;
        #[inline(always)]
        unsafe fn mask(n: usize) -> $Mask {
            ((1_u32 << n) - 1) as $Mask
        }
        #[inline(always)]
        unsafe fn load_part(at: *const $T, mask: $Mask) -> Self {
            // SAFETY: see above.
            Self(unsafe { $load(mask, at) })
        }
        #[inline(always)]
        unsafe fn store_part(self, at: *mut $T, n: usize) {
            // SAFETY: see above.
            unsafe { $store(at, Self::mask(n), self.0) }
        }
        #[inline(always)]
        unsafe fn sum(self) -> $T {
            // SAFETY: see above.
            unsafe { $sum(self.0) }
        }
    };
}

impl Lanes for F32x16 {
    common!(f32, 16 by 12, _mm512_set1_ps, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_fmadd_ps,
        _mm512_add_ps, turn_f32 8);
    wide!(f32, __mmask16, _mm512_maskz_loadu_ps, _mm512_mask_storeu_ps, _mm512_reduce_add_ps);
}

impl Lanes for F64x8 {
    common!(f64, 8 by 12, _mm512_set1_pd, _mm512_loadu_pd, _mm512_storeu_pd, _mm512_fmadd_pd,
        _mm512_add_pd, turn_f64 4);
    wide!(f64, __mmask8, _mm512_maskz_loadu_pd, _mm512_mask_storeu_pd, _mm512_reduce_add_pd);
}
