use super::*;
use crate::tensor::{Array, Tensor};

/// Some well-conditioned matrices.
fn some(count: usize, m: usize, n: usize) -> Tensor {
    let mut state = 1u64;
    let values: Vec<f64> = (0..count * m * n)
        .map(|i| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let noise = (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5;
            let at = i % (m * n);
            noise + if at / n == at % n { 2.0 } else { 0.0 }
        })
        .collect();
    Array::from_slice(&values, &[count, m, n]).expect("fits").into()
}

fn matrix(t: &Tensor, k: usize, m: usize, n: usize) -> Vec<f64> {
    t.to_vec().expect("a value")[k * m * n..(k + 1) * m * n].to_vec()
}

/// Row-major products.
fn product(a: &[f64], b: &[f64], (m, k, n): (usize, usize, usize)) -> Vec<f64> {
    let dot = |i: usize, j: usize| (0..k).map(|l| a[i * k + l] * b[l * n + j]).sum();
    (0..m * n).map(|at| dot(at / n, at % n)).collect()
}

fn transposed(a: &[f64], m: usize, n: usize) -> Vec<f64> {
    (0..m * n).map(|at| a[at % m * n + at / m]).collect()
}

fn close(a: &[f64], b: &[f64]) {
    assert_eq!(a.len(), b.len());
    for (x, y) in a.iter().zip(b) {
        assert!((x - y).abs() < 1e-11, "{a:?} {b:?}");
    }
}

const SIZES: [usize; 6] = [0, 1, 2, 3, 20, 70];

#[test]
fn solving_undoes_multiplying() {
    for n in SIZES {
        let (a, b) = (some(2, n, n), some(2, n, 3));
        let lu = Lu::new::<f64>("solve", &a).expect("factors");
        for transpose in [false, true] {
            let x = lu.solve::<f64>(transpose, &b, &[2]).expect("regular");
            for k in 0..2 {
                let a = matrix(&a, k, n, n);
                let a = if transpose { transposed(&a, n, n) } else { a };
                let back = product(&a, &matrix(&x, k, n, 3), (n, n, 3));
                close(&back, &matrix(&b, k, n, 3));
            }
        }
    }
}

#[test]
fn factors_multiply_to_the_matrix() {
    for n in SIZES {
        for m in [n, n + 1, 3 * n + 2] {
            let a = some(2, m, n);
            let [q, r] = qr::<f64>("qr", &a).expect("factors");
            let [u, s, v] = svd::<f64>("svd", &a, false).expect("converges");
            for k in 0..2 {
                let want = matrix(&a, k, m, n);
                let q = transposed(&matrix(&q, k, n, m), n, m);
                close(&product(&q, &matrix(&r, k, n, n), (m, n, n)), &want);
                let (mut us, s) = (transposed(&matrix(&u, k, n, m), n, m), matrix(&s, k, 1, n));
                us.iter_mut().enumerate().for_each(|(at, x)| *x *= s[at % n]);
                close(&product(&us, &matrix(&v, k, n, n), (m, n, n)), &want);
                assert!(s.windows(2).all(|w| w[0] >= w[1]));
            }
        }
        let a = some(1, n, n);
        let values = matrix(&a, 0, n, n);
        let symmetric: Vec<f64> =
            values.iter().zip(transposed(&values, n, n)).map(|(x, y)| x + y).collect();
        let a = Array::from_slice(&symmetric, &[1, n, n]).expect("fits").into();
        let [w, v] = eigh::<f64>("eigh", &a, false).expect("converges");
        let (w, v) = (matrix(&w, 0, 1, n), matrix(&v, 0, n, n));
        let mut wv = v.clone();
        wv.iter_mut().enumerate().for_each(|(at, x)| *x *= w[at / n]);
        close(&product(&transposed(&v, n, n), &wv, (n, n, n)), &symmetric);
        assert!(w.windows(2).all(|w| w[0] <= w[1]));
    }
}

#[test]
fn the_first_bad_matrix_is_named() {
    let mut values = vec![1.0; 4 * 4];
    (values[0], values[4], values[12]) = (2.0, 2.0, 2.0);
    let a = Array::from_slice(&values, &[4, 2, 2]).expect("fits").into();
    let lu = Lu::new::<f64>("inv", &a).expect("factors");
    let message = lu.inverse::<f64>().expect_err("singular").to_string();
    assert!(message.starts_with("inv: matrix 2 of the stack is singular"), "{message}");
    let message = cholesky::<f64>("cholesky", &a).expect_err("singular").to_string();
    assert!(message.starts_with("cholesky: matrix 2 of the stack"), "{message}");
}
