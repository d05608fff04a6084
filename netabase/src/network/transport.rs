//! Builds the transports of the system: TCP and QUIC.

use std::{io, time::Duration};

use libp2p::{
    PeerId, Transport,
    core::{muxing::StreamMuxerBox, transport::Boxed, upgrade},
    dns,
    futures::future::Either,
    identity::Keypair,
    noise, quic, tcp, yamux,
};

/// The longest time until both sides of a connection know each other.
const SETUP_TIMEOUT: Duration = Duration::from_secs(10);

/// A transport as a swarm takes it.
pub(super) type BoxedTransport = Boxed<(PeerId, StreamMuxerBox)>;

/// Builds TCP with noise and yamux, and QUIC; names are resolved as the system does.
pub(super) fn system(identity: &Keypair) -> io::Result<BoxedTransport> {
    let noise = noise::Config::new(identity).map_err(io::Error::other)?;
    let tcp = tcp::tokio::Transport::new(tcp::Config::default().nodelay(true))
        .upgrade(upgrade::Version::V1Lazy)
        .authenticate(noise)
        .multiplex(yamux::Config::default())
        .timeout(SETUP_TIMEOUT);
    let quic = quic::tokio::Transport::new(quic::Config::new(identity));
    let both = quic.or_transport(tcp).map(|connection, _| match connection {
        Either::Left((peer, muxer)) => (peer, StreamMuxerBox::new(muxer)),
        Either::Right((peer, muxer)) => (peer, StreamMuxerBox::new(muxer)),
    });
    Ok(dns::tokio::Transport::system(both)?.boxed())
}
