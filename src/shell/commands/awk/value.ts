import { generalText } from '../interpreters/script/number-text.ts';

/** Text from outside that looks like a number: compared as one, shown as it came. */
export class NumericText {
  readonly text: string;
  readonly number: number;

  constructor(text: string, number: number) {
    this.text = text;
    this.number = number;
  }
}

/** Undefined is what was never assigned: both "" and 0. */
export type Scalar = number | string | NumericText | undefined;

const numeral =
  /^[ \t\n\v\f\r]*([-+]?)(0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|inf(?:inity)?|nan)/i;

/** The number at the start of a text, and how long it is there. */
function leading(text: string): { number: number; length: number } {
  const first = text.charCodeAt(0);
  // A letter other than those of `inf` and `nan` begins no number.
  if (first > 57 && !'iInN'.includes(text.charAt(0))) return { number: 0, length: 0 };
  const match = numeral.exec(text);
  if (match === null) return { number: 0, length: 0 };
  const [whole, sign, digits = ''] = match;
  const size = /^i/i.test(digits) ? Infinity : Number(digits);
  return { number: sign === '-' ? -size : size, length: whole.length };
}

/** A field, a line, an element of split: a number where all of it looks like one. */
export function fromOutside(text: string): Scalar {
  if (text === '' || text.length > 400) return text;
  const { number, length } = leading(text);
  return length > 0 && /^[ \t\n\v\f\r]*$/.test(text.slice(length)) ? new NumericText(text, number) : text;
}

export function numberOf(value: Scalar): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return leading(value).number;
  return value === undefined ? 0 : value.number;
}

/** Up to here a number is an integer to mawk: a C int. */
const mostInteger = 2_147_483_647;

export const isInteger = (number: number): boolean =>
  Number.isInteger(number) && Math.abs(number) <= mostInteger;

/** A number of which `format` (CONVFMT, OFMT) says how it is shown where it is no integer. */
export function numberText(number: number, format: (number: number) => string): string {
  return isInteger(number) ? String(Math.trunc(number) || 0) : format(number);
}

export const sixDigits = (number: number): string => (Number.isNaN(number) ? '-nan' : generalText(number, 6));

export function truthOf(value: Scalar): boolean {
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string') return value !== '';
  return value !== undefined && value.number !== 0;
}

/** Less than, equal to or more than 0; NaN is equal to all. */
export function compareValues(left: Scalar, right: Scalar, textOf: (value: Scalar) => string): number {
  if (typeof left !== 'string' && typeof right !== 'string') {
    const [a, b] = [numberOf(left), numberOf(right)];
    return a < b ? -1 : a > b ? 1 : 0;
  }
  const [a, b] = [textOf(left), textOf(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}
