//! Gives applications the values of one schema on the network.

mod fetch;

mod generic;

mod parallel;

mod publish;

mod recover;

#[cfg(test)]
mod tests;

use std::fmt;

use libp2p::{PeerId, futures::future::BoxFuture, kad::Quorum};

pub use self::recover::RecoverReport;
use super::{error::NetworkError, node::Netabase, query::FetchMode, report::PublishReport};
use crate::{
    database::MemoryStoreDatabase,
    schema::{KeyOf, NetabaseSchema, SharedSchema},
    store::OpenError,
};

/// The values of one schema on the network: reads ask other peers, writes are sent to those closest to the key.
///
/// A cheap, cloneable handle. What a read finds is kept here, too: the local database shows it, and its
/// watchers and indexes see it come.
///
/// # Examples
///
/// ```
/// use netabase::{Netabase, NetabaseDatabase, NetabaseSchema, NetworkError};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
/// #[netabase(access = "open")]
/// struct Note { #[netabase(key)] title: String, text: String }
///
/// // The same for a local database and for the network.
/// async fn greet<D: NetabaseDatabase<Note>>(notes: &D) -> Result<Option<Note>, D::Error> {
///     notes.put(&Note { title: "hello".into(), text: "world".into() }).await?;
///     notes.get("hello").await
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let node = Netabase::builder("my-app").listen("/ip4/127.0.0.1/tcp/0".parse()?).start().await?;
/// assert!(greet(&node.network::<Note>()?).await?.is_some());
/// assert!(greet(&node.database::<Note>()?).await?.is_some());
/// # node.shutdown().await;
/// # Ok(())
/// # }
/// ```
pub struct NetworkDatabase<V: NetabaseSchema> {
    node: Netabase,
    local: MemoryStoreDatabase<V>,
    quorum: Quorum,
    mode: FetchMode,
}

impl Netabase {
    /// Returns the values of `V` on the network: the same trait as the database on this machine.
    ///
    /// # Errors
    ///
    /// As [`database`](Self::database).
    pub fn network<V: SharedSchema>(&self) -> Result<NetworkDatabase<V>, OpenError> {
        Ok(NetworkDatabase::new(self.clone(), self.database()?))
    }

    /// Publishes a value: [`NetworkDatabase::publish`] with the usual quorum.
    ///
    /// # Errors
    ///
    /// As there.
    #[must_use = "futures do nothing unless they are awaited"]
    // Not an `async fn`, as all calls that are about a shared schema: rustc asks for the bounds of
    // such a function at its arguments, at its call and at `await`, and reports a local schema thrice.
    pub fn publish<'a, V: SharedSchema>(
        &'a self,
        value: &'a V,
    ) -> BoxFuture<'a, Result<PublishReport, NetworkError>> {
        Box::pin(async move { self.network()?.publish(value).await })
    }

    /// Looks for the newest value of a key: [`NetworkDatabase::get`]. Of an owned schema, this node's own;
    /// others' are found with [`NetworkDatabase::of`].
    ///
    /// # Errors
    ///
    /// As there.
    #[must_use = "futures do nothing unless they are awaited"]
    pub fn fetch<'a, V: SharedSchema>(
        &'a self,
        key: &'a (impl KeyOf<V::Key> + Sync + ?Sized),
    ) -> BoxFuture<'a, Result<Option<V>, NetworkError>> {
        Box::pin(async move { self.network()?.get(key).await })
    }
}

impl<V: SharedSchema> NetworkDatabase<V> {
    fn new(node: Netabase, local: MemoryStoreDatabase<V>) -> Self {
        Self { node, local, quorum: Quorum::Majority, mode: FetchMode::default() }
    }

    /// Returns the same view of what another peer owns, if the schema is owned. It cannot be written.
    #[must_use]
    pub fn of(&self, owner: PeerId) -> Self {
        Self { local: self.local.of(owner), ..self.clone() }
    }

    /// Returns the same with another quorum: how many of the peers found closest to a key, at most 20, must have a
    /// record that is written. Default: [`Quorum::Majority`].
    #[must_use]
    pub fn with_quorum(&self, quorum: Quorum) -> Self {
        Self { quorum, ..self.clone() }
    }

    /// Returns the same with reads that go less far, or farther. Default: [`FetchMode::Several`].
    #[must_use]
    pub fn with_mode(&self, mode: FetchMode) -> Self {
        Self { mode, ..self.clone() }
    }

    /// Returns the database of the same values on this machine.
    #[must_use]
    pub fn local(&self) -> &MemoryStoreDatabase<V> {
        &self.local
    }
}

impl<V: NetabaseSchema> Clone for NetworkDatabase<V> {
    fn clone(&self) -> Self {
        let Self { node, local, quorum, mode } = self;
        Self { node: node.clone(), local: local.clone(), quorum: *quorum, mode: *mode }
    }
}

impl<V: NetabaseSchema> fmt::Debug for NetworkDatabase<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetworkDatabase")
            .field("schema", &V::SCHEMA_NAME)
            .field("quorum", &self.quorum)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}
