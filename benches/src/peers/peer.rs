use libp2p::kad::Record;

use super::{feed::Feed, user::Stored};

/// Gets what was found for an id, and says which to look for next.
pub(crate) type Next<'a, U> = &'a mut dyn FnMut(Option<U>) -> Option<u64>;

/// Gets what was found.
pub(crate) type Look<'a, T> = &'a mut dyn FnMut(T);

/// Is shown what was found.
pub(crate) type See<'a, T> = &'a mut dyn FnMut(&T);

/// A place where an application keeps its users, used as its documentation says.
///
/// Reads come in lists, so that a peer may look all up in one transaction.
pub(crate) trait Peer: Sized + 'static {
    type User: Stored;

    const NAME: &'static str;

    /// `true` if it finds users by email and group.
    const INDEXED: bool = false;

    /// How many ranges are asked for when they are timed.
    const RANGES: usize = 1000;

    fn new() -> Self;

    /// Stores many new users, by the fastest way there is.
    fn load(&mut self, feed: &mut Feed<'_, Self::User>);

    /// Stores new users one by one, each in a step of its own.
    fn put_each(&mut self, users: &mut [Self::User]);

    /// The same of users that are there in another form.
    fn overwrite_each(&mut self, users: &mut [Self::User]) {
        self.put_each(users);
    }

    /// Removes users one by one, each in a step of its own.
    fn remove_each(&mut self, ids: &[u64]);

    /// A look-up of its own.
    fn get(&self, id: u64) -> Option<Self::User>;

    /// One look-up after another; what one finds decides on the next.
    fn get_chain(&self, first: u64, next: Next<'_, Self::User>) {
        let mut id = Some(first);
        while let Some(wanted) = id {
            id = next(self.get(wanted));
        }
    }

    /// The first users from an id on, in the order of their ids; for each of these ids.
    fn ranges(&self, from: &[u64], rows: usize, look: Look<'_, Vec<Self::User>>);

    /// All users, in the order that is fastest.
    fn scan(&self, look: See<'_, Self::User>);

    /// Lets threads use it while `work` runs.
    fn share(&mut self, work: &mut dyn FnMut(&dyn Shared<Self::User>));

    /// Its heap in bytes, given what this thread has requested from the allocator while it was loaded.
    fn heap(&self, counted: i64) -> Option<i64> {
        Some(counted)
    }

    /// Returns whether a look-up of its own costs more than one of many.
    fn is_alone(&self) -> bool {
        false
    }

    fn lending(&self) -> Option<&dyn Lending> {
        None
    }

    fn ordered(&self) -> Option<&dyn Ordered<Self::User>> {
        None
    }

    fn indexed(&self) -> Option<&dyn Indexed<Self::User>> {
        None
    }

    fn counted(&self) -> Option<&dyn Counted> {
        None
    }

    fn transactional(&mut self) -> Option<&mut dyn Transactional> {
        None
    }

    fn synced(&self) -> Option<&dyn Synced> {
        None
    }

    fn mortal(&mut self) -> Option<&mut dyn Mortal> {
        None
    }

    fn published(&mut self) -> Option<&mut dyn Published<Self::User>> {
        None
    }

    fn codec() -> Option<Codec<Self::User>> {
        None
    }
}

/// Shows a user without making one.
pub(crate) trait Lending {
    fn ages(&self, ids: &[u64], look: Look<'_, Option<u8>>);

    /// Of the first users from an id on, the sum of what a [`look`](super::user::sum) at each gives.
    fn range_sums(&self, from: &[u64], rows: usize, look: Look<'_, u64>);
}

/// Has all users in the order of their ids.
pub(crate) trait Ordered<U> {
    fn in_order(&self, look: See<'_, U>);
}

pub(crate) trait Indexed<U> {
    fn by_email(&self, emails: &[String], look: Look<'_, Option<U>>);

    /// All users of a group, by their ids.
    fn by_group(&self, groups: &[u32], look: Look<'_, Vec<U>>);
}

/// Knows at once how many users there are.
pub(crate) trait Counted {
    fn count(&self) -> usize;
}

pub(crate) trait Transactional {
    /// Reads these users and stores each with another age, all in one step.
    fn set_ages(&mut self, ids: &[u64], age: u8);
}

/// Makes a record of each user, to be handed to `kad.put_record`.
pub(crate) trait Synced {
    fn records(&self, look: Look<'_, Record>);
}

/// Can take out users whose life has ended.
pub(crate) trait Mortal {
    /// Lets these lives end, and no other.
    fn end(&mut self, ids: &[u64]);

    /// Takes out those whose life has ended, and says how many they were.
    fn sweep(&mut self) -> usize;
}

/// Knows who published a record.
pub(crate) trait Published<U> {
    /// From now on, everybody's publisher is that of their group.
    fn prepare(&mut self);

    fn of_publisher(&self, group: u32) -> Vec<U>;
}

/// A peer that several threads use.
pub(crate) trait Shared<U>: Sync {
    fn get(&self, id: u64) -> Option<U>;

    fn overwrite(&self, user: U);
}

/// How users become bytes and come back.
pub(crate) struct Codec<U> {
    /// The value alone.
    pub(crate) encode: fn(&U) -> Vec<u8>,
    pub(crate) decode: fn(&[u8]) -> U,
    pub(crate) record: fn(&U) -> Record,
}

/// What a peer has, of that which not every one does: it is this itself.
macro_rules! has {
    ($($what:ident),+) => { $($crate::peers::peer::has!(@ $what);)+ };
    (@ lending) => {
        fn lending(&self) -> Option<&dyn $crate::peers::peer::Lending> {
            Some(self)
        }
    };
    (@ ordered) => {
        fn ordered(&self) -> Option<&dyn $crate::peers::peer::Ordered<Self::User>> {
            Some(self)
        }
    };
    (@ indexed) => {
        fn indexed(&self) -> Option<&dyn $crate::peers::peer::Indexed<Self::User>> {
            Some(self)
        }
    };
    (@ counted) => {
        fn counted(&self) -> Option<&dyn $crate::peers::peer::Counted> {
            Some(self)
        }
    };
    (@ transactional) => {
        fn transactional(&mut self) -> Option<&mut dyn $crate::peers::peer::Transactional> {
            Some(self)
        }
    };
    (@ synced) => {
        fn synced(&self) -> Option<&dyn $crate::peers::peer::Synced> {
            Some(self)
        }
    };
    (@ mortal) => {
        fn mortal(&mut self) -> Option<&mut dyn $crate::peers::peer::Mortal> {
            Some(self)
        }
    };
    (@ published) => {
        fn published(&mut self) -> Option<&mut dyn $crate::peers::peer::Published<Self::User>> {
            Some(self)
        }
    };
}

pub(crate) use has;
