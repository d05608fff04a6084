//! Values of a fixed width.

use super::{KeyError, KeyReader, KeyWriter, NetabaseSchemaKey};

macro_rules! unsigned {
    ($($int:ty)*) => { $(
        impl NetabaseSchemaKey for $int {
            #[inline]
            fn encode_key(&self, out: &mut KeyWriter<'_>) {
                out.raw(&self.to_be_bytes());
            }

            #[inline]
            fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
                input.array().map(Self::from_be_bytes)
            }
        }
    )* };
}

macro_rules! signed {
    ($($int:ty)*) => { $(
        impl NetabaseSchemaKey for $int {
            // The flipped sign bit puts negative numbers first.
            #[inline]
            fn encode_key(&self, out: &mut KeyWriter<'_>) {
                out.raw(&(self ^ Self::MIN).to_be_bytes());
            }

            #[inline]
            fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
                input.array().map(|bytes| Self::from_be_bytes(bytes) ^ Self::MIN)
            }
        }
    )* };
}

unsigned! { u16 u32 u64 u128 }
signed! { i8 i16 i32 i64 i128 }

impl NetabaseSchemaKey for u8 {
    #[inline]
    fn encode_key(&self, out: &mut KeyWriter<'_>) {
        out.raw(&[*self]);
    }

    #[inline]
    fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
        input.byte()
    }

    #[inline]
    fn encode_slice(items: &[Self], out: &mut KeyWriter<'_>) {
        out.escaped(items);
    }

    #[inline]
    fn decode_vec(input: &mut KeyReader<'_>) -> Result<Vec<Self>, KeyError> {
        input.escaped()
    }

    #[inline]
    fn encode_array(items: &[Self], out: &mut KeyWriter<'_>) {
        out.raw(items);
    }

    #[inline]
    fn decode_array<const N: usize>(input: &mut KeyReader<'_>) -> Result<[Self; N], KeyError> {
        input.array()
    }
}

impl NetabaseSchemaKey for bool {
    #[inline]
    fn encode_key(&self, out: &mut KeyWriter<'_>) {
        out.raw(&[u8::from(*self)]);
    }

    #[inline]
    fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
        input.flag()
    }
}

impl NetabaseSchemaKey for char {
    #[inline]
    fn encode_key(&self, out: &mut KeyWriter<'_>) {
        let [_always_zero, bytes @ ..] = u32::from(*self).to_be_bytes();
        out.raw(&bytes);
    }

    #[inline]
    fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
        let [high, middle, low] = input.array()?;
        let code = u32::from_be_bytes([0, high, middle, low]);
        Self::from_u32(code).ok_or(KeyError::InvalidChar { code })
    }
}
