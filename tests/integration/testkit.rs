//! Peers in one process, and the faults of the network between them.

mod peers;

mod seeds;

mod slow_links;

mod stalls;

mod kills;

mod refusals;

mod partitions;
