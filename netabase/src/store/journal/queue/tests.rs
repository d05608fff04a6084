//! Group commit as events and answers.

use super::*;
use crate::store::clock::{Clock, ManualClock, Origin};

const WITHIN: Duration = Duration::from_millis(100);
const BUFFERED: Durability = Durability::Buffered { within: WITHIN };
const UNIX_MS: u64 = 1_800_000_000_000;

/// A queue, and the time.
struct Fixture {
    queue: Queue,
    clock: ManualClock,
    origin: Origin,
}

impl Fixture {
    fn new() -> Self {
        let clock = ManualClock::at_unix_ms(UNIX_MS);
        let origin = Origin { opened: clock.now().monotonic, ms: 0 };
        let watermark = Clocks::reserve(Timestamp::default(), UNIX_MS);
        let clocks = Clocks { watermark, store_ms: 0, unix_ms: UNIX_MS };
        Self { queue: Queue::new(clocks, Timestamp::default()), clock, origin }
    }

    fn at(&self) -> Instant {
        self.clock.now().monotonic
    }

    fn wait(&self, ms: u64) {
        self.clock.advance(Duration::from_millis(ms));
    }

    fn push(&mut self, durability: Durability, bytes: usize) -> Result<(Ticket, bool), DiskError> {
        self.push_with(durability, bytes, false)
    }

    fn push_with(
        &mut self,
        durability: Durability,
        bytes: usize,
        has_waited: bool,
    ) -> Result<(Ticket, bool), DiskError> {
        let now = Moment::new(self.clock.now(), self.origin);
        let commit = Commit { now: &now, clock: now.timestamp(), durability, has_waited };
        let at = self.at();
        self.queue.push(at, &commit, |batch| {
            batch.put(super::super::Table::Rows, b"key", |out| out.resize(out.len() + bytes, 7));
        })
    }

    fn next(&self) -> Next {
        self.queue.next(self.at())
    }

    fn settled(&self, ticket: Ticket, durability: Durability) -> Standing {
        self.queue.is_settled(ticket, durability, self.at())
    }

    fn write(&mut self) {
        let group = self.queue.take(Batch::default());
        self.queue.written(&group);
    }
}

fn full() -> DiskError {
    DiskError::Full { path: "records".into() }
}

#[test]
fn a_buffered_commit_returns_at_once_and_is_written_in_half_its_time() -> Result<(), DiskError> {
    let mut fixture = Fixture::new();
    let (ticket, wakes) = fixture.push(BUFFERED, 10)?;
    assert!(wakes, "the writer slept");
    assert_eq!(fixture.settled(ticket, BUFFERED), Standing::Done);
    let due = fixture.at() + WITHIN / 2;
    assert_eq!(fixture.next(), Next::Sleep(Some(due)));
    let (_, wakes) = fixture.push(BUFFERED, 10)?;
    assert!(!wakes, "it wakes in time by itself");

    fixture.wait(50);
    assert_eq!(fixture.next(), Next::Write);
    fixture.write();
    assert_eq!(fixture.next(), Next::Sleep(None));
    assert_eq!(fixture.settled(ticket, Durability::Synced), Standing::Done);
    Ok(())
}

#[test]
fn a_writer_waits_while_the_oldest_commit_is_older_than_allowed() -> Result<(), DiskError> {
    let mut fixture = Fixture::new();
    fixture.push(BUFFERED, 10)?;
    fixture.wait(60);
    let group = fixture.queue.take(Batch::default());
    let (ticket, _) = fixture.push(BUFFERED, 10)?;
    fixture.wait(40);
    assert_eq!(fixture.settled(ticket, BUFFERED), Standing::Done);
    fixture.wait(1);
    assert_eq!(fixture.settled(ticket, BUFFERED), Standing::Wait, "the disk is slow");
    fixture.queue.written(&group);
    assert_eq!(fixture.settled(ticket, BUFFERED), Standing::Done, "its own is younger");
    Ok(())
}

#[test]
fn a_synced_commit_waits_and_others_share_its_sync() -> Result<(), DiskError> {
    let mut fixture = Fixture::new();
    let (first, _) = fixture.push(Durability::Synced, 10)?;
    let (second, _) = fixture.push(Durability::Synced, 10)?;
    assert_eq!(fixture.settled(first, Durability::Synced), Standing::Wait);
    assert!(fixture.queue.want(first.number()) && fixture.queue.want(second.number()));
    assert_eq!(fixture.next(), Next::Write);
    fixture.write();
    for ticket in [first, second] {
        assert_eq!(fixture.settled(ticket, Durability::Synced), Standing::Done);
    }
    Ok(())
}

#[test]
fn a_full_queue_refuses_who_must_not_wait_and_takes_who_has_waited() -> Result<(), DiskError> {
    let mut fixture = Fixture::new();
    fixture.push(BUFFERED, MAX_WAITING_BYTES)?;
    assert_eq!(fixture.next(), Next::Write, "so much waits for no more");
    assert_eq!(fixture.queue.room(), Standing::Wait);
    let refused = fixture.push(BUFFERED, 10).map(drop);
    assert!(matches!(refused, Err(DiskError::Busy { .. })), "{refused:?}");
    fixture.push_with(BUFFERED, 10, true)?;
    fixture.write();
    assert_eq!(fixture.queue.room(), Standing::Done);
    fixture.push(BUFFERED, 10).map(drop)
}

#[test]
fn after_a_failure_nothing_is_taken_and_nothing_tried_again() -> Result<(), DiskError> {
    let mut fixture = Fixture::new();
    let (durable, _) = fixture.push(BUFFERED, 10)?;
    fixture.write();
    let (lost, _) = fixture.push(BUFFERED, 10)?;
    fixture.queue.fail(full());

    let not_durable = DiskError::NotDurable { applied: true, cause: Box::new(full()) };
    assert_eq!(fixture.settled(durable, Durability::Synced), Standing::Done);
    assert_eq!(fixture.settled(lost, BUFFERED), Standing::Failed(not_durable));
    let read_only = DiskError::ReadOnly { cause: Box::new(full()) };
    assert_eq!(fixture.push(BUFFERED, 10).map(drop), Err(read_only.clone()));
    assert_eq!(fixture.queue.room(), Standing::Failed(read_only));
    fixture.wait(1000);
    assert_eq!(fixture.next(), Next::Sleep(None));
    Ok(())
}

#[test]
fn the_watermark_stays_ahead_of_what_is_issued_and_ends_with_it() -> Result<(), DiskError> {
    let mut fixture = Fixture::new();
    let (near, _) = fixture.push(BUFFERED, 10)?;
    assert_eq!(fixture.settled(near, BUFFERED), Standing::Done);
    // Nothing was written for so long that a timestamp is not reserved any more.
    fixture.wait(20_000);
    fixture.write();
    let (far, _) = fixture.push(BUFFERED, 10)?;
    assert_eq!(fixture.settled(far, BUFFERED), Standing::Wait);
    assert!(far.is_wanted(BUFFERED));
    fixture.write();
    assert_eq!(fixture.settled(far, BUFFERED), Standing::Done);

    let now = Moment::new(fixture.clock.now(), fixture.origin);
    assert!(fixture.queue.last_clocks().watermark > now.timestamp());
    fixture.queue.close(&now);
    assert_eq!(fixture.queue.last_clocks().watermark, now.timestamp(), "nothing was issued above");
    assert_eq!(fixture.next(), Next::Exit);
    Ok(())
}

#[test]
fn what_waits_is_written_before_the_end() -> Result<(), DiskError> {
    let mut fixture = Fixture::new();
    fixture.push(BUFFERED, 10)?;
    let now = Moment::new(fixture.clock.now(), fixture.origin);
    fixture.queue.close(&now);
    assert_eq!(fixture.next(), Next::Write);
    fixture.write();
    assert_eq!(fixture.next(), Next::Exit);
    Ok(())
}
