//! Nodes behind gateways reach each other: over relays, by holes, by mapped ports. Each test makes an internet of its
//! own in network namespaces, which takes root, `ip` (iproute2) and `nft` (nftables); without them it says so, and passes.

mod lab;

mod program;

mod peer;

mod plain;

mod symmetric;

mod relays;

mod reached;

mod figures;

use std::{error::Error, io::Write};

use self::{
    lab::{Gateway, Lab},
    peer::Peer,
};

type Outcome = Result<(), Box<dyn Error>>;

/// Makes an internet, or says why there can be none. Returns `None` then.
fn lab(first: Gateway, second: Gateway) -> Result<Option<Lab>, Box<dyn Error>> {
    if let Some(lack) = Lab::lack() {
        // The test harness would swallow what a passing test prints.
        writeln!(std::io::stderr(), "SKIPPED a test of nodes behind gateways: {lack}")?;
        return Ok(None);
    }
    Ok(Some(Lab::new(first, second)?))
}

/// Starts two servers, and a home behind each gateway that knows one of them.
fn homes(lab: &Lab, listen: &str) -> Result<([Peer; 2], [Peer; 2]), Box<dyn Error>> {
    let first = Peer::server(lab, 1, &[])?;
    let second = Peer::server(lab, 2, &[&first])?;
    let a = Peer::start(lab, "a1", &format!("{listen} bootstrap={}", first.public()))?;
    let b = Peer::start(lab, "b1", &format!("{listen} bootstrap={}", second.public()))?;
    Ok(([first, second], [a, b]))
}
