//! Refuses what JSON would turn into `null`, which is read back as nothing.

use std::collections::BTreeSet;

use serde::{
    Serialize, Serializer,
    ser::{
        Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
        SerializeTuple, SerializeTupleStruct, SerializeTupleVariant,
    },
};
use serde_json::Error;

use super::MAX_DEPTH;

/// Checks that JSON keeps all of `value`.
///
/// # Errors
///
/// An error for a number that is not finite, for `Some` of something that is `null`, for two members of one name, and for
/// more than 127 levels.
pub(super) fn check<T: Serialize + ?Sized>(value: &T) -> Result<(), Error> {
    value.serialize(Check { depth: 0 }).map(drop)
}

/// Writes nothing, and tells whether the value is `null`.
#[derive(Clone, Copy)]
struct Check {
    depth: usize,
}

impl Check {
    fn deeper(self) -> Result<Self, Error> {
        if self.depth == MAX_DEPTH {
            return Err(Error::custom(format_args!(
                "JSON is nested more than {MAX_DEPTH} levels deep"
            )));
        }
        Ok(Self { depth: self.depth + 1 })
    }

    fn part<T: Serialize + ?Sized>(self, part: &T) -> Result<(), Error> {
        part.serialize(self).map(drop)
    }

    #[expect(clippy::unused_self, reason = "as all of its kind")]
    fn number(self, number: f64) -> Result<bool, Error> {
        if number.is_finite() {
            return Ok(false);
        }
        Err(Error::custom(format_args!("JSON has no number for {number}")))
    }
}

macro_rules! never_null {
    ($($method:ident: $ty:ty),* $(,)?) => {$(
        fn $method(self, _: $ty) -> Result<bool, Error> {
            Ok(false)
        }
    )*};
}

impl Serializer for Check {
    type Ok = bool;
    type Error = Error;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = CheckMap;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    never_null! {
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
        serialize_char: char,
        serialize_str: &str,
        serialize_bytes: &[u8],
    }

    fn serialize_f32(self, number: f32) -> Result<bool, Error> {
        self.number(number.into())
    }

    fn serialize_f64(self, number: f64) -> Result<bool, Error> {
        self.number(number)
    }

    fn serialize_none(self) -> Result<bool, Error> {
        Ok(true)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<bool, Error> {
        if value.serialize(self)? {
            return Err(Error::custom(
                "`Some` of a `null` would be read back as `None`: leave out the `Option`",
            ));
        }
        Ok(false)
    }

    fn serialize_unit(self) -> Result<bool, Error> {
        Ok(true)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<bool, Error> {
        Ok(true)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
    ) -> Result<bool, Error> {
        Ok(false)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<bool, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<bool, Error> {
        self.deeper()?.part(value)?;
        Ok(false)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, Error> {
        self.deeper()
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Error> {
        self.deeper()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Error> {
        self.deeper()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Error> {
        self.deeper()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<CheckMap, Error> {
        Ok(CheckMap { check: self.deeper()?, names: BTreeSet::new() })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Error> {
        self.deeper()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Error> {
        self.deeper()
    }
}

macro_rules! containers {
    ($($container:ident: $method:ident $(, $name:ident)?;)*) => {$(
        impl $container for Check {
            type Ok = bool;
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(
                &mut self,
                $($name: &'static str,)?
                value: &T,
            ) -> Result<(), Error> {
                $(let _ = $name;)?
                self.part(value)
            }

            fn end(self) -> Result<bool, Error> {
                Ok(false)
            }
        }
    )*};
}

containers! {
    SerializeSeq: serialize_element;
    SerializeTuple: serialize_element;
    SerializeTupleStruct: serialize_field;
    SerializeTupleVariant: serialize_field;
    SerializeStruct: serialize_field, name;
    SerializeStructVariant: serialize_field, name;
}

/// The entries of a map, or the fields of a struct with a flattened part.
struct CheckMap {
    check: Check,
    /// The names so far, as JSON: of two members of one name, it keeps the last.
    names: BTreeSet<String>,
}

impl SerializeMap for CheckMap {
    type Ok = bool;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        // A number as key becomes text.
        let name = serde_json::to_string(key)?.trim_matches('"').to_owned();
        if self.names.insert(name) {
            return Ok(());
        }
        Err(Error::custom("an object with two members of one name: JSON keeps the last alone"))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.check.part(value)
    }

    fn end(self) -> Result<bool, Error> {
        Ok(false)
    }
}
