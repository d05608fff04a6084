/// What to measure.
pub(crate) struct Arguments {
    /// The sizes of the store, in records.
    pub(crate) records: Vec<usize>,
    /// How often; the median counts.
    pub(crate) rounds: usize,
}

impl Arguments {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self { records: vec![900_000, 1_000_000], rounds: 3 };
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--records" => {
                    parsed.records = value.split(',').map(positive).collect::<Result<_, _>>()?;
                }
                "--rounds" => parsed.rounds = positive(&value)?,
                _ => return Err(format!("unknown option {name}: there are --records, --rounds")),
            }
        }
        Ok(parsed)
    }
}

fn positive(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|&number| number > 0);
    number.ok_or_else(|| format!("expected a positive number, found {text:?}"))
}
