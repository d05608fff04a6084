// A js-libp2p node of a netabase network: TCP, noise, yamux, identify, ping, Kademlia.

import './node20.mjs';

import { once } from 'node:events';

import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import { generateKeyPair } from '@libp2p/crypto/keys';
import { identify } from '@libp2p/identify';
import { Record, kadDHT, passthroughMapper } from '@libp2p/kad-dht';
import { peerIdFromString } from '@libp2p/peer-id';
import { ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';

import { makeRecord, readRecord, recordKey, renewRecord, select, signEnvelope } from './netabase.mjs';
import { RecordStore } from './records.mjs';

const TIMEOUT_MS = 30_000;

export class Peer {
  #network;
  #libp2p;
  #privateKey;

  constructor(network, libp2p, privateKey) {
    this.#network = network;
    this.#libp2p = libp2p;
    this.#privateKey = privateKey;
  }

  // Listens on a free port of the loopback interface.
  static async start(network) {
    const privateKey = await generateKeyPair('Ed25519');
    const libp2p = await createLibp2p({
      start: false,
      privateKey,
      datastore: new RecordStore(network),
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: {
        identify: identify(),
        ping: ping(),
        dht: kadDHT({
          protocol: `/netabase/${network}/kad/1.0.0`,
          clientMode: false,
          // The default forgets peers with private addresses only.
          peerInfoMapper: passthroughMapper,
          // `meet` waits for the peers a query needs.
          allowQueryWithZeroPeers: true,
          validators: { netabase: async (key, value) => void readRecord(network, key, value) },
          selectors: { netabase: (_key, values) => select(values) },
        }),
      },
    });
    // Its option `protocolPrefix` would change identify's own protocol name, too, which is the same
    // in every network.
    libp2p.services.identify.host.protocolVersion = `/netabase/${network}/1.0.0`;
    await libp2p.start();
    return new Peer(network, libp2p, privateKey);
  }

  get id() {
    return this.#libp2p.peerId.toString();
  }

  // With its peer id.
  get address() {
    return this.#libp2p.getMultiaddrs()[0].toString();
  }

  // What signs this peer's owned records.
  get signer() {
    return {
      publicKey: this.#privateKey.publicKey.raw,
      sign: async (message) => this.#privateKey.sign(message),
    };
  }

  stop() {
    return this.#libp2p.stop();
  }

  // Dials a peer, and waits until queries would ask it.
  async meet(address) {
    const { routingTable } = this.#libp2p.services.dht;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const { remotePeer } = await this.#libp2p.dial(multiaddr(address), { signal });
    while ((await routingTable.find(remotePeer)) === undefined) {
      await once(routingTable, 'peer:add', { signal });
    }
  }

  key(schema, keyText, owner) {
    const ownerBytes = owner === undefined ? undefined : peerIdFromString(owner).toMultihash().bytes;
    return recordKey(schema, keyText, ownerBytes);
  }

  record(schema, value, options = {}) {
    return makeRecord(this.#network, schema, value, { signer: this.signer, ...options });
  }

  // A record of an owned schema whose payload is encoded in another way than here: `payload` is its bytes.
  async coded(schema, keyText, codec, payload, envelope = {}) {
    const key = this.key(schema, keyText, this.id);
    const all = { schemaVersion: schema.version, codec, payload, ...envelope };
    return { key, value: await signEnvelope(this.#network, key, all, this.signer) };
  }

  // The same record with a new lease.
  renew(record, now = Date.now()) {
    return renewRecord(this.#network, record, this.signer, now);
  }

  // `{ value, decoded }` of the winner among what peers and this one hold; undefined if there is none.
  // `decoded` is null if the record was removed, and OPAQUE if nothing here can read it.
  async get(key) {
    const options = { signal: AbortSignal.timeout(TIMEOUT_MS) };
    let value;
    // The last one is the winner; peers that hold another one have been corrected by then.
    for await (const event of this.#libp2p.services.dht.get(key, options)) {
      if (event.name === 'VALUE') value = event.value;
    }
    if (value === undefined) return undefined;
    const bytes = new Uint8Array(value);
    return { value: bytes, decoded: readRecord(this.#network, key, bytes) };
  }

  // Stores a record here and sends it to the closest peers. Who confirmed it, and who did not.
  //
  // Throws if it is not valid, or something newer is stored here.
  async put({ key, value }) {
    readRecord(this.#network, key, value);
    const options = { signal: AbortSignal.timeout(TIMEOUT_MS) };
    return answers(this.#libp2p.services.dht.put(key, value, options), value);
  }

  // Sends a record to one peer, whatever it is, and stores nothing.
  async send({ key, value }, peer) {
    const record = new Record(key, value, new Date()).serialize();
    const message = { type: 'PUT_VALUE', key, record };
    const options = { signal: AbortSignal.timeout(TIMEOUT_MS), path: { index: -1 } };
    const { network } = this.#libp2p.services.dht;
    return answers(refusals(network.sendRequest(peerIdFromString(peer.id), message, options), value), value);
  }
}

async function answers(events, value) {
  const acknowledged = [];
  const failed = [];
  for await (const event of events) {
    if (event.name === 'QUERY_ERROR') failed.push(event);
    if (event.messageName !== 'PUT_VALUE' || !isAcknowledged(event, value)) continue;
    acknowledged.push(event.from.toString());
  }
  return { acknowledged, failed };
}

// js-libp2p's own put adds an error for each answer that does not bring the value back; a bare request does not.
async function* refusals(events, value) {
  for await (const event of events) {
    yield event;
    if (event.name !== 'PEER_RESPONSE' || isAcknowledged(event, value)) continue;
    yield { name: 'QUERY_ERROR', from: event.from, error: new Error('the value did not come back') };
  }
}

function isAcknowledged({ name, record }, value) {
  return name === 'PEER_RESPONSE' && record != null && Buffer.compare(record.value, value) === 0;
}
