//! Watchers: the changes of a schema, a key or a prefix, in order.
//!
//! A watcher sees what databases show: a record that a peer stored here for others, under a key that the application
//! has neither written nor fetched, is no change of it.

use std::{collections::VecDeque, fmt, marker::PhantomData};

use libp2p::futures::{Stream, stream};
use tokio::sync::broadcast::error::RecvError;

use super::{error::QueryError, local::MemoryStoreDatabase};
use crate::{
    record::{self, RecordError, key_bytes, split_schema, write_key, write_key_with},
    schema::{KeyOf, NetabaseSchema, NetabaseSchemaKey, PrefixOf},
    store::{ChangeOrigin, RawChange, Receiver},
};

impl<V: NetabaseSchema> MemoryStoreDatabase<V> {
    /// Returns the changes of all values that the database shows, from now on.
    ///
    /// A record that a peer sent for a key that the application has neither written nor fetched is held for other
    /// peers; it is no change here. A value that expires is one at the next write, or when
    /// [`maintain_store`](Self::maintain_store) or a node finds it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64, name: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let users = NetabaseStore::new().database::<User>()?;
    /// let mut watch = users.watch();
    /// users.put(&User { id: 7, name: "Ada".into() })?;
    ///
    /// let change = watch.next().await.ok_or("the store is there")??;
    /// assert_eq!((change.key, change.old.is_none()), (UserKey(7), true));
    /// assert_eq!(change.new.map(|user| user.name), Some("Ada".into()));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn watch(&self) -> Watch<V> {
        self.watch_keys(Keys::StartWith(self.prefix.to_vec()))
    }

    /// Returns the changes of the value of one key, from now on.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn watch_key<Q>(&self, key: &Q) -> Result<Watch<V>, QueryError>
    where
        Q: KeyOf<V::Key> + ?Sized,
    {
        let mut bytes = Vec::new();
        write_key::<V::Key, Q>(&self.prefix, key, &mut bytes)?;
        Ok(self.watch_keys(Keys::Is(bytes)))
    }

    /// Returns the changes of all values whose keys have this prefix, from now on.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn watch_prefix<P>(&self, prefix: &P) -> Result<Watch<V>, QueryError>
    where
        P: PrefixOf<V::Key> + ?Sized,
    {
        let mut bytes = Vec::new();
        write_key_with(&self.prefix, &mut bytes, |out| prefix.encode_prefix_of(out))?;
        Ok(self.watch_keys(Keys::StartWith(bytes)))
    }

    fn watch_keys(&self, keys: Keys) -> Watch<V> {
        let (receiver, since) = self.store.watch(self.schema);
        Watch { receiver, since, keys, waiting: VecDeque::new(), _values: PhantomData }
    }
}

/// A change of one value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change<K, V> {
    /// Whose value it is.
    pub key: K,
    /// The value before, if there was one.
    pub old: Option<V>,
    /// The value now; `None` if it was removed, or expired, or was evicted.
    pub new: Option<V>,
    /// Who, or what, changed it.
    pub origin: ChangeOrigin,
    /// The same for all changes of one batch or transaction, in all schemas of the store; it grows.
    pub commit: u64,
}

/// Why a watcher has no next change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WatchError {
    /// The watcher was too slow, and some commits were dropped for it. It goes on with the next one;
    /// to resynchronise, read what it needs anew.
    #[error("missed {commits} commits: read anew, then go on watching")]
    Missed {
        /// How many; not all of them need have changed something that was watched.
        commits: u64,
    },
    /// A value that was changed cannot be read.
    #[error("a changed value cannot be read: {0}")]
    Record(#[from] RecordError),
}

/// The changes of a schema, a key or a prefix, in order; see [`MemoryStoreDatabase::watch`].
///
/// Bounded: 1,024 commits behind, the oldest are dropped, and the watcher is told how many. A commit holds
/// the old and new bytes of all its changes to the schema, so a watcher that is slow behind large batches
/// keeps as much memory. Dropping it ends the work for it.
pub struct Watch<V: NetabaseSchema> {
    receiver: Receiver,
    /// The number of the last commit before the watcher came.
    since: u64,
    keys: Keys,
    /// The rest of the commit that is being handed out.
    waiting: VecDeque<(RawChange, u64)>,
    _values: PhantomData<fn() -> V>,
}

#[derive(Debug)]
enum Keys {
    Is(Vec<u8>),
    StartWith(Vec<u8>),
}

impl<V: NetabaseSchema> Watch<V> {
    /// Waits for the next change. `None` when the store is gone.
    ///
    /// Cancel-safe: a call that was not awaited to its end loses no change. Values are decoded here, not
    /// when they are written.
    pub async fn next(&mut self) -> Option<Result<Change<V::Key, V>, WatchError>> {
        loop {
            if let Some((change, commit)) = self.waiting.pop_front() {
                return Some(decode(&change, commit).map_err(WatchError::from));
            }
            match self.receiver.recv().await {
                Ok(commit) => {
                    let watched = commit.changes.iter().filter(|change| self.keys.have(change));
                    let numbered = |change: &RawChange| (change.clone(), commit.number);
                    // What was committed before the watcher came may still have been under way.
                    if commit.number > self.since {
                        self.waiting.extend(watched.map(numbered));
                    }
                }
                Err(RecvError::Lagged(commits)) => {
                    return Some(Err(WatchError::Missed { commits }));
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// The same as a stream.
    pub fn into_stream(self) -> impl Stream<Item = Result<Change<V::Key, V>, WatchError>> + Send {
        stream::unfold(self, async |mut watch| Some((watch.next().await?, watch)))
    }
}

impl Keys {
    fn have(&self, change: &RawChange) -> bool {
        match self {
            Self::Is(key) => change.key.as_ref() == key.as_slice(),
            Self::StartWith(prefix) => change.key.as_ref().starts_with(prefix),
        }
    }
}

fn decode<V: NetabaseSchema>(
    change: &RawChange,
    commit: u64,
) -> Result<Change<V::Key, V>, RecordError> {
    let value = |bytes: &Option<Vec<u8>>| bytes.as_deref().map(record::read::<V>).transpose();
    let key = key_bytes(V::ACCESS, split_schema(change.key.as_ref()).1);
    Ok(Change {
        key: V::Key::from_key_bytes(key)?,
        old: value(&change.old)?,
        new: value(&change.new)?,
        origin: change.origin,
        commit,
    })
}

impl<V: NetabaseSchema> fmt::Debug for Watch<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("schema", &V::SCHEMA_NAME)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}
