//! Asks the owner of a record before the network is walked: behind a gateway it is in no routing table.

use std::{collections::HashMap, time::Instant};

use libp2p::{Multiaddr, PeerId, kad::Record};

use super::{
    NodeState,
    action::{Action, Answer, Request},
    queries::Query,
};
use crate::{
    network::{
        command::Reply,
        query::{Fetch, Fetched, WalkEnd},
        settings::ASK_TIMEOUT,
    },
    record::RecordKey as NetabaseKey,
};

/// The peers behind gateways whose addresses are remembered.
const MAX_CONTACTS: usize = 256;

/// Questions to owners, and where they are.
#[derive(Default)]
pub(super) struct Asks {
    next: u64,
    waiting: HashMap<u64, Waiting>,
    contacts: HashMap<PeerId, Contact>,
}

/// A fetch that waits for its owner's answer.
struct Waiting {
    fetch: Fetch,
    reply: Reply<Fetched>,
    owner: PeerId,
    asked: Instant,
}

struct Contact {
    addresses: Vec<Multiaddr>,
    heard: Instant,
}

impl Asks {
    /// Counts the fetches that wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Remembers where a peer is that serves no others.
    pub(super) fn met(&mut self, peer: PeerId, addresses: Vec<Multiaddr>, now: Instant) {
        if self.contacts.len() >= MAX_CONTACTS && !self.contacts.contains_key(&peer) {
            let oldest = self.contacts.iter().min_by_key(|(_, it)| it.heard);
            let Some(oldest) = oldest.map(|(peer, _)| *peer) else { return };
            self.contacts.remove(&oldest);
        }
        self.contacts.insert(peer, Contact { addresses, heard: now });
    }

    /// Forgets a peer: it serves others now, or is of another network.
    pub(super) fn forget(&mut self, peer: &PeerId) {
        self.contacts.remove(peer);
    }
}

impl NodeState {
    /// Starts a fetch: its owner is asked first, if that is a peer behind a gateway that was met.
    pub(super) fn start_fetch(
        &mut self,
        fetch: Fetch,
        reply: Reply<Fetched>,
        known: usize,
        now: Instant,
    ) {
        let owner = NetabaseKey::parse(fetch.key().as_ref()).ok().and_then(|key| key.owner);
        let contact = owner.and_then(|owner| Some((owner, self.asks.contacts.get(&owner)?)));
        let Some((owner, Contact { addresses, .. })) = contact else {
            return self.walk_for(fetch, reply, known);
        };
        let (id, key, addresses) = (self.asks.next, fetch.key().clone(), addresses.clone());
        self.asks.next += 1;
        self.asks.waiting.insert(id, Waiting { fetch, reply, owner, asked: now });
        self.act(Action::Ask { id, peer: owner, addresses, key });
    }

    /// Takes in an owner's answer, or that there was none. What others have is looked at all the same: an owner may have
    /// forgotten what it wrote.
    pub(in crate::network) fn on_asked(&mut self, id: u64, value: Option<Vec<u8>>, known: usize) {
        let Some(waiting) = self.asks.waiting.remove(&id) else { return };
        let Waiting { mut fetch, reply, owner, .. } = waiting;
        tracing::debug!(%owner, has_it = value.is_some(), "asked an owner");
        if let Some(value) = value {
            let record = Record::new(fetch.key().clone(), value);
            let checked = fetch.walk().answer(owner, record, |record| self.store.validate(record));
            if let Err(reason) = checked {
                tracing::debug!(%owner, %reason, "an owner's answer is not valid");
            }
        }
        fetch.walk().start(self.store.monotonic());
        self.walk_for(fetch, reply, known);
    }

    /// Goes on without the owners that do not answer.
    pub(in crate::network) fn end_long_asks(&mut self, known: usize, now: Instant) {
        let is_over = |it: &Waiting| now.saturating_duration_since(it.asked) >= ASK_TIMEOUT;
        let over = self.asks.waiting.iter().filter(|(_, it)| is_over(it)).map(|(id, _)| *id);
        for id in over.collect::<Vec<_>>() {
            self.on_asked(id, None, known);
        }
    }

    fn walk_for(&mut self, fetch: Fetch, reply: Reply<Fetched>, known: usize) {
        if known == 0 || fetch.is_satisfied() {
            let (result, _) = fetch.finish(&WalkEnd::nobody());
            self.act(Action::Answer(Answer::Fetched(reply, result)));
            return;
        }
        let key = fetch.key().clone();
        self.start(Request::Get(key), Query::Fetch(fetch, reply));
    }
}
