//! The figures as bars: a panel for each, a bar for each peer.

use std::{error::Error, path::Path};

use plotters::prelude::{
    BLACK, Color, IntoDrawingArea, IntoFont, RGBColor, Rectangle, SVGBackend, Text, WHITE,
};

use super::table::{Measured, ROWS};

const PANEL: (u32, u32) = (400, 190);
const COLUMNS: u32 = 3;

/// What a bar may be long; its name stands left of it, and its value right.
const LONGEST: f64 = 170.0;
const NAME: i32 = 140;

pub(super) fn plot(results: &[Measured], path: &Path) -> Result<(), Box<dyn Error>> {
    let rows = u32::try_from(ROWS.len())?.div_ceil(COLUMNS);
    let size = (PANEL.0 * COLUMNS, PANEL.1 * rows);
    let root = SVGBackend::new(path, size).into_drawing_area();
    root.fill(&WHITE)?;
    let panels = root.split_evenly((usize::try_from(rows)?, usize::try_from(COLUMNS)?));
    for ((name, figure, unit), area) in ROWS.iter().zip(&panels) {
        let title = ("sans-serif", 15).into_font().color(&BLACK);
        area.draw(&Text::new(format!("{name}, {unit}"), (10, 8), title))?;
        let taken = results.iter().filter_map(|(peer, figures)| Some((peer, figures.get(*figure)?)));
        let taken: Vec<_> = taken.collect();
        let largest = taken.iter().map(|(_, value)| *value).fold(f64::MIN_POSITIVE, f64::max);
        for ((peer, value), top) in taken.iter().zip((32..).step_by(20)) {
            #[allow(clippy::cast_possible_truncation, reason = "a bar has some hundred pixels")]
            let end = NAME + (value / largest * LONGEST) as i32;
            let is_ours = peer.starts_with("netabase");
            let colour = if is_ours { RGBColor(200, 0, 0) } else { RGBColor(120, 120, 120) };
            let font = || ("sans-serif", 12).into_font().color(&BLACK);
            area.draw(&Text::new((**peer).to_owned(), (10, top), font()))?;
            area.draw(&Rectangle::new([(NAME, top), (end, top + 12)], colour.filled()))?;
            area.draw(&Text::new(format!("{value:.3e}"), (end + 6, top), font()))?;
        }
    }
    root.present()?;
    Ok(())
}
