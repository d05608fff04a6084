use netabase_benches::workload::email;

use super::{
    operations::ROWS,
    peer::{Indexed, Lending, Ordered, Peer},
    people::People,
    user::{AGE, Stored, User, sum},
};

/// So many are looked up to see that they are found.
const LOOKED_UP: usize = 1000;

/// A fast wrong answer is worth nothing.
pub(crate) fn answers<P: Peer>(peer: &P, people: &People) {
    let mut sorted = people.ids.clone();
    sorted.sort_unstable();
    let people = Expected { people, sorted, peer: P::NAME };
    people.gets(peer);
    people.ranges(peer);
    people.scan(peer);
    if let Some(peer) = peer.lending() {
        people.lending(peer);
    }
    if let Some(peer) = peer.ordered() {
        people.order::<P>(peer);
    }
    if let Some(peer) = peer.indexed() {
        people.indexes::<P>(peer);
    }
    if let Some(peer) = peer.counted() {
        assert_eq!(peer.count(), people.sorted.len(), "{}: count", P::NAME);
    }
}

struct Expected<'a> {
    people: &'a People,
    sorted: Vec<u64>,
    peer: &'static str,
}

impl Expected<'_> {
    fn some_ids(&self) -> &[u64] {
        &self.people.ids[..self.people.ids.len().min(LOOKED_UP)]
    }

    fn user(&self, id: u64) -> User {
        self.people.user(id, AGE)
    }

    /// In the order of their ids.
    fn from(&self, id: u64) -> impl Iterator<Item = User> {
        let first = self.sorted.partition_point(|&other| other < id);
        self.sorted[first..].iter().map(|&id| self.user(id))
    }

    fn gets<P: Peer>(&self, peer: &P) {
        for &id in self.some_ids() {
            assert_eq!(peer.get(id), Some(self.user(id).into()), "{}: get", self.peer);
        }
        assert_eq!(peer.get(self.people.nobody()), None, "{}: get of nobody", self.peer);
        let mut rest = self.some_ids().iter().copied();
        let mut wanted = rest.next();
        peer.get_chain(self.people.ids[0], &mut |found| {
            let expected = wanted.map(|id| self.user(id).into());
            assert_eq!(found, expected, "{}: one get after another", self.peer);
            wanted = rest.next();
            wanted
        });
        assert_eq!(wanted, None, "{}: one get after another, to the end", self.peer);
    }

    fn ranges<P: Peer>(&self, peer: &P) {
        let from = [self.people.ids[0], self.sorted[self.sorted.len() - 1], self.people.nobody()];
        let mut found = Vec::new();
        peer.ranges(&from, ROWS, &mut |users| found.push(users));
        let expected = from.map(|id| self.from(id).take(ROWS).map(Into::into).collect::<Vec<_>>());
        assert_eq!(found, expected, "{}: range of {ROWS}", self.peer);
    }

    fn scan<P: Peer>(&self, peer: &P) {
        let mut ids = Vec::with_capacity(self.sorted.len());
        peer.scan(&mut |user| ids.push(user.id()));
        ids.sort_unstable();
        assert!(ids == self.sorted, "{}: scan of all, each once", self.peer);
    }

    fn lending(&self, peer: &dyn Lending) {
        let ids = [self.people.ids[0], self.people.nobody()];
        let mut ages = Vec::new();
        peer.ages(&ids, &mut |age| ages.push(age));
        assert_eq!(ages, [Some(AGE), None], "{}: get_with", self.peer);
        let mut sums = Vec::new();
        peer.range_sums(&ids, ROWS, &mut |sum| sums.push(sum));
        let expected = ids.map(|id| {
            let users = self.from(id).take(ROWS);
            users.map(|user| sum(user.age, &user.bio)).sum::<u64>()
        });
        assert_eq!(sums, expected, "{}: range of {ROWS}, borrowed", self.peer);
    }

    fn order<P: Peer>(&self, peer: &dyn Ordered<P::User>) {
        let mut ids = Vec::with_capacity(self.sorted.len());
        peer.in_order(&mut |user| ids.push(user.id()));
        assert!(ids == self.sorted, "{}: iter of all, in order", self.peer);
    }

    fn indexes<P: Peer>(&self, peer: &dyn Indexed<P::User>) {
        let mut emails: Vec<String> = self.some_ids().iter().map(|&id| email(id)).collect();
        emails.push(email(self.people.nobody()));
        let mut expected: Vec<Option<P::User>> =
            self.some_ids().iter().map(|&id| Some(self.user(id).into())).collect();
        expected.push(None);
        let mut found = Vec::new();
        peer.by_email(&emails, &mut |user| found.push(user));
        assert_eq!(found, expected, "{}: unique index", self.peer);

        let groups = [self.people.group_of(self.people.ids[0]), u32::MAX];
        let mut found = Vec::new();
        peer.by_group(&groups, &mut |users| found.push(users));
        let members = self.people.members(groups[0]).into_iter().map(Into::into).collect();
        assert_eq!(found, [members, Vec::<P::User>::new()], "{}: index", self.peer);
    }
}
