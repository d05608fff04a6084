//! Keys made of keys. Each is a level of depth.

use std::array;

use super::{KeyError, KeyReader, KeyWriter, NetabaseSchemaKey};

macro_rules! tuple {
    ($($part:ident $at:tt),*) => {
        impl<$($part: NetabaseSchemaKey),*> NetabaseSchemaKey for ($($part,)*) {
            #[inline]
            fn encode_key(&self, out: &mut KeyWriter<'_>) {
                out.nested(|out| { $( self.$at.encode_key(out); )* });
            }

            #[inline]
            fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
                input.nested(|input| Ok(($( $part::decode_key(input)?, )*)))
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);

impl<T: NetabaseSchemaKey, const N: usize> NetabaseSchemaKey for [T; N] {
    #[inline]
    fn encode_key(&self, out: &mut KeyWriter<'_>) {
        T::encode_array(self, out);
    }

    #[inline]
    fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
        T::decode_array(input)
    }
}

impl<T: NetabaseSchemaKey> NetabaseSchemaKey for Vec<T> {
    #[inline]
    fn encode_key(&self, out: &mut KeyWriter<'_>) {
        T::encode_slice(self, out);
    }

    #[inline]
    fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
        T::decode_vec(input)
    }
}

impl<T: NetabaseSchemaKey> NetabaseSchemaKey for Option<T> {
    #[inline]
    fn encode_key(&self, out: &mut KeyWriter<'_>) {
        out.nested(|out| {
            out.raw(&[u8::from(self.is_some())]);
            if let Some(value) = self {
                value.encode_key(out);
            }
        });
    }

    #[inline]
    fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
        input.nested(|input| input.flag()?.then(|| T::decode_key(input)).transpose())
    }
}

// A recursive type recurses through a box, an option of one or a vector. That all of them are
// levels bounds the stack even where a type written by hand forgot to be one.
impl<T: NetabaseSchemaKey> NetabaseSchemaKey for Box<T> {
    #[inline]
    fn encode_key(&self, out: &mut KeyWriter<'_>) {
        out.nested(|out| (**self).encode_key(out));
    }

    #[inline]
    fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
        input.nested(|input| T::decode_key(input).map(Self::new))
    }
}

pub(super) fn encode_slice<T: NetabaseSchemaKey>(items: &[T], out: &mut KeyWriter<'_>) {
    out.nested(|out| {
        for item in items {
            out.raw(&[1]);
            item.encode_key(out);
            // The vector may have millions of items, and a key has only so many bytes.
            if out.failed() {
                return;
            }
        }
        out.raw(&[0]);
    });
}

pub(super) fn decode_vec<T: NetabaseSchemaKey>(
    input: &mut KeyReader<'_>,
) -> Result<Vec<T>, KeyError> {
    input.nested(|input| {
        // Grows with the items that are there: nothing in the bytes announces their number.
        let mut items = Vec::new();
        while input.flag()? {
            items.push(T::decode_key(input)?);
        }
        Ok(items)
    })
}

pub(super) fn encode_array<T: NetabaseSchemaKey>(items: &[T], out: &mut KeyWriter<'_>) {
    out.nested(|out| items.iter().for_each(|item| item.encode_key(out)));
}

pub(super) fn decode_array<T: NetabaseSchemaKey, const N: usize>(
    input: &mut KeyReader<'_>,
) -> Result<[T; N], KeyError> {
    input.nested(|input| {
        let mut failure = None;
        let items: [Option<T>; N] = array::from_fn(|_| match failure {
            Some(_) => None,
            None => T::decode_key(input).map_err(|error| failure = Some(error)).ok(),
        });
        match failure {
            Some(error) => Err(error),
            None => Ok(items.map(|item| item.expect("without a failure every item was read"))),
        }
    })
}
