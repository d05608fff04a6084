//! Begins what handles ask for.

use libp2p::{PeerId, kad::RecordKey};
use tokio::sync::oneshot;

use super::{
    Task,
    queries::{Asker, Query},
};
use crate::network::{
    command::{Command, Reply},
    error::NetworkError,
    query::{End, Fetch, Fetched, Publish, Walk},
};

impl Task {
    pub(super) fn on_command(&mut self, command: Command) {
        match command {
            Command::Publish { record, quorum, reply } => {
                self.start_publish(Publish::new(record, quorum), Asker::Caller(reply));
            }
            Command::Fetch { key, mode, known, reply } => {
                let fetch = Fetch::new(Walk::new(key.clone()), mode, known);
                self.start_fetch(&key, fetch, reply);
            }
            Command::Provide { key, reply } => self.start_providing(key, reply),
            Command::StopProviding { key } => {
                self.provided.remove(&key);
                self.kad().stop_providing(&key);
            }
            Command::FindProviders { key, reply } => self.find_providers(key, reply),
            Command::Dial { addresses } => drop(self.dial_all(&addresses)),
            #[cfg(feature = "testkit")]
            Command::Discovered { found } => self.on_discovered(found),
        }
    }

    pub(super) fn start_publish(&mut self, mut publish: Publish, asker: Asker) {
        publish.walk().start(self.store.monotonic());
        self.count_query(&asker);
        if self.known_peers() == 0 {
            self.publish_walked(publish, asker, &End::nobody());
            return;
        }
        let id = self.kad().get_record(publish.record().key.clone());
        tracing::debug!(query = ?id, key = ?publish.record().key, "publish: looks for the closest peers");
        self.queries.insert(id, Query::PublishWalk(publish, asker));
    }

    fn start_fetch(&mut self, key: &RecordKey, mut fetch: Fetch, reply: Reply<Fetched>) {
        fetch.walk().start(self.store.monotonic());
        self.ends.tally.update(|counters| counters.queries += 1);
        if self.known_peers() == 0 {
            let (result, _) = fetch.finish(&End::nobody());
            self.answer(reply, result);
            return;
        }
        let id = self.kad().get_record(key.clone());
        tracing::debug!(query = ?id, ?key, "fetch: asks");
        self.callers += 1;
        self.queries.insert(id, Query::Fetch(fetch, reply));
    }

    fn start_providing(&mut self, key: RecordKey, reply: Reply<()>) {
        self.ends.tally.update(|counters| counters.queries += 1);
        self.provided.insert(key.clone());
        match self.kad().start_providing(key) {
            Ok(id) => {
                self.callers += 1;
                self.queries.insert(id, Query::Provide(reply));
            }
            // The handle has opened the schema, and the local peer is never the farthest: no other reason is
            // left.
            Err(error) => {
                tracing::warn!(%error, "the store does not take this peer as a provider");
                self.answer(reply, Err(NetworkError::NobodyToAsk));
            }
        }
    }

    fn find_providers(&mut self, key: RecordKey, reply: Reply<Vec<PeerId>>) {
        self.ends.tally.update(|counters| counters.queries += 1);
        if self.known_peers() == 0 {
            self.answer(reply, Err(NetworkError::NobodyToAsk));
            return;
        }
        let id = self.kad().get_providers(key.clone());
        self.callers += 1;
        self.queries.insert(id, Query::FindProviders { key, found: Vec::new(), reply });
    }

    /// Gives a caller the one answer; one who has left does not mind.
    pub(super) fn answer<T>(&self, reply: Reply<T>, result: Result<T, NetworkError>) {
        if result.is_err() {
            self.ends.tally.update(|counters| counters.queries_failed += 1);
        }
        let _: Result<(), _> = oneshot::Sender::send(reply, result);
    }

    pub(super) fn count_query(&mut self, asker: &Asker) {
        if let Asker::Caller(_) = asker {
            self.callers += 1;
            self.ends.tally.update(|counters| counters.queries += 1);
        }
    }
}
