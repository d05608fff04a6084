//! Nodes that are shut down and started again: they go on as if they had never been away.

use std::{error::Error, path::Path, time::Duration};

use libp2p::kad::{RecordKey, store::RecordStore};
use netabase::{Envelope, ManualClock, MemoryStoreDatabase, Netabase, NetabaseBuilder, NetabaseStore};

use crate::{
    authors::{HOUR, NOW_MS, minutes},
    nodes::{Outcome, in_time, on_loopback, waiting::{know, until}},
    schemas::{Note, Profile, User, note, profile, user},
};

/// A network of one author, whose records are in a directory, and one who holds them in memory.
struct Pair {
    clock: ManualClock,
    author: Netabase,
    holder: Netabase,
}

fn by(clock: &ManualClock) -> NetabaseBuilder {
    on_loopback().clock(clock.clone()).max_lifetime(HOUR)
}

impl Pair {
    async fn start(directory: &Path) -> Result<Self, Box<dyn Error>> {
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let holder = by(&clock).start().await?;
        let author = start(directory, &clock, &holder).await?;
        Ok(Self { clock, author, holder })
    }

    /// Shuts the author down, and starts it again in the same directory.
    async fn restart(self, directory: &Path) -> Result<Self, Box<dyn Error>> {
        let Self { clock, author, holder } = self;
        let id = author.peer_id();
        author.shutdown().await;
        let author = start(directory, &clock, &holder).await?;
        assert_eq!(author.peer_id(), id);
        Ok(Self { clock, author, holder })
    }

    /// Returns the author's profiles as the holder has them.
    fn held(&self) -> Result<MemoryStoreDatabase<Profile>, Box<dyn Error>> {
        Ok(self.holder.database::<Profile>()?.of(self.author.peer_id()).with_held())
    }

    async fn shut_down(self) {
        self.author.shutdown().await;
        self.holder.shutdown().await;
    }
}

async fn start(
    directory: &Path,
    clock: &ManualClock,
    holder: &Netabase,
) -> Result<Netabase, Box<dyn Error>> {
    let author = by(clock).data_dir(directory).bootstrap(holder.addresses()).start().await?;
    author.bootstrapped().await?;
    know(&author, 1).await;
    Ok(author)
}

/// Returns the end of the lease of a record that a store serves, in unix seconds.
fn lease_end(store: &NetabaseStore, key: &RecordKey) -> Option<u32> {
    let record = RecordStore::get(store, key)?;
    Envelope::parse(&record.value).ok().map(|envelope| envelope.not_after)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_author_puts_and_removes_after_a_restart_reaches_peers() -> Outcome {
    in_time(async {
        let directory = tempfile::tempdir()?;
        let pair = Pair::start(directory.path()).await?;
        let held = pair.held()?;
        for handle in ["ada", "bob"] {
            pair.author.publish(&profile(handle)).await?;
            assert_eq!(held.get(handle)?, Some(profile(handle)));
        }

        let pair = pair.restart(directory.path()).await?;
        let profiles = pair.author.database::<Profile>()?;
        let later = Profile { about: "after the restart".into(), ..profile("ada") };
        assert_eq!(profiles.put(&later)?, Some(profile("ada")));
        until(&pair.holder, |_| held.get("ada") == Ok(Some(later.clone()))).await;
        assert!(profiles.remove("bob")?);
        until(&pair.holder, |_| held.get("bob") == Ok(None)).await;
        // It keeps the store open.
        drop(profiles);

        let pair = pair.restart(directory.path()).await?;
        assert_eq!(pair.author.database::<Profile>()?.len(), 1, "no removal comes back");
        pair.shut_down().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leases_are_renewed_after_a_restart_though_no_database_was_opened() -> Outcome {
    in_time(async {
        let directory = tempfile::tempdir()?;
        let pair = Pair::start(directory.path()).await?;
        pair.author.publish(&profile("ada")).await?;
        pair.author.database::<User>()?.put(&user(1))?;
        let key = pair.author.database::<Profile>()?.record_key("ada")?;
        let before = lease_end(pair.holder.store(), &key).ok_or("it is held")?;

        let pair = pair.restart(directory.path()).await?;
        assert_eq!(lease_end(pair.author.store(), &key), Some(before), "it is served");
        pair.clock.advance(minutes(40));
        let renewed = || lease_end(pair.holder.store(), &key) > Some(before);
        until(&pair.author, |counters| counters.renewals >= 1 && renewed()).await;

        // The third run has what the second has renewed, and the holder can count on it.
        let pair = pair.restart(directory.path()).await?;
        pair.clock.advance(minutes(40));
        until(&pair.author, |counters| counters.renewals >= 1).await;
        assert_eq!(pair.author.database::<Profile>()?.get("ada")?, Some(profile("ada")));
        assert_eq!(pair.author.database::<User>()?.get(&1)?, Some(user(1)));
        assert_eq!(pair.held()?.get("ada")?, Some(profile("ada")));
        pair.shut_down().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_published_to_nobody_is_offered_after_a_restart() -> Outcome {
    in_time(async {
        let directory = tempfile::tempdir()?;
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let alone = by(&clock).data_dir(directory.path()).start().await?;
        alone.publish(&profile("ada")).await?;
        alone.publish(&note("hi", "there")).await?;
        alone.database::<Note>()?.put(&note("private", "mine"))?;
        alone.shutdown().await;

        let holder = by(&clock).start().await?;
        holder.database::<Note>()?;
        let author = start(directory.path(), &clock, &holder).await?;
        let held = holder.database::<Profile>()?.of(author.peer_id()).with_held();
        until(&holder, |_| held.get("ada") == Ok(Some(profile("ada")))).await;
        let notes = holder.database::<Note>()?.with_held();
        until(&holder, |_| notes.get("hi") == Ok(Some(note("hi", "there")))).await;
        assert_eq!(notes.get("private")?, None, "it was not published");
        author.shutdown().await;
        holder.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_node_held_for_others_it_hands_over_after_a_restart() -> Outcome {
    in_time(async {
        let directory = tempfile::tempdir()?;
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let holder = by(&clock).data_dir(directory.path()).start().await?;
        let author = by(&clock).bootstrap(holder.addresses()).start().await?;
        author.bootstrapped().await?;
        know(&author, 1).await;
        author.publish(&profile("ada")).await?;
        let (id, key) = (author.peer_id(), author.database::<Profile>()?.record_key("ada")?);
        author.shutdown().await;
        assert!(lease_end(holder.store(), &key).is_some());
        holder.shutdown().await;

        let holder = by(&clock).data_dir(directory.path()).start().await?;
        assert!(lease_end(holder.store(), &key).is_some(), "it is served, unread");
        let comer = by(&clock).bootstrap(holder.addresses()).start().await?;
        comer.bootstrapped().await?;
        let held = comer.database::<Profile>()?.of(id).with_held();
        until(&comer, |_| held.get("ada") == Ok(Some(profile("ada")))).await;
        clock.advance(HOUR + Duration::from_secs(1));
        assert_eq!(lease_end(holder.store(), &key), None, "a restart prolongs no lease");
        comer.shutdown().await;
        holder.shutdown().await;
        Ok(())
    })
    .await
}
