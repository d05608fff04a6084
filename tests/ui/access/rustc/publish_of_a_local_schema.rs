use netabase::{Netabase, NetabaseSchema, NetworkError};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct Item {
    #[netabase(key)]
    id: u64,
}

async fn publish(node: &Netabase, item: &Item) -> Result<(), NetworkError> {
    node.publish(item).await?;
    Ok(())
}

async fn fetch(node: &Netabase) -> Result<(), NetworkError> {
    node.fetch::<Item>(&7).await?;
    Ok(())
}

async fn provide(node: &Netabase) -> Result<(), NetworkError> {
    node.provide::<Item>().await?;
    Ok(())
}

fn main() {
    let _ = (publish, fetch, provide);
}
