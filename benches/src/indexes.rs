//! What secondary indexes cost and save.

use std::hint::black_box;

use indicatif::ProgressBar;
use netabase::{Entries, MemoryStoreDatabase, NetabaseSchema, NetabaseStore};
use netabase_benches::{
    timing::{count, median_of, time, to_f64},
    workload::{BIO, Workload, email},
};
use serde::{Deserialize, Serialize};

/// How many steps one run of [`measure`] reports.
pub(crate) const STEPS: usize = 4;

/// Each value of the non-unique index is that of so many members: one page.
const GROUP: usize = 100;

const LOOKUPS: usize = 1000;

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct Plain {
    #[netabase(key)]
    id: u64,
    email: String,
    group: u32,
    bio: String,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct Grouped {
    #[netabase(key)]
    id: u64,
    email: String,
    #[netabase(index)]
    group: u32,
    bio: String,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct Member {
    #[netabase(key)]
    id: u64,
    #[netabase(index(unique))]
    email: String,
    #[netabase(index)]
    group: u32,
    bio: String,
}

/// Nanoseconds an operation, and bytes a record.
#[derive(Clone, Copy)]
pub(crate) struct IndexFigures {
    pub(crate) put_without: f64,
    pub(crate) put_with_two: f64,
    pub(crate) get_by_key: f64,
    pub(crate) get_by_unique: f64,
    pub(crate) page_by_filter: f64,
    pub(crate) page_by_index: f64,
    pub(crate) heap_without: f64,
    pub(crate) heap_with_u32: f64,
}

pub(crate) fn measure(workload: &Workload, bar: &ProgressBar) -> IndexFigures {
    let (put_without, heap_without, plain) =
        fill(workload, |id, group| Plain { id, email: email(id), group, bio: BIO.into() });
    step(bar, "put without index");
    let page_by_filter = time(&workload.ids[..3], |id| {
        let group = group_of(workload, id);
        let page = plain.iter().filter(move |member| member.group == group).limit(GROUP);
        assert_eq!(rows(page), GROUP, "a group is one page");
    });
    drop(plain);
    step(bar, "page by filter");
    let (_, heap_with_u32, grouped) =
        fill(workload, |id, group| Grouped { id, email: email(id), group, bio: BIO.into() });
    drop(grouped);
    step(bar, "put with one index");
    let (put_with_two, _, members) =
        fill(workload, |id, group| Member { id, email: email(id), group, bio: BIO.into() });
    let some = &workload.shuffled[..LOOKUPS.min(workload.shuffled.len())];
    let page_by_index = time(some, |id| {
        let page = members.index(Member::GROUP).get(group_of(workload, id)).expect("a valid key");
        assert_eq!(rows(page.limit(GROUP)), GROUP, "a group is one page");
    });
    let get_by_key = time(&workload.shuffled, |id| {
        assert!(black_box(members.get(&id).expect("a valid key")).is_some());
    });
    let get_by_unique = time(&workload.shuffled, |id| {
        let found = members.index(Member::EMAIL).get_one(email(id)).expect("a valid key");
        assert!(black_box(found).is_some());
    });
    // Making the text that is looked up is no part of a lookup.
    let make_email = time(&workload.shuffled, |id| drop(black_box(email(id))));
    step(bar, "lookups");
    IndexFigures {
        put_without,
        put_with_two,
        get_by_key,
        get_by_unique: get_by_unique - make_email,
        page_by_filter,
        page_by_index,
        heap_without,
        heap_with_u32,
    }
}

/// A database of the whole workload: nanoseconds a put, bytes a record, and itself.
fn fill<V: NetabaseSchema>(
    workload: &Workload,
    make: impl Fn(u64, u32) -> V,
) -> (f64, f64, MemoryStoreDatabase<V>) {
    let build = time(&workload.ids, |id| drop(black_box(make(id, group_of(workload, id)))));
    let mut filled = None;
    let heap = allocation_counter::measure(|| {
        let database = NetabaseStore::new().database().expect("the schema is the only one");
        let put = time(&workload.ids, |id| {
            database.put(&make(id, group_of(workload, id))).expect("there is room");
        });
        filled = Some((put - build, database));
    });
    let (put, database) = filled.expect("it was made");
    (put, to_f64(heap.bytes_current) / count(&workload.ids), database)
}

/// As many groups as give each a page of members. Random ids make random groups, so it goes by rank.
fn group_of(workload: &Workload, id: u64) -> u32 {
    workload.groups[&id]
}

fn rows<V: NetabaseSchema>(page: Entries<V>) -> usize {
    page.inspect(|row| assert!(row.is_ok(), "what was stored decodes")).fold(0, |rows, _| rows + 1)
}

fn step(bar: &ProgressBar, done: &'static str) {
    bar.inc(1);
    bar.set_message(done);
}

impl IndexFigures {
    /// The median of each figure over the rounds.
    pub(crate) fn median(rounds: &[Self]) -> Self {
        let of = |figure: fn(&Self) -> f64| median_of(rounds, figure);
        Self {
            put_without: of(|figures| figures.put_without),
            put_with_two: of(|figures| figures.put_with_two),
            get_by_key: of(|figures| figures.get_by_key),
            get_by_unique: of(|figures| figures.get_by_unique),
            page_by_filter: of(|figures| figures.page_by_filter),
            page_by_index: of(|figures| figures.page_by_index),
            heap_without: of(|figures| figures.heap_without),
            heap_with_u32: of(|figures| figures.heap_with_u32),
        }
    }
}
