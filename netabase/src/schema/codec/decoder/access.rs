//! What is inside a container: a fixed number of fields, a counted run of elements, or a variant.

use serde::de::{
    DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::{DecodeError, Decoder, Input};

/// The longest length that is handed on as a size hint.
///
/// A hint is memory before there are elements to show for it, and only the visitor knows how much.
/// Without one a `Vec` begins at 4 and doubles: while it moves to a new buffer, the old one half as
/// large, it holds at most three times the elements already read. A hint of up to 3 keeps to that.
const MAX_HINT: usize = 3;

#[inline]
fn hint(left: usize) -> Option<usize> {
    (left <= MAX_HINT).then_some(left)
}

/// The fields of a tuple, a struct or a variant.
pub(super) struct Fields<'a, 'de> {
    pub(super) input: &'a mut Input<'de>,
    pub(super) depth: u8,
    pub(super) left: usize,
}

impl<'de> SeqAccess<'de> for Fields<'_, 'de> {
    type Error = DecodeError;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DecodeError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(Decoder { input: self.input, depth: self.depth }).map(Some)
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        hint(self.left)
    }
}

/// The elements of a sequence, or the entries of a map.
pub(super) struct Elements<'a, 'de> {
    pub(super) input: &'a mut Input<'de>,
    pub(super) depth: u8,
    pub(super) left: usize,
    /// How many bytes were left where the element being read began.
    pub(super) bytes_left: usize,
}

impl<'de> Elements<'_, 'de> {
    #[inline]
    fn part<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, DecodeError> {
        seed.deserialize(Decoder { input: self.input, depth: self.depth })
    }

    #[inline]
    fn end_element(&mut self) -> Result<(), DecodeError> {
        let bytes_left = self.input.left();
        if bytes_left == self.bytes_left {
            return Err(DecodeError::ZeroSizedElement { offset: self.input.offset() });
        }
        self.bytes_left = bytes_left;
        Ok(())
    }

    #[inline]
    pub(super) fn finish(self) -> Result<(), DecodeError> {
        match self.left {
            0 => Ok(()),
            count => Err(DecodeError::UnreadElements { offset: self.input.offset(), count }),
        }
    }
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de> {
    type Error = DecodeError;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DecodeError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let element = self.part(seed)?;
        self.end_element()?;
        Ok(Some(element))
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        hint(self.left)
    }
}

impl<'de> MapAccess<'de> for Elements<'_, 'de> {
    type Error = DecodeError;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, DecodeError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        self.part(seed).map(Some)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, DecodeError> {
        let value = self.part(seed)?;
        self.end_element()?;
        Ok(value)
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        hint(self.left)
    }
}

impl<'de> EnumAccess<'de> for Decoder<'_, 'de> {
    type Error = DecodeError;
    type Variant = Self;

    #[inline]
    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), DecodeError> {
        let index = self.input.integer::<u32>()?;
        let variant = seed.deserialize(index.into_deserializer())?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Decoder<'_, 'de> {
    type Error = DecodeError;

    #[inline]
    fn unit_variant(self) -> Result<(), DecodeError> {
        Ok(())
    }

    #[inline]
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, DecodeError> {
        seed.deserialize(self.deeper()?)
    }

    #[inline]
    fn tuple_variant<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.fields(len, visitor)
    }

    #[inline]
    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.fields(fields.len(), visitor)
    }
}
