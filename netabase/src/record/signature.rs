//! Who wrote an owned record: signing and verifying its value.

use std::cell::Cell;

use ed25519_dalek::{
    PUBLIC_KEY_LENGTH, Signature as Ed25519Signature, SignatureError, VerifyingKey,
};
use libp2p::identity::ed25519::Keypair;

use super::{error::RecordError, key::RecordKey};
use crate::schema::{Envelope, EnvelopeHeader, SIGNATURE_LEN};

/// What every signed message starts with: a signature of ours is good for nothing else.
const CONTEXT: &[u8] = b"netabase-record-v1\0";

const SIGNATURE_BYTES: usize = 64;

/// What a signature covers, length by length, so that no two (network, key, value) share one message.
fn message(network: &str, key: &[u8], unsigned: &[u8]) -> Vec<u8> {
    let network_len = u8::try_from(network.len()).expect("network names have at most 64 bytes");
    let key_len = u32::try_from(key.len()).expect("record keys have at most 1,024 bytes");
    let parts =
        [CONTEXT, &[network_len], network.as_bytes(), &key_len.to_be_bytes(), key, unsigned];
    parts.concat()
}

/// Signs a value that has no signature: it gets the public key and the signature behind it.
pub(crate) fn sign(network: &str, key: &[u8], value: &mut Vec<u8>, signer: &Keypair) {
    let header = EnvelopeHeader::peek(value).expect("a value that is signed is an envelope");
    EnvelopeHeader { signed: true, ..header }.write_over(value);
    value.reserve_exact(SIGNATURE_LEN);
    value.extend_from_slice(&signer.public().to_bytes());
    let signature = signer.sign(&message(network, key, value));
    value.extend_from_slice(&signature);
}

/// The value of an own record as it was before [`sign`]; one that is not signed as it is.
pub(crate) fn unsigned(value: &[u8]) -> Vec<u8> {
    let header = EnvelopeHeader::peek(value).expect("only whole envelopes are stored");
    let len = if header.signed { value.len() - SIGNATURE_LEN } else { value.len() };
    let mut unsigned = value[..len].to_vec();
    EnvelopeHeader { signed: false, ..header }.write_over(&mut unsigned);
    unsigned
}

/// Checks that the owner of an owned record signed its value, for this network and this key.
///
/// # Errors
///
/// - [`RecordError::Unsigned`] if it is not signed.
/// - [`RecordError::WrongSigner`] if it is signed by somebody else than the owner its key names.
/// - [`RecordError::BadSignature`] if the signature is not the owner's for these bytes.
pub(crate) fn verify(network: &str, key: &[u8], value: &[u8]) -> Result<(), RecordError> {
    check_signer(&RecordKey::parse(key)?, &Envelope::parse(value)?)?;
    let bad = |_| RecordError::BadSignature;
    let envelope = Envelope::parse(value)?;
    let Some(signature) = envelope.signature else { return Err(RecordError::BadSignature) };
    // Not libp2p's `verify`, which takes the identity point as a key, and then one signature for any
    // message.
    let signer = verifying_key(signature.public_key).map_err(bad)?;
    let message = message(network, key, &value[..value.len() - SIGNATURE_BYTES]);
    signer
        .verify_strict(&message, &Ed25519Signature::from_bytes(signature.bytes))
        .map_err(|_| RecordError::BadSignature)
}

/// How many public keys a thread keeps: authors write many records, and reading a key is a tenth of verifying
/// with it.
const KEPT_KEYS: usize = 64;

/// Reads a public key, if it is none of those that the thread has just read.
fn verifying_key(bytes: &[u8; PUBLIC_KEY_LENGTH]) -> Result<VerifyingKey, SignatureError> {
    thread_local! {
        static KEPT: [Cell<Option<VerifyingKey>>; KEPT_KEYS] = const { [const { Cell::new(None) }; KEPT_KEYS] };
    }
    // The bytes of a key are as good as random; who makes some that are not, gains nothing.
    let place = usize::from(bytes[0]) % KEPT_KEYS;
    KEPT.with(|kept| {
        if let Some(key) = kept[place].get().filter(|key| key.as_bytes() == bytes) {
            return Ok(key);
        }
        let key = VerifyingKey::from_bytes(bytes)?;
        kept[place].set(Some(key));
        Ok(key)
    })
}

/// The cheap part of [`verify`]: whether the value claims to be signed by the record's owner.
pub(crate) fn check_signer(
    key: &RecordKey<'_>,
    envelope: &Envelope<'_>,
) -> Result<(), RecordError> {
    let schema = || key.schema.to_owned();
    let Some(signature) = envelope.signature else {
        return Err(RecordError::Unsigned { schema: schema() });
    };
    // The owner's bytes end with its public key.
    let signed_by_owner =
        key.owner.is_some_and(|owner| owner.to_bytes().ends_with(signature.public_key));
    if signed_by_owner { Ok(()) } else { Err(RecordError::WrongSigner { schema: schema() }) }
}
