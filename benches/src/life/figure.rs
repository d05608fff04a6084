use indicatif::ProgressBar;
use netabase_benches::timing::median_of;

/// What is measured. Nanoseconds, of heap bytes a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    PutWithoutTtl,
    /// All values live equally long, so that each ends behind those before it.
    PutWithTtl,
    /// Each value lives as long as it does: they end in no order.
    PutWithOwnTtl,
    /// Kad's `put` of another peer's record.
    ForeignPut,
    ForeignPutOfPublisher,
    /// And with the network that it came from.
    ForeignPutFrom,
    HeapByHand,
    HeapWithTtl,
    HeapOfPublisher,
    /// By the deadlines that the values hold.
    SweepByScan,
    /// By the deadlines that the records hold.
    SweepByRetain,
    /// By a look at every value, decoded.
    SweepTyped,
    Sweep,
    PublisherByHand,
    PublisherTyped,
    Publisher,
    CapacityInfo,
    /// Of a foreign record, into a store with room.
    PutWithRoom,
    /// Into a full store of as many records.
    PutEvicting,
    PutFromWithRoom,
    PutFromEvicting,
    /// How long calls of kad take while another thread loads values.
    GetMedian,
    Get99th,
    GetLongest,
    PutMedian,
    Put99th,
    PutLongest,
}

/// How many steps one run of [`measure`](super::measure) reports: a figure each.
pub(crate) const STEPS: usize = Figure::PutLongest as usize + 1;

/// One of each.
#[derive(Clone, Debug)]
pub(crate) struct Figures([f64; STEPS]);

impl Figures {
    pub(super) fn get(&self, figure: Figure) -> f64 {
        self.0[figure as usize]
    }

    /// The median of each over the rounds; of what took longest the longest.
    pub(crate) fn median(rounds: &[Self]) -> Self {
        let mut figures =
            std::array::from_fn(|place| median_of(rounds, |figures: &Self| figures.0[place]));
        for longest in [Figure::GetLongest, Figure::PutLongest] {
            let all = rounds.iter().map(|figures| figures.get(longest));
            figures[longest as usize] = all.fold(0.0, f64::max);
        }
        Self(figures)
    }
}

/// The figures as they are taken.
pub(super) struct Notes<'a> {
    taken: [Option<f64>; STEPS],
    bar: &'a ProgressBar,
}

impl<'a> Notes<'a> {
    pub(super) fn new(bar: &'a ProgressBar) -> Self {
        Self { taken: [None; STEPS], bar }
    }

    pub(super) fn note(&mut self, figure: Figure, value: f64) {
        self.taken[figure as usize] = Some(value);
        self.bar.inc(1);
        self.bar.set_message(format!("{figure:?}"));
    }

    pub(super) fn finish(self) -> Figures {
        Figures(self.taken.map(|value| value.expect("every figure was taken")))
    }
}
