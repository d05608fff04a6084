//! What is inside a container: a fixed number of fields, or as many elements as it announced.

use serde::{
    Serialize,
    ser::{
        SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
        SerializeTupleStruct, SerializeTupleVariant,
    },
};

use super::{EncodeError, Encoder, Output};

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

/// The elements of a sequence, or the entries of a map.
pub(in crate::schema::codec) struct Elements<'a, 'o> {
    pub(super) output: &'a mut Output<'o>,
    pub(super) depth: u8,
    pub(super) announced: usize,
    pub(super) written: usize,
    /// Where the element being written began.
    pub(super) start: usize,
}

impl Elements<'_, '_> {
    #[inline]
    fn part<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        value.serialize(Encoder { output: self.output, depth: self.depth })
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

    #[inline]
    fn finish(&self) -> Result<(), EncodeError> {
        let Self { announced, written, .. } = *self;
        if written != announced {
            return Err(EncodeError::LengthMismatch { announced, written });
        }
        Ok(())
    }
}

impl SerializeSeq for Elements<'_, '_> {
    type Ok = ();
    type Error = EncodeError;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.part(value)?;
        self.end_element()
    }

    #[inline]
    fn end(self) -> Result<(), EncodeError> {
        self.finish()
    }
}

impl SerializeMap for Elements<'_, '_> {
    type Ok = ();
    type Error = EncodeError;

    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), EncodeError> {
        self.part(key)
    }

    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.part(value)?;
        self.end_element()
    }

    #[inline]
    fn end(self) -> Result<(), EncodeError> {
        self.finish()
    }
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
                _: &'static str,
                value: &T,
            ) -> Result<(), EncodeError> {
                self.field(value)
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
