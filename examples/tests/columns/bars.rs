//! Draws the progress bars on a terminal of 80 columns that remembers what was written to it.

use std::{
    io::Result,
    sync::{Arc, Mutex, PoisonError},
};

use console::measure_text_width;
use indicatif::{ProgressDrawTarget, TermLike};
use netabase_examples::{
    airports, cluster,
    columns::{COLUMNS, cell, packed, wrapped},
    lifecycle::{Bars, Traffic},
};

#[derive(Clone, Debug, Default)]
struct Terminal(Arc<Mutex<Vec<String>>>);

impl Terminal {
    fn target(&self) -> ProgressDrawTarget {
        ProgressDrawTarget::term_like(Box::new(self.clone()))
    }

    fn write(&self, text: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
    }

    /// Sees that all that was written fits, and that among it is what shows `text`.
    fn assert_fits(&self, text: &str) {
        let written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let too_wide: Vec<_> =
            written.iter().filter(|line| measure_text_width(line) > COLUMNS).collect();
        assert!(too_wide.is_empty(), "{too_wide:#?}");
        assert!(written.iter().any(|line| line.contains(text)), "no {text:?} in {written:#?}");
    }
}

impl TermLike for Terminal {
    fn width(&self) -> u16 {
        80
    }

    fn move_cursor_up(&self, _: usize) -> Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> Result<()> {
        Ok(())
    }

    fn write_line(&self, text: &str) -> Result<()> {
        self.write(text);
        Ok(())
    }

    fn write_str(&self, text: &str) -> Result<()> {
        self.write(text);
        Ok(())
    }

    fn clear_line(&self) -> Result<()> {
        Ok(())
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }
}

#[test]
fn the_bars_of_all_examples_fit_80_columns() -> std::result::Result<(), Box<dyn std::error::Error>>
{
    let terminal = Terminal::default();
    for (bar, of) in [(airports::bar(), 3_200_000), (cluster::bar("starting nodes", 0), 1_234_567)]
    {
        bar.set_draw_target(terminal.target());
        bar.set_length(of);
        bar.set_position(of - 1);
        bar.force_draw();
    }
    terminal.assert_fits("loading");
    terminal.assert_fits("1,234,566 of 1,234,567");

    let terminal = Terminal::default();
    let flood = 1_000_000;
    let traffic = Traffic::new(flood)?;
    let bars = Bars::drawn_on(terminal.target(), &traffic.tower, flood);
    bars.show(&traffic.tower, u64::from(flood) - 1);
    bars.clear();
    terminal.assert_fits("1,000,000");
    Ok(())
}

#[test]
fn text_is_broken_between_words_and_cells_have_their_width() {
    let text = "word ".repeat(40);
    let lines = wrapped(2, &text);
    assert!(lines.lines().all(|line| line.starts_with("  word") && line.len() <= COLUMNS));
    assert_eq!(lines.split_whitespace().count(), 40, "none is lost");
    let long = "x".repeat(100);
    assert_eq!(wrapped(2, &format!("a {long} b")), format!("  a\n  {long}\n  b"));

    let rows = packed(70, ["ab"; 7]);
    assert_eq!(rows, format!("{}ababababab\n{}abab", " ".repeat(70), " ".repeat(70)));

    assert_eq!(cell("Vágar", 7), "Vágar  ");
    assert_eq!(cell("Reykjavik", 4), "Rey…");
}
