// netabase.mjs against the golden vectors of docs/design.md.

import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { test } from 'node:test';

import {
  InvalidRecord,
  OPAQUE,
  SCHEMAS,
  decodeLeb128,
  decodePayload,
  decodeVarint,
  encodeEnvelope,
  encodeLeb128,
  encodePayload,
  encodeVarint,
  makeRecord,
  parseEnvelope,
  parseRecordKey,
  readRecord,
  readTextKey,
  recordKey,
  renewRecord,
  select,
  signEnvelope,
  textKey,
  verifySignature,
} from './netabase.mjs';

const { note, profile } = SCHEMAS;

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;

const bytes = (text) => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
const hex = (array) => Buffer.from(array).toString('hex');
const refused = (code) => (error) => error instanceof InvalidRecord && error.code === code;

// The owner of the golden record: its secret key is 32 bytes of 07.
const PKCS8_ED25519 = '302e020100300506032b657004220420';
const alice = signer(7);

function signer(byte) {
  const der = Buffer.concat([Buffer.from(PKCS8_ED25519, 'hex'), Buffer.alloc(32, byte)]);
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const { x } = createPublicKey(secret).export({ format: 'jwk' });
  return {
    publicKey: Uint8Array.from(Buffer.from(x, 'base64url')),
    sign: async (message) => Uint8Array.from(sign(null, message, secret)),
  };
}

const GOLDEN_NOTE_KEY = bytes('2f6e657461626173652f6e6f74652f77 686900');

const GOLDEN_NOTE_VALUE = bytes('01a3185c50000000 08 6b530c80 01 026869 057468657265');

const GOLDEN_PROFILE_KEY = bytes(`
  2f6e657461626173652f70726f66696c652f6f
  002408011220 ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c
  61646100`);

const GOLDEN_PROFILE_VALUE = bytes(`
  01a3185c50000000 48 6b530c80 01 03616461 0561626f7574
  ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c
  72744fe273f97b3de4fd36511056cc009304bacf99a7c1e513a32b57594d62a5
  f3fb956534277bd46b026aada839e324e87c8d841b622827004d9a2c9bac6106`);

const GOLDEN_CODED_VALUE = bytes(`
  01a3185c50000000 49 6b530c80 01 6c61746572
  ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c
  4005de973d4e3dae382ff6f94c9a357484f3be21a743d149d61bad1880db5ec5
  8bf76140bc82f98a89add9936635191992816e86f69f032d5886de2cc8edaf06`);

const read = (key, value, options) => readRecord('test', key, value, { now: NOW, ...options });

test('an open record has the golden bytes', async () => {
  const record = await makeRecord('test', note, { title: 'hi', text: 'there' }, { now: NOW });
  assert.equal(hex(record.key), hex(GOLDEN_NOTE_KEY));
  assert.equal(hex(record.value), hex(GOLDEN_NOTE_VALUE));
  assert.deepEqual(read(record.key, record.value), { title: 'hi', text: 'there' });
});

test('an owned record has the golden bytes', async () => {
  const ada = { handle: 'ada', about: 'about' };
  const record = await makeRecord('test', profile, ada, { signer: alice, now: NOW });
  assert.equal(hex(record.key), hex(GOLDEN_PROFILE_KEY));
  assert.equal(hex(record.value), hex(GOLDEN_PROFILE_VALUE));
  assert.deepEqual(read(record.key, record.value), ada);
});

test('an owned record of another codec has the golden bytes', async () => {
  const envelope = { millis: NOW, codec: 1, notAfter: (NOW + WEEK) / 1000, payload: bytes('6c61746572') };
  const value = await signEnvelope('test', GOLDEN_PROFILE_KEY, envelope, alice);
  assert.equal(hex(value), hex(GOLDEN_CODED_VALUE));
  assert.equal(read(GOLDEN_PROFILE_KEY, value), OPAQUE);
});

test('owned records of every codec are kept, and renewed as they are', async () => {
  for (let codec = 0; codec <= 7; codec += 1) {
    const payload = codec === 0 ? encodePayload(profile, { handle: 'ada', about: '' }) : bytes('ff00ff');
    const envelope = { millis: NOW, counter: 3, codec, notAfter: NOW / 1000 + 60, payload };
    const record = { key: GOLDEN_PROFILE_KEY };
    record.value = await signEnvelope('test', record.key, envelope, alice);
    const decoded = read(record.key, record.value);
    assert.deepEqual(decoded, codec === 0 ? { handle: 'ada', about: '' } : OPAQUE);

    const renewed = await renewRecord('test', record, alice, NOW);
    assert.deepEqual(read(renewed.key, renewed.value), decoded);
    const { signature: _, ...before } = parseEnvelope(record.value);
    const { signature, ...after } = parseEnvelope(renewed.value);
    assert.deepEqual(after, { ...before, notAfter: (NOW + WEEK) / 1000 });
    assert.equal(after.codec, codec);
    assert.equal(select([record.value, renewed.value]), 1);
    assert.throws(() => read(record.key, changed(record.value, 8)), refused('bad-signature'));
  }
});

test('owned records that nothing here reads are kept on their signature alone', async () => {
  const ada = { handle: 'ada', about: 'about' };
  const made = (schema, options) => makeRecord('test', schema, ada, { signer: alice, now: NOW, ...options });
  for (const schema of [{ ...profile, version: 2 }, { ...profile, name: 'unheard-of' }]) {
    const record = await made(schema);
    assert.equal(read(record.key, record.value), OPAQUE);
    assert.throws(() => read(record.key, changed(record.value, 14)), refused('bad-signature'));
    const gone = await made(schema, { tombstone: true });
    assert.equal(read(gone.key, gone.value), null);
  }
  const local = await made({ ...profile, access: 'l' });
  assert.throws(() => read(local.key, local.value), refused('access'));
});

test('a map has the golden bytes, in whatever order its entries came', () => {
  const schema = { fields: [{ name: 'words', type: 'map' }, 'last'] };
  const golden = '030161013101620132026161013301' + '78';
  const entries = [['aa', '3'], ['b', '2'], ['a', '1']];
  for (const words of [new Map(entries), new Map(entries.toReversed())]) {
    const payload = encodePayload(schema, { words, last: 'x' });
    assert.equal(hex(payload), golden);
    const decoded = decodePayload(schema, payload);
    assert.deepEqual([...decoded.words], [['a', '1'], ['b', '2'], ['aa', '3']]);
    assert.equal(decoded.last, 'x');
  }
});

test('a map whose keys do not ascend is refused', () => {
  const schema = { fields: [{ name: 'words', type: 'map' }] };
  for (const payload of ['02 0162 00 0161 00', '02 0161 00 0161 00', '02 026161 00 0162 00', '05 0161 00']) {
    assert.throws(() => decodePayload(schema, bytes(payload)), refused('payload'));
  }
});

test('envelopes and record keys are taken apart', () => {
  const envelope = parseEnvelope(GOLDEN_PROFILE_VALUE);
  assert.deepEqual(
    { ...envelope, payload: hex(envelope.payload), signature: envelope.signature.length },
    {
      millis: NOW,
      counter: 0,
      tombstone: false,
      codec: 0,
      notAfter: (NOW + WEEK) / 1000,
      schemaVersion: 1,
      publicKey: alice.publicKey,
      signature: 64,
      payload: '036164610561626f7574',
    },
  );
  const key = parseRecordKey(GOLDEN_PROFILE_KEY);
  assert.deepEqual([key.name, key.access, key.owner.length, hex(key.key)], ['profile', 'o', 38, '61646100']);
  assert.throws(() => parseRecordKey(bytes('2f706b2f00')), refused('foreign-key'));
});

test('a signature is good for one key of one network', () => {
  const verifies = (network, key, value) => verifySignature(network, key, value);
  assert.ok(verifies('test', GOLDEN_PROFILE_KEY, GOLDEN_PROFILE_VALUE));
  assert.ok(!verifies('tesu', GOLDEN_PROFILE_KEY, GOLDEN_PROFILE_VALUE));
  assert.ok(!verifies('test', changed(GOLDEN_PROFILE_KEY, -2), GOLDEN_PROFILE_VALUE));
  assert.ok(!verifies('test', GOLDEN_PROFILE_KEY, changed(GOLDEN_PROFILE_VALUE, 7)));
  assert.ok(!verifies('test', GOLDEN_PROFILE_KEY, changed(GOLDEN_PROFILE_VALUE, -1)));
});

test('points of small order sign nothing', () => {
  // The identity as key and as R, with S = 0, would be a signature of every message.
  const value = GOLDEN_PROFILE_VALUE.slice();
  const identity = Uint8Array.of(1, ...new Array(31).fill(0));
  value.set(identity, value.length - 96);
  value.set(identity, value.length - 64);
  value.fill(0, value.length - 32);
  assert.ok(!verifySignature('test', GOLDEN_PROFILE_KEY, value));
});

test('key bytes keep the order of text and give it back', () => {
  const texts = ['', '\0', '\0\0', '\0\u0001', '\u0001', '\u0001\0', '\u0002', 'a', 'a\0', 'a\0b', 'aa', 'é', '\ufeff', '😀'];
  const encoded = texts.map(textKey);
  assert.equal(hex(textKey('a\0\u0001b')), '6101000101' + '6200');
  assert.deepEqual(encoded.map(readTextKey), texts);
  assert.deepEqual([...encoded].sort(Buffer.compare), encoded);
  for (const wrong of ['', '61', '610062', '0102', '01', 'ff00']) {
    assert.throws(() => readTextKey(bytes(wrong)), InvalidRecord, wrong);
  }
  assert.throws(() => textKey('\ud800'), refused('text'));
  assert.throws(() => recordKey(note, 'x'.repeat(1024)), refused('key-too-long'));
});

test('integers have one encoding', () => {
  const lengths = { 0: '00', 250: 'fa', 251: 'fbfb00', 65535: 'fbffff', 65536: 'fc00000100', 4294967296: 'fd0000000001000000' };
  for (const [number, encoding] of Object.entries(lengths)) {
    assert.equal(hex(encodeVarint(Number(number))), encoding);
    assert.deepEqual(decodeVarint(bytes(encoding)), [Number(number), encoding.length / 2]);
  }
  for (const wrong of ['fbfa00', 'fcffff0000', 'fdffffffff00000000', 'fb00', 'fe', 'ff']) {
    assert.throws(() => decodeVarint(bytes(wrong)), refused('payload'), wrong);
  }

  const versions = { 1: '01', 127: '7f', 128: '8001', 16384: '808001', 4294967295: 'ffffffff0f' };
  for (const [number, encoding] of Object.entries(versions)) {
    assert.equal(hex(encodeLeb128(Number(number))), encoding);
    assert.deepEqual(decodeLeb128(bytes(encoding), 0), [Number(number), encoding.length / 2]);
  }
  for (const wrong of ['00', '8000', '8100', 'ffffffff1f', '808080808001', '80']) {
    assert.throws(() => decodeLeb128(bytes(wrong), 0), refused('envelope'), wrong);
  }
});

test('payloads of any length are read back, and nothing else is', () => {
  for (const length of [0, 1, 250, 251, 65535, 65536]) {
    const value = { title: 't', text: 'x'.repeat(length) };
    assert.deepEqual(decodePayload(note, encodePayload(note, value)), value);
  }
  for (const wrong of ['', '0161', '0161ff', '016102ff', '01610000', '0161' + '01ff', 'fb0100' + '6100']) {
    assert.throws(() => decodePayload(note, bytes(wrong)), InvalidRecord, wrong);
  }
});

test('a record must follow every rule', async () => {
  const value = { title: 'hi', text: 'there' };
  const made = (options) => makeRecord('test', note, value, { now: NOW, ...options });
  const refuses = async (code, { key = GOLDEN_NOTE_KEY, value = GOLDEN_NOTE_VALUE }) =>
    assert.throws(() => read(key, value), refused(code), code);

  await refuses('wrong-key', { key: recordKey(note, 'ho') });
  await refuses('unknown-schema', { key: recordKey({ ...note, name: 'none' }, 'hi') });
  await refuses('unknown-schema', { key: recordKey({ ...note, name: 'constructor' }, 'hi') });
  await refuses('access', { key: recordKey({ ...note, access: 'l' }, 'hi') });
  await refuses('not-readable', await makeRecord('test', { ...note, version: 2 }, value, { now: NOW }));
  await refuses('envelope', { value: GOLDEN_NOTE_VALUE.subarray(0, 13) });
  await refuses('not-readable', { value: changed(GOLDEN_NOTE_VALUE, 8) }); // another codec
  await refuses('envelope', { value: changed(GOLDEN_NOTE_VALUE, 8, 0b1000) }); // another envelope
  await refuses('payload', { value: GOLDEN_NOTE_VALUE.subarray(0, -1) });

  assert.deepEqual(read(GOLDEN_NOTE_KEY, (await made({ now: NOW + 10 * MINUTE })).value), value);
  await refuses('clock-ahead', await made({ now: NOW + 10 * MINUTE + 1 }));
  await refuses('no-lease', await made({ lease: null }));
  await refuses('lease-over', await made({ lease: 0 }));
  assert.deepEqual(read(GOLDEN_NOTE_KEY, (await made({ lease: WEEK + 10 * MINUTE })).value), value);
  await refuses('lease-too-long', await made({ lease: WEEK + 10 * MINUTE + 2000 }));

  const signed = encodeEnvelope({ millis: NOW, signed: true, notAfter: NOW / 1000 + 1, payload: new Uint8Array(96) });
  await refuses('unexpected-signature', { value: signed });
});

test('an owned record needs the signature of the owner that leads its key', async () => {
  const ada = { handle: 'ada', about: 'about' };
  const theirs = await makeRecord('test', profile, ada, { signer: signer(8), now: NOW });
  const refuses = (code, value) => assert.throws(() => read(GOLDEN_PROFILE_KEY, value), refused(code), code);

  refuses('wrong-signer', theirs.value);
  refuses('bad-signature', changed(GOLDEN_PROFILE_VALUE, -1));
  refuses('unsigned', encodeEnvelope({ millis: NOW, notAfter: NOW / 1000 + 1, payload: encodePayload(profile, ada) }));
});

test('a tombstone says that a key was removed, and outlives what it deletes', async () => {
  const ada = { handle: 'ada' };
  const { key, value } = await makeRecord('test', profile, ada, { signer: alice, tombstone: true, now: NOW });
  assert.equal(read(key, value), null);
  assert.equal(parseEnvelope(value).notAfter, (NOW + WEEK + 20 * MINUTE) / 1000);
  assert.throws(() => read(key, value, { now: NOW + WEEK + 20 * MINUTE }), refused('lease-over'));
  const withCodec = await signEnvelope('test', key, { ...parseEnvelope(value), codec: 1 }, alice);
  assert.throws(() => read(key, withCodec), refused('envelope'));
});

test('the larger value wins', async () => {
  const at = async (millis, options) =>
    (await makeRecord('test', note, { title: 'hi', text: 'there' }, { now: millis, ...options })).value;
  const values = [
    await at(NOW),
    await at(NOW + 1, { tombstone: true }),
    await at(NOW + 1, { lease: WEEK }),
    await at(NOW + 1, { lease: WEEK + MINUTE }),
  ];
  assert.equal(select(values), 1);
  values.splice(1, 1);
  assert.equal(select(values), 2);
  assert.equal(select([values[0]]), 0);
});

// The same with one bit of a byte changed.
function changed(array, at, bit = 1) {
  const copy = array.slice();
  copy[at < 0 ? copy.length + at : at] ^= bit;
  return copy;
}
