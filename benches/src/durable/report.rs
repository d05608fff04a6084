//! Writes what was measured: the table for the terminal, figures as JSON, and a plot.

use std::{error::Error, fs, path::Path};

use super::{
    plot,
    table::{Measured, ROWS, table},
};

/// Writes figures and plot into `target`, and returns what is to be printed.
pub(super) fn report(
    records: usize,
    rounds: usize,
    results: &[Measured],
) -> Result<String, Box<dyn Error>> {
    let directory = Path::new("target/benches");
    fs::create_dir_all(directory)?;
    let peers = results.iter().map(|(peer, figures)| {
        let figures = ROWS.iter().map(|(name, figure, unit)| {
            (format!("{name}, {unit}"), figures.get(*figure).into())
        });
        ((*peer).to_owned(), serde_json::Value::Object(figures.collect()))
    });
    let json = serde_json::Value::Object(peers.collect());
    let figures = directory.join(format!("durable-{records}.json"));
    fs::write(&figures, serde_json::to_string_pretty(&json)?)?;
    let plotted = directory.join(format!("durable-{records}.svg"));
    plot::plot(results, &plotted)?;
    let text = table(records, rounds, results);
    Ok(format!("{text}\nFigures: {}\nPlot: {}\n", figures.display(), plotted.display()))
}
