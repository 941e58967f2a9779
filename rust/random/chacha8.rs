//! The generator chacha8rand of C2SP (<https://c2sp.org/chacha8rand>), as Go's `math/rand/v2` has it.
//!
//! Four blocks of ChaCha with 8 rounds are computed side by side and read across: first word 0 of
//! all four, then word 1, and so on. After sixteen blocks the last 32 bytes, which are not given out,
//! become the next key.

use super::Draws;

/// Numbers per four blocks.
const BATCH: usize = 32;
/// How many of the last four blocks' numbers are the next key.
const KEY: usize = 4;
/// Blocks per key.
const BLOCKS: u32 = 16;

/// The words "expand 32-byte k".
const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

type Lanes = [u32; 4];

/// The generator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChaCha8 {
    key: [u64; KEY],
    /// The number of the first of the four blocks in `buffer`.
    counter: u32,
    /// How many numbers of `buffer` were given out.
    used: usize,
    buffer: [u64; BATCH],
}

impl ChaCha8 {
    /// Starts from a key.
    pub fn new(seed: &[u8; 32]) -> Self {
        let mut key = [0; KEY];
        for (word, bytes) in key.iter_mut().zip(seed.as_chunks().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        Self { key, counter: 0, used: 0, buffer: blocks(&key, 0) }
    }

    /// The state: the key in use, and how many numbers it has given.
    pub fn state(&self) -> ([u8; 32], u64) {
        let mut bytes = [0; 32];
        for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(self.key) {
            *bytes = word.to_le_bytes();
        }
        (bytes, u64::from(self.counter) * (BATCH as u64 / 4) + self.used as u64)
    }

    /// Goes back to a state; `None` if there is none like it.
    pub fn from_state(key: &[u8; 32], used: u64) -> Option<Self> {
        let mut fresh = Self::new(key);
        let per_key = u64::from(BLOCKS) * BATCH as u64 / 4 - KEY as u64;
        if used > per_key {
            return None;
        }
        // A batch that is used up is left only when the next number is asked for.
        let batch = if used == 0 { 0 } else { (used - 1) / BATCH as u64 };
        fresh.counter = batch as u32 * 4;
        fresh.used = (used - batch * BATCH as u64) as usize;
        fresh.buffer = blocks(&fresh.key, fresh.counter);
        Some(fresh)
    }

    #[cold]
    fn refill(&mut self) {
        self.counter += 4;
        if self.counter == BLOCKS {
            self.key.copy_from_slice(&self.buffer[BATCH - KEY..]);
            self.counter = 0;
        }
        self.buffer = blocks(&self.key, self.counter);
        self.used = 0;
    }
}

impl Draws for ChaCha8 {
    #[inline]
    fn uint64(&mut self) -> u64 {
        let last = self.counter == BLOCKS - 4;
        if self.used == if last { BATCH - KEY } else { BATCH } {
            self.refill();
        }
        let drawn = self.buffer[self.used];
        self.used += 1;
        drawn
    }
}

/// Four blocks from number `counter` on, read across.
fn blocks(key: &[u64; KEY], counter: u32) -> [u64; BATCH] {
    let mut start = [[0u32; 4]; 16];
    for (words, constant) in start.iter_mut().zip(CONSTANTS) {
        *words = [constant; 4];
    }
    for (i, &word) in key.iter().enumerate() {
        start[4 + 2 * i] = [word as u32; 4];
        start[5 + 2 * i] = [(word >> 32) as u32; 4];
    }
    start[12] = [counter, counter + 1, counter + 2, counter + 3];

    let mut b = start;
    for _ in 0..4 {
        for i in 0..4 {
            quarter_round(&mut b, [i, 4 + i, 8 + i, 12 + i]);
        }
        for i in 0..4 {
            quarter_round(&mut b, [i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4]);
        }
    }
    // Unlike ChaCha's own output, only the key is added again.
    for (words, key) in b[4..12].iter_mut().zip(&start[4..12]) {
        *words = zip(*words, *key, u32::wrapping_add);
    }
    let mut out = [0; BATCH];
    for (pair, words) in out.as_chunks_mut::<2>().0.iter_mut().zip(&b) {
        let wide = |lo: u32, hi: u32| u64::from(lo) | u64::from(hi) << 32;
        *pair = [wide(words[0], words[1]), wide(words[2], words[3])];
    }
    out
}

#[inline(always)]
fn zip(a: Lanes, b: Lanes, f: impl Fn(u32, u32) -> u32) -> Lanes {
    std::array::from_fn(|i| f(a[i], b[i]))
}

#[inline(always)]
fn quarter_round(words: &mut [Lanes; 16], [a, b, c, d]: [usize; 4]) {
    let mut step = |to: usize, from: usize, turned: usize, by: u32| {
        words[to] = zip(words[to], words[from], u32::wrapping_add);
        words[turned] = zip(words[turned], words[to], |x, y| (x ^ y).rotate_left(by));
    };
    step(a, b, d, 16);
    step(c, d, b, 12);
    step(a, b, d, 8);
    step(c, d, b, 7);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers of the test vectors that the specification gives.
    #[test]
    fn known_numbers() {
        let mut rng = ChaCha8::new(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ123456");
        let drawn: Vec<u64> = (0..128).map(|_| rng.uint64()).collect();
        assert_eq!(
            drawn[..4],
            [
                0xb773_b606_3d46_16a5,
                0x1160_af22_a66a_bc3c,
                0x8c25_99d9_418d_287c,
                0x7ee0_7e03_7edc_5cd6
            ]
        );
        // On both sides of the first change of key, after 124 numbers.
        assert_eq!(
            drawn[123..126],
            [0x861d_6c13_9c06_c871, 0x5f41_df72_e05e_0487, 0x25bd_7e1e_1ae2_6b1d]
        );
    }

    #[test]
    fn every_state_comes_back() {
        let mut rng = ChaCha8::new(&[7; 32]);
        for _ in 0..400 {
            let (key, used) = rng.state();
            let mut again = ChaCha8::from_state(&key, used).expect("a state of its own");
            assert_eq!(again, rng);
            assert_eq!(again.uint64(), rng.uint64());
        }
        assert!(ChaCha8::from_state(&[0; 32], 125).is_none());
    }
}
