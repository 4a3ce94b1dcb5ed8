/** JSON in PHP's form. Texts are bytes of UTF-8 on both sides. */

import type { Reading } from '../../../../stream.ts';
import { decodeText, encodeText } from '../../../../byte-text.ts';
import { Unsupported } from '../../script/unsupported.ts';
import { exactFloat, keyText, textKey } from '../conversion.ts';
import type { Machine } from '../machine.ts';
import type { NativeTable } from '../native.ts';
import { ArrayValue, ObjectValue, stored, type Value, whole } from '../value.ts';

/** Error codes with their words. */
const messages: Readonly<Record<number, string>> = {
  0: 'No error',
  1: 'Maximum stack depth exceeded',
  4: 'Syntax error',
  5: 'Malformed UTF-8 characters, possibly incorrectly encoded',
  7: 'Inf and NaN cannot be JSON encoded',
  8: 'Type is not supported',
};

class JsonFault extends Error {
  readonly code: number;

  constructor(code: number) {
    super('json');
    this.code = code;
  }
}

const lastCodes = new WeakMap<Machine, number>();

function quoted(text: string, flags: number): string {
  const characters = decodeText(text);
  if (encodeText(characters) !== text) {
    if ((flags & 0x30_0000) !== 0) throw new Unsupported('json');
    throw new JsonFault(5);
  }
  let out = JSON.stringify(characters);
  if ((flags & 64) === 0) out = out.replaceAll('/', '\\/');
  if ((flags & 256) === 0)
    out = out.replaceAll(/[\u007f-\uffff]/g, (one) =>
      one === '\u007f' ? one : `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  if ((flags & 1) !== 0) out = out.replaceAll('<', '\\u003C').replaceAll('>', '\\u003E');
  if ((flags & 2) !== 0) out = out.replaceAll('&', '\\u0026');
  if ((flags & 4) !== 0) out = out.replaceAll("'", '\\u0027');
  return encodeText(out);
}

function* encoded(machine: Machine, value: Value, flags: number, indent: number): Reading<string> {
  if (indent > 60) throw new Unsupported('deep');
  machine.step();
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new JsonFault(7);
    const text = exactFloat(value, 'e');
    return (flags & 1_024) !== 0 && /^-?\d+$/.test(text) ? `${text}.0` : text;
  }
  if (typeof value === 'string') {
    machine.spend(value.length * 2);
    if ((flags & 32) !== 0) throw new Unsupported('numeric check');
    return quoted(value, flags);
  }
  const pretty = (flags & 128) !== 0;
  const pad = pretty ? `\n${'    '.repeat(indent + 1)}` : '';
  const end = pretty ? `\n${'    '.repeat(indent)}` : '';
  if (value instanceof ArrayValue && value.isList && (flags & 16) === 0) {
    const parts: string[] = [];
    for (const one of value.values()) parts.push(pad + (yield* encoded(machine, one, flags, indent + 1)));
    return parts.length === 0 ? '[]' : `[${parts.join(',')}${end}]`;
  }
  if (value instanceof ObjectValue && value.info.is('JsonSerializable'))
    return yield* encoded(machine, yield* machine.method(value, 'jsonSerialize', []), flags, indent);
  let entries: [string, Value][];
  if (value instanceof ArrayValue) entries = Array.from(value.entries(), ([key, one]) => [keyText(key), one]);
  else if (value instanceof ObjectValue)
    entries = [...value.properties.keys()]
      .filter((name) => (value.info.properties.get(name)?.visibility ?? 'public') === 'public')
      .map((name) => [name, value.get(name) ?? null]);
  else throw new JsonFault(8);
  const parts: string[] = [];
  for (const [key, one] of entries)
    parts.push(
      `${pad}${quoted(key, flags)}:${pretty ? ' ' : ''}${yield* encoded(machine, one, flags, indent + 1)}`,
    );
  return parts.length === 0 ? '{}' : `{${parts.join(',')}${end}}`;
}

/** What `JSON.parse` read, with integers kept whole. */
function* decoded(
  machine: Machine,
  text: string,
  at: { place: number },
  asArray: boolean,
  depth: number,
): Reading<Value> {
  if (depth < 0) throw new JsonFault(1);
  machine.step();
  const skip = (): void => {
    while (' \t\r\n'.includes(text.charAt(at.place)) && at.place < text.length) at.place += 1;
  };
  const take = (mark: string): boolean => {
    skip();
    if (!text.startsWith(mark, at.place)) return false;
    at.place += mark.length;
    return true;
  };
  const string = (): string => {
    const found = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
    found.lastIndex = at.place;
    const match = found.exec(text);
    if (match === null) throw new JsonFault(4);
    at.place += match[0].length;
    machine.spend(match[0].length * 2);
    return encodeText(String(JSON.parse(match[0])));
  };
  skip();
  const character = text.charAt(at.place);
  if (character === '"') return string();
  if (take('[')) {
    const made = new ArrayValue();
    if (take(']')) return made;
    do {
      machine.spend(96);
      made.push(yield* decoded(machine, text, at, asArray, depth - 1));
    } while (take(','));
    if (!take(']')) throw new JsonFault(4);
    return made;
  }
  if (take('{')) {
    const entries: [string, Value][] = [];
    if (!take('}')) {
      do {
        skip();
        const key = string();
        if (!take(':')) throw new JsonFault(4);
        machine.spend(96);
        entries.push([key, yield* decoded(machine, text, at, asArray, depth - 1)]);
      } while (take(','));
      if (!take('}')) throw new JsonFault(4);
    }
    if (asArray) return ArrayValue.from(entries.map(([key, one]) => [textKey(key), one]));
    const object = yield* machine.make('stdClass', []);
    for (const [key, one] of entries) object.set(key, one);
    return object;
  }
  const word = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/iy;
  word.lastIndex = at.place;
  const match = word.exec(text);
  if (match === null) throw new JsonFault(4);
  at.place += match[0].length;
  const lower = match[0].toLowerCase();
  if (lower === 'true' || lower === 'false') return lower === 'true';
  if (lower === 'null') return null;
  return /[.e]/.test(lower) ? Number(lower) : whole(BigInt(lower));
}

/** What a fault of either becomes: a code to ask for, or an exception. */
function failed(machine: Machine, error: unknown, flags: number, otherwise: Value): Value {
  if (!(error instanceof JsonFault)) throw error;
  if ((flags & 4_194_304) !== 0) machine.throwError('JsonException', messages[error.code] ?? '');
  lastCodes.set(machine, error.code);
  return otherwise;
}

export const jsonFunctions: NativeTable = {
  *'json_encode(mixed $value, int $flags = 0, int $depth = 512)'(machine, given): Reading<Value> {
    try {
      const text = yield* encoded(machine, given.value(0), given.number(1), 0);
      lastCodes.set(machine, 0);
      return text;
    } catch (error) {
      return failed(machine, error, given.number(1), false);
    }
  },
  *'json_decode(string $json, ?bool $associative = null, int $depth = 512, int $flags = 0)'(
    machine,
    given,
  ): Reading<Value> {
    const bytes = given.text(0);
    machine.spend(bytes.length * 2);
    const text = decodeText(bytes);
    const at = { place: 0 };
    try {
      if (encodeText(text) !== bytes) throw new JsonFault(5);
      const value = yield* decoded(
        machine,
        text,
        at,
        given.flag(1) || (given.number(3) & 1) !== 0,
        Math.min(given.number(2), 60),
      );
      if (text.slice(at.place).trim() !== '') throw new JsonFault(4);
      lastCodes.set(machine, 0);
      return stored(value);
    } catch (error) {
      return failed(machine, error, given.number(3), null);
    }
  },
  'json_last_error()': (machine) => BigInt(lastCodes.get(machine) ?? 0),
  'json_last_error_msg()': (machine) => messages[lastCodes.get(machine) ?? 0] ?? '',
};
