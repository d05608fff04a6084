//! The deserializer: it reads the shape of a value, and knows how deep it is.

mod access;

use serde::{Deserializer, de::Visitor};

use self::access::{Elements, Entries, Fields};
use super::{DecodeError, Input, MAX_DEPTH, Segment};

/// Reads one value.
pub(super) struct Decoder<'a, 'de> {
    input: &'a mut Input<'de>,
    /// How many containers are around this value. Passed down by value, it needs no way back up.
    depth: u8,
}

impl<'a, 'de> Decoder<'a, 'de> {
    #[inline]
    pub(super) fn new(input: &'a mut Input<'de>) -> Self {
        Self { input, depth: 0 }
    }

    #[inline]
    fn deeper(self) -> Result<Self, DecodeError> {
        if self.depth >= MAX_DEPTH {
            return Err(DecodeError::TooDeep { offset: self.input.offset() });
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    #[inline]
    fn fields<V: Visitor<'de>>(
        self,
        len: usize,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let Self { input, depth } = self.deeper()?;
        // A visitor may leave some unread: a field's `alias` counts as another field.
        visitor.visit_seq(Fields { input, depth, left: len, names })
    }

    /// Reads a `Duration` or a `SystemTime`. serde carries nanoseconds over into seconds, and a
    /// value would have many encodings.
    fn time<V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let (offset, bytes) = (self.input.offset(), self.input.rest());
        let input = &mut *self.input;
        let value = Decoder { input, depth: self.depth }.fields(names.len(), names, visitor)?;
        let mut read = Input::new(&bytes[..bytes.len() - self.input.left()]);
        // A type of that name that is not serde's has other parts, and no rule here.
        let parts = (read.integer::<u64>(), read.integer::<u32>());
        match parts {
            (Ok(_), Ok(nanos)) if nanos >= SECOND && read.left() == 0 => {
                Err(DecodeError::NonCanonicalTime { offset })
            }
            _ => Ok(value),
        }
    }

    #[inline]
    fn elements(self) -> Result<Elements<'a, 'de>, DecodeError> {
        let Self { input, depth } = self.deeper()?;
        let left = input.length()?;
        let bytes_left = input.left();
        Ok(Elements { input, depth, left, bytes_left })
    }
}

/// Returns whether a struct is serde's form of a `Duration` or a `SystemTime`.
#[inline]
fn is_time(name: &str, fields: &[&str]) -> bool {
    match fields {
        ["secs", "nanos"] => name == "Duration",
        ["secs_since_epoch", "nanos_since_epoch"] => name == "SystemTime",
        _ => false,
    }
}

/// The nanoseconds in a second, which are never that many.
const SECOND: u32 = 1_000_000_000;

macro_rules! primitives {
    ($read:ident: $($method:ident $visit:ident),* $(,)?) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            visitor.$visit(self.input.$read()?)
        }
    )*};
}

macro_rules! not_self_describing {
    ($($method:ident),* $(,)?) => {$(
        #[cold]
        fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, DecodeError> {
            Err(DecodeError::NotSelfDescribing)
        }
    )*};
}

impl<'de> Deserializer<'de> for Decoder<'_, 'de> {
    type Error = DecodeError;

    primitives! { primitive:
        deserialize_bool visit_bool,
        deserialize_i8 visit_i8,
        deserialize_u8 visit_u8,
        deserialize_f32 visit_f32,
        deserialize_f64 visit_f64,
        deserialize_char visit_char,
    }

    primitives! { integer:
        deserialize_i16 visit_i16,
        deserialize_i32 visit_i32,
        deserialize_i64 visit_i64,
        deserialize_i128 visit_i128,
        deserialize_u16 visit_u16,
        deserialize_u32 visit_u32,
        deserialize_u64 visit_u64,
        deserialize_u128 visit_u128,
    }

    primitives! { text:
        deserialize_str visit_borrowed_str,
    }

    primitives! { owned_text:
        deserialize_string visit_string,
    }

    // Owned bytes are lent as well: the visitor copies them, exactly sized.
    primitives! { bytes:
        deserialize_bytes visit_borrowed_bytes,
        deserialize_byte_buf visit_borrowed_bytes,
    }

    not_self_describing!(deserialize_any, deserialize_identifier, deserialize_ignored_any);

    #[inline]
    fn is_human_readable(&self) -> bool {
        false
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.input.primitive::<u8>()? {
            0 => visitor.visit_none(),
            1 => visitor.visit_some(self.deeper()?),
            found => Err(DecodeError::InvalidOption { offset: self.input.offset() - 1, found }),
        }
    }

    #[inline]
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    #[inline]
    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self.deeper()?)
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.fields(len, &[], visitor)
    }

    #[inline]
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.fields(len, &[], visitor)
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        // Both are constants of the caller: the comparison costs other structs nothing.
        if is_time(name, fields) {
            return self.time(fields, visitor);
        }
        self.fields(fields.len(), fields, visitor)
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let mut elements = self.elements()?;
        let value = visitor.visit_seq(&mut elements)?;
        elements.finish()?;
        Ok(value)
    }

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let mut entries = Entries::new(self.elements()?);
        let value = visitor.visit_map(&mut entries)?;
        entries.finish()?;
        Ok(value)
    }

    #[inline]
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_enum(self)
    }
}
