use netabase::NetabaseSchemaKey;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, NetabaseSchemaKey)]
struct Place<T> {
    at: T,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, NetabaseSchemaKey)]
struct Text<'a> {
    text: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, NetabaseSchemaKey)]
struct Bytes<const N: usize> {
    bytes: [u8; N],
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, NetabaseSchemaKey)]
struct Sure
where
    u8: Copy,
{
    at: u8,
}

fn main() {}
