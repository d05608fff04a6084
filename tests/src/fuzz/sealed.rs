//! Signs what fuzzers make up, by the documented layout: without it, nothing of an owned record but its signature would
//! ever be looked at.

use libp2p::kad::{Record, RecordKey as KadKey};
use netabase::NetabaseSchemaKey;

use super::{NETWORK, NOW_MS, author};

/// Returns the author's record of the schema `shared` under this key, with this payload.
///
/// The bits of `how` make a tombstone of it, or give it another codec, version or clock.
pub(super) fn seal(how: u8, key: &[u8], payload: &[u8]) -> Option<Record> {
    let author = author().try_into_ed25519().ok()?;
    let peer = super::author().public().to_peer_id();
    let mut record_key = b"/netabase/shared/o".to_vec();
    record_key.extend(peer.to_key_bytes().ok()?);
    record_key.extend_from_slice(key);

    let is_tombstone = how & 0b100 != 0;
    let codec = how >> 3 & 1;
    let version = 1 + (how >> 4 & 1);
    let clock = (NOW_MS << 16) + u64::from(how);
    let mut value = clock.to_be_bytes().to_vec();
    value
        .push(u8::from(is_tombstone) << 7 | 1 << 6 | 1 << 3 | if is_tombstone { 0 } else { codec });
    value.extend(u32::try_from(NOW_MS / 1000 + 3_600).ok()?.to_be_bytes());
    value.push(version);
    if !is_tombstone {
        value.extend_from_slice(payload);
    }
    value.extend(author.public().to_bytes());

    let mut message = b"netabase-record-v1\0".to_vec();
    message.push(u8::try_from(NETWORK.len()).ok()?);
    message.extend_from_slice(NETWORK.as_bytes());
    message.extend(u32::try_from(record_key.len()).ok()?.to_be_bytes());
    message.extend_from_slice(&record_key);
    message.extend_from_slice(&value);
    value.extend(author.sign(&message));
    Some(Record::new(KadKey::from(record_key), value))
}
