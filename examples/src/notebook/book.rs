//! The notebook itself: a store in a directory, of entries and of the runs that wrote them.

use std::path::Path;

use netabase::{DatabaseError, Durability, MemoryStoreDatabase, NetabaseSchema, NetabaseStore};
use serde::{Deserialize, Serialize};

/// Something taken down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "notebook.entry")]
pub struct Entry {
    /// Numbers the entries.
    #[netabase(key)]
    pub number: u64,
    /// The run that wrote it.
    #[netabase(index)]
    pub run: u32,
    /// What was taken down.
    pub text: String,
}

/// One run of the program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "notebook.run")]
pub struct Run {
    /// Numbers the runs, from 1.
    #[netabase(key)]
    pub number: u32,
    /// `true` if it closed the notebook itself.
    pub is_closed: bool,
}

/// An open notebook.
#[derive(Debug)]
pub struct Notebook {
    store: NetabaseStore,
    entries: MemoryStoreDatabase<Entry>,
    runs: MemoryStoreDatabase<Run>,
    run: u32,
}

impl Notebook {
    /// Opens the notebook in a directory, or makes one, and notes that a run has begun: that is on disk when it
    /// returns.
    ///
    /// # Errors
    ///
    /// [`DatabaseError::Build`] if the directory cannot be opened; it says why.
    pub fn open(directory: &Path) -> Result<Self, DatabaseError> {
        let store = NetabaseStore::open(directory)?;
        let (entries, runs) = (store.database::<Entry>()?, store.database::<Run>()?);
        let last = runs.iter().reversed().next().transpose()?;
        let run = last.map_or(1, |last: Run| last.number + 1);
        runs.put(&Run { number: run, is_closed: false })?;
        store.sync()?;
        Ok(Self { store, entries, runs, run })
    }

    /// Returns the number of this run.
    #[must_use]
    pub fn run(&self) -> u32 {
        self.run
    }

    /// Returns the earlier runs, and how many entries there are of each.
    ///
    /// # Errors
    ///
    /// [`DatabaseError::Query`] if one cannot be read.
    pub fn earlier_runs(&self) -> Result<Vec<(Run, usize)>, DatabaseError> {
        let by_run = self.entries.index(Entry::RUN);
        let mut runs = Vec::new();
        for run in self.runs.range(..self.run)? {
            let run = run?;
            let count = by_run.get(run.number)?.count();
            runs.push((run, count));
        }
        Ok(runs)
    }

    /// Returns the last entries, the latest one last.
    ///
    /// # Errors
    ///
    /// [`DatabaseError::Query`] if one cannot be read.
    pub fn last_entries(&self, count: usize) -> Result<Vec<Entry>, DatabaseError> {
        let last = self.entries.iter().reversed().limit(count);
        let mut last: Vec<Entry> = last.collect::<Result<_, _>>()?;
        last.reverse();
        Ok(last)
    }

    /// Takes something down, and returns once it is on disk.
    ///
    /// # Errors
    ///
    /// [`DatabaseError::Transaction`] if the store refuses it.
    pub fn note(&self, text: &str) -> Result<Entry, DatabaseError> {
        self.add(text, Durability::Synced)
    }

    /// Takes something down; it is on disk a tenth of a second later. That is some hundred times as fast.
    ///
    /// # Errors
    ///
    /// [`DatabaseError::Transaction`] if the store refuses it.
    pub fn scribble(&self, text: &str) -> Result<Entry, DatabaseError> {
        self.add(text, Durability::default())
    }

    fn add(&self, text: &str, durability: Durability) -> Result<Entry, DatabaseError> {
        let last = self.entries.iter().reversed().next().transpose()?;
        let number = last.map_or(1, |last: Entry| last.number + 1);
        let entry = Entry { number, run: self.run, text: text.to_owned() };
        self.store.transaction(|tx| {
            tx.set_durability(durability);
            tx.put(&self.entries, &entry)?;
            Ok::<_, DatabaseError>(())
        })?;
        Ok(entry)
    }

    /// Notes that the run has come to its end, and closes the notebook.
    ///
    /// # Errors
    ///
    /// [`DatabaseError::Write`] if the store refuses it, [`DatabaseError::Disk`] if the disk does.
    pub fn close(self) -> Result<(), DatabaseError> {
        self.runs.put(&Run { number: self.run, is_closed: true })?;
        Ok(self.store.sync()?)
    }
}
