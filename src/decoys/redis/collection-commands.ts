import {
  array,
  bulk,
  bulkOrNull,
  bulks,
  failure,
  integer,
  respNull,
  respOk,
  type RespValue,
} from '../../wire/resp-value.ts';
import {
  entryOf,
  longOf,
  notFloat,
  notInteger,
  outOfMemory,
  rangeOf,
  syntaxError,
  word,
  wrongArity,
  wrongType,
  type Call,
  type Handler,
} from './call.ts';
import type { Entry } from './keyspace.ts';
import { floatOf, formatFloat } from './string-commands.ts';
import { redisAtLeast } from './version.ts';

const costOf = (words: readonly string[]): number => words.reduce((sum, each) => sum + each.length + 64, 64);

function push(toHead: boolean, onlyExisting: boolean): Handler {
  return (call) => {
    const entry = entryOf(call, word(call, 1), 'list');
    if (entry === null) return wrongType;
    if (entry === undefined && onlyExisting) return integer(0);
    const items = call.words.slice(2);
    if (!call.instance.reserve(costOf(items))) return outOfMemory;
    const list = entry ?? { type: 'list', items: [] };
    list.items = toHead ? [...items.reverse(), ...list.items] : [...list.items, ...items];
    if (entry === undefined) call.database.set(word(call, 1), list);
    call.instance.changes += 1;
    return integer(list.items.length);
  };
}

function pop(fromHead: boolean): Handler {
  return (call) => {
    let count: number | null = null;
    if (call.words.length > 2) {
      if (call.words.length > 3) return wrongArity(word(call, 0).toLowerCase());
      const wanted = longOf(word(call, 2));
      if (wanted === null || wanted < 0n) return failure('ERR value is out of range, must be positive');
      count = Number(wanted > 1_000_000n ? 1_000_000n : wanted);
    }
    const entry = entryOf(call, word(call, 1), 'list');
    if (entry === null) return wrongType;
    if (entry === undefined) return count === null ? respNull : { kind: 'null-array' };
    const size = Math.min(count ?? 1, entry.items.length);
    const taken = fromHead
      ? entry.items.splice(0, size)
      : entry.items.splice(entry.items.length - size).reverse();
    dropWhereEmpty(call, word(call, 1), entry);
    return count === null ? bulkOrNull(taken[0]) : bulks(taken);
  };
}

function dropWhereEmpty(call: Call, key: string, entry: Entry): void {
  call.instance.changes += 1;
  const size =
    entry.type === 'list'
      ? entry.items.length
      : entry.type === 'set'
        ? entry.members.size
        : entry.type === 'hash'
          ? entry.fields.size
          : entry.type === 'zset'
            ? entry.scores.size
            : 1;
  if (size === 0) call.database.delete(key);
}

function listRange(call: Call): RespValue {
  const [start, end] = [longOf(word(call, 2)), longOf(word(call, 3))];
  if (start === null || end === null) return notInteger;
  const entry = entryOf(call, word(call, 1), 'list');
  if (entry === null) return wrongType;
  if (entry === undefined) return array([]);
  return bulks(entry.items.slice(...rangeOf(entry.items.length, start, end)));
}

function listIndex(call: Call): RespValue {
  const entry = entryOf(call, word(call, 1), 'list');
  if (entry === null) return wrongType;
  if (entry === undefined) return respNull;
  const index = longOf(word(call, 2));
  if (index === null) return notInteger;
  return bulkOrNull(entry.items.at(Number(index)));
}

function listSet(call: Call): RespValue {
  const entry = entryOf(call, word(call, 1), 'list');
  if (entry === null) return wrongType;
  if (entry === undefined) return failure('ERR no such key');
  const index = longOf(word(call, 2));
  if (index === null) return notInteger;
  const at = index < 0n ? Number(index) + entry.items.length : Number(index);
  if (at < 0 || at >= entry.items.length) return failure('ERR index out of range');
  if (!call.instance.reserve(word(call, 3).length)) return outOfMemory;
  entry.items[at] = word(call, 3);
  return respOk;
}

function listTrim(call: Call): RespValue {
  const [start, end] = [longOf(word(call, 2)), longOf(word(call, 3))];
  if (start === null || end === null) return notInteger;
  const entry = entryOf(call, word(call, 1), 'list');
  if (entry === null) return wrongType;
  if (entry === undefined) return respOk;
  entry.items = entry.items.slice(...rangeOf(entry.items.length, start, end));
  dropWhereEmpty(call, word(call, 1), entry);
  return respOk;
}

function listRemove(call: Call): RespValue {
  const count = longOf(word(call, 2));
  if (count === null) return notInteger;
  const entry = entryOf(call, word(call, 1), 'list');
  if (entry === null) return wrongType;
  if (entry === undefined) return integer(0);
  let left = count === 0n ? entry.items.length : Number(count < 0n ? -count : count);
  const before = entry.items.length;
  const keep = (item: string): boolean => {
    if (left === 0 || item !== word(call, 3)) return true;
    left -= 1;
    return false;
  };
  entry.items = count < 0n ? entry.items.toReversed().filter(keep).reverse() : entry.items.filter(keep);
  const removed = before - entry.items.length;
  dropWhereEmpty(call, word(call, 1), entry);
  return integer(removed);
}

function setAdd(call: Call): RespValue {
  const entry = entryOf(call, word(call, 1), 'set');
  if (entry === null) return wrongType;
  const members = call.words.slice(2);
  if (!call.instance.reserve(costOf(members))) return outOfMemory;
  const into = entry ?? { type: 'set', members: new Set<string>() };
  const before = into.members.size;
  for (const member of members) into.members.add(member);
  if (entry === undefined) call.database.set(word(call, 1), into);
  call.instance.changes += 1;
  return integer(into.members.size - before);
}

function setRemove(call: Call): RespValue {
  const entry = entryOf(call, word(call, 1), 'set');
  if (entry === null) return wrongType;
  if (entry === undefined) return integer(0);
  const removed = call.words.slice(2).filter((member) => entry.members.delete(member)).length;
  dropWhereEmpty(call, word(call, 1), entry);
  return integer(removed);
}

function combine(how: 'inter' | 'union' | 'diff', store: boolean): Handler {
  return (call) => {
    const keys = call.words.slice(store ? 2 : 1);
    let result: Set<string> | null = null;
    // The same large set named many times over must not hold up everybody else.
    let left = 500_000;
    for (const key of keys) {
      const entry = entryOf(call, key, 'set');
      if (entry === null) return wrongType;
      left -= (entry?.members.size ?? 0) + (result?.size ?? 0);
      if (left < 0) break;
      const members: ReadonlySet<string> = entry?.members ?? new Set<string>();
      if (result === null) result = new Set(members);
      else if (how === 'union') for (const member of members) result.add(member);
      else {
        for (const member of result) {
          if (members.has(member) !== (how === 'inter')) result.delete(member);
        }
      }
    }
    const members = result ?? new Set<string>();
    if (!store) return { kind: 'set', items: Array.from(members, bulk) };
    if (!call.instance.reserve(costOf([...members]))) return outOfMemory;
    call.database.delete(word(call, 1));
    if (members.size > 0) call.database.set(word(call, 1), { type: 'set', members });
    return integer(members.size);
  };
}

function hashSet(answer: 'count' | 'ok'): Handler {
  return (call) => {
    const name = word(call, 0).toLowerCase();
    if (call.words.length % 2 === 1) {
      return redisAtLeast(call.instance.version, 7, 0)
        ? wrongArity(name)
        : failure('ERR wrong number of arguments for HMSET');
    }
    const entry = entryOf(call, word(call, 1), 'hash');
    if (entry === null) return wrongType;
    if (!call.instance.reserve(costOf(call.words))) return outOfMemory;
    const into = entry ?? { type: 'hash', fields: new Map<string, string>() };
    const before = into.fields.size;
    for (let index = 2; index < call.words.length; index += 2) {
      into.fields.set(word(call, index), word(call, index + 1));
    }
    if (entry === undefined) call.database.set(word(call, 1), into);
    call.instance.changes += 1;
    return answer === 'ok' ? respOk : integer(into.fields.size - before);
  };
}

function hashRead(read: (fields: ReadonlyMap<string, string>, call: Call) => RespValue): Handler {
  return (call) => {
    const entry = entryOf(call, word(call, 1), 'hash');
    return entry === null ? wrongType : read(entry?.fields ?? new Map(), call);
  };
}

function hashIncrement(call: Call): RespValue {
  const by = longOf(word(call, 3));
  if (by === null) return notInteger;
  const entry = entryOf(call, word(call, 1), 'hash');
  if (entry === null) return wrongType;
  const current = longOf(entry?.fields.get(word(call, 2)) ?? '0');
  if (current === null) return failure('ERR hash value is not an integer');
  const sum = current + by;
  if (sum >= 2n ** 63n || sum < -(2n ** 63n)) return failure('ERR increment or decrement would overflow');
  if (!call.instance.reserve(costOf(call.words))) return outOfMemory;
  const into = entry ?? { type: 'hash', fields: new Map<string, string>() };
  into.fields.set(word(call, 2), String(sum));
  if (entry === undefined) call.database.set(word(call, 1), into);
  return integer(sum);
}

function sortedAdd(call: Call): RespValue {
  const pairs = call.words.slice(2);
  if (pairs.length % 2 === 1) return syntaxError;
  const scores: number[] = [];
  for (let index = 0; index < pairs.length; index += 2) {
    const score = floatOf(pairs[index] ?? '');
    if (score === null || Number.isNaN(score)) return notFloat;
    scores.push(score);
  }
  const entry = entryOf(call, word(call, 1), 'zset');
  if (entry === null) return wrongType;
  if (!call.instance.reserve(costOf(pairs))) return outOfMemory;
  const into = entry ?? { type: 'zset', scores: new Map<string, number>() };
  const before = into.scores.size;
  scores.forEach((score, index) => into.scores.set(pairs[2 * index + 1] ?? '', score));
  if (entry === undefined) call.database.set(word(call, 1), into);
  return integer(into.scores.size - before);
}

const ranked = (scores: ReadonlyMap<string, number>): [string, number][] =>
  [...scores].sort(([left, a], [right, b]) => a - b || (left < right ? -1 : left > right ? 1 : 0));

function sortedRange(reverse: boolean): Handler {
  return (call) => {
    const [start, end] = [longOf(word(call, 2)), longOf(word(call, 3))];
    if (start === null || end === null) return notInteger;
    const withScores = word(call, 4).toUpperCase() === 'WITHSCORES';
    if (call.words.length > 4 && !withScores) return syntaxError;
    const entry = entryOf(call, word(call, 1), 'zset');
    if (entry === null) return wrongType;
    const all = ranked(entry?.scores ?? new Map());
    if (reverse) all.reverse();
    const chosen = all.slice(...rangeOf(all.length, start, end));
    return bulks(
      withScores
        ? chosen.flatMap(([member, score]) => [member, formatFloat(score)])
        : chosen.map(([member]) => member),
    );
  };
}

export const collectionCommands: Readonly<Record<string, Handler>> = {
  lpush: push(true, false),
  rpush: push(false, false),
  lpushx: push(true, true),
  rpushx: push(false, true),
  lpop: pop(true),
  rpop: pop(false),
  llen: (call) => {
    const entry = entryOf(call, word(call, 1), 'list');
    return entry === null ? wrongType : integer(entry?.items.length ?? 0);
  },
  lrange: listRange,
  lindex: listIndex,
  lset: listSet,
  ltrim: listTrim,
  lrem: listRemove,
  sadd: setAdd,
  srem: setRemove,
  scard: (call) => {
    const entry = entryOf(call, word(call, 1), 'set');
    return entry === null ? wrongType : integer(entry?.members.size ?? 0);
  },
  sismember: (call) => {
    const entry = entryOf(call, word(call, 1), 'set');
    return entry === null ? wrongType : integer(entry?.members.has(word(call, 2)) === true ? 1 : 0);
  },
  smembers: combine('union', false),
  sinter: combine('inter', false),
  sunion: combine('union', false),
  sdiff: combine('diff', false),
  sinterstore: combine('inter', true),
  sunionstore: combine('union', true),
  sdiffstore: combine('diff', true),
  hset: hashSet('count'),
  hmset: hashSet('ok'),
  hsetnx: (call) => {
    const entry = entryOf(call, word(call, 1), 'hash');
    if (entry === null) return wrongType;
    return entry?.fields.has(word(call, 2)) === true ? integer(0) : hashSet('count')(call);
  },
  hget: hashRead((fields, call) => bulkOrNull(fields.get(word(call, 2)))),
  hmget: hashRead((fields, call) => array(call.words.slice(2).map((field) => bulkOrNull(fields.get(field))))),
  hgetall: hashRead((fields) => ({
    kind: 'map',
    pairs: Array.from(fields, ([field, value]) => [bulk(field), bulk(value)] as const),
  })),
  hkeys: hashRead((fields) => bulks(fields.keys())),
  hvals: hashRead((fields) => bulks(fields.values())),
  hlen: hashRead((fields) => integer(fields.size)),
  hexists: hashRead((fields, call) => integer(fields.has(word(call, 2)) ? 1 : 0)),
  hstrlen: hashRead((fields, call) => integer(fields.get(word(call, 2))?.length ?? 0)),
  hdel: (call) => {
    const entry = entryOf(call, word(call, 1), 'hash');
    if (entry === null) return wrongType;
    if (entry === undefined) return integer(0);
    const removed = call.words.slice(2).filter((field) => entry.fields.delete(field)).length;
    dropWhereEmpty(call, word(call, 1), entry);
    return integer(removed);
  },
  hincrby: hashIncrement,
  zadd: sortedAdd,
  zcard: (call) => {
    const entry = entryOf(call, word(call, 1), 'zset');
    return entry === null ? wrongType : integer(entry?.scores.size ?? 0);
  },
  zscore: (call) => {
    const entry = entryOf(call, word(call, 1), 'zset');
    if (entry === null) return wrongType;
    const score = entry?.scores.get(word(call, 2));
    return score === undefined ? respNull : { kind: 'double', text: formatFloat(score) };
  },
  zrem: (call) => {
    const entry = entryOf(call, word(call, 1), 'zset');
    if (entry === null) return wrongType;
    if (entry === undefined) return integer(0);
    const removed = call.words.slice(2).filter((member) => entry.scores.delete(member)).length;
    dropWhereEmpty(call, word(call, 1), entry);
    return integer(removed);
  },
  zrange: sortedRange(false),
  zrevrange: sortedRange(true),
};
