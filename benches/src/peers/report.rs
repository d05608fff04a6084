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
    let mut text = String::new();
    for size in &results.sizes {
        text += &table::tables(size, results.rounds);
        text += &verdicts::table(size);
    }
    text += &growth::table(&results.sizes);
    let directory = files::directory(is_complete)?;
    files::write(results, &directory)?;
    text += &format!("\nfigures and plots are in {}\n", directory.display());
    Ok(text)
}
