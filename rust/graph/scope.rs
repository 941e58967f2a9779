//! Modes of the current thread: whether operations are recorded, whether layers run in test mode, and
//! whether values are watched.

use std::cell::Cell;

/// A mode that is on or off per thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Mode {
    /// Operations are recorded, so that they can be differentiated. On at first.
    Record,
    /// Layers behave as in evaluation. Off at first.
    Test,
    /// The first infinite value or NaN is an error. Off at first.
    Anomaly,
}

impl Mode {
    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Modes that were read together.
#[derive(Clone, Copy)]
pub struct Modes(u8);

impl Modes {
    /// Whether a mode is on.
    #[inline(always)]
    pub fn has(self, mode: Mode) -> bool {
        self.0 & mode.bit() != 0
    }
}

thread_local! {
    static MODES: Cell<u8> = const { Cell::new(Mode::Record.bit()) };
}

/// All modes.
#[inline(always)]
pub fn modes() -> Modes {
    Modes(MODES.get())
}

/// Whether a mode is on.
#[inline(always)]
pub fn get(mode: Mode) -> bool {
    modes().has(mode)
}

/// Sets a mode and returns what it was.
pub fn set(mode: Mode, on: bool) -> bool {
    let before = MODES.get();
    MODES.set(if on { before | mode.bit() } else { before & !mode.bit() });
    before & mode.bit() != 0
}

/// Sets a mode until the value is dropped, then restores what it found.
pub struct Scope(Mode, bool);

impl Scope {
    /// Enters.
    pub fn enter(mode: Mode, on: bool) -> Self {
        Self(mode, set(mode, on))
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        set(self.0, self.1);
    }
}
