//! Follows a question to the network as its answers come in. Nothing here does any IO.

mod fetch;

mod publish;

mod walk;

pub use self::fetch::FetchMode;
pub(super) use self::{
    fetch::{Fetch, Fetched, Repair},
    publish::{Publish, PublishStep},
    walk::{Walk, WalkEnd, closest_to},
};
