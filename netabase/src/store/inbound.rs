//! Records from elsewhere. All ways in are one pipeline, whose stages every record passes in this order, as often as it
//! is tried: [parse](arrival), compare with what is stored, ask the sender's gate, [check](check), [admit](admit).

mod admit;

mod adopt;

mod arrival;

mod check;

mod merge;

#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use libp2p::kad::Record;

pub(super) use self::arrival::Origin;
use self::{
    admit::Admission,
    arrival::{Arrival, Sender},
    check::Checked,
};
use super::{NetabaseStore, error::ArrivalError, source::Source};
use crate::record::RecordError;

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

// The ways in.
impl NetabaseStore {
    /// Takes a record that the application got from elsewhere into the view of its databases.
    pub(crate) fn put_record(&self, record: &Record) -> Result<PutOutcome, ArrivalError> {
        self.receive(record, Origin::Application)
    }

    /// Takes in a record that [`validate`](Self::validate) has found valid: its signature is not verified once
    /// more. Databases show it; one that no type here can read is held for peers, as if one had sent it.
    pub(crate) fn put_validated(&self, record: &Record) -> Result<PutOutcome, ArrivalError> {
        match self.receive(record, Sender::verified(Origin::Application)) {
            Err(ArrivalError::Record(
                RecordError::Version { .. } | RecordError::UnsupportedCodec { .. },
            )) => self.receive(record, Sender::verified(Origin::Peer(Source::APPLICATION))),
            result => result,
        }
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
    /// [`ArrivalError`] says why it was refused. Nothing is stored then.
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
    pub fn put_from(&self, record: &Record, source: Source) -> Result<PutOutcome, ArrivalError> {
        self.receive(record, Origin::Peer(source))
    }

    /// Does as [`put_from`](Self::put_from); `gate` is asked before anything expensive is done for the record, and so
    /// not for one that is refused cheaply, or stored already. It is asked again if all has to be done again.
    pub(crate) fn put_gated(
        &self,
        record: &Record,
        source: Source,
        mut gate: impl FnMut() -> Result<(), ArrivalError>,
    ) -> Result<PutOutcome, ArrivalError> {
        self.receive(record, Sender::gated(Origin::Peer(source), &mut gate))
    }

    /// Takes in a record that the local identity signed, and that was [found valid](Self::validate), as the
    /// application's own: what it published before.
    pub(crate) fn adopt_own(&self, record: &Record) -> Result<PutOutcome, ArrivalError> {
        self.receive(record, Sender::verified(Origin::Publish))
    }

    /// Checks that a record is a valid one that peers may exchange, as far as the types here can tell: of a schema's
    /// other versions, and of other codecs, its owner's signature is all there is. Nothing is stored.
    pub(crate) fn validate(&self, record: &Record) -> Result<(), ArrivalError> {
        let mut sender = Sender::from(Origin::Peer(Source::UNKNOWN));
        let arrival = self.parse(record, &sender)?;
        self.check(&arrival, &mut sender).map(drop)
    }
}

// The pipeline.
impl NetabaseStore {
    /// Takes a record through all stages. It begins anew, with the same sender, if a database made the record's schema
    /// known meanwhile.
    pub(super) fn receive<'a>(
        &self,
        record: &Record,
        sender: impl Into<Sender<'a>>,
    ) -> Result<PutOutcome, ArrivalError> {
        let mut sender = sender.into();
        loop {
            let arrival = self.parse(record, &sender)?;
            let outcome = match arrival.merge() {
                Some(merge) => Some(self.merge_in(&arrival, merge, &mut sender)?),
                None => self.compare_and_admit(&arrival, &mut sender)?,
            };
            if let Some(outcome) = outcome {
                return Ok(outcome);
            }
        }
    }

    /// Stores a record if it is valid and the newest. None if its schema became known meanwhile.
    fn compare_and_admit(
        &self,
        arrival: &Arrival<'_>,
        sender: &mut Sender<'_>,
    ) -> Result<Option<PutOutcome>, ArrivalError> {
        let mut checked: Option<Checked> = None;
        let mut has_relieved = false;
        loop {
            let is_newer = arrival.compare(&self.shared.inner.read())? == Ordering::Greater;
            if is_newer && checked.is_none() {
                checked = Some(self.check(arrival, sender)?);
            }
            let (pace, origin) = (sender.pace(), arrival.origin.of_change());
            let admitted = self.change_at(pace, origin, &arrival.now, |plan| {
                plan.admit(arrival, checked.as_ref())
            });
            match admitted {
                Ok(Admission::Done(outcome)) => return Ok(Some(outcome)),
                Ok(Admission::Overtaken) => return Ok(None),
                // What beat it was removed in between: once more, with the check.
                Ok(Admission::Unchecked) => {}
                Err(ArrivalError::ForeignFull { .. })
                    if !has_relieved && self.relieve(&arrival.now)? =>
                {
                    has_relieved = true;
                }
                Err(error) => return Err(error),
            }
        }
    }
}
