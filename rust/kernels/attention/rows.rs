//! Some rows of scores, one for each query: they become weights in place, and the gradients of the
//! weights become those of the scores.

use super::super::dispatch::Lane;
use super::super::joins::{BLOCK, LANES, Max, Reducer, Sum, Tree, fold, join, total};
use super::super::lines::{Job, Math, dispatch};
use super::super::softmax::shifted;
use crate::tensor::{Element, Float};

/// Which keys the queries of a tile see.
#[derive(Clone, Copy)]
pub struct Sight<'a, T> {
    /// Per query, whether it sees only as many keys as its own number says, and one: the number of the
    /// first of them.
    pub causal: Option<usize>,
    /// Numbers that are added to the scores, minus infinity where a key is hidden.
    pub added: Added<'a, T>,
}

/// What is added to scores.
#[derive(Clone, Copy)]
pub enum Added<'a, T> {
    Nothing,
    /// To every row.
    Row(&'a [T]),
    /// To each row its own.
    Rows(&'a [T]),
}

impl<'a, T> Sight<'a, T> {
    /// How many keys row `r` may see, of `n`.
    #[inline(always)]
    fn limit(&self, r: usize, n: usize) -> usize {
        self.causal.map_or(n, |first| n.min(first + r + 1))
    }

    /// What is added to row `r`, of `n` scores.
    #[inline(always)]
    fn added(&self, r: usize, n: usize) -> Option<&'a [T]> {
        match self.added {
            Added::Nothing => None,
            Added::Row(row) => Some(&row[..n]),
            Added::Rows(rows) => Some(&rows[r * n..(r + 1) * n]),
        }
    }
}

/// Scores that become weights: `softmax(scale · x + added)` over what is seen, 0 elsewhere.
struct Weights<'a, T> {
    rows: &'a mut [T],
    width: usize,
    scale: T,
    sight: Sight<'a, T>,
}

/// Turns rows of `width` scores into weights.
pub fn weights<T: Lane>(rows: &mut [T], width: usize, scale: T, sight: Sight<'_, T>) {
    if width == 0 {
        return;
    }
    dispatch(Weights { rows, width, scale, sight });
}

impl<T: Lane> Job<T> for Weights<'_, T> {
    type Made = ();

    #[inline(always)]
    fn run<M: Math>(self) {
        let hidden = <T as Float>::NEG_INFINITY;
        for (r, row) in self.rows.chunks_exact_mut(self.width).enumerate() {
            let (x, rest) = row.split_at_mut(self.sight.limit(r, self.width));
            rest.fill(<T as Element>::ZERO);
            let added = self.sight.added(r, self.width).map(|a| &a[..x.len()]);
            let max = match added {
                None => scale(x, self.scale),
                Some(added) => {
                    for (x, &a) in x.iter_mut().zip(added) {
                        // Hidden scores are replaced rather than lowered: they may be NaN.
                        *x = if a == hidden { hidden } else { *x * self.scale + a };
                    }
                    join::<T, Max>(x)
                }
            };
            if let Some(added) = added
                && max == hidden
                && added.iter().all(|&a| a == hidden)
            {
                x.fill(<T as Element>::ZERO);
                continue;
            }
            let mut sum = exponentials::<T, M>(x, max);
            if let Some(added) = added.filter(|_| max == hidden || max.is_not_a_number()) {
                // Otherwise the exponential of minus infinity is 0.
                for (x, &a) in x.iter_mut().zip(added) {
                    *x = if a == hidden { <T as Element>::ZERO } else { *x };
                }
                sum = join::<T, Sum>(x);
            }
            let share = <T as Float>::ONE / sum;
            for x in x {
                *x = *x * share;
            }
        }
    }
}

/// Multiplies a row by a number, and gives its maximum.
#[inline(always)]
fn scale<T: Lane>(x: &mut [T], by: T) -> T {
    let mut max = [<T as Float>::NEG_INFINITY; LANES];
    let (chunks, rest) = x.as_chunks_mut::<LANES>();
    for chunk in chunks {
        for k in 0..LANES {
            chunk[k] = chunk[k] * by;
            max[k] = Max::join(max[k], chunk[k]);
        }
    }
    for k in 0..rest.len() {
        rest[k] = rest[k] * by;
        max[k] = Max::join(max[k], rest[k]);
    }
    fold::<T, Max>(max)
}

/// The exponentials of a row that is shifted by its maximum, and their sum.
#[inline(always)]
fn exponentials<T: Lane, M: Math>(x: &mut [T], max: T) -> T {
    let mut tree = Tree::<T, Sum>::new();
    for block in x.chunks_mut(BLOCK) {
        let mut sums = [<T as Element>::ZERO; LANES];
        let (chunks, rest) = block.as_chunks_mut::<LANES>();
        for chunk in chunks {
            for k in 0..LANES {
                chunk[k] = M::exp(shifted(chunk[k], max));
            }
            for k in 0..LANES {
                sums[k] += chunk[k];
            }
        }
        for k in 0..rest.len() {
            rest[k] = M::exp(shifted(rest[k], max));
            sums[k] += rest[k];
        }
        tree.push(fold::<T, Sum>(sums));
    }
    tree.finish()
}

/// Gradients of weights `p` that become those of scores, before the scale: `p · (g - Σ p g)`.
struct Slopes<'a, T> {
    p: &'a [T],
    g: &'a mut [T],
    width: usize,
}

/// Turns rows of gradients of weights into gradients of what the softmax was taken of.
pub fn slopes<T: Lane>(p: &[T], g: &mut [T], width: usize) {
    if width == 0 {
        return;
    }
    dispatch(Slopes { p, g, width });
}

impl<T: Lane> Job<T> for Slopes<'_, T> {
    type Made = ();

    #[inline(always)]
    fn run<M: Math>(self) {
        let zero = <T as Element>::ZERO;
        for (p, g) in self.p.chunks_exact(self.width).zip(self.g.chunks_exact_mut(self.width)) {
            // What has no weight has no part in it, be its gradient infinite.
            let dot = total([p, &*g], |[p, g]| if p == zero { zero } else { p * g });
            for (g, &p) in g.iter_mut().zip(p) {
                *g = if p == zero { zero } else { p * (*g - dot) };
            }
        }
    }
}

/// A factor for all of them.
struct Multiply<'a, T>(&'a mut [T], T);

/// Multiplies all elements by a number.
pub fn multiply<T: Lane>(x: &mut [T], by: T) {
    dispatch(Multiply(x, by));
}

impl<T: Lane> Job<T> for Multiply<'_, T> {
    type Made = ();

    #[inline(always)]
    fn run<M: Math>(self) {
        for x in self.0 {
            *x = *x * self.1;
        }
    }
}
