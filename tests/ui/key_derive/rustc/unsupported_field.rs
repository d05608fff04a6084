use netabase::NetabaseSchemaKey;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, NetabaseSchemaKey)]
struct Seat {
    row: usize,
    column: char,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, NetabaseSchemaKey)]
enum Place {
    Seat(Seat),
    Standing { zone: isize },
}

fn main() {}
