//! What becomes of a question to the network, as its answers come in. Nothing here does any IO.

mod fetch;

mod publish;

mod walk;

pub use self::{fetch::FetchMode, publish::PublishReport};
pub(super) use self::{
    fetch::{Fetch, Fetched, Repair},
    publish::{Publish, PublishStep},
    walk::{End, Walk, closest_to},
};
