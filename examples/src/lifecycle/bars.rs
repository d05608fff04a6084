//! Shows how far the flood has come, and how full the tower's budgets are.

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use netabase::BudgetInfo;

use super::{
    chart::{day_time, thousands},
    tower::{Figures, Tower},
};

/// A bar for each budget and one for the flood, and a line of figures below them. Nothing of it is shown where
/// there is no terminal.
#[derive(Debug)]
pub struct Bars {
    all: MultiProgress,
    own: ProgressBar,
    foreign: ProgressBar,
    flood: ProgressBar,
    figures: ProgressBar,
}

impl Bars {
    /// Bars for a tower's store, and a flood of so many records.
    #[must_use]
    pub fn new(tower: &Tower, flood: u32) -> Self {
        Self::drawn_on(ProgressDrawTarget::stderr(), tower, flood)
    }

    /// The bars of [`Bars::new`] on a terminal of the caller's.
    #[must_use]
    pub fn drawn_on(target: ProgressDrawTarget, tower: &Tower, flood: u32) -> Self {
        let all = MultiProgress::with_draw_target(target);
        let bar = |name: &'static str, color, len: u64| {
            let template = format!(
                "  {{prefix:8}} {{bar:40.{color}/dim}} {{human_pos:>9}} of {{human_len:<9}} {{percent:>3}} %"
            );
            all.add(ProgressBar::new(len).with_style(style(&template)).with_prefix(name))
        };
        let len = |budget: BudgetInfo| u64::try_from(budget.max_records).unwrap_or(u64::MAX);
        let Figures { own, foreign, .. } = tower.figures();
        let flood = bar("flood", "red", flood.into());
        let own = bar("own", "green", len(own));
        let foreign = bar("foreign", "cyan", len(foreign));
        let figures = all.add(ProgressBar::no_length().with_style(style("  {msg}")));
        Self { all, own, foreign, flood, figures }
    }

    /// Shows how things stand, so many records of the flood sent.
    pub fn show(&self, tower: &Tower, flooded: u64) {
        let figures = tower.figures();
        let position = |budget: BudgetInfo| u64::try_from(budget.current_records).unwrap_or(0);
        self.flood.set_position(flooded);
        self.own.set_position(position(figures.own));
        self.foreign.set_position(position(figures.foreign));
        let counts = figures.counts;
        self.figures.set_message(format!(
            "{}   stored {}   refused {}   evicted {}   expired {}",
            day_time(&tower.clock),
            thousands(counts.stored),
            thousands(counts.refused()),
            thousands(figures.evicted()),
            thousands(counts.own_expired),
        ));
    }

    /// Prints something above the bars.
    pub fn above(&self, print: impl FnOnce()) {
        self.all.suspend(print);
    }

    /// Takes the bars off the screen.
    pub fn clear(&self) {
        for bar in [&self.flood, &self.own, &self.foreign, &self.figures] {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the templates above are valid")
}
