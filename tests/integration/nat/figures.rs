//! What ways to homes cost: times with 20 ms on each side, and what relayed nodes cost a server. Run it with
//! `cargo test -p netabase-tests --release --test integration -- --ignored --nocapture nat::figures`.

use std::{
    error::Error,
    io::Write,
    time::{Duration, Instant},
};

use super::{Gateway, Outcome, Peer, homes, lab};

const BOTH: &str = "listen=/ip4/0.0.0.0/tcp/0 listen=/ip4/0.0.0.0/udp/0/quic-v1";

fn say(line: &str) -> Outcome {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

/// Returns the half and the 95th part of times, in milliseconds.
fn quantiles(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_millis();
    format!("p50 {} ms, p95 {} ms of {}", at(50), at(95), times.len())
}

/// Opens connections between new homes so often, and returns the times until they were direct.
fn times_to_direct(listen: &str, times: usize) -> Result<Vec<Duration>, Box<dyn Error>> {
    let Some(lab) = lab(Gateway::Plain, Gateway::Plain)? else { return Ok(Vec::new()) };
    let delayed = lab.delay(20)?;
    let first = Peer::server(&lab, 1, &[])?;
    let second = Peer::server(&lab, 2, &[&first])?;
    let mut taken = Vec::new();
    for _ in 0..times {
        let at = |server: &Peer| format!("{listen} bootstrap={}", server.public());
        let mut a = Peer::start(&lab, "a1", &at(&first))?;
        let mut b = Peer::start(&lab, "b1", &at(&second))?;
        a.wait_for_relays(2)?;
        b.wait_for_relays(2)?;
        let start = Instant::now();
        a.dial(&mut b)?;
        let direct = a.wait_for("HolePunched is_direct: true", Duration::from_secs(30))?;
        taken.push(direct - start);
    }
    drop(delayed);
    Ok(taken)
}

#[test]
#[ignore = "a measurement of some minutes"]
fn ten_of_ten_connections_become_direct() -> Outcome {
    for (name, listen) in [
        ("TCP", "listen=/ip4/0.0.0.0/tcp/0"),
        ("QUIC", "listen=/ip4/0.0.0.0/udp/0/quic-v1"),
        ("both", BOTH),
    ] {
        let times = times_to_direct(listen, 10)?;
        if times.is_empty() {
            return Ok(());
        }
        say(&format!("time to direct, {name}, 20 ms a side: {}", quantiles(times)))?;
    }
    Ok(())
}

#[test]
#[ignore = "a measurement of some minutes"]
fn fetches_over_a_relay_and_directly() -> Outcome {
    for (name, gateway) in [("directly", Gateway::Plain), ("over a relay", Gateway::Symmetric)] {
        let Some(lab) = lab(gateway, gateway)? else { return Ok(()) };
        let _delayed = lab.delay(20)?;
        let server = Peer::server_with(&lab, 1, &[], "holds-nothing")?;
        let bootstrap = format!("{BOTH} bootstrap={}", server.public());
        let mut a = Peer::start(&lab, "a1", &bootstrap)?;
        let mut b = Peer::start(&lab, "b1", &bootstrap)?;
        a.wait_for_relays(1)?;
        b.wait_for_relays(1)?;
        a.tell("large picture 30000")?;
        b.dial(&mut a)?;
        b.wait_for(&format!("Connected {}", a.id), Duration::from_secs(15))?;
        if gateway == Gateway::Plain {
            b.wait_for("HolePunched is_direct: true", Duration::from_secs(30))?;
            b.tell_until("counters", Duration::from_secs(5), |it| it.contains("relayed_peers: 0"))?;
        }
        let fetch = format!("fetch {} picture", a.id);
        b.tell_until(&fetch, Duration::from_secs(5), |it| it == "length 30000")?;
        let mut times = Vec::new();
        for _ in 0..20 {
            let start = Instant::now();
            let answer = b.tell(&format!("fetch {} picture", a.id))?;
            times.push(start.elapsed());
            assert_eq!(answer, "length 30000");
        }
        say(&format!("fetch of 30,000 bytes from a home, {name}: {}", quantiles(times)))?;
    }
    let Some(lab) = lab(Gateway::Plain, Gateway::Plain)? else { return Ok(()) };
    let _delayed = lab.delay(20)?;
    let (_servers, [mut a, _b]) = homes(&lab, BOTH)?;
    a.wait_for_relays(2)?;
    let mut times = Vec::new();
    for index in 0..20 {
        let start = Instant::now();
        assert_eq!(a.tell(&format!("publish note{index} text"))?, "published 2");
        times.push(start.elapsed());
    }
    say(&format!("publish at two servers from behind a gateway: {}", quantiles(times)))
}

#[test]
#[ignore = "a measurement of some minutes"]
fn what_128_reservations_cost_a_server() -> Outcome {
    const NODES: u64 = 128;
    let Some(lab) = lab(Gateway::Plain, Gateway::Plain)? else { return Ok(()) };
    let mut server = Peer::server_with(&lab, 1, &[], "per-prefix=1000")?;
    let before = server.memory()?;
    let arguments = format!("crowd={NODES} {BOTH} bootstrap={}", server.public());
    let _crowd = Peer::start(&lab, "a1", &arguments)?;
    let held = |counters: &str| counters.contains(&format!("reservations_held: {NODES},"));
    server.tell_until("counters", Duration::from_secs(300), held)?;
    let with = server.memory()?;
    let sent = lab.bytes_of("s1")?;
    std::thread::sleep(Duration::from_secs(60));
    let a_minute = lab.bytes_of("s1")? - sent;

    say(&format!(
        "a reservation costs a server {} KiB of memory with its connections, and {} bytes a minute",
        (with - before) / NODES / 1024,
        a_minute / NODES
    ))
}
