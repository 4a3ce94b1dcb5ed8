import { Buffer } from 'node:buffer';
import { Unsupported } from '../../script/unsupported.ts';
import type { Engine } from '../engine.ts';
import { bytesOf, fail, float, integer, makeModule } from '../machinery.ts';
import { Bytes, Instance, type ModuleValue, PythonError, Tuple, type Value } from '../value.ts';

const sizes: Readonly<Record<string, number>> = {
  x: 1,
  c: 1,
  b: 1,
  B: 1,
  '?': 1,
  h: 2,
  H: 2,
  i: 4,
  I: 4,
  l: 4,
  L: 4,
  q: 8,
  Q: 8,
  f: 4,
  d: 8,
};

interface Field {
  readonly letter: string;
  readonly count: number;
  readonly size: number;
  readonly pad: number;
}

function fault(engine: Engine, message: string): never {
  const value = new Instance(engine.types.error('error', 'Exception', 'struct'));
  value.fields.set('args', new Tuple([message]));
  throw new PythonError(value);
}

function fieldsOf(
  engine: Engine,
  given: Value | undefined,
): { fields: Field[]; little: boolean; size: number } {
  const format = given instanceof Bytes ? given.text : given;
  if (typeof format !== 'string')
    return fail(
      engine,
      'TypeError',
      `Struct() argument 1 must be a str or bytes object, not ${given === undefined ? 'NoneType' : typeof given}`,
    );
  if (format.length > 1_000) throw new Unsupported('long');
  const mark = /^[@=<>!]/.exec(format)?.[0] ?? '@';
  const native = mark === '@';
  const fields: Field[] = [];
  let size = 0;
  for (const match of format
    .replace(/^[@=<>!]/, '')
    .replaceAll(/\s/g, '')
    .matchAll(/(\d{0,6})(.)/g)) {
    const [, digits = '', letter = ''] = match;
    const count = digits === '' ? 1 : Number(digits);
    const width =
      letter === 's' || letter === 'p' ? 1 : native && (letter === 'l' || letter === 'L') ? 8 : sizes[letter];
    if (width === undefined) return fault(engine, 'bad char in struct format');
    if (letter === 'p') throw new Unsupported('p');
    const pad = native && letter !== 's' ? (width - (size % width)) % width : 0;
    size += pad + width * count;
    if (size > 1_000_000) throw new Unsupported('large');
    fields.push({ letter, count, size: width, pad });
  }
  return { fields, little: mark !== '>' && mark !== '!', size };
}

function packOne(engine: Engine, { letter, size }: Field, value: Value | undefined, little: boolean): string {
  if (letter === 'c') return bytesOf(engine, value);
  if (letter === '?') return value === false || value === 0n ? '\0' : '\x01';
  const bytes = Buffer.alloc(size);
  if (letter === 'f' || letter === 'd') {
    const number = float(engine, value);
    if (letter === 'f') bytes.writeFloatBE(number);
    else bytes.writeDoubleBE(number);
  } else {
    if (typeof value === 'number' || typeof value === 'string')
      return fault(engine, 'required argument is not an integer');
    const number = integer(engine, value);
    const bits = BigInt(size * 8);
    const signed = letter === letter.toLowerCase();
    const [low, high] = signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
    if (number < low || number > high)
      return fault(
        engine,
        size === 1
          ? `${signed ? 'byte' : 'ubyte'} format requires ${low} <= number <= ${high}`
          : size === 2
            ? `${signed ? 'short' : 'ushort'} format requires ${low} <= number <= ${high}`
            : `'${letter}' format requires ${low} <= number <= ${high}`,
      );
    bytes.write(
      BigInt.asUintN(size * 8, number)
        .toString(16)
        .padStart(size * 2, '0'),
      'hex',
    );
  }
  return (little ? bytes.reverse() : bytes).toString('latin1');
}

function unpackOne({ letter, size }: Field, text: string, little: boolean): Value {
  if (letter === 'c') return new Bytes(text);
  if (letter === '?') return text !== '\0';
  const raw = Buffer.from(text, 'latin1');
  const bytes = little ? raw.reverse() : raw;
  if (letter === 'f') return bytes.readFloatBE();
  if (letter === 'd') return bytes.readDoubleBE();
  const number = BigInt(`0x${bytes.toString('hex')}`);
  return letter === letter.toLowerCase() ? BigInt.asIntN(size * 8, number) : number;
}

export function struct(engine: Engine): ModuleValue {
  const unpack = ([format, given]: readonly Value[]): Value => {
    const { fields, little, size } = fieldsOf(engine, format);
    const text = bytesOf(engine, given);
    if (text.length !== size) return fault(engine, `unpack requires a buffer of ${size} bytes`);
    const found: Value[] = [];
    let at = 0;
    for (const field of fields) {
      at += field.pad;
      if (field.letter === 's') {
        found.push(new Bytes(text.slice(at, at + field.count)));
        at += field.count;
        continue;
      }
      for (let time = 0; time < field.count; time += 1, at += field.size)
        if (field.letter !== 'x') found.push(unpackOne(field, text.slice(at, at + field.size), little));
    }
    return new Tuple(found);
  };
  return makeModule(
    'struct',
    {
      pack: ([format, ...values]) => {
        const { fields, little } = fieldsOf(engine, format);
        const wanted = fields.reduce(
          (total, { letter, count }) => total + (letter === 'x' ? 0 : letter === 's' ? 1 : count),
          0,
        );
        if (wanted !== values.length)
          return fault(engine, `pack expected ${wanted} items for packing (got ${values.length})`);
        let out = '';
        let used = 0;
        for (const field of fields) {
          out += '\0'.repeat(field.pad);
          if (field.letter === 's') {
            out += bytesOf(engine, values[used]).slice(0, field.count).padEnd(field.count, '\0');
            used += 1;
            continue;
          }
          for (let time = 0; time < field.count; time += 1) {
            if (field.letter === 'x') out += '\0';
            else {
              out += packOne(engine, field, values[used], little);
              used += 1;
            }
          }
        }
        return new Bytes(out);
      },
      unpack: (values) => unpack(values),
      unpack_from: ([format, given, offset]) => {
        const start = Number(integer(engine, offset ?? 0n));
        return unpack([
          format ?? null,
          new Bytes(bytesOf(engine, given).slice(start, start + fieldsOf(engine, format).size)),
        ]);
      },
      calcsize: ([format]) => BigInt(fieldsOf(engine, format).size),
    },
    { error: engine.types.error('error', 'Exception', 'struct') },
  );
}
