//! Relays that end, freeze or are left behind are replaced, and nothing is lost.

use std::{error::Error, time::Duration};

use super::{Gateway, Lab, Outcome, Peer, lab};

/// The longest time until there is another relay.
const REPLACED: Duration = Duration::from_secs(30);

/// Starts three servers, and a home that has places at two of them.
fn home(lab: &Lab) -> Result<(Vec<Peer>, Peer), Box<dyn Error>> {
    let first = Peer::server(lab, 1, &[])?;
    let second = Peer::server(lab, 2, &[&first])?;
    let third = Peer::server(lab, 3, &[&first, &second])?;
    let mut home = Peer::start(lab, "a1", &format!("bootstrap={}", first.public()))?;
    home.wait_for_relays(2)?;
    Ok((vec![first, second, third], home))
}

/// Takes one of the servers at which a home has a place.
fn relay_of(home: &Peer, servers: &mut Vec<Peer>) -> Result<Peer, Box<dyn Error>> {
    let reserved = home.events("RelayReserved");
    let is_relay = |server: &Peer| reserved.iter().any(|event| event.contains(&server.id));
    let index = servers.iter().position(is_relay).ok_or("no relay is known")?;
    Ok(servers.remove(index))
}

/// Lets a home publish, dials it from another, and fetches what it has.
fn is_reached(lab: &Lab, home: &mut Peer, servers: &[Peer], title: &str) -> Outcome {
    let bootstrap: Vec<String> =
        servers.iter().map(|server| format!("bootstrap={}", server.public())).collect();
    let mut other = Peer::start(lab, "b1", &bootstrap.join(" "))?;
    other.wait_for_relays(1)?;
    // Some of its addresses may be over a relay that it has lost without knowing yet: those that it has next are not.
    let connected = format!("Connected {}", home.id);
    let is_connected = |other: &mut Peer, home: &mut Peer| {
        other.dial(home)?;
        other.wait_for(&connected, Duration::from_secs(15))
    };
    is_connected(&mut other, home).or_else(|_| is_connected(&mut other, home))?;
    assert_eq!(other.tell(&format!("fetch {} {title}", home.id))?, "value kept");
    Ok(())
}

#[test]
fn a_relay_that_is_killed_is_replaced() -> Outcome {
    let Some(lab) = lab(Gateway::Plain, Gateway::Plain)? else { return Ok(()) };
    let (mut servers, mut home) = home(&lab)?;
    assert_eq!(home.tell("publish note kept")?, "published 3");
    let relay = relay_of(&home, &mut servers)?;
    let id = relay.id.clone();

    relay.kill()?;

    home.wait_for(&format!("RelayLost {id}"), REPLACED)?;
    home.wait_for("RelayReserved", REPLACED)?;
    is_reached(&lab, &mut home, &servers, "note")
}

#[test]
fn a_relay_that_freezes_is_noticed_and_replaced() -> Outcome {
    let Some(lab) = lab(Gateway::Plain, Gateway::Plain)? else { return Ok(()) };
    let (mut servers, mut home) = home(&lab)?;
    assert_eq!(home.tell("publish note kept")?, "published 3");
    let relay = relay_of(&home, &mut servers)?;

    relay.freeze()?;
    let frozen = std::time::Instant::now();

    let lost = home.wait_for(&format!("RelayLost {}", relay.id), REPLACED)?;
    assert!(lost - frozen < Duration::from_secs(15), "after {:?}", lost - frozen);
    home.wait_for("RelayReserved", REPLACED)?;
    assert!(frozen.elapsed() < REPLACED);
    is_reached(&lab, &mut home, &servers, "note")
}

#[test]
fn a_home_that_changes_its_address_is_reached_again() -> Outcome {
    let Some(lab) = lab(Gateway::Plain, Gateway::Plain)? else { return Ok(()) };
    let (servers, mut home) = home(&lab)?;
    assert_eq!(home.tell("publish note kept")?, "published 3");

    lab.ip("a1", "addr del 10.0.11.2/24 dev eth0")?;
    lab.ip("a1", "addr add 10.0.11.77/24 dev eth0")?;
    lab.ip("a1", "route add default via 10.0.11.1")?;

    home.wait_for("RelayLost", REPLACED)?;
    home.wait_for("RelayReserved", REPLACED)?;
    is_reached(&lab, &mut home, &servers, "note")
}
