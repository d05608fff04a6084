//! Among the values of a key the larger one by its bytes wins; an equal one changes nothing.

use std::error::Error;

use futures::FutureExt;
use libp2p::kad::{Record, store::RecordStore};
use netabase::{ChangeOrigin, Envelope, ManualClock, NetabaseStore, PutOutcome, Source, Timestamp};

use crate::authors::{
    HOUR, NETWORK, NOW_MS, contents, identity, minutes, set_clock, set_lease, sign_again,
    store_at_now, store_of, sync, tombstone,
};
use crate::schemas::{Note, Profile, note, profile};

/// Values of one key, each larger than those before it, and named by the first thing that makes it so.
fn ascending_notes() -> Result<Vec<(&'static str, Record)>, Box<dyn Error>> {
    let notes = store_at_now(1).database::<Note>()?;
    let now = NOW_MS / 1000;
    let made = |text: &str, clock, lease| -> Result<Record, Box<dyn Error>> {
        let mut record = notes.to_record(&note("hi", text))?;
        set_clock(&mut record, clock);
        set_lease(&mut record, lease);
        Ok(record)
    };
    let (older, clock) = (Timestamp::from_millis(NOW_MS - 1), Timestamp::from_millis(NOW_MS));
    let mut deleted = tombstone(&notes, &note("hi", ""))?;
    set_clock(&mut deleted, clock);
    set_lease(&mut deleted, now + 60);
    let mut deleted_longer = deleted.clone();
    set_lease(&mut deleted_longer, now + 61);
    Ok(vec![
        ("the first", made("zzz", older, now + 3600)?),
        ("a later millisecond", made("b", clock, now + 100)?),
        ("a larger payload", made("c", clock, now + 100)?),
        ("a longer payload", made("cc", clock, now + 100)?),
        ("a longer lease", made("a", clock, now + 101)?),
        ("a tombstone", deleted),
        ("its longer lease", deleted_longer),
        ("a later counter", made("a", clock.next(), now + 1)?),
    ])
}

/// The same for an owned schema, all signed by the owner.
fn ascending_profiles() -> Result<Vec<(&'static str, Record)>, Box<dyn Error>> {
    let profiles = store_at_now(1).database::<Profile>()?;
    let now = NOW_MS / 1000;
    let signed = |mut record: Record, clock, lease| -> Result<Record, Box<dyn Error>> {
        set_clock(&mut record, clock);
        set_lease(&mut record, lease);
        sign_again(&mut record, NETWORK, &identity(1))?;
        Ok(record)
    };
    let clock = Timestamp::from_millis(NOW_MS);
    let live = profiles.to_record(&profile("ada"))?;
    let deleted = tombstone(&profiles, &profile("ada"))?;
    Ok(vec![
        ("the first", signed(live.clone(), clock, now + 100)?),
        ("a longer lease", signed(live.clone(), clock, now + 3600)?),
        ("a tombstone", signed(deleted.clone(), clock, now + 1)?),
        ("a later counter", signed(live, clock.next(), now + 1)?),
        ("a later millisecond", signed(deleted, Timestamp::from_millis(NOW_MS + 1), now + 1)?),
    ])
}

#[test]
fn clock_then_tombstone_then_lease_then_payload_decide() -> Result<(), Box<dyn Error>> {
    for ascending in [ascending_notes()?, ascending_profiles()?] {
        for (smaller, (what, less)) in ascending.iter().enumerate() {
            for (more_what, more) in &ascending[smaller..] {
                let what = format!("{what} and {more_what}");
                let store = store_at_now(9);
                store.database::<Note>()?;
                store.database::<Profile>()?;
                assert_eq!(store.put_from(less, Source::UNKNOWN), Ok(PutOutcome::Stored), "{what}");
                let second = if less == more { PutOutcome::Equal } else { PutOutcome::Stored };
                assert_eq!(store.put_from(more, Source::UNKNOWN), Ok(second), "{what}");
                let third = if less == more { PutOutcome::Equal } else { PutOutcome::Outdated };
                assert_eq!(store.put_from(less, Source::UNKNOWN), Ok(third), "{what}");
                assert_eq!(contents(&store).into_values().next(), Some(more.value.clone()));
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_equal_record_changes_nothing() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let mut store = store_of(9, &clock, HOUR);
    let notes = store.database::<Note>()?;
    let record = store_at_now(1).database::<Note>()?.to_record(&note("hi", "there"))?;
    assert_eq!(notes.put_record(&record)?, PutOutcome::Stored);
    let mut watch = notes.watch();
    let state = |store: &NetabaseStore| {
        let raw = store.raw_records().next().map(|raw| (raw.record, raw.state));
        (raw, store.byte_count(), store.publishers())
    };

    let before = state(&store);
    assert_eq!(notes.put_record(&record)?, PutOutcome::Equal);
    assert_eq!(
        notes.put_records_batch([&record, &record]),
        [Ok(PutOutcome::Equal), Ok(PutOutcome::Equal)]
    );
    let update = notes.handle_remote_update(&record)?;
    assert_eq!((update.outcome, update.value), (PutOutcome::Equal, Some(note("hi", "there"))));
    assert_eq!(state(&store), before);

    // From a peer it is served as well; databases go on showing what they showed.
    let bytes = store.byte_count();
    assert_eq!(store.put_from(&record, Source::UNKNOWN)?, PutOutcome::Equal);
    let before = state(&store);
    assert_eq!(store.put_from(&record, Source::UNKNOWN)?, PutOutcome::Equal);
    RecordStore::put(&mut store, record.clone())?;
    assert_eq!((state(&store), store.byte_count()), (before, bytes));
    assert_eq!(watch.next().now_or_never(), None, "nobody is told of nothing");

    // So much for the watcher: a later one reaches it.
    clock.advance(minutes(1));
    let newer = store_of(1, &clock, HOUR).database::<Note>()?.to_record(&note("hi", "again"))?;
    notes.put_record(&newer)?;
    let change = watch.next().now_or_never().flatten().ok_or("it is told")??;
    assert_eq!((change.old, change.new), (Some(note("hi", "there")), Some(note("hi", "again"))));
    assert_eq!(change.origin, ChangeOrigin::Remote);
    Ok(())
}

#[test]
fn a_later_lease_of_the_same_value_is_stored() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let author = store_of(1, &clock, HOUR).database::<Profile>()?;
    author.put(&profile("ada"))?;
    let first = sync(&author)?.pop().ok_or("it was put")?;
    let store = store_of(9, &clock, HOUR);
    let copies = store.database::<Profile>()?.of(author.store().peer_id());
    copies.put_record(&first)?;
    let bytes = store.byte_count();

    clock.advance(minutes(40));
    let renewed = author.get_republish_records(1).pop().ok_or("it is due")??;
    assert_eq!(copies.put_record(&renewed)?, PutOutcome::Stored);

    assert_eq!(store.byte_count(), bytes);
    assert_eq!(copies.put_record(&first)?, PutOutcome::Outdated);
    let (old, new) = (Envelope::parse(&first.value)?, Envelope::parse(&renewed.value)?);
    assert_eq!((old.timestamp, old.payload), (new.timestamp, new.payload));
    assert_eq!(new.not_after - old.not_after, 40 * 60);
    clock.advance(minutes(59));
    assert_eq!(copies.get("ada")?, Some(profile("ada")), "the first lease was over long ago");
    Ok(())
}
