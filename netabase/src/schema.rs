//! What a stored type is: its name, its key, its bytes. Nothing here knows libp2p.

mod key;

mod lookup;

mod index;

mod range;

mod codec;

mod form;

mod round_trip;

mod envelope;

mod merge;

pub mod with;

use std::{fmt::Display, time::Duration};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub(crate) use self::{
    codec::decode,
    envelope::{CODEC, EnvelopeHeader, SIGNATURE_LEN, is_over as lease_is_over},
    index::index_entries,
    round_trip::encode_checked,
};
pub use self::{
    codec::{DecodeError, EncodeError},
    envelope::{Envelope, EnvelopeError, Signature, Timestamp},
    index::{
        Composite, Index, IndexInfo, IndexKey, IndexKeyOf, IndexOf, IndexPrefixOf, IndexWriter,
        Unindexed,
    },
    key::{
        KeyError, KeyOrderError, KeyReader, KeyWriter, MAX_KEY_BYTES, MAX_KEY_DEPTH,
        NetabaseSchemaKey, check_key_order,
    },
    lookup::{KeyOf, PartOf, PartPrefixOf, PrefixOf},
    merge::{MergeError, check_merge},
    range::{IndexRange, KeyRange},
    round_trip::{RoundTripCause, RoundTripError, check_round_trip},
};
#[doc(hidden)]
pub use self::{
    form::{
        Comparison, FieldForm, Form, KnownForm, NoComparison, NoSerde, Order, Ordered, Probe,
        Serde, SerdeShape, UnknownForm, all_equal, all_known, is_ordered,
    },
    round_trip::FieldCheck,
};

/// A type whose values are stored, found by key, and mapped to Kademlia records.
///
/// Implemented by `#[derive(NetabaseSchema)]`; writing it by hand is possible but gains nothing.
/// It implies serde's [`Serialize`] and [`DeserializeOwned`], of which the derives go beside it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a schema",
    label = "not a schema",
    note = "derive it: `#[derive(serde::Serialize, serde::Deserialize, netabase::NetabaseSchema)]`"
)]
pub trait NetabaseSchema: SerdeDerives + Send + Sync + 'static {
    /// What identifies a value among all of its schema.
    type Key: NetabaseSchemaKey + KeyOf<Self::Key>;

    /// A view of a value that borrows its text and bytes from the record.
    ///
    /// `Self` where there is nothing to borrow.
    type Ref<'a>: Deserialize<'a>;

    /// The name on the wire, `[a-z0-9_.-]{1,64}`.
    const SCHEMA_NAME: &'static str;

    /// The version of the value's layout, from 1.
    const SCHEMA_VERSION: u32;

    /// Who may write these records on the network.
    const ACCESS: Access;

    /// How long a value lives, counted from its write. `None`: until it is removed.
    const TTL: Option<Duration>;

    /// The largest `Record.value`, in bytes, if the schema sets a limit of its own.
    const MAX_SIZE: Option<usize>;

    /// The secondary indexes, in the order of their constants.
    const INDEXES: &'static [IndexInfo];

    /// The key of this value.
    fn key(&self) -> Self::Key;

    /// Writes the bytes of [`key`](Self::key) without building it.
    #[doc(hidden)]
    fn encode_key(&self, out: &mut KeyWriter<'_>);

    /// Writes the entries of this value in every index.
    #[doc(hidden)]
    fn encode_indexes(&self, out: &mut IndexWriter<'_>);

    /// The fields as serde writes them, in order; empty: nothing is known of them.
    #[doc(hidden)]
    const FIELDS: &'static [FieldForm] = &[];

    /// `true` if all fields are known to be read back as they were written, if serde's traits are derived.
    #[doc(hidden)]
    const IS_PLAIN: bool = false;

    /// Returns whether serde's traits are derived, as far as that shows.
    #[doc(hidden)]
    #[must_use]
    fn is_derived() -> bool {
        false
    }

    /// Compares two values field by field, whatever the type's own `PartialEq` says.
    #[doc(hidden)]
    fn same(&self, other: &Self) -> Option<bool> {
        let _ = other;
        None
    }

    /// Looks for the field that is not read back.
    #[doc(hidden)]
    fn check_fields(&self, check: &mut FieldCheck) {
        let _ = check;
    }

    /// Checks what the type alone cannot: `#[netabase(validate = path)]`.
    ///
    /// # Errors
    ///
    /// [`Invalid`] with the text of the user's error.
    fn validate(&self) -> Result<(), Invalid> {
        Ok(())
    }

    /// `true` if the schema has a `merge` of its own.
    #[doc(hidden)]
    const HAS_MERGE: bool = false;

    /// Combines two values of one key: `#[netabase(merge = path)]`.
    ///
    /// `None` if the schema has no such function; then the larger value wins. [`check_merge`] checks
    /// a function of one's own.
    fn merge(&self, other: &Self) -> Option<Self> {
        let _ = other;
        None
    }
}

/// Serde's traits. Where serde is not in scope, rustc calls a trait that needs them directly sealed.
#[doc(hidden)]
pub trait SerdeDerives: Serialize + DeserializeOwned {}

impl<T: Serialize + DeserializeOwned> SerdeDerives for T {}

/// A schema that may leave this process: `#[netabase(access = "owned")]` or `"open"`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is local: it never leaves this process",
    label = "a local schema",
    note = "let it be shared: write `#[netabase(access = \"owned\")]` on the struct"
)]
pub trait SharedSchema: NetabaseSchema {}

/// Who may write a schema's records on the network. One byte of every record key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Access {
    /// Nobody: records stay in this process.
    Local,
    /// The peer whose id leads the key, by its signature.
    Owned,
    /// Anyone.
    Open,
}

impl Access {
    /// The byte that stands for it in a record key: `l`, `o` or `w`.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Local => b'l',
            Self::Owned => b'o',
            Self::Open => b'w',
        }
    }

    /// The access a record key's byte stands for, if any.
    #[must_use]
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            b'l' => Some(Self::Local),
            b'o' => Some(Self::Owned),
            b'w' => Some(Self::Open),
            _ => None,
        }
    }
}

/// A value that the schema's own `validate` function refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Invalid {
    reason: String,
}

impl Invalid {
    /// Keeps the text of the user's error.
    pub fn new(reason: impl Display) -> Self {
        Self { reason: reason.to_string() }
    }
}
