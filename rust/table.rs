//! Tables of nodes and addresses.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A hash of a small number or an address. Nobody chooses these to do harm, so it may be a simple one.
#[derive(Default)]
pub struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u32(&mut self, x: u32) {
        self.write_u64(u64::from(x));
    }

    fn write_usize(&mut self, x: usize) {
        self.write_u64(x as u64);
    }

    fn write_u64(&mut self, x: u64) {
        // By 2^64 over the golden ratio (Knuth, The Art of Computer Programming, section 6.4), and the high
        // bits, which all of the number goes into, moved down as well.
        let mixed = (self.0 ^ x).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

/// A map whose keys are such.
pub type Map<K, V> = HashMap<K, V, BuildHasherDefault<Mixer>>;
/// A set of such.
pub type Set<K> = HashSet<K, BuildHasherDefault<Mixer>>;
