//! A Rust peer of a network, driven by lines on stdin; each is answered by one line on stdout.
//!
//! The first line on stdout is `listening <address>`. What can be asked stands with `Command`; the
//! answers are `met`, `published <record key> <value>` (hexadecimal), `found <text>`, `none`,
//! `removed`, or `failed <reason>`.

mod command;
mod node;
mod schemas;

use std::io::Write;

use data_encoding::HEXLOWER;
use libp2p::kad::Record;
use netabase::{KeyOf, MemoryStoreDatabase, NetabaseSchema, SharedSchema};
use tokio::io::{AsyncBufReadExt, BufReader};

use self::{
    command::{Command, Key, Own, Value},
    node::{Node, NodeError},
    schemas::{Note, Profile},
};

#[tokio::main]
async fn main() -> Result<(), NodeError> {
    let network = std::env::args().nth(1).ok_or("usage: netabase-interop-peer <network>")?;
    let mut peer = Peer::start(&network).await?;
    say(&format!("listening {}", peer.node.address()))?;

    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    loop {
        let line = tokio::select! {
            line = lines.next_line() => line?,
            () = peer.node.idle() => None,
        };
        let Some(line) = line else { return Ok(()) };
        let answer = match line.parse::<Command>() {
            Ok(command) => peer.answer(command).await,
            Err(error) => Err(error.into()),
        };
        say(&answer.unwrap_or_else(|error| format!("failed {error}")))?;
    }
}

fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

struct Peer {
    node: Node,
    notes: MemoryStoreDatabase<Note>,
    profiles: MemoryStoreDatabase<Profile>,
}

impl Peer {
    async fn start(network: &str) -> Result<Self, NodeError> {
        let node = Node::start(network).await?;
        let (notes, profiles) = (node.store().database()?, node.store().database()?);
        Ok(Self { node, notes, profiles })
    }

    async fn answer(&mut self, command: Command) -> Result<String, NodeError> {
        let Self { node, notes, profiles } = self;
        match command {
            Command::Meet(peer) => {
                node.meet(peer).await;
                Ok("met".into())
            }
            Command::Publish(Value::Note { title, text }) => {
                publish(node, notes, &Note { title, text }).await
            }
            Command::Publish(Value::Profile { handle, about }) => {
                publish(node, profiles, &Profile { handle, about }).await
            }
            Command::Get(Key::Note { title }) => {
                fetch(node, notes, &title).await?;
                Ok(found(notes.get(&title)?.map(|note| note.text)))
            }
            Command::Get(Key::Profile { owner, handle }) => {
                let profiles = profiles.of(owner);
                fetch(node, &profiles, &handle).await?;
                Ok(found(profiles.get(&handle)?.map(|profile| profile.about)))
            }
            Command::Held(Key::Note { title }) => {
                Ok(found(notes.with_held().get(&title)?.map(|note| note.text)))
            }
            Command::Held(Key::Profile { owner, handle }) => {
                let held = profiles.of(owner).with_held();
                Ok(found(held.get(&handle)?.map(|profile| profile.about)))
            }
            Command::Remove(Own::Note { title }) => {
                let removed = notes.remove(&title)?;
                withdraw(node, notes, removed).await
            }
            Command::Remove(Own::Profile { handle }) => {
                let removed = profiles.remove(&handle)?;
                withdraw(node, profiles, removed).await
            }
        }
    }
}

fn found(text: Option<String>) -> String {
    text.map_or_else(|| "none".into(), |text| format!("found {text}"))
}

async fn publish<V: NetabaseSchema>(
    node: &mut Node,
    database: &MemoryStoreDatabase<V>,
    value: &V,
) -> Result<String, NodeError> {
    let record = database.to_record(value)?;
    let Record { key, value, .. } = record.clone();
    node.publish(record).await?;
    Ok(format!("published {} {}", HEXLOWER.encode(key.as_ref()), HEXLOWER.encode(&value)))
}

/// Takes in what the network has under a key; the newest valid value stays.
async fn fetch<V: NetabaseSchema>(
    node: &mut Node,
    database: &MemoryStoreDatabase<V>,
    key: &(impl KeyOf<V::Key> + ?Sized),
) -> Result<(), NodeError> {
    let mut refused = None;
    let mut any_taken = false;
    for record in node.fetch(database.record_key(key)?).await {
        match database.put_record(&record) {
            Ok(_) => any_taken = true,
            Err(error) => refused = Some(error),
        }
    }
    match refused {
        Some(error) if !any_taken => Err(error.into()),
        _ => Ok(()),
    }
}

/// Tells the network what was removed here.
async fn withdraw<V: SharedSchema>(
    node: &mut Node,
    database: &MemoryStoreDatabase<V>,
    removed: bool,
) -> Result<String, NodeError> {
    if !removed {
        return Ok("none".into());
    }
    for record in database.sync_to_network() {
        node.publish(record?).await?;
    }
    Ok("removed".into())
}
