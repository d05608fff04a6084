//! Writes a map: its entries ascend by the bytes of their keys, whatever order they come in.

use serde::{Serialize, ser::SerializeMap};
use smallvec::SmallVec;

use super::{EncodeError, Encoder, Output, Segment, compound::announced};

/// The entries of a map.
///
/// They are written as they come. Only if a key is not larger than the one before are they sorted at
/// the end: most maps are B-trees of text, which come in order.
pub(in crate::schema::codec) struct Entries<'a, 'o> {
    pub(super) output: &'a mut Output<'o>,
    pub(super) depth: u8,
    pub(super) announced: usize,
    written: SmallVec<[Entry; 8]>,
    ascending: bool,
}

/// Positions in the output. An entry ends where the next one starts.
#[derive(Clone, Copy)]
struct Entry {
    start: usize,
    key_end: usize,
}

impl<'a, 'o> Entries<'a, 'o> {
    #[inline]
    pub(super) fn new(output: &'a mut Output<'o>, depth: u8, announced: usize) -> Self {
        Self { output, depth, announced, written: SmallVec::new(), ascending: true }
    }

    #[inline]
    fn part<T: Serialize + ?Sized>(
        &mut self,
        value: &T,
        segment: Segment,
    ) -> Result<(), EncodeError> {
        value
            .serialize(Encoder { output: self.output, depth: self.depth })
            .map_err(|error| self.output.failed_in(segment, error))
    }

    /// Puts the entries in the order of their keys' bytes.
    #[cold]
    fn sort(&mut self) -> Result<(), EncodeError> {
        let Some(first) = self.written.first().map(|entry| entry.start) else { return Ok(()) };
        let written = self.output.written(first).to_vec();
        let end = first + written.len();
        let ends = self.written.iter().skip(1).map(|entry| entry.start).chain([end]);
        let mut entries: Vec<_> = self.written.iter().copied().zip(ends).collect();
        let key = |entry: &Entry| &written[entry.start - first..entry.key_end - first];
        entries.sort_unstable_by(|(a, _), (b, _)| key(a).cmp(key(b)));
        if entries.windows(2).any(|pair| key(&pair[0].0) == key(&pair[1].0)) {
            return Err(EncodeError::RepeatedMapKey);
        }
        let sorted = entries.iter().map(|(entry, end)| &written[entry.start - first..end - first]);
        self.output.rewrite(first, sorted);
        Ok(())
    }
}

impl SerializeMap for Entries<'_, '_> {
    type Ok = ();
    type Error = EncodeError;

    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), EncodeError> {
        let start = self.output.position();
        self.part(key, Segment::MapKey)?;
        let key_end = self.output.position();
        if let Some(before) = self.written.last() {
            // Output from the previous entry on: its key, its value, this key.
            let written = self.output.written(before.start);
            let before_key = &written[..before.key_end - before.start];
            self.ascending &= before_key < &written[start - before.start..];
        }
        self.written.push(Entry { start, key_end });
        Ok(())
    }

    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.part(value, Segment::MapValue)?;
        let entry = self.written.last().expect("serde asks for the key first");
        if self.output.position() == entry.start {
            return Err(EncodeError::ZeroSizedElement);
        }
        Ok(())
    }

    #[inline]
    fn end(mut self) -> Result<(), EncodeError> {
        announced(self.announced, self.written.len())?;
        if self.ascending { Ok(()) } else { self.sort() }
    }
}
