//! PCG with the output function DXSM and 128 bits of state, as Go's `math/rand/v2` has it.
//!
//! O'Neill, *PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random
//! Number Generation*, 2014; DXSM ("double xorshift multiply") is her later output function.

use super::Draws;

const MULTIPLIER: u128 = 2_549_297_995_355_413_924 << 64 | 4_865_540_595_714_422_341;
const INCREMENT: u128 = 6_364_136_223_846_793_005 << 64 | 1_442_695_040_888_963_407;
const CHEAP_MULTIPLIER: u64 = 0xda94_2042_e4dd_58b5;

/// The generator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pcg {
    state: u128,
}

impl Pcg {
    /// Starts from 128 bits of seed. The state that [`Pcg::seeds`] tells is such a seed too.
    pub fn new(seed1: u64, seed2: u64) -> Self {
        Self { state: u128::from(seed1) << 64 | u128::from(seed2) }
    }

    /// The state, in the form of the seeds that lead to it.
    pub fn seeds(&self) -> (u64, u64) {
        ((self.state >> 64) as u64, self.state as u64)
    }
}

impl Draws for Pcg {
    #[inline]
    fn uint64(&mut self) -> u64 {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT);
        let (mut hi, lo) = self.seeds();
        hi ^= hi >> 32;
        hi = hi.wrapping_mul(CHEAP_MULTIPLIER);
        hi ^= hi >> 48;
        hi.wrapping_mul(lo | 1)
    }
}
