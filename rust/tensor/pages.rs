//! Memory from the system, in huge pages where arrays are worth one.
//!
//! A matrix has few rows per page of 4 KiB, and a product that walks along its columns soon needs more
//! pages than the processor keeps addresses of. Large blocks are mappings of their own, aligned to huge
//! pages; those of medium size are cut off a region that many of them share, one after the other, so that
//! huge pages are full. Each goes back to the kernel on its own, and what it leaves is not cut again:
//! address space is plenty.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc};
use std::ptr::NonNull;
#[cfg(unix)]
use std::ptr::null_mut;
#[cfg(unix)]
use std::sync::atomic::{AtomicPtr, Ordering::Release};

use super::pool::ALIGN;
#[cfg(unix)]
use super::pool::open;

/// Blocks from here on are mappings of their own.
#[cfg(unix)]
const LARGE: usize = 4 << 20;
/// Blocks from here on are cut off a region, if they are whole pages.
#[cfg(unix)]
const MEDIUM: usize = 64 << 10;
/// How large a region is, and what it is aligned to.
#[cfg(unix)]
const REGION: usize = 32 << 20;
#[cfg(unix)]
const HUGE_PAGE: usize = 2 << 20;
/// Where the rest of a region begins, which ends at the next multiple of `REGION`; null if there is none.
#[cfg(unix)]
static REST: AtomicPtr<u8> = AtomicPtr::new(null_mut());

/// A block of `size` bytes, which is not 0 and a size class of the pool.
pub(super) fn fresh(size: usize, zeroed: bool) -> Option<NonNull<u8>> {
    #[cfg(unix)]
    if is_mapped(size) {
        return if size >= LARGE { map(size, HUGE_PAGE) } else { cut(size) };
    }
    let layout = Layout::from_size_align(size, ALIGN).ok()?;
    // SAFETY: the size is not 0.
    let get = |f: unsafe fn(Layout) -> *mut u8| unsafe { f(layout) };
    NonNull::new(get(if zeroed { alloc_zeroed } else { alloc }))
}

/// Gives a block back.
///
/// # Safety
/// The block must come from `fresh(size, _)` and not be used again.
pub(super) unsafe fn release(block: NonNull<u8>, size: usize) {
    #[cfg(unix)]
    if is_mapped(size) {
        // SAFETY: by the caller's promise, these bytes of a mapping are nobody else's.
        unsafe { unmap(block.as_ptr(), size) };
        return;
    }
    // SAFETY: `fresh` used this very layout, and found it valid.
    unsafe { dealloc(block.as_ptr(), Layout::from_size_align_unchecked(size, ALIGN)) };
}

/// Whether blocks of a size are parts of mappings.
#[cfg(unix)]
fn is_mapped(size: usize) -> bool {
    // SAFETY: sysconf only reads.
    size >= MEDIUM && size.is_multiple_of(unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as usize)
}

/// Cuts a block of zeros off the region, or off a new one.
#[cfg(unix)]
fn cut(size: usize) -> Option<NonNull<u8>> {
    if let Some(rest) = open(&REST) {
        let fits = size <= left(rest);
        REST.store(if fits { after(rest, size) } else { rest }, Release);
        if fits {
            return NonNull::new(rest);
        }
    }
    let Some(block) = map(REGION, REGION) else {
        // Memory is short, or a limit is set on addresses: a mapping of its own serves as well.
        return map(size, HUGE_PAGE);
    };
    // Of what is left of two regions, the larger part is kept.
    let mut spare = after(block.as_ptr(), size);
    if let Some(rest) = open(&REST) {
        let more = left(spare) > left(rest);
        REST.store(if more { spare } else { rest }, Release);
        spare = if more { rest } else { spare };
    }
    if !spare.is_null() {
        // SAFETY: the rest of a region that nobody can cut blocks off any more.
        unsafe { unmap(spare, left(spare)) };
    }
    Some(block)
}

/// How much of a region is left.
#[cfg(unix)]
fn left(rest: *mut u8) -> usize {
    if rest.is_null() { 0 } else { REGION - rest.addr() % REGION }
}

/// The rest of a region behind a block.
#[cfg(unix)]
fn after(block: *mut u8, size: usize) -> *mut u8 {
    let end = block.wrapping_add(size);
    if end.addr().is_multiple_of(REGION) { null_mut() } else { end }
}

/// # Safety
/// These are whole pages of a mapping, and nobody uses them.
#[cfg(unix)]
unsafe fn unmap(start: *mut u8, size: usize) {
    // SAFETY: by the caller's promise. It fails only where a hole would be one mapping too many for the
    // kernel: then the memory goes back, and the address does not.
    unsafe {
        if libc::munmap(start.cast(), size) != 0 {
            libc::madvise(start.cast(), size, libc::MADV_DONTNEED);
        }
    }
}

/// Maps `size` bytes of zeros, a multiple of the page size, where huge pages can back them.
#[cfg(unix)]
fn map(size: usize, align: usize) -> Option<NonNull<u8>> {
    let whole = size.checked_add(align)?;
    let access = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANON;
    // SAFETY: a new private mapping, wherever the kernel likes.
    let start = unsafe { libc::mmap(null_mut(), whole, access, flags, -1, 0) };
    if start == libc::MAP_FAILED {
        return None;
    }
    let start = start.cast::<u8>();
    let before = start.align_offset(align).min(align);
    let block = start.wrapping_add(before);
    // SAFETY: the bytes before and after the aligned block are ours and unused; both ends are
    // multiples of the page size, as every class of this size is.
    unsafe {
        if before > 0 {
            unmap(start, before);
        }
        if before < align {
            unmap(block.wrapping_add(size), align - before);
        }
        #[cfg(target_os = "linux")]
        libc::madvise(block.cast(), size, libc::MADV_HUGEPAGE);
    }
    NonNull::new(block)
}
