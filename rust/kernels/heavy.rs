//! Long work steps out of the interpreter's lock.
//!
//! The core knows no Python. The bindings install a function that runs a closure with the lock
//! released; kernels wrap work that takes longer than the hand-over costs.

use std::cell::Cell;
use std::sync::OnceLock;

/// Work below this many nanoseconds is done on the spot: giving the lock away and taking it back
/// costs a few microseconds once another thread wants it.
pub const HEAVY_NS: f64 = 30_000.0;

type Release = fn(&mut dyn FnMut());
static RELEASE: OnceLock<Release> = OnceLock::new();

thread_local! {
    static RELEASED: Cell<bool> = const { Cell::new(false) };
}

/// Installs the function that runs its argument with the lock released.
pub fn set_release(release: Release) {
    // A second installation can only come from a second initialisation with the same function.
    let _ = RELEASE.set(release);
}

/// Runs `work`, outside the lock when the estimate says that it takes long.
pub fn heavy<R>(estimate_ns: f64, work: impl FnOnce() -> R) -> R {
    match RELEASE.get() {
        Some(release) if estimate_ns > HEAVY_NS && !RELEASED.get() => {
            let mut work = Some(work);
            let mut result = None;
            let mut step = || {
                let _inside = Inside::enter();
                result = work.take().map(|w| w());
            };
            release(&mut step);
            match (result, work) {
                (Some(r), _) => r,
                // The installed function did not call its argument: do it here.
                (None, Some(w)) => w(),
                (None, None) => unreachable!("the work ran and left its result"),
            }
        }
        _ => work(),
    }
}

/// Marks the thread as outside the lock, also while a panic unwinds. Helpers of the pool, which
/// never have it, are outside all the time that they work.
pub(super) struct Inside;

impl Inside {
    pub(super) fn enter() -> Self {
        RELEASED.set(true);
        Self
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        RELEASED.set(false);
    }
}
