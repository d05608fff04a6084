use std::{
    collections::{BTreeSet, VecDeque},
    net::IpAddr,
};

use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

// As another crate might have it.
#[derive(Serialize, Deserialize)]
struct DateTime(i64);

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct Host {
    #[netabase(key)]
    id: u64,
    #[netabase(index)]
    load: f64,
    #[netabase(index)]
    users: usize,
    #[netabase(index)]
    address: IpAddr,
    #[netabase(index)]
    started: DateTime,
    #[netabase(index)]
    tags: BTreeSet<String>,
    #[netabase(index)]
    queue: VecDeque<String>,
    #[netabase(index)]
    price: Option<f32>,
    #[netabase(index(multi))]
    loads: Vec<f64>,
}

fn main() {}
