//! Streams of random numbers that come out the same everywhere: those of Go's `math/rand/v2`.
//!
//! A source gives 64 random bits at a time; [`Draws`] makes numbers of them as Go's `Rand` does.

mod chacha8;
mod normal;
mod pcg;

pub use chacha8::ChaCha8;
pub use pcg::Pcg;

/// A source of random bits, and what is made of them.
pub trait Draws {
    /// The next 64 bits.
    fn uint64(&mut self) -> u64;

    /// A number in [0, 1): a multiple of 2^-53.
    #[inline]
    fn uniform(&mut self) -> f64 {
        const SCALE: f64 = 1.0 / (1u64 << 53) as f64;
        (self.uint64() << 11 >> 11) as f64 * SCALE
    }

    /// A standard normal number, by the ziggurat of Marsaglia and Tsang.
    #[inline]
    fn normal(&mut self) -> f64
    where
        Self: Sized,
    {
        normal::draw(self)
    }

    /// A whole number below `n`, which is not 0, each as likely as any other (Lemire, *Fast Random
    /// Integer Generation in an Interval*, 2019).
    fn below(&mut self, n: u64) -> u64 {
        if n.is_power_of_two() {
            return self.uint64() & (n - 1);
        }
        let mut product = || u128::from(self.uint64()) * u128::from(n);
        let mut wide = product();
        if (wide as u64) < n {
            let threshold = n.wrapping_neg() % n;
            while (wide as u64) < threshold {
                wide = product();
            }
        }
        (wide >> 64) as u64
    }

    /// The numbers below `n` in random order, by the shuffle of Fisher and Yates.
    fn permutation(&mut self, n: usize) -> Vec<i64> {
        let mut order: Vec<i64> = (0..n as i64).collect();
        for i in (1..n).rev() {
            order.swap(i, self.below(i as u64 + 1) as usize);
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permutations_have_every_number_once() {
        let mut rng = Pcg::new(1, 2);
        for n in [0, 1, 2, 3, 10, 1000] {
            let mut p = rng.permutation(n);
            p.sort_unstable();
            assert!(p.into_iter().eq(0..n as i64));
        }
    }

    #[test]
    fn numbers_below_are_even() {
        let mut rng = Pcg::new(3, 4);
        let mut counts = [0u32; 7];
        (0..70_000).for_each(|_| counts[rng.below(7) as usize] += 1);
        assert!(counts.iter().all(|c| (9_600..10_400).contains(c)), "{counts:?}");
        assert_eq!(rng.below(1), 0);
        assert!(rng.below(u64::MAX) < u64::MAX);
    }
}
