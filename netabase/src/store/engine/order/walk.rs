//! Parts of a walk: bounds as the trees see them, and two walks merged.

use std::{iter, ops::Bound};

use crate::record::NAMESPACE;

/// Merges two sorted walks. No key is in both.
pub(super) fn merge<T>(
    one: impl Iterator<Item = T>,
    other: impl Iterator<Item = T>,
    comes_first: fn(&T, &T) -> bool,
) -> impl Iterator<Item = T> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some(a), Some(b)) if !comes_first(a, b) => other.next(),
        (Some(_), _) => one.next(),
        (None, _) => other.next(),
    })
}

/// Returns the bytes of a key in two parts.
pub(super) fn in_full<'a>(key: &(&'a [u8], &'a [u8])) -> impl Iterator<Item = &'a u8> {
    key.0.iter().chain(key.1)
}

pub(super) fn behind_namespace(key: &[u8]) -> &[u8] {
    key.strip_prefix(NAMESPACE).expect("only record keys that were parsed are stored")
}

/// Returns a lower bound as a tree's entries see it; `None` if all of them lie below it.
pub(super) fn below<'a>(lower: Bound<&'a [u8]>, schema: &[u8]) -> Option<Bound<&'a [u8]>> {
    let (Bound::Included(key) | Bound::Excluded(key)) = lower else { return Some(lower) };
    match key.strip_prefix(schema) {
        Some(rest) => Some(lower.map(|_| rest)),
        None => (key < schema).then_some(Bound::Unbounded),
    }
}

/// Returns an upper bound as a tree's entries see it; `None` if all of them lie above it.
pub(super) fn above<'a>(upper: Bound<&'a [u8]>, schema: &[u8]) -> Option<Bound<&'a [u8]>> {
    let (Bound::Included(key) | Bound::Excluded(key)) = upper else { return Some(upper) };
    match key.strip_prefix(schema) {
        Some(rest) => Some(upper.map(|_| rest)),
        None => (key > schema).then_some(Bound::Unbounded),
    }
}
