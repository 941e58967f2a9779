use super::*;

pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn below(&mut self, n: u64) -> usize {
        (self.next() % n) as usize
    }
}

/// A type to compute the expected results with, exactly: the tests use small whole numbers.
pub(super) trait Number: Element + PartialOrd + std::fmt::Debug {
    fn whole(n: i64) -> Self;
    fn fraction(bits: u64) -> Self;
    fn kernels() -> Vec<&'static Kernel<Self>>;
}

impl Number for f32 {
    fn whole(n: i64) -> f32 {
        n as f32
    }
    fn fraction(bits: u64) -> f32 {
        (bits >> 40) as f32 / 16_777_216.0 - 0.5
    }
    fn kernels() -> Vec<&'static Kernel<f32>> {
        Kernel::<f32>::all()
    }
}

impl Number for f64 {
    fn whole(n: i64) -> f64 {
        n as f64
    }
    fn fraction(bits: u64) -> f64 {
        (bits >> 11) as f64 / 9_007_199_254_740_992.0 - 0.5
    }
    fn kernels() -> Vec<&'static Kernel<f64>> {
        Kernel::<f64>::all()
    }
}

/// An operand in memory: the elements, where the first one is, and the strides.
pub(super) struct Stored<T> {
    pub(super) data: Vec<T>,
    pub(super) first: usize,
    pub(super) rs: isize,
    pub(super) cs: isize,
}

impl<T: Number> Stored<T> {
    /// Either order, gaps, reversed axes and, where allowed, broadcast ones.
    pub(super) fn new(rng: &mut Random, rows: usize, cols: usize, broadcast: bool) -> Self {
        let gap = 1 + rng.below(2);
        let (mut rs, mut cs) = if rng.below(2) == 0 {
            ((cols * gap + rng.below(3)) as isize, gap as isize)
        } else {
            (gap as isize, (rows * gap + rng.below(3)) as isize)
        };
        let (mut first, mut size) = (0, 1);
        for (stride, len) in [(&mut rs, rows), (&mut cs, cols)] {
            let span = *stride as usize * len.saturating_sub(1);
            match rng.below(6) {
                0 => (first, *stride) = (first + span, -*stride),
                1 if broadcast => *stride = 0,
                _ => {}
            }
            size += span;
        }
        let data = (0..size).map(|_| T::whole(rng.below(9) as i64 - 4));
        let data = data.collect();
        Stored { data, first, rs, cs }
    }
    fn index(&self, i: usize, j: usize) -> usize {
        (self.first as isize + i as isize * self.rs + j as isize * self.cs) as usize
    }
}

pub(super) fn run<T: Number>(
    kernel: &'static Kernel<T>,
    shape: [usize; 3],
    d: &mut Stored<T>,
    add: bool,
    [a, b]: [&Stored<T>; 2],
    threads: usize,
) {
    let mat = |s: &Stored<T>, at| Mat::new(at, s.rs, s.cs);
    let at = d.data.as_mut_ptr().wrapping_add(d.first);
    let (pa, pb) = (&raw const a.data[a.first], &raw const b.data[b.first]);
    // SAFETY: each operand was made for its shape, and the machine has the instructions.
    unsafe { product(kernel, shape, (mat(d, at), add, mat(a, pa), mat(b, pb)), threads) }
}

fn check<T: Number>(rng: &mut Random, shape: [usize; 3]) {
    let [m, n, k] = shape;
    let a = Stored::<T>::new(rng, m, k, true);
    let b = Stored::<T>::new(rng, k, n, true);
    let mut d = Stored::<T>::new(rng, m, n, false);
    let add = rng.below(2) == 0;
    let mut expected = d.data.clone();
    for i in 0..m {
        for j in 0..n {
            let at = d.index(i, j);
            let mut sum = if add { expected[at] } else { T::ZERO };
            for l in 0..k {
                let (x, y) = (a.data[a.index(i, l)], b.data[b.index(l, j)]);
                sum = sum + x * y;
            }
            expected[at] = sum;
        }
    }
    let before = d.data.clone();
    for kernel in T::kernels() {
        let threads = 1 + rng.below(3);
        d.data.copy_from_slice(&before);
        run(kernel, shape, &mut d, add, [&a, &b], threads);
        // What lies between the elements of the result must not change either.
        assert_eq!(d.data, expected, "{shape:?} by tiles of {} columns", kernel.cols);
    }
}

#[test]
fn few_rows_by_many_columns() {
    let mut rng = Random(0x2545_f491_4f6c_dd1d);
    for i in 0..120 {
        let mut shape = [2 + rng.below(40), 150 + rng.below(400), 30 + rng.below(90)];
        if i % 4 == 0 {
            // Long ones, whose left operand may have to be packed.
            shape = [10 + rng.below(20), 150 + rng.below(50), 600 + rng.below(400)];
        }
        // Both ways round: the right operand is the larger one, or the left one is.
        let [m, n, k] = shape;
        check::<f64>(&mut rng, if i % 2 == 0 { shape } else { [n, m, k] });
        check::<f32>(&mut rng, shape);
    }
}

#[test]
fn random_shapes_and_strides() {
    let mut rng = Random(0x9e37_79b9_7f4a_7c15);
    for i in 0..800 {
        let most = [3, 9, 30, 80][i % 4];
        let mut shape = [0; 3].map(|_| rng.below(most));
        if i % 5 == 0 {
            shape[rng.below(3)] = 1;
        }
        check::<f32>(&mut rng, shape);
        check::<f64>(&mut rng, shape);
    }
}

/// One size after the other goes over the borders of tiles, registers, slices and blocks.
#[test]
fn around_the_borders() {
    let mut rng = Random(0x2545_f491_4f6c_dd1d);
    let shapes =
        (1..=40).flat_map(|i| [[i, 17, 9], [13, i, 10], [7, 9, i], [1, i, 40], [i, 1, 40]]);
    for shape in shapes {
        check::<f32>(&mut rng, shape);
        check::<f64>(&mut rng, shape);
    }
    let large = [
        [1, 1100, 70],
        [700, 1, 90],
        [3, 5, 1300],
        [70, 90, 600],
        [25, 200, 1030],
        [300, 130, 513],
        [320, 400, 433],
        [6, 100, 400],
        [30, 100, 450],
        [100, 15, 300],
        [128, 700, 769],
        [33, 700, 512],
    ];
    for shape in large {
        for _ in 0..3 {
            check::<f32>(&mut rng, shape);
            check::<f64>(&mut rng, shape);
        }
    }
}

/// Rows of the left operand that lie powers of two apart are copied, by each piece or for all.
#[test]
fn rows_that_meet_in_the_cache() {
    fn dense<T: Number>(rng: &mut Random, rows: usize, cols: usize, rs: usize) -> Stored<T> {
        let data = (0..rows * rs).map(|_| T::whole(rng.below(9) as i64 - 4)).collect();
        assert!(cols <= rs);
        Stored { data, first: 0, rs: rs as isize, cs: 1 }
    }
    fn both<T: Number>(rng: &mut Random, [m, n, k]: [usize; 3], rs: usize) {
        let (a, b) = (dense::<T>(rng, m, k, rs), dense::<T>(rng, k, n, n));
        let mut want = dense::<T>(rng, m, n, n);
        for i in 0..m {
            for j in 0..n {
                let products = (0..k).map(|l| a.data[i * rs + l] * b.data[l * n + j]);
                want.data[i * n + j] = products.fold(T::ZERO, |sum, x| sum + x);
            }
        }
        for kernel in T::kernels() {
            for threads in [1, 3] {
                let mut d = dense::<T>(rng, m, n, n);
                run(kernel, [m, n, k], &mut d, false, [&a, &b], threads);
                assert_eq!(d.data, want.data, "{m} by {n} by {k}");
            }
        }
    }
    let mut rng = Random(0x1234_5678_9abc_def1);
    for shape in [[130, 290, 560], [420, 530, 560], [131, 300, 1024]] {
        both::<f32>(&mut rng, shape, 1024);
        both::<f64>(&mut rng, shape, 1024);
    }
}

/// Sixteen rows are too few to turn a hundred columns for, two hundred are not.
#[test]
fn the_cheaper_operand_is_turned() {
    let at = |rs, cs| Mat::new(std::ptr::null::<f64>(), rs, cs);
    let (d, a, b) = (at(100, 1), at(400, 1), at(1, 400));
    for kernel in f64::kernels() {
        let other_way = |m: usize| {
            let given = blocks::cost(kernel, ([m, 100, 400], (d, false, a, b)));
            blocks::cost(kernel, ([100, m, 400], (d.t(), false, b.t(), a.t()))) < given
        };
        assert!(other_way(16) && !other_way(200), "tiles of {} columns", kernel.cols);
    }
}

/// More of each operand than is packed at a time.
#[test]
fn more_than_one_block() {
    let mut rng = Random(0x853c_49e6_748f_ea9b);
    check::<f32>(&mut rng, [2100, 130, 512]);
    check::<f32>(&mut rng, [170, 2100, 512]);
    check::<f64>(&mut rng, [1400, 70, 384]);
    check::<f64>(&mut rng, [110, 1400, 384]);
}

/// A row with a NaN, or an infinity against a zero, spoils its row of the result and nothing else.
#[test]
fn what_is_not_finite() {
    fn spoilt<T: Number>(shape: [usize; 3], bad: T) {
        let mut rng = Random(0x9e37_79b9_7f4a_7c15);
        let [m, n, k] = shape;
        let mut a = Stored::<T>::new(&mut rng, m, k, false);
        let mut b = Stored::<T>::new(&mut rng, k, n, false);
        let mut d = Stored::<T>::new(&mut rng, m, n, false);
        let (row, l) = (m / 2, k - 1);
        let at = a.index(row, l);
        a.data[at] = bad;
        for j in 0..n {
            let at = b.index(l, j);
            b.data[at] = T::ZERO;
        }
        for kernel in T::kernels() {
            for threads in [1, 3] {
                run(kernel, shape, &mut d, false, [&a, &b], threads);
                for i in 0..m {
                    for j in 0..n {
                        let x = d.data[d.index(i, j)];
                        // Only a NaN differs from itself.
                        let nan = x.partial_cmp(&x).is_none();
                        assert_eq!(nan, i == row, "{shape:?} at {i}, {j}");
                    }
                }
            }
        }
    }
    let shapes = [
        [3, 3, 3],
        [5, 6, 7],
        [13, 21, 33],
        [40, 1, 50],
        [1, 40, 50],
        [200, 170, 400],
        [130, 600, 600],
    ];
    for shape in shapes {
        spoilt(shape, f32::NAN);
        spoilt(shape, f64::INFINITY);
    }
}

#[test]
fn empty_dimensions() {
    let mut d = [3.0; 6];
    let nowhere: *const f64 = std::ptr::null();
    let mut product = |m, n, k, add| {
        let at = d.as_mut_ptr();
        // SAFETY: the operands have no elements.
        unsafe { gemm(m, n, k, at, 3, 1, add, nowhere, 0, 1, nowhere, 3, 1, 2) };
        d
    };
    assert_eq!(product(0, 3, 2, false), [3.0; 6]);
    assert_eq!(product(2, 0, 2, false), [3.0; 6]);
    assert_eq!(product(2, 3, 0, true), [3.0; 6]);
    assert_eq!(product(2, 3, 0, false), [0.0; 6]);
}

/// The result of one thread, bit by bit, from any number of them.
fn same_for_any_threads<T: Number>(rng: &mut Random, shape: [usize; 3]) {
    let [m, n, k] = shape;
    let mut a = Stored::<T>::new(rng, m, k, false);
    let mut b = Stored::<T>::new(rng, k, n, false);
    for x in a.data.iter_mut().chain(&mut b.data) {
        *x = T::fraction(rng.next());
    }
    let mut d = Stored::<T>::new(rng, m, n, false);
    for kernel in T::kernels() {
        run(kernel, shape, &mut d, false, [&a, &b], 1);
        let expected = d.data.clone();
        for threads in [2, 5] {
            run(kernel, shape, &mut d, false, [&a, &b], threads);
            assert!(d.data == expected, "{shape:?} on {threads} threads");
        }
    }
}

#[test]
fn threads_make_no_difference() {
    let mut rng = Random(88_172_645_463_325_252);
    let shapes = [
        [200, 200, 200],
        [100, 500, 300],
        [97, 285, 530],
        [385, 97, 600],
        [2, 2001, 300],
        [2001, 2, 300],
        [17, 17, 2000],
        [9, 400, 700],
        [30, 300, 400],
        [1, 3000, 300],
        [3000, 1, 300],
        [200, 1, 5000],
        [1, 260, 9000],
        [1100, 90, 1000],
        [90, 1100, 1000],
        [400, 500, 2],
        [500, 400, 1],
    ];
    for shape in shapes {
        for _ in 0..3 {
            same_for_any_threads::<f32>(&mut rng, shape);
            same_for_any_threads::<f64>(&mut rng, shape);
        }
    }
    assert!(work_ns::<f64>(100, 100, 100) > 2 * SHARE_NS);
    assert_eq!(work_ns::<f32>(usize::MAX, 2, 2), usize::MAX / 45 + 100);
}
