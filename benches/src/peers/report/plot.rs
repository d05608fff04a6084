use std::{error::Error, path::Path};

use plotters::{
    coord::Shift,
    prelude::{
        BLACK, ChartBuilder, Circle, Color, DrawingArea, IntoDrawingArea, IntoLogRange, LineSeries,
        RGBColor, SVGBackend, Text, WHITE,
    },
    style::IntoFont,
};

use crate::peers::{
    figure::{HEAP, LOAD, RESIDENT},
    results::Results,
    roster::PEERS,
};

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

const WIDTH: u32 = 360;
/// As many lines as the legend has.
const HEIGHT: u32 = 330;
const LEGEND: u32 = 170;

const TIMES: [&str; 9] = [
    LOAD,
    "put one",
    "delete",
    "get",
    "unique index",
    "index, a row",
    "range of 100",
    "scan, a row",
    "transaction of 10",
];

/// One for each peer; those of one kind are of one hue.
const COLOURS: [RGBColor; PEERS.len()] = [
    RGBColor(200, 0, 0),
    RGBColor(240, 110, 90),
    RGBColor(250, 170, 150),
    RGBColor(90, 90, 90),
    RGBColor(160, 160, 160),
    RGBColor(190, 130, 190),
    RGBColor(130, 0, 40),
    RGBColor(30, 30, 30),
    RGBColor(200, 180, 60),
    RGBColor(20, 90, 200),
    RGBColor(20, 160, 210),
    RGBColor(130, 210, 235),
    RGBColor(20, 140, 60),
    RGBColor(140, 80, 190),
    RGBColor(220, 120, 20),
];

/// Nanoseconds an operation.
pub(super) fn time(results: &Results, path: &Path) -> Result<(), Box<dyn Error>> {
    plot(results, path, &TIMES, 3, "ns")
}

/// Bytes a record.
pub(super) fn memory(results: &Results, path: &Path) -> Result<(), Box<dyn Error>> {
    plot(results, path, &[HEAP, RESIDENT], 2, "B")
}

/// A panel for each figure, a line for each peer, by size; both scales are logarithmic.
fn plot(
    results: &Results,
    path: &Path,
    names: &[&str],
    columns: usize,
    unit: &str,
) -> Result<(), Box<dyn Error>> {
    let rows = names.len().div_ceil(columns);
    let size = (WIDTH * u32::try_from(columns)? + LEGEND, HEIGHT * u32::try_from(rows)?);
    let root = SVGBackend::new(path, size).into_drawing_area();
    root.fill(&WHITE)?;
    let (panels, legend) = root.split_horizontally(size.0 - LEGEND);
    for (name, area) in names.iter().zip(panels.split_evenly((rows, columns))) {
        panel(results, name, unit, &area)?;
    }
    draw_legend(&legend)?;
    root.present()?;
    Ok(())
}

fn panel(results: &Results, name: &str, unit: &str, area: &Area<'_>) -> Result<(), Box<dyn Error>> {
    let points = |peer: &str| -> Vec<(f64, f64)> {
        let of = |size: &crate::peers::results::Size| {
            let records = f64::from(u32::try_from(size.records).ok()?);
            size.value(peer, name).filter(|&value| value > 0.0).map(|value| (records, value))
        };
        results.sizes.iter().filter_map(of).collect()
    };
    let lines: Vec<_> = PEERS.iter().map(|peer| points(peer.name)).collect();
    let all = || lines.iter().flatten();
    let (Some(x), Some(y)) = (span(all().map(|point| point.0)), span(all().map(|point| point.1)))
    else {
        return Ok(());
    };
    let mut chart = ChartBuilder::on(area)
        .caption(format!("{name}, {unit}"), ("sans-serif", 16))
        .margin(8)
        .x_label_area_size(24)
        .y_label_area_size(64)
        .build_cartesian_2d((x.0..x.1).log_scale(), (y.0..y.1).log_scale())?;
    chart
        .configure_mesh()
        .max_light_lines(0)
        .x_labels(4)
        // Within two decades their powers alone would be too few.
        .y_labels(if y.1 < 100.0 * y.0 { 10 } else { 6 })
        .x_label_formatter(&|value| whole(*value))
        .y_label_formatter(&|value| whole(*value))
        .draw()?;
    for ((points, colour), peer) in lines.into_iter().zip(COLOURS).zip(&PEERS) {
        let width = if peer.name.starts_with("netabase") { 3 } else { 1 };
        chart.draw_series(LineSeries::new(points.clone(), colour.stroke_width(width)))?;
        chart
            .draw_series(points.into_iter().map(|point| Circle::new(point, 3, colour.filled())))?;
    }
    Ok(())
}

/// From the smallest to the largest, with some room.
fn span(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
    for value in values {
        (low, high) = (low.min(value), high.max(value));
    }
    (high > 0.0).then_some((low / 1.3, high * 1.3))
}

fn whole(value: f64) -> String {
    match value {
        value if value >= 1e6 => format!("{} M", value / 1e6),
        value if value >= 1e3 => format!("{} k", value / 1e3),
        value => format!("{value}"),
    }
}

fn draw_legend(area: &Area<'_>) -> Result<(), Box<dyn Error>> {
    for ((peer, colour), row) in PEERS.iter().zip(COLOURS).zip(1..) {
        let y = 20 * row;
        area.draw(&Circle::new((10, y), 4, colour.filled()))?;
        let font = ("sans-serif", 14).into_font().color(&BLACK);
        area.draw(&Text::new(peer.name, (20, y - 6), font))?;
    }
    Ok(())
}
