//! What a store has acknowledged, and what of it must survive.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use netabase::{Durability, Timestamp};

use super::{Lane, Shop, State};

/// A commit that returned, and when, by the writer's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ack {
    pub(crate) lane: u8,
    pub(crate) number: u64,
    pub(crate) began: Duration,
    pub(crate) returned: Duration,
    /// `None` if it was on disk when it returned; else how old a commit may then have been that was not.
    pub(crate) within: Option<Duration>,
    pub(crate) timestamp: Timestamp,
}

/// All that returned before the disk, or the process, failed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger(pub(crate) Vec<Ack>);

impl Ack {
    /// Returns whether this one promises that another is on disk.
    ///
    /// A buffered commit does not return while there is one that is older than `within` and not on disk: so no slack is
    /// needed here, however slow the machine is.
    fn promises(&self, other: &Self) -> bool {
        match self.within {
            None => other.returned <= self.began || self.is(other),
            Some(within) => other.returned + within < self.began,
        }
    }

    fn is(&self, other: &Self) -> bool {
        (self.lane, self.number) == (other.lane, other.number)
    }
}

impl Ledger {
    /// Runs commits of a lane until one is refused, or `count` are made, and shows each that returned. Returns the
    /// refusal.
    pub(crate) fn run(
        lane: Lane,
        shop: &Shop,
        default: Durability,
        (start, count): (Instant, u64),
        mut show: impl FnMut(Ack),
    ) -> Result<u64, netabase::DatabaseError> {
        for number in 1..=count {
            let step = lane.step(number);
            let began = start.elapsed();
            let timestamp = shop.commit(&step)?;
            let within = match step.durability.unwrap_or(default) {
                Durability::Buffered { within } => Some(within),
                Durability::Synced => None,
            };
            let lane = lane.number;
            show(Ack { lane, number, began, returned: start.elapsed(), within, timestamp });
            if step.syncs {
                let began = start.elapsed();
                if shop.store.sync().is_ok() {
                    let returned = start.elapsed();
                    show(Ack { lane, number, began, returned, within: None, timestamp });
                }
            }
            if step.publishes
                && let Some(timestamp) = shop.publish()
            {
                // It promises that no later run issues this timestamp again, and nothing else.
                let (began, within) = (Duration::ZERO, Some(Duration::MAX / 2));
                show(Ack { lane, number, began, returned: start.elapsed(), within, timestamp });
            }
        }
        Ok(count)
    }

    /// Returns the last commit of a lane that returned.
    pub(crate) fn last(&self, lane: u8) -> u64 {
        self.0.iter().filter(|ack| ack.lane == lane).map(|ack| ack.number).max().unwrap_or(0)
    }

    /// Returns the last commit of a lane that must be on disk.
    fn promised(&self, lane: u8) -> u64 {
        let its = self.0.iter().filter(|ack| ack.lane == lane);
        let promised = its.filter(|ack| self.0.iter().any(|other| other.promises(ack)));
        promised.map(|ack| ack.number).max().unwrap_or(0)
    }

    /// Returns how many commits of a lane are in what was found: all of the first so many, and nothing of others.
    ///
    /// # Errors
    ///
    /// If that is no state that the lane went through, or one that lacks what was promised.
    pub(crate) fn kept(
        &self,
        lane: Lane,
        base: &State,
        found: &State,
    ) -> Result<u64, Box<dyn Error>> {
        let (mut state, found) = (base.of_lane(lane.number), found.of_lane(lane.number));
        let mut kept = (state == found).then_some(0);
        // One may be under way when all stops.
        for number in 1..=self.last(lane.number) + 1 {
            lane.step(number).ops.into_iter().for_each(|op| state.apply(op));
            if state == found {
                kept = Some(number);
            }
        }
        let (promised, last) = (self.promised(lane.number), self.last(lane.number));
        match kept {
            Some(kept) if kept >= promised => Ok(kept),
            Some(kept) => Err(format!("{lane:?}: {kept} of {last} are there, {promised} were promised").into()),
            None => Err(format!("{lane:?}: no state between {promised} and {last}, but {found:?}").into()),
        }
    }

    /// Returns the latest timestamp that was issued.
    pub(crate) fn timestamp(&self) -> Timestamp {
        self.0.iter().map(|ack| ack.timestamp).max().unwrap_or_default()
    }
}
