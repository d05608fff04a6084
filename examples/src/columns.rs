//! Lays out text for a terminal of 80 columns: paragraphs, cells of tables, long rows of bytes. It prints nothing.

use console::{Alignment, measure_text_width, pad_str};

/// How wide the terminal is that all output is made for.
pub const COLUMNS: usize = 80;

/// Breaks `text` between its words into lines of at most [`COLUMNS`], each indented by `indent` columns.
///
/// A word that is longer than a line has a line of its own.
#[must_use]
pub fn wrapped(indent: usize, text: &str) -> String {
    lines(indent, text.split_whitespace(), " ")
}

/// Puts units that must not be cut, such as the bytes of a key, next to each other, in lines as those of [`wrapped`].
#[must_use]
pub fn packed<T: AsRef<str>>(indent: usize, units: impl IntoIterator<Item = T>) -> String {
    lines(indent, units, "")
}

/// Pads `text` to `width` columns, or shortens it to them.
#[must_use]
pub fn cell(text: &str, width: usize) -> String {
    pad_str(text, width, Alignment::Left, Some("…")).into_owned()
}

fn lines<T: AsRef<str>>(
    indent: usize,
    units: impl IntoIterator<Item = T>,
    between: &str,
) -> String {
    let margin = " ".repeat(indent);
    let (mut text, mut column) = (margin.clone(), indent);
    for unit in units {
        let (unit, begins) = (unit.as_ref(), column == indent);
        let gap = if begins { "" } else { between };
        let width = measure_text_width(unit);
        if !begins && column + gap.len() + width > COLUMNS {
            text.push('\n');
            text.push_str(&margin);
            column = indent + width;
        } else {
            text.push_str(gap);
            column += gap.len() + width;
        }
        text.push_str(unit);
    }
    text
}
