use netabase_benches::timing::to_f64;

use super::{
    check,
    feed::Feed,
    figure::{Figure, HEAP, LOAD, PEAK, RESIDENT},
    memory,
    operations::operations,
    peer::Peer,
    people::People,
    user::AGE,
};

/// All figures of a peer. `report` hears of each operation before it begins.
pub(crate) fn measure<P: Peer>(people: &People, report: &mut dyn FnMut(&str)) -> Vec<Figure> {
    report(LOAD);
    let (mut peer, mut figures) = load::<P>(people);
    check::answers(&peer, people);
    for operation in operations::<P>() {
        report(operation.name);
        if let Some(cost) = (operation.run)(&mut peer, people) {
            figures.push(Figure::time(operation.name, cost));
        }
    }
    figures
}

fn load<P: Peer>(people: &People) -> (P, Vec<Figure>) {
    let records = people.ids.len();
    let per_record = |bytes| to_f64(bytes) / to_f64(i64::try_from(records).unwrap_or(i64::MAX));
    let before = memory::resident();
    let mut loaded = None;
    let counted = allocation_counter::measure(|| {
        let mut peer = P::new();
        let cost = Feed::new(people, &people.ids, AGE).cost_of(|feed| peer.load(feed));
        loaded = Some((peer, cost));
    });
    let (peer, cost) = loaded.expect("it was loaded");
    let mut figures = vec![Figure::time(LOAD, cost.per(records))];
    if let Some(heap) = peer.heap(counted.bytes_current) {
        figures.push(Figure::bytes(HEAP, per_record(heap)));
    }
    for (name, after) in [(RESIDENT, memory::resident()), (PEAK, memory::peak())] {
        if let (Some(before), Some(after)) = (before, after) {
            figures.push(Figure::bytes(name, per_record(after - before)));
        }
    }
    (peer, figures)
}
