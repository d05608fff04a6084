//! The expensive stage: the signature, then the payload.

use libp2p::kad::Record;

use super::arrival::{Arrival, Sender};
use crate::{
    record::verify,
    schema::Access,
    store::{NetabaseStore, catch_panic::catch_panic, error::ArrivalError},
};

/// What was found out about a valid record.
pub(super) struct Checked {
    /// Its index entries.
    pub(super) entries: Vec<u8>,
}

impl NetabaseStore {
    /// Asks the sender's gate, verifies the signature, and decodes, which runs code of the user, and so never happens
    /// under the lock, nor ends the caller.
    pub(super) fn check(
        &self,
        arrival: &Arrival<'_>,
        sender: &mut Sender<'_>,
    ) -> Result<Checked, ArrivalError> {
        sender.pass_gate()?;
        let Record { key, value, .. } = arrival.record;
        if arrival.access == Access::Owned && !sender.is_verified {
            verify(&self.shared.author.network, key.as_ref(), value)?;
        }
        let mut entries = Vec::new();
        catch_panic(arrival.name, || (arrival.check)(key.as_ref(), value, &mut entries))?;
        Ok(Checked { entries })
    }
}
