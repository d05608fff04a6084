//! Causes for which both local writes and records from elsewhere are refused. Their errors wrap these, and add no text.

use std::time::Duration;

/// A value, or a record, is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TooLarge {
    /// The value is longer than the store allows.
    #[error(
        "value of {len} bytes exceeds the store's limit of {max_bytes} bytes; split it, or raise `Limits::max_value_bytes`"
    )]
    Value {
        /// Its length, in bytes, envelope and signature included.
        len: usize,
        /// The limit, in bytes.
        max_bytes: usize,
    },
    /// Key and value are together longer than a record of a network may be.
    #[error(
        "record of {len} bytes, key and value, exceeds the {max_bytes} bytes that a network carries; split the value"
    )]
    Record {
        /// Its length, in bytes.
        len: usize,
        /// The limit, in bytes.
        max_bytes: usize,
    },
}

/// The budget of the application's own records is used up. Own records are never evicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutOfRoom {
    /// The store holds as many own records as it may.
    #[error(
        "the store is full: it may hold {max_records} records of its own, tombstones included; remove some or raise `Limits::max_records`"
    )]
    Records {
        /// The limit.
        max_records: usize,
    },
    /// The own records take as many bytes as they may.
    #[error(
        "the store is full: {needed} bytes more would exceed the {max_bytes} bytes of its own records; remove some or raise `Limits::max_bytes`"
    )]
    Bytes {
        /// The bytes that the write would have added.
        needed: usize,
        /// The limit, in bytes.
        max_bytes: usize,
    },
}

/// A record's clock is further ahead of this machine's than peers accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the record's clock is {by:?} ahead of this machine's; set the clock that is wrong")]
pub struct ClockAhead {
    /// The distance between the two.
    pub by: Duration,
}
