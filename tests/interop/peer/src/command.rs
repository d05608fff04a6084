//! What a line on stdin asks for.

use std::str::FromStr;

use libp2p::PeerId;

/// One line: a verb, `note` or `profile`, and what they need. Keys have no spaces; the last word of
/// `publish` takes the rest of the line.
#[derive(Debug)]
pub(crate) enum Command {
    /// `meet <peer>`: waits until that peer has connected.
    Meet(PeerId),
    /// `publish note <title> <text>`, `publish profile <handle> <about>`
    Publish(Value),
    /// `get note <title>`, `get profile <owner> <handle>`: asks the network.
    Get(Key),
    /// `held note <title>`, `held profile <owner> <handle>`: looks into the own store only.
    Held(Key),
    /// `remove note <title>`, `remove profile <handle>`: deletes an own value, here and on the network.
    Remove(Own),
}

#[derive(Debug)]
pub(crate) enum Value {
    Note { title: String, text: String },
    Profile { handle: String, about: String },
}

#[derive(Debug)]
pub(crate) enum Key {
    Note { title: String },
    Profile { owner: PeerId, handle: String },
}

#[derive(Debug)]
pub(crate) enum Own {
    Note { title: String },
    Profile { handle: String },
}

impl FromStr for Command {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let words: Vec<_> = line.splitn(4, ' ').collect();
        let command = match words[..] {
            ["meet", peer] => Self::Meet(parse_peer(peer)?),
            ["publish", "note", title, text] => {
                Self::Publish(Value::Note { title: title.into(), text: text.into() })
            }
            ["publish", "profile", handle, about] => {
                Self::Publish(Value::Profile { handle: handle.into(), about: about.into() })
            }
            ["get", ref key @ ..] => Self::Get(parse_key(key)?),
            ["held", ref key @ ..] => Self::Held(parse_key(key)?),
            ["remove", "note", title] => Self::Remove(Own::Note { title: title.into() }),
            ["remove", "profile", handle] => Self::Remove(Own::Profile { handle: handle.into() }),
            _ => return Err(format!("what is `{line}`?")),
        };
        Ok(command)
    }
}

fn parse_key(words: &[&str]) -> Result<Key, String> {
    match *words {
        ["note", title] => Ok(Key::Note { title: title.into() }),
        ["profile", owner, handle] => {
            Ok(Key::Profile { owner: parse_peer(owner)?, handle: handle.into() })
        }
        _ => Err("a key is `note <title>` or `profile <owner> <handle>`".into()),
    }
}

fn parse_peer(word: &str) -> Result<PeerId, String> {
    word.parse().map_err(|error| format!("peer `{word}`: {error}"))
}
