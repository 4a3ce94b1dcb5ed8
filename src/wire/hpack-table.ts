/** The tables of HPACK (RFC 7541 §2.3): the static one of appendix A, and the dynamic one behind it. */

import type { Header } from '../core/observation.ts';

export const staticTable: readonly Header[] = [
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  [':status', '200'],
  [':status', '204'],
  [':status', '206'],
  [':status', '304'],
  [':status', '400'],
  [':status', '404'],
  [':status', '500'],
  ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'],
  ['accept-language', ''],
  ['accept-ranges', ''],
  ['accept', ''],
  ['access-control-allow-origin', ''],
  ['age', ''],
  ['allow', ''],
  ['authorization', ''],
  ['cache-control', ''],
  ['content-disposition', ''],
  ['content-encoding', ''],
  ['content-language', ''],
  ['content-length', ''],
  ['content-location', ''],
  ['content-range', ''],
  ['content-type', ''],
  ['cookie', ''],
  ['date', ''],
  ['etag', ''],
  ['expect', ''],
  ['expires', ''],
  ['from', ''],
  ['host', ''],
  ['if-match', ''],
  ['if-modified-since', ''],
  ['if-none-match', ''],
  ['if-range', ''],
  ['if-unmodified-since', ''],
  ['last-modified', ''],
  ['link', ''],
  ['location', ''],
  ['max-forwards', ''],
  ['proxy-authenticate', ''],
  ['proxy-authorization', ''],
  ['range', ''],
  ['referer', ''],
  ['refresh', ''],
  ['retry-after', ''],
  ['server', ''],
  ['set-cookie', ''],
  ['strict-transport-security', ''],
  ['transfer-encoding', ''],
  ['user-agent', ''],
  ['vary', ''],
  ['via', ''],
  ['www-authenticate', ''],
];

/** §4.1: what an entry counts beyond its octets. */
const entryOverhead = 32;

/** The latest entry first; the oldest go where a new one has no room. */
export class DynamicTable {
  readonly #entries: Header[] = [];
  #size = 0;
  #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** §4.1. */
  get size(): number {
    return this.#size;
  }

  get count(): number {
    return this.#entries.length;
  }

  /** §4.3. */
  resize(limit: number): void {
    this.#limit = limit;
    this.#evict(limit);
  }

  /** §4.4: an entry that is larger than the table empties it. */
  add(header: Header): void {
    const size = header[0].length + header[1].length + entryOverhead;
    this.#evict(this.#limit - size);
    if (size > this.#limit) return;
    this.#entries.unshift(header);
    this.#size += size;
  }

  /** §2.3.3: 1 is the first entry of the static table. */
  at(index: number): Header | undefined {
    return index <= staticTable.length
      ? staticTable[index - 1]
      : this.#entries[index - staticTable.length - 1];
  }

  #evict(room: number): void {
    while (this.#size > Math.max(0, room)) {
      const last = this.#entries.pop();
      if (last === undefined) break;
      this.#size -= last[0].length + last[1].length + entryOverhead;
    }
  }
}
