import {
  array,
  bulk,
  bulks,
  failure,
  integer,
  respNull,
  respOk,
  simple,
  type RespValue,
} from '../../wire/resp-value.ts';
import { longOf, notInteger, syntaxError, word, type Call, type Handler } from './call.ts';
import { globBudget, globMatches, globSteps, octetsOfStep } from './glob.ts';
import type { Entry } from './keyspace.ts';
import { redisAtLeast } from './version.ts';

const exists = (call: Call, key: string): boolean => call.database.get(key, call.now) !== undefined;

function expire(unit: number, absolute: boolean): Handler {
  return (call) => {
    const value = longOf(word(call, 2));
    if (value === null) return notInteger;
    const key = word(call, 1);
    if (!exists(call, key)) return integer(0);
    const until = (absolute ? 0 : call.now) + Number(value) * unit;
    if (!Number.isSafeInteger(until)) {
      const name = word(call, 0).toLowerCase();
      return failure(
        redisAtLeast(call.instance.version, 7, 0)
          ? `ERR invalid expire time in '${name}' command`
          : `ERR invalid expire time in ${name}`,
      );
    }
    if (until <= call.now) call.database.delete(key);
    else call.database.expireAt(key, until);
    return integer(1);
  };
}

function timeToLive(unit: number): Handler {
  return (call) => {
    if (!exists(call, word(call, 1))) return integer(-2);
    const until = call.database.expiryOf(word(call, 1));
    return integer(
      until === undefined ? -1 : Math.floor((until - call.now + (unit === 1000 ? 500 : 0)) / unit),
    );
  };
}

/** SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]: the cursor is the place in the list of keys. */
function scan(call: Call): RespValue {
  if (!/^\d{1,20}$/.test(word(call, 1))) return failure('ERR invalid cursor');
  let pattern = '*';
  let count = 10;
  let type = '';
  for (let index = 2; index < call.words.length; index += 2) {
    const option = word(call, index).toUpperCase();
    if (index + 1 >= call.words.length) return syntaxError;
    if (option === 'MATCH') pattern = word(call, index + 1);
    else if (option === 'TYPE') type = word(call, index + 1).toLowerCase();
    else if (option === 'COUNT') {
      const wanted = longOf(word(call, index + 1));
      if (wanted === null) return notInteger;
      if (wanted < 1n) return syntaxError;
      count = Number(wanted > 100_000n ? 100_000n : wanted);
    } else return syntaxError;
  }
  const keys = call.database.keys(call.now);
  const from = Math.min(Number(word(call, 1)), keys.length);
  const page = keys.slice(from, from + count);
  const next = from + count >= keys.length ? 0 : from + count;
  const budget = globBudget();
  const found = page.filter(
    (key) =>
      globMatches(pattern, key, budget) && (type === '' || call.database.get(key, call.now)?.type === type),
  );
  call.instance.work += (globSteps - Math.max(0, budget.steps)) * octetsOfStep;
  return array([bulk(String(next)), bulks(found)]);
}

function rename(onlyNew: boolean): Handler {
  return (call) => {
    const [from, to] = [word(call, 1), word(call, 2)];
    const entry = call.database.get(from, call.now);
    if (entry === undefined) return failure('ERR no such key');
    if (onlyNew && exists(call, to)) return integer(0);
    const until = call.database.expiryOf(from);
    if (from !== to) {
      call.database.delete(from);
      call.database.set(to, entry);
      if (until !== undefined) call.database.expireAt(to, until);
    }
    return onlyNew ? integer(1) : respOk;
  };
}

function remove(call: Call): RespValue {
  const removed = call.words.slice(1).filter((key) => exists(call, key) && call.database.delete(key)).length;
  call.instance.changes += removed;
  return integer(removed);
}

export function encodingOf(entry: Entry, version: string): string {
  const small = redisAtLeast(version, 7, 0) ? 'listpack' : 'ziplist';
  if (entry.type === 'string') {
    if (longOf(entry.value) !== null) return 'int';
    return entry.value.length <= 44 ? 'embstr' : 'raw';
  }
  if (entry.type === 'list') return 'quicklist';
  if (entry.type === 'hash') return entry.fields.size <= 512 ? small : 'hashtable';
  if (entry.type === 'zset') return entry.scores.size <= 128 ? small : 'skiplist';
  const integers = entry.members.size <= 512 && [...entry.members].every((member) => longOf(member) !== null);
  return integers ? 'intset' : 'hashtable';
}

function flush(all: boolean): Handler {
  return (call) => {
    const option = word(call, 1).toUpperCase();
    if (call.words.length > 2 || (call.words.length === 2 && option !== 'ASYNC' && option !== 'SYNC'))
      return syntaxError;
    for (const database of all ? call.instance.databases : [call.database]) database.clear();
    call.instance.changes += 1;
    return respOk;
  };
}

const count = (call: Call): RespValue =>
  integer(call.words.slice(1).filter((key) => exists(call, key)).length);

export const keyCommands: Readonly<Record<string, Handler>> = {
  del: remove,
  unlink: remove,
  exists: count,
  touch: count,
  type: (call) => simple(call.database.get(word(call, 1), call.now)?.type ?? 'none'),
  expire: expire(1000, false),
  pexpire: expire(1, false),
  expireat: expire(1000, true),
  pexpireat: expire(1, true),
  ttl: timeToLive(1000),
  pttl: timeToLive(1),
  persist: (call) => integer(exists(call, word(call, 1)) && call.database.persist(word(call, 1)) ? 1 : 0),
  keys: (call) => {
    const budget = globBudget();
    const found = call.database.keys(call.now).filter((key) => globMatches(word(call, 1), key, budget));
    call.instance.work += (globSteps - Math.max(0, budget.steps)) * octetsOfStep;
    return bulks(found);
  },
  scan,
  randomkey: (call) => {
    const first = call.database.keys(call.now)[0];
    return first === undefined ? respNull : bulk(first);
  },
  rename: rename(false),
  renamenx: rename(true),
  move: (call) => {
    const index = longOf(word(call, 2));
    const target = index === null ? undefined : call.instance.databases[Number(index)];
    if (target === undefined)
      return failure(
        index === null ? 'ERR value is not an integer or out of range' : 'ERR DB index is out of range',
      );
    if (target === call.database) return failure('ERR source and destination objects are the same');
    const entry = call.database.get(word(call, 1), call.now);
    if (entry === undefined || target.get(word(call, 1), call.now) !== undefined) return integer(0);
    call.database.delete(word(call, 1));
    target.set(word(call, 1), entry);
    return integer(1);
  },
  dbsize: (call) => integer(call.database.size(call.now)),
  flushall: flush(true),
  flushdb: flush(false),
};
