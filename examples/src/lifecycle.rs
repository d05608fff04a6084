//! A control tower whose store of notices is flooded, in simulated time.

mod error;

mod notice;

mod random;

mod tower;

mod peers;

mod flood;

mod ledger;

mod traffic;

mod chart;

mod bars;

pub mod tables;

pub use self::{
    bars::Bars,
    chart::{day_time, thousands},
    error::LifecycleError,
    flood::FLOOD_IDENTITIES,
    ledger::{Account, Ledger},
    notice::{FOLLOWED, HOME, Notice, NoticeKey, NoticeRef},
    random::SEED,
    tower::{Counts, Figures, Tower},
    traffic::{FLOOD_SECONDS, Traffic},
};
