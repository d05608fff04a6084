//! Schema values ↔ [`Record`]: the only place that lays out record keys.

mod convert;

mod error;

mod key;

mod peer;

pub(crate) use self::convert::{
    Checked, check, read, read_ref, restamp, stamped_record, write_entries, write_tombstone,
    write_value,
};
pub(crate) use self::key::{
    key_bytes, provider_key, record_prefix, split_schema, write_key, write_key_with,
};
pub use self::{
    convert::{record_to_value, value_to_record},
    error::RecordError,
    key::{MAX_RECORD_KEY_BYTES, RecordKey},
};
