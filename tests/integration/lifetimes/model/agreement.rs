//! Whether store and map agree.

use std::{error::Error, time::Duration};

use libp2p::kad::{RecordKey as KadKey, store::RecordStore};
use netabase::RecordKey;
use rand::RngExt;

use super::{Known, Run, Visit, millis};

impl Run {
    /// Reads, which take nothing out.
    pub(super) fn reads_agree(&mut self) -> Result<(), Box<dyn Error>> {
        let raw = self.visits.store().raw_records();
        let raw = raw.map(|raw| (id_of(&raw.record.key), raw.record.value, raw.state));
        let expected =
            self.oracle.iter().map(|(id, known)| (*id, known.value.clone(), known.state));
        assert!(raw.eq(expected), "raw_records");

        let visible: Vec<Visit> = self.oracle.keys().filter_map(|id| self.shown(*id)).collect();
        assert_eq!(self.visits.iter().collect::<Result<Vec<_>, _>>()?, visible, "iter");
        let id = self.id();
        assert_eq!(self.visits.get(&id)?, self.shown(id), "get");
        assert_eq!(self.visits.contains(&id)?, self.shown(id).is_some(), "contains");

        let wall_ms = self.wall_ms;
        let is_served = |known: &&Known| known.state.served && !known.envelope().is_over(wall_ms);
        let served = self.oracle.values().filter(is_served).count();
        assert_eq!(self.visits.store().records().count(), served, "RecordStore::records");
        self.expiring_agrees()
    }

    fn expiring_agrees(&mut self) -> Result<(), Box<dyn Error>> {
        let within_ms = self.rng.random_range(0..1_000_000);
        let left = |known: &Known| {
            let life = known.ends.map(|ends| ends - self.passed_ms);
            let lease = known.lapses_ms().map(|lapses| lapses - self.wall_ms);
            life.into_iter().chain(lease).min().filter(|left| *left <= within_ms)
        };
        let visible = self.oracle.iter().filter(|(_, known)| known.is_visible());
        let expected = visible.filter_map(|(id, known)| Some((left(known)?, *id)));
        let mut expected: Vec<_> = expected.collect();
        expected.sort_unstable();
        let found = self.visits.get_expiring_records(Duration::from_millis(within_ms));
        let found = found.map(|expiring| expiring.map(|soon| (millis(soon.left), soon.key.0)));
        assert_eq!(found.collect::<Result<Vec<_>, _>>()?, expected, "get_expiring_records");
        Ok(())
    }

    /// Counts, which first take out what has expired.
    pub(super) fn counts_agree(&mut self) {
        let visible = self.oracle.values().filter(|known| known.is_visible()).count();
        assert_eq!(self.visits.len(), visible, "len");
        let capacity = self.visits.capacity_info();
        for (budget, own) in [(capacity.own, true), (capacity.foreign, false)] {
            let of_budget = self.oracle.values().filter(|known| known.state.own == own);
            // Every key has as many bytes.
            let key_len = b"/netabase/visit/w".len() + 1;
            let weights: Vec<_> = of_budget.map(|known| key_len + known.value.len()).collect();
            let found = (budget.current_records, budget.current_size_bytes);
            assert_eq!(found, (weights.len(), weights.iter().sum()), "capacity, own: {own}");
        }
    }
}

fn id_of(key: &KadKey) -> u8 {
    let key = RecordKey::parse(key.as_ref()).expect("all keys are ours");
    key.key[0]
}
