//! Every variant of the errors of stores and databases, with its text. A new variant does not compile without one.

use std::{error::Error, fmt::Debug, time::Duration};

use crate::{
    record::RecordError,
    schema::Access,
    store::{
        ArrivalError, BuildError, ClockAhead, Damaged, DiskError, OpenError, OutOfRoom,
        RefusalReason, TooLarge, WriteError,
    },
};

mod databases;

mod disk;

/// Gives the variant after another, or the first, and its text; `None` after the last.
type Step<E> = fn(Option<&E>) -> Option<(E, &'static str)>;

/// Walks all variants: each says what it should, in the house style, and nothing twice.
fn check<E: Error + Debug + 'static>(step: Step<E>) {
    let mut last = None;
    let mut texts = Vec::new();
    while let Some((error, text)) = step(last.as_ref()) {
        assert_eq!(error.to_string(), text);
        assert!(!text.starts_with(char::is_uppercase) && !text.ends_with('.'), "{text}");
        // A wrapper adds no text, and is no further cause.
        assert!(error.source().is_none_or(|cause| cause.to_string() != text), "{error:?}");
        texts.push(text);
        last = Some(error);
    }
    let count = texts.len();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), count, "two variants say the same");
}

const BAD_SIGNATURE: &str = "the signature does not hold for this key and value in this network";
const VALUE_TOO_LARGE: &str = "value of 7 bytes exceeds the store's limit of 5 bytes; split it, or raise `Limits::max_value_bytes`";
const RECORD_TOO_LARGE: &str =
    "record of 7 bytes, key and value, exceeds the 5 bytes that a network carries; split the value";
const OUT_OF_RECORDS: &str = "the store is full: it may hold 5 records of its own, tombstones included; remove some or raise `Limits::max_records`";
const OUT_OF_BYTES: &str = "the store is full: 7 bytes more would exceed the 5 bytes of its own records; remove some or raise `Limits::max_bytes`";
const CLOCK_AHEAD: &str =
    "the record's clock is 660s ahead of this machine's; set the clock that is wrong";
const DAMAGED: &str = "the store is damaged: a write panicked half-way; nothing is written any more, open a new store";
const NOT_OWNER: &str = "the records of schema `user` in this database belong to another peer; write to the database of your own";
const SCHEMA_CONFLICT: &str = "schema `user` is `a::User` in this store and cannot also be `b::User`; give one of them another `#[netabase(name = \"…\")]`";
const IN_MEMORY: &str = "the store is in memory alone; give its builder a `path`";
const BUSY: &str = "the disk is busy: 9 bytes wait to be written; try again";
const INVALID_NETWORK: &str =
    "`My net` cannot name a network; use 1 to 64 of the characters a-z, 0-9, `_`, `.` and `-`";

const AHEAD: ClockAhead = ClockAhead { by: Duration::from_secs(660) };

fn too_large(last: Option<&TooLarge>) -> Option<(TooLarge, &'static str)> {
    Some(match last {
        None => (TooLarge::Value { len: 7, max_bytes: 5 }, VALUE_TOO_LARGE),
        Some(TooLarge::Value { .. }) => {
            (TooLarge::Record { len: 7, max_bytes: 5 }, RECORD_TOO_LARGE)
        }
        Some(TooLarge::Record { .. }) => return None,
    })
}

fn out_of_room(last: Option<&OutOfRoom>) -> Option<(OutOfRoom, &'static str)> {
    Some(match last {
        None => (OutOfRoom::Records { max_records: 5 }, OUT_OF_RECORDS),
        Some(OutOfRoom::Records { .. }) => {
            (OutOfRoom::Bytes { needed: 7, max_bytes: 5 }, OUT_OF_BYTES)
        }
        Some(OutOfRoom::Bytes { .. }) => return None,
    })
}

fn build(last: Option<&BuildError>) -> Option<(BuildError, &'static str)> {
    Some(match last {
        None => (
            BuildError::UnsupportedIdentity { found: "RSA".into() },
            "an identity of kind RSA cannot own records; use an ed25519 keypair",
        ),
        Some(BuildError::UnsupportedIdentity { .. }) => {
            (BuildError::InvalidNetwork { name: "My net".into() }, INVALID_NETWORK)
        }
        Some(BuildError::InvalidNetwork { .. }) => (
            BuildError::InvalidLifetime { found: Duration::from_secs(1) },
            "1s cannot be the longest lease of a network; set one between one minute and ten years",
        ),
        Some(BuildError::InvalidLifetime { .. }) => (DiskError::InMemory.into(), IN_MEMORY),
        Some(BuildError::Disk(_)) => return None,
    })
}

fn open(last: Option<&OpenError>) -> Option<(OpenError, &'static str)> {
    let conflict =
        || OpenError::SchemaConflict { name: "user", registered: "a::User", rejected: "b::User" };
    Some(match last {
        None => (conflict(), SCHEMA_CONFLICT),
        Some(OpenError::SchemaConflict { .. }) => (
            OpenError::AccessChanged {
                name: "user",
                stored: Access::Local,
                declared: Access::Open,
            },
            "schema `user` is stored as Local and declared as Open; give the new one another `#[netabase(name = \"…\")]`",
        ),
        Some(OpenError::AccessChanged { .. }) => return None,
    })
}

fn write(last: Option<&WriteError>) -> Option<(WriteError, &'static str)> {
    let not_unique = || WriteError::NotUnique {
        schema: "user",
        index: "nick",
        value: "\"ada\"".into(),
        holder: "UserKey(7)".into(),
    };
    Some(match last {
        None => (RecordError::BadSignature.into(), BAD_SIGNATURE),
        Some(WriteError::Record(_)) => {
            (TooLarge::Value { len: 7, max_bytes: 5 }.into(), VALUE_TOO_LARGE)
        }
        Some(WriteError::TooLarge(_)) => {
            (OutOfRoom::Records { max_records: 5 }.into(), OUT_OF_RECORDS)
        }
        Some(WriteError::OutOfRoom(_)) => (
            not_unique(),
            "`user` UserKey(7) already has \"ada\" in the unique index `nick`; change or remove one of the two",
        ),
        Some(WriteError::NotUnique { .. }) => (AHEAD.into(), CLOCK_AHEAD),
        Some(WriteError::ClockAhead(_)) => (WriteError::NotOwner { schema: "user" }, NOT_OWNER),
        Some(WriteError::NotOwner { .. }) => (Damaged.into(), DAMAGED),
        Some(WriteError::Damaged(_)) => (DiskError::Busy { waiting_bytes: 9 }.into(), BUSY),
        Some(WriteError::Disk(_)) => return None,
    })
}

fn arrival(last: Option<&ArrivalError>) -> Option<(ArrivalError, &'static str)> {
    Some(match last {
        None => (RecordError::BadSignature.into(), BAD_SIGNATURE),
        Some(ArrivalError::Record(_)) => {
            (TooLarge::Record { len: 7, max_bytes: 5 }.into(), RECORD_TOO_LARGE)
        }
        Some(ArrivalError::TooLarge(_)) => (
            ArrivalError::UnknownSchema { name: "user".into() },
            "schema `user` is not known here; open its database first",
        ),
        Some(ArrivalError::UnknownSchema { .. }) => (
            ArrivalError::NotAccepted { schema: "user", access: Access::Local },
            "records of schema `user` (Local) are not accepted from the network; declare an `access` to share them",
        ),
        Some(ArrivalError::NotAccepted { .. }) => (
            ArrivalError::Private,
            "the key is in private use here; publish its value to take in those of peers",
        ),
        Some(ArrivalError::Private) => (
            ArrivalError::Outdated,
            "a newer value of the key is stored already; fetch it before you write another",
        ),
        Some(ArrivalError::Outdated) => (
            ArrivalError::RateExceeded { from: "all peers".into(), per_second: 9 },
            "too many records from all peers: at most 9 a second are verified; send them slower",
        ),
        Some(ArrivalError::RateExceeded { .. }) => (AHEAD.into(), CLOCK_AHEAD),
        Some(ArrivalError::ClockAhead(_)) => (
            ArrivalError::LeaseOver { not_after: 9 },
            "the record's lease ended at unix second 9; its author has to renew it",
        ),
        Some(ArrivalError::LeaseOver { .. }) => (
            ArrivalError::NoLease,
            "the record has no lease: a shared record's value must say until when it is kept",
        ),
        Some(ArrivalError::NoLease) => (
            ArrivalError::LeaseTooLong {
                lease: Duration::from_secs(9),
                longest: Duration::from_secs(7),
            },
            "a lease of 9s is longer than the network's 7s; all peers need the same `max_lifetime`",
        ),
        Some(ArrivalError::LeaseTooLong { .. }) => (
            ArrivalError::ForeignFull { max_records: 5, max_bytes: 7 },
            "no room for a foreign record: 5 records and 7 bytes are held for others, and this one would be evicted first; raise `Limits::max_foreign_records` or `Limits::max_foreign_bytes`",
        ),
        Some(ArrivalError::ForeignFull { .. }) => {
            (OutOfRoom::Bytes { needed: 7, max_bytes: 5 }.into(), OUT_OF_BYTES)
        }
        Some(ArrivalError::OutOfRoom(_)) => (
            ArrivalError::Panicked { schema: "user" },
            "code of schema `user` panicked on the record; return an error instead of panicking",
        ),
        Some(ArrivalError::Panicked { .. }) => (Damaged.into(), DAMAGED),
        Some(ArrivalError::Damaged(_)) => (DiskError::Busy { waiting_bytes: 9 }.into(), BUSY),
        Some(ArrivalError::Disk(_)) => return None,
    })
}

#[test]
fn every_error_of_a_store_says_what_happened_and_what_to_do() {
    check(too_large);
    check(out_of_room);
    check(build);
    check(open);
    check(write);
    check(arrival);
}

#[test]
fn every_refusal_has_a_reason() {
    let mut last = None;
    let mut reasons = Vec::new();
    while let Some((error, _)) = arrival(last.as_ref()) {
        reasons.push(error.reason().code());
        last = Some(error);
    }
    let expected = [
        "signature",
        "too-large",
        "unknown-schema",
        "private",
        "private",
        "outdated",
        "rate",
        "clock",
        "lease",
        "lease",
        "lease",
        "full",
        "full",
        "panic",
        "damaged",
        "busy",
    ];
    assert_eq!(reasons, expected);
}

#[cfg(feature = "network")]
#[test]
fn each_reason_is_counted_in_its_own_place() {
    for (place, reason) in RefusalReason::ALL.iter().enumerate() {
        assert_eq!(reason.place(), place, "{reason}");
    }
}
