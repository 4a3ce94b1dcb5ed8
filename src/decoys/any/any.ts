import { Buffer } from 'node:buffer';
import type { Decoy, DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { nameProtocol } from '../../wire/protocol-name.ts';
import { answerTo } from './answer.ts';
import { commandIn, exploitIn } from './attack.ts';

/** Octets that are held to be looked at, and after which a conversation ends. */
const heldLimit = 8192;
const totalLimit = 1024 * 1024;
const commandLimit = 32;
/** How sure the name must be before more bytes could speak against it, and at the end of a line or of it all. */
const sureAtOnce = 0.95;
const sureAtLine = 0.7;
const sureAtEnd = 0.5;

/** Lengths at which the bytes so far are looked at: densely at first, where most protocols show themselves. */
function isCheckpoint(length: number): boolean {
  if (length <= 64) return length >= 2 && (length < 20 || length % 4 === 0);
  if (length <= 256) return length % 16 === 0;
  return length <= 1024 ? length % 64 === 0 : length % 512 === 0;
}

/**
 * Listens more than it speaks. A stream has no messages, so the bytes are looked at where a line or a certain length is
 * reached, not where a packet happens to end: any split gives the same outputs. What is left is looked at when the client is done.
 */
class AnySession implements DecoySession {
  readonly #context: DecoyContext;
  #held: Buffer = Buffer.alloc(0);
  #looked = 0;
  #lineStart = 0;
  #total = 0;
  #commands = 0;
  #named = false;
  #closed = false;
  readonly #exploits = new Set<string>();

  constructor(context: DecoyContext) {
    this.#context = context;
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#closed) return;
    if (this.#context.transport === 'udp') {
      yield* this.#datagram(bytes);
      return;
    }
    this.#total += bytes.length;
    if (this.#held.length < heldLimit) {
      this.#held = Buffer.concat([this.#held, bytes.subarray(0, heldLimit - this.#held.length)]);
      yield* this.#look();
    }
    if (this.#total > totalLimit) {
      yield* this.end();
      yield { do: 'close' };
    }
  }

  *end(): Iterable<DecoyOutput> {
    if (this.#closed || this.#context.transport === 'udp') return;
    this.#closed = true;
    if (this.#held.length === 0) return;
    yield* this.#command(this.#held.subarray(this.#lineStart));
    yield* this.#exploit(this.#held);
    yield* this.#name(this.#held, sureAtEnd);
    if (!this.#named) yield { do: 'know', protocol: 'unknown' };
  }

  *#look(): Iterable<DecoyOutput> {
    while (this.#looked < this.#held.length) {
      const octet = this.#held[this.#looked];
      this.#looked += 1;
      const sofar = this.#held.subarray(0, this.#looked);
      if (octet === 0x0a || octet === 0) {
        yield* this.#command(this.#held.subarray(this.#lineStart, this.#looked));
        this.#lineStart = this.#looked;
      }
      if (octet === 0x0a) {
        yield* this.#exploit(sofar);
        yield* this.#name(sofar, sureAtLine);
      } else if (isCheckpoint(this.#looked)) {
        yield* this.#exploit(sofar);
        yield* this.#name(sofar, sureAtOnce);
      }
    }
  }

  *#name(bytes: Uint8Array, sure: number): Iterable<DecoyOutput> {
    if (this.#named) return;
    const { name, confidence } = nameProtocol(bytes, 'tcp');
    if (confidence < sure) return;
    this.#named = true;
    yield { do: 'know', protocol: name };
    const answer = answerTo(name, bytes);
    if (answer !== null) yield { do: 'reply', bytes: answer };
  }

  *#command(line: Uint8Array): Iterable<DecoyOutput> {
    if (this.#commands >= commandLimit || line.length < 4) return;
    const fact = commandIn(line);
    if (fact === null) return;
    this.#commands += 1;
    yield { do: 'saw', fact };
  }

  *#exploit(bytes: Uint8Array): Iterable<DecoyOutput> {
    const fact = exploitIn(bytes);
    if (fact === null || this.#exploits.has(fact.name)) return;
    this.#exploits.add(fact.name);
    yield { do: 'saw', fact };
  }

  *#datagram(bytes: Uint8Array): Iterable<DecoyOutput> {
    const { name, confidence } = nameProtocol(bytes, 'udp');
    const protocol = confidence >= sureAtEnd ? name : 'unknown';
    yield { do: 'know', protocol };
    const command = commandIn(bytes);
    if (command !== null) yield { do: 'saw', fact: command };
    const exploit = exploitIn(bytes);
    if (exploit !== null) yield { do: 'saw', fact: exploit };
    // An answer larger than what asked for it would make the decoy a weapon against a forged source.
    const answer = answerTo(protocol, bytes);
    if (answer !== null && answer.length <= bytes.length) yield { do: 'reply', bytes: answer };
  }
}

/** Every port for which there is no decoy of its own. */
export const any: Decoy = {
  name: 'any',
  summary: 'Every other port: names the protocol of the first bytes and keeps them',
  transport: 'both',
  ports: [],
  recognise: () => 0.01,
  open: (context) => new AnySession(context),
};
