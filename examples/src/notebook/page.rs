//! One run of the example, as it is printed: at most 80 columns wide.

use std::{io::Write, path::Path, process, time::Instant};

use console::{style, truncate_str};

use super::{Arguments, Entry, Notebook, NotebookError};

/// How many entries of earlier runs are shown.
const SHOWN: usize = 5;

/// How many entries a run scribbles.
const SCRIBBLED: u32 = 100;

/// How many columns a text may have behind a number.
const TEXT: usize = 60;

/// How many columns a path may have.
const PATH: usize = 78;

/// Runs the example once: shows what earlier runs have left, writes, and closes the notebook; or ends the process in the
/// middle of that, if it is told to.
///
/// # Errors
///
/// [`NotebookError`] if the directory cannot be opened, or `out` takes no more.
pub fn show(arguments: &Arguments, out: &mut impl Write) -> Result<(), NotebookError> {
    let began = Instant::now();
    let book = Notebook::open(&arguments.directory)?;
    let took = began.elapsed().as_secs_f64() * 1000.0;
    let title = format!("Run {} of the notebook", book.run());
    writeln!(out, "{}, opened in {took:.1} ms, in", style(title).bold())?;
    writeln!(out, "  {}", shown(&arguments.directory))?;
    show_earlier(&book, out)?;

    let text = format!("run {} was here", book.run());
    let noted = book.note(arguments.text.as_deref().unwrap_or(&text))?;
    writeln!(out, "\n{}", style("Taken down, and on disk now:").bold())?;
    writeln!(out, "{}", line(&noted))?;
    let began = Instant::now();
    for number in 1..=SCRIBBLED {
        if arguments.aborts && number > SCRIBBLED / 2 {
            writeln!(out, "\n{}", style("Killed half-way. Run it again.").red())?;
            out.flush()?;
            process::abort();
        }
        book.scribble(&format!("scribble {number} of run {}", book.run()))?;
    }
    let took = began.elapsed().as_secs_f64() * 1000.0;
    writeln!(out, "{SCRIBBLED} more scribbled in {took:.1} ms, on disk 0.1 s later.")?;
    book.close()?;
    writeln!(out, "\nClosed. Run it again: all of it is there. With `--abort`, it is killed.")?;
    Ok(())
}

fn show_earlier(book: &Notebook, out: &mut impl Write) -> Result<(), NotebookError> {
    let runs = book.earlier_runs()?;
    if runs.is_empty() {
        return Ok(writeln!(out, "  It is new.")?);
    }
    writeln!(out, "\n{}", style("What earlier runs have left:").bold())?;
    for (run, entries) in runs.iter().rev().take(SHOWN).rev() {
        let end = if run.is_closed { style("closed").green() } else { style("killed").red() };
        writeln!(out, "  run {:>3}  {end}  {entries:>4} entries", run.number)?;
    }
    writeln!(out, "\n{}", style("The last entries:").bold())?;
    for entry in book.last_entries(SHOWN)? {
        writeln!(out, "{}", line(&entry))?;
    }
    Ok(())
}

fn line(entry: &Entry) -> String {
    format!("  {:>6}  {}", entry.number, truncate_str(&entry.text, TEXT, "…"))
}

fn shown(directory: &Path) -> String {
    truncate_str(&directory.display().to_string(), PATH, "…").into_owned()
}
