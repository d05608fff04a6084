use netabase::NetabaseSchemaKey;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, NetabaseSchemaKey)]
enum Place {}

fn main() {}
