//! Homes behind gateways that give each connection another port: the relay is all there is, and it works.

use std::time::Duration;

use super::{Gateway, Outcome, Peer, homes, lab};

/// Of IPv6 the gateway changes nothing.
const IPV4: &str = "listen=/ip4/0.0.0.0/tcp/0 listen=/ip4/0.0.0.0/udp/0/quic-v1";

#[test]
fn homes_behind_symmetric_gateways_reach_each_other_over_a_relay() -> Outcome {
    let Some(lab) = lab(Gateway::Symmetric, Gateway::Symmetric)? else { return Ok(()) };
    let (_servers, [mut a, mut b]) = homes(&lab, IPV4)?;
    a.wait_for_relays(2)?;
    b.wait_for_relays(2)?;
    assert_eq!(a.tell("publish greeting hello")?, "published 2");
    assert_eq!(a.tell("large picture 30000")?, "published 2");

    b.dial(&mut a)?;
    b.wait_for(&format!("Connected {}", a.id), Duration::from_secs(10))?;

    assert_eq!(b.tell(&format!("fetch {} greeting", a.id))?, "value hello");
    // More than libp2p's own relay would carry.
    for _ in 0..10 {
        assert_eq!(b.tell(&format!("fetch {} picture", a.id))?, "length 30000");
    }
    a.wait_for("HolePunched is_direct: false", Duration::from_secs(45))?;
    assert_eq!(a.tell("reachability")?, "Relayed");
    assert_eq!(b.counter("relayed_peers")?, 1);
    Ok(())
}

#[test]
fn a_home_gives_its_records_to_those_who_know_it_if_nobody_else_has_them() -> Outcome {
    let Some(lab) = lab(Gateway::Symmetric, Gateway::Symmetric)? else { return Ok(()) };
    let server = Peer::server_with(&lab, 1, &[], "holds-nothing")?;
    let bootstrap = format!("{IPV4} bootstrap={}", server.public());
    let mut a = Peer::start(&lab, "a1", &bootstrap)?;
    let mut b = Peer::start(&lab, "b1", &bootstrap)?;
    a.wait_for_relays(1)?;
    assert!(a.tell("publish greeting hello")?.contains("0 of 1 wanted peers have the record"));
    assert_eq!(b.tell(&format!("fetch {} greeting", a.id))?, "none");

    b.dial(&mut a)?;
    b.wait_for(&format!("Connected {}", a.id), Duration::from_secs(10))?;

    let fetch = format!("fetch {} greeting", a.id);
    b.tell_until(&fetch, Duration::from_secs(5), |it| it == "value hello")?;
    assert!(a.tell("large picture 30000")?.contains("0 of 1 wanted"));
    assert_eq!(b.tell(&format!("fetch {} picture", a.id))?, "length 30000");
    Ok(())
}
