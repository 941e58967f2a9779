//! Where a worker waits a moment for its next job before it goes to sleep.
//!
//! To wake a thread takes tens of microseconds, as long as many a job. A program that has
//! had one parallel job will mostly have another soon, so a worker that has done its part stays
//! awake for a while on a seat of its own, and who has a job puts it there. Nothing is locked: a
//! seat is one pointer, changed by exchanges alone.

use std::hint::spin_loop;
use std::ptr::{null_mut, without_provenance_mut};
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::time::{Duration, Instant};

/// How long a worker stays awake: what lies between two parallel jobs of a model's step is mostly
/// less.
const AWAKE: Duration = Duration::from_micros(100);
/// Looks between two glances at the clock.
const LOOKS: usize = 40;

/// Calls `ready` for as long as it says no, but not for longer than `most`. It does not offer the processor to
/// others in between: on a busy machine it would be gone for milliseconds, and a thread that is woken gets one
/// sooner than one that has stepped back.
pub(super) fn look_until(most: Duration, ready: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    loop {
        for _ in 0..LOOKS {
            if ready() {
                return true;
            }
            spin_loop();
        }
        if start.elapsed() > most {
            return false;
        }
    }
}

/// A place for one worker. The line in the cache is its own, since others look at their seats all the time.
#[repr(align(128))]
pub(super) struct Seat<J>(AtomicPtr<J>);

impl<J> Seat<J> {
    pub(super) fn new() -> Self {
        Self(AtomicPtr::new(null_mut()))
    }

    /// What is in a seat whose worker is there and has nothing to do.
    fn waiting() -> *mut J {
        without_provenance_mut(1)
    }

    /// Gives a job to the worker, if it is there and has none.
    pub(super) fn offer(&self, job: &Arc<J>) -> bool {
        // A look costs less than an exchange, and mostly says no where there are many seats.
        if self.0.load(Ordering::Relaxed) != Self::waiting() {
            return false;
        }
        let job = Arc::into_raw(Arc::clone(job)).cast_mut();
        let taken =
            self.0.compare_exchange(Self::waiting(), job, Ordering::Release, Ordering::Relaxed);
        if taken.is_err() {
            // SAFETY: it comes from `into_raw` above, and nobody else has seen it.
            drop(unsafe { Arc::from_raw(job) });
        }
        taken.is_ok()
    }

    /// Says that the worker is there. Only the worker that the seat belongs to calls this, and then [`Seat::wait`].
    pub(super) fn take(&self) {
        self.0.store(Self::waiting(), Ordering::Relaxed);
    }

    /// Waits for a job for a while, or until there is something else to do.
    pub(super) fn wait(&self, wanted: impl Fn() -> bool) -> Option<Arc<J>> {
        look_until(AWAKE, || self.0.load(Ordering::Relaxed) != Self::waiting() || wanted());
        // From here on nobody puts anything there.
        let job = self.0.swap(null_mut(), Ordering::Acquire);
        // SAFETY: what is neither null nor the mark comes from `into_raw` in `offer`, which has
        // left it to whoever takes it out.
        (job != Self::waiting() && !job.is_null()).then(|| unsafe { Arc::from_raw(job) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn every_job_that_is_taken_is_done_once() {
        let (seat, done) = (Seat::<AtomicUsize>::new(), AtomicUsize::new(0));
        let job = Arc::new(AtomicUsize::new(0));
        assert!(!seat.offer(&job));
        seat.take();
        assert!(seat.wait(|| false).is_none());
        assert!(!seat.offer(&job));
        let given = std::thread::scope(|s| {
            s.spawn(|| {
                while done.load(Ordering::Relaxed) == 0 {
                    seat.take();
                    if let Some(job) = seat.wait(|| false) {
                        job.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
            let given = (0..20_000).filter(|_| seat.offer(&job)).count();
            done.store(1, Ordering::Relaxed);
            given
        });
        assert_eq!(job.load(Ordering::Relaxed), given);
        assert_eq!(Arc::strong_count(&job), 1);
    }
}
