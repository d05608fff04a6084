// Where a js-libp2p peer keeps its records. Its Kademlia compares values when it reads, but takes
// whatever valid record it is sent, also an older one: a Rust node that passes on what it holds
// would undo newer writes. So the comparison is made here.

import { Record } from '@libp2p/kad-dht';
import { MemoryDatastore } from 'datastore-core';

import { InvalidRecord, readRecord, select } from './netabase.mjs';

const PREFIX = '/dht/record/';

export class RecordStore extends MemoryDatastore {
  #network;

  constructor(network) {
    super();
    this.#network = network;
  }

  put(key, bytes, options) {
    if (key.toString().startsWith(PREFIX) && this.has(key)) this.#compare(this.get(key), bytes);
    return super.put(key, bytes, options);
  }

  #compare(heldBytes, newBytes) {
    const held = Record.deserialize(heldBytes);
    const { value } = Record.deserialize(newBytes);
    if (this.#isValid(held) && select([value, held.value]) === 1) throw new InvalidRecord('outdated');
  }

  // What has expired is in nobody's way.
  #isValid({ key, value }) {
    try {
      readRecord(this.#network, key, value);
      return true;
    } catch {
      return false;
    }
  }
}
