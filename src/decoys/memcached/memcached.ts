import { Buffer } from 'node:buffer';
import type { Decoy } from '../../core/decoy.ts';
import { MemcachedSession } from './session.ts';

const verbs =
  /^(?:gets?|gats?|set|add|replace|append|prepend|cas|delete|incr|decr|touch|stats|flush_all|version|verbosity|m[gsdane])(?: [^\r\n]{0,256})?\r\n/;

/** A memcached without authentication, over TCP and UDP. */
export const memcached: Decoy = {
  name: 'memcached',
  summary: 'memcached: text, meta and binary protocol; over UDP never a larger answer than the request',
  fidelity: 'memcached 1.6.18: 60 of 60 requests equal',
  transport: 'both',
  ports: [11_211],
  recognise(firstBytes) {
    const bytes = Buffer.from(firstBytes.subarray(0, 512));
    if (
      bytes.length >= 14 &&
      bytes.readUInt16BE(2) === 0 &&
      bytes.readUInt16BE(4) === 1 &&
      bytes.readUInt16BE(6) === 0
    ) {
      return verbs.test(bytes.toString('latin1', 8)) || bytes[8] === 0x80 ? 0.95 : 0;
    }
    if (bytes.length >= 24 && bytes[0] === 0x80 && (bytes[1] ?? 255) <= 0x25 && bytes[5] === 0) {
      return bytes.readUInt32BE(8) >= bytes.readUInt16BE(2) + (bytes[4] ?? 0) ? 0.8 : 0;
    }
    const text = bytes.toString('latin1');
    if (
      /^(?:set|add|replace|append|prepend) [^ \r\n]{1,250} \d{1,10} -?\d{1,10} \d{1,9}(?: noreply)?\r\n/.test(
        text,
      )
    )
      return 0.95;
    if (/^stats(?: (?:items|slabs|settings|sizes|cachedump [\d ]{1,16}))?\r\n/.test(text)) return 0.9;
    // `version` and `get` without more could be another's, Redis's among them.
    return verbs.test(text) ? 0.65 : 0;
  },
  open: (context) => new MemcachedSession(context),
};
