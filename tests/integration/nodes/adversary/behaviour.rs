use std::time::Duration;

use libp2p::{
    Multiaddr, PeerId, StreamProtocol,
    core::transport::ListenerId,
    identify,
    identity::Keypair,
    kad,
    swarm::{
        ExpiredListenAddr, FromSwarm, NetworkBehaviour, NewListenAddr,
        behaviour::ExternalAddrConfirmed,
    },
};

use super::lies::Lies;

/// Passes for a node of the network `test`.
#[derive(NetworkBehaviour)]
#[behaviour(prelude = "libp2p::swarm::derive_prelude")]
pub(in crate::nodes) struct Behaviour {
    pub(in crate::nodes) kad: kad::Behaviour<Lies>,
    pub(in crate::nodes) identify: identify::Behaviour,
}

impl Behaviour {
    pub(super) fn new(identity: &Keypair) -> Self {
        let mut config = kad::Config::new(StreamProtocol::new("/netabase/test/kad/1.0.0"));
        config
            .set_replication_interval(None)
            .set_publication_interval(None)
            .set_max_packet_size(64 * 1024)
            .set_query_timeout(Duration::from_secs(60))
            .set_kbucket_inserts(kad::BucketInserts::Manual);
        let peer = identity.public().to_peer_id();
        let mut kad = kad::Behaviour::with_config(peer, Lies::default(), config);
        kad.set_mode(Some(kad::Mode::Server));
        let config = identify::Config::new("/netabase/test/1.0.0".to_owned(), identity.public());
        Self { kad, identify: identify::Behaviour::new(config.with_cache_size(0)) }
    }

    /// From now on says that it listens here, too.
    pub(in crate::nodes) fn pretend_to_listen_on(&mut self, addresses: &[Multiaddr]) {
        for addr in addresses {
            let listener_id = ListenerId::next();
            let heard = FromSwarm::NewListenAddr(NewListenAddr { listener_id, addr });
            self.identify.on_swarm_event(heard);
        }
    }

    /// No longer says that it listens here.
    pub(in crate::nodes) fn deny_listening_on(&mut self, addresses: &[Multiaddr]) {
        for addr in addresses {
            let listener_id = ListenerId::next();
            let heard = FromSwarm::ExpiredListenAddr(ExpiredListenAddr { listener_id, addr });
            self.identify.on_swarm_event(heard);
        }
    }

    /// Says that it can be reached here when it calls itself a provider: kad sends at most 20.
    pub(in crate::nodes) fn pretend_to_provide_from(&mut self, addresses: &[Multiaddr]) {
        for addr in addresses {
            let confirmed = FromSwarm::ExternalAddrConfirmed(ExternalAddrConfirmed { addr });
            self.kad.on_swarm_event(confirmed);
        }
    }

    /// Tells a peer anew who it is.
    pub(in crate::nodes) fn push_to(&mut self, peer: PeerId) {
        self.identify.push([peer]);
    }
}
