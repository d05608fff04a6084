//! Ten nodes on this machine share airports over a real Kademlia DHT. Three of them die, and every airport is
//! found again.
//!
//! ```text
//! cargo run --release --example cluster [-- --nodes 10 --records 300 --kill 3]
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use std::{error::Error, process::ExitCode, time::Instant};

use console::style;
use indicatif::ProgressBar;
use netabase_examples::{
    airports::{Airport, bundled_csv, sample},
    cluster::{Cluster, Holding, Plan, Timings, bar, tables},
    columns::wrapped,
    exit_code,
};

#[tokio::main]
async fn main() -> ExitCode {
    exit_code(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let plan = Plan::from_arguments(std::env::args().skip(1))?;
    let begun = Instant::now();
    println!("{}", style("Airports on a Kademlia DHT, of which a part dies").bold());

    let airports = choose(plan)?;
    let mut cluster = start(plan).await?;
    let published = publish(&mut cluster, airports).await?;
    let before = fetch("fetching", &cluster).await?;
    let holdings = kill(&mut cluster, plan).await;
    let after = fetch("fetching again", &cluster).await?;

    heading("How long one call took, one after the other");
    let rows = [("publish", &published), ("fetch", &before), ("fetch after the kill", &after)];
    println!("{}", tables::timings(&rows));
    heading("What each node had");
    println!("{}", tables::holdings(&holdings));
    show_ring(&cluster)?;
    conclude(&cluster, plan, &after, begun);

    cluster.shutdown().await;
    published.all_succeeded("published")?;
    before.all_succeeded("fetched")?;
    after.all_succeeded("fetched after the kill")?;
    Ok(())
}

fn choose(plan: Plan) -> Result<Vec<Airport>, Box<dyn Error>> {
    let progress = bar("reading the file", 0);
    let airports = sample(&bundled_csv(), plan.records, &progress);
    progress.finish_and_clear();
    let airports = airports?;
    done(&format!("{} airports chosen from a file of real ones", airports.len()));
    Ok(airports)
}

async fn start(plan: Plan) -> Result<Cluster, Box<dyn Error>> {
    let progress = bar("starting nodes", plan.nodes);
    let cluster = Cluster::start(plan, &progress).await;
    progress.finish_and_clear();
    let cluster = cluster?;
    done(&format!(
        "{} nodes run, on a TCP socket each; all they knew is where the first one is",
        plan.nodes
    ));
    Ok(cluster)
}

async fn publish(cluster: &mut Cluster, airports: Vec<Airport>) -> Result<Timings, Box<dyn Error>> {
    let progress = bar("publishing", airports.len());
    let published = cluster.publish(airports, &progress).await;
    let took = ended(&progress);
    let published = published?;
    let each = cluster.copies() / published.succeeded().max(1);
    done(&format!(
        "{} airports published in {took}, each signed by its owner; {each} copies of each",
        published.succeeded()
    ));
    Ok(published)
}

async fn fetch(what: &'static str, cluster: &Cluster) -> Result<Timings, Box<dyn Error>> {
    let progress = bar(what, cluster.published());
    let fetched = cluster.fetch(&progress).await;
    let took = ended(&progress);
    let fetched = fetched?;
    done(&format!(
        "{} of them found in {took} by a newcomer that held nothing",
        fetched.succeeded()
    ));
    Ok(fetched)
}

/// Gives what all nodes had when some of them died.
async fn kill(cluster: &mut Cluster, plan: Plan) -> Vec<Holding> {
    cluster.kill().await;
    let orphans = cluster.orphans();
    println!(
        "  {} {} nodes killed, among them the owners of {orphans} airports",
        style("✗").red(),
        plan.kill
    );
    cluster.holdings()
}

fn show_ring(cluster: &Cluster) -> Result<(), Box<dyn Error>> {
    let Some(ring) = cluster.ring()? else { return Ok(()) };
    let Airport { icao, name, .. } = &ring.airport;
    heading(&format!("Who holds {icao}, {name}, of node {}: by XOR distance", ring.owner));
    println!("{}\n{}", tables::ring(&ring), tables::legend(&ring));
    Ok(())
}

fn conclude(cluster: &Cluster, plan: Plan, after: &Timings, begun: Instant) {
    let (found, all) = (after.succeeded(), after.asked());
    let Plan { nodes, kill, .. } = plan;
    let verdict = format!("{found} of {all} airports found after {kill} of {nodes} nodes died");
    let verdict = style(verdict).bold();
    let verdict = if found == all { verdict.green() } else { verdict.red() };
    let (orphans, seconds) = (cluster.orphans(), begun.elapsed().as_secs_f64());
    println!("\n{verdict},\n  {orphans} of them published by the dead. All in {seconds:.1} s.");
}

fn heading(text: &str) {
    println!("\n{}", style(wrapped(0, text)).bold());
}

fn done(text: &str) {
    println!("  {} {text}", style("✓").green());
}

/// Takes a bar off the screen, and says how long it was there.
fn ended(progress: &ProgressBar) -> String {
    let took = progress.elapsed();
    progress.finish_and_clear();
    format!("{:.1} s", took.as_secs_f64())
}
