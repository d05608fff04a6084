use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use csv::{ReaderBuilder, StringRecord};
use indicatif::ProgressBar;
use netabase::{DatabaseError, MemoryStoreDatabase, WriteError};
use serde::Deserialize;

use super::schema::Airport;

/// Why a file of airports was not read to its end. The rows before stay stored.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be opened.
    #[error("cannot open {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A row is not one of airports.
    #[error("{}, line {line}: malformed row", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        source: csv::Error,
    },
    /// Two rows have one key.
    #[error("{}, line {line}: airport `{icao}` appears a second time", path.display())]
    Duplicate {
        /// The file.
        path: PathBuf,
        /// The line of the second one, from 1.
        line: u64,
        /// Their key.
        icao: String,
    },
    /// The database refused a row.
    #[error("{}, line {line}: cannot store the airport", path.display())]
    Store {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// Why.
        source: Box<WriteError>,
    },
    /// The database does not give back what was stored.
    #[error("cannot read the airports of {} again", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<DatabaseError>,
    },
}

/// A row as it stands in the file.
#[derive(Deserialize)]
struct Row {
    icao: String,
    iata: Option<String>,
    name: String,
    city: String,
    subd: String,
    country: String,
    elevation: f64,
    lat: f64,
    lon: f64,
    tz: String,
}

/// Stores every row of a CSV file, counts them on `progress` (in bytes of the file), and returns
/// how many there were.
///
/// # Errors
///
/// [`LoadError`], with the line, at the first row that is not right. The rows before it stay.
pub fn load_csv(
    path: &Path,
    airports: &MemoryStoreDatabase<Airport>,
    progress: &ProgressBar,
) -> Result<usize, LoadError> {
    let open = |source| LoadError::Open { path: path.to_owned(), source };
    let file = File::open(path).map_err(open)?;
    progress.set_length(file.metadata().map_err(open)?.len());
    let mut reader = ReaderBuilder::new().from_reader(file);
    let headers = reader.headers().cloned().map_err(|error| malformed(path, 1, error))?;
    let mut row = StringRecord::new();
    let mut stored = 0;
    loop {
        let line = reader.position().line();
        let more = reader.read_record(&mut row).map_err(|error| malformed(path, line, error))?;
        if !more {
            return Ok(stored);
        }
        let line = row.position().map_or(line, csv::Position::line);
        let parsed: Row =
            row.deserialize(Some(&headers)).map_err(|error| malformed(path, line, error))?;
        store(path, line, airports, &parsed.into())?;
        stored += 1;
        progress.set_position(reader.position().byte());
    }
}

fn store(
    path: &Path,
    line: u64,
    airports: &MemoryStoreDatabase<Airport>,
    airport: &Airport,
) -> Result<(), LoadError> {
    let known = airports.contains(&airport.icao);
    if known.map_err(|error| LoadError::Read {
        path: path.to_owned(),
        source: Box::new(error.into()),
    })? {
        let icao = airport.icao.clone();
        return Err(LoadError::Duplicate { path: path.to_owned(), line, icao });
    }
    let put = airports.put(airport).map_err(Box::new);
    put.map_err(|source| LoadError::Store { path: path.to_owned(), line, source })?;
    Ok(())
}

fn malformed(path: &Path, line: u64, source: csv::Error) -> LoadError {
    LoadError::Malformed { path: path.to_owned(), line, source }
}

impl From<Row> for Airport {
    fn from(row: Row) -> Self {
        Self {
            icao: row.icao,
            iata: row.iata,
            name: row.name,
            city: row.city,
            subdivision: row.subd,
            country: row.country,
            elevation_ft: rounded(row.elevation),
            latitude: row.lat,
            longitude: row.lon,
            timezone: row.tz,
        }
    }
}

/// Some elevations are fractional; they become the nearest foot.
#[allow(clippy::cast_possible_truncation, reason = "`as` saturates, and no place is that high")]
fn rounded(elevation: f64) -> i32 {
    elevation.round() as i32
}
