//! Names the place in a value where encoding or decoding failed.

use std::fmt;

/// One step into a container. Elements of sequences and fields of tuples have no name, and take none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// A named field of a struct or a variant.
    Field(&'static str),
    MapKey,
    MapValue,
}

/// The steps from a value to the part of it that failed. Empty: the value as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Path {
    /// The innermost first: they are noted while an error is on its way out.
    segments: Vec<Segment>,
}

impl Path {
    pub(super) fn push(&mut self, segment: Segment) {
        self.segments.push(segment);
    }

    /// Returns the outermost step.
    pub(crate) fn first(&self) -> Option<Segment> {
        self.segments.last().copied()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, segment) in self.segments.iter().rev().enumerate() {
            match segment {
                Segment::Field(name) if at == 0 => f.write_str(name)?,
                Segment::Field(name) => write!(f, ".{name}")?,
                Segment::MapKey => f.write_str("{key}")?,
                Segment::MapValue => f.write_str("{}")?,
            }
        }
        Ok(())
    }
}
