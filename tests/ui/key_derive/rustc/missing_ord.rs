use netabase::NetabaseSchemaKey;

#[derive(Clone, Debug, PartialEq, Eq, NetabaseSchemaKey)]
struct Seat {
    row: u8,
}

fn main() {}
