/** A connection or a datagram's sender: lines, blocks of data and binary requests in, answers and facts out. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import type { CommandFact } from '../../core/observation.ts';
import { urlsIn } from '../../wire/url-text.ts';
import { answerBinary, headLength, longestBody, loud, opcodeNames } from './binary.ts';
import { instanceFor, type MemcachedInstance } from './instance.ts';
import { answerLine, store, type Storage } from './text.ts';

/** A line without an end beyond this ends the connection. */
const longestLine = 8192;
const recordLimit = 1000;
const replyLimit = 32 * 1024 * 1024;
/** A value of this size is kept as a payload: caches are loaded with what shall be reflected at others. */
const payloadSize = 4096;
const payloadLimit = 8;

const readable = (text: string): string => text.slice(0, 1024).replaceAll(/[^\x20-\x7e]/g, '.');

const service = 'memcached';

/** How a request to answer at another's address looks: much is asked for by little. */
function fact(input: string, data: string): CommandFact {
  const urls = urlsIn(data.slice(0, 16_384));
  return { kind: 'command', service, input: readable(input), ...(urls.length > 0 ? { urls } : {}) };
}

export class MemcachedSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #instance: MemcachedInstance;
  #held: Buffer = Buffer.alloc(0);
  #isBinary: boolean | null = null;
  #storage: Storage | null = null;
  #line = '';
  #skip = 0;
  #afterSkip = '';
  #over = false;
  #records = 0;
  #replied = 0;
  #payloads = 0;
  /** For datagrams: the answer is gathered, to be framed or withheld as a whole. */
  #gathered: Buffer[] | null = null;

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#instance = instanceFor(context.persona, context.source, context.now());
    this.#instance.counts.connections += 1;
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#over) return;
    if (this.#context.transport === 'udp') yield* this.#datagram(Buffer.from(bytes));
    else {
      this.#held = this.#held.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#held, bytes]);
      yield* this.#work();
    }
  }

  /**
   * uint16 request id; uint16 sequence number; uint16 number of datagrams; uint16 0; then a request.
   * The answer goes out only where it is no larger than the request: what reflects at a forged address must not grow.
   */
  *#datagram(datagram: Buffer): Iterable<DecoyOutput> {
    if (datagram.length <= 8 || datagram.readUInt16BE(4) !== 1) return;
    this.#gathered = [];
    this.#held = datagram.subarray(8);
    this.#isBinary = null;
    this.#storage = null;
    this.#skip = 0;
    for (const output of this.#work()) if (output.do !== 'close') yield output;
    // Each datagram stands alone.
    this.#over = false;
    const answer = Buffer.concat(this.#gathered);
    this.#held = Buffer.alloc(0);
    const frame = Buffer.from(datagram.subarray(0, 8));
    frame.writeUInt16BE(0, 2);
    frame.writeUInt16BE(0, 6);
    if (answer.length === 0) return;
    if (answer.length + 8 <= datagram.length) yield { do: 'reply', bytes: Buffer.concat([frame, answer]) };
    else if (answer.length > 4 * datagram.length) {
      yield {
        do: 'saw',
        fact: {
          kind: 'exploit',
          service,
          class: 'protocol',
          name: 'memcached-amplification',
          cves: ['CVE-2018-1000115'],
          technique: 'T1498.002',
          detail: `${datagram.length} bytes ask for ${answer.length}`,
        },
      };
    }
  }

  *#work(): Iterable<DecoyOutput> {
    while (!this.#over && this.#held.length > 0) {
      this.#isBinary ??= this.#held[0] === 0x80;
      const before = this.#held.length;
      if (this.#isBinary) yield* this.#binary();
      else yield* this.#text();
      if (this.#held.length === before) return;
    }
  }

  *#reply(bytes: Buffer): Iterable<DecoyOutput> {
    if (bytes.length === 0) return;
    this.#replied += bytes.length;
    if (this.#gathered === null) yield { do: 'reply', bytes };
    else this.#gathered.push(bytes);
    if (this.#replied > replyLimit) yield* this.#close();
  }

  *#close(): Iterable<DecoyOutput> {
    this.#over = true;
    yield { do: 'close' };
  }

  *#record(input: string, data = ''): Iterable<DecoyOutput> {
    this.#records += 1;
    if (this.#records <= recordLimit) yield { do: 'saw', fact: fact(input, data) };
  }

  *#keep(key: string, value: string): Iterable<DecoyOutput> {
    if (value.length < payloadSize || this.#payloads >= payloadLimit) return;
    this.#payloads += 1;
    yield {
      do: 'capture',
      bytes: Buffer.from(value, 'latin1'),
      how: 'memcached-set',
      name: readable(key).slice(0, 250),
    };
  }

  *#text(): Iterable<DecoyOutput> {
    if (this.#skip > 0) {
      const taken = Math.min(this.#skip, this.#held.length);
      this.#skip -= taken;
      this.#held = this.#held.subarray(taken);
      if (this.#skip === 0 && this.#afterSkip !== '') yield* this.#reply(Buffer.from(this.#afterSkip));
      return;
    }
    const storage = this.#storage;
    if (storage !== null) {
      if (this.#held.length < storage.octets + 2) return;
      const value = this.#held.toString('latin1', 0, storage.octets);
      const isEnded = this.#held[storage.octets] === 13 && this.#held[storage.octets + 1] === 10;
      this.#storage = null;
      yield* this.#record(`${this.#line} ${value.slice(0, 256)}`, value);
      this.#held = this.#held.subarray(storage.octets + 2);
      if (!isEnded) {
        yield* this.#reply(Buffer.from('CLIENT_ERROR bad data chunk\r\n'));
        return;
      }
      yield* this.#keep(storage.key, value);
      const text = store(this.#instance, storage, value, this.#context.now());
      if (!storage.isQuiet) yield* this.#reply(Buffer.from(text, 'latin1'));
      return;
    }
    const end = this.#held.indexOf('\n');
    if (end < 0 || end > longestLine) {
      if (this.#held.length > longestLine) {
        if (/^gets? /.test(this.#held.toString('latin1', 0, 5)) && end > 0) {
          yield* this.#obey(this.#held.toString('latin1', 0, Math.min(end, 65_536)), end);
          return;
        }
        yield* this.#reply(Buffer.from('CLIENT_ERROR line too long\r\n'));
        yield* this.#close();
      }
      return;
    }
    yield* this.#obey(this.#held.toString('latin1', 0, end), end);
  }

  *#obey(line: string, end: number): Iterable<DecoyOutput> {
    this.#held = this.#held.subarray(end + 1);
    this.#line = line.replace(/\r$/, '');
    const answer = answerLine(this.#instance, this.#line, this.#context.now());
    if (answer.kind !== 'data') yield* this.#record(this.#line);
    switch (answer.kind) {
      case 'data':
        this.#storage = answer.storage;
        return;
      case 'skip':
        this.#skip = answer.octets;
        this.#afterSkip = '';
        yield* this.#reply(Buffer.from(answer.text));
        return;
      case 'quit':
        yield* this.#close();
        return;
      case 'reply':
      default:
        yield* this.#reply(Buffer.from(answer.text, 'latin1'));
    }
  }

  *#binary(): Iterable<DecoyOutput> {
    if (this.#held[0] !== 0x80) {
      yield* this.#close();
      return;
    }
    if (this.#held.length < headLength) return;
    const [keyLength, extraLength, bodyLength] = [
      this.#held.readUInt16BE(2),
      this.#held[4] ?? 0,
      this.#held.readUInt32BE(8),
    ];
    if (bodyLength > longestBody || keyLength + extraLength > bodyLength || keyLength > 250) {
      yield* this.#close();
      return;
    }
    if (this.#held.length < headLength + bodyLength) return;
    const body = this.#held.subarray(headLength, headLength + bodyLength);
    const unique = this.#held.readBigUInt64BE(16);
    const request = {
      opcode: this.#held[1] ?? 0,
      extras: body.subarray(0, extraLength),
      key: body.toString('latin1', extraLength, extraLength + keyLength),
      value: body.toString('latin1', extraLength + keyLength),
      opaque: this.#held.subarray(12, 16),
      unique: unique > BigInt(Number.MAX_SAFE_INTEGER) ? -1 : Number(unique),
    };
    this.#held = this.#held.subarray(headLength + bodyLength);
    const name = opcodeNames[loud(request.opcode)] ?? `opcode ${request.opcode}`;
    yield* this.#record(`${name} ${request.key} ${request.value.slice(0, 256)}`.trimEnd(), request.value);
    yield* this.#keep(request.key, request.value);
    const answer = answerBinary(this.#instance, request, this.#context.now());
    yield* this.#reply(answer.bytes);
    if (answer.ends) yield* this.#close();
  }
}
