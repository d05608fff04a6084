//! The stores that are measured.

mod bare;

mod fjall;

mod native;

mod netabase;

mod redb;

mod sqlite;

pub(super) use self::{
    bare::Bare,
    fjall::Fjall,
    native::Native,
    netabase::{InMemory, Netabase, limits},
    redb::Redb,
    sqlite::Sqlite,
};
