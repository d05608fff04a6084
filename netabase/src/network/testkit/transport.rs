//! Builds the transport of one peer: the memory transport, plaintext and yamux.

use std::{
    collections::HashMap,
    future::{Future, poll_fn},
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use libp2p::{
    Multiaddr, PeerId, Transport,
    core::{
        Endpoint,
        muxing::StreamMuxerBox,
        transport::{
            Boxed, DialOpts, ListenerId, MemoryTransport, TransportError, TransportEvent,
            memory::{Channel, MemoryTransportError},
        },
        upgrade::{InboundConnectionUpgrade, OutboundConnectionUpgrade},
    },
    futures::future::BoxFuture,
    identity::Keypair,
    multiaddr::Protocol,
    plaintext, yamux,
};

use super::{
    faults::Faults,
    stream::{End, FaultyStream},
};

/// The longest time that a connection may take to be made, at either end: 20 seconds.
pub const CONNECTION_TIMEOUT: Duration = Duration::from_secs(20);

impl Faults {
    /// Returns the transport of the peer with this `keypair`, for a swarm of its own.
    ///
    /// It listens on `/memory/0`: a port is chosen that is free in the process, so tests can run
    /// side by side. It dials what is listened on with a transport of the same network. Faults
    /// happen to peers by their names, so a name should not be given to two swarms at a time.
    ///
    /// It has to be polled on a tokio runtime whose timer is enabled.
    #[must_use]
    pub fn transport(&self, keypair: &Keypair) -> Boxed<(PeerId, StreamMuxerBox)> {
        FaultyTransport {
            inner: MemoryTransport::new(),
            local: Local { faults: self.clone(), keypair: keypair.clone() },
            listening: HashMap::new(),
        }
        .boxed()
    }
}

type Connection = (PeerId, StreamMuxerBox);
type Connecting = BoxFuture<'static, io::Result<Connection>>;

struct FaultyTransport {
    inner: MemoryTransport,
    local: Local,
    /// With their ports, once known.
    listening: HashMap<ListenerId, Option<u64>>,
}

impl FaultyTransport {
    fn forget(&mut self, id: ListenerId) -> bool {
        let forgotten = self.listening.remove(&id);
        if let Some(Some(port)) = forgotten {
            self.local.faults.with(|simulation| simulation.stop_listening(port));
        }
        forgotten.is_some()
    }
}

impl Drop for FaultyTransport {
    /// Gives the ports back: the memory transport would keep them for the life of the process.
    fn drop(&mut self) {
        for (id, port) in self.listening.drain() {
            self.inner.remove_listener(id);
            if let Some(port) = port {
                self.local.faults.with(|simulation| simulation.stop_listening(port));
            }
        }
    }
}

impl Transport for FaultyTransport {
    type Output = Connection;
    type Error = io::Error;
    type ListenerUpgrade = Connecting;
    type Dial = Connecting;

    fn listen_on(
        &mut self,
        id: ListenerId,
        addr: Multiaddr,
    ) -> Result<(), TransportError<Self::Error>> {
        self.inner.listen_on(id, addr).map_err(|error| error.map(unreachable))?;
        self.listening.insert(id, None);
        Ok(())
    }

    fn remove_listener(&mut self, id: ListenerId) -> bool {
        // The memory transport must not be told twice.
        self.forget(id) && self.inner.remove_listener(id)
    }

    fn dial(
        &mut self,
        addr: Multiaddr,
        opts: DialOpts,
    ) -> Result<Self::Dial, TransportError<Self::Error>> {
        let remote = self.local.listener(&addr);
        let channel = self.inner.dial(addr, opts).map_err(|error| error.map(unreachable))?;
        Ok(self.local.connect(remote, channel, opts.role))
    }

    fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<TransportEvent<Self::ListenerUpgrade, Self::Error>> {
        let event = ready!(Pin::new(&mut self.inner).poll(cx));
        match &event {
            TransportEvent::NewAddress { listener_id, listen_addr } => {
                let port = memory_port(listen_addr);
                if let (Some(port), Some(known)) = (port, self.listening.get_mut(listener_id)) {
                    *known = Some(port);
                    let local = self.local.peer_id();
                    self.local.faults.with(|simulation| simulation.listen(port, local));
                }
            }
            TransportEvent::ListenerClosed { listener_id, .. } => {
                self.forget(*listener_id);
            }
            _ => {}
        }
        let event = event
            .map_upgrade(|channel| self.local.connect(None, channel, Endpoint::Listener))
            .map_err(unreachable);
        Poll::Ready(event)
    }
}

/// The peer whose transport it is.
struct Local {
    faults: Faults,
    keypair: Keypair,
}

impl Local {
    fn peer_id(&self) -> PeerId {
        self.keypair.public().to_peer_id()
    }

    /// Returns the peer that listens at `address`; for a listener outside this network, the one that the address
    /// names.
    fn listener(&self, address: &Multiaddr) -> Option<PeerId> {
        let port = memory_port(address)?;
        let said = address.iter().find_map(|part| match part {
            Protocol::P2p(peer) => Some(peer),
            _ => None,
        });
        self.faults.with(|simulation| simulation.listener(port)).or(said)
    }

    /// Makes a connection of `channel`, when the link to `remote` lets it.
    fn connect<C>(&self, remote: Option<PeerId>, channel: C, role: Endpoint) -> Connecting
    where
        C: Future<Output = Result<Channel<Vec<u8>>, MemoryTransportError>> + Send + 'static,
    {
        let end = Arc::new(End::new(&self.faults, self.peer_id(), remote));
        let plaintext = plaintext::Config::new(&self.keypair);
        let connecting = async move {
            poll_fn(|cx| end.poll_open(cx)).await?;
            let stream = FaultyStream::new(end.clone(), channel.await.map_err(unreachable)?);
            let upgraded = upgrade(stream, &end, plaintext, role).await;
            // plaintext would have it that the bytes were wrong, when the stream said why there
            // are none.
            end.check()?;
            upgraded
        };
        Box::pin(async { tokio::time::timeout(CONNECTION_TIMEOUT, connecting).await? })
    }
}

/// Finds out the remote, and splits the stream into substreams.
///
/// The protocols are not negotiated: both ends are of this file, and libp2p's way to do so hides
/// the moment when the remote, and with it the link, is known.
async fn upgrade(
    stream: FaultyStream,
    end: &End,
    plaintext: plaintext::Config,
    role: Endpoint,
) -> io::Result<Connection> {
    let yamux = yamux::Config::default();
    let (remote, stream) = match role {
        Endpoint::Dialer => plaintext.upgrade_outbound(stream, "/plaintext/2.0.0").await,
        Endpoint::Listener => plaintext.upgrade_inbound(stream, "/plaintext/2.0.0").await,
    }
    .map_err(io::Error::other)?;
    end.identify(remote)?;
    let muxer = match role {
        Endpoint::Dialer => yamux.upgrade_outbound(stream, "/yamux/1.0.0").await?,
        Endpoint::Listener => yamux.upgrade_inbound(stream, "/yamux/1.0.0").await?,
    };
    Ok((remote, StreamMuxerBox::new(muxer)))
}

fn memory_port(address: &Multiaddr) -> Option<u64> {
    address.iter().find_map(|part| match part {
        Protocol::Memory(port) => Some(port),
        _ => None,
    })
}

fn unreachable(error: MemoryTransportError) -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionRefused, error)
}
