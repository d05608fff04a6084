//! Decides what a node does by itself: offer own records to peers, and hand held ones over. Nothing here does any IO.

mod pace;

mod owed;

mod backoff;

mod nearby;

mod delivery;

mod offering;

mod answers;

mod cells;

mod order;

mod handovers;

#[cfg(test)]
mod simulation;

pub(super) use self::{
    backoff::Lane,
    delivery::Delivery,
    handovers::{Handed, Handovers, Item, Presence},
    offering::{Moments, Offering, Step},
    pace::Paces,
};
