/**
 * The binary protocol.
 *
 *     uint8  magic 0x80 (answers 0x81)   uint8  opcode       uint16 key length
 *     uint8  length of the extras        uint8  data type    uint16 reserved (answers: status)
 *     uint32 length of the body          uint32 opaque       uint64 unique
 *     extras, key, value
 */

import { Buffer } from 'node:buffer';
import { statisticsOf } from './statistics.ts';
import { expiryOf, largestValue, type MemcachedInstance } from './instance.ts';
import { count } from './text.ts';

export interface BinaryRequest {
  readonly opcode: number;
  readonly extras: Buffer;
  readonly key: string;
  readonly value: string;
  readonly opaque: Buffer;
  readonly unique: number;
}

export const headLength: number = 24;
/** Longest body that is taken; a longer one ends the connection, as it does with the daemon. */
export const longestBody: number = largestValue + 1024;

const status = {
  ok: 0,
  notFound: 1,
  exists: 2,
  invalid: 4,
  notStored: 5,
  notNumeric: 6,
  authentication: 0x20,
  unknown: 0x81,
} as const;

const words: Readonly<Record<number, string>> = {
  [status.notFound]: 'Not found',
  [status.exists]: 'Data exists for key.',
  [status.invalid]: 'Invalid arguments',
  [status.notStored]: 'Not stored.',
  [status.notNumeric]: 'Non-numeric server-side value for incr or decr',
  [status.authentication]: 'Auth failure.',
  [status.unknown]: 'Unknown command',
};

function answer(
  request: BinaryRequest,
  code: number,
  parts: { extras?: Buffer; key?: string; value?: string; unique?: number } = {},
): Buffer {
  const extras = parts.extras ?? Buffer.alloc(0);
  const key = Buffer.from(parts.key ?? '', 'latin1');
  const value = Buffer.from(parts.value ?? (code === 0 ? '' : (words[code] ?? '')), 'latin1');
  const head = Buffer.alloc(headLength);
  head[0] = 0x81;
  head[1] = request.opcode;
  head.writeUInt16BE(key.length, 2);
  head[4] = extras.length;
  head.writeUInt16BE(code, 6);
  head.writeUInt32BE(extras.length + key.length + value.length, 8);
  request.opaque.copy(head, 12);
  head.writeBigUInt64BE(BigInt(parts.unique ?? 0), 16);
  return Buffer.concat([head, extras, key, value]);
}

/** Opcodes that say nothing where all is well, to those that say the same aloud. */
const quiet: Readonly<Record<number, number>> = {
  0x09: 0x00,
  0x0d: 0x0c,
  0x11: 0x01,
  0x12: 0x02,
  0x13: 0x03,
  0x14: 0x04,
  0x15: 0x05,
  0x16: 0x06,
  0x17: 0x07,
  0x18: 0x08,
  0x19: 0x0e,
  0x1a: 0x0f,
  0x1e: 0x1d,
  0x24: 0x23,
};

export const opcodeNames: Readonly<Record<number, string>> = {
  0: 'get',
  1: 'set',
  2: 'add',
  3: 'replace',
  4: 'delete',
  5: 'incr',
  6: 'decr',
  7: 'quit',
  8: 'flush_all',
  10: 'noop',
  11: 'version',
  12: 'getk',
  14: 'append',
  15: 'prepend',
  16: 'stats',
  27: 'verbosity',
  28: 'touch',
  29: 'gat',
  32: 'sasl_list',
  33: 'sasl_auth',
  34: 'sasl_step',
  35: 'gatk',
};

export function loud(opcode: number): number {
  return quiet[opcode] ?? opcode;
}

export interface BinaryAnswer {
  readonly bytes: Buffer;
  readonly ends: boolean;
}

export function answerBinary(instance: MemcachedInstance, request: BinaryRequest, now: number): BinaryAnswer {
  const opcode = loud(request.opcode);
  const isQuiet = opcode !== request.opcode;
  const { key, value, extras } = request;
  const say = (code: number, parts: Parameters<typeof answer>[2] = {}): BinaryAnswer => ({
    bytes:
      isQuiet && (code === 0) !== isGet(opcode) && (code === 0 || code === status.notFound)
        ? Buffer.alloc(0)
        : answer(request, code, parts),
    ends: false,
  });
  const number = (at: number): number => (extras.length >= at + 4 ? extras.readUInt32BE(at) : 0);
  switch (opcode) {
    case 0x00:
    case 0x0c:
    case 0x1d:
    case 0x23: {
      if (key === '') return say(status.invalid);
      instance.counts.get += 1;
      const item = instance.find(key, now);
      if (item === undefined) return say(status.notFound);
      instance.counts.hits += 1;
      const flags = Buffer.alloc(4);
      flags.writeUInt32BE(item.flags);
      const withKey = opcode === 0x0c || opcode === 0x23;
      return say(0, { extras: flags, value: item.value, unique: item.unique, ...(withKey ? { key } : {}) });
    }
    case 0x01:
    case 0x02:
    case 0x03: {
      if (key === '' || extras.length !== 8) return say(status.invalid);
      const held = instance.find(key, now);
      if (opcode === 0x02 && held !== undefined) return say(status.exists);
      if (opcode === 0x03 && held === undefined) return say(status.notFound);
      if (request.unique !== 0 && held === undefined) return say(status.notFound);
      if (request.unique !== 0 && held?.unique !== request.unique) return say(status.exists);
      instance.counts.set += 1;
      return say(0, { unique: instance.put(key, value, number(0), expiryOf(number(4), now), now).unique });
    }
    case 0x04:
      return say(instance.find(key, now) !== undefined && instance.remove(key) ? 0 : status.notFound);
    case 0x05:
    case 0x06: {
      if (extras.length !== 20) return say(status.invalid);
      if (instance.find(key, now) === undefined) {
        if (number(16) === 0xffffffff) return say(status.notFound);
        instance.put(key, String(extras.readBigUInt64BE(8)), 0, expiryOf(number(16), now), now);
        return say(0, { value: extras.toString('latin1', 8, 16) });
      }
      const text = count(instance, key, extras.readBigUInt64BE(0), opcode === 0x05, now);
      if (!/^\d/.test(text)) return say(status.notNumeric);
      const octets = Buffer.alloc(8);
      octets.writeBigUInt64BE(BigInt(text));
      return say(0, { value: octets.toString('latin1') });
    }
    case 0x07:
      return { bytes: isQuiet ? Buffer.alloc(0) : answer(request, 0), ends: true };
    case 0x08:
      instance.clear();
      return say(0);
    case 0x0a:
    case 0x1b:
      return say(0);
    case 0x0b:
      return say(0, { value: instance.version });
    case 0x0e:
    case 0x0f: {
      const held = instance.find(key, now);
      if (held === undefined) return say(status.notStored);
      const joined = opcode === 0x0e ? held.value + value : value + held.value;
      if (joined.length > largestValue) return say(status.invalid);
      return say(0, { unique: instance.put(key, joined, held.flags, held.expires, now).unique });
    }
    case 0x10: {
      const lines = statisticsOf(instance, key, now);
      if (lines === null) return say(status.notFound);
      const parts = lines.map(([name, text]) => answer(request, 0, { key: name, value: String(text) }));
      return { bytes: Buffer.concat([...parts, answer(request, 0)]), ends: false };
    }
    case 0x1c: {
      const item = instance.find(key, now);
      if (item === undefined) return say(status.notFound);
      instance.items.set(key, { ...item, expires: expiryOf(number(0), now) });
      return say(0, { unique: item.unique });
    }
    default:
      // Without SASL compiled in, its commands are as unknown as any.
      return say(status.unknown);
  }
}

const isGet = (opcode: number): boolean =>
  opcode === 0x00 || opcode === 0x0c || opcode === 0x1d || opcode === 0x23;
