//! What is made of the results: tables, targets, a file of figures, plots.

mod table;

mod growth;

mod verdicts;

mod plot;

mod files;

use std::error::Error;

use super::results::Results;

/// Writes the files, and gives what is to be printed. Incomplete results go beside the program, so that they do
/// not take the place of complete ones.
pub(crate) fn report(results: &Results, is_complete: bool) -> Result<String, Box<dyn Error>> {
    let mut parts = Vec::new();
    for size in &results.sizes {
        parts.push(table::figures(size, results.rounds));
        parts.push(verdicts::table(size));
    }
    parts.extend(growth::table(&results.sizes));
    let directory = files::directory(is_complete)?;
    files::write(results, &directory)?;
    parts.push(format!("figures and plots are in {}\n", directory.display()));
    Ok(parts.concat())
}
