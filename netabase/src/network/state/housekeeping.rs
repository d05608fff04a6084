//! Does what no event asks for: renewals, offers, handovers, and the search for a connection.

use std::time::Instant;

use super::{NodeState, action::Action};
use crate::network::offers::Offers;

/// The most leases of a schema that are renewed at a time.
const MAX_RENEWALS: usize = 64;

impl NodeState {
    /// Returns the keys that wait to be offered.
    pub(in crate::network) fn offers(&self) -> &Offers {
        self.offering.offers()
    }

    /// Returns how many own records peers are yet to be sent.
    pub(in crate::network) fn offers_waiting(&self) -> usize {
        self.offering.waiting()
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

    /// Renews leases that are due, and returns how many. The store notes the records as ones to be offered.
    pub(in crate::network) fn renew(&mut self) -> usize {
        let mut count = 0;
        for schema in self.store.shared_schemas() {
            for renewed in self.store.renew_due(schema, MAX_RENEWALS) {
                match renewed {
                    Ok(_) => count += 1,
                    Err(error) => {
                        let error: &(dyn std::error::Error + 'static) = &error;
                        tracing::warn!(error, "could not renew a lease");
                    }
                }
            }
        }
        count
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
