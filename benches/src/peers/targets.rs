//! What netabase is to reach, as times what a peer takes.

use super::figure::{HEAP, LOAD};

const PLAIN: &str = "netabase";
const INDEXED: &str = "netabase+index";
const BY_HAND: &str = "MemoryStore";
const BY_HAND_INDEXED: &str = "MemoryStore+index";

/// Netabase's look-ups always stand on their own; those of others may share a transaction.
const ALONE: &str = "get, on its own";

/// One of netabase's figures against that of some peers.
pub(crate) struct Target {
    pub(crate) ours: (&'static str, &'static str),
    /// The name of the figure there, and what netabase may take at most.
    pub(crate) theirs: &'static [(&'static str, &'static str, Limit)],
}

#[derive(Clone, Copy)]
pub(crate) enum Limit {
    AtMost(f64),
    /// Up to 100,000 records, and beyond.
    Grows(f64, f64),
}

use Limit::{AtMost, Grows};

impl Limit {
    pub(crate) fn at(self, records: usize) -> f64 {
        match self {
            Grows(_, large) if records > 100_000 => large,
            AtMost(ratio) | Grows(ratio, _) => ratio,
        }
    }
}

/// In the order they are shown.
pub(crate) const TARGETS: &[Target] = &[
    Target {
        ours: (INDEXED, "put one"),
        theirs: &[
            ("native_db", "put one", AtMost(0.10)),
            ("redb", "put one", AtMost(0.10)),
            ("redb+relaxed", "put one", AtMost(0.10)),
        ],
    },
    Target {
        ours: (INDEXED, LOAD),
        theirs: &[("native_db", LOAD, AtMost(0.3)), ("redb", LOAD, AtMost(0.9))],
    },
    Target { ours: (PLAIN, "get"), theirs: &[(BY_HAND, "get", AtMost(1.15))] },
    Target {
        ours: (INDEXED, "get"),
        theirs: &[
            ("redb", "get", AtMost(0.6)),
            ("native_db", "get", AtMost(0.6)),
            ("rusqlite", "get", AtMost(0.6)),
            ("redb", ALONE, AtMost(0.6)),
            ("native_db", ALONE, AtMost(0.6)),
            ("rusqlite", ALONE, AtMost(0.6)),
        ],
    },
    Target {
        ours: (INDEXED, "unique index"),
        theirs: &[
            ("native_db", "unique index", AtMost(0.5)),
            ("redb", "unique index", AtMost(0.5)),
            ("rusqlite", "unique index", AtMost(0.5)),
        ],
    },
    Target {
        ours: (INDEXED, "index, a row"),
        theirs: &[
            ("native_db", "index, a row", AtMost(0.9)),
            ("redb", "index, a row", AtMost(0.9)),
        ],
    },
    Target {
        ours: (PLAIN, "range of 100"),
        theirs: &[(BY_HAND, "range of 100", Grows(0.02, 0.002))],
    },
    Target {
        ours: (INDEXED, "range of 100, borrowed"),
        // native_db lends nothing.
        theirs: &[
            ("redb", "range of 100, borrowed", Grows(2.0, 2.5)),
            ("native_db", "range of 100", Grows(2.0, 2.5)),
        ],
    },
    Target { ours: (PLAIN, "scan, a row"), theirs: &[(BY_HAND, "scan, a row", AtMost(1.15))] },
    Target {
        ours: (INDEXED, "delete"),
        theirs: &[
            ("native_db", "delete", AtMost(0.08)),
            ("redb", "delete", AtMost(0.08)),
            ("redb+relaxed", "delete", AtMost(0.08)),
        ],
    },
    Target { ours: (PLAIN, HEAP), theirs: &[(BY_HAND, HEAP, AtMost(1.15))] },
    Target { ours: (INDEXED, HEAP), theirs: &[(BY_HAND_INDEXED, HEAP, AtMost(1.0))] },
    Target { ours: (PLAIN, "decode"), theirs: &[(BY_HAND, "decode", AtMost(1.15))] },
    Target { ours: (PLAIN, "encode"), theirs: &[(BY_HAND, "encode", AtMost(0.6))] },
];

#[cfg(test)]
mod tests {
    use super::TARGETS;
    use crate::peers::{
        figure::{HEAP, LOAD},
        operations::operations,
        redb::Redb,
        roster::PEERS,
    };

    #[test]
    fn targets_are_of_peers_and_figures_that_there_are() {
        let operations = operations::<Redb<false>>();
        for target in TARGETS {
            let theirs = target.theirs.iter().map(|&(peer, name, _)| (peer, name));
            for (peer, name) in theirs.chain([target.ours]) {
                assert!(PEERS.iter().any(|known| known.name == peer), "no peer is {peer}");
                let is_known = operations.iter().any(|operation| operation.name == name);
                assert!(is_known || [HEAP, LOAD].contains(&name), "no figure is {name}");
            }
        }
    }
}
