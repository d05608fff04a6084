use netabase::libp2p::kad::{KBucketDistance, RecordKey};

use super::members::Member;
use crate::airports::Airport;

/// One airport, and the nodes in the order of their XOR distance from its key.
#[derive(Clone, Debug)]
pub struct Ring {
    /// The airport.
    pub airport: Airport,
    /// The number of the node that published it.
    pub owner: usize,
    /// The nodes, the closest first.
    pub places: Vec<Place>,
}

/// Where a node stands.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Its number, from 0.
    pub number: usize,
    /// Its distance from the key.
    pub distance: KBucketDistance,
    /// `true` if its store has the record.
    pub holds: bool,
    /// `true` if it runs.
    pub is_alive: bool,
}

impl Ring {
    pub(super) fn new(airport: Airport, owner: usize, key: &RecordKey, members: &[Member]) -> Self {
        let place = |(number, member): (usize, &Member)| {
            let mut records = member.store.raw_records_with_prefix(key.as_ref());
            Place {
                number,
                distance: member.store.distance(key),
                holds: records.any(|raw| raw.record.key == *key),
                is_alive: member.node.is_some(),
            }
        };
        let mut places: Vec<Place> = members.iter().enumerate().map(place).collect();
        places.sort_by_key(|place| place.distance);
        Self { airport, owner, places }
    }

    /// How many of the running nodes hold the record.
    #[must_use]
    pub fn holders(&self) -> usize {
        self.places.iter().filter(|place| place.holds && place.is_alive).count()
    }
}

impl Place {
    /// The column that stands for the distance in a line of so many, the key itself at its start.
    #[must_use]
    pub fn column(&self, columns: usize) -> usize {
        let [.., highest] = self.distance.0.0;
        let column = (u128::from(highest) * columns as u128) >> 64;
        usize::try_from(column).unwrap_or(columns)
    }
}
