//! The serializer: it writes the shape of a value, and knows how deep it is.

mod compound;

mod map;

use serde::{Serialize, Serializer};

use self::{
    compound::{Elements, Fields},
    map::Entries,
};
use super::{EncodeError, MAX_DEPTH, Output, Segment};

/// Writes one value.
pub(super) struct Encoder<'a, 'o> {
    output: &'a mut Output<'o>,
    /// How many containers are around this value. Passed down by value, it needs no way back up.
    depth: u8,
}

impl<'a, 'o> Encoder<'a, 'o> {
    #[inline]
    pub(super) fn new(output: &'a mut Output<'o>) -> Self {
        Self { output, depth: 0 }
    }

    #[inline]
    fn deeper(self) -> Result<Self, EncodeError> {
        if self.depth >= MAX_DEPTH {
            return Err(EncodeError::TooDeep);
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    #[inline]
    fn fields(self) -> Result<Fields<'a, 'o>, EncodeError> {
        let Self { output, depth } = self.deeper()?;
        Ok(Fields { output, depth })
    }

    #[inline]
    fn elements(self, len: Option<usize>) -> Result<Elements<'a, 'o>, EncodeError> {
        let announced = len.ok_or(EncodeError::UnknownLength)?;
        let Self { output, depth } = self.deeper()?;
        output.length(announced)?;
        Ok(Elements::new(output, depth, announced))
    }
}

macro_rules! primitives {
    ($($method:ident: $ty:ty),* $(,)?) => {$(
        #[inline]
        fn $method(self, value: $ty) -> Result<(), EncodeError> {
            self.output.primitive(value)
        }
    )*};
}

impl<'a, 'o> Serializer for Encoder<'a, 'o> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = Elements<'a, 'o>;
    type SerializeTuple = Fields<'a, 'o>;
    type SerializeTupleStruct = Fields<'a, 'o>;
    type SerializeTupleVariant = Fields<'a, 'o>;
    type SerializeMap = Entries<'a, 'o>;
    type SerializeStruct = Fields<'a, 'o>;
    type SerializeStructVariant = Fields<'a, 'o>;

    primitives! {
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_i128: i128,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_u128: u128,
        serialize_f32: f32,
        serialize_f64: f64,
        serialize_char: char,
    }

    #[inline]
    fn is_human_readable(&self) -> bool {
        false
    }

    #[inline]
    fn serialize_str(self, text: &str) -> Result<(), EncodeError> {
        self.output.bytes(text.as_bytes())
    }

    #[inline]
    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.output.bytes(bytes)
    }

    #[inline]
    fn serialize_none(self) -> Result<(), EncodeError> {
        self.output.primitive(0_u8)
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), EncodeError> {
        self.output.primitive(1_u8)?;
        value.serialize(self.deeper()?)
    }

    #[inline]
    fn serialize_unit(self) -> Result<(), EncodeError> {
        Ok(())
    }

    #[inline]
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), EncodeError> {
        Ok(())
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        value.serialize(self.deeper()?)
    }

    #[inline]
    fn serialize_unit_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
    ) -> Result<(), EncodeError> {
        self.output.primitive(index)
    }

    #[inline]
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        self.output.primitive(index)?;
        value.serialize(self.deeper()?)
    }

    #[inline]
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Fields<'a, 'o>, EncodeError> {
        self.output.primitive(index)?;
        self.fields()
    }

    #[inline]
    fn serialize_struct_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Fields<'a, 'o>, EncodeError> {
        self.output.primitive(index)?;
        self.fields()
    }

    #[inline]
    fn serialize_tuple(self, _: usize) -> Result<Fields<'a, 'o>, EncodeError> {
        self.fields()
    }

    #[inline]
    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Fields<'a, 'o>, EncodeError> {
        self.fields()
    }

    #[inline]
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields<'a, 'o>, EncodeError> {
        self.fields()
    }

    #[inline]
    fn serialize_seq(self, len: Option<usize>) -> Result<Elements<'a, 'o>, EncodeError> {
        self.elements(len)
    }

    #[inline]
    fn serialize_map(self, len: Option<usize>) -> Result<Entries<'a, 'o>, EncodeError> {
        let announced = len.ok_or(EncodeError::UnknownLength)?;
        let Self { output, depth } = self.deeper()?;
        output.length(announced)?;
        Ok(Entries::new(output, depth, announced))
    }
}
