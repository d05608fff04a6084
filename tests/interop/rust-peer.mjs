// A Rust peer in a process of its own, asked line by line.

import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

const TIMEOUT_MS = 30_000;

// The program: NETABASE_INTEROP_PEER, or what cargo builds. Throws if there is neither.
export function rustPeerProgram() {
  const given = process.env.NETABASE_INTEROP_PEER;
  if (given) return given;
  const args = ['build', '--locked', '-p', 'netabase-interop-peer', '--message-format=json'];
  const built = spawnSync('cargo', args, {
    cwd: new URL('.', import.meta.url),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (built.error) throw built.error;
  if (built.status !== 0) throw new Error('cargo could not build the Rust peer');
  const programs = built.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line).executable)
    .filter((executable) => executable);
  return programs.at(-1);
}

export class RustPeer {
  #child;
  #lines;
  #address;

  static async start(program, network) {
    const peer = new RustPeer();
    peer.#child = spawn(program, [network], { stdio: ['pipe', 'pipe', 'inherit'] });
    peer.#lines = createInterface({ input: peer.#child.stdout })[Symbol.asyncIterator]();
    [, peer.#address] = await peer.#answer('listening');
    return peer;
  }

  get address() {
    return this.#address;
  }

  get id() {
    return this.#address.split('/').at(-1);
  }

  // The answer to one line, which begins with the word `expected`, split there.
  async ask(line, expected) {
    this.#child.stdin.write(`${line}\n`);
    return this.#answer(expected);
  }

  meet(peer) {
    return this.ask(`meet ${peer.id}`, 'met');
  }

  // The bytes of the record that was published.
  async publish(...words) {
    const [, record] = await this.ask(['publish', ...words].join(' '), 'published');
    const [key, value] = record.split(' ').map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));
    return { key, value };
  }

  // What it finds on the network: the last field of the value, or undefined.
  get(...words) {
    return this.#text(`get ${words.join(' ')}`);
  }

  // What it holds itself, also for others.
  held(...words) {
    return this.#text(`held ${words.join(' ')}`);
  }

  // It ends with its stdin.
  stop() {
    if (this.#child.exitCode !== null) return undefined;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin.end();
    return ended;
  }

  async #text(line) {
    const [word, text] = await this.ask(line, /^(found|none)$/);
    return word === 'found' ? text : undefined;
  }

  async #answer(expected) {
    const { done, value: line } = await withTimeout(this.#lines.next(), `waiting for ${expected}`);
    if (done) throw new Error('the Rust peer has ended');
    const [, word, rest] = /^(\S+) ?(.*)$/.exec(line);
    const matches = expected instanceof RegExp ? expected.test(word) : expected === word;
    if (!matches) throw new Error(`expected ${expected}, but the Rust peer said: ${line}`);
    return [word, rest];
  }
}

export async function withTimeout(promise, what) {
  let timer;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`timed out ${what}`)), TIMEOUT_MS);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
