//! Runs tests of addresses with results that are given, in a time of its own.

use super::*;

const AT: &str = "/ip4/9.9.9.9/tcp/4001";

struct Driver {
    tests: AddressTests,
    servers: Vec<PeerId>,
    now: Instant,
}

impl Driver {
    fn new(servers: usize) -> Self {
        let servers = (0..servers).map(|_| PeerId::random()).collect();
        Self { tests: AddressTests::default(), servers, now: Instant::now() }
    }

    /// Runs the next test that is due within some hours, and returns what follows.
    fn test(&mut self, is_reachable: bool) -> Option<Verdict> {
        for _ in 0..8 * 3600 {
            if let Some((address, server)) = self.tests.start(&self.servers, self.now) {
                assert!(self.tests.start(&self.servers, self.now).is_none(), "one at a time");
                return self.tests.ended(&address, server, is_reachable, self.now);
            }
            self.now += Duration::from_secs(1);
        }
        panic!("nothing is due")
    }

    fn named(&mut self, address: &str) -> bool {
        self.tests.named(&address.parse().unwrap(), self.now)
    }
}

fn at() -> Multiaddr {
    AT.parse().unwrap()
}

#[test]
fn an_address_counts_after_three_successes_of_two_servers() {
    let mut driver = Driver::new(2);
    driver.named(AT);

    assert_eq!([driver.test(true), driver.test(true)], [None, None]);
    assert_eq!(driver.test(true), Some(Verdict::Confirmed(at())));
    assert_eq!(driver.tests.confirmed().count(), 1);
    let before = driver.now;
    assert_eq!(driver.test(true), None, "it is tested again");
    assert_eq!(driver.now, before + REST);
}

#[test]
fn one_server_alone_confirms_nothing_until_another_comes() {
    let mut driver = Driver::new(1);
    driver.named(AT);
    assert!((0..20).all(|_| driver.test(true).is_none()));

    driver.servers.push(PeerId::random());

    assert_eq!(driver.test(true), Some(Verdict::Confirmed(at())));
}

#[test]
fn a_failure_in_between_starts_anew_and_three_in_a_row_end_it() {
    let mut driver = Driver::new(2);
    driver.named(AT);
    for result in [true, true, false, true, true] {
        assert_eq!(driver.test(result), None);
    }
    assert!(driver.test(true).is_some());

    assert_eq!([driver.test(false), driver.test(false)], [None, None]);
    assert_eq!(driver.test(false), Some(Verdict::Lost(at())));
}

#[test]
fn failures_are_repeated_ever_more_seldom_and_soon_once_the_machine_has_moved() {
    let mut driver = Driver::new(2);
    driver.named(AT);
    let start = driver.now;
    for _ in 0..12 {
        driver.named(AT);
        driver.test(false);
    }
    assert!(driver.now > start + Duration::from_secs(3 * 3600));

    driver.named(AT);
    let before = driver.now;
    driver.tests.hurry(driver.now);
    driver.test(false);
    assert_eq!(driver.now, before);
}

#[test]
fn what_cannot_lead_here_from_afar_is_not_tested() {
    let mut driver = Driver::new(2);
    let relay = "12D3KooWGEYVEHxZ3u8nDHYTDHHDXLCgmM6sE3LDmhHQ1YKiSbHx";
    let over_relay = format!("{AT}/p2p/{relay}/p2p-circuit");
    let of_peer = format!("/p2p/{relay}");
    for junk in ["/ip4/192.168.1.2/tcp/1", "/ip4/9.9.9.9/tcp/0", &over_relay, &of_peer] {
        assert!(!driver.named(junk), "{junk}");
    }
    assert!(driver.tests.start(&driver.servers, driver.now).is_none());
}

#[test]
fn any_number_of_named_addresses_takes_bounded_memory_and_pushes_no_confirmed_one_out() {
    let mut driver = Driver::new(2);
    driver.named(AT);
    for _ in 0..3 {
        driver.test(true);
    }
    for port in 1..1000 {
        driver.named(&format!("/ip4/9.9.9.8/tcp/{port}"));
    }

    assert_eq!(driver.tests.candidates.len(), MAX_CANDIDATES);
    assert_eq!(driver.tests.confirmed().count(), 1);
}

#[test]
fn a_mapped_address_counts_at_once_and_not_against_the_servers() {
    let mut driver = Driver::new(2);
    driver.tests.mapped(&at(), driver.now);
    assert_eq!(driver.tests.confirmed().count(), 1);

    assert_eq!([driver.test(false), driver.test(false)], [None, None]);
    assert_eq!(driver.test(false), Some(Verdict::Lost(at())));
}

#[test]
fn a_result_that_nobody_asked_for_is_ignored() {
    let mut driver = Driver::new(2);
    driver.named(AT);
    let server = driver.servers[0];
    assert!((0..5).all(|_| driver.tests.ended(&at(), server, true, driver.now).is_none()));
}
