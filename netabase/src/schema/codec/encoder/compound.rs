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
    fn field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        value.serialize(Encoder { output: self.output, depth: self.depth })
    }
}

/// The elements of a sequence.
pub(in crate::schema::codec) struct Elements<'a, 'o> {
    output: &'a mut Output<'o>,
    depth: u8,
    announced: usize,
    written: usize,
    /// Where the element being written began.
    start: usize,
}

impl<'a, 'o> Elements<'a, 'o> {
    #[inline]
    pub(super) fn new(output: &'a mut Output<'o>, depth: u8, announced: usize) -> Self {
        let start = output.position();
        Self { output, depth, announced, written: 0, start }
    }

    #[inline]
    fn end_element(&mut self) -> Result<(), EncodeError> {
        let end = self.output.position();
        if end == self.start {
            return Err(EncodeError::ZeroSizedElement);
        }
        self.start = end;
        self.written += 1;
        Ok(())
    }
}

impl SerializeSeq for Elements<'_, '_> {
    type Ok = ();
    type Error = EncodeError;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        // Elements have no name to tell, and there may be many: their errors are not noted.
        value.serialize(Encoder { output: self.output, depth: self.depth })?;
        self.end_element()
    }

    #[inline]
    fn end(self) -> Result<(), EncodeError> {
        announced(self.announced, self.written)
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
                self.field(value)
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
                self.field(value).map_err(|error| self.output.failed_in(Segment::Field(name), error))
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
