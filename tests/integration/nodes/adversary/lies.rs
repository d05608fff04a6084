use std::{borrow::Cow, collections::HashMap, iter};

use libp2p::{
    PeerId,
    kad::{
        ProviderRecord, Record, RecordKey,
        store::{RecordStore, Result},
    },
};

/// A store that takes everything, and answers with what it was told to.
#[derive(Default)]
pub(in crate::nodes) struct Lies {
    answers: HashMap<RecordKey, Record>,
}

impl Lies {
    pub(super) fn claim(&mut self, key: RecordKey, record: Record) {
        self.answers.insert(key, record);
    }

    pub(super) fn claimed(&self, key: &RecordKey) -> Option<Record> {
        self.answers.get(key).cloned()
    }
}

impl RecordStore for Lies {
    type RecordsIter<'a> = iter::Empty<Cow<'a, Record>>;
    type ProvidedIter<'a> = iter::Empty<Cow<'a, ProviderRecord>>;

    fn get(&self, key: &RecordKey) -> Option<Cow<'_, Record>> {
        self.answers.get(key).map(Cow::Borrowed)
    }

    fn put(&mut self, record: Record) -> Result<()> {
        self.answers.insert(record.key.clone(), record);
        Ok(())
    }

    fn remove(&mut self, key: &RecordKey) {
        self.answers.remove(key);
    }

    fn records(&self) -> Self::RecordsIter<'_> {
        iter::empty()
    }

    fn add_provider(&mut self, _: ProviderRecord) -> Result<()> {
        Ok(())
    }

    fn providers(&self, _: &RecordKey) -> Vec<ProviderRecord> {
        Vec::new()
    }

    fn provided(&self) -> Self::ProvidedIter<'_> {
        iter::empty()
    }

    fn remove_provider(&mut self, _: &RecordKey, _: &PeerId) {}
}
