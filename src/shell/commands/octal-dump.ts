import { ownMember } from '../own-member.ts';
import { isBusybox, type Command, type Process } from '../process.ts';
import type { Reading } from '../stream.ts';
import { inputText, readOptions } from './input-text.ts';

/** How od(1) shows units of this many octets. */
interface Shape {
  readonly size: number;
  readonly width: number;
  readonly printable: boolean;
  show(octets: readonly number[]): string;
}

const characterNames: Readonly<Record<number, string>> = {
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
};

const controlNames =
  'nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp'.split(
    ' ',
  );

const valueOf = (octets: readonly number[]): bigint =>
  octets.reduceRight((value, octet) => value * 256n + BigInt(octet), 0n);

const digits: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  o: { 1: 3, 2: 6, 4: 11, 8: 22 },
  x: { 1: 2, 2: 4, 4: 8, 8: 16 },
  u: { 1: 3, 2: 5, 4: 10, 8: 20 },
  d: { 1: 4, 2: 6, 4: 11, 8: 20 },
};

function shapeOf(type: string): Shape | null {
  const match = /^([acdoux])([CSIL1248]?)(z?)$/.exec(type);
  if (match === null) return null;
  const [, letter = '', count = '', ending = ''] = match;
  const printable = ending === 'z';
  if (letter === 'c')
    return {
      size: 1,
      width: 3,
      printable,
      show: ([octet = 0]) =>
        characterNames[octet] ??
        (octet >= 32 && octet < 127 ? String.fromCharCode(octet) : octet.toString(8).padStart(3, '0')),
    };
  if (letter === 'a')
    return {
      size: 1,
      width: 3,
      printable,
      show: ([octet = 0]) => {
        const seven = octet & 127;
        return controlNames[seven] ?? (seven === 127 ? 'del' : String.fromCharCode(seven));
      },
    };
  const size = { C: 1, S: 2, I: 4, L: 8, '1': 1, '2': 2, '4': 4, '8': 8, '': 4 }[count] ?? 4;
  const width = digits[letter]?.[size] ?? 3;
  const radix = letter === 'o' ? 8 : letter === 'x' ? 16 : 10;
  return {
    size,
    width,
    printable,
    show(octets) {
      let value = valueOf(octets);
      if (letter === 'd' && value >> BigInt(size * 8 - 1) === 1n) value -= 1n << BigInt(size * 8);
      return letter === 'd' || letter === 'u' ? value.toString() : value.toString(radix).padStart(width, '0');
    },
  };
}

const shorthand: Readonly<Record<string, string>> = {
  a: 'a',
  b: 'o1',
  c: 'c',
  d: 'u2',
  i: 'd4',
  l: 'd8',
  o: 'o2',
  s: 'd2',
  x: 'x2',
  X: 'x4',
};

/** `512`, `0x200`, `01000`, with `k` and the like. */
function size(text: string): number {
  const match = /^(0x[0-9a-f]+|\d+)([bkKmM]?)B?$/i.exec(text);
  if (match === null) return Number.NaN;
  const number =
    match[1]?.startsWith('0x') === true
      ? Number(match[1])
      : /^0\d/.test(match[1] ?? '')
        ? Number.parseInt(match[1] ?? '', 8)
        : Number(match[1]);
  return number * ({ b: 512, k: 1024, K: 1024, m: 1_048_576, M: 1_048_576 }[match[2] ?? ''] ?? 1);
}

export const octalDump: Command = {
  names: ['od'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, values, operands } = readOptions(process.words, 'AjNtwS');
    const width = values.has('w') ? Number(values.get('w')) || 16 : 16;
    // `-t` may stand more than once.
    const given = process.words.flatMap((word, index) =>
      word === '-t'
        ? [process.words[index + 1] ?? '']
        : /^-[A-Za-z]*t./.test(word)
          ? [word.slice(word.indexOf('t') + 1)]
          : [],
    );
    const types =
      (given.length > 1 ? given.join('') : (values.get('t') ?? values.get('format') ?? '')).match(
        /[acdoux][CSIL1248]?z?/g,
      ) ?? [];
    const named = [...flags].flatMap((flag) => ownMember(shorthand, flag) ?? []);
    const shapes = [...named, ...types].flatMap((type) => shapeOf(type) ?? []);
    if (given.length < 2 && values.has('t') && types.join('') !== values.get('t')) {
      process.error.write(
        `od: invalid character '${values.get('t')?.charAt(0)}' in type string '${values.get('t')}'\n`,
      );
      return 1;
    }
    if (shapes.length === 0) shapes.push(...[shapeOf('o2')].flatMap((shape) => shape ?? []));
    let text = '';
    let status = 0;
    for (const path of operands.length === 0 ? ['-'] : operands) {
      if (path !== '-' && process.state.files.find(path, process.folder) === null) {
        process.error.write(
          isBusybox(process)
            ? `od: can't open '${path}': No such file or directory\n`
            : `od: ${path}: No such file or directory\n`,
        );
        status = 1;
        continue;
      }
      const piece = yield* inputText(process, path);
      if (piece === null) status = 1;
      else text += piece;
    }
    if (status !== 0 && text === '' && operands.length > 0) return status;
    const skip = size(values.get('j') ?? '0');
    if (skip > text.length) {
      process.error.write('od: cannot skip past end of combined input\n');
      return 1;
    }
    const limit = values.has('N') ? size(values.get('N') ?? '') : Number.POSITIVE_INFINITY;
    yield* dump(process, text.slice(skip, skip + limit), {
      skip,
      width,
      shapes,
      radix: values.get('A') ?? 'o',
      verbose: flags.has('v'),
    });
    return status;
  },
};

interface Layout {
  readonly skip: number;
  readonly width: number;
  readonly shapes: readonly Shape[];
  readonly radix: string;
  readonly verbose: boolean;
}

function* dump(
  process: Process,
  text: string,
  { skip, width, shapes, radix, verbose }: Layout,
): Reading<void> {
  const address = (at: number): string =>
    radix === 'n'
      ? ''
      : radix === 'x'
        ? at.toString(16).padStart(6, '0')
        : radix === 'd'
          ? String(at).padStart(7, '0')
          : at.toString(8).padStart(7, '0');
  // Every row is as wide as the widest for the same octets.
  const perOctet = Math.max(...shapes.map((shape) => (shape.width + 1) / shape.size));
  let last: string | null = null;
  let starred = false;
  for (let at = 0; at < text.length; at += width) {
    const row = text.slice(at, at + width);
    if (!verbose && row.length === width && row === last && at + width <= text.length) {
      if (!starred) process.output.write('*\n');
      starred = true;
      continue;
    }
    last = row;
    starred = false;
    const octets = Array.from(row, (character) => character.charCodeAt(0));
    for (const [index, shape] of shapes.entries()) {
      const cell = Math.max(shape.width + 1, Math.round(perOctet * shape.size));
      const cells: string[] = [];
      for (let start = 0; start < octets.length; start += shape.size) {
        const unit = octets.slice(start, start + shape.size);
        while (unit.length < shape.size) unit.push(0);
        cells.push(shape.show(unit).padStart(cell));
      }
      const tail = shape.printable
        ? `${' '.repeat(cell * Math.floor((width - octets.length) / shape.size))}  >${row.replaceAll(/[^ -~]/g, '.')}<`
        : '';
      process.output.write(
        `${index === 0 ? address(skip + at) : ' '.repeat(address(0).length)}${cells.join('')}${tail}\n`,
      );
    }
    process.state.budget.spend(1 + shapes.length * (1 + (row.length >> 4)));
    if (process.state.budget.takeTurn()) yield;
  }
  if (radix !== 'n') process.output.write(`${address(skip + text.length)}\n`);
}
