//! Keys as they are looked up: whole, or in the parts in which orders and indexes have them.
//!
//! Only a way to keep records that needs a `RecordKey` makes one of the parts.

use std::borrow::Cow;

use libp2p::kad::RecordKey;

/// The key of a record that is looked up.
#[derive(Clone, Copy)]
pub(in crate::store) enum LookupKey<'a> {
    /// A key that is there: nothing is copied to look it up.
    Whole(&'a RecordKey),
    /// The bytes that its schema's keys begin with, and the rest, itself in two parts: an index has the owner apart.
    Parts(&'a [u8], [&'a [u8]; 2]),
}

impl<'a> LookupKey<'a> {
    /// Returns the key as one that owns its bytes, which are copied if it is in parts.
    pub(in crate::store) fn to_key(self) -> Cow<'a, RecordKey> {
        match self {
            Self::Whole(key) => Cow::Borrowed(key),
            Self::Parts(prefix, [owner, rest]) => {
                let mut key = Vec::with_capacity(prefix.len() + owner.len() + rest.len());
                key.extend_from_slice(prefix);
                // Most keys have no owner apart, and what copies nothing still is called.
                if !owner.is_empty() {
                    key.extend_from_slice(owner);
                }
                key.extend_from_slice(rest);
                Cow::Owned(RecordKey::from(key))
            }
        }
    }
}

impl<'a> From<&'a RecordKey> for LookupKey<'a> {
    fn from(key: &'a RecordKey) -> Self {
        Self::Whole(key)
    }
}
