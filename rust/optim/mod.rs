//! Steps of optimizers, fused: one pass over a parameter reads it, its gradient and the optimizer's
//! state, and writes the new parameter and the new state.
//!
//! | file | what it has |
//! |---|---|
//! | `rules` | the formulas, one struct each |
//! | `run` | the loop around them |

mod rules;
mod run;
#[cfg(test)]
mod tests;

pub use rules::{AdaGrad, Adam, Lion, Momentum, RmsProp, Sgd};
pub use run::step;

use crate::kernels::expr::Expr;

/// A step of an optimizer that keeps `S` numbers per element.
pub trait Rule<const S: usize>: Copy + Sync {
    /// The new parameter and the new state, from the parameter `p`, its gradient `g` and the state.
    /// Before the first step the state is 0. Implementations are marked `#[inline(always)]`.
    fn step<E: Expr>(&self, p: E, g: E, state: [E; S]) -> (E, [E; S]);
}
