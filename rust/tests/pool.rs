//! The buffer pool, by its counts.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, MutexGuard};

use _core::tensor::{AllocError, Buffer, empty_cache, pool_stats as stats, set_cache_limit};

/// The tests share the shelves, so they take turns.
static TURN: Mutex<()> = Mutex::new(());
fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(|e| e.into_inner())
}

#[test]
fn absurd_sizes_are_errors() {
    // A request that fails empties the cache first.
    let _turn = turn();
    for bytes in [1 << 46, 1 << 60, isize::MAX as usize, usize::MAX] {
        assert_eq!(Buffer::uninit(bytes).unwrap_err(), AllocError { bytes });
        assert!(Buffer::zeroed(bytes).is_err());
    }
}

#[test]
fn contents_alignment_reuse() {
    let _turn = turn();
    empty_cache();
    for bytes in [0, 1, 100, 255, 256, 1024, 5000, 1 << 20, 4 << 20, 9_000_001] {
        let mut a = Buffer::uninit(bytes).unwrap();
        assert_eq!((a.len(), a.is_empty()), (bytes, bytes == 0));
        assert!(a.as_ptr().addr().is_multiple_of(64));
        // SAFETY: all of the buffer's own bytes.
        unsafe { a.as_mut_ptr().write_bytes(7, bytes) };
        let place = a.as_ptr();
        let fresh_blocks = stats().fresh_blocks;
        drop(a);
        let b = Buffer::zeroed(bytes).unwrap();
        assert!(bytes == 0 || b.as_ptr() == place);
        assert_eq!(stats().fresh_blocks, fresh_blocks);
        // SAFETY: zeroed, so initialised.
        let all = unsafe { std::slice::from_raw_parts(b.as_ptr(), bytes) };
        assert!(all.iter().all(|&x| x == 0));
    }
    assert!(stats().cached_bytes >= 13_000_000);
    empty_cache();
    assert_eq!((stats().cached_bytes, stats().live_bytes), (0, 0));
}

#[test]
fn blocks_of_medium_size_stand_side_by_side() {
    let _turn = turn();
    empty_cache();
    // More than a region of them, in sizes that leave a rest.
    let sizes = [64 << 10, 80 << 10, 3 << 20, 100_000, 2_000_000];
    let mut all: Vec<(Buffer, u8)> = Vec::new();
    for round in 0..12 {
        for (i, &bytes) in sizes.iter().enumerate() {
            let mut b = Buffer::zeroed(bytes).unwrap();
            // SAFETY: zeroed, so initialised; then the buffer's own bytes.
            unsafe {
                let old = std::slice::from_raw_parts(b.as_ptr(), bytes);
                assert!(old.iter().all(|&x| x == 0));
                b.as_mut_ptr().write_bytes(round + i as u8, bytes);
            }
            all.push((b, round + i as u8));
        }
        if round % 3 == 2 {
            // Every other one goes back to the system, and new ones take its place.
            let mut odd = false;
            all.retain(|_| {
                odd = !odd;
                odd
            });
            empty_cache();
        }
        for (b, mark) in &all {
            // SAFETY: all of it was written above.
            let bytes = unsafe { std::slice::from_raw_parts(b.as_ptr(), b.len()) };
            assert!(bytes.iter().all(|x| x == mark));
        }
    }
    drop(all);
    empty_cache();
    assert_eq!((stats().cached_bytes, stats().live_bytes), (0, 0));
}

#[test]
fn limit_evicts_other_sizes() {
    let _turn = turn();
    empty_cache();
    let before = stats().cache_limit;
    set_cache_limit(100_000);
    let some: Vec<_> = (0..50).map(|_| Buffer::uninit(4096).unwrap()).collect();
    drop(some);
    assert!((90_000..=100_000).contains(&stats().cached_bytes));
    drop(Buffer::uninit(65_536).unwrap());
    assert!((65_536..=100_000).contains(&stats().cached_bytes));
    drop(Buffer::uninit(1 << 20).unwrap());
    // What cannot be kept anyway does not push the others out.
    assert!((65_536..=100_000).contains(&stats().cached_bytes));
    set_cache_limit(0);
    assert_eq!(stats().cached_bytes, 0);
    set_cache_limit(before);
}

#[test]
fn many_threads() {
    let _turn = turn();
    std::thread::scope(|s| {
        for t in 0..4usize {
            s.spawn(move || {
                let mut kept = Vec::new();
                for i in 0..5000 {
                    let mut b = Buffer::uninit((1024 + (i * 37 + t) % 3000) << (i % 7)).unwrap();
                    // SAFETY: the buffer's own bytes.
                    unsafe { b.as_mut_ptr().write_bytes(t as u8, b.len()) };
                    kept.push(b);
                    if kept.len() > 20 {
                        let b = kept.swap_remove(i % 20);
                        // SAFETY: all of it was written above.
                        let all = unsafe { std::slice::from_raw_parts(b.as_ptr(), b.len()) };
                        assert!(all.iter().all(|&x| x == t as u8));
                    }
                }
            });
        }
    });
    empty_cache();
    assert_eq!((stats().cached_bytes, stats().live_bytes), (0, 0));
}

#[cfg(unix)]
#[test]
fn works_in_a_child_forked_amid_use() {
    let _turn = turn();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let work = |rounds: usize| {
        for i in 0..rounds {
            drop(Buffer::uninit(1024 << (i % 9)));
        }
    };
    std::thread::scope(|s| {
        s.spawn(|| {
            while !stop.load(Relaxed) {
                work(100);
            }
        });
        for _ in 0..20 {
            // SAFETY: the child only uses the allocators, then leaves by _exit.
            let child = unsafe { libc::fork() };
            if child == 0 {
                // SAFETY: a hang ends with the alarm, everything else with _exit.
                unsafe { libc::alarm(20) };
                work(1000);
                // SAFETY: as above.
                unsafe { libc::_exit(0) };
            }
            let mut status = 0;
            // SAFETY: `child` is ours and `status` is a valid place to write to.
            unsafe { libc::waitpid(child, &mut status, 0) };
            assert_eq!(status, 0);
        }
        stop.store(true, Relaxed);
    });
    empty_cache();
}
