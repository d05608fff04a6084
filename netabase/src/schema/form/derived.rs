//! Tells derived serde traits from ones written by hand: `Deserialize` by what it asks a deserializer for, `Serialize` by
//! whether it writes again what was read.

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error as _, Visitor, value::Error},
    forward_to_deserialize_any,
};

use crate::schema::codec::{decode_front, encode};

/// What a type first asks a deserializer for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SerdeShape {
    /// A struct with so many named fields.
    Struct(&'static str, usize),
    /// A struct around one value.
    Newtype(&'static str),
    /// A tuple struct of so many parts.
    Tuple(&'static str, usize),
    /// A struct without fields.
    Unit(&'static str),
    /// An enum of so many variants.
    Enum(&'static str, usize),
    /// Anything else, as derived code never does.
    Other,
}

/// Returns whether `T` is read as the derive would read a type of this shape.
pub(super) fn is_read_as<'de, T: Deserialize<'de>>(shape: SerdeShape) -> bool {
    let mut seen = SerdeShape::Other;
    // It gives no value: it only takes note.
    let _ = T::deserialize(Recorder { seen: &mut seen });
    seen == shape
}

/// How long a payload a value may be made of.
const SAMPLE: usize = 256;

/// Returns whether values of `T` are written as they were read: values made of a few payloads that most types can
/// be read from. Of an enum, those of each variant.
pub(super) fn writes_what_it_reads<T: Serialize + DeserializeOwned>(shape: SerdeShape) -> bool {
    let variants = match shape {
        SerdeShape::Enum(_, variants) => variants,
        _ => 1,
    };
    (0..variants).all(|variant| {
        let ordinal = u32::try_from(variant).unwrap_or_default();
        // Zeros, ones, and numbers that all differ: a change of order shows.
        let samples: [fn(usize) -> u8; 3] = [|_| 0, |_| 1, |at| (2 * at + 2).to_le_bytes()[0]];
        samples.into_iter().all(|byte| {
            let mut payload = Vec::new();
            if matches!(shape, SerdeShape::Enum(..))
                && encode(&ordinal, &mut payload, SAMPLE).is_err()
            {
                return false;
            }
            payload.extend((0..SAMPLE).map(byte));
            // Not every type can be read from all of them.
            let Ok((value, len)) = decode_front::<T>(&payload) else { return true };
            let mut written = Vec::new();
            encode(&value, &mut written, usize::MAX).is_ok() && written == payload[..len]
        })
    })
}

struct Recorder<'r> {
    seen: &'r mut SerdeShape,
}

impl Recorder<'_> {
    fn note<T>(self, shape: SerdeShape) -> Result<T, Error> {
        *self.seen = shape;
        Err(Error::custom("only the shape is asked for"))
    }
}

impl<'de> Deserializer<'de> for Recorder<'_> {
    type Error = Error;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        self.note(SerdeShape::Other)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        self.note(SerdeShape::Struct(name, fields.len()))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: V,
    ) -> Result<V::Value, Error> {
        self.note(SerdeShape::Newtype(name))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        _: V,
    ) -> Result<V::Value, Error> {
        self.note(SerdeShape::Tuple(name, len))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: V,
    ) -> Result<V::Value, Error> {
        self.note(SerdeShape::Unit(name))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        self.note(SerdeShape::Enum(name, variants.len()))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit seq tuple map identifier ignored_any
    }
}
