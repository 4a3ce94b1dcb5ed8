import { floatField, formatFields, integerField, padField } from '../interpreters/script/printf-field.ts';
import { AwkFault } from './fault.ts';
import { numberOf, type Scalar } from './value.ts';

const clipped = (value: Scalar, least: number, most: number): bigint => {
  const number = numberOf(value);
  return Number.isNaN(number) ? BigInt(least) : BigInt(Math.trunc(Math.min(most, Math.max(least, number))));
};

/** What `%c` shows: the character of a number, the first one of a text. */
function character(value: Scalar): string {
  if (typeof value === 'number') return String.fromCharCode(Math.trunc(value) & 255);
  if (typeof value === 'string') return value.charAt(0) || '\0';
  return value === undefined ? '\0' : value.text.charAt(0);
}

/** The texts of one printf or sprintf together may be no longer. */
const longest = 1 << 20;

/** sprintf of awk. Throws `AwkFault`. */
export function formatText(
  format: string,
  values: readonly Scalar[],
  textOf: (value: Scalar) => string,
  name: string,
): string {
  let at = 0;
  let conversions = 0;
  let length = 0;
  const next = (): Scalar => {
    if (at >= values.length) throw new AwkFault(`not enough arguments passed to ${name}("${format}")`);
    at += 1;
    return values[at - 1];
  };
  const improper = (): never => {
    throw new AwkFault(`improper conversion(number ${conversions + 1}) in ${name}("${format}")`);
  };
  return formatFields(
    format,
    {
      nextWidth: () => Number(clipped(next(), -100_000, 100_000)),
      convert(field) {
        if (!'cdiouxXeEfFgGs'.includes(field.conversion)) improper();
        conversions += 1;
        const value = next();
        let text: string;
        switch (field.conversion) {
          case 'c':
            text = padField(field, character(value));
            break;
          case 's': {
            const whole = textOf(value);
            text = padField(field, field.precision >= 0 ? whole.slice(0, field.precision) : whole);
            break;
          }
          case 'd':
          case 'i':
            text = integerField(
              { ...field, zero: field.zero && field.precision < 0 },
              clipped(value, -2_147_483_647, 2_147_483_647),
            );
            break;
          case 'o': {
            const octal = clipped(value, 0, 4_294_967_295).toString(8);
            const digits = octal.padStart(field.precision, '0');
            const shown = field.sharp && !digits.startsWith('0') ? `0${digits}` : digits;
            text =
              field.zero && !field.minus && field.precision < 0
                ? shown.padStart(field.width, '0')
                : padField(field, shown);
            break;
          }
          case 'u':
          case 'x':
          case 'X':
            text = integerField({ ...field, plus: false, space: false }, clipped(value, 0, 4_294_967_295));
            break;
          default:
            text = floatField(field, numberOf(value));
        }
        length += text.length;
        if (length > longest) throw new AwkFault(`${name} buffer overflow`);
        return text;
      },
    },
    improper,
  );
}
