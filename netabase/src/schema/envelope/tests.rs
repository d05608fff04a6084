//! Envelopes against golden bytes.

mod properties;

use super::{
    Envelope, EnvelopeError, EnvelopeHeader, MIN_LEN, SIGNATURE_LEN, Signature, Timestamp, is_over,
};

const KEY: [u8; 32] = [0x11; 32];
const SIGNATURE: [u8; 64] = [0x22; 64];

fn written(header: EnvelopeHeader, schema_version: u32, payload: &[u8]) -> Vec<u8> {
    let mut value = Vec::new();
    header.write(schema_version, &mut value);
    value.extend_from_slice(payload);
    if header.signed {
        value.extend_from_slice(&KEY);
        value.extend_from_slice(&SIGNATURE);
    }
    value
}

fn header() -> EnvelopeHeader {
    EnvelopeHeader {
        timestamp: Timestamp::from_u64(0x0102_0304_0506_0708),
        tombstone: false,
        signed: false,
        codec: 0,
        not_after: 0x6543_210f,
    }
}

#[test]
fn an_unsigned_value_has_its_known_bytes() {
    let value = written(header(), 1, b"pay");

    #[rustfmt::skip]
    let expected = [
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
        0b0000_1000,
        0x65, 0x43, 0x21, 0x0f,
        0x01,
        b'p', b'a', b'y',
    ];
    assert_eq!(value, expected);
    assert_eq!(
        Envelope::parse(&value),
        Ok(Envelope {
            timestamp: Timestamp::from_u64(0x0102_0304_0506_0708),
            tombstone: false,
            codec: 0,
            not_after: 0x6543_210f,
            schema_version: 1,
            payload: b"pay",
            signature: None,
        })
    );
}

#[test]
fn a_signed_value_of_another_codec_has_its_known_bytes() {
    let header = EnvelopeHeader { signed: true, codec: 5, ..header() };

    let value = written(header, 1, b"pay");

    let expected = [
        &[0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0b0100_1101][..],
        &[0x65, 0x43, 0x21, 0x0f, 0x01, b'p', b'a', b'y'],
        &KEY,
        &SIGNATURE,
    ];
    assert_eq!(value, expected.concat());
    assert_eq!(
        Envelope::parse(&value),
        Ok(Envelope {
            timestamp: Timestamp::from_u64(0x0102_0304_0506_0708),
            tombstone: false,
            codec: 5,
            not_after: 0x6543_210f,
            schema_version: 1,
            payload: b"pay",
            signature: Some(Signature { public_key: &KEY, bytes: &SIGNATURE }),
        })
    );
}

#[test]
fn a_signed_tombstone_has_its_known_bytes() {
    let header = EnvelopeHeader { tombstone: true, signed: true, not_after: 0, ..header() };

    let value = written(header, 300, b"");

    let expected = [
        &[0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0b1100_1000, 0, 0, 0, 0, 0xac, 0x02][..],
        &KEY,
        &SIGNATURE,
    ];
    assert_eq!(value, expected.concat());
    assert_eq!(
        Envelope::parse(&value).map(|envelope| (envelope.schema_version, envelope.signature)),
        Ok((300, Some(Signature { public_key: &KEY, bytes: &SIGNATURE })))
    );
}

#[test]
fn an_envelope_without_payload_is_14_bytes() {
    let value = written(header(), 0x7f, b"");

    assert_eq!(value.len(), MIN_LEN);
    assert_eq!(MIN_LEN, 14);
    assert!(Envelope::parse(&value).is_ok());
}

#[test]
fn a_value_cut_anywhere_before_its_payload_is_refused() {
    let signed = EnvelopeHeader { signed: true, ..header() };
    let value = written(signed, u32::MAX, b"");
    assert!(Envelope::parse(&value).is_ok());

    for len in 0..value.len() {
        let refused = Envelope::parse(&value[..len]);
        let expected = match len {
            ..14 => EnvelopeError::TooShort { len },
            14..18 => EnvelopeError::InvalidSchemaVersion,
            _ => EnvelopeError::SignatureCut { available: len - 18 },
        };
        assert_eq!(refused, Err(expected), "cut at {len}");
    }
    assert_eq!(SIGNATURE_LEN, 96);
}

#[test]
fn every_codec_is_read_and_every_other_version_is_refused() {
    let mut value = written(header(), 1, b"");
    for flags in 0..=0b0011_1111 {
        value[8] = flags;
        let (version, codec) = (flags >> 3, flags & 0b111);
        let expected = match version {
            1 => Ok(codec),
            found => Err(EnvelopeError::UnsupportedVersion { found }),
        };
        assert_eq!(Envelope::parse(&value).map(|envelope| envelope.codec), expected);
    }
}

#[test]
fn a_tombstone_has_no_codec() {
    for codec in 0..=7 {
        let value = written(EnvelopeHeader { tombstone: true, codec, ..header() }, 1, b"");
        let expected = match codec {
            0 => Ok(()),
            found => Err(EnvelopeError::TombstoneWithCodec { found }),
        };
        assert_eq!(Envelope::parse(&value).map(drop), expected);
    }
}

#[test]
fn a_tombstone_has_no_payload() {
    let value = written(EnvelopeHeader { tombstone: true, ..header() }, 1, b"xy");

    assert_eq!(Envelope::parse(&value), Err(EnvelopeError::TombstoneWithPayload { len: 2 }));
}

#[test]
fn a_schema_version_has_one_form() {
    let fixed = &written(header(), 1, b"")[..13];
    let parse = |version: &[u8]| {
        Envelope::parse(&[fixed, version].concat()).map(|envelope| envelope.schema_version)
    };
    for (bytes, version) in [
        (&[1][..], 1),
        (&[0x7f], 127),
        (&[0x80, 0x01], 128),
        (&[0xff, 0x7f], 16_383),
        (&[0xff, 0xff, 0xff, 0xff, 0x0f], u32::MAX),
    ] {
        assert_eq!(parse(bytes), Ok(version));
    }
    for bytes in [
        &[0][..],
        &[0x80],
        &[0x80, 0x00],
        &[0x81, 0x00],
        &[0xff, 0x80, 0x00],
        &[0xff, 0xff, 0xff, 0xff, 0x1f],
        &[0x81, 0x80, 0x80, 0x80, 0x10],
        &[0xff, 0xff, 0xff, 0xff, 0x8f, 0x00],
        &[0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
    ] {
        assert_eq!(parse(bytes), Err(EnvelopeError::InvalidSchemaVersion), "{bytes:x?}");
    }
}

#[test]
fn a_lease_is_over_from_its_last_second_on() {
    assert!(!is_over(0, u64::MAX), "no lease never ends");
    assert!(!is_over(1, 999));
    assert!(is_over(1, 1000));
    assert!(!is_over(u32::MAX, 4_294_967_294_999));
    assert!(is_over(u32::MAX, 4_294_967_295_000));
}

#[test]
fn timestamps_stay_within_their_bits() {
    let last = Timestamp::from_u64(u64::MAX);
    assert_eq!(last.next(), last);
    assert_eq!(Timestamp::from_millis(u64::MAX).millis(), (1 << 48) - 1);
    assert_eq!(Timestamp::from_millis(u64::MAX).counter(), 0);

    let full = Timestamp::from_u64(0x1234_ffff);
    assert_eq!((full.next().millis(), full.next().counter()), (0x1235, 0));
    assert_eq!(full.to_string(), "4660+65535");
}

#[test]
fn peek_needs_only_the_fixed_part() {
    let value = written(header(), 1, b"");

    assert_eq!(EnvelopeHeader::peek(&value[..13]), Some(header()));
    assert_eq!(EnvelopeHeader::peek(&value[..12]), None);
}
