//! Key bytes: memcmp order is Rust's `Ord`, no key is a prefix of another, and they decode back.
//!
//! | type | bytes |
//! |---|---|
//! | `u8` … `u128` | big-endian, fixed width |
//! | `i8` … `i128` | the same with the sign bit flipped |
//! | `bool` | `00` or `01` |
//! | `char` | 3 bytes, big-endian; surrogates are refused |
//! | `String`, `Vec<u8>` | `00` → `01 00`, `01` → `01 01`, then the terminator `00` |
//! | `[u8; N]`, `Uuid` (feature `uuid`) | the N bytes |
//! | tuples, structs, `[T; N]` | their parts in declared order |
//! | `Option<T>` | `00`, or `01` and `T` |
//! | `Vec<T>` | `01` and `T` for every item, then `00` |
//! | `Box<T>` | as `T` |
//! | enums | the variant's ordinal in one byte, then its fields |
//! | `Duration` | seconds as `u64`, nanoseconds as `u32` |
//! | `SystemTime` | unix seconds, floored, as `i64`, then nanoseconds as `u32` |
//! | `PeerId` of libp2p | its multihash |
//!
//! Decoding accepts canonical bytes only: what it accepts is what encoding the result gives. That
//! makes the bytes of a key as good as the key for a hash map, a signature or another peer.

mod error;

mod escape;

mod writer;

mod reader;

mod primitives;

mod text;

mod composite;

mod time;

#[cfg(feature = "uuid")]
mod uuid;

mod unsupported;

mod order;

use std::{fmt::Debug, hash::Hash};

pub use self::{
    error::KeyError,
    order::{KeyOrderError, check_key_order},
    reader::KeyReader,
    writer::KeyWriter,
};

/// How deep a key may nest.
///
/// Every tuple, array, option, vector, box, struct and enum is a level; text, bytes and fixed-width
/// values are none. The limit holds for encoding and decoding alike.
pub const MAX_KEY_DEPTH: u8 = 16;

/// How many bytes a key may have, in both directions.
pub const MAX_KEY_BYTES: usize = 1024;

/// A type that can be a key, or a part of one.
///
/// Derive it with `#[derive(NetabaseSchemaKey)]`. One written by hand must keep four promises, of
/// which [`check_key_order`] tests as many as the given keys show:
///
/// - **Order**: comparing the bytes of two keys gives what [`Ord`] gives.
/// - **Round trip**: decoding the bytes of a key gives an equal key.
/// - **Self-delimiting**: decoding knows where the key ends, and no key's bytes start another's.
/// - **Canonical**: decoding refuses bytes that encoding would not have written.
///
/// Building on the implementations of the parts, in the order in which `Ord` compares them, keeps
/// all four. A composite goes through [`KeyWriter::nested`] and [`KeyReader::nested`], so that
/// hostile bytes for a recursive type cannot overflow the stack.
///
/// # Examples
///
/// ```
/// use netabase::{KeyError, KeyReader, KeyWriter, NetabaseSchemaKey};
///
/// #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
/// struct Seat {
///     row: u16,
///     column: char,
/// }
///
/// impl NetabaseSchemaKey for Seat {
///     fn encode_key(&self, out: &mut KeyWriter<'_>) {
///         out.nested(|out| {
///             self.row.encode_key(out);
///             self.column.encode_key(out);
///         });
///     }
///
///     fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
///         input.nested(|input| {
///             Ok(Self {
///                 row: u16::decode_key(input)?,
///                 column: char::decode_key(input)?,
///             })
///         })
///     }
/// }
///
/// let seat = Seat { row: 12, column: 'F' };
/// let bytes = seat.to_key_bytes()?;
/// assert_eq!(bytes, [0, 12, 0, 0, b'F']);
/// assert_eq!(Seat::from_key_bytes(&bytes)?, seat);
/// # Ok::<(), KeyError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key or an index",
    label = "not a key",
    note = "a type of yours: derive `NetabaseSchemaKey` for it",
    note = "text: use `String`; bytes: `Vec<u8>`; a date or time: `SystemTime`, which keys order by time, or its Unix seconds as `i64`",
    note = "another crate's type: use what it is made of, or wrap it in a type of yours; `uuid::Uuid` needs netabase's feature `uuid`"
)]
pub trait NetabaseSchemaKey: Clone + Debug + Ord + Hash + Send + Sync + 'static {
    /// Writes the bytes of this key.
    ///
    /// A value that has no bytes is refused with [`KeyWriter::fail`].
    fn encode_key(&self, out: &mut KeyWriter<'_>);

    /// Reads a key from the front of `input`.
    ///
    /// # Errors
    ///
    /// [`KeyError`] if `input` does not start with the canonical bytes of a key.
    fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError>;

    /// The bytes of this key.
    ///
    /// # Errors
    ///
    /// - [`KeyError::TooLong`] if they are more than [`MAX_KEY_BYTES`].
    /// - [`KeyError::TooDeep`] if the key nests deeper than [`MAX_KEY_DEPTH`].
    /// - [`KeyError::TimeOutOfRange`] for a time that has no bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use netabase::NetabaseSchemaKey;
    ///
    /// let reykjavik = ("IS".to_owned(), 7_u16).to_key_bytes()?;
    /// assert_eq!(reykjavik, [b'I', b'S', 0, 0, 7]);
    /// # Ok::<(), netabase::KeyError>(())
    /// ```
    fn to_key_bytes(&self) -> Result<Vec<u8>, KeyError> {
        let mut bytes = Vec::new();
        let mut out = KeyWriter::new(&mut bytes);
        self.encode_key(&mut out);
        out.finish()?;
        Ok(bytes)
    }

    /// The key that `bytes` stand for, all of them.
    ///
    /// `bytes` may come from anywhere: bad ones are an error, never a panic, and memory stays within
    /// a small multiple of the values present.
    ///
    /// # Errors
    ///
    /// [`KeyError`] if they are not exactly the bytes that encoding a key gives.
    ///
    /// # Examples
    ///
    /// ```
    /// use netabase::{KeyError, NetabaseSchemaKey};
    ///
    /// assert_eq!(i16::from_key_bytes(&[0x80, 0x01])?, 1);
    /// assert_eq!(i16::from_key_bytes(&[0x80]), Err(KeyError::Truncated));
    /// # Ok::<(), KeyError>(())
    /// ```
    fn from_key_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let mut input = KeyReader::new(bytes);
        let key = Self::decode_key(&mut input)?;
        input.finish()?;
        Ok(key)
    }

    // `u8` has other bytes in a sequence than any other part. There is no specialization, so the
    // sequences ask their items. Only `u8` overrides these.

    #[doc(hidden)]
    fn encode_slice(items: &[Self], out: &mut KeyWriter<'_>) {
        composite::encode_slice(items, out);
    }

    #[doc(hidden)]
    fn decode_vec(input: &mut KeyReader<'_>) -> Result<Vec<Self>, KeyError> {
        composite::decode_vec(input)
    }

    #[doc(hidden)]
    fn encode_array(items: &[Self], out: &mut KeyWriter<'_>) {
        composite::encode_array(items, out);
    }

    #[doc(hidden)]
    fn decode_array<const N: usize>(input: &mut KeyReader<'_>) -> Result<[Self; N], KeyError> {
        composite::decode_array(input)
    }
}
