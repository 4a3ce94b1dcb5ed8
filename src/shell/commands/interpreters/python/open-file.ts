import { decodeText } from '../../../byte-text.ts';
import { FileFault } from '../../../files/fault.ts';
import { limits } from '../../../limits.ts';
import { encode } from './codec.ts';
import type { Engine } from './engine.ts';
import { indexed } from './iteration.ts';
import { argument, bytesOf, count, fail, faultError, makeError, pathOf } from './machinery.ts';
import { represent } from './representation.ts';
import { typeName } from './types.ts';
import { Builtin, Bytes, Instance, type Keywords, List, type Native, type Value } from './value.ts';

const lineOf = (text: string, from: number): string => {
  const end = text.indexOf('\n', from);
  return text.slice(from, end < 0 ? text.length : end + 1);
};

/** A reader over what is known from the start: a file's content, or a response's body. */
export function readerMembers(
  engine: Engine,
  content: string,
  binary: boolean,
): Readonly<Record<string, Native>> {
  const text = binary ? content : decodeText(content).replaceAll('\r\n', '\n');
  const wrap = (piece: string): Value => (binary ? new Bytes(piece) : piece);
  let position = 0;
  const take = (length: number): string => {
    const piece = text.slice(position, position + length);
    position += piece.length;
    engine.world.spend(piece.length);
    return piece;
  };
  return {
    read: ([size]) => {
      const wanted = size === undefined || size === null ? -1 : count(engine, size);
      return wrap(take(wanted < 0 ? text.length : wanted));
    },
    readline: () => wrap(take(lineOf(text, position).length)),
    readlines: () => {
      const lines: Value[] = [];
      while (position < text.length) lines.push(wrap(take(lineOf(text, position).length)));
      return new List(lines);
    },
    seek: ([offset]) => {
      position = Math.max(0, count(engine, offset));
      return BigInt(position);
    },
    tell: () => BigInt(position),
    __next__: () =>
      position < text.length ? wrap(take(lineOf(text, position).length)) : fail(engine, 'StopIteration', ''),
  };
}

/** An object of a class of the system, with its methods. */
export function makeObject(
  engine: Engine,
  type: string,
  module: string,
  members: Readonly<Record<string, Native>>,
  fields: Readonly<Record<string, Value>> = {},
): Instance {
  const value = new Instance(engine.types.error(type, 'object', module));
  for (const [name, native] of Object.entries(members)) value.fields.set(name, new Builtin(name, native));
  for (const [name, field] of Object.entries(fields)) value.fields.set(name, field);
  const own = value.type.members;
  if (members['__next__'] !== undefined && !own.has('__iter__')) {
    own.set(
      '__iter__',
      new Builtin('__iter__', ([self]) => (self instanceof Instance ? lines(engine, self) : null)),
    );
  }
  if (!value.fields.has('__enter__')) value.fields.set('__enter__', new Builtin('__enter__', () => value));
  const close = members['close'];
  if (!value.fields.has('__exit__'))
    value.fields.set(
      '__exit__',
      new Builtin('__exit__', () => (close === undefined ? null : close([], new Map()))),
    );
  return value;
}

function lines(engine: Engine, self: Instance): Value {
  const next = self.fields.get('readline');
  if (!(next instanceof Builtin)) return fail(engine, 'TypeError', 'not iterable');
  return indexed('lines', () => {
    const line = next.native([], new Map());
    const text = line instanceof Bytes ? line.text : line;
    return typeof text === 'string' && text !== '' && (typeof line === 'string' || line instanceof Bytes)
      ? line
      : undefined;
  });
}

/** `open(path, mode)`. */
export function openFile(engine: Engine, values: readonly Value[], keywords: Keywords): Value {
  const given = values[0] ?? keywords.get('file') ?? null;
  const path = pathOf(engine, given);
  const mode = argument(values, keywords, 1, 'mode') ?? 'r';
  if (typeof mode !== 'string')
    return fail(engine, 'TypeError', `open() argument 'mode' must be str, not ${typeName(mode)}`);
  if (!/^[rwxabt+U]{1,4}$/.test(mode)) return fail(engine, 'ValueError', `invalid mode: ${represent(mode)}`);
  if (!/[rwxa]/.test(mode))
    return fail(
      engine,
      'ValueError',
      'Must have exactly one of create/read/write/append mode and at most one plus',
    );
  const binary = mode.includes('b');
  let closed = false;
  const members: Record<string, Native> = {};
  const check = (): void => {
    if (closed) fail(engine, 'ValueError', 'I/O operation on closed file.');
  };
  const guard = <Result>(run: () => Result): Result => {
    try {
      return run();
    } catch (error) {
      if (error instanceof FileFault) throw faultError(engine, error, path);
      throw error;
    }
  };
  let pending = '';
  const flush = (): Value => {
    const text = pending;
    pending = '';
    if (text !== '') guard(() => engine.world.append(path, text));
    return null;
  };
  if (mode.includes('r')) {
    const content = guard(() => engine.world.readFile(path));
    for (const [name, native] of Object.entries(readerMembers(engine, content, binary)))
      members[name] = (items, names) => {
        check();
        return native(items, names);
      };
  } else {
    if (mode.includes('x') && engine.world.process.state.files.find(path, engine.world.folder) !== null)
      throw faultError(engine, new FileFault('EEXIST'), path);
    guard(() => engine.world.openFile(path, mode.includes('a') ? 'append' : 'truncate'));
    for (const name of ['read', 'readline', 'readlines'])
      members[name] = () => {
        throw makeError(engine, 'OSError', 'not readable');
      };
  }
  if (/[wxa+]/.test(mode)) {
    members['write'] = ([value]) => {
      check();
      if (!binary && typeof value !== 'string')
        return fail(engine, 'TypeError', `write() argument must be str, not ${typeName(value ?? null)}`);
      const text =
        typeof value === 'string'
          ? binary
            ? bytesOf(engine, value)
            : encode(engine, value, 'utf-8', 'strict')
          : bytesOf(engine, value);
      pending += text;
      if (pending.length > limits.oneFileBytes) flush();
      return BigInt(typeof value === 'string' ? value.length : text.length);
    };
    members['writelines'] = function* writeLines([value]) {
      for (const item of yield* engine.items(value ?? null)) members['write']?.([item], new Map());
      return null;
    };
  } else
    members['write'] = () => {
      throw makeError(engine, 'OSError', 'not writable');
    };
  members['flush'] = flush;
  members['close'] = () => {
    if (!closed) flush();
    closed = true;
    return null;
  };
  members['fileno'] = () => 3n;
  members['isatty'] = () => false;
  const file = makeObject(
    engine,
    binary ? (mode.includes('r') ? 'BufferedReader' : 'BufferedWriter') : 'TextIOWrapper',
    '_io',
    members,
    { name: path, mode, closed: false },
  );
  file.shown = binary
    ? `<_io.${file.type.name} name=${represent(path)}>`
    : `<_io.TextIOWrapper name=${represent(path)} mode=${represent(mode)} encoding='UTF-8'>`;
  engine.world.atEnd.push(() => void flush());
  return file;
}
