use std::{error::Error, time::Duration};

use libp2p::kad::{Record, RecordKey as KadKey, store::RecordStore};
use netabase::{ArrivalError, ClockAhead, NetabaseStore, RecordError};

use super::{ALICE, BOB, Card, alices, bob, card, invented, peer, rename, source};
use crate::{
    authors::{HOUR, NETWORK, NOW_MS, identity, minutes, set_lease, sign_again, store_at_now},
    schemas::{Note, User, note, user},
};

/// Why a record is refused; checks that nothing of it is kept.
fn refusal(store: &NetabaseStore, record: &Record) -> Result<ArrivalError, Box<dyn Error>> {
    let refused = store.put_from(record, source(1));
    let by_kad = RecordStore::put(&mut store.clone(), record.clone());
    assert!(by_kad.is_err(), "{by_kad:?}");
    assert_eq!((store.record_count(), store.publishers(), store.sources()), (0, vec![], vec![]));
    Ok(refused.err().ok_or("it was taken")?)
}

#[test]
fn nobody_forges_an_owner_or_a_signature() -> Result<(), Box<dyn Error>> {
    let (bob, record) = (bob(), alices(1)?.remove(0));
    let bad = ArrivalError::Record(RecordError::BadSignature);
    let named = |schema: fn(String) -> RecordError| ArrivalError::Record(schema("card".into()));

    let mut forged = record.clone();
    sign_again(&mut forged, NETWORK, &identity(66))?;
    assert_eq!(refusal(&bob, &forged)?, named(|schema| RecordError::WrongSigner { schema }));

    let mut unsigned = record.clone();
    unsigned.value.truncate(record.value.len() - 96);
    unsigned.value[8] &= !0b0100_0000;
    assert_eq!(refusal(&bob, &unsigned)?, named(|schema| RecordError::Unsigned { schema }));

    let mut elsewhere = record.clone();
    sign_again(&mut elsewhere, "another", &identity(ALICE))?;
    assert_eq!(refusal(&bob, &elsewhere)?, bad, "it was made for another network");

    for at in [0, 13, 14, record.value.len() - 1] {
        let mut changed = record.clone();
        changed.value[at] ^= 2;
        let refused = refusal(&bob, &changed)?;
        let in_future = matches!(refused, ArrivalError::ClockAhead(ClockAhead { .. }));
        assert!(refused == bad || in_future, "byte {at}: {refused:?}");
    }

    let mut renamed = record.clone();
    let behind = record.key.as_ref().strip_prefix(b"/netabase/card/").ok_or("it is a card")?;
    renamed.key = KadKey::from([b"/netabase/cart/", behind].concat());
    assert_eq!(refusal(&bob, &renamed)?, bad, "it was made for another schema");
    Ok(())
}

#[test]
fn clocks_and_leases_have_the_same_bounds() -> Result<(), Box<dyn Error>> {
    let bob = bob();
    let with_lease = |unix: u64| {
        let mut record = alices(1)?.remove(0);
        set_lease(&mut record, unix);
        sign_again(&mut record, NETWORK, &identity(ALICE))?;
        Ok::<_, Box<dyn Error>>(record)
    };
    let now = NOW_MS / 1000;
    let longest = HOUR + minutes(10) + Duration::from_secs(1);
    let lease = longest + Duration::from_secs(1);
    let over = with_lease(now + lease.as_secs())?;
    assert_eq!(refusal(&bob, &over)?, ArrivalError::LeaseTooLong { lease, longest });
    assert_eq!(refusal(&bob, &with_lease(0)?)?, ArrivalError::NoLease);
    let not_after = u32::try_from(now)?;
    assert_eq!(refusal(&bob, &with_lease(now)?)?, ArrivalError::LeaseOver { not_after });

    let mut ahead = alices(1)?.remove(0);
    ahead.value[..6].copy_from_slice(&(NOW_MS + 600_001).to_be_bytes()[2..]);
    sign_again(&mut ahead, NETWORK, &identity(ALICE))?;
    let by = Duration::from_millis(600_001);
    assert_eq!(refusal(&bob, &ahead)?, ArrivalError::ClockAhead(ClockAhead { by }));
    Ok(())
}

#[test]
fn a_name_that_is_none_and_an_owner_that_is_none_are_refused() -> Result<(), Box<dyn Error>> {
    let bob = bob();
    let long = "x".repeat(65);
    for name in ["Card", "", "ca rd", "c\u{e4}rd", long.as_str()] {
        let record = invented(name)?;
        assert_eq!(
            refusal(&bob, &record)?,
            ArrivalError::Record(RecordError::ForeignKey),
            "{name}"
        );
    }
    let mut cut = alices(1)?.remove(0);
    cut.key = KadKey::from(cut.key.as_ref()[..16 + 37].to_vec());
    assert_eq!(refusal(&bob, &cut)?, ArrivalError::Record(RecordError::ForeignKey));
    Ok(())
}

#[test]
fn what_is_open_or_local_stays_refused() -> Result<(), Box<dyn Error>> {
    let bob = bob();
    let unknown = |name: &str| ArrivalError::UnknownSchema { name: name.into() };
    let open = store_at_now(ALICE).database::<Note>()?.to_record(&note("hi", ""))?;
    assert_eq!(refusal(&bob, &open)?, unknown("note"));
    let local = store_at_now(ALICE).database::<User>()?.to_record(&user(7))?;
    assert_eq!(refusal(&bob, &local)?, unknown("user"));
    // That it is signed does not help.
    let mut signed = alices(1)?.remove(0);
    rename(&mut signed, "/card/w")?;
    assert_eq!(refusal(&bob, &signed)?, unknown("card"));
    Ok(())
}

#[test]
fn an_owned_record_of_a_name_that_is_not_owned_here_is_refused() -> Result<(), Box<dyn Error>> {
    let (bob, record) = (bob(), invented("note")?);
    bob.database::<Note>()?;
    let refused = refusal(&bob, &record)?;
    assert!(
        matches!(refused, ArrivalError::Record(RecordError::WrongAccess { .. })),
        "{refused:?}"
    );
    Ok(())
}

#[test]
fn the_application_publishes_nothing_that_it_does_not_know() -> Result<(), Box<dyn Error>> {
    let mut bob = bob();
    let other = store_at_now(BOB).database::<Card>()?;
    let mut record = other.to_record(&card("ada", "mine"))?;
    record.publisher = Some(peer(BOB));
    assert!(RecordStore::put(&mut bob, record.clone()).is_err());
    assert_eq!(bob.record_count(), 0);
    bob.database::<Card>()?;
    RecordStore::put(&mut bob, record)?;
    assert_eq!(bob.capacity_info().own.current_records, 1);
    Ok(())
}
