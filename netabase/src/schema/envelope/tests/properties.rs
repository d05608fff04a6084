//! The laws of envelopes: they are read as they were written, and their bytes are in the order of what they say.

use proptest::{collection, prelude::*};

use super::{KEY, SIGNATURE, written};
use crate::schema::envelope::{Envelope, EnvelopeHeader, Signature, Timestamp};

prop_compose! {
    /// Few different clocks and leases, so that values often differ only further back.
    fn any_header()(
        timestamp in prop_oneof![0..3_u64, any::<u64>()],
        (tombstone, signed) in any::<(bool, bool)>(),
        codec in 0..=7_u8,
        not_after in prop_oneof![0..3_u32, any::<u32>()],
    ) -> EnvelopeHeader {
        let timestamp = Timestamp::from_u64(timestamp);
        let codec = if tombstone { 0 } else { codec };
        EnvelopeHeader { timestamp, tombstone, signed, codec, not_after }
    }
}

fn any_version() -> impl Strategy<Value = u32> {
    (any::<u32>(), 0..32_u32).prop_map(|(version, shift)| (version >> shift).max(1))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn what_is_written_is_parsed(
        header in any_header(),
        schema_version in any_version(),
        payload in collection::vec(any::<u8>(), 0..200),
    ) {
        let payload = if header.tombstone { &[][..] } else { &payload };
        let value = written(header, schema_version, payload);

        let envelope = Envelope::parse(&value);

        let EnvelopeHeader { timestamp, tombstone, signed, codec, not_after } = header;
        let signature = signed.then_some(Signature { public_key: &KEY, bytes: &SIGNATURE });
        let expected =
            Envelope { timestamp, tombstone, codec, not_after, schema_version, payload, signature };
        prop_assert_eq!(envelope, Ok(expected));
        prop_assert_eq!(EnvelopeHeader::peek(&value), Some(header));
    }

    #[test]
    fn a_header_written_over_another_changes_nothing_else(
        (header, other) in (any_header(), any_header()),
        payload in collection::vec(any::<u8>(), 0..20),
    ) {
        let mut value = written(EnvelopeHeader { signed: false, ..other }, 1, &payload);

        header.write_over(&mut value);

        prop_assert_eq!(EnvelopeHeader::peek(&value), Some(header));
        prop_assert_eq!(&value[13..], &[&[1], &payload[..]].concat());
    }

    #[test]
    fn the_larger_value_is_the_one_that_wins(
        (left, right) in (any_header(), any_header()),
        versions in (any_version(), any_version()),
    ) {
        let rank = |header: EnvelopeHeader| {
            let EnvelopeHeader { timestamp, tombstone, signed, codec, not_after } = header;
            (timestamp, tombstone, signed, codec, not_after)
        };
        prop_assume!(rank(left) != rank(right));

        let order = written(left, versions.0, b"").cmp(&written(right, versions.1, b""));

        prop_assert_eq!(order, rank(left).cmp(&rank(right)));
    }

    #[test]
    fn timestamps_are_in_the_order_of_their_numbers(left: u64, right: u64) {
        let (a, b) = (Timestamp::from_u64(left), Timestamp::from_u64(right));
        prop_assert_eq!(a.cmp(&b), left.cmp(&right));
        prop_assert_eq!(a.cmp(&b), (a.millis(), a.counter()).cmp(&(b.millis(), b.counter())));
        prop_assert_eq!(a.as_u64(), left);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(50_000))]

    #[test]
    fn any_bytes_are_refused_or_have_exactly_one_form(
        mut value in collection::vec(any::<u8>(), 0..130),
        flags in prop_oneof![any::<u8>().prop_map(|kind| kind & 0b1100_0111 | 0b1000), any::<u8>()],
    ) {
        if let Some(byte) = value.get_mut(8) {
            *byte = flags;
        }
        let Ok(envelope) = Envelope::parse(&value) else { return Ok(()) };

        let signed = envelope.signature.is_some();
        let Envelope { timestamp, tombstone, codec, not_after, .. } = envelope;
        let mut again = Vec::new();
        EnvelopeHeader { timestamp, tombstone, signed, codec, not_after }
            .write(envelope.schema_version, &mut again);
        again.extend_from_slice(envelope.payload);
        if let Some(Signature { public_key, bytes }) = envelope.signature {
            again.extend_from_slice(public_key);
            again.extend_from_slice(bytes);
        }
        prop_assert_eq!(again, value);
    }
}
