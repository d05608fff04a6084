//! Whatever rewrites an encoded value keeps what it does not set.

use libp2p::identity::ed25519;
use proptest::{collection, prelude::*};

use super::{restamp, set_lease, sign, unsigned, verify};
use crate::schema::{CODEC, Envelope, EnvelopeHeader, Timestamp};

const NETWORK: &str = "test";

prop_compose! {
    /// An unsigned value that is not a tombstone, of any codec, most of which this program cannot read.
    fn any_value()(
        timestamp: u64,
        codec in 0..=7_u8,
        not_after: u32,
        schema_version in 1..=u32::MAX,
        payload in collection::vec(any::<u8>(), 0..50),
    ) -> Vec<u8> {
        let timestamp = Timestamp::from_u64(timestamp);
        let mut value = Vec::new();
        EnvelopeHeader { timestamp, tombstone: false, signed: false, codec, not_after }
            .write(schema_version, &mut value);
        value.extend(payload);
        value
    }
}

/// The key of an owned record, and its owner.
fn owned() -> (Vec<u8>, ed25519::Keypair) {
    let secret =
        ed25519::SecretKey::try_from_bytes([7; 32]).expect("any 32 bytes are a secret key");
    let owner = ed25519::Keypair::from(secret);
    let prefix = b"/netabase/card/o\0\x24\x08\x01\x12\x20";
    ([&prefix[..], &owner.public().to_bytes(), b"ada\0"].concat(), owner)
}

proptest! {
    #[test]
    fn a_new_clock_and_a_new_lease_keep_the_rest(
        before in any_value(),
        timestamp: u64,
        not_after: u32,
    ) {
        let mut value = before.clone();
        restamp(&mut value, Timestamp::from_u64(timestamp));
        set_lease(&mut value, not_after);

        let (old, new) = (Envelope::parse(&before)?, Envelope::parse(&value)?);
        let expected = Envelope { timestamp: Timestamp::from_u64(timestamp), not_after, ..old };
        prop_assert_eq!(new, expected);
    }

    #[test]
    fn a_signature_holds_for_every_codec_and_comes_off_again(value in any_value()) {
        let (key, owner) = owned();
        let mut signed = value.clone();
        sign(NETWORK, &key, &mut signed, &owner);

        let (old, new) = (Envelope::parse(&value)?, Envelope::parse(&signed)?);
        prop_assert_eq!(Envelope { signature: None, ..new }, old);
        prop_assert_eq!(verify(NETWORK, &key, &signed), Ok(()));
        prop_assert_eq!(unsigned(&signed), value);
    }

    #[test]
    fn a_signature_covers_the_codec(value in any_value(), codec in 0..=7_u8) {
        let (key, owner) = owned();
        let mut signed = value;
        sign(NETWORK, &key, &mut signed, &owner);
        let header = EnvelopeHeader::peek(&signed).expect("it is an envelope");
        prop_assume!(header.codec != codec);

        EnvelopeHeader { codec, ..header }.write_over(&mut signed);

        prop_assert_eq!(verify(NETWORK, &key, &signed), Err(super::RecordError::BadSignature));
    }
}

#[test]
fn a_tombstone_is_written_without_a_codec() {
    let mut value = Vec::new();
    super::write_tombstone(1, Timestamp::default(), &mut value);
    assert_eq!(Envelope::parse(&value).map(|it| (it.tombstone, it.codec)), Ok((true, 0)));
    assert_eq!(CODEC, 0, "values are written in the codec that has always been read");
}
