//! Listens on the node's addresses before it is given out.

use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, Ipv6Addr, UdpSocket},
    time::Duration,
};

use libp2p::{
    Multiaddr, TransportError, core::transport::ListenerId, futures::StreamExt,
    multiaddr::Protocol, swarm::SwarmEvent,
};
use tokio::time::{Instant, timeout_at};

use super::Task;
use crate::network::{addresses::Scope, error::NodeError};

/// The longest time that is waited for an address that others can use, where there may be none. A connection that is
/// dialled before comes from a port of its own, and shows nobody at which one this node listens.
const MAX_WAIT: Duration = Duration::from_millis(500);

/// The addresses to listen on.
pub(in crate::network) struct Listen {
    pub(in crate::network) required: Vec<Multiaddr>,
    /// Those that the machine may not have.
    pub(in crate::network) optional: Vec<Multiaddr>,
}

impl Listen {
    /// Returns the addresses of a node that was given none: all of the machine's, on free ports.
    pub(in crate::network) fn default_addresses() -> Self {
        let both = |ip: Multiaddr| {
            let tcp = ip.clone().with(Protocol::Tcp(0));
            vec![tcp, ip.with(Protocol::Udp(0)).with(Protocol::QuicV1)]
        };
        let has_ipv6 = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).is_ok();
        let ipv6 = || both(Ipv6Addr::UNSPECIFIED.into());
        Self {
            required: both(Ipv4Addr::UNSPECIFIED.into()),
            optional: if has_ipv6 { ipv6() } else { Vec::new() },
        }
    }
}

/// A listener that has no address yet that is as good as can be.
struct Waiting {
    address: Multiaddr,
    has_address: bool,
}

impl Task {
    /// Listens on all of these, and waits until each that is required has an address; on all interfaces, if possible one
    /// that others can use.
    pub(in crate::network) async fn listen(&mut self, listen: Listen) -> Result<(), NodeError> {
        let mut waiting = HashMap::new();
        for address in listen.required {
            let listener = self.swarm.listen_on(address.clone());
            let listener = listener.map_err(|error| refused(&address, error))?;
            waiting.insert(listener, Waiting { address, has_address: false });
        }
        for address in listen.optional {
            if let Err(error) = self.swarm.listen_on(address.clone()) {
                tracing::debug!(%address, %error, "does not listen");
            }
        }
        let deadline = Instant::now() + MAX_WAIT;
        while !waiting.is_empty() {
            let has_all = waiting.values().all(|it| it.has_address);
            let next = self.swarm.select_next_some();
            let event = if has_all {
                let Ok(event) = timeout_at(deadline, next).await else { return Ok(()) };
                event
            } else {
                next.await
            };
            match &event {
                SwarmEvent::NewListenAddr { listener_id, address } => {
                    on_address(&mut waiting, *listener_id, address);
                }
                SwarmEvent::ListenerClosed { listener_id, reason, .. } => {
                    if let Some(Waiting { address, .. }) = waiting.remove(listener_id) {
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

/// Notes an address of a listener, and ends the wait for it if there will be no better one.
fn on_address(
    waiting: &mut HashMap<ListenerId, Waiting>,
    listener: ListenerId,
    address: &Multiaddr,
) {
    let Some(it) = waiting.get_mut(&listener) else { return };
    it.has_address = true;
    // What has a scope is one address, not all interfaces.
    let is_last = Scope::of(&it.address).is_some();
    if is_last || Scope::of(address) != Some(Scope::Loopback) {
        waiting.remove(&listener);
    }
}
