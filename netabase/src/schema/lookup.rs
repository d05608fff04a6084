//! What a record can be looked up by, without building its key.

use super::key::{KeyWriter, NetabaseSchemaKey};

/// Something that stands for a key `K`: the key, a borrowed form of it, or a tuple of its parts.
///
/// The derive implements it, so that `get("EGLL")`, `get(&7)` and `get(&key)` all compile
/// and another schema's key does not.
#[diagnostic::on_unimplemented(
    message = "expected `{K}` or its parts, found `{Self}`",
    label = "not a key of this schema",
    note = "pass the schema's own key, the value of its key field, or a tuple of the values"
)]
pub trait KeyOf<K> {
    /// Writes the same bytes as the key it stands for.
    fn encode_key_of(&self, out: &mut KeyWriter<'_>);
}

#[diagnostic::do_not_recommend]
impl<K, Q: KeyOf<K> + ?Sized> KeyOf<K> for &Q {
    fn encode_key_of(&self, out: &mut KeyWriter<'_>) {
        (**self).encode_key_of(out);
    }
}

/// Something that stands for one part `T` of a key: the part, or a borrowed form of it.
#[diagnostic::on_unimplemented(
    message = "expected `{T}`, found `{Self}`",
    label = "expected `{T}`, or a reference to it"
)]
pub trait PartOf<T> {
    /// Writes the same bytes as the part it stands for.
    fn encode_part(&self, out: &mut KeyWriter<'_>);
}

impl<T: NetabaseSchemaKey> PartOf<T> for T {
    fn encode_part(&self, out: &mut KeyWriter<'_>) {
        self.encode_key(out);
    }
}

impl<T: NetabaseSchemaKey> PartOf<T> for &T {
    fn encode_part(&self, out: &mut KeyWriter<'_>) {
        (**self).encode_key(out);
    }
}

impl PartOf<String> for str {
    fn encode_part(&self, out: &mut KeyWriter<'_>) {
        out.escaped(self.as_bytes());
    }
}

impl PartOf<String> for &str {
    fn encode_part(&self, out: &mut KeyWriter<'_>) {
        (**self).encode_part(out);
    }
}

impl PartOf<Vec<u8>> for [u8] {
    fn encode_part(&self, out: &mut KeyWriter<'_>) {
        out.escaped(self);
    }
}

impl PartOf<Vec<u8>> for &[u8] {
    fn encode_part(&self, out: &mut KeyWriter<'_>) {
        (**self).encode_part(out);
    }
}

/// Something that parts `T` of a key start with: text or bytes for a `String`, a `Vec<u8>` or a newtype of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a prefix of `{T}`",
    label = "prefix needs text or bytes",
    note = "for numbers use `range`"
)]
pub trait PartPrefixOf<T> {
    /// Writes the bytes with which every part starts that this is a prefix of.
    fn encode_part_prefix(&self, out: &mut KeyWriter<'_>);
}

#[diagnostic::do_not_recommend]
impl<T, Q: PartPrefixOf<T> + ?Sized> PartPrefixOf<T> for &Q {
    fn encode_part_prefix(&self, out: &mut KeyWriter<'_>) {
        (**self).encode_part_prefix(out);
    }
}

impl PartPrefixOf<String> for str {
    fn encode_part_prefix(&self, out: &mut KeyWriter<'_>) {
        out.escaped_prefix(self.as_bytes());
    }
}

impl PartPrefixOf<String> for String {
    fn encode_part_prefix(&self, out: &mut KeyWriter<'_>) {
        out.escaped_prefix(self.as_bytes());
    }
}

impl PartPrefixOf<Vec<u8>> for [u8] {
    fn encode_part_prefix(&self, out: &mut KeyWriter<'_>) {
        out.escaped_prefix(self);
    }
}

impl PartPrefixOf<Vec<u8>> for Vec<u8> {
    fn encode_part_prefix(&self, out: &mut KeyWriter<'_>) {
        out.escaped_prefix(self);
    }
}

/// Something that starts keys `K`: text or bytes for a `String` or `Vec<u8>` key, a tuple of the
/// leading parts for a key of several.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a prefix of `{K}`",
    label = "prefix needs a String, bytes or a composite key",
    note = "for numbers use `range`; for a key of several fields give a tuple of the first ones: `(\"IS\",)`",
    note = "a key field that is a tuple has no prefixes: make each part a field, and list them: `#[netabase(key(a, b))]`"
)]
pub trait PrefixOf<K> {
    /// Writes the bytes with which every key starts that this is a prefix of.
    fn encode_prefix_of(&self, out: &mut KeyWriter<'_>);
}

#[diagnostic::do_not_recommend]
impl<K, Q: PrefixOf<K> + ?Sized> PrefixOf<K> for &Q {
    fn encode_prefix_of(&self, out: &mut KeyWriter<'_>) {
        (**self).encode_prefix_of(out);
    }
}
