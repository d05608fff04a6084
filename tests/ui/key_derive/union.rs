use netabase::NetabaseSchemaKey;

#[derive(NetabaseSchemaKey)]
union Place {
    row: u8,
}

fn main() {}
