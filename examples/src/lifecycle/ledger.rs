use netabase::{
    NetabaseStore,
    libp2p::kad::{KBucketDistance, RecordKey, store::RecordStore},
};

/// What each source sent, and what became of it. A store tells what it holds, but not of whom.
#[derive(Debug, Default)]
pub struct Ledger {
    accounts: Vec<Account>,
}

/// What one source sent, and what became of it.
#[derive(Debug)]
pub struct Account {
    /// What the source is called here.
    pub name: &'static str,
    /// Its address, or network.
    pub address: String,
    /// How many records it sent.
    pub sent: usize,
    /// The keys of those that were stored when they came.
    pub stored: Vec<RecordKey>,
    /// How many were held before the flood.
    pub before: usize,
    /// The keys of those that are held.
    pub held: Vec<RecordKey>,
    /// The keys of those that were stored and are gone.
    pub gone: Vec<RecordKey>,
}

impl Ledger {
    /// Opens a source's account; they are counted from 0.
    pub(super) fn open(&mut self, name: &'static str, address: String) -> usize {
        let (stored, held, gone) = Default::default();
        self.accounts.push(Account { name, address, sent: 0, stored, before: 0, held, gone });
        self.accounts.len() - 1
    }

    /// Notes a record that an account's source sent.
    pub(super) fn note(&mut self, account: usize, key: RecordKey, is_stored: bool) {
        let account = &mut self.accounts[account];
        account.sent += 1;
        if is_stored {
            account.stored.push(key);
        }
    }

    /// Looks up which of the stored records are still held.
    pub fn look_up(&mut self, store: &NetabaseStore) {
        let is_held = |key: &RecordKey| RecordStore::get(store, key).is_some();
        for account in &mut self.accounts {
            (account.held, account.gone) = account.stored.iter().cloned().partition(is_held);
        }
    }

    /// As [`look_up`](Self::look_up), before the flood begins.
    pub(super) fn look_up_before(&mut self, store: &NetabaseStore) {
        self.look_up(store);
        for account in &mut self.accounts {
            account.before = account.held.len();
        }
    }

    /// The accounts, in the order in which they were opened.
    #[must_use]
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// Whose record a key was.
    #[must_use]
    pub fn sender(&self, key: &RecordKey) -> Option<&Account> {
        self.accounts.iter().find(|account| account.stored.contains(key))
    }
}

impl Account {
    /// How many were not stored when they came.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.sent - self.stored.len()
    }

    /// How far the farthest record is that is held.
    #[must_use]
    pub fn farthest_held(&self, store: &NetabaseStore) -> Option<KBucketDistance> {
        self.held.iter().map(|key| store.distance(key)).max()
    }

    /// How far the nearest record was that is gone.
    #[must_use]
    pub fn nearest_gone(&self, store: &NetabaseStore) -> Option<KBucketDistance> {
        self.gone.iter().map(|key| store.distance(key)).min()
    }
}
