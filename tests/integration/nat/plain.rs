//! Homes behind ordinary gateways: they meet over a relay, and then directly.

use std::time::Duration;

use super::{Gateway, Outcome, Peer, homes, lab};

const LISTEN_TCP: &str = "listen=/ip4/0.0.0.0/tcp/0";

const LISTEN_QUIC: &str = "listen=/ip4/0.0.0.0/udp/0/quic-v1";

/// Lets two homes share records both ways, and connect directly.
fn meet_directly(listen: &str) -> Outcome {
    let Some(lab) = lab(Gateway::Plain, Gateway::Plain)? else { return Ok(()) };
    let (_servers, [mut a, mut b]) = homes(&lab, listen)?;
    a.wait_for_relays(2)?;
    b.wait_for_relays(2)?;

    assert_eq!(a.tell("publish greeting hello")?, "published 2");
    assert_eq!(b.tell(&format!("fetch {} greeting", a.id))?, "value hello");
    assert_eq!(b.tell("publish answer hi")?, "published 2");
    assert_eq!(a.tell(&format!("fetch {} answer", b.id))?, "value hi");

    a.dial(&mut b)?;
    b.wait_for("HolePunched is_direct: true", Duration::from_secs(20))?;
    for home in [&mut a, &mut b] {
        home.tell_until("counters", Duration::from_secs(5), |it| it.contains("relayed_peers: 0"))?;
        assert_eq!(home.tell("reachability")?, "HolePunched");
        assert_eq!(
            home.tell("server")?,
            "false",
            "a node behind a gateway holds nothing for others"
        );
    }
    assert_eq!(a.tell("publish later still")?, "published 2");
    assert_eq!(b.tell(&format!("fetch {} later", a.id))?, "value still");
    Ok(())
}

#[test]
fn two_homes_share_records_and_connect_directly_by_tcp() -> Outcome {
    meet_directly(LISTEN_TCP)
}

#[test]
fn two_homes_share_records_and_connect_directly_by_quic() -> Outcome {
    meet_directly(LISTEN_QUIC)
}

#[test]
fn two_homes_share_records_and_connect_directly_by_both() -> Outcome {
    meet_directly(&format!("{LISTEN_TCP} {LISTEN_QUIC}"))
}

#[test]
fn two_homes_behind_one_gateway_share_records() -> Outcome {
    let Some(lab) = lab(Gateway::Plain, Gateway::Plain)? else { return Ok(()) };
    let server = Peer::server(&lab, 1, &[])?;
    let bootstrap = format!("{LISTEN_TCP} {LISTEN_QUIC} bootstrap={}", server.public());
    let mut a = Peer::start(&lab, "a1", &bootstrap)?;
    let mut b = Peer::start(&lab, "a2", &bootstrap)?;
    a.wait_for_relays(1)?;
    b.wait_for_relays(1)?;

    assert_eq!(a.tell("publish greeting hello")?, "published 1");
    a.dial(&mut b)?;
    b.wait_for(&format!("Connected {}", a.id), Duration::from_secs(10))?;

    assert_eq!(b.tell(&format!("fetch {} greeting", a.id))?, "value hello");
    Ok(())
}

#[test]
fn homes_with_ipv6_behind_firewalls_connect_directly() -> Outcome {
    let Some(lab) = lab(Gateway::Plain, Gateway::Plain)? else { return Ok(()) };
    let first = Peer::server(&lab, 1, &[])?;
    let second = Peer::server(&lab, 2, &[&first])?;
    let listen = "listen=/ip6/::/tcp/0 listen=/ip6/::/udp/0/quic-v1";
    let at = |number: u8, id: &str| {
        format!("{listen} bootstrap=/ip6/2a01:{number}::1/tcp/4001/p2p/{id}")
    };
    let mut a = Peer::start(&lab, "a1", &at(1, &first.id))?;
    let mut b = Peer::start(&lab, "b1", &at(2, &second.id))?;
    a.wait_for_relays(2)?;
    b.wait_for_relays(2)?;

    a.dial(&mut b)?;

    b.wait_for("HolePunched is_direct: true", Duration::from_secs(20))?;
    assert_eq!(b.tell("publish greeting hello")?, "published 2");
    assert_eq!(a.tell(&format!("fetch {} greeting", b.id))?, "value hello");
    Ok(())
}
