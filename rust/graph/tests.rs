//! The engine by itself: orders of derivative, lifetimes, passes inside passes.

use super::*;
use crate::op::{binary, unary};
use crate::ops;
use crate::tensor::Array;

fn array(values: &[f64], shape: &[usize]) -> Tensor {
    Array::from_slice(values, shape).expect("lengths fit").into()
}

fn grad_values(g: &Graph, x: NodeId) -> Vec<f64> {
    let grad = g.grad(x).expect("a gradient");
    let values = g.value(grad).to_vec().expect("a value");
    g.release(grad);
    values
}

const CREATE: Options = Options { retain_grad: false, create_graph: true, retain_graph: true };

/// The derivatives of `f` at `x` from order 0 on, by repeated backward passes.
fn derivatives(
    x: &Tensor,
    order: usize,
    f: impl Fn(&Ctx<'_>, &Var) -> Result<Var>,
) -> Vec<Vec<f64>> {
    let g = Graph::new();
    let id = g.leaf(x.clone(), true);
    let mut y = {
        let ctx = Ctx::new(&g);
        let y = f(&ctx, &g.var(id)).expect("forward");
        ctx.keep(&y)
    };
    g.set_owner(id, 1);
    let mut out = vec![g.value(y).to_vec().expect("a value")];
    for _ in 0..order {
        g.set_grad(id, None).expect("clears");
        g.backward(y, None, CREATE).expect("backward");
        let next = g.grad(id).expect("a gradient");
        g.release(y);
        y = next;
        out.push(g.value(y).to_vec().expect("a value"));
    }
    g.release(y);
    g.set_grad(id, None).expect("clears");
    assert_eq!(g.stats().nodes, 1, "only the leaf is left");
    g.disown(id, 1);
    assert_eq!(g.stats(), GraphStats { nodes: 0, slots: 0, ..g.stats() });
    out
}

fn close(a: &[f64], b: &[f64]) {
    assert_eq!(a.len(), b.len());
    for (x, y) in a.iter().zip(b) {
        assert!((x - y).abs() <= 1e-12 * y.abs().max(1.0), "{a:?} is not {b:?}");
    }
}

#[test]
fn sine_to_the_sixth_order_as_number_and_array() {
    let (s, c) = 1.0f64.sin_cos();
    for x in [Tensor::F64(1.0), array(&[1.0; 3], &[3])] {
        let n = x.size();
        let d = derivatives(&x, 6, |g, x| unary(g, ops::Sin, x));
        for (got, want) in d.iter().zip([s, c, -s, -c, s, c, -s]) {
            close(got, &vec![want; n]);
        }
    }
}

#[test]
fn products_and_sums_to_the_third_order() {
    let cube = |g: &Ctx<'_>, x: &Var| {
        let square = binary(g, ops::Mul, x, x)?;
        ops::sum(g, &binary(g, ops::Mul, &square, x)?, None, false)
    };
    let d = derivatives(&array(&[1.0, 2.0], &[2]), 3, cube);
    close(&d[0], &[9.0]);
    close(&d[1], &[3.0, 12.0]);
    close(&d[2], &[6.0, 12.0]);
    close(&d[3], &[6.0, 6.0]);
}

#[test]
fn matmul_to_the_third_order() {
    // f(X) = sum(X X X): its directional derivatives along ones are polynomials of X.
    let f = |g: &Ctx<'_>, x: &Var| ops::matmul(g, &ops::matmul(g, x, x)?, x);
    let d = derivatives(&array(&[1.0, 2.0, 3.0, 4.0], &[2, 2]), 3, f);
    close(&d[0], &[37.0, 54.0, 81.0, 118.0]);
    // Each order is the derivative of the one before along a matrix of ones, a polynomial.
    close(&d[1], &[51.0, 87.0, 67.0, 111.0]);
    close(&d[2], &[48.0, 64.0, 56.0, 72.0]);
    close(&d[3], &[24.0; 4]);
}

#[test]
fn broadcast_gradients_are_summed_up() {
    let g = Graph::new();
    let (x, b) =
        (g.leaf(array(&[1.0; 6], &[2, 3]), true), g.leaf(array(&[1.0, 2.0, 3.0], &[3]), true));
    let y = {
        let ctx = Ctx::new(&g);
        ctx.keep(&binary(&ctx, ops::Mul, &g.var(x), &g.var(b)).expect("forward"))
    };
    g.backward(y, None, Options::default()).expect("backward");
    close(&grad_values(&g, b), &[2.0, 2.0, 2.0]);
    g.backward(y, None, Options::default()).expect("again");
    close(&grad_values(&g, b), &[4.0, 4.0, 4.0]);
}

#[test]
fn a_million_operations_go_forward_backward_and_away() {
    let g = Graph::new();
    let x = g.leaf(Tensor::F64(0.5), true);
    g.set_owner(x, 1);
    g.hold(x);
    let mut y = x;
    for _ in 0..1_000_000 {
        let next = g
            .fast_binary(Ok(y), Ok(x), OpRef::new(crate::op::BinaryOp(ops::Add)), |a, b| a + b)
            .expect("numbers");
        g.release(y);
        y = next;
    }
    g.backward(y, None, Options::default()).expect("backward");
    close(&grad_values(&g, x), &[1_000_001.0]);
    g.release(y);
    assert!(g.stats().nodes <= 2);
    assert!(g.stats().capacity < 100_000, "memory is given back");
}

#[test]
fn an_assignment_leaves_recorded_graphs_alone() {
    let g = Graph::new();
    let x = g.leaf(Tensor::F64(3.0), true);
    g.set_owner(x, 1);
    let y =
        g.fast_unary(x, OpRef::new(crate::op::UnaryOp(ops::Square)), |x| x * x).expect("number");
    let new = g.assign(x, Tensor::F64(100.0)).expect("same shape");
    assert_ne!(x, new);
    g.backward(y, None, Options::default()).expect("backward");
    close(&grad_values(&g, new), &[6.0]);
    assert!(g.assign(new, array(&[1.0], &[1])).is_err());
}

#[test]
fn a_gradient_with_history_goes_with_its_variable() {
    let g = Graph::new();
    let x = g.leaf(Tensor::F64(3.0), true);
    g.set_owner(x, 1);
    let y =
        g.fast_unary(x, OpRef::new(crate::op::UnaryOp(ops::Square)), |x| x * x).expect("number");
    g.backward(y, None, CREATE).expect("backward");
    g.release(y);
    assert!(g.stats().nodes > 1, "the gradient refers to x, and x to it");
    g.disown(x, 1);
    assert_eq!((g.stats().nodes, g.stats().slots), (0, 0));
}

#[test]
fn values_that_no_rule_needs_are_released() {
    let g = Graph::new();
    let x = g.leaf(array(&[1.0; 4], &[4]), true);
    let (sum, y) = {
        let ctx = Ctx::new(&g);
        let sum = binary(&ctx, ops::Add, &g.var(x), &g.var(x)).expect("forward");
        let y = unary(&ctx, ops::Exp, &sum).expect("forward");
        (sum.node.expect("recorded"), ctx.keep(&y))
    };
    assert!(g.value(sum).is_husk(), "exp keeps its result, not its input");
    g.backward(y, None, Options::default()).expect("backward");
    close(&grad_values(&g, x), &[2.0 * 2.0f64.exp(); 4]);
}

#[test]
fn a_freed_graph_says_so_and_leaves_no_trace() {
    let g = Graph::new();
    let x = g.leaf(Tensor::F64(3.0), true);
    let y = g.fast_unary(x, OpRef::new(crate::op::UnaryOp(ops::Exp)), f64::exp).expect("number");
    let once = Options { retain_graph: false, ..Options::default() };
    g.backward(y, None, once).expect("the first time");
    let before = grad_values(&g, x);
    assert!(g.backward(y, None, once).is_err());
    close(&grad_values(&g, x), &before);
}

#[test]
fn gradients_of_numbers_and_arrays_have_the_same_bits() {
    for v in [0.3, 1.7, 1e9, -2.5] {
        let d0 = derivatives(&Tensor::F64(v), 2, |g, x| unary(g, ops::Sin, x));
        let d1 = derivatives(&array(&[0.1, v, 0.2], &[3]), 2, |g, x| unary(g, ops::Sin, x));
        for (a, b) in d0.iter().zip(&d1) {
            assert_eq!(a[0].to_bits(), b[1].to_bits());
        }
    }
}
