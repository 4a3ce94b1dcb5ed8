import { floatField, formatFields, integerField, padField } from '../script/printf-field.ts';
import { Unsupported } from '../script/unsupported.ts';
import { numberOf, textOf, type Value } from './value.ts';

/** sprintf(). */
export function formatText(format: string, values: readonly Value[]): string {
  let used = 0;
  const next = (): Value => {
    used += 1;
    return values[used - 1];
  };
  return formatFields(
    format,
    {
      nextWidth: () => Math.trunc(numberOf(next())),
      convert(field) {
        const { conversion } = field;
        if (conversion === 's') {
          const text = textOf(next());
          const shown = field.precision >= 0 ? text.slice(0, field.precision) : text;
          return field.zero && !field.minus ? shown.padStart(field.width, '0') : padField(field, shown);
        }
        if (conversion === 'c') return padField(field, String.fromCharCode(numberOf(next()) & 255));
        if ('di'.includes(conversion) || 'uxXobB'.includes(conversion)) {
          const number = numberOf(next());
          if (!Number.isFinite(number)) throw new Unsupported('infinite');
          const whole = BigInt(Math.trunc(number));
          return integerField(field, 'di'.includes(conversion) ? whole : BigInt.asUintN(64, whole));
        }
        if ('eEfFgG'.includes(conversion)) return floatField(field, numberOf(next()));
        if (conversion === 'v') throw new Unsupported('vector');
        return `%${conversion}`;
      },
    },
    () => '%',
  );
}
