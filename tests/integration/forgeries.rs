//! Owned records that their owner did not sign so: each is refused for what is wrong, and nothing is kept.

use std::{error::Error, time::Duration};

use libp2p::{
    PeerId,
    identity::ed25519,
    kad::{Record, RecordKey as KadKey, store::RecordStore},
};
use netabase::{
    ArrivalError, ClockAhead, DEFAULT_MAX_LIFETIME, EnvelopeError, ManualClock, NetabaseSchema,
    NetabaseStore, OpenError, PutOutcome, RecordError, Source,
};
use serde::{Deserialize, Serialize};

use crate::authors::{NETWORK, NOW_MS, identity, minutes, sign_again, store_of};
use crate::schemas::Profile;
use crate::signatures::{ALICE, alices};

/// Laid out as a `Profile`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned")]
struct Biography {
    #[netabase(key)]
    handle: String,
    about: String,
}

const MALLORY: u8 = 66;

/// A store that knows both owned schemas and holds nothing.
fn bobs() -> Result<NetabaseStore, OpenError> {
    let store = store_of(8, &ManualClock::at_unix_ms(NOW_MS), DEFAULT_MAX_LIFETIME);
    store.database::<Profile>()?;
    store.database::<Biography>()?;
    Ok(store)
}

/// Why a record is refused; checks that nothing of it is kept.
fn refusal(store: &NetabaseStore, record: &Record) -> Result<ArrivalError, Box<dyn Error>> {
    let refused = store.put_from(record, Source::UNKNOWN);
    assert_eq!((store.record_count(), store.byte_count()), (0, 0));
    assert_eq!((store.publishers(), store.database::<Profile>()?.owners()), (vec![], vec![]));
    Ok(refused.err().ok_or("it was taken")?)
}

#[test]
fn a_signature_holds_for_one_key_schema_network_and_owner() -> Result<(), Box<dyn Error>> {
    let bad = ArrivalError::Record(RecordError::BadSignature);
    let (bob, record) = (bobs()?, alices()?);
    let with_key = |from: &[u8], to: &[u8]| {
        let key = record.key.to_vec();
        let at = key.windows(from.len()).position(|window| window == from).ok_or("it is there")?;
        let key = [&key[..at], to, &key[at + from.len()..]].concat();
        Ok::<_, Box<dyn Error>>(Record { key: KadKey::from(key), ..record.clone() })
    };
    assert_eq!(refusal(&bob, &with_key(b"ada\0", b"bob\0")?)?, bad);
    assert_eq!(refusal(&bob, &with_key(b"/profile/", b"/biography/")?)?, bad);

    // Another owner did not sign it; that it is said so in the value, too, does not help.
    let (alice, mallory) = (identity(ALICE), identity(MALLORY));
    let (alice, mallory) = (alice.try_into_ed25519()?, mallory.try_into_ed25519()?);
    let (alice, mallory) = (alice.public().to_bytes(), mallory.public().to_bytes());
    let mut claimed = with_key(&alice, &mallory)?;
    let wrong = RecordError::WrongSigner { schema: "profile".into() };
    assert_eq!(refusal(&bob, &claimed)?, ArrivalError::Record(wrong));
    let at = claimed.value.len() - 96;
    claimed.value[at..at + 32].copy_from_slice(&mallory);
    assert_eq!(refusal(&bob, &claimed)?, bad);

    let mut elsewhere = record.clone();
    sign_again(&mut elsewhere, "test2", &identity(ALICE))?;
    assert_eq!(refusal(&bob, &elsewhere)?, bad, "it was made for another network");
    sign_again(&mut elsewhere, NETWORK, &identity(ALICE))?;
    assert_eq!(elsewhere, record, "signatures are deterministic");
    assert_eq!(bob.put_from(&record, Source::UNKNOWN), Ok(PutOutcome::Stored));
    Ok(())
}

/// What a record is refused for whose byte at `at`, in key and value one after the other, was changed.
fn expected_refusal(record: &Record, at: usize) -> Result<ArrivalError, Box<dyn Error>> {
    let (key, value) = (record.key.as_ref(), &record.value[..]);
    let bad = ArrivalError::Record(RecordError::BadSignature);
    let wrong = ArrivalError::Record(RecordError::WrongSigner { schema: "profile".into() });
    let foreign = ArrivalError::Record(RecordError::ForeignKey);
    let envelope = |error| ArrivalError::Record(RecordError::Envelope(error));
    let Some(at) = at.checked_sub(key.len()) else {
        let name: String = key[10..17].iter().map(|&byte| char::from(byte)).collect();
        let is_name = |name: &str| {
            name.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.-".contains(&byte)
            })
        };
        return Ok(match at {
            // Of a schema that is not known, and so of one more thing that its owner did not sign.
            10..17 if is_name(&name) => bad,
            // The owner's public key, and the schema's own key.
            25..57 => wrong,
            57.. => bad,
            _ => foreign,
        });
    };
    Ok(match at {
        0..8 => {
            let clock = u64::from_be_bytes(value[..8].try_into()?) >> 16;
            let by = Duration::from_millis(clock.saturating_sub(NOW_MS));
            if by > Duration::from_secs(600) {
                ArrivalError::ClockAhead(ClockAhead { by })
            } else {
                bad
            }
        }
        8 => match (value[8] >> 3 & 7, value[8] & 7) {
            (1, 0) if value[8] & 0b1000_0000 != 0 => {
                envelope(EnvelopeError::TombstoneWithPayload { len: 10 })
            }
            (1, 0) => ArrivalError::Record(RecordError::Unsigned { schema: "profile".into() }),
            // Of a codec that is not read here, and so of one more thing that its owner did not sign.
            (1, _) => bad,
            (found, _) => envelope(EnvelopeError::UnsupportedVersion { found }),
        },
        9..13 => {
            let not_after = u32::from_be_bytes(value[9..13].try_into()?);
            let left = u64::from(not_after).saturating_sub(NOW_MS / 1000);
            let (lease, longest) = (
                Duration::from_secs(left),
                DEFAULT_MAX_LIFETIME + minutes(10) + Duration::from_secs(1),
            );
            match left {
                0 => ArrivalError::LeaseOver { not_after },
                _ if lease > longest => ArrivalError::LeaseTooLong { lease, longest },
                _ => bad,
            }
        }
        13 if value[13] == 0 => envelope(EnvelopeError::InvalidSchemaVersion),
        at if (value.len() - 96..value.len() - 64).contains(&at) => wrong,
        _ => bad,
    })
}

#[test]
fn every_flipped_bit_is_refused_for_what_it_breaks() -> Result<(), Box<dyn Error>> {
    let (bob, record) = (bobs()?, alices()?);
    let key_len = record.key.as_ref().len();
    for at in 0..key_len + record.value.len() {
        let bits = if at == key_len + 8 { 0..8 } else { 0..2 };
        for bit in bits.map(|bit| 1 << (bit * 3 % 8)) {
            let (mut key, mut flipped) = (record.key.to_vec(), record.clone());
            match at.checked_sub(key_len) {
                None => key[at] ^= bit,
                Some(at) => flipped.value[at] ^= bit,
            }
            flipped.key = KadKey::from(key);
            let expected = expected_refusal(&flipped, at)?;
            assert_eq!(refusal(&bob, &flipped)?, expected, "byte {at}, bit {bit:#x}");
        }
    }
    Ok(())
}

#[test]
fn what_is_unsigned_or_signed_by_another_is_refused_as_such() -> Result<(), Box<dyn Error>> {
    let (bob, record) = (bobs()?, alices()?);
    let mut unsigned = record.clone();
    unsigned.value.truncate(record.value.len() - 96);
    unsigned.value[8] &= !0b0100_0000;
    let expected = ArrivalError::Record(RecordError::Unsigned { schema: "profile".into() });
    assert_eq!(refusal(&bob, &unsigned)?, expected);

    let mut forged = record.clone();
    sign_again(&mut forged, NETWORK, &identity(MALLORY))?;
    let expected = ArrivalError::Record(RecordError::WrongSigner { schema: "profile".into() });
    assert_eq!(refusal(&bob, &forged)?, expected);

    // The same at the application's door.
    assert!(RecordStore::put(&mut bob.clone(), forged.clone()).is_err());
    let profiles = bob.database::<Profile>()?;
    assert_eq!(profiles.put_record(&forged), Err(expected.clone()));
    assert_eq!(profiles.put_records_batch([&forged]), [Err(expected.clone())]);
    assert_eq!(profiles.handle_remote_update(&forged), Err(expected));
    Ok(())
}

/// A public key with which one signature fits every message, unless it is looked at strictly.
#[test]
fn the_identity_point_owns_nothing() -> Result<(), Box<dyn Error>> {
    let mut public = [0; 32];
    public[0] = 1;
    let signature = [&public[..], &[0; 32]].concat();
    let weak = ed25519::PublicKey::try_from_bytes(&public)?;
    assert!(weak.verify(b"any message", &signature), "libp2p takes it");

    let mut record = alices()?;
    let key = [b"/netabase/profile/o\0\x24\x08\x01\x12\x20", &public[..], b"ada\0"].concat();
    record.key = KadKey::from(key);
    let unsigned = record.value.len() - 96;
    record.value.truncate(unsigned);
    record.value.extend([&public[..], &signature].concat());
    let owner = PeerId::from(libp2p::identity::PublicKey::from(weak));
    assert!(record.key.as_ref().windows(38).any(|bytes| bytes == owner.to_bytes()));

    assert_eq!(refusal(&bobs()?, &record)?, ArrivalError::Record(RecordError::BadSignature));
    Ok(())
}
