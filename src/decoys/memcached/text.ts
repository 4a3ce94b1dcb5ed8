/** The text protocol (https://github.com/memcached/memcached/blob/master/doc/protocol.txt): a line, and a block of data behind it. */

import { dumpLines, statisticsOf } from './statistics.ts';
import { expiryOf, largestValue, type MemcachedInstance } from './instance.ts';

export interface Storage {
  readonly verb: 'set' | 'add' | 'replace' | 'append' | 'prepend' | 'cas' | 'ms';
  readonly key: string;
  readonly flags: number;
  readonly expires: number;
  readonly octets: number;
  readonly unique: number;
  readonly isQuiet: boolean;
  /** Flags of a meta command, which its answer repeats. */
  readonly meta: readonly string[];
}

export type TextAnswer =
  | { readonly kind: 'reply'; readonly text: string }
  /** A block of data is to follow. */
  | { readonly kind: 'data'; readonly storage: Storage }
  /** Data that will not be kept: it is read over and this answered. */
  | { readonly kind: 'skip'; readonly octets: number; readonly text: string }
  | { readonly kind: 'quit' };

const reply = (text: string): TextAnswer => ({ kind: 'reply', text });
const badLine = 'CLIENT_ERROR bad command line format\r\n';
const longestKey = 250;

const whole = (text: string | undefined): number | null =>
  text !== undefined && /^-?\d{1,20}$/.test(text) ? Number(text) : null;

export function answerLine(instance: MemcachedInstance, line: string, now: number): TextAnswer {
  const words = line.split(' ').filter((word) => word !== '');
  const [verb = '', ...rest] = words;
  const key = rest[0] ?? '';
  switch (verb) {
    case 'get':
    case 'gets':
      return rest.length === 0 ? reply('ERROR\r\n') : retrieve(instance, rest, verb === 'gets', now);
    case 'gat':
    case 'gats': {
      if (rest.length === 0) return reply('ERROR\r\n');
      const seconds = whole(key);
      if (seconds === null) return reply('CLIENT_ERROR invalid exptime argument\r\n');
      if (rest.length < 2) return reply('ERROR\r\n');
      for (const each of rest.slice(1)) touch(instance, each, seconds, now);
      return retrieve(instance, rest.slice(1), verb === 'gats', now);
    }
    case 'set':
    case 'add':
    case 'replace':
    case 'append':
    case 'prepend':
    case 'cas':
      return storage(verb, rest);
    case 'delete': {
      if (rest.length === 0 || rest.length > 3) return reply('ERROR\r\n');
      if (key.length > longestKey) return reply(badLine);
      const isQuiet = rest.at(-1) === 'noreply';
      if (rest.length > 1 && !isQuiet && rest[1] !== '0')
        return reply(`${badLine.trimEnd()}.  Usage: delete <key> [noreply]\r\n`);
      const found = instance.find(key, now) !== undefined && instance.remove(key);
      return reply(isQuiet ? '' : found ? 'DELETED\r\n' : 'NOT_FOUND\r\n');
    }
    case 'incr':
    case 'decr': {
      if (rest.length !== 2 && rest.length !== 3) return reply('ERROR\r\n');
      if (key.length > longestKey) return reply(badLine);
      if (!/^\d{1,20}$/.test(rest[1] ?? '')) return reply('CLIENT_ERROR invalid numeric delta argument\r\n');
      const text = count(instance, key, BigInt(rest[1] ?? '0'), verb === 'incr', now);
      return reply(rest[2] === 'noreply' ? '' : `${text}\r\n`);
    }
    case 'touch': {
      if (rest.length !== 2 && rest.length !== 3) return reply('ERROR\r\n');
      const seconds = whole(rest[1]);
      if (seconds === null) return reply('CLIENT_ERROR invalid exptime argument\r\n');
      instance.counts.touch += 1;
      const found = touch(instance, key, seconds, now);
      return reply(rest[2] === 'noreply' ? '' : found ? 'TOUCHED\r\n' : 'NOT_FOUND\r\n');
    }
    case 'stats':
      return reply(statistics(instance, rest, now));
    case 'flush_all': {
      if (rest.length > 2) return reply('ERROR\r\n');
      const isQuiet = rest.at(-1) === 'noreply';
      if (rest.length > 0 && !isQuiet && whole(key) === null)
        return reply('CLIENT_ERROR invalid exptime argument\r\n');
      instance.clear();
      return reply(isQuiet ? '' : 'OK\r\n');
    }
    case 'version':
      return reply(`VERSION ${instance.version}\r\n`);
    case 'verbosity':
      if (rest.length === 0) return reply('ERROR\r\n');
      return reply(rest.at(-1) === 'noreply' ? '' : 'OK\r\n');
    case 'cache_memlimit': {
      const size = whole(key);
      if (rest.length === 0) return reply('ERROR\r\n');
      if (size === null) return reply(badLine);
      return reply(size < 8 ? 'MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m\r\n' : 'OK\r\n');
    }
    case 'slabs':
      if (key === 'reassign' && rest.length === 3) return reply('BADCLASS invalid src or dst class id\r\n');
      return reply(key === 'automove' && rest.length === 2 ? 'OK\r\n' : 'ERROR\r\n');
    case 'shutdown':
      return reply('ERROR: shutdown not enabled\r\n');
    case 'mn':
      return reply('MN\r\n');
    case 'mg':
    case 'md':
    case 'ma':
    case 'ms':
    case 'me':
      return meta(instance, verb, rest, now);
    case 'quit':
      return { kind: 'quit' };
    default:
      return reply('ERROR\r\n');
  }
}

function touch(instance: MemcachedInstance, key: string, seconds: number, now: number): boolean {
  const item = instance.find(key, now);
  if (item === undefined) return false;
  instance.items.set(key, { ...item, expires: expiryOf(seconds, now) });
  return true;
}

/** VALUE key flags bytes [unique]\r\n data \r\n … END\r\n */
function retrieve(
  instance: MemcachedInstance,
  keys: readonly string[],
  withUnique: boolean,
  now: number,
): TextAnswer {
  const lines: string[] = [];
  for (const key of keys.slice(0, 1000)) {
    if (key.length > longestKey) return reply(badLine);
    instance.counts.get += 1;
    const item = instance.find(key, now);
    if (item === undefined) continue;
    instance.counts.hits += 1;
    lines.push(
      `VALUE ${key} ${item.flags} ${item.value.length}${withUnique ? ` ${item.unique}` : ''}\r\n${item.value}\r\n`,
    );
    // A reply is bounded, however often a client names the same key.
    if (lines.length * item.value.length > 4_194_304) break;
  }
  return reply(`${lines.join('')}END\r\n`);
}

/** verb key flags expiry bytes [unique] [noreply] */
function storage(verb: Storage['verb'], rest: readonly string[]): TextAnswer {
  const wanted = verb === 'cas' ? 5 : 4;
  if (rest.length !== wanted && rest.length !== wanted + 1) return reply('ERROR\r\n');
  const [key = '', flagsText, expiryText, octetsText, uniqueText] = rest;
  if (key.length > longestKey) return reply(badLine);
  const [flags, expires, octets] = [whole(flagsText), whole(expiryText), whole(octetsText)];
  const unique = verb === 'cas' ? whole(uniqueText) : 0;
  if (
    flags === null ||
    flags < 0 ||
    flags > 0xffffffff ||
    expires === null ||
    octets === null ||
    unique === null ||
    octets < 0 ||
    octets > 0x7ffffffd
  ) {
    return reply(badLine);
  }
  if (octets > largestValue)
    return { kind: 'skip', octets: octets + 2, text: 'SERVER_ERROR object too large for cache\r\n' };
  const isQuiet = rest[wanted] === 'noreply';
  return { kind: 'data', storage: { verb, key, flags, expires, octets, unique, isQuiet, meta: [] } };
}

/** What a block of data that is whole is answered with. */
export function store(instance: MemcachedInstance, what: Storage, value: string, now: number): string {
  const held = instance.find(what.key, now);
  const expires = expiryOf(what.expires, now);
  instance.counts.set += 1;
  const done = (): string => {
    if (what.verb === 'ms') return metaAnswer('HD', what.meta, what.key);
    return 'STORED\r\n';
  };
  switch (what.verb) {
    case 'add':
    case 'replace':
      if ((held !== undefined) === (what.verb === 'add')) return 'NOT_STORED\r\n';
      break;
    case 'append':
    case 'prepend': {
      if (held === undefined) return 'NOT_STORED\r\n';
      const joined = what.verb === 'append' ? held.value + value : value + held.value;
      if (joined.length > largestValue) return 'SERVER_ERROR out of memory storing object\r\n';
      instance.put(what.key, joined, held.flags, held.expires, now);
      return done();
    }
    case 'cas':
      if (held === undefined) return 'NOT_FOUND\r\n';
      if (held.unique !== what.unique) return 'EXISTS\r\n';
      break;
    default:
  }
  instance.put(what.key, value, what.flags, expires, now);
  return done();
}

/** The new number, or the error's text. */
export function count(
  instance: MemcachedInstance,
  key: string,
  delta: bigint,
  up: boolean,
  now: number,
): string {
  const item = instance.find(key, now);
  if (item === undefined) return 'NOT_FOUND';
  if (!/^\d{1,20}$/.test(item.value.trimEnd()))
    return 'CLIENT_ERROR cannot increment or decrement non-numeric value';
  const held = BigInt(item.value.trimEnd());
  const next = up ? BigInt.asUintN(64, held + delta) : held > delta ? held - delta : 0n;
  const text = String(next);
  // A number that gets shorter keeps its place, filled with blanks.
  instance.put(key, up ? text : text.padEnd(item.value.length, ' '), item.flags, item.expires, now);
  return text;
}

function statistics(instance: MemcachedInstance, rest: readonly string[], now: number): string {
  const [topic = ''] = rest;
  if (topic === 'reset') return 'RESET\r\n';
  if (topic === 'cachedump') {
    if (rest.length < 3) return 'CLIENT_ERROR bad command line\r\n';
    const [slab, limit] = [whole(rest[1]), whole(rest[2])];
    if (slab === null || limit === null || slab < 0 || limit < 0) return badLine;
    if (slab > 63) return 'CLIENT_ERROR Illegal slab id\r\n';
    const lines = slab === 5 ? dumpLines(instance, limit, now) : [];
    return `${lines.map((line) => `${line}\r\n`).join('')}END\r\n`;
  }
  const lines = statisticsOf(instance, topic, now);
  if (lines === null) return 'ERROR\r\n';
  return `${lines.map(([name, value]) => `STAT ${name} ${value}\r\n`).join('')}END\r\n`;
}

/** Flags that an answer repeats: O(opaque) and k. */
function metaAnswer(code: string, flags: readonly string[], key: string): string {
  const shown = flags.flatMap((flag) => (flag.startsWith('O') ? [flag] : flag === 'k' ? [`k${key}`] : []));
  return `${[code, ...shown].join(' ')}\r\n`;
}

function meta(instance: MemcachedInstance, verb: string, rest: readonly string[], now: number): TextAnswer {
  const [key = '', ...flags] = rest;
  if (key === '' || key.length > longestKey) return reply(key === '' ? 'ERROR\r\n' : badLine);
  const item = instance.find(key, now);
  const quiet = flags.includes('q');
  switch (verb) {
    case 'ms': {
      const octets = whole(flags[0]);
      if (octets === null || octets < 0) return reply('CLIENT_ERROR bad data chunk\r\n');
      if (octets > largestValue)
        return { kind: 'skip', octets: octets + 2, text: 'SERVER_ERROR object too large for cache\r\n' };
      const seconds = whole(flags.find((flag) => flag.startsWith('T'))?.slice(1)) ?? 0;
      const client = whole(flags.find((flag) => flag.startsWith('F'))?.slice(1)) ?? 0;
      return {
        kind: 'data',
        storage: {
          verb: 'ms',
          key,
          flags: client,
          expires: seconds,
          octets,
          unique: 0,
          isQuiet: quiet,
          meta: flags.slice(1),
        },
      };
    }
    case 'mg': {
      instance.counts.get += 1;
      if (item === undefined) return reply(quiet ? '' : 'EN\r\n');
      const shown = flags.flatMap((flag) => {
        switch (flag[0]) {
          case 'f':
            return [`f${item.flags}`];
          case 's':
            return [`s${item.value.length}`];
          case 't':
            return [`t${item.expires === 0 ? -1 : Math.max(0, Math.floor((item.expires - now) / 1000))}`];
          case 'c':
            return [`c${item.unique}`];
          case 'k':
            return [`k${key}`];
          case 'O':
            return [flag];
          default:
            return [];
        }
      });
      if (flags.includes('v'))
        return reply(`${['VA', item.value.length, ...shown].join(' ')}\r\n${item.value}\r\n`);
      return reply(`${['HD', ...shown].join(' ')}\r\n`);
    }
    case 'md':
      return reply(metaAnswer(instance.remove(key) ? 'HD' : 'NF', flags, key));
    case 'ma': {
      const text = count(instance, key, 1n, true, now);
      if (text === 'NOT_FOUND') return reply(metaAnswer('NF', flags, key));
      return reply(
        /^\d/.test(text)
          ? flags.includes('v')
            ? `VA ${text.length}\r\n${text}\r\n`
            : metaAnswer('HD', flags, key)
          : `${text}\r\n`,
      );
    }
    default:
      if (item === undefined) return reply('EN\r\n');
      return reply(
        `ME ${key} exp=${item.expires === 0 ? -1 : Math.floor((item.expires - now) / 1000)} la=0 cas=${item.unique} fetch=no cls=5 size=${key.length + item.value.length + 56}\r\n`,
      );
  }
}
