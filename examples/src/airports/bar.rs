//! Shows how much of a file has been read.

use indicatif::{ProgressBar, ProgressStyle};

/// Returns a bar of bytes as wide as the terminal. Nothing of it is shown where there is no terminal.
///
/// # Panics
///
/// Never: the template is valid.
#[must_use]
pub fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("loading {wide_bar} {bytes}/{total_bytes}")
        .expect("the template is valid");
    ProgressBar::no_length().with_style(style)
}
