//! The first stage: who hands a record in, and what can be said of it at no cost.

use std::cmp::Ordering;

use libp2p::{
    PeerId,
    kad::{Record, RecordKey},
};

use crate::{
    record::{self, RecordError, check_signer},
    schema::{Access, Envelope},
    store::{
        NetabaseStore,
        clock::Moment,
        commit::Pace,
        engine::{ChangeOrigin, RowRef, SchemaId},
        error::{ArrivalError, TooLarge},
        inner::Inner,
        lease::{check_ahead, check_lease},
        schemas::{CHECK_NOTHING, Check, Merge},
        source::Source,
        state::RecordState,
    },
};

/// Who handed a record in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Origin {
    /// Another peer, through Kademlia.
    Peer(Source),
    /// The local peer, through Kademlia: it publishes the record itself.
    Publish,
    /// The application, through a database.
    Application,
}

/// Who hands a record in, and what is asked before anything expensive is done for it: the same in all stages, and each
/// time a record is tried.
pub(in crate::store) struct Sender<'a> {
    pub(super) origin: Origin,
    gate: Option<&'a mut dyn FnMut() -> Result<(), ArrivalError>>,
    /// `true` if the record's signature has been found good.
    pub(super) is_verified: bool,
}

impl From<Origin> for Sender<'_> {
    fn from(origin: Origin) -> Self {
        Self { origin, gate: None, is_verified: false }
    }
}

impl<'a> Sender<'a> {
    pub(super) fn verified(origin: Origin) -> Self {
        Self { is_verified: true, ..Self::from(origin) }
    }

    pub(super) fn gated(
        origin: Origin,
        gate: &'a mut dyn FnMut() -> Result<(), ArrivalError>,
    ) -> Self {
        Self { gate: Some(gate), ..Self::from(origin) }
    }

    /// Returns whether the sender may be kept waiting for the disk: an application that hands a record in itself may.
    pub(super) fn pace(&self) -> Pace {
        let may_wait = self.origin == Origin::Application && !self.is_verified;
        if may_wait { Pace::Default } else { Pace::Never }
    }

    /// Asks whether something expensive may be done for the sender.
    pub(super) fn pass_gate(&mut self) -> Result<(), ArrivalError> {
        self.gate.as_mut().map_or(Ok(()), |gate| gate())
    }
}

impl Origin {
    pub(super) fn of_change(self) -> ChangeOrigin {
        match self {
            Self::Publish => ChangeOrigin::Local,
            Self::Peer(_) | Self::Application => ChangeOrigin::Remote,
        }
    }

    pub(super) fn source(self) -> Source {
        match self {
            Self::Peer(source) => source,
            Self::Publish | Self::Application => Source::APPLICATION,
        }
    }

    fn is_peer(self) -> bool {
        matches!(self, Self::Peer(_))
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

/// A record that passed all checks that look neither at what is stored, nor at the payload.
pub(super) struct Arrival<'a> {
    pub(super) record: &'a Record,
    pub(super) origin: Origin,
    pub(super) schema: SchemaId,
    pub(super) name: &'static str,
    pub(super) access: Access,
    /// `true` if its schema had no type here when it was parsed.
    pub(super) is_unread: bool,
    /// `true` if no type here can read it.
    pub(super) opaque: bool,
    pub(super) check: Check,
    merge: Option<Merge>,
    /// Who signed it, else who the record claims published it.
    pub(super) publisher: Option<PeerId>,
    pub(super) state: RecordState,
    pub(super) now: Moment,
}

impl NetabaseStore {
    /// Checks what takes no look at what is stored, nor at the payload.
    pub(super) fn parse<'a>(
        &self,
        record: &'a Record,
        sender: &Sender<'_>,
    ) -> Result<Arrival<'a>, ArrivalError> {
        let (author, origin) = (&self.shared.author, sender.origin);
        let now = self.now();
        let inner = self.shared.inner.read();
        let (len, max_bytes) = (record.value.len(), inner.limits.max_value_bytes);
        if len > max_bytes {
            return Err(TooLarge::Value { len, max_bytes }.into());
        }
        let key = record::RecordKey::parse(record.key.as_ref())?;
        let id = inner.schemas.find(key.schema).unwrap_or(SchemaId::UNKNOWN);
        let schema = inner.schemas.get(id);
        let is_unread = schema.is_unread();
        // Owned records have their owner's signature, and need no type here.
        let is_vouched_for = key.access == Access::Owned && schema.access == Access::Owned;
        if is_unread && !(origin.is_peer() && is_vouched_for) {
            return Err(ArrivalError::UnknownSchema { name: key.schema.to_owned() });
        }
        let access = schema.access;
        if access == Access::Local && origin != Origin::Application {
            return Err(ArrivalError::NotAccepted { schema: schema.name, access });
        }
        let envelope = Envelope::parse(&record.value).map_err(RecordError::from)?;
        check_ahead(envelope.timestamp, now.unix_ms())?;
        check_lease(&envelope, access, author, &now)?;
        if access == Access::Owned {
            check_signer(&key, &envelope)?;
        }
        let readable = schema.check_readable(&envelope);
        let opaque = is_unread || readable.is_err();
        if !origin.is_peer() {
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
            is_unread,
            opaque,
            check: if opaque { CHECK_NOTHING } else { schema.check },
            merge: schema.merge,
            publisher: key.owner.or(claimed),
            state: origin.state(is_somebody_elses),
            now,
        })
    }
}

impl<'a> Arrival<'a> {
    pub(super) fn key(&self) -> &'a RecordKey {
        &self.record.key
    }

    pub(super) fn value(&self) -> &'a [u8] {
        &self.record.value
    }

    /// Returns the schema's own function if it is to merge the record.
    pub(super) fn merge(&self) -> Option<Merge> {
        self.merge.filter(|_| self.origin == Origin::Application)
    }

    /// Compares the record with what is stored under its key, and has not expired.
    pub(super) fn compare(&self, inner: &Inner) -> Result<Ordering, ArrivalError> {
        let row = inner.engine.get(self.key());
        self.compare_with(row.filter(|row| !row.is_expired(&self.now)))
    }

    pub(super) fn compare_with(&self, row: Option<RowRef<'_>>) -> Result<Ordering, ArrivalError> {
        let Some(row) = row else { return Ok(Ordering::Greater) };
        if self.origin.is_peer() && row.state().own && !row.state().served {
            return Err(ArrivalError::Private);
        }
        Ok(match self.value().cmp(row.value) {
            // No type has read what is stored, and one can now.
            Ordering::Equal if row.meta.opaque && !self.opaque => Ordering::Greater,
            order => order,
        })
    }
}
