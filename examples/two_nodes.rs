//! Two nodes, in two terminals: the first publishes airports and tells what happens to it, the second finds them
//! and publishes one of its own.
//!
//! ```text
//! cargo run --release --example two_nodes
//! cargo run --release --example two_nodes -- <the address that the first one prints>
//! ```
//!
//! Both listen on loopback. For two machines, give the first `--listen /ip4/0.0.0.0/tcp/4001`, and both a way to
//! each other.
#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use std::{error::Error, io, process::ExitCode, thread, time::Instant};

use console::style;
use netabase::{
    NodeEvents,
    libp2p::{Multiaddr, multiaddr::Protocol},
};
use netabase_examples::{
    columns::wrapped,
    exit_code,
    two_nodes::{Arguments, CODES, Contact, First, Second, arrival, line, short},
};
use tokio::{signal::ctrl_c, sync::oneshot};

#[tokio::main]
async fn main() -> ExitCode {
    exit_code(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let Arguments { listen, contact } = Arguments::parse(std::env::args().skip(1))?;
    match contact {
        None => be_first(&listen).await,
        Some(contact) => be_second(&contact, &listen).await,
    }
}

async fn be_first(listen: &Multiaddr) -> Result<(), Box<dyn Error>> {
    let (mut first, airports) = First::start(listen).await?;
    let events = first.events();
    println!("{} {}", style("This is the first node,").bold(), first.peer_id());
    println!("  It has published {} airports, and nobody to send them to yet:", airports.len());
    for airport in &airports {
        println!("    {}", line(airport));
    }
    println!("\n{}", style("Run this in a second terminal:").bold());
    for address in first.addresses() {
        println!("{}", style(command(address)).cyan());
    }
    println!("\n{} (Enter or Ctrl-C ends it)", style("What happens:").bold());
    let told = tell(&mut first, events).await;
    first.shutdown().await;
    println!("  The first node has ended.");
    told
}

/// The column where the text begins that tells what happened.
const SAID: usize = 12;

/// The command that starts the second node.
///
/// An address has 81 columns or more, so the shell is told, by a backslash, that it goes on in the next line.
fn command(mut address: Multiaddr) -> String {
    let command = "cargo run --release --example two_nodes --";
    match address.pop() {
        Some(Protocol::P2p(peer)) => format!("{command} {address}\\\n/p2p/{peer}"),
        Some(last) => format!("{command} {}", address.with(last)),
        None => command.to_owned(),
    }
}

/// Tells what happens until the user has seen enough.
async fn tell(first: &mut First, mut events: NodeEvents) -> Result<(), Box<dyn Error>> {
    let (begun, mut enter) = (Instant::now(), enter());
    let say = |text: String| {
        let text = wrapped(SAID, &text);
        println!("  {:>6.1} s  {}", begun.elapsed().as_secs_f64(), text.trim_start());
    };
    loop {
        let event = tokio::select! {
            _ = ctrl_c() => return Ok(()),
            _ = &mut enter => return Ok(()),
            event = events.next() => event,
        };
        for (owner, airport) in first.arrivals()? {
            say(arrival(&owner, &airport));
        }
        let Some(event) = event else { return Ok(()) };
        first.tell(&event).into_iter().for_each(say);
    }
}

/// Ends when a line was entered, or none can come any more.
fn enter() -> oneshot::Receiver<()> {
    let (entered, enter) = oneshot::channel();
    thread::spawn(move || {
        let _ = io::stdin().read_line(&mut String::new());
        let _ = entered.send(());
    });
    enter
}

async fn be_second(contact: &Contact, listen: &Multiaddr) -> Result<(), Box<dyn Error>> {
    let second = Second::join(contact, listen).await?;
    println!("{} {}", style("This is the second node,").bold(), second.peer_id());
    println!("  It has met {} and asks for the airports that it owns:", short(&contact.peer));
    let told = ask(&second).await;
    second.shutdown().await;
    told
}

async fn ask(second: &Second) -> Result<(), Box<dyn Error>> {
    let mut found = 0;
    for code in CODES {
        let begun = Instant::now();
        if let Some(airport) = second.fetch(code).await? {
            found += 1;
            let took = begun.elapsed().as_secs_f64() * 1000.0;
            println!("  {} {}  {took:.1} ms", style("✓").green(), line(&airport));
        } else {
            println!("  {} {code}  nobody has it", style("✗").red());
        }
    }
    for (airport, report) in second.publish().await? {
        let (holders, peers) = (report.holders(), report.found);
        println!("\nIt has published one of its own, which {holders} of {peers} peers took:");
        println!("    {}", line(&airport));
    }
    println!(
        "\n{}",
        style(format!(
            "{found} of {} airports found. The first terminal shows the rest.",
            CODES.len()
        ))
        .bold()
    );
    Ok(())
}
