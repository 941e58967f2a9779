//! Steps against the same formulas one number at a time, in pieces and in place.

use super::*;
use crate::tensor::{Array, DType, Tensor};

fn filled(n: usize, f: impl Fn(usize) -> f64) -> Tensor {
    let values: Vec<f64> = (0..n).map(f).collect();
    Array::from_slice(&values, &[n]).expect("memory").into()
}

#[test]
fn large_arrays_and_numbers_agree() {
    // The larger one's parameter goes past the caches.
    for n in [100_001, 600_003] {
        agree(n);
    }
}

fn agree(n: usize) {
    let (p, g) = (filled(n, |i| i as f64 / 1e4), filled(n, |i| (i as f64).sin()));
    let mut state = [0.0, 1.0].map(|x| filled(n, |i| x + (i % 7) as f64));
    let before = state.each_ref().map(|s| s.to_vec().expect("a value"));
    let rule = Adam::at(3, 0.1, [0.9, 0.999], 1e-8, 0.01);
    let new = step(rule, &p, &g, &mut state).expect("a step").to_vec().expect("a value");
    let after = state.each_ref().map(|s| s.to_vec().expect("a value"));
    let (p, g) = (p.to_vec().expect("a value"), g.to_vec().expect("a value"));
    for i in (0..n).step_by(1009).chain([1, 255, 256, 32_767, 32_768, n - 1]) {
        let mut numbers = before.each_ref().map(|s| Tensor::F64(s[i]));
        let one = step(rule, &Tensor::F64(p[i]), &Tensor::F64(g[i]), &mut numbers).expect("a step");
        assert_eq!(one.item(), Some(new[i]));
        assert_eq!(numbers.map(|s| s.item()), after.each_ref().map(|s| Some(s[i])));
    }
}

#[test]
fn state_is_changed_in_place_unless_it_is_shared() {
    let (p, g) = (filled(5, |i| i as f64), filled(5, |_| 1.0));
    let mut state = [Tensor::zeros(DType::F64, &[5]).expect("memory")];
    let place = |t: &Tensor| t.to_array().expect("an array").as_slice::<f64>().map(<[f64]>::as_ptr);
    let rule = Momentum { lr: 0.5, momentum: 0.9, nesterov: false };
    let first = place(&state[0]);
    step(rule, &p, &g, &mut state).expect("a step");
    assert_eq!(place(&state[0]), first);
    let shown = state[0].clone();
    step(rule, &p, &g, &mut state).expect("a step");
    assert_ne!(place(&state[0]), first);
    assert_eq!(shown.to_vec().expect("a value"), [-0.5; 5]);
    assert_eq!(state[0].to_vec().expect("a value"), [-0.95; 5]);
}

#[test]
fn a_gradient_that_is_not_a_number_shows() {
    let mut state = [Tensor::F64(0.0)];
    let rule = Lion { lr: 0.1, beta1: 0.9, beta2: 0.99, keep: 1.0 };
    let new = step(rule, &Tensor::F64(1.0), &Tensor::F64(f64::NAN), &mut state).expect("a step");
    assert!(new.item().is_some_and(f64::is_nan));
}
