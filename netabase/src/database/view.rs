//! What a database shows: whose records, and whether those that are only held for others.

use libp2p::PeerId;

use super::local::MemoryStoreDatabase;
use crate::{
    record::record_prefix,
    schema::{Access, NetabaseSchema},
    store::{View, WriteError},
};

impl<V: NetabaseSchema> MemoryStoreDatabase<V> {
    /// The same database of another owner's records: those that were fetched, or taken in with
    /// [`put_record`](Self::put_record). For owned schemas alone; it does not compile for others.
    ///
    /// Nobody can write another's records: [`put`](Self::put) is refused there, and
    /// [`remove`](Self::remove) forgets the copy that is held here.
    ///
    /// # Examples
    ///
    /// ```
    /// use netabase::{NetabaseSchema, NetabaseStore};
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    /// #[netabase(access = "owned")]
    /// struct Profile {
    ///     #[netabase(key)]
    ///     handle: String,
    ///     about: String,
    /// }
    ///
    /// let (alice, bob) = (NetabaseStore::new(), NetabaseStore::new());
    /// let ada = Profile { handle: "ada".into(), about: "mathematics".into() };
    /// let record = alice.database::<Profile>()?.to_record(&ada)?; // signed by Alice
    ///
    /// let profiles = bob.database::<Profile>()?;
    /// profiles.put_record(&record)?;
    /// assert_eq!(profiles.get("ada")?, None, "Bob has no such profile himself");
    /// assert_eq!(profiles.of(alice.peer_id()).get("ada")?, Some(ada));
    /// assert_eq!(profiles.owners(), [alice.peer_id()]);
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    #[must_use]
    pub fn of(&self, owner: PeerId) -> Self {
        const { assert!(matches!(V::ACCESS, Access::Owned), "only owned records have owners") };
        Self { owner, prefix: record_prefix::<V>(Some(&owner)).into(), ..self.clone() }
    }

    /// The peers whose records of this owned schema, and of its version, are held here, by the order of their ids.
    ///
    /// One look-up an owner. For owned schemas alone; it does not compile for others.
    #[must_use]
    pub fn owners(&self) -> Vec<PeerId> {
        const { assert!(matches!(V::ACCESS, Access::Owned), "only owned records have owners") };
        self.store.owners(self.schema)
    }

    /// The same database, whose reads and walks by key also show what is only held for other peers.
    ///
    /// Records of another version of the schema are held, too, and never shown.
    /// Indexes, [`len`](Self::len) and watchers go on showing what databases show.
    #[must_use]
    pub fn with_held(&self) -> Self {
        Self { view: View::Held, ..self.clone() }
    }

    /// Returns whether the records it shows are the local peer's to write.
    pub(crate) fn check_owner(&self) -> Result<(), WriteError> {
        if self.owner == self.store.peer_id() {
            return Ok(());
        }
        Err(WriteError::NotOwner { schema: V::SCHEMA_NAME })
    }
}
