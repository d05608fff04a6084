//! Records whose payload is encoded in a way that this program does not read.

use std::error::Error;

use futures::FutureExt;
use libp2p::kad::{Record, store::RecordStore};
use netabase::{
    ArrivalError, DatabaseError, Envelope, EnvelopeError, ManualClock, PutOutcome, RecordError,
    RecordState, Source,
};

use super::{
    ALICE, BOB, Card, UNREADABLE, all, bob, card, coded, peer, rename, send, source, weight,
};
use crate::{
    authors::{
        HOUR, NETWORK, NOW_MS, contents, identity, set_lease, set_payload, sign_again,
        store_at_now, store_of, tombstone,
    },
    schemas::{Note, User, note, user},
};

fn unsupported(schema: &'static str, found: u8) -> RecordError {
    RecordError::UnsupportedCodec { schema, found }
}

/// Alice's card that this program reads, written so many milliseconds after [`NOW_MS`].
fn readable(handle: &str, later: u64) -> Result<Record, DatabaseError> {
    let clock = ManualClock::at_unix_ms(NOW_MS + later);
    Ok(store_of(ALICE, &clock, HOUR).database::<Card>()?.to_record(&card(handle, "hi"))?)
}

#[test]
fn a_record_of_any_other_codec_is_served_byte_for_byte_and_not_shown() -> Result<(), Box<dyn Error>>
{
    for knows_the_schema in [true, false] {
        let bob = bob();
        if knows_the_schema {
            bob.database::<Card>()?;
        }
        let records = (1..=7).map(|codec| coded(&codec.to_string(), codec, 0));
        let records = records.collect::<Result<Vec<_>, _>>()?;
        send(&bob, &records)?;

        for record in &records {
            let served = bob.get(&record.key).map(|served| served.value.clone());
            assert_eq!(served.as_ref(), Some(&record.value));
            assert_eq!(bob.put_from(record, source(2))?, PutOutcome::Equal);
        }
        assert_eq!(bob.publisher_usage(&peer(ALICE)), weight(&records));
        let held = bob.database::<Card>()?.of(peer(ALICE)).with_held();
        assert_eq!(
            (held.get("1")?, held.contains("1")?, held.get_record("1")?),
            (None, false, None)
        );
        assert_eq!((all(&held)?, held.scan().count()), (vec![], 0));
        assert_eq!(held.capacity_info().schema.foreign.records, 0, "it is none of the schema's");
        assert_eq!(bob.record_count(), 7, "opening the schema leaves them");
    }
    Ok(())
}

#[test]
fn a_record_of_another_codec_is_no_value_of_its_schema() -> Result<(), Box<dyn Error>> {
    let mut record = coded("ada", 3, 0)?;
    assert_eq!(Card::try_from(&record), Err(unsupported("card", 3)));
    // Not even if its payload happens to be one.
    let payload = readable("ada", 0)?.value;
    set_payload(&mut record, 3, Envelope::parse(&payload)?.payload);
    assert_eq!(Card::try_from(&record), Err(unsupported("card", 3)));
    let message = "record of `card` has payload codec 3, but this program reads codec 0";
    assert_eq!(unsupported("card", 3).to_string(), message);

    record.value[13] = 2;
    let version = RecordError::Version { schema: "card", expected: 1, found: 2 };
    assert_eq!(Card::try_from(&record), Err(version), "of another version it is anyway");
    Ok(())
}

#[test]
fn the_application_takes_in_none_of_another_codec() -> Result<(), Box<dyn Error>> {
    let bob = bob();
    let cards = bob.database::<Card>()?.of(peer(ALICE));
    let new = coded("ada", 1, 0)?;
    let error = ArrivalError::Record(unsupported("card", 1));
    let refused = Err(error.clone());
    assert_eq!(cards.put_record(&new), refused);
    assert_eq!(cards.put_records_batch([&new])[..], *std::slice::from_ref(&refused));
    assert_eq!(cards.handle_remote_update(&new).err(), Some(error));
    assert_eq!(bob.record_count(), 0);

    send(&bob, std::slice::from_ref(&new))?;
    assert_eq!(cards.put_record(&new), refused, "also if it is held already");
    let mut published = new;
    published.publisher = Some(peer(BOB));
    assert!(RecordStore::put(&mut bob.clone(), published).is_err());
    let state = bob.raw_records().next().map(|raw| raw.state);
    assert_eq!(state, Some(RecordState { own: false, wanted: false, served: true }));
    assert_eq!(cards.put_record(&readable("ada", 0)?)?, PutOutcome::Outdated);
    assert_eq!(cards.get("ada")?, None);
    Ok(())
}

/// Nobody vouches for them: a later codec is refused as a later version is.
#[test]
fn open_and_local_records_of_another_codec_or_version_are_refused() -> Result<(), Box<dyn Error>> {
    let bob = bob();
    let (notes, users) = (bob.database::<Note>()?, bob.database::<User>()?);
    let open = store_at_now(ALICE).database::<Note>()?.to_record(&note("hi", ""))?;
    let local = store_at_now(ALICE).database::<User>()?.to_record(&user(7))?;
    let with = |record: &Record, at: usize, byte: u8| {
        let mut record = record.clone();
        record.value[at] = byte;
        record
    };
    let version = |schema| RecordError::Version { schema, expected: 1, found: 2 };
    for (at, byte, of_note, of_user) in [
        (8, 0b0000_1101, unsupported("note", 5), unsupported("user", 5)),
        (13, 2, version("note"), version("user")),
    ] {
        let (note, user) = (with(&open, at, byte), with(&local, at, byte));
        let of_note = ArrivalError::Record(of_note);
        assert_eq!(bob.put_from(&note, source(1)), Err(of_note.clone()));
        assert_eq!(notes.put_record(&note), Err(of_note));
        let private = bob.put_from(&user, source(1));
        assert!(matches!(private, Err(ArrivalError::NotAccepted { .. })), "{private:?}");
        let of_user = ArrivalError::Record(of_user);
        assert_eq!(users.put_record(&user), Err(of_user));
    }
    assert_eq!(bob.record_count(), 0);
    Ok(())
}

#[test]
fn a_later_envelope_is_refused_whatever_its_codec() -> Result<(), Box<dyn Error>> {
    for codec in 0..=7 {
        let mut record = coded("ada", codec, 0)?;
        record.value[8] ^= 0b0001_1000;
        sign_again(&mut record, NETWORK, &identity(ALICE))?;
        let refused = bob().put_from(&record, source(1));
        let version = EnvelopeError::UnsupportedVersion { found: 2 };
        assert_eq!(refused, Err(ArrivalError::Record(RecordError::Envelope(version))));
    }
    Ok(())
}

#[test]
fn a_tombstone_has_one_encoding_and_deletes_values_of_every_codec() -> Result<(), Box<dyn Error>> {
    let later = store_of(ALICE, &ManualClock::at_unix_ms(NOW_MS + 1), HOUR);
    let gone = tombstone(&later.database::<Card>()?, &card("ada", ""))?;
    let mut with_codec = gone.clone();
    with_codec.value[8] |= 1;
    sign_again(&mut with_codec, NETWORK, &identity(ALICE))?;
    for knows_the_schema in [true, false] {
        let bob = bob();
        if knows_the_schema {
            bob.database::<Card>()?;
        }
        let error = EnvelopeError::TombstoneWithCodec { found: 1 };
        let refused = Err(ArrivalError::Record(RecordError::Envelope(error)));
        assert_eq!(bob.put_from(&with_codec, source(1)), refused);

        let new = coded("ada", 1, 0)?;
        send(&bob, &[new.clone(), gone.clone()])?;
        assert_eq!(bob.put_from(&new, source(1))?, PutOutcome::Outdated);
        let held: Vec<_> = contents(&bob).into_values().collect();
        assert_eq!(held, std::slice::from_ref(&gone.value));
    }
    Ok(())
}

#[test]
fn a_value_that_is_replaced_by_one_of_another_codec_goes_from_view_and_comes_back()
-> Result<(), Box<dyn Error>> {
    let bob = bob();
    let cards = bob.database::<Card>()?.of(peer(ALICE));
    let mut watch = cards.watch();
    cards.put_record(&readable("ada", 0)?)?;
    let shown = watch.next().now_or_never().ok_or("it is told")?.ok_or("the store is there")??;
    assert_eq!(shown.new, Some(card("ada", "hi")));

    send(&bob, &[coded("ada", 1, 1)?])?;
    assert_eq!((cards.get("ada")?, cards.index(Card::ABOUT).get("hi")?.count()), (None, 0));
    let gone = watch.next().now_or_never().ok_or("it is told")?.ok_or("the store is there")??;
    assert_eq!((gone.old, gone.new), (Some(card("ada", "hi")), None));

    send(&bob, &[readable("ada", 2)?])?;
    assert_eq!(cards.get("ada")?, Some(card("ada", "hi")), "the application wants the key still");
    assert_eq!(cards.index(Card::ABOUT).get("hi")?.count(), 1);
    Ok(())
}

#[test]
fn of_one_clock_the_larger_codec_wins_before_the_longer_lease() -> Result<(), Box<dyn Error>> {
    let mut short = coded("ada", 1, 0)?;
    set_lease(&mut short, NOW_MS / 1000 + 60);
    sign_again(&mut short, NETWORK, &identity(ALICE))?;
    let (readable, larger) = (readable("ada", 0)?, coded("ada", 2, 0)?);

    let bob = bob();
    send(&bob, &[readable.clone(), short.clone(), larger.clone()])?;
    for less in [&readable, &short] {
        assert_eq!(bob.put_from(less, source(1))?, PutOutcome::Outdated);
    }
    assert_eq!(contents(&bob).into_values().collect::<Vec<_>>(), [larger.value]);
    Ok(())
}

#[test]
fn a_signature_covers_the_codec_and_the_payload_nobody_reads() -> Result<(), Box<dyn Error>> {
    let mut unnamed = coded("ada", 1, 0)?;
    rename(&mut unnamed, "/unheard-of/o")?;
    for record in [coded("ada", 1, 0)?, unnamed] {
        for at in [8, 14, 14 + UNREADABLE.len() - 1] {
            let (bob, mut changed) = (bob(), record.clone());
            changed.value[at] ^= 2;
            let refused = bob.put_from(&changed, Source::UNKNOWN);
            assert_eq!(refused, Err(ArrivalError::Record(RecordError::BadSignature)), "byte {at}");
            assert_eq!(bob.record_count(), 0);
        }
    }
    Ok(())
}

/// The third record of `docs/design.md`.
#[test]
fn a_record_of_another_codec_has_the_golden_bytes() -> Result<(), Box<dyn Error>> {
    let golden = crate::signatures::bytes(
        "01a3185c50000000 49 6b530c80 01 6c61746572
         ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c
         4005de973d4e3dae382ff6f94c9a357484f3be21a743d149d61bad1880db5ec5
         8bf76140bc82f98a89add9936635191992816e86f69f032d5886de2cc8edaf06",
    )?;
    let mut record = crate::signatures::alices()?;
    set_payload(&mut record, 1, b"later");
    sign_again(&mut record, NETWORK, &identity(crate::signatures::ALICE))?;
    assert_eq!(record.value, golden);

    let store = store_of(BOB, &ManualClock::at_unix_ms(NOW_MS), netabase::DEFAULT_MAX_LIFETIME);
    assert_eq!(store.put_from(&record, source(1))?, PutOutcome::Stored);
    let envelope = Envelope::parse(&golden)?;
    assert_eq!((envelope.codec, envelope.payload), (1, &b"later"[..]));
    Ok(())
}
