//! Values to records and back.
use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
struct Local {
    #[netabase(key)]
    id: u32,
    text: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open", index(name = "both", fields(id, text)))]
struct Open {
    #[netabase(key)]
    id: u32,
    text: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned")]
struct Owned {
    #[netabase(key)]
    id: u32,
    #[netabase(index(multi))]
    texts: Vec<String>,
}

fn there<V, R>()
where
    V: NetabaseSchema + TryFrom<R> + for<'r> TryFrom<&'r R>,
    R: TryFrom<V> + for<'v> TryFrom<&'v V>,
{
}

fn back<V, R>()
where
    V: NetabaseSchema + TryFrom<R> + for<'r> TryFrom<&'r R>,
{
}

fn main() {
    there::<Local, netabase::__private::Record>();
    there::<Open, netabase::__private::Record>();
    back::<Owned, netabase::__private::Record>();
}
