//! The errors of databases, and the one that wraps all.

use super::{
    BAD_SIGNATURE, IN_MEMORY, INVALID_NETWORK, NOT_OWNER, SCHEMA_CONFLICT, build, check, open,
};
use crate::{
    database::{DatabaseError, QueryError, TransactionError},
    record::RecordError,
    store::{ArrivalError, DiskError, WriteError},
};

const FOREIGN_CURSOR: &str = "the cursor does not belong to this walk of schema `user`: it is of another schema, owner or index; resume the walk that gave it";
const CONFLICT: &str =
    "the transaction ran 8 times, and each time others changed what it had read; try again later";

fn query(last: Option<&QueryError>) -> Option<(QueryError, &'static str)> {
    Some(match last {
        None => (RecordError::BadSignature.into(), BAD_SIGNATURE),
        Some(QueryError::Record(_)) => {
            (QueryError::ForeignCursor { schema: "user" }, FOREIGN_CURSOR)
        }
        Some(QueryError::ForeignCursor { .. }) => return None,
    })
}

fn transaction(last: Option<&TransactionError>) -> Option<(TransactionError, &'static str)> {
    let key_changed = || TransactionError::KeyChanged {
        schema: "user",
        from: "UserKey(7)".into(),
        to: "UserKey(8)".into(),
    };
    Some(match last {
        None => (RecordError::BadSignature.into(), BAD_SIGNATURE),
        Some(TransactionError::Query(_)) => {
            (WriteError::NotOwner { schema: "user" }.into(), NOT_OWNER)
        }
        Some(TransactionError::Write(_)) => (TransactionError::Conflict { runs: 8 }, CONFLICT),
        Some(TransactionError::Conflict { .. }) => (
            key_changed(),
            "the update of a value of schema `user` changed its key from UserKey(7) to UserKey(8); to give it another key, put it anew and remove the old one, in a transaction",
        ),
        Some(TransactionError::KeyChanged { .. }) => (
            TransactionError::ForeignDatabase { schema: "user" },
            "the database of schema `user` belongs to another store than the transaction; open it with `database` of the same store",
        ),
        Some(TransactionError::ForeignDatabase { .. }) => return None,
    })
}

fn database(last: Option<&DatabaseError>) -> Option<(DatabaseError, &'static str)> {
    Some(match last {
        None => {
            let refused = build(Some(&build(None)?.0))?.0;
            (refused.into(), INVALID_NETWORK)
        }
        Some(DatabaseError::Build(_)) => (open(None)?.0.into(), SCHEMA_CONFLICT),
        Some(DatabaseError::Open(_)) => {
            (QueryError::ForeignCursor { schema: "user" }.into(), FOREIGN_CURSOR)
        }
        Some(DatabaseError::Query(_)) => {
            (WriteError::NotOwner { schema: "user" }.into(), NOT_OWNER)
        }
        Some(DatabaseError::Write(_)) => (
            ArrivalError::NoLease.into(),
            "the record has no lease: a shared record's value must say until when it is kept",
        ),
        Some(DatabaseError::Arrival(_)) => {
            (TransactionError::Conflict { runs: 8 }.into(), CONFLICT)
        }
        Some(DatabaseError::Transaction(_)) => (RecordError::BadSignature.into(), BAD_SIGNATURE),
        Some(DatabaseError::Record(_)) => (DiskError::InMemory.into(), IN_MEMORY),
        Some(DatabaseError::Disk(_)) => return None,
    })
}

#[test]
fn every_error_of_a_database_says_what_happened_and_what_to_do() {
    check(query);
    check(transaction);
    check(database);
}
