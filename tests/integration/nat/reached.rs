//! Nodes that can be reached find out, and hold records for others; those that cannot do not.

use std::{io::Write, time::Duration};

use super::{Gateway, Outcome, Peer, lab, lab::FORWARDED};

#[test]
fn a_home_whose_gateway_passes_a_port_on_is_direct_and_serves() -> Outcome {
    let Some(lab) = lab(Gateway::Forward, Gateway::Plain)? else { return Ok(()) };
    let first = Peer::server(&lab, 1, &[])?;
    let second = Peer::server(&lab, 2, &[&first])?;
    let listen = format!("listen=/ip4/0.0.0.0/tcp/{FORWARDED}");
    let mut a = Peer::start(&lab, "a1", &format!("{listen} bootstrap={}", first.public()))?;

    a.wait_for("Reachability reachability: Direct", Duration::from_secs(30))?;
    assert_eq!(a.tell("server")?, "true");
    let addresses = a.tell("addresses")?;
    assert!(addresses.contains(&format!("/ip4/45.11.1.1/tcp/{FORWARDED}/p2p/")), "{addresses}");

    let mut b = Peer::start(&lab, "b1", &format!("bootstrap={}", second.public()))?;
    b.wait_for_relays(2)?;
    b.tell_until("publish greeting hello", Duration::from_secs(20), |it| it == "published 3")?;
    assert_eq!(a.tell(&format!("fetch {} greeting", b.id))?, "value hello");
    Ok(())
}

#[test]
fn a_home_is_never_confirmed_and_holds_nothing_for_others() -> Outcome {
    let Some(lab) = lab(Gateway::Plain, Gateway::Plain)? else { return Ok(()) };
    let first = Peer::server(&lab, 1, &[])?;
    let second = Peer::server(&lab, 2, &[&first])?;
    let mut a = Peer::start(&lab, "a1", &format!("bootstrap={}", first.public()))?;
    a.wait_for_relays(2)?;
    a.tell_until("counters", Duration::from_secs(60), |it| !it.contains("probes_missed: 0"))?;

    let mut b = Peer::start(&lab, "b1", &format!("bootstrap={}", second.public()))?;
    b.wait_for_relays(2)?;
    assert_eq!(b.tell("publish greeting hello")?, "published 2");

    assert_eq!(a.tell("server")?, "false");
    assert_eq!(a.counter("probes_reached")?, 0);
    assert_eq!(a.counter("records_accepted")?, 0);
    Ok(())
}

#[test]
fn a_node_without_a_relay_says_that_nobody_reaches_it() -> Outcome {
    let Some(lab) = lab(Gateway::Plain, Gateway::Plain)? else { return Ok(()) };
    let server = Peer::server_with(&lab, 1, &[], "reservations=0")?;
    let mut a = Peer::start(&lab, "a1", &format!("bootstrap={}", server.public()))?;

    a.wait_for("Reachability Unreachable NoRelay", Duration::from_secs(10))?;
    assert_eq!(a.tell("bootstrapped")?, "Unreachable(NoRelay)");
    Ok(())
}

#[test]
fn a_home_whose_gateway_maps_ports_is_reached_by_one() -> Outcome {
    let Some(lab) = lab(Gateway::Upnp, Gateway::Plain)? else { return Ok(()) };
    let Some(_gateway) = lab.map_ports()? else {
        writeln!(std::io::stderr(), "SKIPPED a test of UPnP: `miniupnpd` is not installed")?;
        return Ok(());
    };
    let server = Peer::server_with(&lab, 1, &[], "reservations=0")?;
    let listen = "listen=/ip4/0.0.0.0/tcp/0 listen=/ip4/0.0.0.0/udp/0/quic-v1";
    let bootstrap = format!("bootstrap={}", server.public());
    let mut a = Peer::start(&lab, "a1", &format!("upnp {listen} {bootstrap}"))?;

    a.wait_for("Reachability reachability: Mapped", Duration::from_secs(30))?;
    assert_eq!(a.tell("server")?, "true");

    // No relay is there: the port is all there is.
    let mut b = Peer::start(&lab, "b1", &format!("{listen} {bootstrap}"))?;
    b.tell_until("publish greeting hello", Duration::from_secs(20), |it| it == "published 2")?;
    assert_eq!(a.tell(&format!("fetch {} greeting", b.id))?, "value hello");
    Ok(())
}
