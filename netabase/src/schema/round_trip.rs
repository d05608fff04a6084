//! Refuses values that would not be read back: `put` accepts only what `get` gives back.
//!
//! Types of which that is [known](super::form) are not tried. Any other is decoded once and encoded once.

mod error;

mod field;

use std::collections::BTreeSet;

use serde::{Serialize, de::DeserializeOwned};

pub use self::{
    error::{RoundTripCause, RoundTripError},
    field::FieldCheck,
};
use super::{
    IndexWriter, KeyWriter, NetabaseSchema,
    codec::{decode, encode, encode_path},
    form::{FieldForm, Form},
    index::index_entries,
};

/// Checks that `value` would be read back as it is: for tests of one's own types.
///
/// It encodes the value, decodes the bytes, and checks that the result has the same bytes, the same key and the same
/// entries in every index, and is valid. Every write does so, unless the types of all fields are known to be
/// read back (numbers, text, and standard containers of such).
///
/// What a type leaves out on purpose in both directions, as `#[serde(skip)]` does, is not missed.
///
/// # Errors
///
/// [`RoundTripError`] with the field that is not read back, and what to do.
///
/// # Examples
///
/// ```
/// use netabase::{NetabaseSchema, check_round_trip};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, NetabaseSchema)]
/// struct Order {
///     #[netabase(key)]
///     id: u64,
///     price: Price,
/// }
///
/// #[derive(Serialize, Deserialize)]
/// #[serde(untagged)]
/// enum Price {
///     Free,
///     Cents(u64),
/// }
///
/// let refused = check_round_trip(&Order { id: 1, price: Price::Cents(250) });
///
/// assert_eq!(refused.map_err(|error| error.field().to_owned()), Err("price".to_owned()));
/// ```
pub fn check_round_trip<V: NetabaseSchema>(value: &V) -> Result<(), RoundTripError> {
    let mut out = Vec::new();
    encode(value, &mut out, usize::MAX)
        .map_err(|error| RoundTripError::unwritable(value, error))?;
    check(value, 0, &mut out)
}

/// Encodes `value` behind what is in `out`.
///
/// # Errors
///
/// [`RoundTripError`] if it cannot be encoded, or would not be read back. `out` is then as it was.
#[inline]
pub(crate) fn encode_checked<V: NetabaseSchema>(
    value: &V,
    out: &mut Vec<u8>,
) -> Result<(), RoundTripError> {
    let start = out.len();
    encode(value, out, usize::MAX).map_err(|error| RoundTripError::unwritable(value, error))?;
    if V::IS_PLAIN && V::is_derived() {
        return Ok(());
    }
    let end = out.len();
    let checked = check(value, start, out);
    out.truncate(if checked.is_ok() { end } else { start });
    checked
}

/// Checks that the payload of `value`, which is in `out` from `start` on, is read back as `value`.
///
/// What is written on the way stays behind it: the caller truncates.
fn check<V: NetabaseSchema>(
    value: &V,
    start: usize,
    out: &mut Vec<u8>,
) -> Result<(), RoundTripError> {
    let end = out.len();
    let read: V = decode(&out[start..])
        .map_err(|error| RoundTripError::unreadable(value, &out[start..], error))?;
    let encoded = encode(&read, out, usize::MAX);
    let (payload, of_read) = out[start..].split_at(end - start);
    if encoded.is_err() || payload != of_read {
        check_fields(value, &read, payload, of_read)?;
    }
    check_key(value, &read, out)?;
    check_indexes(value, &read)?;
    read.validate().map_err(RoundTripError::invalid::<V>)
}

/// Finds the field that is read back as another value; none if nothing but the order of a hash set is another.
#[cold]
fn check_fields<V: NetabaseSchema>(
    value: &V,
    read: &V,
    payload: &[u8],
    of_read: &[u8],
) -> Result<(), RoundTripError> {
    if let Some(error) = RoundTripError::of_a_field(value) {
        return Err(error);
    }
    if is_reordered::<V>(value.same(read), payload, of_read) {
        return Ok(());
    }
    let same = payload.iter().zip(of_read).take_while(|(a, b)| a == b).count();
    Err(RoundTripError::changed::<V>(&encode_path(value, same)))
}

/// How often a value is read again before it counts as always read alike. A hash set of two elements comes in
/// the same order every second time.
const MAX_READS: usize = 32;

/// Returns whether a payload and that of what is read from it differ as hash sets make them differ: by the order of
/// bytes. If it is not known whether both values are `equal`, the type has to be read in other orders each time: one that
/// always reverses or sorts what it reads is no set.
fn is_reordered<T: Serialize + DeserializeOwned>(
    equal: Option<bool>,
    payload: &[u8],
    of_read: &[u8],
) -> bool {
    let comes_in_another_order = || {
        let mut again = Vec::new();
        let read = decode::<T>(payload);
        read.is_ok_and(|read| encode(&read, &mut again, usize::MAX).is_ok())
            && again != of_read
            && is_permutation(payload, &again)
    };
    is_permutation(payload, of_read)
        && equal.unwrap_or_else(|| (0..MAX_READS).any(|_| comes_in_another_order()))
}

fn is_permutation(a: &[u8], b: &[u8]) -> bool {
    let counts = |bytes: &[u8]| {
        let mut counts = [0_usize; 256];
        for &byte in bytes {
            counts[usize::from(byte)] += 1;
        }
        counts
    };
    a.len() == b.len() && counts(a) == counts(b)
}

fn check_key<V: NetabaseSchema>(
    value: &V,
    read: &V,
    out: &mut Vec<u8>,
) -> Result<(), RoundTripError> {
    if all_are_read_back::<V>(|field| field.is_key) {
        return Ok(());
    }
    let start = out.len();
    let mut write = |value: &V| {
        let mut writer = KeyWriter::new(out);
        value.encode_key(&mut writer);
        writer.finish().map(|()| out.len())
    };
    // A key that cannot be written is reported where it is needed.
    let (Ok(end), Ok(_)) = (write(value), write(read)) else { return Ok(()) };
    let (ours, theirs) = out[start..].split_at(end - start);
    if ours == theirs { Ok(()) } else { Err(RoundTripError::key::<V>()) }
}

fn check_indexes<V: NetabaseSchema>(value: &V, read: &V) -> Result<(), RoundTripError> {
    if V::INDEXES.is_empty() || all_are_read_back::<V>(|field| field.is_indexed) {
        return Ok(());
    }
    let entries = |value: &V| {
        let mut entries = Vec::new();
        let mut writer = IndexWriter::new(&mut entries);
        value.encode_indexes(&mut writer);
        writer.finish().map(|()| entries)
    };
    match (entries(value), entries(read)) {
        (Ok(ours), Ok(theirs)) if ours != theirs => check_entries::<V>(&ours, &theirs),
        _ => Ok(()),
    }
}

/// Compares entries that came in another order, as those of a set may.
#[cold]
fn check_entries<V: NetabaseSchema>(ours: &[u8], theirs: &[u8]) -> Result<(), RoundTripError> {
    let sorted = |entries| index_entries(entries).collect::<BTreeSet<_>>();
    let (ours, theirs) = (sorted(ours), sorted(theirs));
    match ours.symmetric_difference(&theirs).next() {
        Some(&(index, _)) => Err(RoundTripError::index::<V>(index)),
        None => Ok(()),
    }
}

/// Returns whether the fields of one kind need no comparison.
fn all_are_read_back<V: NetabaseSchema>(is_of_kind: impl Fn(&FieldForm) -> bool) -> bool {
    let mut fields = V::FIELDS.iter().filter(|field| is_of_kind(field));
    fields.all(|field| field.form == Form::Known) && V::is_derived()
}
