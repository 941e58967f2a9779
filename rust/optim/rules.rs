//! The formulas of the optimizers, with what is the same for all elements worked out before.

use super::Rule;
use crate::kernels::expr::{Expr, clamp};

/// Gradient descent: `p - lr g`.
#[derive(Clone, Copy)]
pub struct Sgd {
    /// The learning rate.
    pub lr: f64,
}

impl Rule<0> for Sgd {
    #[inline(always)]
    fn step<E: Expr>(&self, p: E, g: E, _: [E; 0]) -> (E, [E; 0]) {
        (p - p.lit(self.lr) * g, [])
    }
}

/// Momentum: `v = momentum v - lr g`, `p + v`; with Nesterov's look ahead `p + momentum v - lr g`.
#[derive(Clone, Copy)]
pub struct Momentum {
    /// The learning rate.
    pub lr: f64,
    /// How much of the last step the next one keeps.
    pub momentum: f64,
    /// Whether to look ahead.
    pub nesterov: bool,
}

impl Rule<1> for Momentum {
    #[inline(always)]
    fn step<E: Expr>(&self, p: E, g: E, [v]: [E; 1]) -> (E, [E; 1]) {
        let (momentum, pull) = (p.lit(self.momentum), p.lit(self.lr) * g);
        let v = momentum * v - pull;
        (if self.nesterov { p + (momentum * v - pull) } else { p + v }, [v])
    }
}

/// Adam, and AdamW with a decay: `m = β₁ m + (1 - β₁) g`, `v = β₂ v + (1 - β₂) g²`,
/// `keep p - lr m / (√v + eps)`.
#[derive(Clone, Copy)]
pub struct Adam {
    /// The learning rate with both corrections of bias in it.
    pub lr: f64,
    /// How much of the first moment stays.
    pub beta1: f64,
    /// How much of the second moment stays.
    pub beta2: f64,
    /// What keeps the quotient finite.
    pub eps: f64,
    /// What weight decay leaves of the parameter.
    pub keep: f64,
}

impl Adam {
    /// The rule of step `t`, counted from 1, in the efficient form of Kingma & Ba, section 2.
    pub fn at(t: u64, lr: f64, [beta1, beta2]: [f64; 2], eps: f64, weight_decay: f64) -> Self {
        let t = t.min(i32::MAX as u64) as i32;
        let corrected = lr * (1.0 - beta2.powi(t)).sqrt() / (1.0 - beta1.powi(t));
        Self { lr: corrected, beta1, beta2, eps, keep: 1.0 - lr * weight_decay }
    }
}

impl Rule<2> for Adam {
    #[inline(always)]
    fn step<E: Expr>(&self, p: E, g: E, [m, v]: [E; 2]) -> (E, [E; 2]) {
        let m = p.lit(self.beta1) * m + p.lit(1.0 - self.beta1) * g;
        let v = p.lit(self.beta2) * v + p.lit(1.0 - self.beta2) * g * g;
        let pull = p.lit(self.lr) * m / (v.sqrt() + p.lit(self.eps));
        (p.lit(self.keep) * p - pull, [m, v])
    }
}

/// RMSprop: `v = rho v + (1 - rho) g²`, `p - lr g / (√v + eps)`.
#[derive(Clone, Copy)]
pub struct RmsProp {
    /// The learning rate.
    pub lr: f64,
    /// How much of the mean square stays.
    pub rho: f64,
    /// What keeps the quotient finite.
    pub eps: f64,
}

impl Rule<1> for RmsProp {
    #[inline(always)]
    fn step<E: Expr>(&self, p: E, g: E, [v]: [E; 1]) -> (E, [E; 1]) {
        let v = p.lit(self.rho) * v + p.lit(1.0 - self.rho) * g * g;
        (p - p.lit(self.lr) * g / (v.sqrt() + p.lit(self.eps)), [v])
    }
}

/// AdaGrad: `v = v + g²`, `p - lr g / (√v + eps)`.
#[derive(Clone, Copy)]
pub struct AdaGrad {
    /// The learning rate.
    pub lr: f64,
    /// What keeps the quotient finite.
    pub eps: f64,
}

impl Rule<1> for AdaGrad {
    #[inline(always)]
    fn step<E: Expr>(&self, p: E, g: E, [v]: [E; 1]) -> (E, [E; 1]) {
        let v = v + g * g;
        (p - p.lit(self.lr) * g / (v.sqrt() + p.lit(self.eps)), [v])
    }
}

/// Lion: `c = β₁ m + (1 - β₁) g`, `m = β₂ m + (1 - β₂) g`, `keep p - lr sign(c)`.
#[derive(Clone, Copy)]
pub struct Lion {
    /// The learning rate.
    pub lr: f64,
    /// How much of the momentum the direction has.
    pub beta1: f64,
    /// How much of the momentum stays.
    pub beta2: f64,
    /// What weight decay leaves of the parameter.
    pub keep: f64,
}

impl Rule<1> for Lion {
    #[inline(always)]
    fn step<E: Expr>(&self, p: E, g: E, [m]: [E; 1]) -> (E, [E; 1]) {
        let (zero, c) = (p.lit(0.0), p.lit(self.beta1) * m + p.lit(1.0 - self.beta1) * g);
        let m = p.lit(self.beta2) * m + p.lit(1.0 - self.beta2) * g;
        // NaN where the gradient was, rather than 0: that must not pass for standing still.
        let sign = c.gt(zero) - zero.gt(c) + clamp(c, -1.0, 1.0) * zero;
        (p.lit(self.keep) * p - p.lit(self.lr) * sign, [m])
    }
}
