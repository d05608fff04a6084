//! Takes back what the local identity has published, for an author whose disk is lost and whose identity is not.

use libp2p::kad::RecordKey;

use super::{NetworkDatabase, fetch::is_tombstone};
use crate::{
    network::{error::NetworkError, query::FetchMode},
    record::RecordKey as RecordName,
    schema::{KeyOf, NetabaseSchemaKey, SharedSchema},
};

/// What [`NetworkDatabase::recover`] has found, by key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecoverReport<K> {
    /// The values that are the application's own again.
    pub recovered: Vec<K>,
    /// Those that were removed: their tombstones are the application's own again.
    pub removed: Vec<K>,
    /// Those whose holders do not agree: nothing was adopted. Try again later.
    pub disagreed: Vec<K>,
    /// Those that no peer holds.
    pub missing: Vec<K>,
}

/// What came of one key.
enum Recovered {
    Value,
    Tombstone,
    Disagreement,
    Nothing,
}

impl<V: SharedSchema> NetworkDatabase<V> {
    /// Asks the network for what the local identity signed, and makes it the application's own again: of the keys given,
    /// and of those whose records peers have sent here since. For an author whose disk is lost, but not the identity.
    ///
    /// All peers close to a key are asked. Adopted is the newest value, if more than half of those that hold a valid
    /// one hold it. A record that a peer merely sends never becomes own: a stranger could send again what was removed.
    ///
    /// What is own already stays as it is, unless peers have something newer. Open schemas have no owner: none of their
    /// records is adopted.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get), at the first key for which nobody could be asked. What was adopted before stays.
    pub async fn recover<'a, Q>(
        &self,
        keys: impl IntoIterator<Item = &'a Q>,
    ) -> Result<RecoverReport<V::Key>, NetworkError>
    where
        Q: KeyOf<V::Key> + Sync + ?Sized + 'a,
    {
        self.local.check_owner()?;
        let given: Vec<_> =
            keys.into_iter().map(|key| self.local.record_key(key)).collect::<Result<_, _>>()?;
        let mut report = RecoverReport {
            recovered: Vec::new(),
            removed: Vec::new(),
            disagreed: Vec::new(),
            missing: Vec::new(),
        };
        let mut all = given;
        all.extend(self.local.held_own_keys());
        all.sort_unstable_by(|a, b| a.as_ref().cmp(b.as_ref()));
        all.dedup();
        for key in all {
            let recovered = self.recover_one(&key).await?;
            let name = V::Key::from_key_bytes(RecordName::own_key(key.as_ref()));
            let name = name.map_err(crate::record::RecordError::from)?;
            match recovered {
                Recovered::Value => report.recovered.push(name),
                Recovered::Tombstone => report.removed.push(name),
                Recovered::Disagreement => report.disagreed.push(name),
                Recovered::Nothing => report.missing.push(name),
            }
        }
        Ok(report)
    }

    async fn recover_one(&self, key: &RecordKey) -> Result<Recovered, NetworkError> {
        // What is held here says nothing: any peer may have sent it.
        let found = self.node.fetch_record(key.clone(), FetchMode::All, None).await?;
        let Some(record) = found.record else { return Ok(Recovered::Nothing) };
        if found.holders * 2 <= found.answers {
            return Ok(Recovered::Disagreement);
        }
        self.local.store().adopt_own(&record)?;
        Ok(if is_tombstone(&record) { Recovered::Tombstone } else { Recovered::Value })
    }
}
