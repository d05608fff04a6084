//! What is to be written to disk next: rows and catalogue entries, one behind the other in one buffer, so that a commit
//! copies its bytes and allocates nothing.

/// The tables of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) enum Table {
    Rows,
    Schemas,
}

/// Puts and removals, in the order in which they were committed.
#[derive(Debug, Default)]
pub(in crate::store) struct Batch {
    bytes: Vec<u8>,
    len: usize,
}

/// One put, or removal, of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Op<'a> {
    pub(in crate::store) table: Table,
    pub(in crate::store) key: &'a [u8],
    /// `None` if the key is removed.
    pub(in crate::store) value: Option<&'a [u8]>,
}

const HEADER: usize = 9;
const ROWS: u8 = 0;
const SCHEMAS: u8 = 1;
const REMOVED: u32 = u32::MAX;

impl Batch {
    /// Returns how many puts and removals it holds.
    pub(in crate::store) fn len(&self) -> usize {
        self.len
    }

    pub(in crate::store) fn byte_len(&self) -> usize {
        self.bytes.len()
    }

    /// Forgets all, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.len = 0;
    }

    pub(in crate::store) fn remove(&mut self, table: Table, key: &[u8]) {
        self.header(table, key, REMOVED);
    }

    /// Adds a put whose value `write` appends.
    pub(in crate::store) fn put(
        &mut self,
        table: Table,
        key: &[u8],
        write: impl FnOnce(&mut Vec<u8>),
    ) {
        let at = self.bytes.len();
        self.header(table, key, 0);
        let start = self.bytes.len();
        write(&mut self.bytes);
        let len = self.bytes.len() - start;
        let len = u32::try_from(len).expect("a value is far below 4 GiB").min(REMOVED - 1);
        self.bytes[at + 5..at + HEADER].copy_from_slice(&len.to_ne_bytes());
    }

    fn header(&mut self, table: Table, key: &[u8], value_len: u32) {
        let key_len = u32::try_from(key.len()).expect("record keys have at most 1,024 bytes");
        self.bytes.push(match table {
            Table::Rows => ROWS,
            Table::Schemas => SCHEMAS,
        });
        self.bytes.extend_from_slice(&key_len.to_ne_bytes());
        self.bytes.extend_from_slice(&value_len.to_ne_bytes());
        self.bytes.extend_from_slice(key);
        self.len += 1;
    }

    /// Returns the puts and removals in their order.
    pub(in crate::store) fn ops(&self) -> impl Iterator<Item = Op<'_>> {
        let mut rest = self.bytes.as_slice();
        std::iter::from_fn(move || {
            let (&table, tail) = rest.split_first()?;
            let (key_len, tail) = split_len(tail)?;
            let (value_len, tail) = split_len(tail)?;
            let (key, tail) = tail.split_at(key_len as usize);
            let is_removal = value_len == REMOVED;
            let (value, tail) = tail.split_at(if is_removal { 0 } else { value_len as usize });
            rest = tail;
            let table = if table == ROWS { Table::Rows } else { Table::Schemas };
            Some(Op { table, key, value: (!is_removal).then_some(value) })
        })
    }

    /// Returns the last put or removal of each key, in the order of tables and keys: what is left to write, as fast as
    /// a tree takes it.
    pub(in crate::store) fn last_of_each_key(&self) -> Vec<Op<'_>> {
        let mut ops: Vec<_> = self.ops().collect();
        // Stable: of one key the last stays last.
        ops.sort_by(|a, b| (a.table, a.key).cmp(&(b.table, b.key)));
        let mut last: Vec<Op<'_>> = Vec::with_capacity(ops.len());
        for op in ops {
            match last.last_mut() {
                Some(before) if (before.table, before.key) == (op.table, op.key) => *before = op,
                _ => last.push(op),
            }
        }
        last
    }
}

fn split_len(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (len, rest) = bytes.split_first_chunk()?;
    Some((u32::from_ne_bytes(*len), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> Batch {
        let mut batch = Batch::default();
        batch.put(Table::Rows, b"b", |out| out.extend_from_slice(b"one"));
        batch.put(Table::Schemas, b"a", |_| {});
        batch.remove(Table::Rows, b"b");
        batch.put(Table::Rows, b"a", |out| out.push(7));
        batch
    }

    #[test]
    fn a_batch_gives_back_what_was_put_in_its_order() {
        let batch = batch();
        let op = |table, key, value| Op { table, key, value };
        let ops: Vec<_> = batch.ops().collect();
        assert_eq!(
            ops,
            [
                op(Table::Rows, &b"b"[..], Some(&b"one"[..])),
                op(Table::Schemas, b"a", Some(b"")),
                op(Table::Rows, b"b", None),
                op(Table::Rows, b"a", Some(&[7])),
            ]
        );
        assert_eq!(batch.len(), 4);
    }

    #[test]
    fn only_the_last_change_of_a_key_is_written_and_in_the_order_of_keys() {
        let batch = batch();
        let ops = batch.last_of_each_key();
        let keys: Vec<_> = ops.iter().map(|op| (op.table, op.key, op.value.is_some())).collect();
        assert_eq!(
            keys,
            [
                (Table::Rows, &b"a"[..], true),
                (Table::Rows, b"b", false),
                (Table::Schemas, b"a", true)
            ]
        );
    }
}
