//! Matrix products beside those of other crates, on the shapes that occur: square, tall, transposed, tiny, many.
//!
//! `cargo run --release --manifest-path benchmarks/products/Cargo.toml --target-dir target [THREADS]`
//! prints the table of `docs/performance.md`; `MATMUL_NUM_THREADS` is for `matrixmultiply`.

use std::time::Instant;

use _core::kernels::{gemm, parallel};

/// Seconds for a shape and dtype, all sides together.
const SECONDS: f64 = 1.0;

/// Row-major operands, or the transposes of such.
#[derive(Clone, Copy)]
struct Shape {
    name: &'static str,
    m: usize,
    n: usize,
    k: usize,
    turned: [bool; 2],
    count: usize,
}

const fn square(name: &'static str, n: usize) -> Shape {
    Shape { name, m: n, n, k: n, turned: [false; 2], count: 1 }
}

const SHAPES: [Shape; 16] = [
    square("4 by 4", 4),
    square("8 by 8", 8),
    square("16 by 16", 16),
    square("32 by 32", 32),
    square("64 by 64", 64),
    square("256 by 256", 256),
    square("512 by 512", 512),
    square("1024 by 1024", 1024),
    square("2048 by 2048", 2048),
    Shape { name: "128x784 @ 784x1000", m: 128, n: 1000, k: 784, turned: [false; 2], count: 1 },
    Shape {
        name: "(128x784).T @ 128x1000",
        m: 784,
        n: 1000,
        k: 128,
        turned: [true, false],
        count: 1,
    },
    Shape {
        name: "128x1000 @ (784x1000).T",
        m: 128,
        n: 784,
        k: 1000,
        turned: [false, true],
        count: 1,
    },
    Shape { name: "4096x64 @ 64x64", m: 4096, n: 64, k: 64, turned: [false; 2], count: 1 },
    Shape { name: "30x100 @ 100x400", m: 30, n: 400, k: 100, turned: [false; 2], count: 1 },
    Shape { name: "64 of 32x32 @ 32x32", m: 32, n: 32, k: 32, turned: [false; 2], count: 64 },
    Shape { name: "16 of 128x64 @ 64x128", m: 128, n: 128, k: 64, turned: [false; 2], count: 16 },
];

const SIDES: [&str; 4] = ["this package", "gemm", "private-gemm-x86", "matrixmultiply"];

/// One product: where operands and result are, and their strides.
struct Product<T> {
    shape: Shape,
    d: *mut T,
    a: (*const T, isize, isize),
    b: (*const T, isize, isize),
    threads: usize,
}

trait Float: gemm::Element + Copy + 'static {
    const NAME: &'static str;
    fn of(x: f64) -> Self;
    fn to(self) -> f64;
    /// # Safety
    /// The operands are there to read, the result is to write.
    unsafe fn run(side: usize, p: &Product<Self>);
}

macro_rules! float {
    ($T:ident, $name:literal, $matrixmultiply:ident, $D:ident) => {
        impl Float for $T {
            const NAME: &'static str = $name;
            fn of(x: f64) -> Self {
                x as $T
            }
            fn to(self) -> f64 {
                f64::from(self)
            }
            #[rustfmt::skip]
            unsafe fn run(side: usize, p: &Product<Self>) {
                let Shape { m, n, k, .. } = p.shape;
                let ((a, ars, acs), (b, brs, bcs), d, drs) = (p.a, p.b, p.d, p.shape.n as isize);
                let alpha: $T = 1.0;
                // SAFETY: by the caller's promise.
                unsafe {
                    match side {
                        0 => gemm::gemm(m, n, k, d, drs, 1, false, a, ars, acs, b, brs, bcs, p.threads),
                        1 => {
                            let par = match p.threads {
                                1 => ::gemm::Parallelism::None,
                                n => ::gemm::Parallelism::Rayon(n),
                            };
                            ::gemm::gemm(m, n, k, d, 1, drs, false, a, acs, ars, b, bcs, brs, 0.0, 1.0,
                                false, false, false, par);
                        }
                        2 => {
                            use private_gemm_x86 as x86;
                            let wide = std::arch::is_x86_feature_detected!("avx512f");
                            let set = if wide { x86::InstrSet::Avx512 } else { x86::InstrSet::Avx256 };
                            x86::gemm(x86::DType::$D, x86::IType::U64, set, m, n, k, d.cast(), drs, 1,
                                std::ptr::null(), std::ptr::null(), x86::DstKind::Full, x86::Accum::Replace,
                                a.cast(), ars, acs, false, std::ptr::null(), 0, b.cast(), brs, bcs, false,
                                (&raw const alpha).cast(), p.threads);
                        }
                        _ => matrixmultiply::$matrixmultiply(m, k, n, 1.0, a, ars, acs, b, brs, bcs, 0.0, d, drs, 1),
                    }
                }
            }
        }
    };
}
float!(f32, "float32", sgemm, F32);
float!(f64, "float64", dgemm, F64);

/// Numbers from -0.5 to 0.5.
fn numbers<T: Float>(count: usize) -> Vec<T> {
    let mut s = 88_172_645_463_325_252u64;
    let next = |_| {
        s ^= s << 13;
        s ^= s >> 7;
        s ^= s << 17;
        T::of((s >> 11) as f64 / (1u64 << 53) as f64 - 0.5)
    };
    (0..count).map(next).collect()
}

/// The least time of each side, in microseconds.
fn measure<T: Float>(shape: Shape, threads: usize) -> [f64; SIDES.len()] {
    let Shape { m, n, k, turned, count, .. } = shape;
    let (a, b) = (numbers::<T>(m * k * count), numbers::<T>(k * n * count));
    let mut results: Vec<Vec<T>> = SIDES.iter().map(|_| vec![T::of(0.0); m * n * count]).collect();
    let steps = |turned: bool, rows: usize, columns: usize| match turned {
        true => (1, rows as isize),
        false => (columns as isize, 1),
    };
    let ((ars, acs), (brs, bcs)) = (steps(turned[0], m, k), steps(turned[1], k, n));
    let flops = (2 * m * n * k * count) as f64;
    let guess = flops / (40e9 * threads as f64) + 2e-7 * count as f64;
    let calls = (50e-6 / guess).ceil() as usize;
    let mut best = [f64::INFINITY; SIDES.len()];
    let (begin, mut rounds) = (Instant::now(), 0);
    while rounds < 5 || begin.elapsed().as_secs_f64() < SECONDS {
        rounds += 1;
        for (side, d) in results.iter_mut().enumerate() {
            let start = Instant::now();
            for _ in 0..calls {
                for i in 0..count {
                    // SAFETY: matrix `i` of so many of these sizes, one after another.
                    unsafe {
                        let (a, b) = (a.as_ptr().add(i * m * k), b.as_ptr().add(i * k * n));
                        let d = d.as_mut_ptr().add(i * m * n);
                        T::run(
                            side,
                            &Product { shape, d, a: (a, ars, acs), b: (b, brs, bcs), threads },
                        );
                    }
                }
            }
            best[side] = best[side].min(start.elapsed().as_secs_f64() / calls as f64 * 1e6);
        }
    }
    let tolerance = if T::NAME == "float32" { 1e-6 } else { 1e-14 } * (k as f64 + 4.0);
    for other in &results[1..] {
        for (x, y) in results[0].iter().zip(other) {
            assert!((x.to() - y.to()).abs() < tolerance, "different products of {}", shape.name);
        }
    }
    best
}

/// Three digits.
fn text(us: f64) -> String {
    match us {
        ..10.0 => format!("{us:.2}"),
        ..100.0 => format!("{us:.1}"),
        _ => format!("{us:.0}"),
    }
}

fn main() {
    let threads = std::env::args().nth(1).map_or(2, |n| n.parse().expect("a number of threads"));
    parallel::set_num_threads(threads);
    println!(
        "{threads} thread(s); microseconds, minimum; in brackets how many times as long as this package\n"
    );
    let dtypes = [<f32 as Float>::NAME, <f64 as Float>::NAME];
    let head: Vec<String> =
        dtypes.iter().flat_map(|t| SIDES.map(|side| format!("{t}: {side}"))).collect();
    println!("| shapes | {} |", head.join(" | "));
    println!("| --- |{}", " ---: |".repeat(head.len()));
    for shape in SHAPES {
        let times = [measure::<f32>(shape, threads), measure::<f64>(shape, threads)];
        let cells = times.iter().flat_map(|t| {
            let cell = |(i, &us): (usize, &f64)| match i {
                0 => text(us),
                _ => format!("{} ({:.2}x)", text(us), us / t[0]),
            };
            t.iter().enumerate().map(cell).collect::<Vec<_>>()
        });
        let cells: Vec<String> = cells.collect();
        println!("| {} | {} |", shape.name, cells.join(" | "));
    }
}
