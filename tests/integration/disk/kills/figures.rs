//! What killed processes had acknowledged, and what was lost of it.

use std::{fmt, time::Duration};

use crate::disk::workload::Ledger;

#[derive(Debug, Default)]
pub(super) struct Figures {
    kills: usize,
    commits: u64,
    /// Those whose writer waited for the disk.
    synced: usize,
    lost: u64,
    /// How many kills lost something.
    losing: usize,
    /// The longest time between a commit that was lost and the last one that returned.
    longest: Duration,
    openings: Vec<Duration>,
}

impl Figures {
    pub(super) fn commits(&self) -> u64 {
        self.commits
    }

    /// Adds one kill, after which so many commits of each lane were there.
    pub(super) fn add(&mut self, ledger: &Ledger, kept: [u64; 3], opening: Duration) {
        let last = ledger.0.iter().map(|ack| ack.returned).max().unwrap_or_default();
        let lost = ledger.0.iter().filter(|ack| ack.number > kept[usize::from(ack.lane)]);
        let (mut count, mut longest) = (0, Duration::ZERO);
        for ack in lost {
            count += 1;
            longest = longest.max(last.saturating_sub(ack.returned));
        }
        self.kills += 1;
        self.commits += (0..3).map(|lane| ledger.last(lane)).sum::<u64>();
        self.synced += ledger.0.iter().filter(|ack| ack.within.is_none()).count();
        self.lost += count;
        self.losing += usize::from(count > 0);
        self.longest = self.longest.max(longest);
        self.openings.push(opening);
        self.openings.sort_unstable();
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kills, commits, synced, lost, losing, longest, openings } = self;
        let opening = openings.get(openings.len() / 2).copied().unwrap_or_default();
        write!(
            f,
            "{kills} kills, {commits} commits that had returned, {synced} of them synced; {losing} kills lost {lost} \
             buffered commits, the oldest {longest:?} before the last; opened again in {opening:?} (median)"
        )
    }
}
