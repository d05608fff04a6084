//! What a node does with the values of one schema.

use libp2p::PeerId;

use super::{
    command::Command, error::NetworkError, node::Netabase, query::PublishReport,
    remote::NetworkDatabase,
};
use crate::{
    schema::{KeyOf, SharedSchema},
    store::StoreError,
};

impl Netabase {
    /// The values of `V` on the network: the same trait as the database on this machine.
    ///
    /// # Errors
    ///
    /// As [`database`](Self::database).
    pub fn network<V: SharedSchema>(&self) -> Result<NetworkDatabase<V>, StoreError> {
        Ok(NetworkDatabase::new(self.clone(), self.database()?))
    }

    /// Publishes a value: [`NetworkDatabase::publish`] with the usual quorum.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn publish<V: SharedSchema>(&self, value: &V) -> Result<PublishReport, NetworkError> {
        self.network()?.publish(value).await
    }

    /// Looks for the newest value of a key: [`NetworkDatabase::get`]. Of an owned schema, this node's own;
    /// others' are found with [`NetworkDatabase::of`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn fetch<V: SharedSchema>(
        &self,
        key: &(impl KeyOf<V::Key> + Sync + ?Sized),
    ) -> Result<Option<V>, NetworkError> {
        self.network()?.get(key).await
    }

    /// Stops serving and renewing a value; it stays here, and copies at other peers lapse with their
    /// lease. False if there is no value. To delete it everywhere, use [`NetworkDatabase::remove`].
    ///
    /// # Errors
    ///
    /// [`NetworkError::Database`] if no record could have such a key.
    pub fn unpublish<V: SharedSchema>(
        &self,
        key: &(impl KeyOf<V::Key> + Sync + ?Sized),
    ) -> Result<bool, NetworkError> {
        Ok(self.database::<V>()?.unpublish(key)?)
    }

    /// Announces that this node has values of `V`. Repeated by the node until it is
    /// [stopped](Self::stop_providing).
    ///
    /// # Errors
    ///
    /// [`NetworkError::TimedOut`], [`NetworkError::Stopped`].
    pub async fn provide<V: SharedSchema>(&self) -> Result<(), NetworkError> {
        let key = self.database::<V>()?.provider_key();
        self.settled().await;
        self.ask(|reply| Command::Provide { key, reply }).await
    }

    /// Announces it no longer; what was announced ends after two days.
    ///
    /// # Errors
    ///
    /// [`NetworkError::Stopped`].
    pub async fn stop_providing<V: SharedSchema>(&self) -> Result<(), NetworkError> {
        let key = self.database::<V>()?.provider_key();
        self.tell(Command::StopProviding { key }).await
    }

    /// Peers that have announced values of `V`, those closest to the schema's key first: at most 20, and so a
    /// sample if there are more.
    ///
    /// # Errors
    ///
    /// [`NetworkError::NobodyToAsk`], [`NetworkError::Unreachable`], [`NetworkError::TimedOut`],
    /// [`NetworkError::Stopped`].
    pub async fn find_providers<V: SharedSchema>(&self) -> Result<Vec<PeerId>, NetworkError> {
        let key = self.database::<V>()?.provider_key();
        self.settled().await;
        self.ask(|reply| Command::FindProviders { key, reply }).await
    }
}
