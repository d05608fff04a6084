//! Lays out record keys and takes them apart.

use libp2p::{PeerId, kad::RecordKey as KadKey};

use super::error::RecordError;
use crate::schema::{Access, KeyOf, KeyWriter, NetabaseSchema};

/// The longest record key, in bytes.
pub const MAX_RECORD_KEY_BYTES: usize = 1024;

/// What every record key starts with. go and js split keys at the first two slashes.
pub(crate) const NAMESPACE: &[u8] = b"/netabase/";

/// The multihash bytes of an ed25519 peer id: identity code, length, protobuf header, key.
const OWNER_BYTES: usize = 38;

/// A record key, taken apart: `/netabase/<schema>/` + access byte + owner (if owned) + key bytes.
///
/// # Examples
///
/// ```
/// use netabase::{Access, RecordKey};
///
/// let key = RecordKey::parse(b"/netabase/airport/lEGLL\0")?;
/// assert_eq!((key.schema, key.access, key.key), ("airport", Access::Local, &b"EGLL\0"[..]));
/// # Ok::<(), netabase::RecordError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordKey<'a> {
    /// The schema's name.
    pub schema: &'a str,
    /// Who may write the record.
    pub access: Access,
    /// Whose record it is; `Some` if and only if the access is [`Access::Owned`].
    pub owner: Option<PeerId>,
    /// The ordered bytes of the schema's key; not yet checked.
    pub key: &'a [u8],
}

impl<'a> RecordKey<'a> {
    /// Takes the bytes of a record key apart.
    ///
    /// # Errors
    ///
    /// - [`RecordError::KeyTooLong`] beyond [`MAX_RECORD_KEY_BYTES`].
    /// - [`RecordError::ForeignKey`] if they are not laid out like a record key.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, RecordError> {
        check_len(bytes.len())?;
        Self::split(bytes).ok_or(RecordError::ForeignKey)
    }

    /// The bytes of the schema's own key in a record key that was parsed before.
    pub(crate) fn own_key(bytes: &'a [u8]) -> &'a [u8] {
        let (shared, rest) = split_schema(bytes);
        let access = shared.last().and_then(|&byte| Access::from_byte(byte));
        key_bytes(access.unwrap_or(Access::Local), rest)
    }

    fn split(bytes: &'a [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(NAMESPACE)?;
        let slash = rest.iter().position(|&byte| byte == b'/')?;
        let (name, rest) = (&rest[..slash], &rest[slash + 1..]);
        let schema = std::str::from_utf8(name).ok().filter(|name| is_name(name))?;
        let (&access, rest) = rest.split_first()?;
        let access = Access::from_byte(access)?;
        let (owner, key) = match access {
            Access::Owned => {
                let (owner, key) = rest.split_at_checked(OWNER_BYTES)?;
                (Some(owner_from_bytes(owner)?), key)
            }
            Access::Local | Access::Open => (None, rest),
        };
        Some(Self { schema, access, owner, key })
    }
}

/// Returns whether it can name a schema, or a network: `[a-z0-9_.-]{1,64}`.
pub(crate) fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-');
    (1..=64).contains(&name.len()) && name.bytes().all(allowed)
}

/// Only ed25519 identities own records: their key can be read back from the peer id.
fn owner_from_bytes(bytes: &[u8]) -> Option<PeerId> {
    let header = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];
    bytes.starts_with(&header).then(|| PeerId::from_bytes(bytes).ok())?
}

/// The bytes with which all record keys of `V` start; an owned schema's those of one `owner`.
pub(crate) fn record_prefix<V: NetabaseSchema>(owner: Option<&PeerId>) -> Vec<u8> {
    let mut prefix = schema_prefix(V::SCHEMA_NAME, V::ACCESS);
    if let (Access::Owned, Some(owner)) = (V::ACCESS, owner) {
        prefix.extend_from_slice(&owner.to_bytes());
    }
    prefix
}

/// The bytes with which all record keys of a schema of this name and access start.
pub(crate) fn schema_prefix(name: &str, access: Access) -> Vec<u8> {
    [NAMESPACE, name.as_bytes(), &[b'/', access.byte()]].concat()
}

/// The key of a schema's providers. No record has it: `p` is no access byte.
pub(crate) fn provider_key(schema: &str) -> KadKey {
    KadKey::from([NAMESPACE, schema.as_bytes(), b"/p"].concat())
}

/// Splits a record key behind its access byte: what its schema's keys share, and the rest.
pub(crate) fn split_schema(key: &[u8]) -> (&[u8], &[u8]) {
    let name = &key[NAMESPACE.len().min(key.len())..];
    let slash = name.iter().position(|&byte| byte == b'/').unwrap_or(name.len());
    key.split_at((NAMESPACE.len() + slash + 2).min(key.len()))
}

/// The schema's name in a record key that was [parsed](RecordKey::parse) before.
pub(crate) fn schema_name(key: &[u8]) -> Option<&str> {
    let shared = split_schema(key).0;
    std::str::from_utf8(shared.get(NAMESPACE.len()..shared.len().checked_sub(2)?)?).ok()
}

/// The key bytes in what [`split_schema`] gives as the rest.
pub(crate) fn key_bytes(access: Access, rest: &[u8]) -> &[u8] {
    rest.get(owner_prefix_len(access)..).unwrap_or_default()
}

/// How many bytes of what [`split_schema`] gives as the rest are the owner's.
pub(crate) const fn owner_prefix_len(access: Access) -> usize {
    match access {
        Access::Owned => OWNER_BYTES,
        Access::Local | Access::Open => 0,
    }
}

/// Writes `prefix` and the bytes of `key` into `out`, which is cleared first.
pub(crate) fn write_key<K, Q>(prefix: &[u8], key: &Q, out: &mut Vec<u8>) -> Result<(), RecordError>
where
    Q: KeyOf<K> + ?Sized,
{
    write_key_with(prefix, out, |writer| key.encode_key_of(writer))
}

/// As [`write_key`], the key bytes written by a closure.
pub(crate) fn write_key_with(
    prefix: &[u8],
    out: &mut Vec<u8>,
    write: impl FnOnce(&mut KeyWriter<'_>),
) -> Result<(), RecordError> {
    out.clear();
    out.extend_from_slice(prefix);
    let mut writer = KeyWriter::new(out);
    write(&mut writer);
    writer.finish()?;
    check_len(out.len())
}

fn check_len(len: usize) -> Result<(), RecordError> {
    if len > MAX_RECORD_KEY_BYTES {
        return Err(RecordError::KeyTooLong { len, max_bytes: MAX_RECORD_KEY_BYTES });
    }
    Ok(())
}
