//! Records between peers: published, sent in any order and again, and handed to databases.

use libp2p::kad::Record;
use netabase::{ArrivalError, Envelope, NetabaseSchema, PutOutcome, RecordState, Source};
use rand::{RngExt, rngs::SmallRng, seq::IndexedRandom};

use super::{
    Outcome,
    peer::Peer,
    row::{Row, lapses},
    schemas::{Card, Modelled, Note, Tally, larger},
    table::{Place, Table},
};

/// So many records of each schema are under way; a new one takes the place of any.
const UNDER_WAY: usize = 64;

/// A record on its way, and what it says.
#[derive(Clone, Debug)]
struct Sent<V: Modelled> {
    place: Place<V>,
    record: Record,
    value: Option<V>,
}

/// What peers have sent, and may send again at any time.
#[derive(Debug, Default)]
pub(super) struct Wire {
    cards: Vec<Sent<Card>>,
    notes: Vec<Sent<Note>>,
}

fn send<V: Modelled>(under_way: &mut Vec<Sent<V>>, sent: Sent<V>, rng: &mut SmallRng) {
    if under_way.len() < UNDER_WAY {
        under_way.push(sent);
    } else {
        under_way[rng.random_range(0..UNDER_WAY)] = sent;
    }
}

impl Wire {
    /// A peer publishes all of its own records of a schema.
    pub(super) fn publish(&mut self, peer: &mut Peer, rng: &mut SmallRng) -> Outcome {
        if rng.random() {
            let records = peer.cards.mine.sync_to_network().collect::<Result<Vec<_>, _>>()?;
            for sent in peer.cards.published(records)? {
                send(&mut self.cards, sent, rng);
            }
        } else {
            let records = peer.notes.mine.sync_to_network().collect::<Result<Vec<_>, _>>()?;
            for sent in peer.notes.published(records)? {
                send(&mut self.notes, sent, rng);
            }
        }
        Ok(())
    }

    /// A record comes to a peer, maybe not for the first time, from another or through the application.
    pub(super) fn deliver(&mut self, peer: &mut Peer, rng: &mut SmallRng) {
        let (by_a_peer, wall) = (rng.random(), peer.wall);
        if rng.random() {
            let Some(sent) = self.cards.choose(rng) else { return };
            peer.cards.arrival(sent, by_a_peer, wall);
        } else {
            let Some(sent) = self.notes.choose(rng) else { return };
            peer.notes.arrival(sent, by_a_peer, wall);
        }
    }
}

impl<V: Modelled> Table<V> {
    /// What all own rows are after they were published, in order; removed ones are sent again.
    fn published(&mut self, records: Vec<Record>) -> Outcome<Vec<Sent<V>>> {
        let own = self
            .rows
            .iter()
            .filter(|(_, row)| row.state.own && (row.value.is_some() || row.state.served));
        let places: Vec<_> = own.map(|(place, _)| place.clone()).collect();
        assert_eq!(records.len(), places.len(), "what is own is published");
        let mut sent = Vec::new();
        for (place, record) in places.into_iter().zip(records) {
            assert_eq!(self.of[place.0].record_key(&place.1)?, record.key, "in order");
            let bytes = self.stored(&place)?.ok_or("it was just published")?;
            assert_eq!(bytes, record.value, "peers are sent what is stored");
            let row = self.rows.get_mut(&place).ok_or("it is one of them")?;
            let [old, new] = [&row.bytes, &bytes].map(|bytes| Envelope::parse(bytes));
            assert_eq!(old?.timestamp, new?.timestamp, "a lease is no write");
            (row.lapses, row.bytes) = (lapses(&bytes), bytes);
            (row.state.served, row.shared) = (true, true);
            sent.push(Sent { place, record, value: row.value.clone() });
        }
        Ok(sent)
    }

    /// Hands a record to the store, and compares what comes of it with what has to.
    fn arrival(&mut self, sent: &Sent<V>, by_a_peer: bool, wall: u64) {
        let Sent { place, record, .. } = sent;
        let outcome = if by_a_peer {
            self.mine.store().put_from(record, Source::UNKNOWN)
        } else {
            self.of[place.0].put_record(record)
        };
        let expected = self.expect(sent, by_a_peer, wall);
        assert_eq!(outcome, expected, "{place:?}, peer: {by_a_peer}");
    }

    /// The rule: the larger value wins, and who handed it in decides who sees it.
    fn expect(
        &mut self,
        sent: &Sent<V>,
        by_a_peer: bool,
        wall: u64,
    ) -> Result<PutOutcome, ArrivalError> {
        let Sent { place, record: Record { value: bytes, .. }, value } = sent;
        let ends = lapses(bytes);
        if ends <= wall {
            let not_after = u32::try_from(ends / 1000).expect("a lease has 32 bits");
            return Err(ArrivalError::LeaseOver { not_after });
        }
        let seen = RecordState { own: false, wanted: !by_a_peer, served: by_a_peer };
        let known = self.rows.get(place);
        if by_a_peer && known.is_some_and(|row| row.state.own && !row.state.served) {
            return Err(ArrivalError::Private);
        }
        if let Some(row) = self.rows.get_mut(place).filter(|row| row.bytes > *bytes) {
            // A database that asks for a key is shown its winner.
            row.state.wanted |= seen.wanted && row.value.is_some();
            return Ok(PutOutcome::Outdated);
        }
        let known = self.rows.get(place);
        let is_equal = known.is_some_and(|row| row.bytes == *bytes);
        let before = known.map(|row| row.state).unwrap_or_default();
        let is_removed = known.is_some_and(Row::is_removed);
        // An own key stays own, until the application has removed it and its tombstone is beaten.
        let own = before.own && (value.is_none() || !is_removed);
        let state = RecordState {
            own,
            // A removal that is handed in once more does not ask for the key again.
            wanted: before.wanted || seen.wanted && !(value.is_none() && is_removed),
            served: before.served || seen.served,
        };
        let ends = known.and_then(|row| row.ends).filter(|_| own && value.is_some());
        let shared = own && (state.served || known.is_some_and(|row| row.shared));
        let (value, bytes) = (value.clone(), bytes.clone());
        let lapses = lapses(&bytes);
        self.rows.insert(place.clone(), Row { value, bytes, state, shared, ends, lapses });
        Ok(if is_equal { PutOutcome::Equal } else { PutOutcome::Stored })
    }
}

impl Peer {
    /// A tally of another program of the same user's, as a record that never was on a network.
    pub(super) fn hand_over(&mut self, rng: &mut SmallRng, _: &mut Wire) -> Outcome {
        let stamp = rng.random();
        let tally = Tally::make(rng, stamp);
        let record = self.tallies.mine.to_record(&tally)?;
        let place = (0, tally.key());
        let outcome = self.tallies.mine.put_record(&record)?;
        let known = self.tallies.rows.get(&place).cloned();
        let expected = known.as_ref().and_then(|row| row.value.as_ref());
        let merged = expected.map_or_else(|| tally.clone(), |there| larger(there, &tally));
        // Its clock is newer than that of what is there, so the bytes change even if the value does not; its
        // lease need not be, where the wall clock was set back.
        let leased = known.as_ref().is_none_or(|row| row.lapses <= lapses(&record.value));
        let is_arrival = merged == tally && leased;
        let outcomes = [PutOutcome::Merged, PutOutcome::Stored];
        assert_eq!(outcome, outcomes[usize::from(is_arrival)], "merge");
        let state = RecordState { own: false, wanted: true, served: false };
        let base =
            Row { value: None, bytes: Vec::new(), state, shared: false, ends: None, lapses: 0 };
        let row = Row { value: Some(merged), ..known.unwrap_or(base) };
        self.tallies.took(place, row)
    }
}
