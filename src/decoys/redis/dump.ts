/** The file that SAVE would have written (https://rdb.fnordig.de/file_format.html): what attackers have the server write. */

import { Buffer } from 'node:buffer';
import type { Call } from './call.ts';
import type { Entry } from './keyspace.ts';
import { redisAtLeast } from './version.ts';

/** Length encoding: 6 bits, 14 bits, or 0x80 and 32 bits big-endian. */
function lengthOf(length: number): Buffer {
  if (length < 64) return Buffer.of(length);
  if (length < 16_384) return Buffer.of(0x40 | (length >> 8), length & 0xff);
  const octets = Buffer.alloc(5);
  octets[0] = 0x80;
  octets.writeUInt32BE(length, 1);
  return octets;
}

/** A string without the compression that the server tries, so that a person and a scanner can read it. */
function text(value: string): Buffer {
  const octets = Buffer.from(value, 'latin1');
  return Buffer.concat([lengthOf(octets.length), octets]);
}

/** Value types 0 string, 1 list, 2 set, 3 sorted set (scores as text), 4 hash: the plain encodings, which every version reads. */
function entryOctets(key: string, entry: Entry): Buffer[] {
  const typed = (type: number, count: number | null, items: Iterable<string>): Buffer[] => [
    Buffer.of(type),
    text(key),
    ...(count === null ? [] : [lengthOf(count)]),
    ...Array.from(items, text),
  ];
  switch (entry.type) {
    case 'string':
      return typed(0, null, [entry.value]);
    case 'list':
      return typed(1, entry.items.length, entry.items);
    case 'set':
      return typed(2, entry.members.size, entry.members);
    case 'zset': {
      const parts: Buffer[] = [Buffer.of(3), text(key), lengthOf(entry.scores.size)];
      for (const [member, score] of entry.scores) {
        const digits = Buffer.from(String(score), 'latin1');
        parts.push(text(member), Buffer.of(digits.length), digits);
      }
      return parts;
    }
    case 'hash':
      return typed(4, entry.fields.size, [...entry.fields].flat());
    default:
      return [];
  }
}

/** Magic, auxiliary fields, each database that is not empty, end mark; the checksum zero, which readers take for none. */
export function dumpOf(call: Call): Uint8Array {
  const { instance, now } = call;
  const parts: Buffer[] = [
    Buffer.from(redisAtLeast(instance.version, 7, 0) ? 'REDIS0010' : 'REDIS0009'),
    Buffer.of(0xfa),
    text('redis-ver'),
    text(instance.version),
    Buffer.of(0xfa),
    text('ctime'),
    text(String(Math.floor(now / 1000))),
  ];
  instance.databases.forEach((database, index) => {
    const size = database.size(now);
    if (size === 0) return;
    parts.push(Buffer.of(0xfe), lengthOf(index), Buffer.of(0xfb), lengthOf(size), lengthOf(0));
    for (const [key, entry] of database.entries()) parts.push(...entryOctets(key, entry));
  });
  parts.push(Buffer.of(0xff), Buffer.alloc(8));
  return new Uint8Array(Buffer.concat(parts));
}
