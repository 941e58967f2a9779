//! A program of elementwise steps, run tile by tile.

use std::mem::MaybeUninit;
use std::ops::Range;

use smallvec::SmallVec;

use super::dispatch::{Lane, Loop};
use super::walk::Plan;
use crate::tensor::{AllocError, Buffer};

/// Bytes of a tile: some ten registers fit the second-level cache with room to spare, and the few that a
/// step touches the first.
const TILE_BYTES: usize = 4096;

/// Where the elements of an operand or result are.
#[derive(Clone, Copy)]
pub enum At<T> {
    /// In memory, from the first element of the whole.
    Memory(*mut T),
    /// In a register, which holds a tile.
    Register(usize),
}

/// An operand that is brought into the order of the result.
pub struct Gather<T> {
    /// How it lies.
    pub plan: Plan<1>,
    /// Its first element.
    pub from: *const T,
    /// The register that it is brought to.
    pub to: usize,
}

/// One step.
pub struct Run<'a, T> {
    /// The function.
    pub by: &'a dyn Loop,
    /// Operands to be gathered first.
    pub gathers: SmallVec<[Gather<T>; 2]>,
    /// Where the operands are.
    pub ins: SmallVec<[At<T>; 4]>,
    /// Where the result goes, which is no operand's place.
    pub out: At<T>,
}

/// Hands out registers.
pub struct Registers<T> {
    count: usize,
    free: Vec<usize>,
    /// Numbers, each in a register of its own from the start to the end.
    numbers: Vec<(usize, T)>,
}

impl<T> Default for Registers<T> {
    fn default() -> Self {
        Self { count: 0, free: Vec::new(), numbers: Vec::new() }
    }
}

impl<T: Lane> Registers<T> {
    /// A register that nobody uses.
    pub fn take(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.count += 1;
            self.count - 1
        })
    }

    /// Gives one back.
    pub fn free(&mut self, register: usize) {
        self.free.push(register);
    }

    /// A register full of a number.
    pub fn number(&mut self, x: T) -> At<T> {
        let bits = |x: T| x.widen().to_bits();
        if let Some((register, _)) = self.numbers.iter().find(|(_, y)| bits(*y) == bits(x)) {
            return At::Register(*register);
        }
        // A new one: the others held something else in the tile before.
        self.count += 1;
        self.numbers.push((self.count - 1, x));
        At::Register(self.count - 1)
    }
}

/// A program.
pub struct Tiles<'a, T> {
    /// Its steps.
    pub runs: Vec<Run<'a, T>>,
    /// Its registers.
    pub registers: Registers<T>,
}

// SAFETY: what the pointers lead to is for the caller of `run` to vouch for.
unsafe impl<T: Sync> Sync for Tiles<'_, T> {}

impl<T: Lane> Tiles<'_, T> {
    /// Runs all steps for the elements of a range.
    ///
    /// # Safety
    /// Operands in memory can be read and results written there for each element of the range, by
    /// nobody else meanwhile where they are written. A step reads only what was in memory before, or
    /// what an earlier step has written and no other step since.
    pub unsafe fn run(&self, range: Range<usize>) -> Result<(), AllocError> {
        let tile = TILE_BYTES / size_of::<T>();
        let mut memory = Buffer::uninit(self.registers.count * TILE_BYTES)?;
        let registers = memory.as_mut_ptr().cast::<T>();
        // SAFETY: there are `count` registers of `tile` elements each.
        let register = |r: usize| unsafe { registers.add(r * tile) };
        for (r, x) in &self.registers.numbers {
            for i in 0..tile {
                // SAFETY: within the register.
                unsafe { register(*r).add(i).write(*x) };
            }
        }
        for at in range.clone().step_by(tile) {
            let len = tile.min(range.end - at);
            let place = |p: At<T>| match p {
                // SAFETY: the caller vouches for the range.
                At::Memory(first) => unsafe { first.add(at) },
                At::Register(r) => register(r),
            };
            for step in &self.runs {
                // SAFETY: as the caller vouches, and the result is no operand's place.
                unsafe {
                    for g in &step.gathers {
                        let to = register(g.to).cast::<MaybeUninit<T>>();
                        let to = std::slice::from_raw_parts_mut(to, len);
                        g.plan.gather(0, g.from, at, to);
                    }
                    let slice = |p: &At<T>| std::slice::from_raw_parts(place(*p).cast_const(), len);
                    let ins: SmallVec<[&[T]; 4]> = step.ins.iter().map(slice).collect();
                    let out = place(step.out).cast::<MaybeUninit<T>>();
                    T::run(step.by, &ins, std::slice::from_raw_parts_mut(out, len));
                }
            }
        }
        Ok(())
    }
}
