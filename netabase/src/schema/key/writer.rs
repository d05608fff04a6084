//! Writes key bytes.

use super::{
    KeyError, MAX_KEY_BYTES, MAX_KEY_DEPTH,
    escape::{self, ESCAPE, TERMINATOR},
};

/// Writes the bytes of one key.
///
/// The first error sticks: later writes do nothing and [`finish`](Self::finish) reports it. What
/// writes a key need not look at errors in between.
///
/// # Examples
///
/// ```
/// use netabase::KeyWriter;
///
/// let mut bytes = b"/netabase/".to_vec();
/// let mut out = KeyWriter::new(&mut bytes);
/// out.raw(&7_u16.to_be_bytes());
/// out.escaped(b"a\0");
/// out.finish()?;
/// assert_eq!(bytes, b"/netabase/\x00\x07a\x01\x00\x00");
/// # Ok::<(), netabase::KeyError>(())
/// ```
#[derive(Debug)]
#[must_use = "`finish` reports the error, if there was one"]
pub struct KeyWriter<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
    /// The length `out` may reach. 0 after an error, so that one comparison guards every write.
    end: usize,
    depth: u8,
    error: Option<KeyError>,
}

impl<'a> KeyWriter<'a> {
    /// Appends one key to what `out` holds.
    #[inline]
    pub fn new(out: &'a mut Vec<u8>) -> Self {
        let start = out.len();
        Self { out, start, end: start + MAX_KEY_BYTES, depth: 0, error: None }
    }

    /// Writes bytes of a fixed number as they are.
    ///
    /// Their number must follow from the type, or from what was written before: nothing marks
    /// their end. For bytes of any length there is [`escaped`](Self::escaped).
    #[inline]
    pub fn raw(&mut self, bytes: &[u8]) {
        if self.fits(bytes.len()) {
            self.out.extend_from_slice(bytes);
        }
    }

    /// Writes bytes of any number, escaped and terminated: `00` → `01 00`, `01` → `01 01`, then `00`.
    #[inline]
    pub fn escaped(&mut self, bytes: &[u8]) {
        self.escaped_prefix(bytes);
        self.raw(&[TERMINATOR]);
    }

    /// Writes what the [`escaped`](Self::escaped) form of everything that starts with `bytes`
    /// starts with: the same without the terminator.
    #[inline]
    pub fn escaped_prefix(&mut self, bytes: &[u8]) {
        // Checked before the scan: the bytes may be megabytes.
        if !self.fits(bytes.len()) {
            return;
        }
        match escape::find(bytes) {
            None => self.out.extend_from_slice(bytes),
            Some(first) => self.escape_from(first, bytes),
        }
    }

    /// Writes a composite, one level deeper.
    ///
    /// At [`MAX_KEY_DEPTH`] it fails instead and does not call `write`.
    #[inline]
    pub fn nested(&mut self, write: impl FnOnce(&mut Self)) {
        if self.depth == MAX_KEY_DEPTH {
            return self.fail(KeyError::TooDeep);
        }
        self.depth += 1;
        write(self);
        self.depth -= 1;
    }

    /// Refuses the key.
    ///
    /// An error that was there before stays.
    #[cold]
    pub fn fail(&mut self, error: KeyError) {
        self.end = 0;
        self.error.get_or_insert(error);
    }

    /// Ends the key.
    ///
    /// # Errors
    ///
    /// The first error there was. Then the vector holds what it held before this key.
    #[inline]
    pub fn finish(self) -> Result<(), KeyError> {
        match self.error {
            None => Ok(()),
            Some(error) => {
                self.out.truncate(self.start);
                Err(error)
            }
        }
    }

    /// Returns whether writing on is in vain.
    pub(super) fn failed(&self) -> bool {
        self.error.is_some()
    }

    #[inline]
    fn fits(&mut self, len: usize) -> bool {
        // Lengths of slices: the sum cannot overflow.
        let fits = self.out.len() + len <= self.end;
        if !fits {
            self.fail(KeyError::TooLong);
        }
        fits
    }

    /// Copies the runs between the bytes to escape, of which the first is at `special`.
    fn escape_from(&mut self, mut special: usize, mut bytes: &[u8]) {
        loop {
            let (plain, rest) = bytes.split_at(special);
            self.raw(plain);
            self.raw(&[ESCAPE, rest[0]]);
            bytes = &rest[1..];
            match escape::find(bytes) {
                Some(next) => special = next,
                None => return self.raw(bytes),
            }
        }
    }
}
