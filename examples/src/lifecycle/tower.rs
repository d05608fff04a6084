use std::{collections::VecDeque, time::Duration};

use netabase::{
    ArrivalError, Budget, BudgetInfo, ChangeOrigin, Limits, ManualClock, MemoryStoreDatabase,
    NetabaseStore, PutOutcome, Source, Utilization, UtilizationWatch, Watch,
    libp2p::{futures::FutureExt, kad::Record},
};
use rand::{RngExt, rngs::Xoshiro256PlusPlus};

use super::{
    error::LifecycleError,
    notice::{FOLLOWED, HOME, Notice},
    random::{chance, identity},
};

/// The longest lease in the network of all these peers.
pub(super) const MAX_LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// How many of the tower's own notices have no end. They are its first.
pub(super) const LASTING: u64 = 200;

/// When the story begins: 15 January 2027, 08:00.
const START_MS: u64 = 1_800_000_000_000;

/// How many of the changes that the watcher was told of are remembered.
const REMEMBERED: usize = 3;

/// The application: a control tower that writes notices, and holds those of others.
#[derive(Debug)]
pub struct Tower {
    /// What time it is in the story.
    pub clock: ManualClock,
    /// Its store.
    pub store: NetabaseStore,
    /// The notices in it.
    pub notices: MemoryStoreDatabase<Notice>,
    /// What has happened so far.
    pub counts: Counts,
    /// The last of others' notices that it had taken in and that were evicted.
    pub last_evicted: VecDeque<Notice>,
    changes: Watch<Notice>,
    foreign_mark: UtilizationWatch,
    chance: Xoshiro256PlusPlus,
    last_number: u64,
}

/// What has happened in the tower's store so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Notices that the tower wrote.
    pub written: usize,
    /// Foreign records that were stored when they came.
    pub stored: usize,
    /// Foreign records that found no room.
    pub no_room: usize,
    /// Foreign records whose key the tower has in private use.
    pub private: usize,
    /// Foreign records that are damaged.
    pub damaged: usize,
    /// The tower's own notices whose end the watcher told of.
    pub own_expired: usize,
    /// Others' notices whose end it told of.
    pub foreign_expired: usize,
    /// Notices whose eviction it told of.
    pub evicted: usize,
}

/// What a screen shows of the tower's store.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// The tower's own records.
    pub own: BudgetInfo,
    /// Those of others.
    pub foreign: BudgetInfo,
    /// What has happened.
    pub counts: Counts,
}

impl Tower {
    /// A tower at the beginning of its story, with an empty store.
    pub(super) fn open() -> Result<Self, LifecycleError> {
        let mut chance = chance(100);
        let clock = ManualClock::at_unix_ms(START_MS);
        let limits = Limits {
            max_records: 1_000,
            max_bytes: 1 << 18,
            max_foreign_records: 4_000,
            max_foreign_bytes: 1 << 20,
            ..Limits::default()
        };
        let store = NetabaseStore::builder()
            .identity(identity(&mut chance)?)
            .clock(clock.clone())
            .limits(limits)
            .max_lifetime(MAX_LIFETIME)
            .build()?;
        let notices = store.database::<Notice>()?;
        let changes = notices.watch();
        let foreign_mark = store.watch_utilization(Budget::Foreign, 80.0);
        Ok(Self {
            clock,
            store,
            notices,
            counts: Counts::default(),
            last_evicted: VecDeque::new(),
            changes,
            foreign_mark,
            chance,
            last_number: 0,
        })
    }

    /// Writes the tower's next notice. The first 200 have no end, others live ten minutes to twelve hours.
    pub(super) fn write(&mut self) -> Result<(), LifecycleError> {
        self.last_number += 1;
        let minutes = self.chance.random_range(10..=720);
        let ends = self.last_number > LASTING;
        let ttl = ends.then_some(Duration::from_secs(60 * minutes));
        let notice = Notice::new(HOME, self.last_number, "taxiway B closed");
        self.notices.put_with_ttl(&notice, ttl)?;
        self.counts.written += 1;
        self.follow_changes()
    }

    /// Takes what a peer sends, if the store does, and lets databases show it if it is about the airport that
    /// the tower follows. True if it is stored; what a flood has refused is counted.
    pub(super) fn receive(
        &mut self,
        record: &Record,
        source: Source,
    ) -> Result<bool, LifecycleError> {
        let is_stored = match self.store.put_from(record, source) {
            Ok(outcome) => outcome == PutOutcome::Stored,
            Err(error) => {
                self.count(error)?;
                false
            }
        };
        if is_stored {
            self.counts.stored += 1;
            if self.notices.from_record(record)?.airport == FOLLOWED {
                self.notices.put_record(record)?;
            }
        }
        self.follow_changes()?;
        Ok(is_stored)
    }

    fn count(&mut self, refused: ArrivalError) -> Result<(), ArrivalError> {
        let count = match refused {
            ArrivalError::ForeignFull { .. } => &mut self.counts.no_room,
            ArrivalError::Private => &mut self.counts.private,
            ArrivalError::Record(_) => &mut self.counts.damaged,
            error => return Err(error),
        };
        *count += 1;
        Ok(())
    }

    /// Counts what the watcher tells: of records that databases show, and of no others.
    ///
    /// # Errors
    ///
    /// Those of the watcher.
    pub fn follow_changes(&mut self) -> Result<(), LifecycleError> {
        while let Some(change) = self.changes.next().now_or_never().flatten() {
            let change = change?;
            let is_own = change.key.airport == HOME;
            let counts = &mut self.counts;
            let count = match (change.origin, is_own) {
                (ChangeOrigin::Expired, true) => &mut counts.own_expired,
                (ChangeOrigin::Expired, false) => &mut counts.foreign_expired,
                (ChangeOrigin::Evicted, _) => &mut counts.evicted,
                _ => continue,
            };
            *count += 1;
            if let (ChangeOrigin::Evicted, Some(notice)) = (change.origin, change.old) {
                self.last_evicted.push_front(notice);
                self.last_evicted.truncate(REMEMBERED);
            }
        }
        Ok(())
    }

    /// How full the foreign budget was when it last crossed 80 %, if it did so since the last call.
    pub fn crossed_the_mark(&mut self) -> Option<Utilization> {
        self.foreign_mark.crossed().now_or_never().flatten()
    }

    /// What a screen shows.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let capacity = self.store.capacity_info();
        Figures { own: capacity.own, foreign: capacity.foreign, counts: self.counts }
    }
}

impl Counts {
    /// Foreign records that were not stored.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.no_room + self.private + self.damaged
    }
}

impl Figures {
    /// Foreign records that were stored and had to go again: as long as no lease is over, all that are held no
    /// more.
    #[must_use]
    pub fn evicted(&self) -> usize {
        self.counts.stored.saturating_sub(self.foreign.current_records)
    }
}
