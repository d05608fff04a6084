//! What stands in the file, to the byte, and bytes that cannot.

use proptest::prelude::*;

use super::{
    meta::{About, Clocks, KnownSchema},
    row::{StoredRow, encode},
};
use crate::{
    schema::{Access, Timestamp},
    store::{
        engine::{Attribution, Publisher, RecordMeta, Row},
        source::Source,
        state::RecordState,
    },
};

/// An unsigned envelope without a payload.
const VALUE: [u8; 15] = [1, 2, 3, 4, 5, 6, 7, 8, 8, 0, 0, 0, 0, 1, 9];

fn meta(state: RecordState, ends: Option<u64>) -> RecordMeta {
    RecordMeta { state, ends, shared: false, renewable: false, opaque: true }
}

#[test]
fn rows_have_the_bytes_of_format_1() {
    let own = RecordState { own: true, wanted: true, served: true };
    let row = Row::new(&VALUE, &[], RecordMeta { shared: true, ..meta(own, Some(0x0102)) });
    let mut bytes = Vec::new();
    encode(&row, &mut bytes);
    let head = [1, 0b0010_1111, 0, 0, 0, 0, 0, 0, 1, 2];
    assert_eq!(bytes, [&head[..], &VALUE].concat());

    let foreign = RecordState { served: true, ..RecordState::default() };
    let source = Source::of_ip([192, 0, 2, 7].into());
    let attribution = Attribution { publisher: None, source, distance: 0 };
    let row = Row::new(&VALUE, &[], meta(foreign, None)).charge_to(Some(attribution));
    bytes.clear();
    encode(&row, &mut bytes);
    assert_eq!(bytes, [&[1, 0b0000_0100, 4, 192, 0, 2, 7][..], &VALUE].concat());
}

#[test]
fn what_the_file_says_of_itself_comes_back() -> Result<(), super::reader::Unreadable> {
    let peer = libp2p::identity::Keypair::generate_ed25519().public().to_peer_id();
    let about = About { network: "test".into(), peer };
    assert_eq!(About::decode(&about.encode())?, about);
    assert_eq!(About::format(&about.encode())?, 1);
    let clocks = Clocks { watermark: Timestamp::from_u64(7), store_ms: 8, unix_ms: 9 };
    assert_eq!(Clocks::decode(&clocks.encode())?, clocks);
    let ttl = Some(std::time::Duration::from_secs(60));
    let schema = KnownSchema { access: Access::Owned, version: 3, ttl };
    let mut bytes = Vec::new();
    schema.encode(&mut bytes);
    assert_eq!(bytes, [1, b'o', 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0xea, 0x60]);
    assert_eq!(KnownSchema::decode(&bytes)?, schema);
    Ok(())
}

#[test]
fn the_stores_time_never_goes_back_and_jumps_no_further_than_it_may() {
    let saved =
        Clocks { watermark: Timestamp::default(), store_ms: 500, unix_ms: 1_800_000_000_000 };
    assert_eq!(saved.store_ms_at(saved.unix_ms + 7), 507);
    assert_eq!(saved.store_ms_at(saved.unix_ms - 7), 500);
    assert_eq!(saved.store_ms_at(u64::MAX), 500 + 3_600_000, "nobody waits for millions of years");
    let never_set = Clocks { unix_ms: 1000, ..saved };
    assert_eq!(never_set.store_ms_at(saved.unix_ms), 500 + 3_600_000);
}

#[test]
fn a_program_that_crashes_often_does_not_run_away_from_the_clock() {
    let mut last = Timestamp::default();
    for crash in 0..1000 {
        let wall = 1_800_000_000_000 + crash;
        let reserved = Clocks::reserve(last, wall);
        assert!(reserved > last);
        assert!(reserved.millis() <= wall + 10_000 + 100 * crash, "{reserved} after {crash}");
        last = reserved;
    }
}

fn any_source() -> impl Strategy<Value = Source> {
    prop_oneof![
        Just(Source::UNKNOWN),
        Just(Source::APPLICATION),
        any::<std::net::IpAddr>().prop_map(Source::of_ip),
    ]
}

proptest! {
    #[test]
    fn every_row_comes_back(
        flags in 0_u8..8,
        ends in any::<Option<u64>>(),
        shared: bool,
        renewable: bool,
        source in any_source(),
        has_signed in any::<Option<bool>>(),
        payload in proptest::collection::vec(any::<u8>(), 0..64),
    ) {
        let state = RecordState::from_byte(flags);
        let peer = libp2p::identity::Keypair::ed25519_from_bytes([7; 32]).expect("a key");
        let peer = peer.public().to_peer_id();
        let publisher = has_signed.map(|has_signed| Publisher { peer, has_signed });
        let meta = RecordMeta { state, ends, shared, renewable, opaque: true };
        let attribution = Attribution { publisher, source, distance: 0 };
        let value = [&VALUE[..14], &payload].concat();
        let row = Row::new(&value, &[], meta).charge_to(Some(attribution));
        let mut bytes = Vec::new();
        encode(&row, &mut bytes);

        let stored = StoredRow::decode(&bytes).expect("it was written so");
        prop_assert_eq!(stored.meta, meta);
        prop_assert_eq!(stored.value, value);
        prop_assert_eq!(stored.source, (!state.own).then_some(source));
        prop_assert_eq!(stored.publisher, publisher.filter(|_| !state.own));
    }

    #[test]
    fn bytes_of_any_kind_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let _ = StoredRow::decode(&bytes);
        let _ = (About::decode(&bytes), About::format(&bytes));
        let _ = (Clocks::decode(&bytes), KnownSchema::decode(&bytes));
    }
}
