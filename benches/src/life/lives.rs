use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use libp2p::{
    PeerId,
    identity::Keypair,
    kad::{Record, RecordKey},
};
use netabase::{Limits, MemoryStoreDatabase, NetabaseSchema, NetabaseStore, Source};
use netabase_benches::workload::{BIO, User, email};
use serde::{Deserialize, Serialize};

/// What the time of a sweep is: all values that live no longer are gone then.
pub(super) const HOUR: Duration = Duration::from_secs(3600);

/// Of so many values one lives for an hour at most.
const SHORT_LIVED: u64 = 100;

const RECORDS_OF_A_PUBLISHER: usize = 300;

/// A [`User`] whose life ends. The schema's name is as long.
#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "temp", access = "open", ttl = "48h")]
pub(super) struct Guest {
    #[netabase(key)]
    pub(super) id: u64,
    pub(super) email: String,
    pub(super) age: u8,
    pub(super) bio: String,
}

impl Guest {
    pub(super) fn new(id: u64) -> Self {
        Self { id, email: email(id), age: 0, bio: BIO.into() }
    }
}

/// Ids in random order, from which follows who published a record and how long it lives, so that an
/// answer can be checked, and a filter has a field to look at.
pub(super) struct Lives {
    pub(super) ids: Vec<u64>,
    publishers: Vec<PeerId>,
    /// Who wrote the records that come in.
    author: MemoryStoreDatabase<User>,
}

impl Lives {
    pub(super) fn new(ids: &[u64]) -> Self {
        let publishers = (ids.len() / RECORDS_OF_A_PUBLISHER).max(1);
        let count = number(publishers);
        // All publishers get equally many, but for the last.
        let id_of = |(&id, rank): (&u64, u64)| (id >> 2) / count * count + rank % count;
        Self {
            ids: ids.iter().zip(0..).map(id_of).collect(),
            publishers: (0..count).map(peer).collect(),
            author: NetabaseStore::new().database().expect("the schema is the only one"),
        }
    }

    /// The ids of further records, as many as there are and of as many bits: their keys lie among the
    /// others' keys, as those do that peers send.
    pub(super) fn newcomers(&self) -> impl Iterator<Item = u64> {
        self.ids.iter().map(|id| id.reverse_bits() >> 2)
    }

    /// Those of one publisher in the order of their ids.
    pub(super) fn ids_of(&self, publisher: usize) -> Vec<u64> {
        let mut ids = self.ids.clone();
        ids.retain(|&id| self.is_of(id, publisher));
        ids.sort_unstable();
        ids
    }

    /// Some publishers, as places.
    pub(super) fn some_publishers(&self, count: usize) -> impl Iterator<Item = usize> {
        (0..self.publishers.len()).rev().take(count)
    }

    pub(super) fn publisher(&self, place: usize) -> PeerId {
        self.publishers[place]
    }

    pub(super) fn publisher_of(&self, id: u64) -> PeerId {
        self.publishers[self.place_of(id)]
    }

    pub(super) fn is_of(&self, id: u64, publisher: usize) -> bool {
        self.place_of(id) == publisher
    }

    /// Each publisher's records come from a network of its own.
    pub(super) fn source_of(&self, id: u64) -> Source {
        let place = u32::try_from(self.place_of(id)).expect("there are fewer publishers");
        Source::of_ip(IpAddr::V4(Ipv4Addr::from_bits(0x0a00_0000 + place)))
    }

    fn place_of(&self, id: u64) -> usize {
        usize::try_from(id % number(self.publishers.len())).expect("it is less than a usize")
    }

    /// A record as it comes off the wire: with a lease, and a key of its exact size.
    pub(super) fn record(&self, id: u64) -> Record {
        let record = self.author.to_record(&User::new(id, 0)).expect("users encode");
        Record { key: RecordKey::new(&record.key), ..record }
    }

    pub(super) fn published_record(&self, id: u64) -> Record {
        Record { publisher: Some(self.publisher_of(id)), ..self.record(id) }
    }

    /// How many are gone in an [`HOUR`].
    pub(super) fn short_lived(&self) -> usize {
        self.ids.iter().filter(|&&id| is_short_lived(id)).count()
    }
}

/// From a millisecond to a hundred hours.
pub(super) fn life_of(id: u64) -> Duration {
    let hours = HOUR * u32::try_from(id % SHORT_LIVED).expect("it is less than a u32");
    hours + Duration::from_millis(1 + id / SHORT_LIVED % 3_600_000)
}

/// Returns whether a life ends in an [`HOUR`].
pub(super) fn is_short_lived(id: u64) -> bool {
    id.is_multiple_of(SHORT_LIVED)
}

/// With room for any number of records.
pub(super) fn limits() -> Limits {
    Limits {
        max_records: 1 << 40,
        max_bytes: 1 << 50,
        max_foreign_records: 1 << 40,
        max_foreign_bytes: 1 << 50,
        max_claimed_publishers: 1 << 32,
        ..Limits::default()
    }
}

/// The same in every run.
fn peer(number: u64) -> PeerId {
    let mut secret = [7; 32];
    secret[..8].copy_from_slice(&number.to_be_bytes());
    let keypair = Keypair::ed25519_from_bytes(secret).expect("any 32 bytes are a secret key");
    keypair.public().to_peer_id()
}

fn number(count: usize) -> u64 {
    u64::try_from(count).expect("a usize is not larger")
}
