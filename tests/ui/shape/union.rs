use netabase::NetabaseSchema;

#[derive(NetabaseSchema)]
union User {
    id: u64,
}

fn main() {}
