//! A number for each axis of an array: sizes, steps.

use std::fmt;
use std::ops::{Deref, DerefMut};

/// As many lie inline.
const FEW: usize = 4;

/// A short list of numbers, made anew for every array: up to four of them take neither an allocation
/// nor a loop. A vector that is inline when short would serve, but spends more on being made than small
/// arrays spend on their elements.
#[derive(Clone)]
pub struct PerAxis<T>(Place<T>);

#[derive(Clone)]
enum Place<T> {
    /// The first `len` of these.
    Few {
        len: u8,
        all: [T; FEW],
    },
    Many(Vec<T>),
}

impl<T: Copy + Default> PerAxis<T> {
    /// For no axes.
    #[inline]
    pub fn new() -> Self {
        Self::few(0, [T::default(); FEW])
    }

    #[inline(always)]
    fn few(len: usize, all: [T; FEW]) -> Self {
        Self(Place::Few { len: len as u8, all })
    }

    /// The same number for `n` axes.
    #[inline]
    pub fn from_elem(x: T, n: usize) -> Self {
        if n <= FEW { Self::few(n, [x; FEW]) } else { Self(Place::Many(vec![x; n])) }
    }

    /// A copy of a list.
    #[inline]
    pub fn from_slice(list: &[T]) -> Self {
        let none = T::default();
        // Spelt out: a copy of a length that is known only when it runs is a call.
        match *list {
            [] => Self::new(),
            [a] => Self::few(1, [a, none, none, none]),
            [a, b] => Self::few(2, [a, b, none, none]),
            [a, b, c] => Self::few(3, [a, b, c, none]),
            [a, b, c, d] => Self::few(4, [a, b, c, d]),
            _ => Self(Place::Many(list.to_vec())),
        }
    }

    /// The numbers.
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        self
    }

    /// Adds one for an axis behind the others.
    #[inline]
    pub fn push(&mut self, x: T) {
        match &mut self.0 {
            Place::Few { len, all } => match all.get_mut(usize::from(*len)) {
                Some(free) => {
                    *free = x;
                    *len += 1;
                }
                None => self.0 = Place::Many(all.iter().copied().chain([x]).collect()),
            },
            Place::Many(list) => list.push(x),
        }
    }

    /// Adds `x` at the end, or takes away what is there, until there are `n`.
    pub fn resize(&mut self, n: usize, x: T) {
        while self.len() < n {
            self.push(x);
        }
        while self.len() > n {
            self.pop();
        }
    }

    /// Takes the last one away.
    pub fn pop(&mut self) -> Option<T> {
        match &mut self.0 {
            Place::Few { len, all } => {
                *len = len.checked_sub(1)?;
                Some(all[usize::from(*len)])
            }
            Place::Many(list) => list.pop(),
        }
    }

    /// Puts one at `place`, before those that were there.
    pub fn insert(&mut self, place: usize, x: T) {
        self.push(x);
        self[place..].rotate_right(1);
    }

    /// Takes the one at `place` away.
    pub fn remove(&mut self, place: usize) {
        self[place..].rotate_left(1);
        self.pop();
    }

    /// Adds a list at the end.
    #[inline]
    pub fn extend_from_slice(&mut self, list: &[T]) {
        list.iter().for_each(|&x| self.push(x));
    }
}

impl<T> Deref for PerAxis<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        match &self.0 {
            Place::Few { len, all } => &all[..usize::from(*len)],
            Place::Many(list) => list,
        }
    }
}

impl<T> DerefMut for PerAxis<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        match &mut self.0 {
            Place::Few { len, all } => &mut all[..usize::from(*len)],
            Place::Many(list) => list,
        }
    }
}

impl<T: Copy + Default> Default for PerAxis<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Copy + Default> From<&[T]> for PerAxis<T> {
    #[inline]
    fn from(list: &[T]) -> Self {
        Self::from_slice(list)
    }
}

impl<T: Copy + Default> FromIterator<T> for PerAxis<T> {
    #[inline]
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut list = Self::new();
        list.extend(items);
        list
    }
}

impl<T: Copy + Default> Extend<T> for PerAxis<T> {
    #[inline]
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        items.into_iter().for_each(|x| self.push(x));
    }
}

/// Goes through the numbers of a list that it owns.
pub struct IntoIter<T> {
    list: PerAxis<T>,
    next: usize,
}

impl<T: Copy> Iterator for IntoIter<T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        let x = self.list.get(self.next).copied();
        self.next += usize::from(x.is_some());
        x
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.list.len() - self.next;
        (left, Some(left))
    }
}

impl<T: Copy> ExactSizeIterator for IntoIter<T> {}

impl<T: Copy> IntoIterator for PerAxis<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    #[inline]
    fn into_iter(self) -> IntoIter<T> {
        IntoIter { list: self, next: 0 }
    }
}

impl<'a, T> IntoIterator for &'a PerAxis<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    #[inline(always)]
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: PartialEq> PartialEq for PerAxis<T> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for PerAxis<T> {}

impl<T: fmt::Debug> fmt::Debug for PerAxis<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_become_many_and_few_again() {
        let mut list = PerAxis::<usize>::new();
        for n in 0..7 {
            assert_eq!(*list, *(0..n).collect::<Vec<_>>());
            assert_eq!(list, PerAxis::from_slice(&list));
            assert_eq!(list, list.iter().copied().collect());
            list.push(n);
        }
        list.insert(0, 9);
        list.remove(3);
        assert_eq!(*list, [9, 0, 1, 3, 4, 5, 6]);
        while list.pop().is_some() {}
        assert_eq!(list, PerAxis::new());
        assert_eq!(PerAxis::from_elem(1, 2).as_slice(), [1, 1]);
        assert_eq!(PerAxis::from_elem(1, 5).as_slice(), [1; 5]);
    }
}
