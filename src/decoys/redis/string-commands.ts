import {
  array,
  bulk,
  bulkOrNull,
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
  wrongType,
  type Call,
  type Handler,
} from './call.ts';
import { redisAtLeast } from './version.ts';

function get(call: Call): RespValue {
  const entry = entryOf(call, word(call, 1), 'string');
  return entry === null ? wrongType : bulkOrNull(entry?.value);
}

/** SET key value [NX | XX] [GET] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL] */
function set(call: Call): RespValue {
  let condition = '';
  let old = false;
  let keep = false;
  let until: number | null = null;
  const seven = redisAtLeast(call.instance.version, 7, 0);
  for (let index = 3; index < call.words.length; index += 1) {
    const option = word(call, index).toUpperCase();
    if ((option === 'NX' || option === 'XX') && condition === '') condition = option;
    else if (option === 'GET' && seven) old = true;
    else if (option === 'KEEPTTL' && until === null) keep = true;
    else if (
      /^(?:EX|PX|EXAT|PXAT)$/.test(option) &&
      until === null &&
      !keep &&
      index + 1 < call.words.length
    ) {
      const value = longOf(word(call, index + 1));
      if (value === null) return notInteger;
      if (value <= 0n || value > 9_000_000_000_000_000n) {
        return failure(seven ? "ERR invalid expire time in 'set' command" : 'ERR invalid expire time in set');
      }
      const milliseconds = option.startsWith('E') ? Number(value) * 1000 : Number(value);
      until = option.endsWith('AT') ? milliseconds : call.now + milliseconds;
      index += 1;
    } else return syntaxError;
  }
  const key = word(call, 1);
  const current = call.database.get(key, call.now);
  if (old && current !== undefined && current.type !== 'string') return wrongType;
  const answer = old ? bulkOrNull(current?.type === 'string' ? current.value : undefined) : respOk;
  if ((condition === 'NX' && current !== undefined) || (condition === 'XX' && current === undefined)) {
    return old ? answer : respNull;
  }
  return write(call, key, word(call, 2), keep) ?? expireThen(call, key, until, answer);
}

function expireThen(call: Call, key: string, until: number | null, answer: RespValue): RespValue {
  if (until !== null) call.database.expireAt(key, until);
  return answer;
}

/** Stores a string; the error where the store is full. */
function write(call: Call, key: string, value: string, keepExpiry: boolean): RespValue | null {
  if (!call.instance.reserve(key.length + value.length + 128)) return outOfMemory;
  if (keepExpiry) call.database.replace(key, { type: 'string', value });
  else call.database.set(key, { type: 'string', value });
  call.instance.changes += 1;
  return null;
}

function setWithExpiry(unit: number): Handler {
  return (call) => {
    const value = longOf(word(call, 2));
    const name = word(call, 0).toLowerCase();
    if (value === null) return notInteger;
    if (value <= 0n || value > 9_000_000_000_000_000n) {
      return failure(
        redisAtLeast(call.instance.version, 7, 0)
          ? `ERR invalid expire time in '${name}' command`
          : `ERR invalid expire time in ${name}`,
      );
    }
    const key = word(call, 1);
    return (
      write(call, key, word(call, 3), false) ?? expireThen(call, key, call.now + Number(value) * unit, respOk)
    );
  };
}

function increment(sign: 1n | -1n, index: number): Handler {
  return (call) => {
    const by = index === 0 ? 1n : longOf(word(call, index));
    const entry = entryOf(call, word(call, 1), 'string');
    if (by === null) return notInteger;
    if (entry === null) return wrongType;
    const current = longOf(entry?.value ?? '0');
    if (current === null) return notInteger;
    const sum = current + sign * by;
    if (sum >= 2n ** 63n || sum < -(2n ** 63n)) return failure('ERR increment or decrement would overflow');
    return write(call, word(call, 1), String(sum), true) ?? integer(sum);
  };
}

function incrementByFloat(call: Call): RespValue {
  const entry = entryOf(call, word(call, 1), 'string');
  if (entry === null) return wrongType;
  const by = floatOf(word(call, 2));
  const current = floatOf(entry?.value ?? '0');
  if (by === null || current === null) return notFloat;
  const sum = current + by;
  if (!Number.isFinite(sum)) return failure('ERR increment would produce NaN or Infinity');
  const text = formatFloat(sum);
  return write(call, word(call, 1), text, true) ?? bulk(text);
}

export function floatOf(text: string): number | null {
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return /^[+-]?(?:\d{1,300}\.?\d{0,300}|\.\d{1,300})(?:[eE][+-]?\d{1,4})?$/.test(text) ? Number(text) : null;
}

/** `%.17g` without its noise, which for most values is the shortest text that reads back. */
export function formatFloat(value: number): string {
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  return String(value).replace('e+', 'e+');
}

function append(call: Call): RespValue {
  const entry = entryOf(call, word(call, 1), 'string');
  if (entry === null) return wrongType;
  const value = (entry?.value ?? '') + word(call, 2);
  return write(call, word(call, 1), value, true) ?? integer(value.length);
}

function getRange(call: Call): RespValue {
  const [start, end] = [longOf(word(call, 2)), longOf(word(call, 3))];
  if (start === null || end === null) return notInteger;
  const entry = entryOf(call, word(call, 1), 'string');
  if (entry === null) return wrongType;
  const value = entry?.value ?? '';
  // Unlike lists, a negative end before the first octet is the first octet.
  const last = end < 0n && end + BigInt(value.length) < 0n ? 0n : end;
  const [from, to] = start < 0n && end < 0n && start > end ? [0, 0] : rangeOf(value.length, start, last);
  return bulk(value.slice(from, to));
}

function setRange(call: Call): RespValue {
  const offset = longOf(word(call, 2));
  if (offset === null) return notInteger;
  if (offset < 0n) return failure('ERR offset is out of range');
  const entry = entryOf(call, word(call, 1), 'string');
  if (entry === null) return wrongType;
  const value = entry?.value ?? '';
  const patch = word(call, 3);
  if (patch === '') return integer(value.length);
  if (offset + BigInt(patch.length) > 536_870_912n) {
    return failure('ERR string exceeds maximum allowed size (proto-max-bulk-len)');
  }
  const at = Number(offset);
  if (!call.instance.reserve(at)) return outOfMemory;
  const changed = value.slice(0, at).padEnd(at, '\0') + patch + value.slice(at + patch.length);
  return write(call, word(call, 1), changed, true) ?? integer(changed.length);
}

function setMany(onlyNew: boolean): Handler {
  return (call) => {
    if (call.words.length % 2 === 0) {
      return failure(
        redisAtLeast(call.instance.version, 7, 0)
          ? `ERR wrong number of arguments for '${onlyNew ? 'msetnx' : 'mset'}' command`
          : 'ERR wrong number of arguments for MSET',
      );
    }
    if (onlyNew) {
      for (let index = 1; index < call.words.length; index += 2) {
        if (call.database.get(word(call, index), call.now) !== undefined) return integer(0);
      }
    }
    for (let index = 1; index < call.words.length; index += 2) {
      const error = write(call, word(call, index), word(call, index + 1), false);
      if (error !== null) return error;
    }
    return onlyNew ? integer(1) : respOk;
  };
}

function bit(call: Call, change: boolean): RespValue {
  const offset = longOf(word(call, 2));
  if (offset === null || offset < 0n || offset >= 4_294_967_296n) {
    return failure('ERR bit offset is not an integer or out of range');
  }
  if (change && !/^[01]$/.test(word(call, 3))) return failure('ERR bit is not an integer or out of range');
  const entry = entryOf(call, word(call, 1), 'string');
  if (entry === null) return wrongType;
  const value = entry?.value ?? '';
  const at = Number(offset >> 3n);
  const mask = 0x80 >> Number(offset & 7n);
  const octet = at < value.length ? value.charCodeAt(at) : 0;
  if (change) {
    const next = word(call, 3) === '1' ? octet | mask : octet & ~mask;
    if (!call.instance.reserve(at)) return outOfMemory;
    const changed = value.slice(0, at).padEnd(at, '\0') + String.fromCharCode(next) + value.slice(at + 1);
    const error = write(call, word(call, 1), changed, true);
    if (error !== null) return error;
  }
  return integer((octet & mask) === 0 ? 0 : 1);
}

export const stringCommands: Readonly<Record<string, Handler>> = {
  get,
  set,
  setnx: (call) =>
    call.database.get(word(call, 1), call.now) === undefined
      ? (write(call, word(call, 1), word(call, 2), false) ?? integer(1))
      : integer(0),
  setex: setWithExpiry(1000),
  psetex: setWithExpiry(1),
  getset: (call) => {
    const old = get(call);
    return old.kind === 'error' ? old : (write(call, word(call, 1), word(call, 2), false) ?? old);
  },
  getdel: (call) => {
    const old = get(call);
    if (old.kind === 'bulk') call.database.delete(word(call, 1));
    return old;
  },
  strlen: (call) => {
    const entry = entryOf(call, word(call, 1), 'string');
    return entry === null ? wrongType : integer(entry?.value.length ?? 0);
  },
  append,
  getrange: getRange,
  substr: getRange,
  setrange: setRange,
  incr: increment(1n, 0),
  decr: increment(-1n, 0),
  incrby: increment(1n, 2),
  decrby: increment(-1n, 2),
  incrbyfloat: incrementByFloat,
  mget: (call) => array(call.words.slice(1).map((key) => bulkOrNull(entryOf(call, key, 'string')?.value))),
  mset: setMany(false),
  msetnx: setMany(true),
  setbit: (call) => bit(call, true),
  getbit: (call) => bit(call, false),
};
