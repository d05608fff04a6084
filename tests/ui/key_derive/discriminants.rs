use netabase::NetabaseSchemaKey;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, NetabaseSchemaKey)]
enum Place {
    First = 1,
    Second,
    Third = 0,
}

fn main() {}
