//! How far a measurement is.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of so many steps.
#[must_use]
pub fn bar(steps: usize, prefix: impl Into<String>) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} {msg}")
        .expect("the template is valid");
    let bar = ProgressBar::new(steps as u64).with_style(style);
    bar.set_prefix(prefix.into());
    bar
}
