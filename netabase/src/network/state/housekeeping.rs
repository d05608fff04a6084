//! Does what no event asks for: renewals, offers, handovers, and the search for a connection.

use std::time::Instant;

use super::{NodeState, action::Action};
use crate::network::{events::NodeEvent, offers::Offers};

/// The most leases of a schema that are renewed at a time.
const MAX_RENEWALS: usize = 64;

/// With so many records waiting to be sent, no more leases are renewed: half of each is left still.
const MAX_WAITING: usize = 1 << 16;

impl NodeState {
    /// Returns the keys that wait to be offered.
    pub(in crate::network) fn offers(&self) -> &Offers {
        self.offering.offers()
    }

    /// Returns how many own records peers are yet to be sent.
    pub(in crate::network) fn offers_waiting(&self) -> usize {
        self.offering.waiting() + self.queries.offers()
    }

    /// Returns how many own records peers refused that others have.
    pub(in crate::network) fn offers_refused(&self) -> usize {
        self.offering.refused()
    }

    /// Returns when the first peer may be sent more that asked for a pause, if something waits for that.
    pub(in crate::network) fn next_opening(&self) -> Option<Instant> {
        let offers = self.offering.opens(&self.paces, self.now);
        offers.into_iter().chain(self.handovers.opens(&self.paces, self.now)).min()
    }

    /// Forgets what is no longer of use.
    pub(in crate::network) fn tidy(&mut self) {
        self.paces.tidy(self.now);
        self.end_patience();
    }

    /// Ends walks before kad gives up on them, and with them on all answers: silent peers hold each walk up for
    /// seconds.
    pub(in crate::network) fn end_long_walks(&mut self) {
        let now = self.store.monotonic();
        for (id, query) in self.queries.iter_mut() {
            if query.walk().is_some_and(|walk| walk.cut_short(now)) {
                self.actions.push_back(Action::Finish(id));
            }
        }
    }

    /// Begins to look for leases that are due.
    pub(in crate::network) fn begin_renewals(&mut self) {
        self.renewals.begin(self.store.shared_schemas());
    }

    /// Returns whether there may be leases that are due.
    pub(in crate::network) fn has_renewals(&self) -> bool {
        self.renewals.has_more() && self.offering.offers().len() < MAX_WAITING
    }

    /// Renews some leases that are due, and returns how many. The store notes the records as ones to be offered.
    pub(in crate::network) fn renew(&mut self) -> usize {
        let Some((schema, cursor)) = self.renewals.next() else { return 0 };
        let (renewed, has_more) = self.store.renew_due(schema, MAX_RENEWALS, cursor);
        if !has_more {
            self.renewals.end(schema);
        }
        let mut count = 0;
        for renewed in renewed {
            match renewed {
                Ok(_) => count += 1,
                Err(error) => {
                    let error: &(dyn std::error::Error + 'static) = &error;
                    tracing::warn!(error, "could not renew a lease");
                }
            }
        }
        count
    }

    /// Tells listeners how many own records are yet to be sent, and how many leases will end before they are.
    pub(in crate::network) fn show_progress(&mut self) {
        let waiting = self.offers_waiting();
        if let Some(event) = self.progress.show(waiting) {
            self.act(Action::Emit(event));
        }
        let lifetime = self.store.max_lifetime();
        if let Some(late) = self.progress.cannot_be_kept(waiting, lifetime, self.now) {
            tracing::warn!(
                records = late.records,
                waiting,
                per_second = late.per_second,
                "peers take own records too slowly to keep them: the leases of some end before they are renewed"
            );
            self.act(Action::Emit(NodeEvent::LeasesAtRisk { records: late.records }));
        }
    }

    /// Tries the bootstrap addresses while no peer is connected. A known peer would not do: it may have left, and
    /// kad never forgets the last address of a peer.
    pub(in crate::network) fn dial_bootstrap(&mut self, now: Instant) {
        if self.peers.is_empty() {
            let due = self.bootstrap.due(now).to_vec();
            if !due.is_empty() {
                self.act(Action::DialBootstrap(due));
            }
        }
    }
}
