//! A store of format 1 that is part of the repository: later programs open it, and this one writes the same.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use netabase::{NetabaseSchema, NetabaseStore, Source};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde::{Deserialize, Serialize};

use super::Disk;
use crate::{
    authors::{HOUR, contents, minutes, store_of, sync},
    schemas::{Note, Profile, User, note, profile, user},
};

/// A value that ends by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "golden.visit", ttl = "30m")]
struct Visit {
    #[netabase(key)]
    id: u32,
    #[netabase(index)]
    page: String,
}

pub(super) type Rows = TableDefinition<'static, &'static [u8], &'static [u8]>;
pub(super) type Named = TableDefinition<'static, &'static str, &'static [u8]>;

pub(super) const ROWS: Rows = TableDefinition::new("rows");
pub(super) const SCHEMAS: Named = TableDefinition::new("schemas");
pub(super) const META: Named = TableDefinition::new("meta");

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("integration/disk/golden/v1")
}

fn visit(id: u32) -> Visit {
    Visit { id, page: format!("page {}", id % 2) }
}

/// Writes one row of each kind, closed at the time of [`NOW_MS`](crate::authors::NOW_MS).
pub(super) fn write_all_kinds(disk: &Disk) -> Result<(), Box<dyn Error>> {
    let theirs = store_of(2, &disk.clock, HOUR);
    let store = disk.open()?;
    let (profiles, notes) = (store.database::<Profile>()?, store.database::<Note>()?);
    let (users, visits) = (store.database::<User>()?, store.database::<Visit>()?);
    users.put_batch(&[user(1), user(2), user(3)])?;
    visits.load((1..=3).map(visit))?;
    visits.put_with_ttl(&visit(4), Some(minutes(5)))?;
    // Published, and removed again.
    profiles.put_batch(&[profile("ada"), profile("bob")])?;
    notes.put(&note("hi", "there"))?;
    sync(&profiles)?;
    sync(&notes)?;
    profiles.remove("bob")?;
    notes.put(&note("private", "mine"))?;
    // Held for others, from two sources.
    let theirs_signed = theirs.database::<Profile>()?.to_record(&profile("eve"))?;
    store.put_from(&theirs_signed, Source::of_ip([192, 0, 2, 7].into()))?;
    let open = theirs.database::<Note>()?.to_record(&note("theirs", "open"))?;
    store.put_from(&open, Source::of_ip("2001:db8::1".parse()?))?;
    users.put_record(&theirs.database::<User>()?.to_record(&user(9))?)?;
    store.compact()?;
    Ok(())
}

/// Returns all keys and values of the file, by table.
pub(super) fn dump(records: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let database = Database::open(records)?;
    let read = database.begin_read()?;
    let mut lines = Vec::new();
    let hex =
        |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    for (name, table) in [("meta", META), ("schemas", SCHEMAS)] {
        for entry in read.open_table(table)?.iter()? {
            let (key, value) = entry?;
            lines.push(format!("{name} {} {}", key.value(), hex(value.value())));
        }
    }
    for entry in read.open_table(ROWS)?.iter()? {
        let (key, value) = entry?;
        lines.push(format!("rows {} {}", key.value().escape_ascii(), hex(value.value())));
    }
    Ok(lines)
}

/// Returns a copy of the golden store that can be opened.
fn copied() -> Result<Disk, Box<dyn Error>> {
    let disk = Disk::new()?;
    for name in ["records.redb", "lock"] {
        fs::copy(golden().join(name), disk.path().join(name))?;
    }
    Ok(disk)
}

#[test]
fn a_store_of_format_1_opens_with_all_that_was_written() -> Result<(), Box<dyn Error>> {
    let disk = copied()?;
    let report = NetabaseStore::verify(disk.path())?;
    assert_eq!((report.records, report.schemas), (14, 4), "{report:?}");

    let store = disk.open()?;
    let (profiles, notes) = (store.database::<Profile>()?, store.database::<Note>()?);
    let (users, visits) = (store.database::<User>()?, store.database::<Visit>()?);
    for id in [1, 2, 3, 9] {
        assert_eq!(users.get(&id)?, Some(user(id)));
    }
    assert_eq!(users.get_local_records().count(), 3);
    assert_eq!(profiles.get("ada")?, Some(profile("ada")));
    assert_eq!(profiles.get("bob")?, None, "it was removed");
    let theirs = profiles.of(crate::authors::identity(2).public().to_peer_id()).with_held();
    assert_eq!(theirs.get("eve")?, Some(profile("eve")));
    assert_eq!(notes.get("hi")?, Some(note("hi", "there")));
    assert_eq!(notes.get("private")?, Some(note("private", "mine")));
    assert_eq!(store.sources().len(), 3);
    assert_eq!(visits.index(Visit::PAGE).get("page 1")?.count(), 2);
    disk.wait(minutes(6));
    assert_eq!((visits.len(), visits.get(&4)?), (3, None), "its life has ended");
    disk.wait(minutes(25));
    assert_eq!(visits.len(), 0);
    Ok(())
}

#[test]
fn this_program_writes_the_rows_of_format_1() -> Result<(), Box<dyn Error>> {
    let disk = Disk::new()?;
    write_all_kinds(&disk)?;
    let golden = fs::read_to_string(golden().join("rows.txt"))?;
    let written = dump(&disk.path().join("records.redb"))?;
    let golden: Vec<_> = golden.lines().collect();
    assert_eq!(written, golden);
    assert_eq!(dump(&copied()?.path().join("records.redb"))?, golden, "so does the file");
    let again = contents(&disk.open()?);
    assert_eq!(contents(&copied()?.open()?), again);
    Ok(())
}

#[test]
#[ignore = "writes the golden files anew: only for a new format"]
fn writes_golden_files() -> Result<(), Box<dyn Error>> {
    let disk = Disk::new()?;
    write_all_kinds(&disk)?;
    fs::create_dir_all(golden())?;
    for name in ["records.redb", "lock"] {
        fs::copy(disk.path().join(name), golden().join(name))?;
    }
    let lines = dump(&disk.path().join("records.redb"))?;
    Ok(fs::write(golden().join("rows.txt"), lines.join("\n") + "\n")?)
}
