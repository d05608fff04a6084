//! Keeps callers waiting whose records peers will take soon: those have said when.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use libp2p::kad::Record;

use super::NodeState;
use crate::network::{command::Reply, place::KeyHash, query::Publish, report::PublishReport};

/// The longest time that a caller is kept waiting for peers that take no more records now.
const PATIENCE: Duration = Duration::from_secs(15);

/// Callers whose records too few peers have taken yet, since they were sent too many.
#[derive(Default)]
pub(super) struct Patience {
    waiting: HashMap<KeyHash, Vec<Patient>>,
    len: usize,
}

struct Patient {
    publish: Publish,
    reply: Reply<PublishReport>,
    until: Instant,
}

impl Patience {
    /// Returns how many callers wait.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Takes those out that need wait no longer.
    fn take(&mut self, is_over: impl Fn(&Patient) -> bool) -> Vec<Patient> {
        let mut over = Vec::new();
        self.waiting.retain(|_, patients| {
            over.extend(patients.extract_if(.., |patient| is_over(patient)));
            !patients.is_empty()
        });
        self.len -= over.len();
        over
    }
}

impl NodeState {
    /// Lets a caller wait until enough peers have taken its record.
    pub(super) fn wait_patiently(
        &mut self,
        hash: KeyHash,
        publish: Publish,
        reply: Reply<PublishReport>,
    ) {
        let patient = Patient { publish, reply, until: self.now + PATIENCE };
        self.patience.waiting.entry(hash).or_default().push(patient);
        self.patience.len += 1;
    }

    /// Notes that a peer has taken a record for which callers may wait.
    pub(super) fn patience_rewarded(&mut self, hash: &KeyHash, record: &Record) {
        let Some(patients) = self.patience.waiting.get_mut(hash) else { return };
        for patient in patients.iter_mut() {
            if patient.publish.record().value == record.value {
                patient.publish.took();
            }
        }
        let enough = patients.extract_if(.., |patient| patient.publish.result().is_ok());
        let enough: Vec<Patient> = enough.collect();
        if patients.is_empty() {
            self.patience.waiting.remove(hash);
        }
        self.patience.len -= enough.len();
        enough.into_iter().for_each(|patient| self.let_go(patient));
    }

    /// Answers the callers that have waited long enough, and forgets those that have given up.
    pub(in crate::network) fn end_patience(&mut self) {
        let now = self.now;
        for patient in self.patience.take(|patient| patient.until <= now) {
            self.let_go(patient);
        }
        self.forget_patients_that_left();
    }

    /// Forgets the callers that have given up.
    pub(super) fn forget_patients_that_left(&mut self) {
        drop(self.patience.take(|patient| patient.reply.is_closed()));
    }

    fn let_go(&mut self, Patient { publish, reply, .. }: Patient) {
        let result = publish.result();
        self.answer_publish(publish.record(), reply, result);
    }
}
