/** SOCKS 4 and 4A (Ying-Da Lee: SOCKS, a protocol for TCP proxy across firewalls; SOCKS 4A). */

import { Buffer } from 'node:buffer';
import type { DecoyOutput } from '../../core/decoy.ts';
import { sawTarget } from './target.ts';

const textLimit = 255;

/** Octets of the request that begins here: up to its last NUL, -1 where a text is too long. */
export function socks4Needed(held: Buffer): number {
  if (held.length < 9) return 9;
  const userEnd = held.indexOf(0, 8);
  if (userEnd < 0) return held.length > 8 + textLimit ? -1 : held.length + 1;
  if (userEnd > 8 + textLimit) return -1;
  if (!hasName(held)) return userEnd + 1;
  const nameEnd = held.indexOf(0, userEnd + 1);
  if (nameEnd < 0) return held.length > userEnd + 1 + textLimit ? -1 : held.length + 1;
  return nameEnd > userEnd + 1 + textLimit ? -1 : nameEnd + 1;
}

/** 4A: an address 0.0.0.x with x not 0 says that a name follows. */
function hasName(held: Buffer): boolean {
  return held[4] === 0 && held[5] === 0 && held[6] === 0 && held[7] !== 0;
}

// VN (4), CD (1 CONNECT, 2 BIND), DSTPORT (2), DSTIP (4), USERID, NULL; 4A: name, NULL
//
// VN (0), CD (90 granted, 91 rejected or failed), DSTPORT, DSTIP
export function* socks4Take(message: Buffer): Iterable<DecoyOutput> {
  const port = message.readUInt16BE(2);
  const userEnd = message.indexOf(0, 8);
  const user = message.subarray(8, userEnd).toString('utf8');
  const named = hasName(message);
  const host = named
    ? message.subarray(userEnd + 1, message.length - 1).toString('utf8')
    : message.subarray(4, 8).join('.');
  if (user !== '')
    yield { do: 'saw', fact: { kind: 'auth', service: 'proxy', user, method: 'other', accepted: true } };
  const verb = { 1: 'CONNECT', 2: 'BIND' }[message[1] ?? 0];
  if (verb !== undefined) yield* sawTarget(`SOCKS4${named ? 'A' : ''} ${verb}`, host, port);
  yield { do: 'reply', bytes: Buffer.concat([Buffer.of(0, 91), message.subarray(2, 8)]) };
  yield { do: 'close' };
}
