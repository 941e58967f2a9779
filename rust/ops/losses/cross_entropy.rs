//! Cross-entropy of logits with labels: `-Σ q log softmax x`, summed over classes and divided by
//! the weight of the labels. `gx = gy (a · softmax x - q)`, with `a = Σ q` of each row.
//!
//! `q` is 1 at the label and 0 elsewhere; smoothing mixes it with equal shares (Szegedy et al.,
//! "Rethinking the Inception Architecture for Computer Vision", 2016), and class weights multiply it.

use super::Labels;
use crate::error::{Error, Kind, Result};
use crate::graph::{Ctx, Keep, Var};
use crate::kernels::dispatch::Lane;
use crate::kernels::lines::{Math, RowFn, Rows, Tile, start};
use crate::kernels::reduce;
use crate::kernels::softmax::{log_sums, shares, shifted, space};
use crate::op::{Grads, Op, Rule, binary, one};
use crate::ops;
use crate::tensor::{Array, Dims, Float, Tensor};
use crate::with_float;

/// How much each class counts, and how far labels are smoothed.
#[derive(Clone, Debug, Default)]
pub struct ClassWeights {
    /// A weight per class; all 1 for `None`.
    pub weights: Option<Vec<f64>>,
    /// The part of each label that goes to all classes alike.
    pub smoothing: f64,
}

impl ClassWeights {
    fn check(&self, classes: usize) -> Result<()> {
        let refuse = |message| Err(Error::argument("cross_entropy", message));
        if !(0.0..=1.0).contains(&self.smoothing) {
            let got = self.smoothing;
            return refuse(format!("label_smoothing must lie in [0, 1], got {got}"));
        }
        let Some(weights) = &self.weights else { return Ok(()) };
        if weights.len() != classes {
            return Err(Kind::ShapeMismatch {
                op: "cross_entropy",
                what: "weight, one for each class,",
                want: [classes][..].into(),
                got: [weights.len()][..].into(),
            }
            .into());
        }
        match weights.iter().find(|w| !(w.is_finite() && **w >= 0.0)) {
            Some(w) => refuse(format!("weights must be finite and not negative, got {w}")),
            None => Ok(()),
        }
    }

    #[inline(always)]
    fn of(&self, class: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |w| w[class])
    }
}

/// `q` of all rows, in terms of labels.
struct Targets {
    labels: Labels,
    classes: ClassWeights,
    /// Of all labels that count, one over the sum of weights; 0 if that is 0.
    scale: f64,
    /// Weights of all classes, added up.
    total: f64,
}

impl Targets {
    fn new(labels: Labels, classes: ClassWeights) -> Result<Self> {
        classes.check(labels.classes)?;
        let sum: f64 = labels.kept().map(|class| classes.of(class)).sum();
        let scale = if sum > 0.0 { 1.0 / sum } else { 0.0 };
        let total = match &classes.weights {
            Some(weights) => weights.iter().sum(),
            None => labels.classes as f64,
        };
        Ok(Self { labels, classes, scale, total })
    }

    /// `q` at the label itself, without what smoothing spreads.
    #[inline(always)]
    fn at(&self, label: usize) -> f64 {
        (1.0 - self.classes.smoothing) * self.classes.of(label)
    }

    /// What smoothing gives to each class, before its weight.
    #[inline(always)]
    fn spread(&self) -> f64 {
        self.classes.smoothing / self.labels.classes as f64
    }

    /// `Σ q` of a row with this label.
    #[inline(always)]
    fn sum(&self, label: usize) -> f64 {
        self.at(label) + self.spread() * self.total
    }

    /// `q` of a row with this label, class by class.
    fn each(&self, label: Option<usize>, mut put: impl FnMut(usize, f64)) {
        let Some(label) = label else { return };
        if self.classes.smoothing > 0.0 {
            (0..self.labels.classes).for_each(|c| put(c, self.spread() * self.classes.of(c)));
        }
        put(label, self.at(label));
    }
}

/// The loss of each row.
struct Losses<'a>(&'a Targets);

// SAFETY: `start` writes every element.
unsafe impl RowFn<1> for Losses<'_> {
    const COST: f64 = 2.5;
    #[inline(always)]
    fn eval<T: Lane, M: Math>(&self, t: Tile<'_, T, 1>) {
        let (x, width) = (t.ins[0], t.width);
        let (mut maxima, mut logs) = (space(), space());
        let (maxima, logs) = log_sums::<T, M>(x, width, [&mut maxima, &mut logs]);
        let out = start(t.out, |_| T::ZERO);
        for (r, row) in x.chunks_exact(width).enumerate() {
            let mut loss = 0.0;
            self.0.each(self.0.labels.get(t.first + r), |class, q| {
                // A class without weight costs nothing, however unlikely it is.
                if q > 0.0 {
                    loss += q * (logs[r] - shifted(row[class], maxima[r])).widen();
                }
            });
            out[r] = T::of(loss);
        }
    }
}

/// The gradient of each row, times a factor.
struct Slopes<'a>(&'a Targets, f64);

// SAFETY: `start` writes every element.
unsafe impl RowFn<1> for Slopes<'_> {
    const COST: f64 = 3.0;
    #[inline(always)]
    fn eval<T: Lane, M: Math>(&self, t: Tile<'_, T, 1>) {
        let (x, width) = (t.ins[0], t.width);
        let out = start(t.out, |i| x[i]);
        shares::<T, M>(out, width);
        let Slopes(targets, factor) = self;
        for (r, row) in out.chunks_exact_mut(width).enumerate() {
            let label = targets.labels.get(t.first + r);
            let sum = label.map_or(0.0, |label| targets.sum(label));
            if sum == 0.0 {
                // What does not count may hold anything.
                row.fill(T::ZERO);
                continue;
            }
            let a = T::of(sum * factor);
            for x in row.iter_mut() {
                *x = *x * a;
            }
            targets.each(label, |class, q| row[class] = row[class] - T::of(q * factor));
        }
    }
}

struct CrossEntropy(Targets);

impl CrossEntropy {
    /// `Σ q` of each row, with the axis of classes kept, and `q` itself; both scaled.
    fn constants<T: Float>(&self) -> Result<(Tensor, Tensor)> {
        let (targets, labels) = (&self.0, &self.0.labels);
        let sums: Vec<T> = (0..labels.rows())
            .map(|r| T::of(labels.get(r).map_or(0.0, |l| targets.sum(l) * targets.scale)))
            .collect();
        let mut q = vec![T::ZERO; labels.rows() * labels.classes];
        if labels.classes > 0 {
            for (r, row) in q.chunks_exact_mut(labels.classes).enumerate() {
                targets.each(labels.get(r), |c, q| row[c] += T::of(q * targets.scale));
            }
        }
        let with = |last: usize| -> Dims { labels.shape.iter().copied().chain([last]).collect() };
        let sums = Array::from_slice(&sums, &with(1))?;
        Ok((sums.into(), Array::from_slice(&q, &with(labels.classes))?.into()))
    }
}

impl Op for CrossEntropy {
    fn name(&self) -> &str {
        "CrossEntropy"
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        Keep::X
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        let (g, x, gy) = (rule.g, &rule.inputs[0], rule.gy()?);
        let last = x.ndim() - 1;
        if let (false, Some(factor)) = (g.is_recording(), gy.value.item()) {
            let slopes = Slopes(&self.0, factor * self.0.scale);
            return one(Var::constant(Rows::new(x.shape(), &[last]).map(&slopes, [&x.value])?));
        }
        let (sums, q) = with_float!(x.dtype(), T => self.constants::<T>()?,
            else return Err(Error::internal("logits that are integers")));
        // Rows that are ignored may hold anything: they are hidden before it spreads.
        let sums = Var::constant(sums);
        let shown = binary(g, ops::Gate, x, &sums)?;
        let shares = ops::softmax_over(g, &shown, vec![last])?;
        let slope = binary(g, ops::Mul, &shares, &sums)?;
        let slope = binary(g, ops::Sub, &slope, &Var::constant(q))?;
        one(binary(g, ops::Mul, &slope, gy)?)
    }
}

/// The mean cross-entropy of the labels that count; 0 where none does.
pub fn cross_entropy(g: &Ctx<'_>, x: &Var, labels: Labels, classes: ClassWeights) -> Result<Var> {
    let targets = Targets::new(labels, classes)?;
    let rows = Rows::new(x.shape(), &[x.ndim() - 1]);
    let value = if rows.width == 0 {
        Tensor::number(x.dtype(), 0.0)
    } else {
        let losses = rows.fold(&Losses(&targets), [&x.value], false)?;
        let all: Vec<usize> = (0..losses.ndim()).collect();
        let sum = reduce::reduce::<reduce::Sum>(&losses, &all, false)?;
        Tensor::number(x.dtype(), sum.item().unwrap_or(0.0) * targets.scale)
    };
    Ok(g.record(CrossEntropy(targets), &[x], value))
}
