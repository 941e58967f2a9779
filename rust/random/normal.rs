//! Normal numbers by the ziggurat: Marsaglia and Tsang, *The Ziggurat Method for Generating Random
//! Variables*, Journal of Statistical Software 5(8), 2000, in the form that Go's `NormFloat64` has.

use std::sync::OnceLock;

use super::Draws;

const STRIPS: usize = 128;
/// Where the tail begins.
const TAIL: f64 = 3.442619855899;
/// The area of a strip.
const AREA: f64 = 9.91256303526217e-3;
/// The scale of the random integers.
const M: f64 = (1u64 << 31) as f64;

/// For each strip: below which integer a draw is surely inside, the width per unit of the integer,
/// and the height of the density at its edge.
struct Tables {
    inside: [u32; STRIPS],
    width: [f32; STRIPS],
    height: [f32; STRIPS],
}

fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp()
}

/// The tables as the paper computes them. Rounded to the precision in which they are used they do
/// not depend on the last digits of `exp` and `sqrt`.
fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut t = Tables { inside: [0; STRIPS], width: [0.0; STRIPS], height: [0.0; STRIPS] };
        let last = STRIPS - 1;
        let q = AREA / density(TAIL);
        t.inside[0] = (TAIL / q * M) as u32;
        t.width[0] = (q / M) as f32;
        t.width[last] = (TAIL / M) as f32;
        t.height[0] = 1.0;
        t.height[last] = density(TAIL) as f32;
        let mut edge = TAIL;
        for i in (1..last).rev() {
            let outer = edge;
            edge = (-2.0 * (AREA / edge + density(edge)).ln()).sqrt();
            t.inside[i + 1] = (edge / outer * M) as u32;
            t.width[i] = (edge / M) as f32;
            t.height[i] = density(edge) as f32;
        }
        t
    })
}

/// One number.
#[inline]
pub fn draw(source: &mut impl Draws) -> f64 {
    let t = tables();
    loop {
        let u = source.uint64();
        let j = u as i32;
        let strip = (u >> 32) as usize % STRIPS;
        let x = f64::from(j) * f64::from(t.width[strip]);
        if j.unsigned_abs() < t.inside[strip] {
            return x;
        }
        if strip == 0 {
            return tail(source, j > 0);
        }
        let (below, above) = (t.height[strip], t.height[strip - 1]);
        if below + source.uniform() as f32 * (above - below) < density(x) as f32 {
            return x;
        }
    }
}

/// A number beyond [`TAIL`].
#[cold]
fn tail(source: &mut impl Draws, positive: bool) -> f64 {
    loop {
        let x = -log(source.uniform()) * (1.0 / TAIL);
        let y = -log(source.uniform());
        if y + y >= x * x {
            return if positive { TAIL + x } else { -TAIL - x };
        }
    }
}

/// The natural logarithm, operation by operation as in Go and FreeBSD's `e_log.c`, on which the last
/// bit of numbers in the tail depends.
fn log(x: f64) -> f64 {
    const LN2_HI: f64 = 6.931_471_803_691_238e-1;
    const LN2_LO: f64 = 1.908_214_929_270_587_7e-10;
    const L: [f64; 7] = [
        6.666_666_666_666_735e-1,
        3.999_999_999_940_942e-1,
        2.857_142_874_366_239e-1,
        2.222_219_843_214_978_4e-1,
        1.818_357_216_161_805e-1,
        1.531_383_769_920_937_3e-1,
        1.479_819_860_511_658_6e-1,
    ];
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    // The argument is a multiple of 2^-53 in [0, 1): a normal number.
    let bits = x.to_bits();
    let mut k = (bits >> 52) as f64 - 1022.0;
    let mut fraction = f64::from_bits(bits & 0x000f_ffff_ffff_ffff | 0x3fe0_0000_0000_0000);
    if fraction < std::f64::consts::FRAC_1_SQRT_2 {
        fraction *= 2.0;
        k -= 1.0;
    }
    let f = fraction - 1.0;
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    let t1 = s2 * (L[0] + s4 * (L[2] + s4 * (L[4] + s4 * L[6])));
    let t2 = s4 * (L[1] + s4 * (L[3] + s4 * L[5]));
    let half = 0.5 * f * f;
    k * LN2_HI - ((half - (s * (half + (t1 + t2)) + k * LN2_LO)) - f)
}

#[cfg(test)]
mod tests {
    use super::super::Pcg;
    use super::*;

    #[test]
    fn tables_are_those_of_the_paper() {
        let t = tables();
        assert_eq!(t.inside[..4], [0x76ad_2212, 0, 0x600f_1b53, 0x6ce4_47a6]);
        assert_eq!(t.inside[126..], [0x7a72_2176, 0x77d6_64e5]);
        assert_eq!([t.width[0], t.width[127]], [1.7290405e-9, 1.6030948e-9]);
        assert_eq!([t.height[1], t.height[127]], [0.9635997, 0.0026696292]);
    }

    #[test]
    fn logarithm() {
        for i in 1..2000 {
            let x = f64::from(i) / 2000.0;
            assert!((log(x) - x.ln()).abs() <= 1e-15 * x.ln().abs(), "{x}");
        }
        assert_eq!(log(2f64.powi(-53)), -53.0 * std::f64::consts::LN_2);
    }

    #[test]
    fn moments() {
        let mut rng = Pcg::new(5, 6);
        let n = 400_000;
        let drawn: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
        let moment = |k: i32| drawn.iter().map(|x| x.powi(k)).sum::<f64>() / f64::from(n);
        for (k, want) in [(1, 0.0), (2, 1.0), (3, 0.0), (4, 3.0)] {
            assert!((moment(k) - want).abs() < 0.05, "moment {k}: {}", moment(k));
        }
        let far = drawn.iter().filter(|x| x.abs() > TAIL).count() as f64 / f64::from(n);
        assert!((far - 5.76e-4).abs() < 1.5e-4, "{far}");
    }
}
