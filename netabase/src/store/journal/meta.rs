//! What the file says of itself: its format, whose it is, its clocks, and which schemas its rows are of.

use std::time::Duration;

use libp2p::PeerId;

use super::reader::{Reader, Unreadable};
use crate::{
    record::is_name,
    schema::{Access, Timestamp},
};

/// The format that this program writes, and the latest it reads.
pub(in crate::store) const FORMAT: u32 = 1;

/// The version byte in front of each value.
const VERSION: u8 = 1;

/// The identity and network of the store. It never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct About {
    pub(in crate::store) network: String,
    pub(in crate::store) peer: PeerId,
}

/// The clocks of a store, as of its last commit on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Clocks {
    /// No timestamp above this one was ever issued.
    pub(in crate::store) watermark: Timestamp,
    /// The store's own time, in milliseconds.
    pub(in crate::store) store_ms: u64,
    /// The wall clock at that time, in unix milliseconds.
    pub(in crate::store) unix_ms: u64,
}

/// A schema whose database was opened once, as far as its records can be kept without its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct KnownSchema {
    pub(in crate::store) access: Access,
    pub(in crate::store) version: u32,
    pub(in crate::store) ttl: Option<Duration>,
}

/// The longest difference of two readings of the wall clock that is believed.
const PLAUSIBLE: Duration = Duration::from_secs(10 * 366 * 24 * 60 * 60);

/// No machine that runs this program shows an earlier time, unless its clock was never set: November 2023.
const EARLIEST_UNIX_MS: u64 = 1_700_000_000_000;

/// The most that an implausible wall clock moves the store's time.
const IMPLAUSIBLE_STEP: Duration = Duration::from_secs(60 * 60);

/// The time ahead of the wall clock up to which timestamps are reserved.
const RESERVED: Duration = Duration::from_secs(10);

/// The same ahead of the last timestamp, if that is ahead of the wall clock itself: little, so that a
/// program that crashes again and again does not run away from the clock.
const RESERVED_AHEAD: Duration = Duration::from_millis(100);

impl About {
    pub(super) fn encode(&self) -> Vec<u8> {
        let peer = self.peer.to_bytes();
        let mut out = vec![VERSION];
        out.extend_from_slice(&FORMAT.to_be_bytes());
        for part in [self.network.as_bytes(), &peer] {
            out.push(u8::try_from(part.len()).expect("names and peer ids are short"));
            out.extend_from_slice(part);
        }
        out
    }

    /// Returns the format that is said, whatever stands behind it.
    pub(super) fn format(bytes: &[u8]) -> Result<u32, Unreadable> {
        let mut reader = Reader::new(bytes);
        reader.version(VERSION)?;
        Ok(u32::from_be_bytes(reader.array()?))
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut reader = Reader::new(bytes);
        reader.version(VERSION)?;
        let _format: [u8; 4] = reader.array()?;
        let network = reader.short()?;
        let network = std::str::from_utf8(network).ok().filter(|name| is_name(name));
        let network = network.ok_or(Unreadable("no name of a network"))?.to_owned();
        let peer = PeerId::from_bytes(reader.short()?).map_err(|_| Unreadable("no peer id"))?;
        reader.end()?;
        Ok(Self { network, peer })
    }
}

impl Clocks {
    pub(super) fn encode(self) -> Vec<u8> {
        let mut out = vec![VERSION];
        for part in [self.watermark.as_u64(), self.store_ms, self.unix_ms] {
            out.extend_from_slice(&part.to_be_bytes());
        }
        out
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut reader = Reader::new(bytes);
        reader.version(VERSION)?;
        let mut number = || Ok(u64::from_be_bytes(reader.array()?));
        let (watermark, store_ms, unix_ms) = (number()?, number()?, number()?);
        reader.end()?;
        Ok(Self { watermark: Timestamp::from_u64(watermark), store_ms, unix_ms })
    }

    /// Returns the store's time when it is opened at this wall time: later by what the wall clock has moved, never
    /// earlier, and by at most an hour if the two readings cannot both be right.
    pub(in crate::store) fn store_ms_at(&self, unix_ms: u64) -> u64 {
        let passed = Duration::from_millis(unix_ms.saturating_sub(self.unix_ms));
        let is_plausible = self.unix_ms >= EARLIEST_UNIX_MS && passed <= PLAUSIBLE;
        let passed = if is_plausible { passed } else { passed.min(IMPLAUSIBLE_STEP) };
        self.store_ms.saturating_add(u64::try_from(passed.as_millis()).unwrap_or(u64::MAX))
    }

    /// Returns a watermark that leaves room above the last timestamp that was issued.
    pub(in crate::store) fn reserve(last: Timestamp, unix_ms: u64) -> Timestamp {
        let after = |ms: u64, by: Duration| {
            ms.saturating_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX))
        };
        let wall = Timestamp::from_millis(after(unix_ms, RESERVED));
        wall.max(Timestamp::from_millis(after(last.millis(), RESERVED_AHEAD)))
    }
}

impl KnownSchema {
    pub(in crate::store) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[VERSION, self.access.byte()]);
        out.extend_from_slice(&self.version.to_be_bytes());
        let ttl = self.ttl.map_or(0, |ttl| u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX));
        out.extend_from_slice(&ttl.to_be_bytes());
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut reader = Reader::new(bytes);
        reader.version(VERSION)?;
        let [access] = reader.array()?;
        let access = Access::from_byte(access).ok_or(Unreadable("no access byte"))?;
        let version = u32::from_be_bytes(reader.array()?);
        let ttl = u64::from_be_bytes(reader.array()?);
        reader.end()?;
        Ok(Self { access, version, ttl: (ttl != 0).then(|| Duration::from_millis(ttl)) })
    }
}
