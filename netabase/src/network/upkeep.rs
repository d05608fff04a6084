//! What a node does by itself: it offers own records to peers, and hands held ones over. Nothing here does any
//! IO; the task asks what comes next.

mod handovers;

mod backoff;

mod offering;

pub(super) use self::{handovers::Handovers, offering::Offering};
