//! Places of records and peers among Kademlia's keys.

use libp2p::{
    PeerId,
    kad::{KBucketKey, RecordKey},
};

/// The SHA-256 of a key, which places it among Kademlia's. Neighbours in this order have the same peers around them.
pub(in crate::network) type KeyHash = [u8; 32];

/// Returns the place of a key.
pub(in crate::network) fn hash_of(key: &RecordKey) -> KeyHash {
    to_hash(KBucketKey::new(key.as_ref()).hashed_bytes())
}

/// Returns the place of a peer.
pub(in crate::network) fn place_of(peer: &PeerId) -> KeyHash {
    to_hash(KBucketKey::from(*peer).hashed_bytes())
}

fn to_hash(hashed: &[u8]) -> KeyHash {
    hashed.try_into().expect("SHA-256 has 32 bytes")
}

/// Returns the distance of two places, which compares as Kademlia's does.
pub(in crate::network) fn distance(a: &KeyHash, b: &KeyHash) -> KeyHash {
    std::array::from_fn(|index| a[index] ^ b[index])
}

/// Returns the first 64 bits of a place.
pub(in crate::network) fn head(hash: &KeyHash) -> u64 {
    u64::from_be_bytes(*hash.first_chunk().expect("32 bytes are more than 8"))
}

/// Returns how many leading bits two places share.
pub(in crate::network) fn shared_bits(a: &KeyHash, b: &KeyHash) -> u32 {
    let mut bits = 0;
    for (a, b) in a.iter().zip(b) {
        let same = (a ^ b).leading_zeros();
        bits += same;
        if same < 8 {
            break;
        }
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_share_their_leading_bits() {
        let (mut a, b) = ([0; 32], [0; 32]);
        assert_eq!(shared_bits(&a, &b), 256);
        a[1] = 0b0001_0000;
        assert_eq!(shared_bits(&a, &b), 11);
        assert_eq!(head(&a), 0x0010_0000_0000_0000);
        a[0] = 0x80;
        assert_eq!(shared_bits(&a, &b), 0);
    }

    #[test]
    fn distances_compare_as_kademlia_compares_them() {
        let keys = [b"a", b"b", b"c"].map(|key| RecordKey::new(key));
        let peers: Vec<PeerId> = (0..50).map(|_| PeerId::random()).collect();
        for key in keys {
            let (target, hash) = (KBucketKey::new(key.as_ref()), hash_of(&key));
            let mut by_kad = peers.clone();
            by_kad.sort_by_key(|peer| target.distance(&KBucketKey::from(*peer)));
            let mut by_hash = peers.clone();
            by_hash.sort_by_key(|peer| distance(&hash, &place_of(peer)));
            assert_eq!(by_hash, by_kad);
        }
    }
}
