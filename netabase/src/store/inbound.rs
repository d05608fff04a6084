mod admission;

use std::cmp::Ordering;

use libp2p::{
    PeerId,
    kad::{Record, RecordKey},
};

use super::{
    NetabaseStore,
    changes::ChangeOrigin,
    clock::Moment,
    error::StoreError,
    inner::Inner,
    judge::contained,
    lease::{check_ahead, check_lease},
    schemas::{CHECK_NOTHING, Check, Merge, SchemaId},
    source::Source,
    state::RecordState,
};
use crate::{
    record::{self, RecordError, check_signer, verify},
    schema::{Access, Envelope},
};

/// What became of a record that was handed in. The largest value of a key, by its bytes, wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PutOutcome {
    /// It is stored now.
    Stored,
    /// The schema's own function merged it with the stored value, and the result is stored now.
    Merged,
    /// The same value was stored already.
    Equal,
    /// A larger, and so newer, value is stored and stays; or one that the record was merged into before.
    Outdated,
}

/// Who handed a record in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Another peer, through Kademlia.
    Peer(Source),
    /// The local peer, through Kademlia: it publishes the record itself.
    Publish,
    /// The application, through a database.
    Application,
}

impl Origin {
    fn of_change(self) -> ChangeOrigin {
        match self {
            Self::Publish => ChangeOrigin::Local,
            Self::Peer(_) | Self::Application => ChangeOrigin::Remote,
        }
    }

    fn source(self) -> Source {
        match self {
            Self::Peer(source) => source,
            Self::Publish | Self::Application => Source::APPLICATION,
        }
    }

    fn state(self, is_somebody_elses: bool) -> RecordState {
        let none = RecordState::default();
        match self {
            Self::Peer(_) => RecordState { served: true, ..none },
            Self::Publish => RecordState { own: !is_somebody_elses, wanted: true, served: true },
            Self::Application => RecordState { wanted: true, ..none },
        }
    }
}

/// A record on its way in, as far as it was looked at.
pub(super) struct Arrival<'a> {
    record: &'a Record,
    origin: Origin,
    schema: SchemaId,
    pub(super) name: &'static str,
    access: Access,
    /// Whether no type here can read it.
    opaque: bool,
    /// Whether its signature has been found good.
    is_verified: bool,
    check: Check,
    pub(super) merge: Option<Merge>,
    /// Who signed it, else who the record claims published it.
    publisher: Option<PeerId>,
    state: RecordState,
    pub(super) now: Moment,
}

impl NetabaseStore {
    /// Takes a record that the application got from elsewhere into the view of its databases.
    pub(crate) fn put_record(&self, record: &Record) -> Result<PutOutcome, StoreError> {
        self.accept(record, Origin::Application)
    }

    /// Takes in a record that [`validate`](Self::validate) has found valid: its signature is not verified once
    /// more. Databases show it; one that no type here can read is held for peers, as if one had sent it.
    #[cfg(feature = "network")]
    pub(crate) fn put_validated(&self, record: &Record) -> Result<PutOutcome, StoreError> {
        let arrival = match self.arrival(record, Origin::Application) {
            Err(StoreError::Record(
                RecordError::Version { .. } | RecordError::UnsupportedCodec { .. },
            )) => self.arrival(record, Origin::Peer(Source::APPLICATION))?,
            arrival => arrival?,
        };
        self.accept_arrival(&Arrival { is_verified: true, ..arrival }, || Ok(()))
    }

    /// Takes in a record that another peer sent, as kad's `put` does, and charges it to where it came
    /// from: for a swarm that filters inbound records itself (`StoreInserts::FilterBoth`).
    ///
    /// Databases do not show it, Kademlia serves it. An owned record is taken, too, if its schema, this version
    /// of it, or its payload's codec is not known here: its owner's signature is all that is checked then, and once
    /// [`database`](Self::database) makes the schema known, its type decides.
    ///
    /// # Errors
    ///
    /// [`StoreError`], why it was refused. Nothing is stored then.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore, PutOutcome, Source};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// #[netabase(access = "open")]
    /// struct Note { #[netabase(key)] title: String }
    ///
    /// let (alice, bob) = (NetabaseStore::new(), NetabaseStore::new());
    /// let record = alice.database::<Note>()?.to_record(&Note { title: "hi".into() })?;
    /// bob.database::<Note>()?;
    /// let source = Source::of_address(&"/ip4/192.0.2.7/tcp/4001".parse()?);
    /// assert_eq!(bob.put_from(&record, source)?, PutOutcome::Stored);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn put_from(&self, record: &Record, source: Source) -> Result<PutOutcome, StoreError> {
        self.accept(record, Origin::Peer(source))
    }

    /// As [`put_from`](Self::put_from); `gate` is asked before anything dear is done for the record, and so
    /// not for one that is refused cheaply, or stored already.
    #[cfg(feature = "network")]
    pub(crate) fn put_gated(
        &self,
        record: &Record,
        source: Source,
        gate: impl FnMut() -> Result<(), StoreError>,
    ) -> Result<PutOutcome, StoreError> {
        self.accept_through(record, Origin::Peer(source), gate)
    }

    /// Checks that the record is a valid one that peers may exchange, as far as the types here can tell: of a schema's
    /// other versions, and of other codecs, its owner's signature is all there is. Nothing is stored.
    #[cfg(feature = "network")]
    pub(crate) fn validate(&self, record: &Record) -> Result<(), StoreError> {
        self.check(&self.arrival(record, Origin::Peer(Source::UNKNOWN))?).map(drop)
    }

    /// Checks a record, cheapest checks first, and stores it if it is valid and the newest.
    pub(super) fn accept(&self, record: &Record, origin: Origin) -> Result<PutOutcome, StoreError> {
        self.accept_through(record, origin, || Ok(()))
    }

    fn accept_through(
        &self,
        record: &Record,
        origin: Origin,
        gate: impl FnMut() -> Result<(), StoreError>,
    ) -> Result<PutOutcome, StoreError> {
        self.accept_arrival(&self.arrival(record, origin)?, gate)
    }

    fn accept_arrival(
        &self,
        arrival: &Arrival<'_>,
        mut gate: impl FnMut() -> Result<(), StoreError>,
    ) -> Result<PutOutcome, StoreError> {
        let Arrival { record, origin, .. } = *arrival;
        if origin == Origin::Application
            && let Some(merge) = arrival.merge
        {
            return self.merge_in(arrival, merge);
        }
        let mut entries = None;
        loop {
            let newer = arrival.compare(&self.shared.inner.read())? == Ordering::Greater;
            if newer && entries.is_none() {
                gate()?;
                entries = Some(self.check(arrival)?);
            }
            let mut inner = self.write(origin.of_change());
            if arrival.is_overtaken(&inner) {
                drop(inner);
                return self.accept(record, origin);
            }
            let old = inner.replaced(&record.key, &arrival.now);
            // Compared again: another writer may have come in between.
            match (arrival.compare(&inner)?, &entries) {
                // What beat it was removed in between: once more, with the check.
                (Ordering::Greater, None) => {}
                (Ordering::Greater, Some(entries)) => {
                    let author = &self.shared.author;
                    inner.admit(arrival, &record.value, entries, old.as_ref(), author)?;
                    return Ok(PutOutcome::Stored);
                }
                (Ordering::Equal, _) => {
                    inner.confirm(arrival, &self.shared.author)?;
                    return Ok(PutOutcome::Equal);
                }
                (Ordering::Less, _) => {
                    if origin == Origin::Application {
                        inner.want(arrival);
                    }
                    return Ok(PutOutcome::Outdated);
                }
            }
        }
    }

    /// The checks that take no look at what is stored, nor at the payload.
    fn arrival<'a>(&self, record: &'a Record, origin: Origin) -> Result<Arrival<'a>, StoreError> {
        let author = &self.shared.author;
        let now = self.now();
        let inner = self.shared.inner.read();
        let (len, max_bytes) = (record.value.len(), inner.limits.max_value_bytes);
        if len > max_bytes {
            return Err(StoreError::ValueTooLarge { len, max_bytes });
        }
        let key = record::RecordKey::parse(record.key.as_ref())?;
        let is_from_a_peer = matches!(origin, Origin::Peer(_));
        let id = match inner.schemas.find(key.schema) {
            Some(id) => id,
            None if is_from_a_peer && key.access == Access::Owned => SchemaId::UNKNOWN,
            None => return Err(StoreError::UnknownSchema { name: key.schema.to_owned() }),
        };
        let schema = inner.schemas.get(id);
        let access = schema.access;
        if access == Access::Local && origin != Origin::Application {
            return Err(StoreError::NotAccepted { schema: schema.name, access });
        }
        let envelope = Envelope::parse(&record.value).map_err(RecordError::from)?;
        check_ahead(envelope.timestamp, now.unix_ms())?;
        check_lease(&envelope, access, author, &now)?;
        if access == Access::Owned {
            check_signer(&key, &envelope)?;
        }
        let readable = schema.check_readable(&envelope);
        let opaque = readable.is_err();
        if !is_from_a_peer {
            readable?;
        }
        // kad drops what comes in with the local peer as publisher; from elsewhere it is a mere claim.
        let claimed = record.publisher.filter(|publisher| *publisher != author.peer_id);
        let is_somebody_elses = key.owner.is_some_and(|owner| owner != author.peer_id);
        Ok(Arrival {
            record,
            origin,
            schema: id,
            name: schema.name,
            access,
            opaque,
            is_verified: false,
            check: if opaque { CHECK_NOTHING } else { schema.check },
            merge: schema.merge,
            publisher: key.owner.or(claimed),
            state: origin.state(is_somebody_elses),
            now,
        })
    }

    /// The dear checks: the signature, then decoding, which runs code of the user, and so never happens
    /// under the lock, nor ends who asks for it. Gives the index entries.
    pub(super) fn check(&self, arrival: &Arrival<'_>) -> Result<Vec<u8>, StoreError> {
        let Record { key, value, .. } = arrival.record;
        if arrival.access == Access::Owned && !arrival.is_verified {
            verify(&self.shared.author.network, key.as_ref(), value)?;
        }
        let mut entries = Vec::new();
        contained(arrival.name, || (arrival.check)(key.as_ref(), value, &mut entries))?;
        Ok(entries)
    }
}

impl<'a> Arrival<'a> {
    pub(super) fn key(&self) -> &'a RecordKey {
        &self.record.key
    }

    pub(super) fn value(&self) -> &'a [u8] {
        &self.record.value
    }

    /// How the record compares with what is stored under its key, and has not expired.
    fn compare(&self, inner: &Inner) -> Result<Ordering, StoreError> {
        let stored = inner.table.get(self.key());
        let Some(stored) = stored.filter(|stored| !stored.is_expired(&self.now)) else {
            return Ok(Ordering::Greater);
        };
        if matches!(self.origin, Origin::Peer(_)) && stored.state().own && !stored.state().served {
            return Err(StoreError::Private);
        }
        Ok(match self.value().cmp(stored.value) {
            // No type has read what is stored, and one can now.
            Ordering::Equal if stored.standing.opaque && !self.opaque => Ordering::Greater,
            order => order,
        })
    }

    /// Whether a database made the record's schema known since it was looked at.
    fn is_overtaken(&self, inner: &Inner) -> bool {
        self.schema != inner.schemas.of_key(self.key().as_ref())
    }
}
