use std::{error::Error, time::Duration};

use libp2p::{
    PeerId,
    kad::{Record, RecordKey},
};
use netabase::{
    Envelope, MemoryStoreDatabase, NetabaseSchema, NetabaseStore, RefusalReason, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::{
    authors::{NETWORK, identity, set_clock, set_lease, sign_again},
    nodes::refused::{author, unsigned, with_key},
    schemas::{Note, Profile, User, note, profile, user},
};

const AUTHOR: u8 = 1;
const MALLORY: u8 = 66;

/// An open schema that nodes do not know.
#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open")]
struct Hearsay {
    #[netabase(key)]
    title: String,
}

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Unsigned,
    SignedByAnother,
    BrokenSignature,
    OfAnotherKey,
    OfAnotherSchema,
    OfAnotherNetwork,
    SignedThoughOpen,
    OfAnUnknownSchema,
    OfALocalSchema,
    UnderNoKeyOfOurs,
    WithAClockAhead,
    WithALeaseThatIsOver,
    WithoutLease,
    WithTooLongALease,
    OfAnotherEnvelope,
    CutShort,
    Empty,
    UnderTheWrongKey,
    WithAValueThatIsNotValid,
    Outdated,
    OfAPrivateKey,
    TooLarge,
}

impl Kind {
    const ALL: [Self; 22] = [
        Self::Unsigned,
        Self::SignedByAnother,
        Self::BrokenSignature,
        Self::OfAnotherKey,
        Self::OfAnotherSchema,
        Self::OfAnotherNetwork,
        Self::SignedThoughOpen,
        Self::OfAnUnknownSchema,
        Self::OfALocalSchema,
        Self::UnderNoKeyOfOurs,
        Self::WithAClockAhead,
        Self::WithALeaseThatIsOver,
        Self::WithoutLease,
        Self::WithTooLongALease,
        Self::OfAnotherEnvelope,
        Self::CutShort,
        Self::Empty,
        Self::UnderTheWrongKey,
        Self::WithAValueThatIsNotValid,
        Self::Outdated,
        Self::OfAPrivateKey,
        Self::TooLarge,
    ];

    /// Under which reason a node counts it.
    pub(super) fn reason(self) -> RefusalReason {
        match self {
            Self::Unsigned
            | Self::SignedByAnother
            | Self::BrokenSignature
            | Self::OfAnotherKey
            | Self::OfAnotherSchema
            | Self::OfAnotherNetwork
            | Self::SignedThoughOpen => RefusalReason::Signature,
            Self::OfAnUnknownSchema => RefusalReason::UnknownSchema,
            Self::OfALocalSchema | Self::OfAPrivateKey => RefusalReason::Private,
            Self::UnderNoKeyOfOurs => RefusalReason::ForeignKey,
            Self::WithAClockAhead => RefusalReason::Clock,
            Self::WithALeaseThatIsOver | Self::WithoutLease | Self::WithTooLongALease => {
                RefusalReason::Lease
            }
            Self::OfAnotherEnvelope | Self::CutShort | Self::Empty => RefusalReason::Envelope,
            Self::UnderTheWrongKey | Self::WithAValueThatIsNotValid => RefusalReason::Value,
            Self::Outdated => RefusalReason::Outdated,
            Self::TooLarge => RefusalReason::TooLarge,
        }
    }
}

/// Makes invalid records of every kind.
pub(super) struct Kinds {
    profiles: MemoryStoreDatabase<Profile>,
    notes: MemoryStoreDatabase<Note>,
    elsewhere: MemoryStoreDatabase<Profile>,
    now_s: u64,
    stale: Record,
    newest: Record,
    large: Record,
}

impl Kinds {
    pub(super) fn new() -> Result<Self, Box<dyn Error>> {
        let store = author(AUTHOR)?;
        let elsewhere = NetabaseStore::builder().network("other").identity(identity(AUTHOR));
        let profiles = store.database::<Profile>()?;
        let notes = store.database::<Note>()?;
        let stale = profiles.to_record(&profile("stale"))?;
        let newest = profiles.to_record(&profile("stale"))?;
        let large =
            profiles.to_record(&Profile { about: "a".repeat(40_000), ..profile("large") })?;
        Ok(Self {
            now_s: Envelope::parse(&stale.value)?.timestamp.millis() / 1000,
            elsewhere: elsewhere.build()?.database()?,
            profiles,
            notes,
            stale,
            newest,
            large,
        })
    }

    /// The value that the stale ones are older than; a valid record.
    pub(super) fn newest(&self) -> Record {
        self.newest.clone()
    }

    /// Something forged that is said to be of this owner, and its key.
    pub(super) fn lie(
        &self,
        owner: PeerId,
        handle: &str,
    ) -> Result<(RecordKey, Record), Box<dyn Error>> {
        let record = self.profiles.to_record(&profile(handle))?;
        let own = self.profiles.store().peer_id().to_bytes();
        let record = with_key(&record, &own, &owner.to_bytes())?;
        Ok((record.key.clone(), record))
    }

    /// The kinds by turns, and of each ever another record.
    pub(super) fn make(&self, index: usize) -> (Kind, Record) {
        // The large ones take most of the time and prove no more.
        let kind = match Kind::ALL[index % Kind::ALL.len()] {
            Kind::TooLarge if index >= 20 * Kind::ALL.len() => Kind::Empty,
            kind => kind,
        };
        (kind, self.of_kind(kind, &index.to_string()).expect("all of them can be made"))
    }

    fn of_kind(&self, kind: Kind, name: &str) -> Result<Record, Box<dyn Error>> {
        let owned = || self.profiles.to_record(&profile(name));
        let open = || self.notes.to_record(&note(name, "text"));
        let changed = |change: &dyn Fn(&mut Record)| {
            let mut record = owned()?;
            change(&mut record);
            sign_again(&mut record, NETWORK, &identity(AUTHOR))?;
            Ok::<_, Box<dyn Error>>(record)
        };
        Ok(match kind {
            Kind::Unsigned => unsigned(owned()?),
            Kind::SignedByAnother => {
                let mut record = owned()?;
                sign_again(&mut record, NETWORK, &identity(MALLORY))?;
                record
            }
            Kind::BrokenSignature => {
                let mut record = owned()?;
                *record.value.last_mut().ok_or("there is a signature")? ^= 1;
                record
            }
            Kind::OfAnotherKey => {
                let (from, to) = (format!("{name}\0"), format!("x{name}\0"));
                with_key(&owned()?, from.as_bytes(), to.as_bytes())?
            }
            Kind::OfAnotherSchema => with_key(&owned()?, b"/profile/", b"/biography/")?,
            Kind::OfAnotherNetwork => self.elsewhere.to_record(&profile(name))?,
            Kind::SignedThoughOpen => {
                let mut record = open()?;
                record.value[8] |= 0b0100_0000;
                record.value.extend([0; 96]);
                sign_again(&mut record, NETWORK, &identity(AUTHOR))?;
                record
            }
            Kind::OfAnUnknownSchema => {
                let value = Hearsay { title: name.to_owned() };
                self.notes.store().database()?.to_record(&value)?
            }
            Kind::OfALocalSchema => {
                let users = self.notes.store().database::<User>()?;
                users.to_record(&user(name.parse()?))?
            }
            Kind::UnderNoKeyOfOurs => {
                Record { key: RecordKey::from(name.as_bytes().to_vec()), ..owned()? }
            }
            Kind::WithAClockAhead => changed(&|record| {
                set_clock(record, Timestamp::from_millis((self.now_s + 1000) * 1000));
            })?,
            Kind::WithALeaseThatIsOver => changed(&|record| set_lease(record, self.now_s))?,
            Kind::WithoutLease => changed(&|record| set_lease(record, 0))?,
            Kind::WithTooLongALease => {
                let year = Duration::from_secs(365 * 24 * 60 * 60).as_secs();
                changed(&|record| set_lease(record, self.now_s + year))?
            }
            Kind::OfAnotherEnvelope => changed(&|record| record.value[8] ^= 0b0011_0000)?,
            Kind::CutShort => Record { value: owned()?.value[..13].to_vec(), ..owned()? },
            Kind::Empty => Record { value: Vec::new(), ..owned()? },
            Kind::UnderTheWrongKey => {
                Record { value: self.notes.to_record(&note("other", "text"))?.value, ..open()? }
            }
            Kind::WithAValueThatIsNotValid => {
                let mut record = self.notes.to_record(&note(name, "span"))?;
                *record.value.last_mut().ok_or("there is a text")? = b'm';
                record
            }
            Kind::Outdated => self.stale.clone(),
            Kind::OfAPrivateKey => self.notes.to_record(&note("private", name))?,
            Kind::TooLarge => self.large.clone(),
        })
    }
}
