//! The process that is killed: this very program, told to run one test that writes until it ends.

use std::{
    env,
    error::Error,
    io::{self, BufRead, BufReader, Write},
    path::Path,
    process::{self, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use netabase::{Durability, Timestamp};
use rand::{RngExt, rngs::SmallRng};

use super::builder;
use crate::disk::workload::{Ack, Lane, Ledger, Shop};

/// The durability of the process that is killed.
pub(super) const WITHIN: Durability = Durability::Buffered { within: Duration::from_millis(20) };

/// The names under which it is told where to write, and from which seed.
const DIRECTORY: &str = "NETABASE_KILLED_DIRECTORY";
const SEED: &str = "NETABASE_KILLED_SEED";

/// More than are made before it is killed.
const COMMITS: u64 = 1_000_000;

/// How many acknowledgements wait to be read. The process that writes waits behind them.
const ACKS: usize = 4096;

/// Those who write, at the same time.
pub(super) fn lanes(seed: u64) -> [Lane; 3] {
    [0, 1, 2].map(|number| Lane { seed, number })
}

/// A process that writes.
pub(super) struct Child {
    process: process::Child,
    acks: Receiver<Ack>,
}

impl Child {
    pub(super) fn start(directory: &Path, seed: u64) -> Result<Self, Box<dyn Error>> {
        let name = concat!(module_path!(), "::writes_until_it_is_killed");
        let name = name.split_once("::").ok_or("a test is in a crate")?.1;
        let mut process = Command::new(env::current_exe()?)
            .args([name, "--exact", "--ignored", "--nocapture"])
            .env(DIRECTORY, directory)
            .env(SEED, seed.to_string())
            .stdout(Stdio::piped())
            .spawn()?;
        let lines = BufReader::new(process.stdout.take().ok_or("it is piped")?).lines();
        let (send, acks) = mpsc::sync_channel(ACKS);
        thread::spawn(move || {
            for ack in lines.map_while(Result::ok).filter_map(|line| parse(&line)) {
                // Its parent may have given up.
                let _ = send.send(ack);
            }
        });
        Ok(Self { process, acks })
    }

    /// Kills it some time after it was started, or after one of its commits returned, and returns all that did.
    pub(super) fn kill_at_random(mut self, dice: &mut SmallRng) -> Result<Ledger, Box<dyn Error>> {
        let mut ledger = Ledger::default();
        // Also while it opens the store, or makes it.
        let count = if dice.random_ratio(1, 5) { 0 } else { dice.random_range(1..150) };
        for _ in 0..count {
            let Ok(ack) = self.acks.recv() else { break };
            ledger.0.push(ack);
        }
        let until = Instant::now()
            + Duration::from_micros(match count {
                0 => dice.random_range(0..120_000),
                _ => dice.random_range(0..15_000),
            });
        loop {
            match self.acks.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(ack) => ledger.0.push(ack),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return Err("it ended by itself".into()),
            }
        }
        self.process.kill()?;
        self.process.wait()?;
        ledger.0.extend(self.acks.iter());
        Ok(ledger)
    }
}

fn print(ack: &Ack) -> io::Result<()> {
    let Ack { lane, number, began, returned, within, timestamp } = ack;
    let within = within.map_or(-1, |within| within.as_nanos().try_into().unwrap_or(i64::MAX));
    let (began, returned, timestamp) = (began.as_nanos(), returned.as_nanos(), timestamp.as_u64());
    // In one write, so that the parent sees all of it or nothing.
    let line = format!("ack {lane} {number} {began} {returned} {within} {timestamp} .\n");
    let mut out = io::stdout().lock();
    out.write_all(line.as_bytes())?;
    out.flush()
}

fn parse(line: &str) -> Option<Ack> {
    let (_, line) = line.split_once("ack ")?;
    let mut words = line.strip_suffix(" .")?.split(' ');
    let lane = words.next()?.parse().ok()?;
    let number = words.next()?.parse().ok()?;
    let mut nanos = || Some(Duration::from_nanos(words.next()?.parse().ok()?));
    let (began, returned) = (nanos()?, nanos()?);
    let within: i64 = words.next()?.parse().ok()?;
    let within = u64::try_from(within).ok().map(Duration::from_nanos);
    let timestamp = Timestamp::from_u64(words.next()?.parse().ok()?);
    Some(Ack { lane, number, began, returned, within, timestamp })
}

#[test]
#[ignore = "a process of other tests"]
fn writes_until_it_is_killed() -> Result<(), Box<dyn Error>> {
    // Run by hand, it has nothing to do.
    let (Ok(directory), Ok(seed)) = (env::var(DIRECTORY), env::var(SEED)) else { return Ok(()) };
    let shop = Shop::open(builder(Path::new(&directory)).build()?)?;
    let start = (Instant::now(), COMMITS);
    thread::scope(|scope| {
        for lane in lanes(seed.parse()?) {
            let shop = &shop;
            scope.spawn(move || {
                Ledger::run(lane, shop, WITHIN, start, |ack| print(&ack).expect("the parent reads"))
                    .expect("the disk works")
            });
        }
        Ok(())
    })
}
