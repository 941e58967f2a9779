//! A thread pool private to this process.
//!
//! Workers come from a rayon pool of our own (never the global one, which belongs to whoever
//! else shares the process), but the loop that hands out work is written here: the calling
//! thread takes part in it and, once the work is gone, waits only for helpers that really
//! started. A worker that is slow to wake therefore costs nothing but its help, and one that has
//! just helped stays awake for a moment, on its [`Seat`].
//!
//! Nothing here blocks on a lock that another thread could hold across `fork`: all shared state
//! is a handful of atomics. A forked child has none of its parent's workers, notices so by its
//! process id, and builds a pool of its own at its first parallel job.

use super::heavy::Inside;
use super::seats::{Seat, look_until};
use std::any::Any;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Thread};
use std::time::Duration;

/// More threads than this are never started, whatever was asked for.
const MAX_THREADS: usize = 1024;
/// Shares end at about the same time, and to be woken takes tens of microseconds: so long whoever is
/// done first looks before it sleeps.
const PATIENCE: Duration = Duration::from_micros(50);

/// What `set_num_threads` asked for; 0 means the default.
static REQUESTED: AtomicUsize = AtomicUsize::new(0);
/// The default once worked out; 0 until then. Racing threads compute the same value, so no
/// once-cell is needed (one being initialised during a fork would stay locked in the child).
static DEFAULT: AtomicUsize = AtomicUsize::new(0);
static POOL: AtomicPtr<Pool> = AtomicPtr::new(null_mut());

struct Pool {
    /// The process that started the workers.
    pid: u32,
    threads: usize,
    rayon: rayon::ThreadPool,
    /// One for each worker.
    seats: Box<[Seat<Job>]>,
    /// Jobs that no worker has found yet.
    queued: AtomicUsize,
    /// How many processors there are.
    processors: usize,
}

impl Pool {
    /// Has so many workers help, those first that are awake.
    fn call(&'static self, helpers: usize, job: &Arc<Job>) {
        let awake = self.seats.iter().filter(|seat| seat.offer(job)).take(helpers).count();
        // With more threads than processors, one that only looks would be in the way.
        let stays = helpers < self.processors;
        for _ in awake..helpers {
            let job = Arc::clone(job);
            self.queued.fetch_add(1, Ordering::Relaxed);
            self.rayon.spawn(move || {
                self.queued.fetch_sub(1, Ordering::Relaxed);
                self.help(job, stays);
            });
        }
    }

    /// A worker's part: this job, and those that come soon after it.
    fn help(&self, mut job: Arc<Job>, stays: bool) {
        let seat = rayon::current_thread_index().and_then(|i| self.seats.get(i));
        let Some(seat) = seat.filter(|_| stays) else { return job.help(|| ()) };
        loop {
            // It is there before the job ends, for whoever waited for that to find it.
            job.help(|| seat.take());
            drop(job);
            let Some(next) = seat.wait(|| self.queued.load(Ordering::Relaxed) > 0) else { return };
            job = next;
        }
    }
}

/// Sets how many threads parallel jobs use from now on; 0 goes back to the default.
pub fn set_num_threads(n: usize) {
    REQUESTED.store(n.min(MAX_THREADS), Ordering::Relaxed);
}

/// How many threads a parallel job uses: the number set by [`set_num_threads`], else
/// `OMP_NUM_THREADS` as it was at the first call, else the number of usable processors.
pub fn num_threads() -> usize {
    match REQUESTED.load(Ordering::Relaxed) {
        0 => default_threads(),
        n => n,
    }
}

fn default_threads() -> usize {
    let known = DEFAULT.load(Ordering::Relaxed);
    if known != 0 {
        return known;
    }
    let from_env = std::env::var("OMP_NUM_THREADS").ok();
    let n = from_env
        .and_then(|text| parse_threads(&text))
        .or_else(|| thread::available_parallelism().ok().map(|n| n.get()))
        .map_or(1, |n| n.min(MAX_THREADS));
    DEFAULT.store(n, Ordering::Relaxed);
    n
}

/// Reads `OMP_NUM_THREADS`, which may be a list (one entry per nesting level; the first counts).
fn parse_threads(text: &str) -> Option<usize> {
    let first = text.split(',').next()?.trim();
    first.parse().ok().filter(|&n| n >= 1)
}

/// The pool of this process with workers for at least `threads` threads, the caller's included, or
/// `None` if they cannot be had.
///
/// Pools are never freed: another thread may be using the old one, and one inherited through
/// `fork` would hang when dropped. A pool that is too small is replaced by one at least twice as
/// large, so abandoned workers (asleep for good) stay fewer than those in use.
fn pool(threads: usize) -> Option<&'static Pool> {
    let pid = std::process::id();
    let mut current = POOL.load(Ordering::Acquire);
    loop {
        // SAFETY: a pointer put in POOL comes from Box::into_raw below and is never freed.
        let known = unsafe { current.as_ref() }.filter(|p| p.pid == pid);
        if let Some(p) = known.filter(|p| p.threads >= threads) {
            return Some(p);
        }
        let size = known.map_or(threads, |p| threads.max(2 * p.threads));
        let rayon = rayon::ThreadPoolBuilder::new()
            .num_threads(size.saturating_sub(1).max(1))
            .thread_name(|i| format!("worker-{i}"))
            .build()
            .ok()?;
        let threads = size;
        let seats = (1..size).map(|_| Seat::new()).collect();
        let queued = AtomicUsize::new(0);
        let processors = thread::available_parallelism().map_or(1, |n| n.get());
        let fresh =
            Box::into_raw(Box::new(Pool { pid, threads, rayon, seats, queued, processors }));
        match POOL.compare_exchange(current, fresh, Ordering::AcqRel, Ordering::Acquire) {
            // SAFETY: as above; the box now belongs to POOL for good.
            Ok(_) => return Some(unsafe { &*fresh }),
            Err(winner) => {
                // SAFETY: fresh was not published, so this is its only owner. Dropping it tells
                // the workers to leave and does not wait for them.
                drop(unsafe { Box::from_raw(fresh) });
                current = winner;
            }
        }
    }
}

/// Calls `f` on the consecutive ranges of `chunk` elements (the last one shorter) that make up
/// `0..len`, in parallel. The ranges depend on `len` and `chunk` alone, so a result computed
/// per range is the same for any number of threads. A panic in `f` reaches the caller after
/// every range already begun has ended.
pub fn for_each_chunk(len: usize, chunk: usize, f: impl Fn(Range<usize>) + Sync) {
    for_each_chunk_on(num_threads(), len, chunk, f);
}

/// [`for_each_chunk`] on at most `threads` threads, the caller's included.
pub fn for_each_chunk_on(
    threads: usize,
    len: usize,
    chunk: usize,
    f: impl Fn(Range<usize>) + Sync,
) {
    let chunk = chunk.max(1);
    let chunks = len.div_ceil(chunk);
    let range = |i: usize| i * chunk..(i * chunk).saturating_add(chunk).min(len);
    let threads = threads.min(chunks).min(MAX_THREADS);
    let workers = if threads > 1 { pool(threads) } else { None };
    let Some(workers) = workers else {
        (0..chunks).for_each(|i| f(range(i)));
        return;
    };

    let body = |i: usize| f(range(i));
    let body: *const (dyn Fn(usize) + Sync + '_) = &body;
    // SAFETY: only the lifetime changes. The pointer is followed by helpers that have entered
    // the job alone, and `finish` (called below on every path) waits for those to leave.
    let body: *const (dyn Fn(usize) + Sync + 'static) = unsafe { std::mem::transmute(body) };
    let job = Arc::new(Job {
        next: AtomicUsize::new(0),
        chunks,
        inside: AtomicUsize::new(0),
        body,
        panic: Mutex::new(None),
        owner: thread::current(),
    });
    workers.call(threads - 1, &job);
    job.work();
    job.finish();
}

/// One call of `for_each_chunk` as its helpers see it. It outlives the call, because a helper
/// may wake up late, but such a one finds it closed and leaves it alone.
struct Job {
    /// The next chunk to hand out.
    next: AtomicUsize,
    chunks: usize,
    /// How many helpers are at work, plus `CLOSED` once no more may enter.
    inside: AtomicUsize,
    body: *const (dyn Fn(usize) + Sync),
    /// The first panic; held only for a store, and never by a thread outside this job.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    owner: Thread,
}

const CLOSED: usize = 1 << (usize::BITS - 1);

// SAFETY: `body` points to a Sync closure, and `inside` keeps it alive while it is used; every
// other field is Send and Sync.
unsafe impl Send for Job {}
// SAFETY: as above.
unsafe impl Sync for Job {}

impl Job {
    /// A helper's part: enter unless the caller has already gone, work, do what comes `before` it leaves, leave.
    fn help(&self, before: impl FnOnce()) {
        let enter = |n: usize| (n & CLOSED == 0).then_some(n + 1);
        let entered = self.inside.fetch_update(Ordering::Acquire, Ordering::Relaxed, enter);
        if entered.is_ok() {
            let _outside = Inside::enter();
            self.work();
            before();
            if self.inside.fetch_sub(1, Ordering::AcqRel) == CLOSED + 1 {
                self.owner.unpark();
            }
        } else {
            before();
        }
    }

    /// Takes chunks until there are none left. Does not unwind.
    fn work(&self) {
        let run = || {
            loop {
                let i = self.next.fetch_add(1, Ordering::Relaxed);
                if i >= self.chunks {
                    break;
                }
                // SAFETY: the caller is in `for_each_chunk_on`, or this helper has entered and
                // the caller cannot leave before it does: the closure is alive.
                unsafe { (*self.body)(i) };
            }
        };
        if let Err(payload) = catch_unwind(AssertUnwindSafe(run)) {
            // No further chunk needs to start.
            self.next.store(self.chunks, Ordering::Relaxed);
            let mut first = self.panic.lock().unwrap_or_else(PoisonError::into_inner);
            first.get_or_insert(payload);
        }
    }

    /// The caller's end: shut the door, wait for the helpers inside, pass a panic on.
    fn finish(&self) {
        self.inside.fetch_or(CLOSED, Ordering::AcqRel);
        let alone = || self.inside.load(Ordering::Acquire) == CLOSED;
        if !look_until(PATIENCE, alone) {
            while !alone() {
                thread::park();
            }
        }
        let mut first = self.panic.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(payload) = first.take() {
            drop(first);
            resume_unwind(payload);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(threads: usize, len: usize, chunk: usize) -> usize {
        let total = AtomicUsize::new(0);
        for_each_chunk_on(threads, len, chunk, |r| {
            assert!(r.start % chunk == 0 && r.len() <= chunk);
            total.fetch_add(r.sum::<usize>(), Ordering::Relaxed);
        });
        total.into_inner()
    }

    #[test]
    fn every_element_once() {
        for (len, chunk) in [(0, 4), (1, 4), (8, 4), (1001, 7), (5, usize::MAX)] {
            for threads in [1, 2, 5] {
                assert_eq!(sum(threads, len, chunk), len * len.saturating_sub(1) / 2);
            }
        }
        for_each_chunk(3, 0, |r| assert_eq!(r.len(), 1));
        for _ in 0..2000 {
            assert_eq!(sum(3, 9, 2), 36);
        }
    }

    #[test]
    fn nested_concurrent_and_resized() {
        let total = AtomicUsize::new(0);
        thread::scope(|s| {
            for threads in 2..6 {
                let total = &total;
                s.spawn(move || {
                    for_each_chunk_on(threads, 8, 1, |_| {
                        total.fetch_add(sum(threads, 100, 9), Ordering::Relaxed);
                    })
                });
            }
        });
        assert_eq!(total.into_inner(), 4 * 8 * 4950);
    }

    #[test]
    fn panics_propagate() {
        for bad in 0..6 {
            let caught = catch_unwind(|| {
                for_each_chunk_on(3, 6, 1, |r| assert_ne!(r.start, bad, "chunk"));
            });
            assert!(caught.is_err());
        }
        assert_eq!(sum(3, 100, 10), 4950);
    }

    /// Runs `f` on a worker if `threads` allow for one: it cannot come back without one.
    fn install<R: Send>(threads: usize, f: impl FnOnce() -> R + Send) -> R {
        match pool(threads).filter(|_| threads > 1) {
            Some(p) => p.rayon.install(f),
            None => f(),
        }
    }

    #[test]
    fn thread_counts() {
        assert_eq!(parse_threads(" 4,2"), Some(4));
        assert_eq!(parse_threads("0").or(parse_threads("many")), None);
        set_num_threads(3);
        assert_eq!(num_threads(), 3);
        set_num_threads(usize::MAX);
        assert_eq!(num_threads(), MAX_THREADS);
        set_num_threads(0);
        assert!(num_threads() >= 1);
        assert_eq!(install(1, rayon::current_thread_index), None);
        assert!(install(2, rayon::current_thread_index).is_some());
    }

    #[cfg(unix)]
    #[test]
    fn survives_fork() {
        use std::time::{Duration, Instant};
        assert_eq!(sum(2, 1000, 10), 499_500);
        // SAFETY: the child runs only code meant to work after a fork, then leaves by _exit.
        let child = unsafe { libc::fork() };
        assert!(child >= 0);
        if child == 0 {
            let fine = catch_unwind(|| {
                let total = AtomicUsize::new(0);
                for_each_chunk_on(2, 20, 1, |r| {
                    // Gives helpers time to join in; install cannot do without one.
                    thread::sleep(Duration::from_millis(1));
                    total.fetch_add(r.start, Ordering::Relaxed);
                });
                install(2, || total.load(Ordering::Relaxed)) == 190
            });
            // SAFETY: ends the child without running the parent's exit handlers.
            unsafe { libc::_exit(if matches!(fine, Ok(true)) { 0 } else { 1 }) };
        }
        let start = Instant::now();
        let mut status = 0;
        // SAFETY: `child` is ours and `status` is a valid place to write to.
        while unsafe { libc::waitpid(child, &mut status, libc::WNOHANG) } == 0 {
            if start.elapsed() > Duration::from_secs(20) {
                // SAFETY: `child` has not been waited for, so the id is still its own.
                unsafe { libc::kill(child, libc::SIGKILL) };
                panic!("the child hangs");
            }
            thread::sleep(Duration::from_millis(5));
        }
        assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0);
    }
}
