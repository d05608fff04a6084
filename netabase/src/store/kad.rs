//! Kademlia's view of the store.

mod providers;

mod record_store;

pub(crate) use self::record_store::as_kad_error;
pub(super) use self::{
    providers::Providers,
    record_store::{as_record, lease_end},
};
