// Netabase records in JavaScript, written from docs/design.md alone: record keys, envelopes,
// payloads, signatures, and what a peer checks before it keeps a record. Knows no libp2p.

import { createPublicKey, verify as verifyEd25519 } from 'node:crypto';

export const DEFAULT_MAX_LIFETIME_MS = 7 * 24 * 60 * 60 * 1000;

const MINUTE_MS = 60 * 1000;
const MAX_CLOCK_AHEAD_MS = 10 * MINUTE_MS;
const MAX_RECORD_KEY_BYTES = 1024;

// Two schemas. Both have a String as key, and two Strings as payload.
//
//     #[netabase(access = "open")]  struct Note    { #[netabase(key)] title: String,  text: String }
//     #[netabase(access = "owned")] struct Profile { #[netabase(key)] handle: String, about: String }
export const SCHEMAS = {
  note: { name: 'note', version: 1, access: 'w', fields: ['title', 'text'], key: 'title' },
  profile: { name: 'profile', version: 1, access: 'o', fields: ['handle', 'about'], key: 'handle' },
};

// What stands for the value of an owned record that follows the rules, but that nothing here can read: of an unknown
// schema, another version or another codec. It is kept and passed on as it is.
export const OPAQUE = Symbol('opaque');

// A record that does not follow the rules; `code` says which.
export class InvalidRecord extends Error {
  constructor(code, message = code) {
    super(message);
    this.name = 'InvalidRecord';
    this.code = code;
  }
}

const utf8 = new TextEncoder();
const ascii = (text) => utf8.encode(text);

const concat = (...parts) => new Uint8Array(Buffer.concat(parts));

// ---- Key bytes

// A String: 00 and 01 are escaped, and 00 ends it.
export function textKey(text) {
  const escaped = [];
  for (const byte of encodeUtf8(text)) {
    if (byte <= 1) escaped.push(1);
    escaped.push(byte);
  }
  return Uint8Array.from([...escaped, 0]);
}

// The String of which `bytes` are the key bytes, all of them.
export function readTextKey(bytes) {
  const text = [];
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === 0) {
      if (at + 1 !== bytes.length) throw new InvalidRecord('key-bytes', 'bytes after the key');
      return decodeUtf8(Uint8Array.from(text));
    }
    if (bytes[at] === 1) {
      at += 1;
      if (!(bytes[at] <= 1)) throw new InvalidRecord('key-bytes', 'not an escaped byte');
    }
    text.push(bytes[at]);
  }
  throw new InvalidRecord('key-bytes', 'the key is cut off');
}

// ---- Record keys

const OWNER_HEADER = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20);
const OWNER_BYTES = OWNER_HEADER.length + 32;

// The multihash of an ed25519 peer id.
export const ownerBytes = (publicKey) => concat(OWNER_HEADER, publicKey);

// `owner`: the 38 bytes of the owner's peer id, for owned schemas.
export function recordKey(schema, keyText, owner) {
  const prefix = ascii(`/netabase/${schema.name}/${schema.access}`);
  const key = concat(prefix, schema.access === 'o' ? owner : new Uint8Array(), textKey(keyText));
  if (key.length > MAX_RECORD_KEY_BYTES) throw new InvalidRecord('key-too-long');
  return key;
}

export function parseRecordKey(key) {
  if (key.length > MAX_RECORD_KEY_BYTES) throw new InvalidRecord('key-too-long');
  // One character a byte, so that indexes stay what they are.
  const match = /^\/netabase\/([a-z0-9_.-]{1,64})\/([low])/.exec(Buffer.from(key).toString('latin1'));
  if (match === null) throw new InvalidRecord('foreign-key');
  const [prefix, name, access] = match;
  const rest = key.subarray(prefix.length);
  if (access !== 'o') return { name, access, key: rest };
  const owner = rest.subarray(0, OWNER_BYTES);
  if (owner.length < OWNER_BYTES || !startsWith(owner, OWNER_HEADER)) {
    throw new InvalidRecord('foreign-key', 'the owner is not an ed25519 peer id');
  }
  return { name, access, owner, key: rest.subarray(OWNER_BYTES) };
}

// ---- Payloads: bincode 2, `standard()`

// A field is the name of a String, or `{ name, type: 'map' }`: a map of Strings to Strings.
export function encodePayload(schema, value) {
  const fields = schema.fields.map((field) =>
    typeof field === 'string' ? encodeText(value[field]) : encodeMap(value[field.name]),
  );
  return concat(...fields);
}

export function decodePayload(schema, payload) {
  const value = {};
  let rest = payload;
  for (const field of schema.fields) {
    if (typeof field === 'string') [value[field], rest] = decodeText(rest);
    else [value[field.name], rest] = decodeMap(rest);
  }
  if (rest.length > 0) throw new InvalidRecord('payload', 'bytes after the value');
  return value;
}

function encodeText(text) {
  const bytes = encodeUtf8(text);
  return concat(encodeVarint(bytes.length), bytes);
}

// The text at the start of `bytes`, and what follows it.
function decodeText(bytes) {
  const [length, start] = decodeVarint(bytes);
  const end = start + length;
  if (end > bytes.length) throw new InvalidRecord('payload', 'a String is cut off');
  return [decodeUtf8(bytes.subarray(start, end)), bytes.subarray(end)];
}

// The entries ascend by the bytes of their keys: equal maps have equal bytes.
function encodeMap(map) {
  const entries = [...map].map((entry) => entry.map(encodeText));
  entries.sort(([a], [b]) => Buffer.compare(a, b));
  return concat(encodeVarint(entries.length), ...entries.flat());
}

function decodeMap(bytes) {
  let [length, start] = decodeVarint(bytes);
  let rest = bytes.subarray(start);
  if (length > rest.length) throw new InvalidRecord('payload', 'a map is cut off');
  const map = new Map();
  let before;
  for (; length > 0; length -= 1) {
    const [key, behind] = decodeText(rest);
    const keyBytes = rest.subarray(0, rest.length - behind.length);
    if (before !== undefined && Buffer.compare(before, keyBytes) >= 0) {
      throw new InvalidRecord('payload', 'the keys of a map do not ascend');
    }
    before = keyBytes;
    const [value, next] = decodeText(behind);
    map.set(key, value);
    rest = next;
  }
  return [map, rest];
}

// Up to 250 in one byte; else 251, 252, 253 and 2, 4, 8 bytes, little-endian.
export function encodeVarint(number) {
  if (number <= 250) return Uint8Array.of(number);
  const bytes = Buffer.alloc(9);
  if (number <= 0xffff) {
    bytes[0] = 251;
    bytes.writeUInt16LE(number, 1);
    return bytes.subarray(0, 3);
  }
  if (number <= 0xffffffff) {
    bytes[0] = 252;
    bytes.writeUInt32LE(number, 1);
    return bytes.subarray(0, 5);
  }
  bytes[0] = 253;
  bytes.writeBigUInt64LE(BigInt(number), 1);
  return bytes;
}

// The number, and how many bytes it took: the fewest, or it is refused.
export function decodeVarint(bytes) {
  const buffer = Buffer.from(bytes);
  const size = { 251: 3, 252: 5, 253: 9 }[bytes[0]] ?? 1;
  if (buffer.length < size || bytes[0] > 253) throw new InvalidRecord('payload', 'not a length');
  const read = {
    1: () => buffer[0],
    3: () => buffer.readUInt16LE(1),
    5: () => buffer.readUInt32LE(1),
    9: () => Number(buffer.readBigUInt64LE(1)),
  };
  const number = read[size]();
  if (encodeVarint(number).length !== size) throw new InvalidRecord('payload', 'an integer is too long');
  return [number, size];
}

// ---- Envelopes

const HEADER_BYTES = 13;
const SIGNATURE_BYTES = 64;
const PUBLIC_KEY_BYTES = 32;

const TOMBSTONE = 1 << 7;
const SIGNED = 1 << 6;
const VERSION = 1 << 3;
const VERSION_MASK = 0b0011_1000;
const CODEC_MASK = 0b0000_0111;
// bincode 2, the only one that is read here.
const BINCODE = 0;

// A value without public key and signature; `signed` says whether they will follow.
export function encodeEnvelope({
  millis,
  counter = 0,
  tombstone = false,
  signed = false,
  codec = BINCODE,
  notAfter,
  schemaVersion = 1,
  payload = new Uint8Array(),
}) {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeBigUInt64BE((BigInt(millis) << 16n) | BigInt(counter), 0);
  header[8] = (tombstone ? TOMBSTONE : 0) | (signed ? SIGNED : 0) | VERSION | codec;
  header.writeUInt32BE(notAfter, 9);
  return concat(header, encodeLeb128(schemaVersion), payload);
}

export function parseEnvelope(value) {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (bytes.length <= HEADER_BYTES) throw new InvalidRecord('envelope', 'too short');
  const flags = bytes[8];
  if ((flags & VERSION_MASK) !== VERSION) throw new InvalidRecord('envelope', 'unknown version');
  const clock = bytes.readBigUInt64BE(0);
  const [schemaVersion, start] = decodeLeb128(value, HEADER_BYTES);
  const envelope = {
    millis: Number(clock >> 16n),
    counter: Number(clock & 0xffffn),
    tombstone: (flags & TOMBSTONE) !== 0,
    codec: flags & CODEC_MASK,
    notAfter: bytes.readUInt32BE(9),
    schemaVersion,
  };
  let end = value.length;
  if ((flags & SIGNED) !== 0) {
    end -= PUBLIC_KEY_BYTES + SIGNATURE_BYTES;
    if (end < start) throw new InvalidRecord('envelope', 'the signature is cut off');
    envelope.publicKey = value.subarray(end, end + PUBLIC_KEY_BYTES);
    envelope.signature = value.subarray(end + PUBLIC_KEY_BYTES);
  }
  envelope.payload = value.subarray(start, end);
  if (envelope.tombstone && (envelope.payload.length > 0 || envelope.codec !== 0)) {
    throw new InvalidRecord('envelope', 'a tombstone with a payload, or with a codec');
  }
  return envelope;
}

export function encodeLeb128(number) {
  const bytes = [];
  let rest = number;
  do {
    const group = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? group | 0x80 : group);
  } while (rest > 0);
  return Uint8Array.from(bytes);
}

// A number from 1 to 2^32 - 1 in its shortest form, and where it ends.
export function decodeLeb128(bytes, start) {
  let number = 0;
  for (let at = start; at < Math.min(bytes.length, start + 5); at += 1) {
    number += (bytes[at] & 0x7f) * 128 ** (at - start);
    if ((bytes[at] & 0x80) === 0) {
      // A last group of 0 could have been left off, or the number is 0.
      if (bytes[at] === 0 || number > 0xffffffff) break;
      return [number, at + 1];
    }
  }
  throw new InvalidRecord('envelope', 'not a canonical schema version');
}

// ---- Signatures

export function signatureMessage(network, key, valueWithoutSignature) {
  const keyLength = Buffer.alloc(4);
  keyLength.writeUInt32BE(key.length);
  return concat(
    ascii('netabase-record-v1\0'),
    Uint8Array.of(network.length),
    ascii(network),
    keyLength,
    key,
    valueWithoutSignature,
  );
}

export function verifySignature(network, key, value) {
  const { publicKey, signature } = parseEnvelope(value);
  if (isSmallOrder(publicKey) || isSmallOrder(signature.subarray(0, 32))) return false;
  const message = signatureMessage(network, key, value.subarray(0, value.length - SIGNATURE_BYTES));
  const x = Buffer.from(publicKey).toString('base64url');
  const jwk = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verifyEd25519(null, message, jwk, signature);
}

// The points with which one signature holds for many messages, without their sign bit.
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

function isSmallOrder(point) {
  const y = Buffer.from(point);
  y[31] &= 0x7f;
  return SMALL_ORDER.has(y.toString('hex'));
}

// ---- Records

// A new record of `value`, or of its removal: `{ key, value }` in bytes.
//
// `signer`, for owned schemas: `{ publicKey, sign(message) }`. Clock and lease begin `now`; a writer
// who has seen a value of the key passes a `now` that is later than its `millis`.
export async function makeRecord(network, schema, value, options = {}) {
  const { signer, tombstone = false, now = Date.now() } = options;
  const { lease = tombstone ? DEFAULT_MAX_LIFETIME_MS + 20 * MINUTE_MS : DEFAULT_MAX_LIFETIME_MS } =
    options;
  const owned = schema.access === 'o';
  const key = recordKey(schema, value[schema.key], owned ? ownerBytes(signer.publicKey) : undefined);
  const envelope = {
    millis: now,
    tombstone,
    notAfter: lease === null ? 0 : leaseEnd(now, lease),
    schemaVersion: schema.version,
    payload: tombstone ? undefined : encodePayload(schema, value),
  };
  if (!owned) return { key, value: encodeEnvelope(envelope) };
  return { key, value: await signEnvelope(network, key, envelope, signer) };
}

// The value that an envelope without signature becomes under a key of its signer.
export async function signEnvelope(network, key, envelope, signer) {
  const unsigned = concat(encodeEnvelope({ ...envelope, signed: true }), signer.publicKey);
  return concat(unsigned, await signer.sign(signatureMessage(network, key, unsigned)));
}

// An owned record with a lease that begins `now`, as its author renews it: the clock, the codec and the payload stay,
// whether or not they can be read here.
export async function renewRecord(network, { key, value }, signer, now = Date.now()) {
  const notAfter = leaseEnd(now, DEFAULT_MAX_LIFETIME_MS);
  return { key, value: await signEnvelope(network, key, { ...parseEnvelope(value), notAfter }, signer) };
}

const leaseEnd = (now, lease) => Math.ceil((now + lease) / 1000);

// What a record says: its value, null if it is a tombstone, or OPAQUE. Throws if it must not be kept.
export function readRecord(network, key, value, options = {}) {
  const { now = Date.now(), maxLifetime = DEFAULT_MAX_LIFETIME_MS } = options;
  const { name, access, owner, key: keyBytes } = parseRecordKey(key);
  const schema = Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name] : undefined;
  // Of owned records the signature says enough to keep them; for others nobody vouches.
  const isVouchedFor = access === 'o';
  if (schema === undefined && !isVouchedFor) {
    throw new InvalidRecord('unknown-schema', `unknown schema ${name}`);
  }
  if (schema !== undefined && schema.access !== access) {
    throw new InvalidRecord('access', `${name} is not '${access}'`);
  }

  const envelope = parseEnvelope(value);
  checkTimes(envelope, now, maxLifetime);
  checkSigner(envelope, owner);
  if (owner !== undefined && !verifySignature(network, key, value)) {
    throw new InvalidRecord('bad-signature');
  }

  if (envelope.schemaVersion !== schema?.version || envelope.codec !== BINCODE) {
    if (!isVouchedFor) throw new InvalidRecord('not-readable', 'another schema version or codec');
    return envelope.tombstone ? null : OPAQUE;
  }
  const keyText = readTextKey(keyBytes);
  if (envelope.tombstone) return null;
  const decoded = decodePayload(schema, envelope.payload);
  if (decoded[schema.key] !== keyText) throw new InvalidRecord('wrong-key', 'not the key of the value');
  return decoded;
}

function checkTimes({ millis, notAfter, tombstone }, now, maxLifetime) {
  if (millis - now > MAX_CLOCK_AHEAD_MS) throw new InvalidRecord('clock-ahead');
  if (notAfter === 0) throw new InvalidRecord('no-lease');
  if (now >= notAfter * 1000) throw new InvalidRecord('lease-over');
  // A second more, to which leases are rounded up.
  const slack = (tombstone ? 30 : 10) * MINUTE_MS + 1000;
  if (notAfter * 1000 - now > maxLifetime + slack) throw new InvalidRecord('lease-too-long');
}

function checkSigner({ publicKey }, owner) {
  if (owner === undefined) {
    if (publicKey !== undefined) throw new InvalidRecord('unexpected-signature');
    return;
  }
  if (publicKey === undefined) throw new InvalidRecord('unsigned');
  if (!equal(publicKey, owner.subarray(OWNER_HEADER.length))) throw new InvalidRecord('wrong-signer');
}

// The index of the winner among valid values of one key: the largest.
export function select(values) {
  let best = 0;
  values.forEach((value, index) => {
    if (Buffer.compare(value, values[best]) > 0) best = index;
  });
  return best;
}

// ---- Bytes

function encodeUtf8(text) {
  if (!text.isWellFormed()) throw new InvalidRecord('text', 'a lone surrogate is no text');
  return utf8.encode(text);
}

function decodeUtf8(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InvalidRecord('text', 'not UTF-8');
  }
}

const startsWith = (bytes, prefix) => equal(bytes.subarray(0, prefix.length), prefix);

const equal = (a, b) => Buffer.compare(a, b) === 0;
