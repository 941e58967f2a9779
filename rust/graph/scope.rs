//! Modes of the current thread: whether operations are recorded, whether layers run in test mode.

use std::cell::Cell;

/// A mode that is on or off per thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Operations are recorded, so that they can be differentiated. On at first.
    Record,
    /// Layers behave as in evaluation. Off at first.
    Test,
}

thread_local! {
    static RECORD: Cell<bool> = const { Cell::new(true) };
    static TEST: Cell<bool> = const { Cell::new(false) };
}

/// Whether a mode is on.
#[inline(always)]
pub fn get(mode: Mode) -> bool {
    match mode {
        Mode::Record => RECORD.get(),
        Mode::Test => TEST.get(),
    }
}

/// Sets a mode and returns what it was.
pub fn set(mode: Mode, on: bool) -> bool {
    match mode {
        Mode::Record => RECORD.replace(on),
        Mode::Test => TEST.replace(on),
    }
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
