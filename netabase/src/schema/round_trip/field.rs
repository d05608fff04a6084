//! Finds the field that is not read back.

use serde::{Serialize, de::DeserializeOwned};

use super::is_reordered;
use crate::schema::{
    DecodeError, EncodeError,
    codec::{Path, decode, decode_path, encode, encode_path},
};

/// Tries the fields of a value one by one, each for itself: behind a field that takes fewer bytes
/// than it gave, others would seem to be at fault.
#[derive(Debug, Default)]
pub struct FieldCheck {
    pub(super) found: Option<Fault>,
}

/// A field that is not read back.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) field: &'static str,
    /// The place in it.
    pub(super) path: Path,
    pub(super) cause: FaultCause,
}

#[derive(Debug)]
pub(super) enum FaultCause {
    Unwritable(EncodeError),
    Unreadable(DecodeError),
    Changed,
}

impl FieldCheck {
    /// Tries one field, unless one was found already. `equal` compares two, if their type can be compared.
    pub(in crate::schema) fn field<T: Serialize + DeserializeOwned>(
        &mut self,
        field: &'static str,
        value: &T,
        equal: fn(&T, &T) -> Option<bool>,
    ) {
        if self.found.is_none() {
            self.found = fault(value, equal).map(|(path, cause)| Fault { field, path, cause });
        }
    }
}

fn fault<T: Serialize + DeserializeOwned>(
    value: &T,
    equal: fn(&T, &T) -> Option<bool>,
) -> Option<(Path, FaultCause)> {
    let mut ours = Vec::new();
    if let Err(error) = encode(value, &mut ours, usize::MAX) {
        return Some((encode_path(value, usize::MAX), FaultCause::Unwritable(error)));
    }
    let read: T = match decode(&ours) {
        Ok(read) => read,
        Err(error) => return Some((decode_path::<T>(&ours), FaultCause::Unreadable(error))),
    };
    let mut theirs = Vec::new();
    let written = encode(&read, &mut theirs, usize::MAX);
    let is_fine = written.is_ok()
        && (ours == theirs || is_reordered::<T>(equal(value, &read), &ours, &theirs));
    if is_fine {
        return None;
    }
    let same = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
    let path = if written.is_ok() { encode_path(value, same) } else { Path::default() };
    Some((path, FaultCause::Changed))
}
