//! What some sources would hold if rows went or came, and which of them would hold most.

use std::collections::{BTreeMap, BTreeSet};

use smallvec::SmallVec;

use super::super::{Share, SourceId};
use crate::store::usage::Usage;

/// The sources that would hold another amount than now; `None` is one that is not known yet. So few as most plans
/// change need no memory elsewhere.
#[derive(Default)]
pub(super) struct ChangedSources {
    few: SmallVec<[(Option<SourceId>, Changed); FEW]>,
    /// All of them, once they are more.
    many: Option<Box<Many>>,
}

/// The source that a newcomer comes from, and the one that gives way to it.
const FEW: usize = 2;

#[derive(Default)]
struct Many {
    by_source: BTreeMap<Option<SourceId>, Changed>,
    ranking: BTreeSet<(Share, Option<SourceId>)>,
}

#[derive(Clone, Copy)]
pub(super) struct Changed {
    pub(super) usage: Usage,
    /// Follows from the usage.
    pub(super) share: Share,
    /// The last of its rows that goes.
    pub(super) last_gone: Option<(u64, u32)>,
}

impl ChangedSources {
    pub(super) fn get(&self, source: Option<SourceId>) -> Option<&Changed> {
        match &self.many {
            None => self.few.iter().find(|(id, _)| *id == source).map(|(_, changed)| changed),
            Some(many) => many.by_source.get(&source),
        }
    }

    pub(super) fn set(&mut self, source: Option<SourceId>, changed: Changed) {
        if self.many.is_none() {
            if let Some((_, known)) = self.few.iter_mut().find(|(id, _)| *id == source) {
                *known = changed;
                return;
            }
            if self.few.len() < FEW {
                self.few.push((source, changed));
                return;
            }
        }
        let many = self.many.get_or_insert_default();
        for (source, changed) in self.few.drain(..) {
            many.set(source, changed);
        }
        many.set(source, changed);
    }

    /// Returns the one that would hold most.
    pub(super) fn heaviest(&self) -> Option<(Share, Option<SourceId>)> {
        match &self.many {
            None => self.few.iter().map(|(source, changed)| (changed.share, *source)).max(),
            Some(many) => many.ranking.last().copied(),
        }
    }
}

impl Many {
    fn set(&mut self, source: Option<SourceId>, changed: Changed) {
        if let Some(before) = self.by_source.insert(source, changed) {
            self.ranking.remove(&(before.share, source));
        }
        self.ranking.insert((changed.share, source));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_is_known_however_many_have_changed() {
        let mut sources = ChangedSources::default();
        assert_eq!(sources.heaviest(), None);
        for index in 0..20 {
            let source = Some(SourceId::of_index(index));
            let share = 100 + index as Share;
            let changed = Changed { usage: Usage::default(), share, last_gone: None };
            sources.set(source, changed);
            assert_eq!(sources.heaviest(), Some((share, source)), "it holds most");
            sources.set(source, Changed { share: 50 - index as Share, ..changed });
            assert_eq!(sources.heaviest(), Some((50, Some(SourceId::of_index(0)))), "{index}");
            assert_eq!(sources.get(source).map(|changed| changed.share), Some(50 - index as Share));
        }
        assert!(sources.get(None).is_none());
    }
}
