//! The example's data and its loader.

use std::{error::Error, fs, path::PathBuf};

use indicatif::ProgressBar;
use netabase::{MemoryStoreDatabase, NetabaseStore};
use netabase_examples::airports::{Airport, LoadError, bundled_csv, load_csv};

const HEADER: &str = "icao,iata,name,city,subd,country,elevation,lat,lon,tz,lid\n";

fn row(icao: &str, elevation: &str) -> String {
    format!("{icao},,Name,City,Region,IS,{elevation},64.0,-22.6,Atlantic/Reykjavik,\n")
}

fn airports() -> Result<MemoryStoreDatabase<Airport>, Box<dyn Error>> {
    Ok(NetabaseStore::new().database()?)
}

/// A file of this name that goes away with the test.
struct TemporaryFile(PathBuf);

impl TemporaryFile {
    fn new(name: &str, text: &str) -> Result<Self, Box<dyn Error>> {
        let path = std::env::temp_dir().join(format!("netabase-{}-{name}", std::process::id()));
        fs::write(&path, text)?;
        Ok(Self(path))
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn all_airports_are_stored_and_found() -> Result<(), Box<dyn Error>> {
    let airports = airports()?;
    assert_eq!(load_csv(&bundled_csv(), &airports, &ProgressBar::hidden())?, 28_298);

    assert_eq!(airports.len(), 28_298);
    let keflavik = airports.get("BIKF")?.ok_or("Iceland has it")?;
    assert_eq!((keflavik.iata.as_deref(), keflavik.country.as_str()), (Some("KEF"), "IS"));
    assert_eq!(airports.prefix("BI")?.count(), 79);
    assert_eq!(airports.prefix("EG")?.count(), 250);
    assert!(airports.iter().is_sorted_by_key(|airport| airport.map(|airport| airport.icao).ok()));
    let same = airports.get_with("BIKF", |view| {
        let Airport { icao, iata, name, city, subdivision, country, timezone, .. } = &keflavik;
        view.icao == icao
            && view.iata == iata.as_deref()
            && view.name == name
            && view.city == city
            && view.subdivision == subdivision
            && view.country == country
            && view.elevation_ft == keflavik.elevation_ft
            && view.latitude.to_bits() == keflavik.latitude.to_bits()
            && view.longitude.to_bits() == keflavik.longitude.to_bits()
            && view.timezone == timezone
    })?;
    assert_eq!(same, Some(true), "the borrowed view equals the value, field by field");
    Ok(())
}

/// Computed from the CSV, not from the database.
#[test]
fn indexes_answer_as_the_file_does() -> Result<(), Box<dyn Error>> {
    let airports = airports()?;
    load_csv(&bundled_csv(), &airports, &ProgressBar::hidden())?;
    let mut file = csv::Reader::from_path(bundled_csv())?;
    let rows = file.records().collect::<Result<Vec<_>, _>>()?;
    let field = |row: &csv::StringRecord, at: usize| row.get(at).unwrap_or_default().to_owned();

    let with_iata = rows.iter().filter(|row| !field(row, 1).is_empty());
    assert_eq!((airports.index(Airport::IATA).iter().count(), with_iata.count()), (7_884, 7_884));
    let amsterdam = airports.index(Airport::IATA).get_one("AMS")?;
    assert_eq!(amsterdam.map(|airport| airport.icao), Some("EHAM".into()));

    for (country, count) in [("IS", Some(79)), ("US", None), ("NL", None), ("XX", Some(0))] {
        let expected = rows.iter().filter(|row| field(row, 5) == country).count();
        assert_eq!(airports.index(Airport::COUNTRY).get(country)?.count(), expected);
        assert_eq!(airports.index(Airport::PLACE).prefix((country,))?.count(), expected);
        assert!(count.is_none_or(|count| count == expected));
    }
    let mut reykjavik: Vec<_> = rows
        .iter()
        .filter(|row| field(row, 5) == "IS" && field(row, 3) == "Reykjavik")
        .map(|row| field(row, 0))
        .collect();
    reykjavik.sort();
    let found = airports.index(Airport::PLACE).get(("IS", "Reykjavik"))?;
    let found = found.map(|airport| airport.map(|airport| airport.icao));
    assert_eq!(found.collect::<Result<Vec<_>, _>>()?, reykjavik);

    let mut elevations: Vec<i32> = rows
        .iter()
        .map(|row| field(row, 6).parse::<f64>().map(|feet| format!("{:.0}", feet.round())))
        .map(|feet| Ok::<_, Box<dyn Error>>(feet?.parse()?))
        .collect::<Result<_, _>>()?;
    elevations.sort_unstable();
    let by_index = airports.index(Airport::ELEVATION_FT);
    let lowest = by_index.iter().next().transpose()?.ok_or("there are airports")?;
    assert_eq!((lowest.elevation_ft, elevations[0]), (-1266, -1266));
    let highest = by_index.iter().reversed().limit(10);
    let highest: Vec<_> = highest
        .map(|airport| airport.map(|airport| airport.elevation_ft))
        .collect::<Result<_, _>>()?;
    elevations.reverse();
    assert_eq!((highest[0], highest.as_slice()), (14_965, &elevations[..10]));
    Ok(())
}

#[test]
fn fractional_elevations_are_rounded_to_the_nearest_foot() -> Result<(), Box<dyn Error>> {
    let text =
        [HEADER, &row("A", "221.7"), &row("B", "6.4"), &row("C", "-10.5"), &row("D", "-1266")];
    let file = TemporaryFile::new("fractions.csv", &text.concat())?;
    let airports = airports()?;
    load_csv(&file.0, &airports, &ProgressBar::hidden())?;
    let feet: Vec<_> = airports
        .iter()
        .map(|airport| Ok(airport?.elevation_ft))
        .collect::<Result<_, netabase::DatabaseError>>()?;
    assert_eq!(feet, [222, 6, -11, -1266]);
    Ok(())
}

#[test]
fn a_missing_file_is_named() -> Result<(), Box<dyn Error>> {
    let error = load_csv(&PathBuf::from("no/such.csv"), &airports()?, &ProgressBar::hidden());
    let error = error.expect_err("there is no such file");
    assert!(matches!(error, LoadError::Open { .. }));
    assert_eq!(error.to_string(), "cannot open no/such.csv");
    Ok(())
}

#[test]
fn a_malformed_row_is_named_by_its_line_and_those_before_it_stay() -> Result<(), Box<dyn Error>> {
    let text = [HEADER, &row("A", "1"), &row("B", "high"), &row("C", "3")].concat();
    let file = TemporaryFile::new("malformed.csv", &text)?;
    let airports = airports()?;

    let error = load_csv(&file.0, &airports, &ProgressBar::hidden()).expect_err("line 3 is wrong");

    assert!(matches!(error, LoadError::Malformed { line: 3, .. }), "{error:?}");
    assert!(error.to_string().ends_with("malformed.csv, line 3: malformed row"), "{error}");
    assert!(airports.contains("A")? && !airports.contains("C")?);
    Ok(())
}

#[test]
fn a_cut_row_is_named_by_its_line() -> Result<(), Box<dyn Error>> {
    let text = [HEADER, &row("A", "1"), "B,,\"open quote"].concat();
    let file = TemporaryFile::new("cut.csv", &text)?;
    let error = load_csv(&file.0, &airports()?, &ProgressBar::hidden()).expect_err("line 3 is cut");
    assert!(matches!(error, LoadError::Malformed { line: 3, .. }), "{error:?}");
    Ok(())
}

#[test]
fn a_duplicate_key_is_named_by_its_line() -> Result<(), Box<dyn Error>> {
    let text = [HEADER, &row("A", "1"), &row("B", "2"), &row("A", "3")].concat();
    let file = TemporaryFile::new("duplicate.csv", &text)?;
    let airports = airports()?;

    let error = load_csv(&file.0, &airports, &ProgressBar::hidden()).expect_err("A comes twice");

    assert!(
        matches!(&error, LoadError::Duplicate { line: 4, icao, .. } if icao == "A"),
        "{error:?}"
    );
    assert_eq!(airports.get("A")?.map(|airport| airport.elevation_ft), Some(1), "the first stays");
    Ok(())
}
