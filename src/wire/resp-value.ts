/** Replies of the Redis serialization protocol, in its second and third version. */

import { Buffer } from 'node:buffer';

/** All text is Latin-1, an octet a character. */
export type RespValue =
  | { readonly kind: 'simple'; readonly text: string }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'integer'; readonly value: number | bigint }
  | { readonly kind: 'bulk'; readonly text: string }
  | { readonly kind: 'verbatim'; readonly text: string }
  | { readonly kind: 'double'; readonly text: string }
  | { readonly kind: 'null' }
  | { readonly kind: 'null-array' }
  | { readonly kind: 'array' | 'set' | 'push'; readonly items: readonly RespValue[] }
  | { readonly kind: 'map'; readonly pairs: readonly (readonly [RespValue, RespValue])[] }
  /** Several replies to one command, as SUBSCRIBE gives; an empty list is silence. */
  | { readonly kind: 'each'; readonly items: readonly RespValue[] };

export const respOk: RespValue = { kind: 'simple', text: 'OK' };
export const respNull: RespValue = { kind: 'null' };
export const simple = (text: string): RespValue => ({ kind: 'simple', text });
export const failure = (text: string): RespValue => ({ kind: 'error', text });
export const integer = (value: number | bigint): RespValue => ({ kind: 'integer', value });
export const bulk = (text: string): RespValue => ({ kind: 'bulk', text });
export const array = (items: readonly RespValue[]): RespValue => ({ kind: 'array', items });
export const bulks = (texts: Iterable<string>): RespValue => array(Array.from(texts, bulk));
export const bulkOrNull = (text: string | undefined): RespValue =>
  text === undefined ? respNull : bulk(text);

function write(value: RespValue, version: 2 | 3, parts: string[]): void {
  switch (value.kind) {
    case 'simple':
      parts.push('+', value.text, '\r\n');
      break;
    case 'error':
      // A line end inside would end the reply; the server writes spaces for it.
      parts.push('-', value.text.replaceAll(/[\r\n]/g, ' '), '\r\n');
      break;
    case 'integer':
      parts.push(':', String(value.value), '\r\n');
      break;
    case 'bulk':
      parts.push('$', String(value.text.length), '\r\n', value.text, '\r\n');
      break;
    case 'verbatim':
      if (version === 2) write(bulk(value.text), version, parts);
      else parts.push('=', String(value.text.length + 4), '\r\ntxt:', value.text, '\r\n');
      break;
    case 'double':
      if (version === 2) write(bulk(value.text), version, parts);
      else parts.push(',', value.text, '\r\n');
      break;
    case 'null':
      parts.push(version === 2 ? '$-1\r\n' : '_\r\n');
      break;
    case 'null-array':
      parts.push(version === 2 ? '*-1\r\n' : '_\r\n');
      break;
    case 'map':
      parts.push(version === 2 ? `*${2 * value.pairs.length}\r\n` : `%${value.pairs.length}\r\n`);
      for (const [key, item] of value.pairs) {
        write(key, version, parts);
        write(item, version, parts);
      }
      break;
    case 'each':
      for (const item of value.items) write(item, version, parts);
      break;
    default: {
      const mark = version === 2 || value.kind === 'array' ? '*' : value.kind === 'set' ? '~' : '>';
      parts.push(`${mark}${value.items.length}\r\n`);
      for (const item of value.items) write(item, version, parts);
    }
  }
}

/** Octets that a reply takes at least, counted no further than the limit. */
export function respSize(value: RespValue, limit: number): number {
  switch (value.kind) {
    case 'array':
    case 'set':
    case 'push':
    case 'each':
    case 'map': {
      let size = 4;
      for (const item of value.kind === 'map' ? value.pairs.flat() : value.items) {
        size += respSize(item, limit - size);
        if (size > limit) break;
      }
      return size;
    }
    case 'integer':
    case 'null':
    case 'null-array':
      return 4;
    default:
      return value.text.length + 4;
  }
}

/** The octets of a reply; `version` is what the client asked for with HELLO, 2 without. */
export function encodeResp(value: RespValue, version: 2 | 3): Uint8Array {
  const parts: string[] = [];
  write(value, version, parts);
  return new Uint8Array(Buffer.from(parts.join(''), 'latin1'));
}
