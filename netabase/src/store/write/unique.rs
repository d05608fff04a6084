//! Unique indexes, which refuse local writes only. A record from elsewhere that collides is stored: otherwise the order
//! of arrival would decide.

use std::collections::{HashMap, HashSet};

use libp2p::kad::RecordKey;

use super::{
    pending::Pending,
    refused::{Collision, Refused},
};
use crate::{
    record::{key_bytes, owner_prefix_len, split_schema},
    schema::IndexInfo,
    store::{
        engine::{LookupKey, RowRef, SchemaId},
        plan::Plan,
    },
};

impl Plan<'_> {
    /// Checks these writes, each of another key, against the unique indexes as they will be after all of them.
    pub(super) fn check_unique(&self, writes: &[Pending]) -> Result<(), Refused> {
        // Most writes are of schemas without any.
        let can_collide = |pending: &Pending| {
            pending.write.row.is_some() && self.engine().indexes(pending.write.schema).has_unique()
        };
        if !writes.iter().any(can_collide) {
            return Ok(());
        }
        let mut claims: HashMap<(SchemaId, &str, &[u8]), &RecordKey> = HashMap::new();
        let mut written: HashSet<&RecordKey> = HashSet::new();
        if writes.len() > 1 {
            written.extend(writes.iter().map(|pending| &pending.write.key));
        }
        for Pending { write, .. } in writes {
            let Some(row) = &write.row else { continue };
            let (shared, rest) = split_schema(write.key.as_ref());
            let access = self.schema(write.schema).access;
            let (owner, own) = rest.split_at(owner_prefix_len(access));
            for (tree, value) in self.engine().indexes(write.schema).unique(row.entries()) {
                // Keys rewritten in this batch re-claim their values. What has expired claims nothing.
                let stands = |holder: &&[u8]| {
                    if *holder == own {
                        return false;
                    }
                    let holder = LookupKey::Parts(shared, [owner, *holder]);
                    let is_written = !written.is_empty() && written.contains(&*holder.to_key());
                    let expired = |row: RowRef<'_>| row.is_expired(self.now);
                    !is_written && !self.engine().get(holder).is_some_and(expired)
                };
                let mine;
                let key = if owner.is_empty() {
                    value
                } else {
                    mine = [owner, value].concat();
                    &mine
                };
                let holder = tree.holders(key).find(stands);
                let claim = (write.schema, tree.info.name, value);
                let claimant =
                    (writes.len() > 1).then(|| claims.insert(claim, &write.key)).flatten();
                let claimant = claimant.map(|key| key_bytes(access, split_schema(key.as_ref()).1));
                if let Some(holder) = holder.or(claimant) {
                    let collision = self.collision(write.schema, tree.info, value, holder);
                    return Err(Refused::Collision(collision));
                }
            }
        }
        Ok(())
    }

    fn collision(
        &self,
        schema: SchemaId,
        index: IndexInfo,
        value: &[u8],
        holder: &[u8],
    ) -> Collision {
        let schema = self.schema(schema);
        Collision {
            schema: schema.name,
            index: index.name,
            value: value.to_vec(),
            describe_value: index.describe,
            holder: holder.to_vec(),
            describe_holder: schema.describe_key,
        }
    }
}
