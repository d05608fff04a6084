//! Shows how far the cluster has come.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of so many steps of something. Nothing of it is shown where there is no terminal.
#[must_use]
pub fn bar(what: &'static str, steps: usize) -> ProgressBar {
    let steps = u64::try_from(steps).unwrap_or(u64::MAX);
    ProgressBar::new(steps).with_style(style()).with_prefix(what)
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template(
        "  {prefix:18} {bar:30.cyan/dim} {human_pos:>9} of {human_len:<9} {elapsed:>4}",
    )
    .expect("the template is valid")
}
