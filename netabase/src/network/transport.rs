//! Builds the transports of the system: TCP, QUIC, and circuits over relays.

use std::{io, time::Duration};

use libp2p::{
    PeerId, Transport,
    core::{muxing::StreamMuxerBox, transport::Boxed, upgrade},
    dns,
    futures::future::Either,
    identity::Keypair,
    noise, quic, relay, tcp, yamux,
};

/// The longest time until both sides of a connection know each other.
const SETUP_TIMEOUT: Duration = Duration::from_secs(10);

/// A transport as a swarm takes it.
pub(super) type BoxedTransport = Boxed<(PeerId, StreamMuxerBox)>;

/// Builds TCP with noise and yamux, QUIC, and circuits over relays, for which it returns the behaviour. Names are
/// resolved as the system does.
pub(super) fn system(identity: &Keypair) -> io::Result<(BoxedTransport, relay::client::Behaviour)> {
    let noise = noise::Config::new(identity).map_err(io::Error::other)?;
    let tcp = tcp::tokio::Transport::new(tcp::Config::default().nodelay(true))
        .upgrade(upgrade::Version::V1Lazy)
        .authenticate(noise.clone())
        .multiplex(yamux::Config::default())
        .timeout(SETUP_TIMEOUT);
    let quic = quic::tokio::Transport::new(quic::Config::new(identity));
    let both = quic.or_transport(tcp).map(|connection, _| match connection {
        Either::Left((peer, muxer)) => (peer, StreamMuxerBox::new(muxer)),
        Either::Right((peer, muxer)) => (peer, StreamMuxerBox::new(muxer)),
    });
    let direct = dns::tokio::Transport::system(both)?;
    let (circuits, behaviour) = relay::client::new(identity.public().to_peer_id());
    let circuits = circuits
        .upgrade(upgrade::Version::V1Lazy)
        .authenticate(noise)
        .multiplex(yamux::Config::default())
        .timeout(SETUP_TIMEOUT)
        .map(|(peer, muxer), _| (peer, StreamMuxerBox::new(muxer)));
    let all = circuits.or_transport(direct).map(|connection, _| connection.into_inner());
    Ok((all.boxed(), behaviour))
}
