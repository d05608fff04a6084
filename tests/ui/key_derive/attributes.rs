use netabase::NetabaseSchemaKey;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, NetabaseSchemaKey)]
#[netabase(name = "place")]
struct Place {
    #[netabase(key)]
    at: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, NetabaseSchemaKey)]
#[netabase]
struct Bare(u8);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, NetabaseSchemaKey)]
#[netabase(crate = "a b")]
struct Crate(u8);

fn main() {}
