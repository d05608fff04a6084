//! Rows as the file holds them: all that has to survive, and nothing that follows from it. Index entries are made anew
//! by the schema's type.

use libp2p::PeerId;

use super::{
    KEPT_EXPIRED,
    reader::{Reader, Unreadable},
};
use crate::{
    schema::{Envelope, EnvelopeHeader},
    store::{
        clock::Moment,
        engine::{Attribution, Publisher, RecordMeta, Row},
        source::Source,
        state::RecordState,
    },
};

/// The version byte in front of each row.
const VERSION: u8 = 1;

// The lower three bits are the state's.
const SHARED: u8 = 1 << 3;
const RENEWABLE: u8 = 1 << 4;
const ENDS: u8 = 1 << 5;
const PUBLISHER: u8 = 1 << 6;
const SIGNED: u8 = 1 << 7;

/// A row of the file, taken apart and checked as far as no type is needed.
#[derive(Debug)]
pub(in crate::store) struct StoredRow<'a> {
    pub(in crate::store) meta: RecordMeta,
    /// There if the record is foreign.
    pub(in crate::store) source: Option<Source>,
    pub(in crate::store) publisher: Option<Publisher>,
    pub(in crate::store) header: EnvelopeHeader,
    pub(in crate::store) value: &'a [u8],
}

/// Appends a row as the file holds it.
pub(in crate::store) fn encode(row: &Row, out: &mut Vec<u8>) {
    let (meta, attribution) = (row.meta(), row.attribution());
    let publisher = attribution.and_then(|attribution| attribution.publisher);
    let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
    let flags = meta.state.to_byte()
        | flag(meta.shared, SHARED)
        | flag(meta.renewable, RENEWABLE)
        | flag(meta.ends.is_some(), ENDS)
        | flag(publisher.is_some(), PUBLISHER)
        | flag(publisher.is_some_and(|publisher| publisher.has_signed), SIGNED);
    out.extend_from_slice(&[VERSION, flags]);
    if let Some(ends) = meta.ends {
        out.extend_from_slice(&ends.to_be_bytes());
    }
    if let Some(Attribution { source, .. }) = attribution {
        source.write(out);
    }
    if let Some(publisher) = publisher {
        let peer = publisher.peer.to_bytes();
        out.push(u8::try_from(peer.len()).expect("peer ids are short"));
        out.extend_from_slice(&peer);
    }
    out.extend_from_slice(row.value());
}

impl<'a> StoredRow<'a> {
    pub(in crate::store) fn decode(bytes: &'a [u8]) -> Result<Self, Unreadable> {
        let mut reader = Reader::new(bytes);
        reader.version(VERSION)?;
        let [flags] = reader.array()?;
        let has = |flag: u8| flags & flag != 0;
        let state = RecordState::from_byte(flags);
        let ends = if has(ENDS) { Some(u64::from_be_bytes(reader.array()?)) } else { None };
        let source = if state.own { None } else { Some(read_source(&mut reader)?) };
        let publisher = match (has(PUBLISHER), state.own) {
            (true, false) => Some(read_publisher(&mut reader, has(SIGNED))?),
            (true, true) => return Err(Unreadable("an own record with another publisher")),
            (false, _) => None,
        };
        let value = reader.rest();
        let header = Envelope::parse(value).ok().and_then(|_| EnvelopeHeader::peek(value));
        let header = header.ok_or(Unreadable("no envelope"))?;
        let (shared, renewable) = (has(SHARED), has(RENEWABLE));
        // No type has read it in this process.
        let meta = RecordMeta { state, ends, shared, renewable, opaque: true };
        Ok(Self { meta, source, publisher, header, value })
    }

    /// Returns whether its life is over, and was a day ago.
    pub(in crate::store) fn is_past_keeping(&self, now: &Moment) -> bool {
        self.meta.life(self.header).is_over(&now.before(KEPT_EXPIRED))
    }
}

fn read_source(reader: &mut Reader<'_>) -> Result<Source, Unreadable> {
    let [tag] = reader.array()?;
    let source = match Source::len_of(tag) {
        Some(0) => Source::read(tag, &[]),
        Some(4) => Source::read(tag, &reader.array::<4>()?),
        Some(8) => Source::read(tag, &reader.array::<8>()?),
        _ => None,
    };
    source.ok_or(Unreadable("an unknown source"))
}

fn read_publisher(reader: &mut Reader<'_>, has_signed: bool) -> Result<Publisher, Unreadable> {
    let peer = PeerId::from_bytes(reader.short()?).map_err(|_| Unreadable("no peer id"))?;
    Ok(Publisher { peer, has_signed })
}
