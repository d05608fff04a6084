//! A node that publishes much at once to three others, which take records at the default rates.
//!
//! The publisher has a thread of its own, whose processor time is what counts. Nothing is encrypted.

use std::{
    fmt::Write,
    thread,
    time::{Duration, Instant},
};

use netabase::{
    ManualClock, Netabase, NetabaseSchema, NodeLimits, libp2p::Multiaddr, testkit::TestNetwork,
};
use netabase_benches::timing::to_f64;
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use tokio::{
    runtime::{Builder, Runtime},
    sync::{mpsc, oneshot},
    time::sleep,
};

/// The nodes that take the records.
const RECEIVERS: usize = 3;

/// The time over which an idle publisher is looked at.
const IDLE: Duration = Duration::from_secs(10);

/// After so many times the time that the rates allow for it is given up.
const PATIENCE: u32 = 3;

/// A value of some 120 bytes, 180 with what goes around it.
#[derive(Debug, Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "spread", access = "open")]
struct Item {
    #[netabase(key)]
    id: u64,
    text: String,
}

/// What it took until all receivers had all records, or until that was given up.
struct Spread {
    held: usize,
    wall: Duration,
    cpu: Duration,
}

/// Measures one network, and gives its lines.
pub(crate) fn measure(records: usize) -> String {
    let clock = ManualClock::at_unix_ms(1_800_000_000_000);
    let network = TestNetwork::new(1);
    let (ready, addresses) = oneshot::channel();
    let (held, mut seen) = mpsc::channel(1);
    let receivers = thread::spawn({
        let (network, clock) = (network.clone(), clock.clone());
        move || runtime().block_on(receive(network, clock, ready, held))
    });
    let text = runtime().block_on(async {
        let addresses = addresses.await.expect("the receivers start");
        publish(
            records,
            network.node(0).clock(clock.clone()).bootstrap(addresses),
            &clock,
            &mut seen,
        )
        .await
    });
    drop(seen);
    receivers.join().expect("the receivers end");
    text
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("threads have runtimes")
}

/// Runs the receivers until nobody wants to know what they hold; tells the least that one of them does.
async fn receive(
    network: TestNetwork,
    clock: ManualClock,
    ready: oneshot::Sender<Vec<Multiaddr>>,
    held: mpsc::Sender<(usize, u64)>,
) {
    let mut nodes: Vec<Netabase> = Vec::new();
    for index in 1..=RECEIVERS {
        let known: Vec<Multiaddr> = nodes.iter().flat_map(Netabase::addresses).collect();
        let node = network.node(index).clock(clock.clone()).bootstrap(known);
        let node = node.start().await.expect("nodes start in memory");
        node.database::<Item>().expect("no other schema is called so");
        nodes.push(node);
    }
    let addresses = nodes.iter().flat_map(Netabase::addresses).collect();
    ready.send(addresses).expect("the publisher waits");
    loop {
        sleep(Duration::from_millis(100)).await;
        let least = nodes.iter().map(|node| node.store().record_count()).min();
        let refused = nodes.iter().map(|node| node.counters().refused.total()).sum();
        if held.send((least.unwrap_or(0), refused)).await.is_err() {
            return;
        }
    }
}

async fn publish(
    records: usize,
    node: netabase::NetabaseBuilder,
    clock: &ManualClock,
    held: &mut mpsc::Receiver<(usize, u64)>,
) -> String {
    let node = node.start().await.expect("nodes start in memory");
    while node.counters().known_peers < RECEIVERS {
        sleep(Duration::from_millis(100)).await;
    }
    let items = node.database::<Item>().expect("no other schema is called so");
    let count = u64::try_from(records).expect("it is a number of records");
    let values = (0..count).map(|id| Item { id, text: "x".repeat(112) });
    items.load(values).expect("the records are valid");
    let heap = allocation_counter::measure(|| {
        assert_eq!(items.sync_to_network().count(), records);
    });
    let spread = until_held(records, held).await;
    let refused = held.recv().await.map_or(0, |(_, refused)| refused);
    let before = cpu_time();
    let _ = tokio::time::timeout(IDLE, drain(held)).await;
    let idle = cpu_time().saturating_sub(before);

    clock.advance(items_lifetime(&node) / 2 + Duration::from_secs(1));
    let start = (Instant::now(), cpu_time());
    let longest = at_the_rates(records) * PATIENCE;
    loop {
        let counters = node.counters();
        let is_done = counters.renewals >= count && counters.offers_waiting == 0;
        if is_done || start.0.elapsed() > longest {
            break;
        }
        let _ = tokio::time::timeout(Duration::from_millis(200), drain(held)).await;
    }
    let renewal = (start.0.elapsed(), cpu_time().saturating_sub(start.1));
    let left = node.counters().offers_waiting;
    node.shutdown().await;
    report(records, to_f64(heap.bytes_current), &spread, refused, idle, renewal, left)
}

fn items_lifetime(node: &Netabase) -> Duration {
    node.store().max_lifetime()
}

/// The least time that it takes to send so many to a peer.
fn at_the_rates(records: usize) -> Duration {
    let rate = NodeLimits::default().peer_rate;
    let behind = records.saturating_sub(usize::try_from(rate.burst).expect("it is some thousand"));
    Duration::from_secs_f64(
        to_f64(i64::try_from(behind).expect("it is small")) / f64::from(rate.per_second),
    )
    .max(Duration::from_secs(10))
}

async fn until_held(records: usize, held: &mut mpsc::Receiver<(usize, u64)>) -> Spread {
    let (start, before) = (Instant::now(), cpu_time());
    let longest = at_the_rates(records) * PATIENCE;
    let mut least = 0;
    while least < records && start.elapsed() < longest {
        least = held.recv().await.map_or(least, |(least, _)| least);
    }
    Spread { held: least, wall: start.elapsed(), cpu: cpu_time().saturating_sub(before) }
}

/// Reads what the receivers tell, for ever.
async fn drain(held: &mut mpsc::Receiver<(usize, u64)>) {
    while held.recv().await.is_some() {}
}

/// The processor time of this thread.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).expect("a thread has not run for less than nothing");
    let nanoseconds = u32::try_from(time.tv_nsec).expect("it is less than a second");
    Duration::new(seconds, nanoseconds)
}

fn report(
    records: usize,
    heap: f64,
    spread: &Spread,
    refused: u64,
    idle: Duration,
    (renewal, renewal_cpu): (Duration, Duration),
    left: usize,
) -> String {
    let count = to_f64(i64::try_from(records).expect("it is small"));
    let percent = |cpu: Duration, wall: Duration| 100.0 * cpu.as_secs_f64() / wall.as_secs_f64();
    let mut text = format!("{records} records to {RECEIVERS} nodes at the default rates\n");
    let mut line = |name: &str, value: f64, unit: &str| {
        writeln!(text, "{name:<44}{value:>10.1} {unit}").expect("writing to a string cannot fail");
    };
    line("heap a record, published and waiting", heap / count, "B");
    line(
        "held by the node that holds least",
        to_f64(i64::try_from(spread.held).expect("it is small")),
        "",
    );
    line("time until then", spread.wall.as_secs_f64(), "s");
    line("  of what the rates allow for", at_the_rates(records).as_secs_f64(), "s");
    line("  processor", percent(spread.cpu, spread.wall), "%");
    line(
        "  refused, a record and node",
        to_f64(i64::try_from(refused).expect("it is small")) / count / to_f64(3),
        "",
    );
    line("idle, processor", percent(idle, IDLE), "%");
    line("renewal of all", renewal.as_secs_f64(), "s");
    line("  processor", percent(renewal_cpu, renewal), "%");
    line("  left at the end", to_f64(i64::try_from(left).expect("it is small")), "");
    text
}
