//! Memory for arrays, kept for reuse.
//!
//! An expression allocates and frees buffers of the same few sizes over and over, and a fresh
//! large one is dear: the kernel clears each of its pages when it is first touched, which takes
//! several times as long as the arithmetic that fills it. Freed blocks therefore go on a shelf
//! for their size class, the last one in being the first one out because its contents may still
//! be in the processor's cache.
//!
//! Each shelf is a linked list threaded through the free blocks themselves. Whoever changes it takes
//! all of it for a few instructions, never across an allocation or a system call, and leaves a mark that
//! it is busy. A shelf that stays busy for longer than a short spin is not waited for: the request goes to
//! the system instead. That is also what makes a forked child safe, where a shelf may have been
//! copied while a thread was busy with it that does not exist there: the child merely loses what was on it.

use std::fmt;
use std::ptr::{NonNull, null_mut, without_provenance_mut};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicPtr, AtomicUsize};

use super::pages;

/// Every buffer starts on a cache line of its own.
pub(super) const ALIGN: usize = align_of::<Line>();
/// The smallest block, as a power of two: four cache lines.
const MIN_SHIFT: u32 = 8;
/// The largest, likewise: nothing near it can be had.
const MAX_SHIFT: u32 = 47;
const SHELVES: usize = 4 * (MAX_SHIFT - MIN_SHIFT) as usize;

/// The memory asked for cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllocError {
    /// How many bytes were asked for.
    pub bytes: usize,
}

impl fmt::Display for AllocError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot allocate {} bytes", self.bytes)
    }
}

impl std::error::Error for AllocError {}

/// Figures about this allocator, read one by one, so only roughly consistent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStats {
    /// Bytes held by buffers in use, size classes counted in full.
    pub live_bytes: usize,
    /// Bytes waiting on the shelves.
    pub cached_bytes: usize,
    /// The most bytes that may wait there.
    pub cache_limit: usize,
    /// Blocks taken from the system so far, that is, requests no shelf met.
    pub fresh_blocks: usize,
}

/// Bytes of all blocks, in use and cached. (Those in use are the difference, which nobody needs to count
/// whenever a block is taken from a shelf.)
static HELD: AtomicUsize = AtomicUsize::new(0);
static CACHED: AtomicUsize = AtomicUsize::new(0);
static FRESH: AtomicUsize = AtomicUsize::new(0);
/// `usize::MAX` until set or worked out.
static LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);
/// The shelf the next eviction starts at, so that all sizes give way in turn.
static CURSOR: AtomicUsize = AtomicUsize::new(0);
/// Free lists: the first word of each block points to the next block.
static SHELF: [AtomicPtr<u8>; SHELVES] = [const { AtomicPtr::new(null_mut()) }; SHELVES];
/// Stands in the place of a list that somebody is about to change.
const BUSY: *mut u8 = without_provenance_mut(1);

/// The shelf for requests of `bytes`, and the size of its blocks: four classes per power of two.
fn class(bytes: usize) -> Option<(usize, usize)> {
    let bytes = bytes.max(1 << MIN_SHIFT);
    if bytes > 1 << (MAX_SHIFT - 1) {
        return None;
    }
    let shift = (bytes - 1).ilog2().max(MIN_SHIFT);
    let size = bytes.next_multiple_of(1 << (shift - 2));
    let quarter = (size >> (shift - 2)) - 4;
    Some((4 * (shift - MIN_SHIFT) as usize + quarter, size))
}

/// The size of a shelf's blocks.
fn size_on(shelf: usize) -> usize {
    (4 + shelf % 4) << (shelf / 4 + MIN_SHIFT as usize - 2)
}

/// Takes what is at `place`, which is busy until the caller stores something there again, unless
/// somebody else holds on to it. See the module's comment.
pub(super) fn open(place: &AtomicPtr<u8>) -> Option<*mut u8> {
    for _ in 0..100 {
        let first = place.swap(BUSY, Acquire);
        if first != BUSY {
            return Some(first);
        }
        std::hint::spin_loop();
    }
    None
}

/// Takes the block put on a shelf last.
fn take(shelf: usize, size: usize) -> Option<NonNull<u8>> {
    let first = NonNull::new(open(&SHELF[shelf])?);
    let rest = match first {
        // SAFETY: a block on a shelf is ours, aligned, and starts with the next one's address.
        Some(block) => unsafe { block.cast::<*mut u8>().read() },
        None => null_mut(),
    };
    SHELF[shelf].store(rest, Release);
    if first.is_some() {
        CACHED.fetch_sub(size, Relaxed);
    }
    first
}

/// Puts a block on its shelf, or back into the system.
fn put(block: NonNull<u8>, shelf: usize, size: usize) {
    let fits = CACHED.fetch_add(size, Relaxed) + size <= limit();
    if (fits || (size <= limit() && trim(limit())))
        && let Some(first) = open(&SHELF[shelf])
    {
        // SAFETY: the caller gave the block up; it is aligned and larger than a pointer.
        unsafe { block.cast::<*mut u8>().write(first) };
        SHELF[shelf].store(block.as_ptr(), Release);
        return;
    }
    CACHED.fetch_sub(size, Relaxed);
    // SAFETY: the caller gave the block up, and `size` is the class it was made for.
    unsafe { forget(block, size) };
}

/// Gives a block back to the system.
///
/// # Safety
/// As for [`pages::release`].
unsafe fn forget(block: NonNull<u8>, size: usize) {
    HELD.fetch_sub(size, Relaxed);
    // SAFETY: passed on.
    unsafe { pages::release(block, size) };
}

/// Frees cached blocks, shelf by shelf, until what is counted as cached is within `target`.
fn trim(target: usize) -> bool {
    for _ in 0..SHELVES {
        let shelf = CURSOR.load(Relaxed) % SHELVES;
        let size = size_on(shelf);
        while CACHED.load(Relaxed) > target
            && let Some(block) = take(shelf, size)
        {
            // SAFETY: just taken from the shelf for blocks of `size`.
            unsafe { forget(block, size) };
        }
        if CACHED.load(Relaxed) <= target {
            return true;
        }
        CURSOR.store(shelf + 1, Relaxed);
    }
    false
}

/// 1 GiB or a quarter of the machine's memory, whichever is less, unless set otherwise.
fn limit() -> usize {
    let known = LIMIT.load(Relaxed);
    if known != usize::MAX {
        return known;
    }
    #[allow(unused_mut)]
    let mut limit = 1 << 30;
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        // SAFETY: sysconf only reads.
        let [pages, size] =
            [libc::_SC_PHYS_PAGES, libc::_SC_PAGESIZE].map(|what| unsafe { libc::sysconf(what) });
        if pages > 0 && size > 0 {
            limit = limit.min((pages as usize).saturating_mul(size as usize) / 4);
        }
    }
    // Fails if the limit has just been set.
    let _ = LIMIT.compare_exchange(usize::MAX, limit, Relaxed, Relaxed);
    limit
}

/// Limits how many bytes may wait for reuse, freeing what is over; 0 turns reuse off.
pub fn set_cache_limit(bytes: usize) {
    LIMIT.store(bytes.min(usize::MAX - 1), Relaxed);
    trim(bytes);
}

/// Gives every cached block back to the system.
pub fn empty_cache() {
    trim(0);
}

/// What is in use and what is cached.
pub fn stats() -> PoolStats {
    let cached_bytes = CACHED.load(Relaxed);
    PoolStats {
        live_bytes: HELD.load(Relaxed).saturating_sub(cached_bytes),
        cached_bytes,
        cache_limit: limit(),
        fresh_blocks: FRESH.load(Relaxed),
    }
}

/// Lends its alignment to the address of buffers without bytes.
#[repr(align(64))]
struct Line;

/// Bytes of its own, aligned to a cache line.
#[derive(Debug)]
pub struct Buffer {
    ptr: NonNull<u8>,
    len: usize,
}

// SAFETY: a Buffer owns its bytes, and hands out pointers only.
unsafe impl Send for Buffer {}
// SAFETY: as above; nothing changes through a shared reference.
unsafe impl Sync for Buffer {}

impl Buffer {
    /// A buffer whose contents are whatever was there before.
    pub fn uninit(bytes: usize) -> Result<Buffer, AllocError> {
        Buffer::new(bytes, false)
    }

    /// A buffer of zeros.
    pub fn zeroed(bytes: usize) -> Result<Buffer, AllocError> {
        Buffer::new(bytes, true)
    }

    fn new(bytes: usize, zeroed: bool) -> Result<Buffer, AllocError> {
        if bytes == 0 {
            let ptr = NonNull::<Line>::dangling().cast();
            return Ok(Buffer { ptr, len: 0 });
        }
        let error = AllocError { bytes };
        let (shelf, size) = class(bytes).ok_or(error)?;
        let ptr = if let Some(ptr) = take(shelf, size) {
            if zeroed {
                // SAFETY: the block is ours and has `size >= bytes` bytes.
                unsafe { ptr.write_bytes(0, bytes) };
            }
            ptr
        } else {
            FRESH.fetch_add(1, Relaxed);
            // What is cached for other sizes may be what is missing.
            let again = || trim(0).then(|| pages::fresh(size, zeroed)).flatten();
            let ptr = pages::fresh(size, zeroed).or_else(again).ok_or(error)?;
            HELD.fetch_add(size, Relaxed);
            ptr
        };
        Ok(Buffer { ptr, len: bytes })
    }

    /// The first byte; a well-aligned address that must not be read if the length is 0.
    pub fn as_ptr(&self) -> *const u8 {
        self.ptr.as_ptr()
    }

    /// The first byte, to write to.
    pub fn as_mut_ptr(&mut self) -> *mut u8 {
        self.ptr.as_ptr()
    }

    /// The number of bytes asked for.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if self.len > 0
            && let Some((shelf, size)) = class(self.len)
        {
            put(self.ptr, shelf, size);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes() {
        for bytes in (1..200_000).chain([1 << 20, (5 << 20) + 1, 1 << 40, 1 << 46]) {
            let (shelf, size) = class(bytes).unwrap();
            assert!(size >= bytes && size.is_multiple_of(ALIGN) && shelf < SHELVES);
            assert!(bytes <= 256 || size - bytes < bytes / 4 + 1);
            assert_eq!(size, size_on(shelf));
        }
        assert_eq!(class((1 << 46) + 1), None);
    }
}
