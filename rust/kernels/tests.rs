//! The loops against plain ones, over every way in which operands can lie in memory.

use std::mem::MaybeUninit;

use super::copy;
use super::dispatch::{Class, MapFn};
use super::expr::Expr;
use super::map::map;
use super::place;
use super::reduce::{self, reduce};
use crate::tensor::{Array, DType, Layout, Pick, Tensor, reduced_shape};

#[derive(Clone, Copy)]
struct Fma;

impl MapFn<3> for Fma {
    const CLASS: Class = Class::Arithmetic;
    #[inline(always)]
    fn eval<E: Expr>(&self, [x, y, z]: [E; 3]) -> E {
        x * y + z
    }
}

#[derive(Clone, Copy)]
struct Sine;

impl MapFn<1> for Sine {
    const CLASS: Class = Class::Trig;
    #[inline(always)]
    fn eval<E: Expr>(&self, [x]: [E; 1]) -> E {
        x.sin()
    }
}

fn counting(shape: &[usize]) -> Tensor {
    let n: usize = shape.iter().product();
    let values: Vec<f64> = (0..n).map(|i| ((i * 37) % 101) as f64 - 50.0).collect();
    Array::from_slice(&values, shape).expect("lengths fit").into()
}

/// The same values in other orders of memory, and broadcast from less.
fn views(shape: &[usize]) -> Vec<Tensor> {
    let t = counting(shape);
    let mut out = vec![t.clone(), Tensor::F64(3.0)];
    let n = shape.len();
    let reversed: Vec<usize> = (0..n).rev().collect();
    let backwards: Vec<usize> = shape.iter().rev().copied().collect();
    out.push(counting(&backwards).transpose(&reversed).expect("a permutation"));
    let flip: Vec<Pick> = (shape.iter())
        .map(|&d| Pick::Slice { start: d.saturating_sub(1), step: -1, len: d })
        .collect();
    out.push(t.pick(&flip).expect("in bounds"));
    let double: Vec<usize> = shape.iter().map(|&d| 2 * d).collect();
    let every_other: Vec<Pick> =
        shape.iter().map(|&d| Pick::Slice { start: 0, step: 2, len: d }).collect();
    out.push(counting(&double).pick(&every_other).expect("in bounds"));
    for axis in 0..n {
        let mut small = shape.to_vec();
        small[axis] = 1;
        out.push(counting(&small));
    }
    if n > 0 {
        out.push(counting(&shape[n - 1..]));
    }
    out
}

fn spread(t: &Tensor, shape: &[usize]) -> Vec<f64> {
    let t = t.broadcast_to(shape).expect("memory").expect("broadcasts");
    t.to_vec().expect("values")
}

const SHAPES: [&[usize]; 9] =
    [&[], &[1], &[7], &[3, 5], &[2, 3, 4], &[700], &[3, 600], &[600, 3], &[2, 1, 300]];

#[test]
fn maps_read_operands_wherever_they_lie() {
    for shape in SHAPES {
        let views = views(shape);
        for (i, x) in views.iter().enumerate() {
            let (y, z) = (&views[(i + 1) % views.len()], &views[(i + 2) % views.len()]);
            let got = map(&Fma, [x, y, z], shape).expect("maps").to_vec().expect("values");
            let (x, y, z) = (spread(x, shape), spread(y, shape), spread(z, shape));
            let want: Vec<f64> = (0..got.len()).map(|k| x[k] * y[k] + z[k]).collect();
            assert_eq!(got, want, "shape {shape:?}, operands from {i}");
        }
    }
}

#[test]
fn a_value_does_not_depend_on_its_neighbours() {
    let values: Vec<f64> = (0..3000).map(|i| f64::from(i) * 0.37 - 400.0).collect();
    let plain: Tensor = Array::from_slice(&values, &[3000]).expect("fits").into();
    let mut mixed = values.clone();
    mixed[1500] = 1e300;
    mixed[2999] = f64::INFINITY;
    let mixed: Tensor = Array::from_slice(&mixed, &[3000]).expect("fits").into();
    let a = map(&Sine, [&plain], &[3000]).expect("maps").to_vec().expect("values");
    let b = map(&Sine, [&mixed], &[3000]).expect("maps").to_vec().expect("values");
    for i in (0..2999).filter(|&i| i != 1500) {
        assert_eq!(a[i].to_bits(), b[i].to_bits());
    }
    assert_eq!(b[1500], 1e300f64.sin());
    assert!(b[2999].is_nan());
}

#[test]
fn reductions_over_all_axes_of_all_views() {
    for shape in SHAPES {
        let n = shape.len();
        for t in views(shape) {
            let t = t.broadcast_to(shape).expect("memory").expect("broadcasts");
            let values = t.to_vec().expect("values");
            for set in 0..1usize << n {
                let axes: Vec<usize> = (0..n).filter(|a| set >> a & 1 == 1).collect();
                let kept = reduced_shape(shape, &axes, true);
                let at = Layout::contiguous(&kept).broadcast_to(shape).expect("broadcasts");
                let size: usize = kept.iter().product();
                let (mut sum, mut max) = (vec![0.0; size], vec![f64::NEG_INFINITY; size]);
                for (i, &v) in values.iter().enumerate() {
                    let (mut rest, mut k) = (i, 0isize);
                    for (&d, &s) in shape.iter().zip(&at.strides).rev() {
                        k += (rest % d) as isize * s;
                        rest /= d;
                    }
                    sum[k as usize] += v;
                    max[k as usize] = f64::max(max[k as usize], v);
                }
                // Integers: sums are exact in any order.
                let got = reduce::<reduce::Sum>(&t, &axes, true).expect("sums");
                assert_eq!(got.to_vec().expect("values"), sum, "{shape:?} over {axes:?}");
                let got = reduce::<reduce::Max>(&t, &axes, false).expect("maxima");
                assert_eq!(got.to_vec().expect("values"), max, "{shape:?} over {axes:?}");
            }
        }
    }
}

#[test]
fn sums_are_pairwise() {
    // Added one after the other, the ones would vanish beside the first element.
    let n = 1 << 20;
    let mut values = vec![1.0f32; n];
    values[0] = 16_777_216.0;
    let t: Tensor = Array::from_slice(&values, &[n]).expect("fits").into();
    let sum = reduce::<reduce::Sum>(&t, &[0], false).expect("sums").item().expect("a number");
    let exact = 16_777_216.0 + (n - 1) as f64;
    assert!((sum - exact).abs() / exact < 1e-5, "{sum} is not {exact}");
    let columns = t.reshape(&[n / 4, 4]).expect("fits");
    let sum = reduce::<reduce::Sum>(&columns, &[0], false).expect("sums");
    let first = sum.to_vec().expect("values")[0];
    let exact = 16_777_216.0 + (n / 4 - 1) as f64;
    assert!((first - exact).abs() / exact < 1e-5, "{first} is not {exact}");
}

#[test]
fn a_maximum_with_a_nan_is_nan() {
    for at in [0, 1, 17, 599] {
        let mut values = vec![1.0; 600];
        values[at] = f64::NAN;
        let t: Tensor = Array::from_slice(&values, &[600]).expect("fits").into();
        for r in [reduce::<reduce::Max>(&t, &[0], false), reduce::<reduce::Min>(&t, &[0], false)] {
            assert!(r.expect("reduces").item().expect("a number").is_nan());
        }
        let rows = t.reshape(&[2, 300]).expect("fits");
        let r = reduce::<reduce::Max>(&rows, &[0], false).expect("reduces");
        assert!(r.to_vec().expect("values")[at % 300].is_nan());
    }
}

#[test]
fn copies_of_any_view_are_row_major() {
    for shape in SHAPES.into_iter().chain([&[70, 90][..]]) {
        for t in views(shape) {
            let a = t.to_array().expect("memory");
            let c = copy::contiguous(&a).expect("copies");
            assert!(c.layout().is_contiguous());
            assert_eq!(Tensor::Array(c).to_vec().expect("values"), t.to_vec().expect("values"));
        }
    }
}

#[test]
fn casts_round_and_widen() {
    let t: Tensor = Array::from_slice(&[0.1f64, -2.0, f64::MAX], &[3]).expect("fits").into();
    let narrow = copy::cast(&t, DType::F32).expect("casts");
    assert_eq!(narrow.to_vec().expect("values"), [f64::from(0.1f32), -2.0, f64::INFINITY]);
    let flags: Tensor = Array::from_slice(&[true, false], &[2]).expect("fits").into();
    assert_eq!(
        copy::cast(&flags, DType::F64).expect("casts").to_vec().expect("values"),
        [1.0, 0.0]
    );
}

#[test]
fn additions_go_to_their_part_only() {
    let mut total = copy::owned(Tensor::zeros(DType::F64, &[3, 4]).expect("memory")).expect("own");
    let picks = [Pick::Slice { start: 2, step: -2, len: 2 }, Pick::At(1)];
    let part = Layout::contiguous(&[3, 4]).pick(&picks);
    let value: Tensor = Array::from_slice(&[5.0, 7.0], &[2]).expect("fits").into();
    place::add_into(&mut total, &part, &value).expect("adds");
    place::add_into(&mut total, &part, &value).expect("adds");
    let mut want = [0.0; 12];
    (want[9], want[1]) = (10.0, 14.0);
    assert_eq!(total.to_vec().expect("values"), want);
}

#[test]
fn rows_are_repeated_to_the_end() {
    for (width, len) in [(1, 7), (3, 12), (5, 5), (700, 7000), (4000, 12_000), (4, 0)] {
        let row: Vec<usize> = (1..=width).collect();
        let mut out = vec![MaybeUninit::new(0); len];
        copy::repeat(&row, &mut out);
        for (i, x) in out.into_iter().enumerate() {
            // SAFETY: initialised above.
            assert_eq!(unsafe { x.assume_init() }, i % width + 1);
        }
    }
}
