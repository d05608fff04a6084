//! Records as files: written as peers are served them, and taken in as from a peer.

use std::io::{self, ErrorKind, Read, Write};

use libp2p::kad::{Record, RecordKey};

use super::{
    NetabaseStore,
    error::ArrivalError,
    inbound::{Origin, PutOutcome},
    query::View,
    source::Source,
};
use crate::record::MAX_RECORD_KEY_BYTES;

/// The first bytes of a file of records.
const MAGIC: &[u8] = b"netabase records 1\n";

/// The most refused records that a report names.
const MAX_REFUSALS: usize = 64;

/// Why records could not be read from a file, or written to one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// The file could not be read or written. What was taken in before is stored.
    #[error("cannot read or write the records; see the cause, and try again")]
    Io(#[from] io::Error),
    /// It holds no exported records, or is damaged. What was taken in before is stored.
    #[error("no exported records at byte {at}; export them again")]
    Format {
        /// Where it showed.
        at: u64,
    },
}

/// Counts what became of the records of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportReport {
    /// Records that are stored now and were not before.
    pub stored: u64,
    /// Records that were stored already, or of which something newer was.
    pub known: u64,
    /// Records that were refused: their lease is over, say.
    pub refused: u64,
    /// The first 64 of those, and why.
    pub refusals: Vec<(RecordKey, ArrivalError)>,
}

impl NetabaseStore {
    /// Writes the records that peers are served, verbatim, and says how many: with their signatures, leases and
    /// tombstones, of all schemas and authors.
    ///
    /// This is for passing records on, by any way, to a store of the same network. It is no backup: what was never
    /// published is not there, and each record ends with its lease. See [`backup`](Self::backup) for one.
    ///
    /// # Errors
    ///
    /// [`ExchangeError::Io`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// #[netabase(access = "owned")]
    /// struct Profile { #[netabase(key)] handle: String }
    ///
    /// let ada = NetabaseStore::new();
    /// let profiles = ada.database::<Profile>()?;
    /// profiles.put(&Profile { handle: "ada".into() })?;
    /// profiles.sync_to_network().for_each(drop);
    /// let mut file = Vec::new();
    /// assert_eq!(ada.export_records(&mut file)?, 1);
    ///
    /// let bob = NetabaseStore::new();
    /// assert_eq!(bob.import_records(file.as_slice())?.stored, 1);
    /// let profiles = bob.database::<Profile>()?.of(ada.peer_id());
    /// assert_eq!(profiles.with_held().iter().count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn export_records(&self, mut out: impl Write) -> Result<u64, ExchangeError> {
        out.write_all(MAGIC)?;
        let mut count = 0;
        for raw in self.raw_walk(b"", View::Served, true) {
            for part in [raw.record.key.as_ref(), &raw.record.value] {
                let len = u32::try_from(part.len())
                    .map_err(|_| io::Error::from(ErrorKind::InvalidInput))?;
                out.write_all(&len.to_be_bytes())?;
                out.write_all(part)?;
            }
            count += 1;
        }
        out.flush()?;
        Ok(count)
    }

    /// Takes in what [`export_records`](Self::export_records) wrote, as if a peer had sent it: what is not valid is
    /// refused, one whose lease is over, too; databases do not show the others until they are asked for, and peers are
    /// served them.
    ///
    /// # Errors
    ///
    /// [`ExchangeError`]. What was taken in before is stored.
    pub fn import_records(&self, input: impl Read) -> Result<ImportReport, ExchangeError> {
        let max_value_bytes = self.limits().max_value_bytes;
        let mut input = Counted { input, at: 0 };
        let mut magic = [0; MAGIC.len()];
        input.read_all(&mut magic)?;
        if magic != MAGIC {
            return Err(ExchangeError::Format { at: 0 });
        }
        let mut report = ImportReport::default();
        while let Some(key) = input.part(MAX_RECORD_KEY_BYTES)? {
            let at = input.at;
            let value = input.part(max_value_bytes)?.ok_or(ExchangeError::Format { at })?;
            let record =
                Record { key: RecordKey::from(key), value, publisher: None, expires: None };
            report
                .add(record.key.clone(), self.receive(&record, Origin::Peer(Source::APPLICATION)));
        }
        Ok(report)
    }
}

impl ImportReport {
    fn add(&mut self, key: RecordKey, outcome: Result<PutOutcome, ArrivalError>) {
        match outcome {
            Ok(PutOutcome::Stored | PutOutcome::Merged) => self.stored += 1,
            // What is private here is newer to its owner than anything a peer has.
            Ok(PutOutcome::Equal | PutOutcome::Outdated) | Err(ArrivalError::Private) => {
                self.known += 1;
            }
            Err(error) => {
                self.refused += 1;
                if self.refusals.len() < MAX_REFUSALS {
                    self.refusals.push((key, error));
                }
            }
        }
    }
}

/// An input, and how much of it was read.
struct Counted<R> {
    input: R,
    at: u64,
}

impl<R: Read> Counted<R> {
    /// Reads bytes that must be there.
    fn read_all(&mut self, out: &mut [u8]) -> Result<(), ExchangeError> {
        let at = self.at;
        match self.input.read_exact(out) {
            Ok(()) => {
                self.at += out.len() as u64;
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                Err(ExchangeError::Format { at })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Reads bytes behind their length; none at the end of the input. A length above `max` is none.
    fn part(&mut self, max: usize) -> Result<Option<Vec<u8>>, ExchangeError> {
        let mut len = [0; 4];
        let first = loop {
            match self.input.read(&mut len[..1]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        if first == 0 {
            return Ok(None);
        }
        let at = self.at;
        self.at += 1;
        self.read_all(&mut len[1..])?;
        let len = usize::try_from(u32::from_be_bytes(len)).ok().filter(|len| *len <= max);
        let mut bytes = vec![0; len.ok_or(ExchangeError::Format { at })?];
        self.read_all(&mut bytes)?;
        Ok(Some(bytes))
    }
}
