//! Writes the inside of a container: a fixed number of fields, or as many elements as it announced.

use serde::{
    Serialize,
    ser::{
        SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
        SerializeTupleStruct, SerializeTupleVariant,
    },
};

use super::{EncodeError, Encoder, Output, Segment};

/// The fields of a tuple, a struct or a variant. Both sides know their number: it is not written.
pub(in crate::schema::codec) struct Fields<'a, 'o> {
    pub(super) output: &'a mut Output<'o>,
    pub(super) depth: u8,
}

impl Fields<'_, '_> {
    #[inline]
    fn field<T: Serialize + ?Sized>(
        &mut self,
        name: Option<&'static str>,
        value: &T,
    ) -> Result<(), EncodeError> {
        let written = value.serialize(Encoder { output: self.output, depth: self.depth });
        if written.is_err() {
            // Only the error's path is built here: a field that was written costs nothing.
            self.output.failed_in(name.map_or(Segment::Element, Segment::Field));
        }
        written
    }
}

/// The elements of a sequence.
pub(in crate::schema::codec) struct Elements<'a, 'o> {
    output: &'a mut Output<'o>,
    depth: u8,
    announced: usize,
    written: usize,
    /// Where the element being written began; [`SORTING`] if the elements are to be sorted.
    start: usize,
}

/// Ends every element on the cold path, which no position does: a sequence that is written as it
/// comes does not pay for sorting.
const SORTING: usize = usize::MAX;

impl<'a, 'o> Elements<'a, 'o> {
    #[inline]
    pub(super) fn new(output: &'a mut Output<'o>, depth: u8, announced: usize) -> Self {
        let mut start = output.position();
        if let Some(marks) = output.marks() {
            marks.push(start);
            start = SORTING;
        }
        Self { output, depth, announced, written: 0, start }
    }

    #[cold]
    fn end_unusual_element(&mut self) -> Result<(), EncodeError> {
        let end = self.output.position();
        match self.output.marks() {
            Some(marks) if marks.last() != Some(&end) => {
                marks.push(end);
                self.written += 1;
                Ok(())
            }
            _ => Err(EncodeError::ZeroSizedElement),
        }
    }

    #[cold]
    fn sort(self) {
        let Some(marks) = self.output.marks() else { return };
        let marks = marks.split_off(marks.len() - self.written - 1);
        let first = marks[0];
        let written = self.output.written(first).to_vec();
        let bounds = marks.windows(2).map(|pair| pair[0] - first..pair[1] - first);
        let mut elements: Vec<_> = bounds.map(|bounds| &written[bounds]).collect();
        elements.sort_unstable();
        self.output.rewrite(first, elements.into_iter());
    }
}

impl SerializeSeq for Elements<'_, '_> {
    type Ok = ();
    type Error = EncodeError;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        let written = value.serialize(Encoder { output: self.output, depth: self.depth });
        if written.is_err() {
            self.output.failed_in(Segment::Element);
            return written;
        }
        let end = self.output.position();
        if end <= self.start {
            return self.end_unusual_element();
        }
        self.start = end;
        self.written += 1;
        Ok(())
    }

    #[inline]
    fn end(self) -> Result<(), EncodeError> {
        announced(self.announced, self.written)?;
        if self.start == SORTING {
            self.sort();
        }
        Ok(())
    }
}

/// Checks that a container had as many elements as it announced.
#[inline]
pub(super) fn announced(announced: usize, written: usize) -> Result<(), EncodeError> {
    if written != announced {
        return Err(EncodeError::LengthMismatch { announced, written });
    }
    Ok(())
}

macro_rules! positional {
    ($($container:ident: $method:ident),* $(,)?) => {$(
        impl $container for Fields<'_, '_> {
            type Ok = ();
            type Error = EncodeError;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
                self.field(None, value)
            }

            #[inline]
            fn end(self) -> Result<(), EncodeError> {
                Ok(())
            }
        }
    )*};
}

positional! {
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field,
}

macro_rules! named {
    ($($container:ident),* $(,)?) => {$(
        impl $container for Fields<'_, '_> {
            type Ok = ();
            type Error = EncodeError;

            #[inline]
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), EncodeError> {
                self.field(Some(name), value)
            }

            // Only `skip_serializing_if` comes here: a plain `skip` is absent on both sides.
            #[cold]
            fn skip_field(&mut self, field: &'static str) -> Result<(), EncodeError> {
                Err(EncodeError::SkippedField { field })
            }

            #[inline]
            fn end(self) -> Result<(), EncodeError> {
                Ok(())
            }
        }
    )*};
}

named! {
    SerializeStruct,
    SerializeStructVariant,
}
