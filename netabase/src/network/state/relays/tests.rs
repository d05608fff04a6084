//! Drives the choice of relays with events and a clock of its own.

use super::*;

struct Driver {
    relays: Relays,
    ways: HashSet<Way>,
    now: Instant,
}

impl Driver {
    fn new() -> Self {
        let ways = HashSet::from([Way::Tcp4, Way::Quic4]);
        Self { relays: Relays::default(), ways, now: Instant::now() }
    }

    /// Lets a server say by TCP that it relays, at addresses of this network.
    fn offer(&mut self, network: u8) -> PeerId {
        let relay = PeerId::random();
        self.offer_by(relay, network, Way::Tcp4);
        relay
    }

    fn offer_by(&mut self, relay: PeerId, network: u8, by: Way) {
        let addresses = [
            format!("/ip4/9.9.{network}.9/tcp/1").parse().unwrap(),
            format!("/ip4/9.9.{network}.9/udp/1/quic-v1").parse().unwrap(),
        ];
        self.relays.offered(relay, addresses.to_vec(), Some(by), self.now);
    }

    /// Waits, and returns the steps.
    fn after(&mut self, seconds: u64) -> Vec<RelayStep> {
        self.now += Duration::from_secs(seconds);
        self.relays.step(true, &self.ways, self.now)
    }

    /// Takes steps until places were asked for, and returns at which servers.
    fn asked(&mut self, within: u64) -> Vec<PeerId> {
        let steps = (0..within).flat_map(|_| self.after(1)).collect::<Vec<_>>();
        let asked = steps.into_iter().filter_map(|step| match step {
            RelayStep::Reserve { relay, .. } => Some(relay),
            _ => None,
        });
        asked.collect()
    }

    /// Gives a place at each of these.
    fn give(&mut self, relays: &[PeerId]) -> Vec<ListenerId> {
        let give = |relay: &PeerId| {
            let listener = ListenerId::next();
            self.relays.listening(relay, Some(listener), self.now);
            assert!(self.relays.reserved(relay, self.now));
            listener
        };
        relays.iter().map(give).collect()
    }
}

#[test]
fn a_server_is_met_by_all_transports_before_it_is_asked() {
    let mut driver = Driver::new();
    let relay = driver.offer(1);

    let steps = driver.after(0);
    let [RelayStep::Dial { addresses, .. }] = &steps[..] else { panic!("{steps:?}") };
    assert_eq!(addresses.len(), 1, "by TCP it was met already");
    assert_eq!(Way::of(&addresses[0]), Some(Way::Quic4));
    assert!(driver.after(1).is_empty());
    driver.offer_by(relay, 1, Way::Quic4);
    let steps = driver.after(0);
    assert!(matches!(&steps[..], [RelayStep::Reserve { .. }]), "{steps:?}");
}

#[test]
fn a_transport_that_does_not_get_through_is_not_waited_for_long() {
    let mut driver = Driver::new();
    let relay = driver.offer(1);

    assert_eq!(driver.asked(MEETING.as_secs()), []);
    assert_eq!(driver.asked(2), [relay]);
}

#[test]
fn two_servers_of_different_networks_are_asked_and_no_more() {
    let mut driver = Driver::new();
    let same = [driver.offer(1), driver.offer(1), driver.offer(1)];
    let other = driver.offer(2);

    let asked = driver.asked(8);

    assert_eq!(asked.len(), 2);
    assert!(asked.contains(&other) && asked.iter().any(|relay| same.contains(relay)));
    driver.give(&asked);
    assert_eq!(driver.asked(100), []);
    assert_eq!(driver.relays.places(), 2);
}

#[test]
fn a_lost_place_is_replaced_by_another_server_and_the_lost_one_rests() {
    let mut driver = Driver::new();
    let all = [driver.offer(1), driver.offer(2), driver.offer(3)];
    let asked = driver.asked(8);
    let listeners = driver.give(&asked);
    let third = *all.iter().find(|relay| !asked.contains(relay)).unwrap();

    let lost = driver.relays.listener_closed(listeners[0], driver.now);

    assert_eq!(lost, Some(RelayStep::Lost { relay: asked[0] }));
    assert_eq!(driver.asked(8), [third]);
    assert_eq!(driver.relays.listener_closed(listeners[0], driver.now), None, "it is no news");
}

#[test]
fn a_server_that_refuses_is_asked_ever_more_seldom() {
    let mut driver = Driver::new();
    driver.offer(1);
    let mut times = 0;
    for _ in 0..3600 {
        for step in driver.after(1) {
            if let RelayStep::Reserve { relay, .. } = step {
                times += 1;
                let listener = ListenerId::next();
                driver.relays.listening(&relay, Some(listener), driver.now);
                assert!(driver.relays.listener_closed(listener, driver.now).is_none());
            }
        }
    }
    assert!((10..=20).contains(&times), "{times} in an hour");
    assert!(driver.relays.have_failed());
}

#[test]
fn a_server_that_does_not_answer_is_left() {
    let mut driver = Driver::new();
    let relay = driver.offer(1);
    assert_eq!(driver.asked(5), [relay]);
    driver.relays.listening(&relay, Some(ListenerId::next()), driver.now);

    let steps: Vec<_> = (0..=RESERVING.as_secs()).flat_map(|_| driver.after(1)).collect();

    assert_eq!(steps, [RelayStep::Leave { relay }]);
}

#[test]
fn a_frozen_server_is_lost_at_once() {
    let mut driver = Driver::new();
    let relay = driver.offer(1);
    let asked = driver.asked(5);
    driver.give(&asked);

    assert_eq!(driver.relays.froze(&relay, driver.now), Some(RelayStep::Lost { relay }));
    assert_eq!(driver.relays.places(), 0);
    assert_eq!(driver.relays.froze(&relay, driver.now), None);
}

#[test]
fn places_are_left_when_there_is_no_need_for_them() {
    let mut driver = Driver::new();
    let relay = driver.offer(1);
    let asked = driver.asked(5);
    driver.give(&asked);

    let steps = driver.relays.step(false, &driver.ways, driver.now);

    assert_eq!(steps, [RelayStep::Leave { relay }, RelayStep::Lost { relay }]);
    assert!(!driver.relays.have_failed());
}

#[test]
fn any_number_of_servers_takes_bounded_memory() {
    let mut driver = Driver::new();
    let first = driver.offer(1);
    let asked = driver.asked(5);
    driver.give(&asked);
    for _ in 0..3 * MAX_KNOWN {
        driver.offer(2);
    }

    assert_eq!(driver.relays.known.len(), MAX_KNOWN);
    assert!(driver.relays.known.contains_key(&first), "it has the place");
}
