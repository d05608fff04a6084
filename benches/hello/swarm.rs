//! A swarm with what a node of netabase has, and a record of its own.
use libp2p::{
    StreamProtocol, SwarmBuilder, autonat, identify, kad, mdns, noise, ping,
    swarm::NetworkBehaviour, tcp, yamux,
};

#[derive(NetworkBehaviour)]
struct Behaviour {
    kad: kad::Behaviour<kad::store::MemoryStore>,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
    autonat: autonat::v2::client::Behaviour,
    autonat_server: autonat::v2::server::Behaviour,
    mdns: mdns::tokio::Behaviour,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut swarm = SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)?
        .with_quic()
        .with_dns()?
        .with_behaviour(|identity| {
            let peer = identity.public().to_peer_id();
            let protocol = StreamProtocol::new("/my-app/kad/1.0.0");
            Ok(Behaviour {
                kad: kad::Behaviour::with_config(
                    peer,
                    kad::store::MemoryStore::new(peer),
                    kad::Config::new(protocol),
                ),
                identify: identify::Behaviour::new(identify::Config::new(
                    "/my-app/1.0.0".to_owned(),
                    identity.public(),
                )),
                ping: ping::Behaviour::default(),
                autonat: autonat::v2::client::Behaviour::default(),
                autonat_server: autonat::v2::server::Behaviour::default(),
                mdns: mdns::tokio::Behaviour::new(mdns::Config::default(), peer)?,
            })
        })?
        .build();
    swarm.listen_on("/ip4/127.0.0.1/tcp/0".parse()?)?;
    let key = kad::RecordKey::new(b"BIKF");
    let kad = &mut swarm.behaviour_mut().kad;
    kad::store::RecordStore::put(
        kad.store_mut(),
        kad::Record::new(key.clone(), b"Keflavik".to_vec()),
    )?;
    let found = kad::store::RecordStore::get(kad.store_mut(), &key).ok_or("it was put")?;
    println!("{}", std::str::from_utf8(&found.value)?);
    Ok(())
}
