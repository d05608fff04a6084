//! A node that runs in a namespace, and does what it is told line by line. It is this test binary, started again.

use std::{env, error::Error, io::Write, time::Duration};

use netabase::{
    Limits, Netabase, NetabaseBuilder, NetabaseSchema, NodeEvent, NodeLimits,
    libp2p::{Multiaddr, PeerId},
};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};

/// The arguments of the node; without them there is nothing to run.
pub(super) const ARGUMENTS: &str = "NETABASE_NAT_PEER";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned")]
struct Note {
    #[netabase(key)]
    title: String,
    text: String,
}

#[test]
#[ignore = "a program that the tests of gateways run"]
fn peer_program() -> Result<(), Box<dyn Error>> {
    let Ok(arguments) = env::var(ARGUMENTS) else { return Ok(()) };
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run(&arguments))
}

async fn run(arguments: &str) -> Result<(), Box<dyn Error>> {
    let mut crowd = Vec::new();
    let node = describe(arguments)?.start().await?;
    let count = arguments.split_whitespace().find_map(|it| it.strip_prefix("crowd="));
    for _ in 1..count.map_or(Ok(1), str::parse::<usize>)? {
        crowd.push(describe(arguments)?.start().await?);
    }
    let _notes = node.database::<Note>()?;
    let mut events = node.events();
    say(&format!("@ started {}", node.peer_id()))?;
    let mut lines = BufReader::new(stdin()).lines();
    loop {
        tokio::select! {
            line = lines.next_line() => {
                let Some(line) = line? else { break };
                let answer = match obey(&node, &line).await {
                    Ok(answer) => answer,
                    Err(error) => format!("error {error}"),
                };
                say(&format!("@ {answer}"))?;
            }
            event = events.next() => match event {
                // They are many.
                Some(NodeEvent::Accepted { .. }) => {}
                Some(event) => say(&format!("! {event:?}"))?,
                None => break,
            },
        }
    }
    node.shutdown().await;
    Ok(())
}

fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Describes the node: `server`, `client`, `upnp`, `listen=…`, `bootstrap=…`, `circuits=…`.
fn describe(arguments: &str) -> Result<NetabaseBuilder, Box<dyn Error>> {
    let mut node = Netabase::builder("nat");
    let mut limits = netabase::RelayLimits::default();
    for argument in arguments.split_whitespace() {
        node = match argument.split_once('=').unwrap_or((argument, "")) {
            ("server", _) => node.server(),
            ("client", _) => node.client(),
            ("upnp", _) => node.upnp(),
            ("holds-nothing", _) => {
                node.store_limits(Limits { max_foreign_records: 0, ..Limits::default() })
            }
            ("listen", address) => node.listen(address.parse()?),
            ("external", address) => node.external_address(address.parse()?),
            ("bootstrap", address) => node.bootstrap([address.parse::<Multiaddr>()?]),
            ("crowd", _) => node,
            ("per-prefix", max) => {
                limits.max_reservations_per_prefix = max.parse()?;
                node.limits(NodeLimits {
                    max_incoming_connections_per_prefix: max.parse()?,
                    ..NodeLimits::default()
                })
            }
            ("reservations", max) => {
                limits.max_reservations = max.parse()?;
                node
            }
            ("circuit-bytes", max) => {
                limits.max_circuit_bytes = max.parse()?;
                node
            }
            ("circuits-per-peer", max) => {
                limits.circuits_per_peer_and_hour = max.parse()?;
                node
            }
            other => return Err(format!("unknown argument {other:?}").into()),
        };
    }
    Ok(node.relay_limits(limits))
}

async fn obey(node: &Netabase, line: &str) -> Result<String, Box<dyn Error>> {
    let words: Vec<&str> = line.split_whitespace().collect();
    Ok(match words[..] {
        ["publish", title, text] => {
            let note = Note { title: title.to_owned(), text: text.to_owned() };
            format!("published {}", node.publish(&note).await?.holders())
        }
        ["large", title, bytes] => {
            let note = Note { title: title.to_owned(), text: "x".repeat(bytes.parse()?) };
            format!("published {}", node.publish(&note).await?.holders())
        }
        ["fetch", owner, title] => {
            let owner: PeerId = owner.parse()?;
            match node.network::<Note>()?.of(owner).get(title).await? {
                Some(Note { text, .. }) if text.len() > 100 => format!("length {}", text.len()),
                Some(Note { text, .. }) => format!("value {text}"),
                None => "none".to_owned(),
            }
        }
        ["dial", ref addresses @ ..] => {
            let addresses: Result<Vec<Multiaddr>, _> =
                addresses.iter().map(|text| text.parse()).collect();
            node.dial(addresses?).await?;
            "dialled".to_owned()
        }
        ["addresses"] => {
            let addresses: Vec<String> = node.addresses().iter().map(ToString::to_string).collect();
            addresses.join(" ")
        }
        ["reachability"] => format!("{:?}", node.reachability()),
        ["server"] => node.is_server().to_string(),
        ["counters"] => format!("{:?}", node.counters()),
        ["bootstrapped"] => match node.bootstrapped().await {
            Ok(reachability) => format!("{reachability:?}"),
            Err(error) => format!("not: {error}"),
        },
        ["sleep", ms] => {
            tokio::time::sleep(Duration::from_millis(ms.parse()?)).await;
            "slept".to_owned()
        }
        _ => return Err(format!("unknown command {line:?}").into()),
    })
}
