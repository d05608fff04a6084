//! Writes of the application: puts, removals, batches, and what makes records peers'.

mod local;

mod pending;

mod publish;

mod refused;

mod renew;

mod seal;

mod tombstone;

mod unique;

pub(crate) use self::{pending::LocalWrite, renew::RenewalCursor};
