//! Stands between kad and the store: attributes records to the peers that send them, and counts what becomes of them.

use std::{
    borrow::Cow,
    collections::VecDeque,
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};

use libp2p::{
    Multiaddr, PeerId,
    kad::{
        ProviderRecord, Record, RecordKey,
        store::{Error as KadError, RecordStore},
    },
};

use super::{
    addresses::acceptable,
    counters::SharedCounters,
    events::{EventSender, NodeEvent},
    rates::Rates,
    refusal,
    settings::{MAX_RECORD_BYTES, NodeLimits},
    written::Written,
};
use crate::{
    record::{RecordError, is_name},
    store::{ArrivalError, NetabaseStore, PutOutcome, Source, TooLarge},
};

/// The store as kad sees it. A record comes in with the peer that sent it; its acceptance or refusal is counted and
/// reported.
pub(super) struct InboundStore {
    store: NetabaseStore,
    sender: Option<Sender>,
    rates: Rates,
    /// The answers to records that were refused, in the order of their refusals.
    refusals: VecDeque<Vec<u8>>,
    written: Arc<Written>,
    counters: Arc<SharedCounters>,
    events: EventSender,
}

/// The peer at the other end of the connection whose events kad handles now.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    pub(super) peer: PeerId,
    pub(super) address: Multiaddr,
}

impl InboundStore {
    pub(super) fn new(
        store: NetabaseStore,
        limits: &NodeLimits,
        counters: Arc<SharedCounters>,
        events: EventSender,
    ) -> Self {
        let (rates, refusals) = (Rates::new(limits), VecDeque::new());
        Self { store, sender: None, rates, refusals, written: Arc::default(), counters, events }
    }

    /// Returns the keys of the records that were taken in lately.
    pub(super) fn written(&self) -> &Arc<Written> {
        &self.written
    }

    /// Sets the sender of what comes from now on; `None` is this peer itself.
    pub(super) fn set_sender(&mut self, sender: Option<Sender>) {
        self.sender = sender;
    }

    /// Takes the answer to the record that was refused first, of those that were not answered yet.
    pub(super) fn take_refusal(&mut self) -> Option<Vec<u8>> {
        self.refusals.pop_front()
    }

    /// Stores a record, or says why not, and after which time the sender may try again.
    fn accept(
        &mut self,
        record: &Record,
        sender: &Sender,
    ) -> Result<PutOutcome, (ArrivalError, Option<Duration>)> {
        check_size(record).map_err(|reason| (reason, None))?;
        let source = Source::of_address(&sender.address);
        let (rates, mut retry_after) = (&mut self.rates, None);
        let check_rate = || {
            rates.count(sender.peer, source, Instant::now()).map_err(|exceeded| {
                retry_after = Some(exceeded.retry_after);
                exceeded.reason
            })
        };
        match self.store.put_gated(record, source, check_rate) {
            Ok(PutOutcome::Outdated) => Err((ArrivalError::Outdated, None)),
            Ok(outcome) => Ok(outcome),
            Err(reason) => Err((reason, retry_after)),
        }
    }

    fn refuse(&self, peer: PeerId, key: RecordKey, reason: ArrivalError) {
        if let ArrivalError::Panicked { schema } = reason {
            tracing::error!(%peer, ?key, schema, "what a peer sent made code of its schema panic");
        }
        let error: &(dyn Error + 'static) = &reason;
        tracing::debug!(%peer, ?key, reason = %reason.reason(), error, "refused what a peer sent");
        self.counters.refused(reason.reason());
        self.events.send(NodeEvent::Refused { peer, key, reason });
    }
}

/// Refuses a record that, key and value, does not fit into an answer beside the addresses of 20 peers.
pub(super) fn check_size(record: &Record) -> Result<(), ArrivalError> {
    let len = record.key.as_ref().len() + record.value.len();
    if len > MAX_RECORD_BYTES {
        return Err(TooLarge::Record { len, max_bytes: MAX_RECORD_BYTES }.into());
    }
    Ok(())
}

/// Returns why no provider is taken in under this key.
fn provider_refusal(key: &RecordKey) -> ArrivalError {
    let name = key.as_ref().strip_prefix(b"/netabase/").and_then(|rest| rest.strip_suffix(b"/p"));
    match name.and_then(|name| std::str::from_utf8(name).ok()).filter(|name| is_name(name)) {
        Some(name) => ArrivalError::UnknownSchema { name: name.to_owned() },
        None => ArrivalError::Record(RecordError::ForeignKey),
    }
}

impl RecordStore for InboundStore {
    type RecordsIter<'a> = <NetabaseStore as RecordStore>::RecordsIter<'a>;
    type ProvidedIter<'a> = <NetabaseStore as RecordStore>::ProvidedIter<'a>;

    fn get(&self, key: &RecordKey) -> Option<Cow<'_, Record>> {
        RecordStore::get(&self.store, key)
    }

    fn put(&mut self, record: Record) -> Result<(), KadError> {
        let Some(sender) = self.sender.clone() else { return self.store.put(record) };
        match self.accept(&record, &sender) {
            Ok(outcome) => {
                if outcome != PutOutcome::Equal {
                    self.written.note(&record.key, Instant::now());
                }
                self.counters.update(|counters| counters.records_accepted += 1);
                // The key is moved, not copied: without listeners an event costs nothing that counts.
                let Sender { peer, .. } = sender;
                self.events.send(NodeEvent::Accepted { peer, key: record.key, outcome });
                Ok(())
            }
            Err((reason, retry_after)) => {
                let error = crate::store::as_kad_error(&reason);
                self.refusals.push_back(refusal::encode(reason.reason(), retry_after));
                self.refuse(sender.peer, record.key, reason);
                Err(error)
            }
        }
    }

    fn remove(&mut self, key: &RecordKey) {
        // kad asks for it when a record has expired by its clock; ours knows better, and sweeps itself.
        let _ = key;
    }

    fn records(&self) -> Self::RecordsIter<'_> {
        RecordStore::records(&self.store)
    }

    fn add_provider(&mut self, mut record: ProviderRecord) -> Result<(), KadError> {
        let Some(sender) = self.sender.clone() else { return self.store.add_provider(record) };
        let source = Source::of_address(&sender.address);
        if let Err(exceeded) = self.rates.count(sender.peer, source, Instant::now()) {
            self.refuse(sender.peer, record.key, exceeded.reason);
            return Err(KadError::MaxProvidedKeys);
        }
        record.addresses = acceptable(&record.addresses, &sender.peer, &sender.address);
        let key = record.key.clone();
        self.store.add_provider(record).inspect_err(|_| {
            let reason = provider_refusal(&key);
            self.refuse(sender.peer, key, reason);
        })
    }

    fn providers(&self, key: &RecordKey) -> Vec<ProviderRecord> {
        RecordStore::providers(&self.store, key)
    }

    fn provided(&self) -> Self::ProvidedIter<'_> {
        RecordStore::provided(&self.store)
    }

    fn remove_provider(&mut self, key: &RecordKey, provider: &PeerId) {
        self.store.remove_provider(key, provider);
    }
}
