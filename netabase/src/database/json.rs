//! The values of a schema as JSON lines.

use std::io::{self, BufRead, Write};

use super::local::MemoryStoreDatabase;
use crate::{record::value_to_bytes, schema::NetabaseSchema, store::WriteError};

/// Why values could not be written as JSON lines, or read from them. What was stored before stays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonLinesError {
    /// The lines could not be read or written.
    #[error("cannot read or write JSON lines; see the cause, and try again")]
    Io(#[from] io::Error),
    /// A line is no value of the schema.
    #[error("line {line} is no value of the schema; correct it")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// The reason, as its decoder gives it.
        source: serde_json::Error,
    },
    /// JSON would not give the value back: it has a number that is not finite, or a map whose keys are no text, say.
    #[error("value {value} of the walk cannot be written as JSON without loss; export its record")]
    Lossy {
        /// Its place in the walk, from 1.
        value: usize,
    },
    /// A value of a line is refused.
    #[error("the value in line {line} was refused")]
    Write {
        /// Its number, from 1.
        line: usize,
        /// Why.
        source: WriteError,
    },
    /// A stored value cannot be read.
    #[error("value {value} of the walk cannot be read")]
    Read {
        /// Its place in the walk, from 1.
        value: usize,
        /// Why.
        source: crate::database::QueryError,
    },
}

impl<V: NetabaseSchema> MemoryStoreDatabase<V> {
    /// Writes the values that the application wrote, one JSON object a line, and says how many. Each is read back
    /// before it is written, so that none is lost in JSON.
    ///
    /// # Errors
    ///
    /// [`JsonLinesError::Lossy`], [`JsonLinesError::Read`], [`JsonLinesError::Io`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// struct User { #[netabase(key)] id: u64, name: String }
    ///
    /// let users = NetabaseStore::new().database::<User>()?;
    /// users.put(&User { id: 7, name: "Ada".into() })?;
    /// let mut lines = Vec::new();
    /// users.export_json(&mut lines)?;
    /// assert_eq!(lines, b"{\"id\":7,\"name\":\"Ada\"}\n");
    ///
    /// let again = NetabaseStore::new().database::<User>()?;
    /// assert_eq!(again.import_json(lines.as_slice())?, 1);
    /// assert_eq!(again.get(&7)?.map(|user| user.name), Some("Ada".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn export_json(&self, mut out: impl Write) -> Result<usize, JsonLinesError> {
        let mut count = 0;
        for value in self.get_local_records() {
            count += 1;
            let value = value.map_err(|source| JsonLinesError::Read { value: count, source })?;
            let lossy = JsonLinesError::Lossy { value: count };
            let Ok(mut line) = serde_json::to_vec(&value) else { return Err(lossy) };
            let is_whole = serde_json::from_slice::<V>(&line)
                .is_ok_and(|back| value_to_bytes(&back) == value_to_bytes(&value));
            if !is_whole {
                return Err(lossy);
            }
            line.push(b'\n');
            out.write_all(&line)?;
        }
        out.flush()?;
        Ok(count)
    }

    /// Stores the values of JSON lines as the application's own, and says how many. Empty lines are none.
    ///
    /// # Errors
    ///
    /// [`JsonLinesError::Line`], [`JsonLinesError::Write`], [`JsonLinesError::Io`]. The values of the lines before are
    /// stored.
    pub fn import_json(&self, input: impl BufRead) -> Result<usize, JsonLinesError> {
        let mut count = 0;
        for (at, text) in input.lines().enumerate() {
            let (text, line) = (text?, at + 1);
            if text.trim().is_empty() {
                continue;
            }
            let value: V = serde_json::from_str(&text)
                .map_err(|source| JsonLinesError::Line { line, source })?;
            self.put(&value).map_err(|source| JsonLinesError::Write { line, source })?;
            count += 1;
        }
        Ok(count)
    }
}
