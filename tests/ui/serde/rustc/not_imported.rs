use netabase::NetabaseSchema;

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: u64,
}

fn main() {}
