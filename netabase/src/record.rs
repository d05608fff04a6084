//! Schema values ↔ [`Record`]: the only place that lays out record keys.

mod error;

mod scratch;

mod key;

mod peer;

mod lease;

mod convert;

mod readable;

mod merge;

mod signature;

#[cfg(test)]
mod tests;

pub(crate) use self::{
    convert::{
        Checked, check, header_of, lease_end, read, read_ref, restamp, same_value, set_lease,
        signed_len, write_entries, write_tombstone, write_value,
    },
    key::{
        NAMESPACE, is_name, key_bytes, owner_prefix_len, provider_key, record_prefix, schema_name,
        schema_prefix, split_schema, write_key, write_key_with,
    },
    lease::not_after,
    merge::merge_values,
    readable::check_readable,
    scratch::Scratch,
    signature::{check_signer, sign, unsigned, verify},
};
pub use self::{
    convert::{record_to_value, value_from_bytes, value_to_bytes, value_to_record},
    error::RecordError,
    key::{MAX_RECORD_KEY_BYTES, RecordKey},
    lease::DEFAULT_MAX_LIFETIME,
};

/// What a record that a node shares may have in bytes, key and value: an answer carries it beside the addresses
/// of 20 peers.
pub(crate) const MAX_RECORD_BYTES: usize = 32 * 1024;
