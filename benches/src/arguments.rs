//! The command line.

/// So many records are enough to see that all works.
const QUICK: usize = 10_000;

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
    /// The names of the peers to measure: unless some are named, all.
    pub peers: Vec<String>,
    /// `true` if it is only to be seen that all works.
    pub quick: bool,
}

/// The parts of a program.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts {
    /// Those that run unless some are named.
    pub by_default: &'static [&'static str],
    /// Those that run only when they are named.
    pub others: &'static [&'static str],
}

impl Arguments {
    /// Reads `--records`, `--rounds` and, of a program that has parts, `--only`, `--peers`, `--nodes` and
    /// `--quick`, which sets records and rounds unless they are given behind it.
    ///
    /// # Errors
    ///
    /// A message for the user.
    pub fn parse(
        mut arguments: impl Iterator<Item = String>,
        records_by_default: &[usize],
        parts: &Parts,
    ) -> Result<Self, String> {
        let mut parsed = Self {
            records: records_by_default.to_vec(),
            rounds: 3,
            nodes: 50,
            parts: parts.by_default.to_vec(),
            peers: Vec::new(),
            quick: false,
        };
        let parts = [parts.by_default, parts.others].concat();
        while let Some(name) = arguments.next() {
            if name == "--quick" && !parts.is_empty() {
                (parsed.records, parsed.rounds, parsed.quick) = (vec![QUICK], 1, true);
                continue;
            }
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--records" => {
                    parsed.records = value.split(',').map(positive).collect::<Result<_, _>>()?;
                }
                "--rounds" => parsed.rounds = positive(&value)?,
                "--nodes" if !parts.is_empty() => parsed.nodes = network(&value)?,
                "--peers" if !parts.is_empty() => {
                    parsed.peers = value.split(',').map(str::to_owned).collect();
                }
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

    /// Returns whether this part of the program is to run.
    #[must_use]
    pub fn includes(&self, part: &str) -> bool {
        self.parts.contains(&part)
    }
}

fn positive(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|&number| number > 0);
    number.ok_or_else(|| format!("expected a positive number, found {text:?}"))
}

fn network(text: &str) -> Result<usize, String> {
    let nodes = positive(text)?;
    if nodes > 1 { Ok(nodes) } else { Err("a network has at least 2 nodes".to_owned()) }
}

fn part(name: &str, parts: &[&'static str]) -> Result<&'static str, String> {
    let part = parts.iter().find(|part| **part == name);
    part.copied().ok_or_else(|| format!("no part is {name:?}: there are {}", parts.join(", ")))
}

fn unknown(name: &str, parts: &[&'static str]) -> String {
    let more = if parts.is_empty() { "" } else { ", --only, --peers, --nodes, --quick" };
    format!("unknown option {name}: there are --records, --rounds{more}")
}
