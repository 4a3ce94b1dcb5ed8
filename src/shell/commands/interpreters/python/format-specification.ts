import { fixedText, exponentText, generalText, shortestText } from '../script/number-text.ts';
import { Unsupported } from '../script/unsupported.ts';
import { fail, type Machinery } from './machinery.ts';
import { plainText } from './representation.ts';
import { integerOf } from './truth.ts';
import { typeName } from './types.ts';
import { Instance, type Value } from './value.ts';

const pattern = /^(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\d{1,7})?([,_])?(?:\.(\d{1,6}))?([a-zA-Z%])?$/su;

function group(digits: string, mark: string, every: number): string {
  const [whole = '', ...rest] = digits.split('.');
  let out = '';
  for (let at = 0; at < whole.length; at += 1) {
    if (at > 0 && (whole.length - at) % every === 0) out += mark;
    out += whole.charAt(at);
  }
  return [out, ...rest].join('.');
}

/** `format(value, specification)`: the mini-language of str.format and f-strings. */
export function formatValue(machinery: Machinery, value: Value, specification: string): string {
  if (specification === '') return plainText(value);
  if (value instanceof Instance) {
    if (value.type.find('__format__') !== undefined) throw new Unsupported('__format__');
    return fail(machinery, 'TypeError', `unsupported format string passed to ${value.type.name}.__format__`);
  }
  if (value === null || typeof value === 'object')
    return fail(machinery, 'TypeError', `unsupported format string passed to ${typeName(value)}.__format__`);
  const match = pattern.exec(specification);
  if (match === null)
    return fail(
      machinery,
      'ValueError',
      machinery.minor >= 10
        ? `Invalid format specifier '${specification}' for object of type '${typeName(value)}'`
        : 'Invalid format specifier',
    );
  const [
    ,
    fillGiven,
    alignGiven,
    sign = '',
    sharp = '',
    zero = '',
    width = '',
    mark = '',
    precision,
    type = '',
  ] = match;
  const wide = Math.min(Number(width || '0'), 1_000_000);
  const fill =
    fillGiven ??
    (zero !== '' && alignGiven === undefined
      ? '0'
      : alignGiven === undefined
        ? ' '
        : zero !== ''
          ? '0'
          : ' ');
  const unknown = (): never =>
    fail(machinery, 'ValueError', `Unknown format code '${type}' for object of type '${typeName(value)}'`);
  const pad = (lead: string, body: string, otherwise: string): string => {
    const align = alignGiven ?? (zero === '' ? otherwise : '=');
    const missing = Math.max(0, wide - lead.length - body.length);
    if (align === '<') return lead + body + fill.repeat(missing);
    if (align === '>') return fill.repeat(missing) + lead + body;
    if (align === '=') return lead + fill.repeat(missing) + body;
    const before = Math.floor(missing / 2);
    return fill.repeat(before) + lead + body + fill.repeat(missing - before);
  };
  if (typeof value === 'string' || (typeof value === 'boolean' && type === '')) {
    if (type !== '' && type !== 's') return unknown();
    if (typeof value === 'string' && alignGiven === '=')
      return fail(machinery, 'ValueError', "'=' alignment not allowed in string format specifier");
    if (typeof value === 'boolean' && (alignGiven !== undefined || width !== ''))
      return pad('', String(Number(value)), '>');
    const text = plainText(value);
    if (zero !== '' && alignGiven === undefined && machinery.minor < 10)
      return fail(machinery, 'ValueError', "'=' alignment not allowed in string format specifier");
    const body = precision === undefined ? text : text.slice(0, Number(precision));
    return alignGiven === undefined
      ? body + fill.repeat(Math.max(0, wide - body.length))
      : pad('', body, '<');
  }
  const signOf = (negative: boolean): string => (negative ? '-' : sign === '-' ? '' : sign);
  const whole = integerOf(value);
  if (whole !== null && (type === '' || 'bcdoxXn'.includes(type))) {
    if (precision !== undefined)
      return fail(machinery, 'ValueError', 'Precision not allowed in integer format specifier');
    if (type === 'c') return pad('', String.fromCodePoint(Number(whole) & 0x1fffff), '<');
    const base = type === 'b' ? 2 : type === 'o' ? 8 : type === 'x' || type === 'X' ? 16 : 10;
    let digits = (whole < 0n ? -whole : whole).toString(base);
    if (type === 'X') digits = digits.toUpperCase();
    if (mark !== '') digits = group(digits, mark, base === 10 ? 3 : 4);
    return pad(signOf(whole < 0n) + (sharp !== '' && base !== 10 ? `0${type}` : ''), digits, '>');
  }
  if (type !== '' && !'eEfFgGn%'.includes(type)) return unknown();
  const number = Number(value);
  const size = Math.abs(number);
  const digits = precision === undefined ? 6 : Number(precision);
  const lower = type.toLowerCase();
  let body =
    lower === 'f'
      ? fixedText(size, digits)
      : lower === 'e'
        ? exponentText(size, digits)
        : lower === '%'
          ? `${fixedText(size * 100, digits)}%`
          : lower === ''
            ? precision === undefined
              ? shortestText(size)
              : generalText(size, digits === 0 ? 1 : digits)
            : generalText(size, digits);
  if (lower === '' && precision !== undefined && /^\d+$/.test(body))
    body += body.length >= digits ? '' : '.0';
  if (/[EFG]/.test(type)) body = body.toUpperCase();
  if (mark !== '') body = group(body, mark, 3);
  return pad(signOf(number < 0 || Object.is(number, -0)), body, '>');
}
