use std::path::Path;

use indicatif::ProgressBar;
use netabase::{DatabaseError, MemoryStoreDatabase, NetabaseStore};

use super::{
    load::{LoadError, load_csv},
    schema::Airport,
};

/// So many airports of a file, spread evenly over it; all, if it has no more. Every row is read, and counted on
/// `progress`.
///
/// # Errors
///
/// As [`load_csv`].
pub fn sample(
    path: &Path,
    count: usize,
    progress: &ProgressBar,
) -> Result<Vec<Airport>, LoadError> {
    let all = loaded(path, progress)?;
    let loaded = all.len();
    let count = count.min(loaded);
    let mut taken = 0;
    let mut chosen = Vec::with_capacity(count);
    for (place, airport) in all.iter().enumerate() {
        if place * count >= taken * loaded && taken < count {
            taken += 1;
            chosen.push(airport.map_err(|source| unreadable(path, source))?);
        }
    }
    Ok(chosen)
}

/// The airports of a file that have these codes, in the order of the codes.
///
/// # Errors
///
/// As [`load_csv`].
pub fn by_codes(
    path: &Path,
    codes: &[&str],
    progress: &ProgressBar,
) -> Result<Vec<Airport>, LoadError> {
    let all = loaded(path, progress)?;
    let found = codes.iter().filter_map(|code| all.get(*code).transpose());
    found.collect::<Result<_, _>>().map_err(|source| unreadable(path, source))
}

fn loaded(path: &Path, progress: &ProgressBar) -> Result<MemoryStoreDatabase<Airport>, LoadError> {
    let all = NetabaseStore::new().database().map_err(|source| unreadable(path, source))?;
    load_csv(path, &all, progress)?;
    Ok(all)
}

fn unreadable(path: &Path, source: impl Into<DatabaseError>) -> LoadError {
    LoadError::Read { path: path.to_owned(), source: Box::new(source.into()) }
}
