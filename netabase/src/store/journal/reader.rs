//! Takes values of the file apart: their bytes are not trusted.

/// Why bytes of the file cannot be what was written there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Unreadable(pub(in crate::store) &'static str);

/// The rest of a value.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        let (first, rest) = self.0.split_first_chunk().ok_or(Unreadable("cut short"))?;
        self.0 = rest;
        Ok(*first)
    }

    pub(super) fn version(&mut self, expected: u8) -> Result<(), Unreadable> {
        match self.array()? {
            [found] if found == expected => Ok(()),
            _ => Err(Unreadable("an unknown version byte")),
        }
    }

    /// Takes bytes behind one byte that says how many they are.
    pub(super) fn short(&mut self) -> Result<&'a [u8], Unreadable> {
        let [len] = self.array()?;
        let (first, rest) = self.0.split_at_checked(len.into()).ok_or(Unreadable("cut short"))?;
        self.0 = rest;
        Ok(first)
    }

    pub(super) fn rest(self) -> &'a [u8] {
        self.0
    }

    pub(super) fn end(self) -> Result<(), Unreadable> {
        if self.0.is_empty() { Ok(()) } else { Err(Unreadable("bytes behind the end")) }
    }
}
