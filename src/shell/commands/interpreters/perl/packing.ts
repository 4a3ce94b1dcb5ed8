import { Buffer } from 'node:buffer';
import { Unsupported } from '../script/unsupported.ts';
import { numberOf, textOf, type Value } from './value.ts';

const widths: Readonly<Record<string, readonly [size: number, big: boolean]>> = {
  C: [1, false],
  c: [1, false],
  n: [2, true],
  N: [4, true],
  v: [2, false],
  V: [4, false],
  S: [2, false],
  s: [2, false],
  L: [4, false],
  l: [4, false],
  Q: [8, false],
  q: [8, false],
};

interface Item {
  readonly letter: string;
  /** -1 for `*`. */
  readonly count: number;
}

function itemsOf(template: string): Item[] {
  const found: Item[] = [];
  for (const [all, letter = '', count] of template.slice(0, 400).matchAll(/([A-Za-z])(\*|\d{1,6})?\s*|./gs)) {
    if (letter === '') {
      if (all.trim() !== '') throw new Unsupported('pack');
    } else found.push({ letter, count: count === '*' ? -1 : count === undefined ? 1 : Number(count) });
  }
  return found;
}

/** pack(): the letters that exploits and droppers use. */
export function pack(template: string, values: readonly Value[]): string {
  let out = '';
  let used = 0;
  for (const { letter, count } of itemsOf(template)) {
    if (letter === 'a' || letter === 'A' || letter === 'Z' || letter === 'H' || letter === 'h') {
      const text = textOf(values[used]);
      used += 1;
      if (letter === 'h') throw new Unsupported('pack');
      if (letter === 'H') {
        const digits = text.slice(0, count < 0 ? text.length : count).replaceAll(/[^0-9a-fA-F]/g, '0');
        out += Buffer.from(digits.length % 2 === 1 ? `${digits}0` : digits, 'hex').toString('latin1');
      } else if (count < 0) out += letter === 'Z' ? `${text}\0` : text;
      else out += text.slice(0, count).padEnd(count, letter === 'A' ? ' ' : '\0');
      continue;
    }
    if (letter === 'x') {
      out += '\0'.repeat(Math.max(count, 0));
      continue;
    }
    const width = widths[letter];
    if (width === undefined) throw new Unsupported('pack');
    const [size, big] = width;
    const end = count < 0 ? values.length : used + count;
    for (; used < end; used += 1) {
      const bytes = Buffer.alloc(size);
      bytes.write(
        BigInt.asUintN(size * 8, BigInt(Math.trunc(numberOf(values[used]))))
          .toString(16)
          .padStart(size * 2, '0'),
        'hex',
      );
      out += (big ? bytes : bytes.reverse()).toString('latin1');
      if (out.length > 1_048_576) throw new Unsupported('large');
    }
  }
  return out;
}

export function unpack(template: string, text: string): Value[] {
  const found: Value[] = [];
  let at = 0;
  for (const { letter, count } of itemsOf(template)) {
    if (letter === 'a' || letter === 'A' || letter === 'Z') {
      const piece = text.slice(at, count < 0 ? text.length : at + count);
      at += piece.length;
      found.push(
        letter === 'A'
          ? piece.replace(/[\0\s]+$/, '')
          : letter === 'Z'
            ? (piece.split('\0')[0] ?? '')
            : piece,
      );
    } else if (letter === 'H') {
      const digits = count < 0 ? (text.length - at) * 2 : count;
      const piece = text.slice(at, at + Math.ceil(digits / 2));
      at += piece.length;
      found.push(Buffer.from(piece, 'latin1').toString('hex').slice(0, digits));
    } else {
      const width = widths[letter];
      if (width === undefined) throw new Unsupported('unpack');
      const [size, big] = width;
      for (
        let left = count < 0 ? Infinity : count;
        left > 0 && at + size <= text.length;
        left -= 1, at += size
      ) {
        const raw = Buffer.from(text.slice(at, at + size), 'latin1');
        const value = BigInt(`0x${(big ? raw : raw.reverse()).toString('hex')}`);
        found.push(Number(/[cslq]/.test(letter) ? BigInt.asIntN(size * 8, value) : value));
      }
    }
  }
  return found;
}
