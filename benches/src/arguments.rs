//! The command line.

/// What to measure.
#[derive(Debug)]
pub struct Arguments {
    /// The sizes of the store, in records.
    pub records: Vec<usize>,
    /// How often; the median counts.
    pub rounds: usize,
}

impl Arguments {
    /// Reads `--records` and `--rounds`.
    ///
    /// # Errors
    ///
    /// A message for the user.
    pub fn parse(
        mut arguments: impl Iterator<Item = String>,
        records_by_default: &[usize],
    ) -> Result<Self, String> {
        let mut parsed = Self { records: records_by_default.to_vec(), rounds: 3 };
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
