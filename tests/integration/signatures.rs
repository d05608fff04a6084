//! Owned records: their bytes, signed by their owner.

use std::error::Error;

use libp2p::{
    identity::ed25519,
    kad::{Record, store::RecordStore},
};
use netabase::{DEFAULT_MAX_LIFETIME, Envelope, ManualClock, PutOutcome, Source};

use crate::authors::{HOUR, NOW_MS, contents, identity, store_at_now, store_of, sync};
use crate::schemas::{Profile, profile};

pub(crate) const ALICE: u8 = 7;

/// Alice's record of `profile("ada")`, written at [`NOW_MS`] by a peer of the network `test`.
pub(crate) fn alices() -> Result<Record, Box<dyn Error>> {
    let store = store_of(ALICE, &ManualClock::at_unix_ms(NOW_MS), DEFAULT_MAX_LIFETIME);
    Ok(store.database::<Profile>()?.to_record(&profile("ada"))?)
}

pub(crate) fn bytes(hex: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let digits: Vec<_> = hex.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let byte = |pair: &[u8]| -> Result<u8, Box<dyn Error>> {
        Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?)
    };
    digits.chunks(2).map(byte).collect()
}

/// `/netabase/profile/o`, the owner's multihash, `ada` and its terminator.
const GOLDEN_KEY: &str = "
    2f6e657461626173652f70726f66696c652f6f
    002408011220 ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c
    61646100";

/// Clock, flags, end of the lease, schema version, payload; public key, signature.
const GOLDEN_VALUE: &str = "
    01a3185c50000000 48 6b530c80 01 03616461 0561626f7574
    ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c
    72744fe273f97b3de4fd36511056cc009304bacf99a7c1e513a32b57594d62a5
    f3fb956534277bd46b026aada839e324e87c8d841b622827004d9a2c9bac6106";

#[test]
fn an_owned_record_has_the_golden_bytes() -> Result<(), Box<dyn Error>> {
    let record = alices()?;
    assert_eq!(record.key.to_vec(), bytes(GOLDEN_KEY)?);
    assert_eq!(record.value, bytes(GOLDEN_VALUE)?);
    Ok(())
}

/// The layout once more, step by step, signed by libp2p's own identity.
#[test]
fn an_owned_record_is_laid_out_and_signed_as_documented() -> Result<(), Box<dyn Error>> {
    let secret = ed25519::SecretKey::try_from_bytes(&mut [7; 32])?;
    let signer = ed25519::Keypair::from(secret);
    let public = signer.public().to_bytes();
    let key = [b"/netabase/profile/o\0\x24\x08\x01\x12\x20", &public[..], b"ada\0"].concat();

    let mut value = (NOW_MS << 16).to_be_bytes().to_vec();
    value.push(0b0100_1000); // signed, envelope version 1
    value.extend(u32::try_from(NOW_MS / 1000 + 7 * 24 * 60 * 60)?.to_be_bytes());
    value.push(1);
    value.extend(*b"\x03ada\x05about");
    value.extend(public);
    let message = [
        b"netabase-record-v1\0",
        &[4][..],
        b"test",
        &u32::try_from(key.len())?.to_be_bytes(),
        &key,
        &value,
    ]
    .concat();
    value.extend(signer.sign(&message));

    let record = alices()?;
    assert_eq!((record.key.to_vec(), record.value), (key, value));
    Ok(())
}

#[test]
fn a_tombstone_is_signed_deletes_elsewhere_and_wins_over_a_late_replica()
-> Result<(), Box<dyn Error>> {
    let alice = store_at_now(ALICE).database::<Profile>()?;
    alice.put(&profile("ada"))?;
    let published = sync(&alice)?.pop().ok_or("it was put")?;
    assert!(alice.remove("ada")?);
    let tombstone = RecordStore::get(alice.store(), &published.key).ok_or("it is served")?;
    let tombstone = tombstone.into_owned();
    let envelope = Envelope::parse(&tombstone.value)?;
    assert!(envelope.tombstone && envelope.payload.is_empty());
    let public = identity(ALICE).try_into_ed25519()?.public().to_bytes();
    assert_eq!(envelope.signature.map(|signature| *signature.public_key), Some(public));
    assert_eq!(u64::from(envelope.not_after), NOW_MS / 1000 + HOUR.as_secs() + 20 * 60);

    let bob = store_at_now(8);
    let copies = bob.database::<Profile>()?.of(alice.store().peer_id());
    assert_eq!(copies.put_record(&published)?, PutOutcome::Stored);
    assert_eq!(copies.get("ada")?, Some(profile("ada")));
    assert_eq!(copies.put_record(&tombstone)?, PutOutcome::Stored);
    assert_eq!((copies.get("ada")?, copies.len()), (None, 0));
    assert_eq!(copies.put_record(&published)?, PutOutcome::Outdated, "a late replica");
    assert_eq!(bob.put_from(&published, Source::UNKNOWN)?, PutOutcome::Outdated);
    assert_eq!(contents(&bob).into_values().collect::<Vec<_>>(), [tombstone.value]);

    // Also at the owner's, where it came back from a peer.
    let back = alice.store().put_from(&published, Source::UNKNOWN)?;
    assert_eq!((back, alice.get("ada")?), (PutOutcome::Outdated, None));
    Ok(())
}
