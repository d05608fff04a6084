//! Measures how fast own records reach peers, and tells how many wait, or will come too late.

use std::time::{Duration, Instant};

use crate::network::events::NodeEvent;

/// The time over which speed is measured.
const WINDOW: Duration = Duration::from_secs(10);

/// The least time from one warning to the next.
const BETWEEN_WARNINGS: Duration = Duration::from_secs(60);

/// The progress of own records on their way to peers.
#[derive(Default)]
pub(super) struct SpreadProgress {
    /// What listeners were told last.
    shown: usize,
    /// Records that peers took in this window, and when it began.
    sent: usize,
    since: Option<Instant>,
    warned: Option<Instant>,
}

/// Own records whose leases end at peers before these are sent the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Late {
    pub(super) records: usize,
    pub(super) per_second: usize,
}

impl SpreadProgress {
    /// Notes that peers have taken a record.
    pub(super) fn sent(&mut self) {
        self.sent += 1;
    }

    /// Returns what listeners are to be told of the number of records that wait.
    pub(super) fn show(&mut self, waiting: usize) -> Option<NodeEvent> {
        let before = std::mem::replace(&mut self.shown, waiting);
        (waiting > 0 || before > 0).then_some(NodeEvent::Spreading { waiting })
    }

    /// Returns whether listeners were told that some wait.
    pub(super) fn is_shown(&self) -> bool {
        self.shown > 0
    }

    /// Returns how many of the records that wait will come too late, if some will: leases are renewed when half is
    /// left. Asked once in a while; answers at the end of each window.
    pub(super) fn cannot_be_kept(
        &mut self,
        waiting: usize,
        lifetime: Duration,
        now: Instant,
    ) -> Option<Late> {
        let since = *self.since.get_or_insert(now);
        let took = now.saturating_duration_since(since);
        if took < WINDOW {
            return None;
        }
        let sent = std::mem::take(&mut self.sent);
        self.since = Some(now);
        // Without any peer nothing is kept anywhere.
        let per_second = Some(sent / usize::try_from(took.as_secs()).ok()?).filter(|_| sent > 0)?;
        let in_time = sent as u128 * (lifetime / 2).as_millis() / took.as_millis();
        let records = waiting.saturating_sub(usize::try_from(in_time).unwrap_or(usize::MAX));
        let was_warned = self.warned.is_some_and(|warned| now < warned + BETWEEN_WARNINGS);
        if records == 0 || was_warned {
            return None;
        }
        self.warned = Some(now);
        Some(Late { records, per_second })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_too_late_is_told_once_a_minute_with_its_number() {
        let (mut progress, start) = (SpreadProgress::default(), Instant::now());
        let lifetime = Duration::from_secs(60);
        let mut after = |seconds, waiting| {
            (0..1000).for_each(|_| progress.sent());
            progress.cannot_be_kept(waiting, lifetime, start + Duration::from_secs(seconds))
        };

        assert_eq!(after(0, 5000), None, "it is measured first");
        assert_eq!(after(10, 6000), None, "2000 in 10 seconds are 6000 in 30");
        assert_eq!(after(20, 4000), Some(Late { records: 1000, per_second: 100 }));
        assert_eq!(after(30, 4000), None, "it was told just now");
        assert_eq!(after(79, 4000), None, "it was told less than a minute ago");
        assert_eq!(after(89, 4000), Some(Late { records: 1000, per_second: 100 }));
    }

    #[test]
    fn progress_is_told_while_records_wait_and_once_when_none_does() {
        let mut progress = SpreadProgress::default();
        assert_eq!(progress.show(0), None);
        assert_eq!(progress.show(7), Some(NodeEvent::Spreading { waiting: 7 }));
        assert!(progress.is_shown());
        assert_eq!(progress.show(0), Some(NodeEvent::Spreading { waiting: 0 }));
        assert_eq!(progress.show(0), None);
    }
}
