//! Who writes in a store, for which network, and how that makes values what peers accept.

use std::time::Duration;

use libp2p::{
    PeerId,
    identity::{Keypair, ed25519},
    kad::{KBucketDistance, KBucketKey, RecordKey},
};

use super::{clock::Moment, error::BuildError};
use crate::{
    record::{not_after, set_lease, sign},
    schema::{Access, EnvelopeHeader},
};

/// How much longer than the longest lease a tombstone's is: all that it deletes is gone before.
const TOMBSTONE_EXTRA: Duration = Duration::from_secs(20 * 60);

/// Who writes in a store, and for which network.
pub(super) struct Author {
    pub(super) identity: Keypair,
    /// The same, as what it is.
    pub(super) keypair: ed25519::Keypair,
    pub(super) peer_id: PeerId,
    /// Where the peer is among Kademlia's keys.
    pub(super) place: KBucketKey<PeerId>,
    /// Part of what is signed: a record of one network is worth nothing in another.
    pub(super) network: String,
    /// The longest lease that the network takes.
    pub(super) max_lifetime: Duration,
}

impl Author {
    pub(super) fn new(keypair: ed25519::Keypair, network: String, max_lifetime: Duration) -> Self {
        let identity = Keypair::from(keypair.clone());
        let peer_id = identity.public().to_peer_id();
        let place = KBucketKey::from(peer_id);
        Self { identity, keypair, peer_id, place, network, max_lifetime }
    }

    /// Makes the author of an identity of any kind.
    ///
    /// # Errors
    ///
    /// [`BuildError::UnsupportedIdentity`] if it is not ed25519.
    pub(super) fn of(
        identity: Keypair,
        network: String,
        max_lifetime: Duration,
    ) -> Result<Self, BuildError> {
        let kind = identity.key_type();
        let keypair = identity
            .try_into_ed25519()
            .map_err(|_| BuildError::UnsupportedIdentity { found: kind.to_string() })?;
        Ok(Self::new(keypair, network, max_lifetime))
    }

    /// Returns how far a record is from this peer.
    pub(super) fn distance(&self, key: &RecordKey) -> KBucketDistance {
        self.place.distance(&KBucketKey::new(key.as_ref()))
    }

    /// Returns the first 64 bits of that: two keys that share them are as good as equally far.
    pub(super) fn distance_prefix(&self, key: &RecordKey) -> u64 {
        let [.., highest] = self.distance(key).0.0;
        highest
    }

    /// Makes an unsigned value one that peers accept: with a lease from now on and, if its schema is owned,
    /// the owner's signature. True if the lease can be renewed: if life does not end with it.
    pub(super) fn seal(
        &self,
        access: Access,
        key: &RecordKey,
        value: &mut Vec<u8>,
        ends: Option<u64>,
        now: &Moment,
    ) -> bool {
        let header = EnvelopeHeader::peek(value).expect("an encoded value is an envelope");
        let left = ends.map(|ends| now.until(ends));
        let lifetime = if header.tombstone {
            self.max_lifetime + TOMBSTONE_EXTRA
        } else {
            left.map_or(self.max_lifetime, |left| left.min(self.max_lifetime))
        };
        set_lease(value, not_after(now.unix_ms(), lifetime));
        if access == Access::Owned {
            sign(&self.network, key.as_ref(), value, &self.keypair);
        }
        left.is_none_or(|left| left > self.max_lifetime)
    }
}
