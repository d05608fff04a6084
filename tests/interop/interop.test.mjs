// Rust and JavaScript peers of one network, each in the other's routing table.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { OPAQUE, SCHEMAS, encodeEnvelope, encodePayload, parseEnvelope, select } from './netabase.mjs';
import { RustPeer, rustPeerProgram, withTimeout } from './rust-peer.mjs';
import { Peer } from './swarm.mjs';

const { note, profile } = SCHEMAS;

const NETWORK = 'my-app';
const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;
// A record may have 32 KiB, its key included.
const LARGE = 'x'.repeat(32_700);
const PROGRAM = fileURLToPath(new URL('peer.mjs', import.meta.url));

let program;
let missing;
try {
  program = rustPeerProgram();
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
  missing = 'no Rust peer: set NETABASE_INTEROP_PEER, or install cargo';
}

// Tests wait for time-outs, not for each other: each has peers of its own.
describe('Rust and JavaScript peers', { skip: missing, concurrency: true, timeout: 300_000 }, () => {
  test('what Rust publishes, JavaScript finds byte for byte', async (t) => {
    const { rust } = await network(t);
    const open = await rust.publish('note', 'hi', 'from rust');
    const owned = await rust.publish('profile', 'ada', 'a profile');

    const reader = await jsPeer(t, rust);
    assert.deepEqual(reader.key(note, 'hi'), open.key);
    assert.deepEqual(await reader.get(open.key), {
      value: open.value,
      decoded: { title: 'hi', text: 'from rust' },
    });
    assert.deepEqual(reader.key(profile, 'ada', rust.id), owned.key);
    assert.deepEqual(await reader.get(owned.key), {
      value: owned.value,
      decoded: { handle: 'ada', about: 'a profile' },
    });
    assert.equal(await reader.get(reader.key(note, 'none')), undefined);

    const large = await rust.publish('note', 'large', LARGE);
    assert.equal((await reader.get(large.key)).decoded.text, LARGE);

    // And Rust writes the bytes that JavaScript would.
    const { millis, counter, notAfter } = parseEnvelope(open.value);
    const payload = encodePayload(note, { title: 'hi', text: 'from rust' });
    assert.deepEqual(encodeEnvelope({ millis, counter, notAfter, payload }), open.value);
    assert.ok(Math.abs(millis - Date.now()) < MINUTE, 'its clock is the time');
    assert.equal(notAfter, Math.ceil((millis + WEEK) / 1000));
  });

  test('what JavaScript puts, Rust holds and reads as a typed value', async (t) => {
    const { rust, js } = await network(t);

    await acknowledged(js, await js.record(note, { title: 'hi', text: 'from js' }), rust);
    assert.equal(await rust.held('note', 'hi'), 'from js');
    assert.equal(await rust.get('note', 'hi'), 'from js');

    // A text whose length, and a title whose key bytes, need more than plain bytes.
    const long = 'é'.repeat(1000);
    await acknowledged(js, await js.record(note, { title: 'title/\u0001😀', text: long }), rust);
    assert.equal(await rust.held('note', 'title/\u0001😀'), long);

    await acknowledged(js, await js.record(note, { title: 'large', text: LARGE }), rust);
    assert.equal(await rust.get('note', 'large'), LARGE);

    await acknowledged(js, await js.record(profile, { handle: 'bob', about: 'signed in js' }), rust);
    assert.equal(await rust.held('profile', js.id, 'bob'), 'signed in js');
    assert.equal(await rust.get('profile', js.id, 'bob'), 'signed in js');
  });

  test('one Rust peer finds at a JavaScript peer what another published', async (t) => {
    const { rust, js } = await network(t);
    await rust.publish('note', 'hi', 'from rust');
    const owner = rust.id;
    await rust.publish('profile', 'ada', 'a profile');
    await rust.stop();

    const other = await rustPeer(t);
    await connect(js, other);
    assert.equal(await other.held('note', 'hi'), undefined);
    assert.equal(await other.get('note', 'hi'), 'from rust');
    assert.equal(await other.get('profile', owner, 'ada'), 'a profile');
  });

  test('of two values of a key the larger bytes win on both sides', async (t) => {
    const { rust, js } = await network(t);
    const ofRust = await rust.publish('note', 'hi', 'rust, now');
    const now = parseEnvelope(ofRust.value).millis;

    // An older one is refused on both sides.
    const older = await js.record(note, { title: 'hi', text: 'js, earlier' }, { now: now - MINUTE });
    await refused(js, older, rust);
    await refused(await jsPeer(t, js), older, js);
    await assert.rejects(js.put(older), { code: 'outdated' });
    assert.equal(await rust.get('note', 'hi'), 'rust, now');
    assert.deepEqual((await js.get(ofRust.key)).value, ofRust.value);

    // A newer one wins everywhere.
    const newer = await js.record(note, { title: 'hi', text: 'js, later' }, { now: now + MINUTE });
    await acknowledged(js, newer, rust);
    assert.equal(await rust.get('note', 'hi'), 'js, later');
    assert.deepEqual((await js.get(newer.key)).value, newer.value);

    // The clock is the same: the bytes decide.
    const [a, b] = await Promise.all(
      ['a', 'b'].map((text) => js.record(note, { title: 'hi', text }, { now: now + 2 * MINUTE })),
    );
    assert.equal(select([a.value, b.value]), 1);
    await acknowledged(js, b, rust);
    await refused(js, a, rust);
    await assert.rejects(js.put(a), { code: 'outdated' });
    assert.equal(await rust.get('note', 'hi'), 'b');
  });

  test('a JavaScript reader corrects the stale copy of a Rust peer', async (t) => {
    const rust = await rustPeer(t);
    const lonely = await jsPeer(t);
    const now = Date.now();
    const newer = await lonely.record(note, { title: 'hi', text: 'newer' }, { now: now + MINUTE });
    assert.deepEqual((await lonely.put(newer)).acknowledged, [], 'nobody is there');

    const other = await jsPeer(t, rust);
    await acknowledged(other, await other.record(note, { title: 'hi', text: 'older' }, { now }), rust);
    assert.equal(await rust.held('note', 'hi'), 'older');

    await connect(lonely, rust);
    assert.deepEqual((await lonely.get(newer.key)).value, newer.value);
    assert.equal(await rust.held('note', 'hi'), 'newer');
  });

  test('a Rust reader takes the newer value that a JavaScript peer has', async (t) => {
    const js = await jsPeer(t);
    const newer = await js.record(note, { title: 'hi', text: 'newer' }, { now: Date.now() + MINUTE });
    assert.deepEqual((await js.put(newer)).acknowledged, [], 'nobody is there');
    const rust = await rustPeer(t);
    const other = await jsPeer(t, rust);
    await acknowledged(other, await other.record(note, { title: 'hi', text: 'older' }), rust);
    await other.stop();

    await connect(js, rust);
    assert.equal(await rust.held('note', 'hi'), 'older');
    assert.equal(await rust.get('note', 'hi'), 'newer');
  });

  test('a key that was removed on one side is removed on the other', async (t) => {
    const { rust, js } = await network(t);

    const { key } = await rust.publish('profile', 'ada', 'a profile');
    await rust.ask('remove profile ada', 'removed');
    assert.equal((await js.get(key)).decoded, null);

    await acknowledged(js, await js.record(profile, { handle: 'bob', about: 'signed in js' }), rust);
    await acknowledged(js, await js.record(profile, { handle: 'bob' }, { tombstone: true }), rust);
    assert.equal(await rust.get('profile', js.id, 'bob'), undefined);
  });

  test('a codec that neither side reads passes through both', async (t) => {
    const { rust, js: author } = await network(t);
    const holder = await jsPeer(t);
    await author.meet(holder.address);
    const now = Date.now();
    const envelope = { millis: now, notAfter: Math.ceil(now / 1000) + 60 };
    const payload = Buffer.from('of a later program');
    const record = await author.coded(profile, 'ada', 5, payload, envelope);

    // Rust holds and serves it, and says why it is no value.
    await acknowledged(author, record, rust);
    const reader = await jsPeer(t, rust);
    assert.deepEqual(await reader.get(record.key), { value: record.value, decoded: OPAQUE });
    assert.equal(await rust.held('profile', author.id, 'ada'), undefined);
    await assert.rejects(rust.get('profile', author.id, 'ada'), /payload codec 5/);

    // Its author renews it as it is, and the renewed one wins on both sides.
    const renewed = await author.renew(record);
    const { codec, payload: same, notAfter } = parseEnvelope(renewed.value);
    assert.deepEqual([codec, Buffer.from(same), notAfter > envelope.notAfter], [5, payload, true]);
    for (const peer of [rust, holder]) {
      await acknowledged(author, renewed, peer);
      await refused(author, record, peer, 'it is older');
    }

    // JavaScript holds and serves it, too.
    await rust.stop();
    await author.stop();
    const other = await rustPeer(t);
    await connect(holder, other);
    await assert.rejects(other.get('profile', author.id, 'ada'), /payload codec 5/);
    const last = await jsPeer(t, other);
    assert.deepEqual((await last.get(record.key)).value, renewed.value);
  });

  test('a tombstone removes what neither side reads', async (t) => {
    const { rust, js } = await network(t);
    const now = Date.now();
    const envelope = { millis: now - MINUTE, notAfter: Math.ceil(now / 1000) + 60 };
    const record = await js.coded(profile, 'ada', 1, Buffer.from('?'), envelope);
    await acknowledged(js, record, rust);
    const withCodec = { ...envelope, tombstone: true, millis: now };
    await refused(js, await js.coded(profile, 'ada', 1, undefined, withCodec), rust, 'it has a codec');
    await acknowledged(js, await js.record(profile, { handle: 'ada' }, { tombstone: true }), rust);
    assert.equal(await rust.get('profile', js.id, 'ada'), undefined);
  });

  test('Rust refuses what does not follow the rules', async (t) => {
    const { rust, js } = await network(t);
    const value = { title: 'hi', text: 'there' };
    const now = Date.now();
    const noteAt = (options) => js.record(note, value, { now, ...options });
    const good = await noteAt();
    const mallory = await jsPeer(t);
    const forged = await mallory.record(profile, { handle: 'bob', about: 'forged' });
    const mine = await js.record(profile, { handle: 'bob', about: 'mine' });

    const invalid = {
      'the key of another value': { ...good, key: js.key(note, 'ho') },
      'a byte behind the payload': { ...good, value: Buffer.concat([good.value, Buffer.alloc(1)]) },
      'a clock that is ahead': await noteAt({ now: now + 11 * MINUTE }),
      'no lease': await noteAt({ lease: null }),
      'a lease that is over': await noteAt({ lease: -MINUTE }),
      'a lease that is too long': await noteAt({ lease: WEEK + 11 * MINUTE }),
      'another codec, unsigned': { ...good, value: withFlags(good.value, 0b0000_0001) },
      'another envelope': { ...good, value: withFlags(good.value, 0b0001_1000) },
      'an unknown schema': { ...good, key: js.key({ ...note, name: 'other' }, 'hi') },
      'a local schema': { ...good, key: js.key({ ...note, access: 'l' }, 'hi') },
      'the signature of another': { key: mine.key, value: forged.value },
      'a signature for another key': { key: js.key(profile, 'eve', js.id), value: mine.value },
      'no signature': { key: mine.key, value: encodeEnvelope({ ...parseEnvelope(mine.value) }) },
    };
    // All at once: kad 0.49 often forgets to wake the stream that it closes to say no, and js-libp2p
    // then waits for five seconds.
    await Promise.all(Object.entries(invalid).map(([what, record]) => refused(js, record, rust, what)));

    for (const title of ['hi', 'ho']) assert.equal(await rust.held('note', title), undefined);
    for (const handle of ['bob', 'eve']) {
      assert.equal(await rust.held('profile', js.id, handle), undefined);
    }
    // It was them, not the way.
    await acknowledged(js, good, rust);
    await acknowledged(js, mine, rust);
  });

  test('so does JavaScript', async (t) => {
    const careful = await jsPeer(t);
    const js = await jsPeer(t, careful);
    const good = await js.record(note, { title: 'hi', text: 'there' });

    await refused(js, { ...good, key: js.key(note, 'ho') }, careful);
    await refused(js, await js.record(note, { title: 'hi', text: '' }, { lease: null }), careful);
    await acknowledged(js, good, careful);
  });

  test('signatures of another network are worth nothing', async (t) => {
    const { rust, js } = await network(t);
    const elsewhere = await jsPeer(t, undefined, 'other-app');
    const theirs = await elsewhere.record(profile, { handle: 'eve', about: 'elsewhere' });
    await refused(js, theirs, rust);
    assert.equal(await rust.held('profile', elsewhere.id, 'eve'), undefined);
  });

  test('the command line does the same', async (t) => {
    const rust = await rustPeer(t);
    const listening = spawn(process.execPath, [PROGRAM, '--network', NETWORK, 'listen']);
    t.after(async () => {
      listening.kill();
      await once(listening, 'exit');
    });
    const lines = createInterface({ input: listening.stdout })[Symbol.asyncIterator]();
    const { value: address } = await withTimeout(lines.next(), 'for the address');

    const dials = ['--dial', rust.address, '--dial', address];
    const put = await command(...dials, 'put', 'note', 'hi', 'from a shell');
    assert.equal(put.at(-1), 'acknowledged by 2');
    assert.equal(await rust.held('note', 'hi'), 'from a shell');
    const [value, decoded] = await command(...dials, 'get', 'note', 'hi');
    assert.equal(value, put[0]);
    assert.deepEqual(JSON.parse(decoded), { title: 'hi', text: 'from a shell' });
    assert.deepEqual(await command(...dials, 'get', 'profile', rust.id, 'ada'), ['none']);
  });
});

// The same with some bits of the flags changed.
function withFlags(value, bits) {
  const copy = value.slice();
  copy[8] ^= bits;
  return copy;
}

async function command(...args) {
  const all = [PROGRAM, '--network', NETWORK, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, all);
  return stdout.trim().split('\n');
}

// A Rust and a JavaScript peer that know each other.
async function network(t) {
  const rust = await rustPeer(t);
  return { rust, js: await jsPeer(t, rust) };
}

async function rustPeer(t) {
  const peer = await RustPeer.start(program, NETWORK);
  t.after(() => peer.stop());
  return peer;
}

async function jsPeer(t, known, name = NETWORK) {
  const peer = await Peer.start(name);
  t.after(() => peer.stop());
  if (known !== undefined) await connect(peer, known);
  return peer;
}

async function connect(js, other) {
  await js.meet(other.address);
  if (other instanceof RustPeer) await other.meet(js);
}

async function acknowledged(js, record, by) {
  const put = await js.put(record);
  assert.ok(put.acknowledged.includes(by.id), put.failed.map(({ error }) => error.message).join());
}

async function refused(js, record, by, what) {
  const put = await js.send(record, by);
  assert.deepEqual(put.acknowledged, [], what);
  assert.equal(put.failed.length, 1, what);
}
