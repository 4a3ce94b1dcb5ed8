/** One conversion of printf(3), which Python's `%`, Perl and PHP all have. */

import { exponentText, fixedText, generalText } from './number-text.ts';

export interface PrintfField {
  readonly minus: boolean;
  readonly plus: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  readonly sharp: boolean;
  readonly width: number;
  /** -1 where none is given. */
  readonly precision: number;
  readonly conversion: string;
}

/** Text in its field. */
export function padField(field: PrintfField, text: string): string {
  return field.minus ? text.padEnd(field.width) : text.padStart(field.width);
}

function signed(field: PrintfField, sign: string, prefix: string, digits: string): string {
  const lead = `${sign}${prefix}`;
  if (field.zero && !field.minus) return lead + digits.padStart(field.width - lead.length, '0');
  return padField(field, lead + digits);
}

const signOf = (field: PrintfField, negative: boolean): string =>
  negative ? '-' : field.plus ? '+' : field.space ? ' ' : '';

/** `d`, `i`, `u`, `x`, `X`, `o`, `b` of an integer; negative ones keep their sign. */
export function integerField(field: PrintfField, value: bigint): string {
  const { conversion } = field;
  const lower = conversion.toLowerCase();
  const base = lower === 'x' ? 16 : lower === 'o' ? 8 : lower === 'b' ? 2 : 10;
  let digits = (value < 0n ? -value : value).toString(base);
  if (conversion === 'X') digits = digits.toUpperCase();
  if (field.precision >= 0) digits = digits.padStart(Math.min(field.precision, 10_000), '0');
  const prefix = field.sharp && base !== 10 ? `0${conversion}` : '';
  return signed(field, signOf(field, value < 0n), prefix, digits);
}

/** `e`, `E`, `f`, `F`, `g`, `G` of a number. */
export function floatField(field: PrintfField, value: number): string {
  const digits = field.precision < 0 ? 6 : field.precision;
  const lower = field.conversion.toLowerCase();
  const size = Math.abs(value);
  const text =
    lower === 'e'
      ? exponentText(size, digits)
      : lower === 'f'
        ? fixedText(size, digits)
        : generalText(size, digits, field.sharp);
  const shown = /[EFG]/.test(field.conversion) ? text.toUpperCase() : text;
  const negative = value < 0 || Object.is(value, -0);
  return Number.isFinite(value)
    ? signed(field, signOf(field, negative), '', shown)
    : padField(field, `${signOf(field, negative)}${shown}`);
}

const pattern = /%([-+ 0#]{0,10})(\*|\d{1,6})?(?:\.(\*|\d{0,6}))?(?:hh|h|ll|l|q|L|V)?([a-zA-Z%])/y;

export interface FieldSource {
  /** For `*`. */
  nextWidth(): number;
  convert(field: PrintfField): string;
}

/** The text with its conversions done; at a `%` that begins none, `stray` says what stands for it. */
export function formatFields(format: string, source: FieldSource, stray: (rest: string) => string): string {
  let out = '';
  let at = 0;
  for (;;) {
    const next = format.indexOf('%', at);
    if (next < 0) return out + format.slice(at);
    out += format.slice(at, next);
    pattern.lastIndex = next;
    const match = pattern.exec(format);
    if (match === null) {
      out += stray(format.slice(next));
      at = next + 1;
      continue;
    }
    at = next + match[0].length;
    const [, flags = '', width, precision, conversion = ''] = match;
    if (conversion === '%') {
      out += '%';
      continue;
    }
    let wide = width === undefined ? 0 : width === '*' ? source.nextWidth() : Number(width);
    const minus = flags.includes('-') || wide < 0;
    wide = Math.min(Math.abs(wide), 100_000);
    out += source.convert({
      minus,
      plus: flags.includes('+'),
      space: flags.includes(' '),
      zero: flags.includes('0'),
      sharp: flags.includes('#'),
      width: wide,
      precision:
        precision === undefined ? -1 : precision === '*' ? source.nextWidth() : Number(precision || '0'),
      conversion,
    });
  }
}
