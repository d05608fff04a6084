use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use libp2p::futures::{StreamExt, stream};
use netabase_benches::timing::to_f64;
use tokio::{
    runtime::{Builder, Runtime},
    time::sleep,
};

use super::{
    bare::Bare,
    figures::{Costs, Figures, Operations},
    nodes::Nodes,
    peer::{Network, Reach},
    plan::{Item, Plan, Public, Signed, Value},
};

/// Operations under way at a time, where throughput is measured.
const IN_FLIGHT: usize = 16;

/// What follows the first meetings of the peers comes to an end.
const SETTLING: Duration = Duration::from_secs(4);

/// A phase is done in so many parts, between which the sides take turns: a machine that slows down, slows both.
const PARTS: usize = 4;

/// The start of each side, and the phases of both kinds of values.
pub(super) const STEPS: usize = 2 + 2 * 3 * PARTS;

/// The bare side's figures, and ours.
pub(super) fn run(number: usize, nodes: usize, records: usize, bar: &ProgressBar) -> [Figures; 2] {
    let plan = Plan::new(number as u64 + 1, nodes);
    let mut bare = Side::<Bare>::start(&plan, bar);
    let mut ours = Side::<Nodes>::start(&plan, bar);
    // Everybody has to do with everybody else before it counts.
    let warm = plan.items::<Public>(u64::MAX / 2, nodes);
    bare.warm_up(&warm);
    ours.warm_up(&warm);
    let owned = turns::<Signed>(&plan, number, records, (&bare, &ours), bar);
    let open = turns::<Public>(&plan, number + 1, records, (&bare, &ours), bar);
    [bare.figures.owned, ours.figures.owned] = owned;
    [bare.figures.open, ours.figures.open] = open;
    [bare.figures, ours.figures]
}

/// Phase after phase, part after part, the two sides in turn; who begins changes.
fn turns<V: Value>(
    plan: &Plan,
    number: usize,
    records: usize,
    (bare, ours): (&Side<Bare>, &Side<Nodes>),
    bar: &ProgressBar,
) -> [Operations; 2] {
    // Each phase writes its own, and others read what one has written.
    let one_by_one = plan.items::<V>(0, records);
    let together = plan.items::<V>(1 << 32, records);
    let part = records.div_ceil(PARTS);
    let phase = |what: Phase| {
        let mut taken = [Taken::default(), Taken::default()];
        let parts = one_by_one.chunks(part).zip(together.chunks(part)).enumerate();
        for (turn, (one_by_one, together)) in parts {
            if (number + turn).is_multiple_of(2) {
                bare.take(what, one_by_one, together, &mut taken[0]);
                ours.take(what, one_by_one, together, &mut taken[1]);
            } else {
                ours.take(what, one_by_one, together, &mut taken[1]);
                bare.take(what, one_by_one, together, &mut taken[0]);
            }
            bar.inc(1);
        }
        taken.map(|taken| Costs::new(records, taken.together, taken.alone))
    };
    let [publish, first, several] = [Phase::Publish, Phase::First, Phase::Several].map(|what| {
        bar.set_message(what.name());
        phase(what)
    });
    [0, 1].map(|side| Operations {
        publish: publish[side],
        first: first[side],
        several: several[side],
    })
}

/// What is done with the records.
#[derive(Clone, Copy)]
enum Phase {
    Publish,
    First,
    Several,
}

/// What a phase took so far.
#[derive(Default)]
struct Taken {
    alone: Vec<Duration>,
    together: Duration,
}

/// A network, and the thread's runtime that it runs on while it is waited for.
struct Side<N> {
    network: N,
    runtime: Runtime,
    figures: Figures,
}

impl<N: Network> Side<N> {
    fn start(plan: &Plan, bar: &ProgressBar) -> Self {
        bar.set_message(format!("{} starts", N::NAME));
        let mut started = None;
        let heap = allocation_counter::measure(|| {
            let runtime = Builder::new_current_thread().enable_all().build();
            let runtime = runtime.expect("threads have runtimes");
            let network = runtime.block_on(async {
                let network = N::start(plan.seed, &plan.peers).await;
                sleep(SETTLING).await;
                network
            });
            started = Some((network, runtime));
        });
        let (network, runtime) = started.expect("it was just started");
        let peers = to_f64(i64::try_from(plan.peers.len()).expect("there are some dozens"));
        let connections = runtime.block_on(network.connections());
        let connections = to_f64(i64::try_from(connections).expect("there are some thousands"));
        let figures = Figures {
            memory: to_f64(heap.bytes_current) / peers,
            connections: connections / peers,
            ..Figures::default()
        };
        bar.inc(1);
        Self { network, runtime, figures }
    }

    fn warm_up<V: Value>(&self, items: &[Item<V>]) {
        self.publish(items, IN_FLIGHT);
        self.fetch(items, 0, Reach::Usual, IN_FLIGHT);
    }

    /// Does it with some records one by one, then with others together.
    fn take<V: Value>(
        &self,
        phase: Phase,
        one_by_one: &[Item<V>],
        together: &[Item<V>],
        taken: &mut Taken,
    ) {
        let run = |items: &[Item<V>], in_flight| match phase {
            Phase::Publish => self.publish(items, in_flight),
            Phase::First => self.fetch(items, 0, Reach::First, in_flight),
            Phase::Several => self.fetch(items, 1, Reach::Usual, in_flight),
        };
        taken.alone.extend(run(one_by_one, 1).0);
        taken.together += run(together, IN_FLIGHT).1;
    }

    fn publish<V: Value>(&self, items: &[Item<V>], in_flight: usize) -> (Vec<Duration>, Duration) {
        self.time(items, in_flight, |item| self.network.publish(item))
    }

    fn fetch<V: Value>(
        &self,
        items: &[Item<V>],
        phase: usize,
        reach: Reach,
        in_flight: usize,
    ) -> (Vec<Duration>, Duration) {
        self.time(items, in_flight, |item| self.network.fetch(item, item.reader(phase), reach))
    }

    /// How long each operation took, and all of them.
    fn time<'a, V, F: Future<Output = ()>>(
        &self,
        items: &'a [Item<V>],
        in_flight: usize,
        operation: impl Fn(&'a Item<V>) -> F,
    ) -> (Vec<Duration>, Duration) {
        let timed = |item| {
            let running = operation(item);
            async {
                let start = Instant::now();
                running.await;
                start.elapsed()
            }
        };
        let start = Instant::now();
        let each = stream::iter(items).map(timed).buffer_unordered(in_flight).collect();
        (self.runtime.block_on(each), start.elapsed())
    }
}

impl Phase {
    fn name(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::First => "fetch, first valid",
            Self::Several => "fetch, several",
        }
    }
}
