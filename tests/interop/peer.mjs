// A peer on the command line.
//
//     node peer.mjs --network my-app listen
//     node peer.mjs --network my-app --dial <address> get note <title>
//     node peer.mjs --network my-app --dial <address> get profile <owner> <handle>
//     node peer.mjs --network my-app --dial <address> put note <title> <text>
//     node peer.mjs --network my-app --dial <address> put profile <handle> <about>
//
// `--dial` can be given several times; addresses end in /p2p/<peer id>.

import { once } from 'node:events';
import { parseArgs } from 'node:util';

import { OPAQUE, SCHEMAS } from './netabase.mjs';
import { Peer } from './swarm.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    network: { type: 'string', default: 'netabase' },
    dial: { type: 'string', multiple: true, default: [] },
  },
});

const COMMANDS = { listen, get, put };

const [command, ...args] = positionals;
if (!Object.hasOwn(COMMANDS, command ?? '')) throw new Error('usage: see the top of peer.mjs');

const peer = await Peer.start(options.network);
try {
  for (const address of options.dial) await peer.meet(address);
  await COMMANDS[command](...args);
} finally {
  await peer.stop();
}

// Serves until it is told to stop.
async function listen() {
  console.log(peer.address);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}

async function get(name, ...words) {
  const schema = schemaOf(name);
  const [owner, keyText] = schema.access === 'o' ? words : [undefined, ...words];
  if (keyText === undefined) throw new Error('get needs a key');
  const found = await peer.get(peer.key(schema, keyText, owner));
  if (found === undefined) {
    console.log('none');
    return;
  }
  console.log(Buffer.from(found.value).toString('hex'));
  const texts = new Map([[null, 'deleted'], [OPAQUE, 'not readable here']]);
  console.log(texts.get(found.decoded) ?? JSON.stringify(found.decoded));
}

async function put(name, ...words) {
  const schema = schemaOf(name);
  if (words.length !== schema.fields.length) throw new Error(`put needs ${schema.fields.join(' and ')}`);
  const value = Object.fromEntries(schema.fields.map((field, index) => [field, words[index]]));
  const record = await peer.record(schema, value);
  const { acknowledged, failed } = await peer.put(record);
  console.log(Buffer.from(record.value).toString('hex'));
  console.log(`acknowledged by ${acknowledged.length}`);
  for (const { from, error } of failed) console.error(`${from}: ${error.message}`);
  if (acknowledged.length === 0) process.exitCode = 1;
}

function schemaOf(name) {
  if (!Object.hasOwn(SCHEMAS, name ?? '')) {
    throw new Error(`a schema is one of ${Object.keys(SCHEMAS).join(', ')}`);
  }
  return SCHEMAS[name];
}
