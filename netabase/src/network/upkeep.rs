//! Decides what a node does by itself: offer own records to peers, and hand held ones over. Nothing here does any IO.

mod handovers;

mod backoff;

mod offering;

pub(super) use self::{handovers::Handovers, offering::Offering};
