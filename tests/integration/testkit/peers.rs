//! Bare swarms that ping each other and keep kad records, numbered from 0.

use std::{error::Error, future::Future, panic::Location, time::Duration};

use futures::{StreamExt, stream::select_all};
use libp2p::{
    Multiaddr, PeerId, Swarm,
    kad::{
        self, GetRecordOk, QueryResult, Record, RecordKey, store::MemoryStore, store::RecordStore,
    },
    ping,
    swarm::{self, DialError, NetworkBehaviour, SwarmEvent, dial_opts::DialOpts},
};
use netabase::testkit::{Faults, identity};

use crate::waiting::Patience;

pub(super) type TestResult<T = ()> = Result<T, Box<dyn Error>>;
pub(super) type Event = SwarmEvent<BehaviourEvent>;

const SEED: u64 = 7;
const KEY: &str = "record";
/// Longer than any test, so that no timeout of a behaviour's wakes a peer which a fault should have.
const NEVER: Duration = Duration::from_secs(600);

#[derive(NetworkBehaviour)]
pub(super) struct Behaviour {
    ping: ping::Behaviour,
    kad: kad::Behaviour<MemoryStore>,
}

pub(super) struct Peers {
    pub(super) faults: Faults,
    swarms: Vec<Swarm<Behaviour>>,
    addresses: Vec<Multiaddr>,
    /// How many ends of connections have closed.
    pub(super) closed: usize,
}

fn swarm(faults: &Faults, index: usize) -> TestResult<Swarm<Behaviour>> {
    let keypair = identity(SEED, index);
    let peer_id = keypair.public().to_peer_id();
    let ping = ping::Config::new().with_interval(Duration::from_millis(20)).with_timeout(NEVER);
    let mut kad = kad::Behaviour::new(peer_id, MemoryStore::new(peer_id));
    kad.set_mode(Some(kad::Mode::Server));
    let behaviour = Behaviour { ping: ping::Behaviour::new(ping), kad };
    let config = swarm::Config::with_tokio_executor().with_idle_connection_timeout(NEVER);
    let mut swarm = Swarm::new(faults.transport(&keypair), behaviour, peer_id, config);
    swarm.listen_on("/memory/0".parse()?)?;
    Ok(swarm)
}

impl Peers {
    /// `count` peers that listen and know nobody.
    pub(super) async fn new(count: usize) -> TestResult<Self> {
        let faults = Faults::new(SEED);
        let swarms = (0..count).map(|index| swarm(&faults, index)).collect::<Result<_, _>>()?;
        let mut peers = Self { faults, swarms, addresses: Vec::new(), closed: 0 };
        let mut addresses = vec![None; count];
        peers
            .until(|index, event| {
                if let SwarmEvent::NewListenAddr { address, .. } = event {
                    addresses[index] = Some(address.clone());
                }
                addresses.iter().all(Option::is_some).then_some(())
            })
            .await?;
        peers.addresses = addresses.into_iter().flatten().collect();
        Ok(peers)
    }

    /// `count` peers, each connected to each other.
    pub(super) async fn connected(count: usize) -> TestResult<Self> {
        let mut peers = Self::new(count).await?;
        for from in 0..count {
            for to in from + 1..count {
                peers.connect(from, to).await?;
            }
        }
        Ok(peers)
    }

    pub(super) fn id(&self, index: usize) -> PeerId {
        *self.swarms[index].local_peer_id()
    }

    /// The names of two, for a fault.
    pub(super) fn link(&self, one: usize, other: usize) -> (PeerId, PeerId) {
        (self.id(one), self.id(other))
    }

    pub(super) fn is_connected(&self, from: usize, to: usize) -> bool {
        self.has_connection_to(from, self.id(to))
    }

    pub(super) fn has_connection_to(&self, from: usize, to: PeerId) -> bool {
        self.swarms[from].is_connected(&to)
    }

    /// Takes the last peer away, with all its connections.
    pub(super) fn drop_last(&mut self) {
        self.swarms.pop();
    }

    /// Drives all of them until `pick` has found what it looks for.
    #[track_caller]
    pub(super) fn until<T>(
        &mut self,
        mut pick: impl FnMut(usize, &Event) -> Option<T>,
    ) -> impl Future<Output = TestResult<T>> {
        let mut patience = Patience::at(Location::caller());
        async move {
            let swarms = self.swarms.iter_mut().enumerate();
            let mut events =
                select_all(swarms.map(|(index, swarm)| swarm.map(move |event| (index, event))));
            let mut count = 0;
            loop {
                let event = patience.wait(events.next()).await?;
                let (index, event) = event.ok_or("no swarms")?;
                self.closed += usize::from(matches!(event, SwarmEvent::ConnectionClosed { .. }));
                if let Some(found) = pick(index, &event) {
                    return Ok(found);
                }
                count += 1;
                patience.see(format_args!("{count} events, the last of them {event:?}"));
            }
        }
    }

    /// Dials by the address alone.
    pub(super) fn dial(&mut self, from: usize, to: usize) -> TestResult {
        let address = self.addresses[to].clone();
        let options = DialOpts::unknown_peer_id().address(address).build();
        Ok(self.swarms[from].dial(options)?)
    }

    /// Waits until both know of a connection.
    pub(super) async fn established(&mut self, one: usize, other: usize) -> TestResult {
        let ids = [self.id(one), self.id(other)];
        let (mut at_one, mut at_other) = (false, false);
        self.until(|index, event| {
            if let SwarmEvent::ConnectionEstablished { peer_id, .. } = event {
                at_one |= index == one && *peer_id == ids[1];
                at_other |= index == other && *peer_id == ids[0];
            }
            (at_one && at_other).then_some(())
        })
        .await
    }

    pub(super) async fn connect(&mut self, from: usize, to: usize) -> TestResult {
        self.dial(from, to)?;
        self.established(from, to).await
    }

    /// Dials, and waits until that has failed for a reason of the transport's, which it returns.
    pub(super) async fn failed_dial(&mut self, from: usize, to: usize) -> TestResult<String> {
        self.dial(from, to)?;
        self.dial_error(from).await
    }

    pub(super) async fn dial_error(&mut self, from: usize) -> TestResult<String> {
        self.until(|index, event| match event {
            SwarmEvent::OutgoingConnectionError { error, .. } if index == from => {
                Some(match error {
                    DialError::Transport(_) => Ok(error.to_string()),
                    _ => Err(format!("{error} is not of the transport").into()),
                })
            }
            _ => None,
        })
        .await?
    }

    /// The time of the next ping that is answered.
    pub(super) async fn round_trip(&mut self, from: usize, to: usize) -> TestResult<Duration> {
        let to = self.id(to);
        self.until(|index, event| {
            let (peer, time) = answer(event)?;
            (index == from && peer == to).then_some(time)
        })
        .await
    }

    /// Sees that no pings are answered between the `silent` two, who stay connected, while those
    /// of the `witnesses` are.
    ///
    /// Answers that had passed before may still be reported; eight rounds leave room for those.
    pub(super) async fn silent(
        &mut self,
        silent: (usize, usize),
        witnesses: (usize, usize),
    ) -> TestResult {
        let ids = [self.id(silent.0), self.id(silent.1), self.id(witnesses.1)];
        let passed = |faults: &Faults| [(0, 1), (1, 0)].map(|(a, b)| faults.passed(ids[a], ids[b]));
        let before = passed(&self.faults);
        let (mut answered, mut forth, mut back) = (0, 0, 0);
        self.until(|index, event| {
            let (peer, _) = answer(event)?;
            answered += usize::from(index == witnesses.0 && peer == ids[2]);
            forth += usize::from(index == silent.0 && peer == ids[1]);
            back += usize::from(index == silent.1 && peer == ids[0]);
            (answered == 8).then_some(())
        })
        .await?;
        assert_eq!(passed(&self.faults), before);
        assert!(forth <= 3 && back <= 3, "{silent:?} answer each other");
        assert!(self.is_connected(silent.0, silent.1) && self.is_connected(silent.1, silent.0));
        Ok(())
    }

    /// Puts a record of `value` where `holder` keeps its own, and lets `reader` ask for it.
    pub(super) fn ask_for(&mut self, reader: usize, holder: usize, value: &[u8]) -> TestResult {
        let record = Record::new(RecordKey::new(&KEY), value.to_vec());
        self.swarms[holder].behaviour_mut().kad.store_mut().put(record)?;
        self.ask(reader, holder);
        Ok(())
    }

    /// Lets `reader` ask `holder`, who may be gone.
    pub(super) fn ask(&mut self, reader: usize, holder: usize) {
        let holder_id = identity(SEED, holder).public().to_peer_id();
        let kad = &mut self.swarms[reader].behaviour_mut().kad;
        kad.add_address(&holder_id, self.addresses[holder].clone());
        kad.get_record(RecordKey::new(&KEY));
    }

    /// The value that arrives, of what was asked for.
    pub(super) async fn value(&mut self) -> TestResult<Vec<u8>> {
        self.until(|_, event| match event {
            SwarmEvent::Behaviour(BehaviourEvent::Kad(kad::Event::OutboundQueryProgressed {
                result: QueryResult::GetRecord(result),
                ..
            })) => match result {
                Ok(GetRecordOk::FoundRecord(found)) => Some(Ok(found.record.value.clone())),
                Ok(GetRecordOk::FinishedWithNoAdditionalRecord { .. }) => None,
                Err(error) => Some(Err(error.clone().into())),
            },
            _ => None,
        })
        .await?
    }
}

/// Whose ping was answered, and after what time.
fn answer(event: &Event) -> Option<(PeerId, Duration)> {
    match event {
        SwarmEvent::Behaviour(BehaviourEvent::Ping(event)) => {
            Some((event.peer, *event.result.as_ref().ok()?))
        }
        _ => None,
    }
}

/// Bytes none of which can be taken for another.
pub(super) fn bytes(count: usize) -> Vec<u8> {
    (0..count / 4).flat_map(|number| u32::try_from(number).unwrap_or(0).to_be_bytes()).collect()
}
