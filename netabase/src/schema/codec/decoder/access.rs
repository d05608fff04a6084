//! Reads the inside of a container: a fixed number of fields, a counted run of elements, or a variant.

use serde::de::{
    DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::{DecodeError, Decoder, Input, Segment};

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
    /// The names of all fields; none in a tuple.
    pub(super) names: &'static [&'static str],
}

impl Fields<'_, '_> {
    /// Notes an error's way out through the field that was begun last, if it has a name.
    #[cold]
    fn failed(&mut self, error: DecodeError) -> DecodeError {
        match self.names.len().checked_sub(self.left + 1).and_then(|at| self.names.get(at)) {
            Some(name) => self.input.failed_in(Segment::Field(name), error),
            None => error,
        }
    }
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
        let field = seed.deserialize(Decoder { input: self.input, depth: self.depth });
        field.map(Some).map_err(|error| self.failed(error))
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        hint(self.left)
    }
}

/// The elements of a sequence.
pub(super) struct Elements<'a, 'de> {
    pub(super) input: &'a mut Input<'de>,
    pub(super) depth: u8,
    pub(super) left: usize,
    /// How many bytes were left where the element being read began.
    pub(super) bytes_left: usize,
}

impl Elements<'_, '_> {
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
        // Elements have no name to tell, and there may be many: their errors are not noted.
        let element = seed.deserialize(Decoder { input: self.input, depth: self.depth })?;
        self.end_element()?;
        Ok(Some(element))
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        hint(self.left)
    }
}

/// The entries of a map, whose keys ascend by their bytes.
pub(super) struct Entries<'a, 'de> {
    elements: Elements<'a, 'de>,
    /// The bytes of the key before.
    key: Option<&'de [u8]>,
}

impl<'a, 'de> Entries<'a, 'de> {
    #[inline]
    pub(super) fn new(elements: Elements<'a, 'de>) -> Self {
        Self { elements, key: None }
    }

    #[inline]
    pub(super) fn finish(self) -> Result<(), DecodeError> {
        self.elements.finish()
    }

    #[inline]
    fn part<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
        segment: Segment,
    ) -> Result<T::Value, DecodeError> {
        let Elements { input, depth, .. } = &mut self.elements;
        seed.deserialize(Decoder { input, depth: *depth })
            .map_err(|error| input.failed_in(segment, error))
    }

    /// Takes the bytes of the key that was just read, if it is larger than the one before.
    #[inline]
    fn check_order(&mut self, rest: &'de [u8]) -> Result<(), DecodeError> {
        let input = &mut *self.elements.input;
        let key = &rest[..rest.len() - input.left()];
        if self.key.is_some_and(|before| before >= key) {
            let offset = input.offset() - key.len();
            return Err(DecodeError::UnsortedMap { offset });
        }
        self.key = Some(key);
        Ok(())
    }
}

impl<'de> MapAccess<'de> for Entries<'_, 'de> {
    type Error = DecodeError;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, DecodeError> {
        if self.elements.left == 0 {
            return Ok(None);
        }
        self.elements.left -= 1;
        let rest = self.elements.input.rest();
        let key = self.part(seed, Segment::MapKey)?;
        self.check_order(rest)?;
        Ok(Some(key))
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, DecodeError> {
        let value = self.part(seed, Segment::MapValue)?;
        self.elements.end_element()?;
        Ok(value)
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        hint(self.elements.left)
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
        self.fields(len, &[], visitor)
    }

    #[inline]
    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.fields(fields.len(), fields, visitor)
    }
}
