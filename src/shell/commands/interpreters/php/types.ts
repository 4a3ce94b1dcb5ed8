/** Types of parameters and results, and what becomes of a value that is given for one (weak mode). */

import { integerFrom, leadingNumber, numericValue, textOf } from './conversion.ts';
import { ArrayValue, ClosureValue, ObjectValue, type Value } from './value.ts';

/** Whether a value is of one of the types as it is. Names are in lower case. */
export function fits(value: Value, names: readonly string[], isCallable: (value: Value) => boolean): boolean {
  return names.some((name) => {
    switch (name) {
      case 'mixed':
        return true;
      case 'null':
      case 'void':
        return value === null;
      case 'int':
        return typeof value === 'bigint';
      case 'float':
        return typeof value === 'number';
      case 'string':
        return typeof value === 'string';
      case 'bool':
        return typeof value === 'boolean';
      case 'false':
        return value === false;
      case 'true':
        return value === true;
      case 'array':
        return value instanceof ArrayValue;
      case 'iterable':
        return value instanceof ArrayValue || (value instanceof ObjectValue && value.info.is('Traversable'));
      case 'object':
        return value instanceof ObjectValue;
      case 'callable':
        return value instanceof ClosureValue || isCallable(value);
      case 'self':
      case 'static':
        return value instanceof ObjectValue;
      default:
        return value instanceof ObjectValue && value.info.is(name);
    }
  });
}

const fitsInteger = (value: number): boolean =>
  Number.isFinite(value) && Math.abs(value) < 9.223372036854775e18;

/** The value as one of the scalar types; undefined where it can be none of them. Objects with a text are the caller's. */
export function juggled(value: Value, names: readonly string[]): Value | undefined {
  if (value === null || value instanceof ArrayValue || typeof value === 'object') return undefined;
  if (
    names.includes('int') &&
    typeof value !== 'string' &&
    !(typeof value === 'number' && names.includes('string') && !Number.isInteger(value))
  ) {
    if (typeof value === 'boolean') return value ? 1n : 0n;
    if (typeof value === 'number') return fitsInteger(value) ? integerFrom(value) : undefined;
  }
  if (typeof value === 'string' && (names.includes('int') || names.includes('float'))) {
    const number = numericValue(value);
    if (number !== null) {
      if (typeof number === 'bigint') return names.includes('int') ? number : Number(number);
      if (names.includes('float')) return number;
      return fitsInteger(number) ? integerFrom(number) : undefined;
    }
  }
  if (names.includes('float') && typeof value !== 'string') return Number(value);
  if (names.includes('string')) return textOf(value);
  if (names.includes('bool')) {
    if (typeof value === 'string') return value !== '' && value !== '0';
    return typeof value === 'number' ? value !== 0 : value !== 0n;
  }
  return undefined;
}

export interface NativeParameter {
  readonly name: string;
  readonly names: readonly string[];
  readonly shown: string;
  readonly byReference: boolean;
  readonly variadic: boolean;
  readonly initial: Value | undefined;
}

export interface Signature {
  readonly name: string;
  readonly parameters: readonly NativeParameter[];
  readonly least: number;
  readonly most: number;
}

function literal(text: string): Value {
  if (text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === '[]') return new ArrayValue();
  const quoted = /^"(.*)"$/s.exec(text);
  if (quoted !== null)
    return (quoted[1] ?? '')
      .replaceAll('\\n', '\n')
      .replaceAll('\\\\', '\\')
      .replaceAll('\\r', '\r')
      .replaceAll('\\t', '\t')
      .replaceAll('\\0', '\0')
      .replaceAll('\\v', '\v');
  return leadingNumber(text)?.value ?? null;
}

/** `strpos(string $haystack, string $needle, int $offset = 0)`, as the manual writes it. */
export function signatureOf(text: string): Signature {
  const open = text.indexOf('(');
  const inner = text.slice(open + 1, text.lastIndexOf(')'));
  const parameters = inner
    .split(/, (?=[?a-zA-Z|]+ [&.$])/)
    .filter((part) => part !== '')
    .map((part): NativeParameter => {
      const match = /^(\S+) (&?)(\.{3})?\$(\w+)(?: = ([\s\S]*))?$/.exec(part);
      const [, shown = 'mixed', reference, dots, name = '', initial] = match ?? [];
      const names = shown.replace(/^\?/, '').toLowerCase().split('|');
      if (shown.startsWith('?')) names.push('null');
      return {
        name,
        names,
        shown,
        byReference: reference === '&',
        variadic: dots !== undefined,
        initial: initial === undefined ? undefined : literal(initial),
      };
    });
  const least = parameters.filter(({ initial, variadic }) => initial === undefined && !variadic).length;
  return {
    name: text.slice(0, open),
    parameters,
    least,
    most: parameters.some(({ variadic }) => variadic) ? Infinity : parameters.length,
  };
}
