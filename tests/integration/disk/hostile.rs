//! Files that somebody has damaged, or made: each is refused with what is wrong, or opened with all that it holds. None
//! panics, and none is taken for an empty store.

use std::{collections::BTreeMap, error::Error, fs, path::Path};

use netabase::{BuildError, DiskError, NetabaseStore};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};

use super::{
    Disk,
    golden::{META, ROWS, SCHEMAS, write_all_kinds},
};
use crate::authors::contents;

type Contents = BTreeMap<Vec<u8>, Vec<u8>>;

/// A closed store, its file and what it holds.
struct Whole {
    disk: Disk,
    file: Vec<u8>,
    contents: Contents,
}

impl Whole {
    fn new() -> Result<Self, Box<dyn Error>> {
        let disk = Disk::new()?;
        write_all_kinds(&disk)?;
        let contents = contents(&disk.open()?);
        let file = fs::read(disk.path().join("records.redb"))?;
        Ok(Self { disk, file, contents })
    }

    /// Opens the store with other bytes in its file. `None` if it is refused as it should be.
    fn open_with(&self, bytes: &[u8]) -> Result<Option<Contents>, Box<dyn Error>> {
        fs::write(self.records(), bytes)?;
        Self::opened(self.disk.open())
    }

    fn opened(
        opened: Result<NetabaseStore, BuildError>,
    ) -> Result<Option<Contents>, Box<dyn Error>> {
        match opened {
            Ok(store) => Ok(Some(contents(&store))),
            Err(BuildError::Disk(
                DiskError::Corrupt { .. }
                | DiskError::Foreign { .. }
                | DiskError::NewerFormat { .. }
                | DiskError::OtherNetwork { .. }
                | DiskError::OtherPeer { .. }
                | DiskError::Io { .. },
            )) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Changes the tables of the file as redb does, so that no checksum tells, and opens the store.
    fn open_changed(
        &self,
        change: impl FnOnce(&Database) -> Result<(), Box<dyn Error>>,
    ) -> Result<Result<NetabaseStore, BuildError>, Box<dyn Error>> {
        fs::write(self.records(), &self.file)?;
        change(&Database::open(self.records())?)?;
        Ok(self.disk.open())
    }

    fn records(&self) -> std::path::PathBuf {
        self.disk.path().join("records.redb")
    }
}

/// Replaces one value of a table.
macro_rules! replace {
    ($database:expr, $table:expr, $key:expr, $value:expr) => {{
        let write = $database.begin_write()?;
        write.open_table($table)?.insert($key, $value)?;
        write.commit()?;
    }};
}

fn value(database: &Database, name: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let value = database.begin_read()?.open_table(META)?.get(name)?.ok_or("it is there")?;
    Ok(value.value().to_vec())
}

#[test]
fn a_file_that_is_cut_is_refused_at_every_kind_of_length() -> Result<(), Box<dyn Error>> {
    let whole = Whole::new()?;
    let mut dice = SmallRng::seed_from_u64(1);
    let len = whole.file.len();
    let mut lengths = vec![0, 1, 9, 63, 64, 65, 127, 128, 319, 320, 511, 512, 4095, 4096, 4097];
    lengths.extend([len / 2, len - 4096, len - 512, len - 1]);
    lengths.extend((0..60).map(|_| dice.random_range(0..len)));
    for cut in lengths {
        let opened = whole.open_with(&whole.file[..cut])?;
        assert_eq!(opened, None, "cut to {cut} of {len} bytes, it was opened");
    }
    assert_eq!(whole.open_with(&whole.file)?, Some(whole.contents.clone()));
    Ok(())
}

#[test]
fn a_bit_that_flips_is_told_or_does_no_harm() -> Result<(), Box<dyn Error>> {
    let whole = Whole::new()?;
    let mut refused = 0;
    for seed in 0..400 {
        let mut dice = SmallRng::seed_from_u64(seed);
        let mut file = whole.file.clone();
        // A fifth of them in the header.
        let end = if dice.random_ratio(1, 5) { 512 } else { file.len() };
        let at = dice.random_range(0..end);
        file[at] ^= 1 << dice.random_range(0..8);
        match whole.open_with(&file).map_err(|error| format!("byte {at}: {error}"))? {
            Some(contents) => assert_eq!(contents, whole.contents, "byte {at} of seed {seed}"),
            None => refused += 1,
        }
    }
    assert!(refused > 40, "only {refused} flips were told");
    Ok(())
}

#[test]
fn bytes_that_are_overwritten_are_told_or_do_no_harm() -> Result<(), Box<dyn Error>> {
    let whole = Whole::new()?;
    for seed in 0..100 {
        let mut dice = SmallRng::seed_from_u64(seed);
        let mut file = whole.file.clone();
        let at = dice.random_range(0..file.len());
        let end = (at + dice.random_range(1..8192)).min(file.len());
        file[at..end].fill_with(|| dice.random());
        let opened = whole.open_with(&file).map_err(|error| format!("{at}..{end}: {error}"))?;
        assert!(opened.is_none_or(|contents| contents == whole.contents), "{at}..{end}");
    }
    Ok(())
}

#[test]
fn rows_that_somebody_wrote_are_refused_by_their_key_or_change_no_other()
-> Result<(), Box<dyn Error>> {
    let whole = Whole::new()?;
    for seed in 0..300 {
        let mut dice = SmallRng::seed_from_u64(seed);
        let opened = whole.open_changed(|database| {
            let rows: Vec<_> = {
                let rows = database.begin_read()?.open_table(ROWS)?;
                let rows = rows.iter()?.map(|row| {
                    row.map(|(key, value)| (key.value().to_vec(), value.value().to_vec()))
                });
                rows.collect::<Result<_, _>>()?
            };
            let (key, mut value) = rows[dice.random_range(0..rows.len())].clone();
            match seed % 3 {
                0 => value.truncate(dice.random_range(0..value.len())),
                1 => {
                    // The head, which says how the rest is read.
                    let at = dice.random_range(0..value.len().min(40));
                    value[at] ^= 1 << dice.random_range(0..8);
                }
                _ => value = (0..dice.random_range(0..200)).map(|_| dice.random()).collect(),
            }
            replace!(database, ROWS, key.as_slice(), value.as_slice());
            Ok(())
        })?;
        match opened {
            Err(BuildError::Disk(DiskError::Corrupt { place, .. })) => {
                assert!(place.starts_with("row `"), "{place}");
            }
            Err(error) => return Err(format!("seed {seed}: {error}").into()),
            Ok(store) => {
                let found = contents(&store);
                let lost =
                    whole.contents.iter().filter(|(key, value)| found.get(*key) != Some(value));
                assert!(lost.count() <= 1, "seed {seed}: others are lost, too");
            }
        }
    }
    Ok(())
}

#[test]
fn keys_that_are_none_and_schemas_that_are_none_are_refused() -> Result<(), Box<dyn Error>> {
    let whole = Whole::new()?;
    let refused = |opened: Result<NetabaseStore, BuildError>, what: &str| match opened {
        Err(BuildError::Disk(DiskError::Corrupt { .. })) => Ok(()),
        other => Err(format!("{what}: {other:?}")),
    };
    for key in [&b""[..], b"/", b"/netabase", b"/netabase/user", b"/netabase/user/x", &[0xff; 3000]]
    {
        let opened = whole.open_changed(|database| {
            replace!(database, ROWS, key, &b"\x01\x01"[..]);
            Ok(())
        })?;
        refused(opened, &format!("row {}", key.escape_ascii()))?;
    }
    for (name, value) in
        [("user", &b""[..]), ("user", b"\x02"), ("user", &[1; 99]), ("", b""), ("A/B", b"\x01")]
    {
        let opened = whole.open_changed(|database| {
            replace!(database, SCHEMAS, name, value);
            Ok(())
        })?;
        refused(opened, &format!("schema {name}"))?;
    }
    for (name, value) in
        [("about", &b""[..]), ("about", b"\x01\x00"), ("clocks", b""), ("clocks", &[1; 26])]
    {
        let opened = whole.open_changed(|database| {
            replace!(database, META, name, value);
            Ok(())
        })?;
        refused(opened, &format!("meta {name}"))?;
    }
    Ok(())
}

#[test]
fn a_later_format_is_refused_by_its_number_whatever_follows() -> Result<(), Box<dyn Error>> {
    let whole = Whole::new()?;
    for rest in [None, Some(&b""[..]), Some(b"something else")] {
        let opened = whole.open_changed(|database| {
            let mut about = value(database, "about")?;
            about[1..5].copy_from_slice(&2_u32.to_be_bytes());
            if let Some(rest) = rest {
                about.truncate(5);
                about.extend_from_slice(rest);
            }
            replace!(database, META, "about", about.as_slice());
            Ok(())
        })?;
        let error = opened.err();
        assert!(
            matches!(
                error,
                Some(BuildError::Disk(DiskError::NewerFormat { found: 2, supported: 1, .. }))
            ),
            "{error:?}"
        );
    }
    Ok(())
}

/// Makes a file of redb.
fn foreign(
    records: &Path,
    write: impl FnOnce(&Database) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    write(&Database::create(records)?)
}

#[test]
fn files_of_other_programs_that_use_redb_are_refused() -> Result<(), Box<dyn Error>> {
    const NUMBERS: TableDefinition<'_, u64, u64> = TableDefinition::new("meta");
    const OTHER: TableDefinition<'_, &str, &str> = TableDefinition::new("words");
    let empty = Disk::new()?;
    foreign(&empty.path().join("records.redb"), |_| Ok(()))?;
    let numbers = Disk::new()?;
    foreign(&numbers.path().join("records.redb"), |database| {
        replace!(database, NUMBERS, 1, 2);
        Ok(())
    })?;
    let words = Disk::new()?;
    foreign(&words.path().join("records.redb"), |database| {
        replace!(database, OTHER, "a", "b");
        Ok(())
    })?;
    for disk in [empty, numbers, words] {
        let opened = disk.open();
        let error = opened.err();
        assert!(matches!(error, Some(BuildError::Disk(DiskError::Foreign { .. }))), "{error:?}");
    }
    Ok(())
}

#[test]
fn a_store_whose_tables_are_gone_is_not_an_empty_one() -> Result<(), Box<dyn Error>> {
    let whole = Whole::new()?;
    for table in ["rows", "schemas", "meta"] {
        let opened = whole.open_changed(|database| {
            let write = database.begin_write()?;
            match table {
                "rows" => drop(write.delete_table(ROWS)?),
                "schemas" => drop(write.delete_table(SCHEMAS)?),
                _ => drop(write.delete_table(META)?),
            }
            write.commit()?;
            Ok(())
        })?;
        let error = opened.err();
        assert!(
            matches!(
                error,
                Some(BuildError::Disk(DiskError::Foreign { .. } | DiskError::Corrupt { .. }))
            ),
            "{table}: {error:?}"
        );
    }
    Ok(())
}
