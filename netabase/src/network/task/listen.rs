//! Listens on the node's addresses before it is given out.

use std::io;

use libp2p::{
    Multiaddr, TransportError, core::transport::ListenerId, futures::StreamExt, swarm::SwarmEvent,
};

use super::Task;
use crate::network::error::NodeError;

impl Task {
    /// Listens on all of these, and waits until each has a first address.
    pub(in crate::network) async fn listen(
        &mut self,
        addresses: Vec<Multiaddr>,
    ) -> Result<(), NodeError> {
        let mut waiting = Vec::new();
        for address in addresses {
            let listener = self.swarm.listen_on(address.clone());
            waiting.push((listener.map_err(|error| refused(&address, error))?, address));
        }
        while !waiting.is_empty() {
            let event = self.swarm.select_next_some().await;
            match &event {
                SwarmEvent::NewListenAddr { listener_id, .. } => {
                    waiting.retain(|(listener, _)| listener != listener_id);
                }
                SwarmEvent::ListenerClosed { listener_id, reason, .. } => {
                    if let Some(address) = address_of(&waiting, *listener_id) {
                        let kind = reason.as_ref().err().map(io::Error::kind);
                        let source = kind.unwrap_or(io::ErrorKind::NotConnected).into();
                        return Err(NodeError::Listen { address, source });
                    }
                }
                _ => {}
            }
            self.on_event(event);
        }
        Ok(())
    }
}

fn refused(address: &Multiaddr, error: TransportError<io::Error>) -> NodeError {
    let source = match error {
        TransportError::MultiaddrNotSupported(_) => io::Error::new(
            io::ErrorKind::Unsupported,
            "no transport of this node understands the address",
        ),
        TransportError::Other(source) => source,
    };
    NodeError::Listen { address: address.clone(), source }
}

fn address_of(waiting: &[(ListenerId, Multiaddr)], closed: ListenerId) -> Option<Multiaddr> {
    waiting.iter().find(|(listener, _)| *listener == closed).map(|(_, address)| address.clone())
}
