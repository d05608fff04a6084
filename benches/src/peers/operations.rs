//! What is measured of each peer, in the order it is measured and shown.
#![allow(clippy::unnecessary_wraps, reason = "operations are of one type, and many peers lack one")]

mod coding;

mod reads;

mod writes;

mod sharing;

use super::{peer::Peer, people::People, stopwatch::Cost};

/// How many rows a range has.
pub(crate) const ROWS: usize = 100;

/// What is measured, and how: nothing if a peer has no such thing.
pub(crate) struct Operation<P> {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&mut P, &People) -> Option<Cost>,
}

/// An operation is one entry. Those that change something come behind those that do not.
pub(crate) fn operations<P: Peer>() -> Vec<Operation<P>> {
    vec![
        Operation { name: "encode", run: coding::encode },
        Operation { name: "encode, a record", run: coding::encode_record },
        Operation { name: "decode", run: coding::decode },
        Operation { name: "get", run: reads::get },
        Operation { name: "get, each after the last", run: reads::get_dependent },
        Operation { name: "get, on its own", run: reads::get_alone },
        Operation { name: "get_with", run: reads::get_with },
        Operation { name: "unique index", run: reads::unique_index },
        Operation { name: "index, a row", run: reads::index },
        Operation { name: "range of 100", run: reads::range },
        Operation { name: "range of 100, borrowed", run: reads::range_borrowed },
        Operation { name: "scan, a row", run: reads::scan },
        Operation { name: "iter, a row", run: reads::in_order },
        Operation { name: "capacity", run: reads::capacity },
        Operation { name: "put one", run: writes::put_one },
        Operation { name: "overwrite", run: writes::overwrite },
        Operation { name: "transaction of 10", run: writes::transaction },
        Operation { name: "delete", run: writes::delete },
        Operation { name: "read beside a writer, 1 thread", run: writes::read_beside::<P, 1> },
        Operation { name: "read beside a writer, 2 threads", run: writes::read_beside::<P, 2> },
        Operation { name: "overwrite beside a reader", run: writes::write_beside },
        Operation { name: "sweep of 1 %", run: sharing::sweep },
        Operation { name: "records of a publisher", run: sharing::publisher },
        Operation { name: "sync, a record", run: sharing::sync },
        Operation { name: "sync again, a record", run: sharing::sync },
    ]
}
