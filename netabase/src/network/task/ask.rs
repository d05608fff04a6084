//! Asks peers for records, and gives them what this node serves.

use libp2p::{
    Multiaddr, PeerId,
    kad::{RecordKey, store::RecordStore},
    request_response::{self, Message},
};

use super::Task;

type Event = request_response::Event<Vec<u8>, Option<Vec<u8>>>;

impl Task {
    /// Asks a peer. If it cannot be asked, it has answered nothing.
    pub(super) fn ask(
        &mut self,
        id: u64,
        peer: PeerId,
        addresses: Vec<Multiaddr>,
        key: &RecordKey,
    ) {
        let discovery = self.swarm.behaviour_mut().discovery.as_mut();
        let Some(ask) = discovery.and_then(|discovery| discovery.ask.as_mut()) else {
            let known = self.known_peers();
            return self.state.on_asked(id, None, known);
        };
        let request = ask.send_request_with_addresses(&peer, key.to_vec(), addresses);
        self.asked.insert(request, id);
    }

    pub(super) fn on_ask(&mut self, event: Event) {
        match event {
            Event::Message { peer, message: Message::Request { request, channel, .. }, .. } => {
                let key = RecordKey::from(request);
                let value = self.kad().store_mut().get(&key).map(|record| record.value.clone());
                tracing::debug!(%peer, ?key, has_it = value.is_some(), "is asked for a record");
                let discovery = self.swarm.behaviour_mut().discovery.as_mut();
                if let Some(ask) = discovery.and_then(|discovery| discovery.ask.as_mut()) {
                    // The peer may have left.
                    let _ = ask.send_response(channel, value);
                }
            }
            Event::Message { message: Message::Response { request_id, response }, .. } => {
                self.answered(request_id, response);
            }
            Event::OutboundFailure { peer, request_id, error, .. } => {
                tracing::debug!(%peer, %error, "a peer does not answer");
                self.answered(request_id, None);
            }
            Event::InboundFailure { .. } | Event::ResponseSent { .. } => {}
        }
    }

    fn answered(&mut self, request: request_response::OutboundRequestId, value: Option<Vec<u8>>) {
        if let Some(id) = self.asked.remove(&request) {
            let known = self.known_peers();
            self.state.on_asked(id, value, known);
        }
    }
}
