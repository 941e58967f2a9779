//! Long short-term memory (Hochreiter and Schmidhuber 1997, with the gate `f` of Gers, Schmidhuber and
//! Cummins 2000): with `z = x @ wx + h @ wh + b`, cut into four,
//! `f, i, o = sigmoid(z_f), sigmoid(z_i), sigmoid(z_o)`, `u = tanh(z_u)`, `c' = f · c + i · u`,
//! `h' = o · tanh(c')`.
//!
//! With `t = tanh(c')` and `g = gc' + gh' · o · (1 - t²)`, the gradient of `z` is
//! `g · c · f (1 - f)`, `g · u · i (1 - i)`, `gh' · t · o (1 - o)`, `g · i · (1 - u²)`; that of `c` is `g · f`.

use smallvec::SmallVec;

use crate::error::{Error, Result, Tuple};
use crate::graph::{Ctx, Keep, OpRef, Var, Wish};
use crate::kernels::copy;
use crate::kernels::lstm::{self, Operands, Saved};
use crate::kernels::reduce::{Sum, reduce};
use crate::op::{Grad, Grads, Identity, Op, Rule, binary, unary};
use crate::ops::{self, Cuts};
use crate::tensor::{DType, Pick, Tensor};

/// Places of the inputs.
const X: usize = 0;
const H: usize = 1;
const C: usize = 2;
const WX: usize = 3;
const WH: usize = 4;
const B: usize = 5;

/// Inputs: `x`, `h`, `c`, `wx`, `wh`, and a bias if there is one. Results: `h` and `c`.
struct Lstm {
    /// The size of the axis in front of `x` and `h`, if there is one.
    steps: Option<usize>,
    /// Of all steps.
    gates: Tensor,
    tanh: Tensor,
    /// What each step leaves to the next, where there are several: outputs and cells.
    between: Option<[Tensor; 2]>,
}

impl Op for Lstm {
    fn name(&self) -> &str {
        if self.steps.is_some() { "LSTM" } else { "LSTMCell" }
    }
    fn keeps(&self, _wants: &[bool]) -> Keep {
        // To be recorded, a gradient needs the gates as functions of all inputs.
        Keep((1 << (B + 1)) - 1)
    }
    fn backward(&self, rule: &Rule<'_>) -> Result<Grads> {
        match rule.g.is_recording() {
            true => self.recorded(rule),
            false => self.computed(rule),
        }
    }
}

impl Lstm {
    fn computed(&self, rule: &Rule<'_>) -> Result<Grads> {
        let value = |i: usize| &rule.inputs[i].value;
        let given = |k: usize| rule.gys.get(k).and_then(Option::as_ref).map(|v| &v.value);
        let steps = self.steps.unwrap_or(1);
        let saved = Saved {
            steps,
            c: value(C),
            cells: self.between.as_ref().map(|[_, c]| c),
            tanh: &self.tanh,
            gates: &self.gates,
            wh: value(WH),
            gh: given(0),
            gc: given(1),
        };
        let made = lstm::backward(&saved, rule.wants(H))?;
        let sums = Var::constant(made.sums);
        let width = sums.shape()[1];
        let flat = |t: &Tensor, n: usize| t.reshape(&[sums.shape()[0], n]);

        let mut grads: Grads = rule.inputs.iter().map(|_| None).collect();
        if rule.wants(X) {
            let gx = ops::matmul(rule.g, &sums, &ops::swapaxes(rule.g, &rule.inputs[WX], -1, -2)?)?;
            grads[X] = Some(Grad::Value(ops::reshape(rule.g, &gx, value(X).shape())?));
        }
        grads[H] = made.h.map(|h| Grad::Value(Var::constant(h)));
        if rule.wants(C) {
            grads[C] = Some(Grad::Value(Var::constant(made.c)));
        }
        if rule.wants(WX) {
            let x = flat(value(X), value(WX).shape()[0])?;
            grads[WX] = Some(Grad::Products(vec![(x, sums.value.clone())]));
        }
        if rule.wants(WH) && steps > 0 {
            // The outputs of each step meet the sums of the next.
            let batch = value(C).shape()[0];
            let cut = |t: &Tensor, from: usize, to: usize| {
                t.pick(&[Pick::Slice { start: from, step: 1, len: to - from }])
            };
            let rows = steps * batch;
            let mut pairs = vec![(value(H).clone(), cut(&sums.value, 0, batch)?)];
            if let Some([h, _]) = self.between.as_ref().filter(|_| steps > 1) {
                pairs.push((cut(h, 0, rows - batch)?, cut(&sums.value, batch, rows)?));
            }
            grads[WH] = Some(Grad::Products(pairs));
        }
        if rule.inputs.len() > B && rule.wants(B) {
            let gb = reduce::<Sum>(&sums.value, &[0], false)?;
            debug_assert_eq!(gb.shape(), [width]);
            grads[B] = Some(Grad::Value(Var::constant(gb.reshape(value(B).shape())?)));
        }
        Ok(grads)
    }

    /// By recorded operations: the gradients of the same thing made of primitives.
    fn recorded(&self, rule: &Rule<'_>) -> Result<Grads> {
        let g = rule.g;
        // Inputs may be one another's, or depend on one another: each gets a place of its own.
        let own: Vec<Var> =
            rule.inputs.iter().map(|v| g.record(Identity, &[v], v.value.clone())).collect();
        let made = primitives(g, self.steps, &own)?;
        let rows =
            made.iter().zip(rule.gys).filter_map(|(v, gy)| Some((v.node?, Some(gy.clone()?))));
        let wanted = |i: &usize| rule.wants(*i) && own[*i].node.is_some();
        let places: Vec<usize> = (0..own.len()).filter(wanted).collect();
        let ids: Vec<_> = places.iter().filter_map(|&i| own[i].node).collect();
        let wish = Wish { create_graph: Some(true), ..Wish::default() };
        let (found, _) = g.graph().gradients(rows.collect(), &ids, wish)?;
        let mut grads: Grads = own.iter().map(|_| None).collect();
        for (i, id) in places.into_iter().zip(found) {
            if let Some(id) = id {
                let v = g.operand(id);
                g.graph().release(id);
                grads[i] = Some(Grad::Value(v));
            }
        }
        Ok(grads)
    }
}

/// A step, or all steps, by recorded operations.
fn primitives(g: &Ctx<'_>, steps: Option<usize>, inputs: &[Var]) -> Result<[Var; 2]> {
    let (x, wx, wh, b) = (&inputs[X], &inputs[WX], &inputs[WH], inputs.get(B));
    let (mut h, mut c) = (inputs[H].clone(), inputs[C].clone());
    let mut step = |x: &Var| -> Result<Var> {
        let z = ops::linear(g, x, wx, b)?;
        let z = binary(g, ops::Add, &z, &ops::matmul(g, &h, wh)?)?;
        let parts = ops::split(g, &z, &Cuts::Equal(4), 1)?;
        let [f, i, o] = [&parts[0], &parts[1], &parts[2]].map(|v| unary(g, ops::Sigmoid, v));
        let (f, i, o, u) = (f?, i?, o?, unary(g, ops::Tanh, &parts[3])?);
        let kept = binary(g, ops::Mul, &f, &c)?;
        c = binary(g, ops::Add, &kept, &binary(g, ops::Mul, &i, &u)?)?;
        h = binary(g, ops::Mul, &o, &unary(g, ops::Tanh, &c)?)?;
        Ok(h.clone())
    };
    let h = match steps {
        None => step(x)?,
        Some(n) => {
            let each = |t: usize| step(&ops::index(g, x, vec![Pick::At(t)])?);
            let all = (0..n).map(each).collect::<Result<Vec<_>>>()?;
            match all.is_empty() {
                true => Var::constant(Tensor::zeros(x.dtype(), &[0, h.shape()[0], h.shape()[1]])?),
                false => ops::stack(g, &all, 0)?,
            }
        }
    };
    Ok([h, c])
}

/// What a call is given; a missing `h` or `c` is zeros, as is a missing bias.
pub struct Given<'a> {
    /// Shape (batch, inputs), with the steps in front for a sequence.
    pub x: &'a Var,
    /// Shape (batch, size).
    pub h: Option<&'a Var>,
    /// Shape (batch, size).
    pub c: Option<&'a Var>,
    /// Shape (inputs, 4 size).
    pub wx: &'a Var,
    /// Shape (size, 4 size).
    pub wh: &'a Var,
    /// Shape (4 size,) or (1, 4 size).
    pub b: Option<&'a Var>,
}

impl Given<'_> {
    /// Checks the shapes; gives the batch and the size.
    fn check(&self, op: &'static str, sequence: bool) -> Result<[usize; 2]> {
        let want = |what: &str, shape: &str, got: &Var| -> Result<[usize; 2]> {
            let message = format!("{what} must have the shape {shape}, got {}", Tuple(got.shape()));
            Err(Error::argument(op, message))
        };
        let (rows, inputs) = match (self.x.shape(), sequence) {
            (&[rows, n], false) | (&[_, rows, n], true) => (rows, n),
            (_, false) => return want("x", "(batch, inputs)", self.x),
            (_, true) => return want("x", "(steps, batch, inputs)", self.x),
        };
        let size = match *self.wh.shape() {
            [n, wide] if n.checked_mul(4) == Some(wide) => n,
            _ => return want("wh", "(size, 4 size)", self.wh),
        };
        if self.wx.shape() != [inputs, 4 * size] {
            return want("wx", &format!("({inputs}, {})", 4 * size), self.wx);
        }
        if let Some(b) = self.b.filter(|b| b.shape() != [4 * size] && b.shape() != [1, 4 * size]) {
            return want("b", &format!("({0},) or (1, {0})", 4 * size), b);
        }
        for (what, v) in [("h", self.h), ("c", self.c)] {
            if let Some(v) = v.filter(|v| v.shape() != [rows, size]) {
                return want(what, &format!("({rows}, {size})"), v);
            }
        }
        Ok([rows, size])
    }

    /// `h` and `c` after a step, or `h` after each and `c` after the last.
    fn run(&self, g: &Ctx<'_>, op: &'static str, sequence: bool) -> Result<[Var; 2]> {
        let [batch, size] = self.check(op, sequence)?;
        let given = [Some(self.x), self.h, self.c, Some(self.wx), Some(self.wh), self.b];
        let narrow = given.iter().flatten().all(|v| v.dtype() == DType::F32);
        let dtype = if narrow { DType::F32 } else { DType::F64 };
        let mut inputs: SmallVec<[Var; 6]> = SmallVec::new();
        for v in given {
            match v {
                Some(v) => inputs.push(ops::cast(g, v, dtype)?),
                None if inputs.len() == B => {}
                None => inputs.push(Var::constant(Tensor::full(dtype, 0.0, &[batch, size])?)),
            }
        }
        let steps = sequence.then(|| self.x.shape()[0]);
        let count = steps.unwrap_or(1);
        let operands = Operands {
            steps: count,
            x: &inputs[X].value,
            h: &inputs[H].value,
            c: &inputs[C].value,
            wx: &inputs[WX].value,
            wh: &inputs[WH].value,
            b: inputs.get(B).map(|b| &b.value),
        };
        let made = lstm::forward(&operands)?;
        let lstm::Made { mut h, mut c, tanh, gates } = made;
        let between = steps.map(|_| [h.clone(), c.clone()]);
        if let Some(n) = steps {
            h = h.reshape(&[n, batch, size])?;
            c = match n.checked_sub(1) {
                None => inputs[C].value.clone(),
                // A copy, so as not to keep the cells of all steps.
                Some(last) => {
                    let rows = Pick::Slice { start: last * batch, step: 1, len: batch };
                    copy::owned(c.pick(&[rows])?)?
                }
            };
        }
        let saved = Lstm { steps, gates, tanh, between };
        let inputs: SmallVec<[&Var; 6]> = inputs.iter().collect();
        let results = g.record_many(OpRef::new(saved), &inputs, vec![h, c]);
        results.try_into().map_err(|_| Error::internal("an LSTM without two results"))
    }
}

/// One step of long short-term memory: the outputs and the cells after it.
pub fn lstm_cell(g: &Ctx<'_>, given: &Given<'_>) -> Result<[Var; 2]> {
    given.run(g, "lstm_cell", false)
}

/// A sequence: the outputs after each step, and the cells after the last.
pub fn lstm(g: &Ctx<'_>, given: &Given<'_>) -> Result<[Var; 2]> {
    given.run(g, "lstm", true)
}
