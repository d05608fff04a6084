//! Cursors: positions at which a walk is resumed, and their text form.

use std::{fmt, str::FromStr};

use data_encoding::BASE64URL_NOPAD;

use super::error::QueryError;

/// Where a walk can be resumed: behind the last value that was taken.
///
/// It stays good whatever is written meanwhile, also when that value is removed. As text
/// ([`Display`](fmt::Display), [`FromStr`]) it can be handed to a client; what comes back is checked, and
/// leads nowhere but into walks of the same schema by the same index, within their ranges. The text shows the key to whoever decodes it.
///
/// # Examples
///
/// ```
/// # use netabase::{Cursor, NetabaseSchema, NetabaseStore};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, NetabaseSchema)]
/// # struct User { #[netabase(key)] id: u64, age: u8 }
/// # let users = NetabaseStore::new().database::<User>()?;
/// users.load((0..5).map(|id| User { id, age: 30 }))?;
/// let mut page = users.iter().limit(2);
/// let ids = page.by_ref().map(|user| user.map(|user| user.id)).collect::<Result<Vec<_>, _>>()?;
/// let text = page.cursor().ok_or("two were taken")?.to_string();
///
/// let rest = users.iter().after(&text.parse()?)?;
/// assert_eq!((ids, rest.count()), (vec![0, 1], 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cursor {
    schema: String,
    /// Empty for a walk by key.
    index: String,
    position: Vec<u8>,
}

/// Why a text is not a [`Cursor`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor: hand back the text of one unchanged")]
pub struct CursorError;

/// The first byte of a cursor's text, so that a later layout can be told from this one.
const VERSION: u8 = 1;

impl Cursor {
    pub(super) fn new(schema: &str, index: Option<&str>, position: &[u8]) -> Self {
        let index = index.unwrap_or_default().to_owned();
        Self { schema: schema.to_owned(), index, position: position.to_vec() }
    }

    /// The position, if the cursor belongs to a walk of this schema by this index.
    pub(super) fn position(
        &self,
        schema: &'static str,
        index: Option<&str>,
    ) -> Result<&[u8], QueryError> {
        if self.schema != schema || self.index != index.unwrap_or_default() {
            return Err(QueryError::ForeignCursor { schema });
        }
        Ok(&self.position)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![VERSION];
        for name in [&self.schema, &self.index] {
            bytes.extend_from_slice(name.as_bytes());
            bytes.push(0);
        }
        bytes.extend_from_slice(&self.position);
        f.write_str(&BASE64URL_NOPAD.encode(&bytes))
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| CursorError)?;
        let rest = bytes.strip_prefix(&[VERSION]).ok_or(CursorError)?;
        let (schema, rest) = split_name(rest).ok_or(CursorError)?;
        let (index, position) = split_name(rest).ok_or(CursorError)?;
        Ok(Self { schema, index, position: position.to_vec() })
    }
}

/// A name and what stands behind its terminator.
fn split_name(bytes: &[u8]) -> Option<(String, &[u8])> {
    let end = bytes.iter().position(|&byte| byte == 0)?;
    let name = String::from_utf8(bytes[..end].to_vec()).ok()?;
    Some((name, &bytes[end + 1..]))
}
