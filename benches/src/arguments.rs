//! The command line.

/// What to measure.
#[derive(Debug)]
pub struct Arguments {
    /// The sizes of the store, in records.
    pub records: Vec<usize>,
    /// How often; the median counts.
    pub rounds: usize,
    /// The size of the network, in nodes.
    pub nodes: usize,
    /// Which parts of the program: unless some are named, all but those that have sizes of their own.
    pub parts: Vec<&'static str>,
}

impl Arguments {
    /// Reads `--records`, `--rounds` and, of a program that has parts, `--only` and `--nodes`. The `others` run
    /// only when they are named.
    ///
    /// # Errors
    ///
    /// A message for the user.
    pub fn parse(
        mut arguments: impl Iterator<Item = String>,
        records_by_default: &[usize],
        parts: &[&'static str],
        others: &[&'static str],
    ) -> Result<Self, String> {
        let mut parsed = Self {
            records: records_by_default.to_vec(),
            rounds: 3,
            nodes: 50,
            parts: parts.to_vec(),
        };
        let parts = [parts, others].concat();
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--records" => {
                    parsed.records = value.split(',').map(positive).collect::<Result<_, _>>()?;
                }
                "--rounds" => parsed.rounds = positive(&value)?,
                "--nodes" if !parts.is_empty() => parsed.nodes = positive(&value)?,
                "--only" if !parts.is_empty() => {
                    parsed.parts = value
                        .split(',')
                        .map(|name| part(name, &parts))
                        .collect::<Result<_, _>>()?;
                }
                _ => return Err(unknown(&name, &parts)),
            }
        }
        Ok(parsed)
    }

    /// Whether this part of the program is to run.
    #[must_use]
    pub fn includes(&self, part: &str) -> bool {
        self.parts.contains(&part)
    }
}

fn positive(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|&number| number > 0);
    number.ok_or_else(|| format!("expected a positive number, found {text:?}"))
}

fn part(name: &str, parts: &[&'static str]) -> Result<&'static str, String> {
    let part = parts.iter().find(|part| **part == name);
    part.copied().ok_or_else(|| format!("no part is {name:?}: there are {}", parts.join(", ")))
}

fn unknown(name: &str, parts: &[&'static str]) -> String {
    let only = if parts.is_empty() { "" } else { ", --nodes, --only" };
    format!("unknown option {name}: there are --records, --rounds{only}")
}
