use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize, NetabaseSchema)]
#[serde(try_from = "u64")]
struct Even {
    #[netabase(key)]
    id: u64,
}

impl TryFrom<u64> for Even {
    type Error = &'static str;

    fn try_from(id: u64) -> Result<Self, Self::Error> {
        if id % 2 == 0 { Ok(Self { id }) } else { Err("odd") }
    }
}

mod elsewhere {
    pub struct Point {
        pub x: u64,
    }
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[serde(remote = "elsewhere::Point")]
struct Point {
    #[netabase(key)]
    x: u64,
}

fn main() {
    let _ = elsewhere::Point { x: 1 };
}
