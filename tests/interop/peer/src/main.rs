//! A node of a network, driven by lines on stdin; each is answered by one line on stdout.
//!
//! The first line on stdout is `listening <address>`. What can be asked stands with `Command`; the
//! answers are `met`, `published <record key> <value>` (hexadecimal), `found <text>`, `none`,
//! `removed`, or `failed <reason>`.

mod command;
mod schemas;

use std::{collections::HashSet, error::Error, io::Write};

use data_encoding::HEXLOWER;
use libp2p::PeerId;
use netabase::{Netabase, NetworkDatabase, NodeEvent, NodeEvents, SharedSchema};
use tokio::io::{AsyncBufReadExt, BufReader};

use self::{
    command::{Command, Key, Own, Value},
    schemas::{Note, Profile},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let network = std::env::args().nth(1).ok_or("usage: netabase-interop-peer <network>")?;
    let node = Netabase::builder(network).listen("/ip4/127.0.0.1/tcp/0".parse()?).start().await?;
    let address = node.addresses().into_iter().next().ok_or("it listens somewhere")?;
    let mut peer = Peer {
        events: node.events(),
        known: HashSet::new(),
        notes: node.network()?,
        profiles: node.network()?,
    };
    // Whoever reads it may connect: from here on no event is missed.
    say(&format!("listening {address}"))?;

    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let answer = match line.parse() {
            Ok(command) => peer.answer(command).await,
            Err(error) => Err(error.into()),
        };
        say(&answer.unwrap_or_else(|error| format!("failed {error}")))?;
    }
    node.shutdown().await;
    Ok(())
}

fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

struct Peer {
    events: NodeEvents,
    /// Whom the events have told of.
    known: HashSet<PeerId>,
    notes: NetworkDatabase<Note>,
    profiles: NetworkDatabase<Profile>,
}

impl Peer {
    async fn answer(&mut self, command: Command) -> Result<String, Box<dyn Error>> {
        let Self { notes, profiles, .. } = self;
        match command {
            Command::Meet(peer) => self.meet(peer).await,
            Command::Publish(Value::Note { title, text }) => {
                publish(notes, &Note { title, text }).await
            }
            Command::Publish(Value::Profile { handle, about }) => {
                publish(profiles, &Profile { handle, about }).await
            }
            Command::Get(Key::Note { title }) => {
                Ok(found(notes.get(&title).await?.map(|note| note.text)))
            }
            Command::Get(Key::Profile { owner, handle }) => {
                let profile = profiles.of(owner).get(&handle).await?;
                Ok(found(profile.map(|profile| profile.about)))
            }
            Command::Held(Key::Note { title }) => {
                let held = notes.local().with_held().get(&title)?;
                Ok(found(held.map(|note| note.text)))
            }
            Command::Held(Key::Profile { owner, handle }) => {
                let held = profiles.local().of(owner).with_held().get(&handle)?;
                Ok(found(held.map(|profile| profile.about)))
            }
            Command::Remove(Own::Note { title }) => Ok(removed(notes.remove(&title).await?)),
            Command::Remove(Own::Profile { handle }) => {
                Ok(removed(profiles.remove(&handle).await?))
            }
        }
    }

    async fn meet(&mut self, peer: PeerId) -> Result<String, Box<dyn Error>> {
        while !self.known.contains(&peer) {
            let event = self.events.next().await.ok_or("the node has ended")?;
            if let NodeEvent::PeerKnown { peer } = event {
                self.known.insert(peer);
            }
        }
        Ok("met".into())
    }
}

async fn publish<V: SharedSchema>(
    database: &NetworkDatabase<V>,
    value: &V,
) -> Result<String, Box<dyn Error>> {
    database.publish(value).await?;
    let record = database.local().get_record(&value.key())?.ok_or("it was just stored")?;
    let (key, value) = (HEXLOWER.encode(record.key.as_ref()), HEXLOWER.encode(&record.value));
    Ok(format!("published {key} {value}"))
}

fn found(text: Option<String>) -> String {
    text.map_or_else(|| "none".into(), |text| format!("found {text}"))
}

fn removed(was_there: bool) -> String {
    if was_there { "removed" } else { "none" }.into()
}
