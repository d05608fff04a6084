//! One entry of an index: bytes that mostly compare without a look elsewhere.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;

/// The bytes of an index entry, in their order.
///
/// A search compares many entries, and where the memory is cold, waits for each byte that lies elsewhere. So the
/// first ones are always here, and mostly decide; short entries are here altogether. Those of owned schemas begin with
/// their owner, so that of them the first bytes decide nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The first bytes, zeros behind them, and then how many they are; of a longer entry `LONG`.
    head: [u8; INLINE + 1],
    /// All bytes of a longer entry.
    long: Box<[u8]>,
}

/// How many bytes need no memory elsewhere.
const INLINE: usize = 15;

const LONG: u8 = 16;

impl Entry {
    /// Of bytes in parts.
    pub(super) fn new(parts: &[&[u8]]) -> Self {
        let len: usize = parts.iter().map(|part| part.len()).sum();
        let mut head = [0; INLINE + 1];
        if len > INLINE {
            let long = parts.concat().into_boxed_slice();
            head[..INLINE].copy_from_slice(&long[..INLINE]);
            head[INLINE] = LONG;
            return Self { head, long };
        }
        let mut rest = &mut head[..];
        for part in parts {
            let (here, behind) = rest.split_at_mut(part.len());
            here.copy_from_slice(part);
            rest = behind;
        }
        head[INLINE] = u8::try_from(len).expect("it is at most 15");
        Self { head, long: Box::default() }
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        match self.head[INLINE] {
            LONG => &self.long,
            len => &self.head[..usize::from(len)],
        }
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        // Where the first bytes are the same up to the zeros behind them, the shorter entry begins the longer one.
        let head = |entry: &Self| u128::from_be_bytes(entry.head);
        head(self).cmp(&head(other)).then_with(|| self.long.cmp(&other.long))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
