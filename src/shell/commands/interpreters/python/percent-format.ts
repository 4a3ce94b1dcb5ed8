import { floatField, formatFields, integerField, padField } from '../script/printf-field.ts';
import { Unsupported } from '../script/unsupported.ts';
import { fail, type Machinery } from './machinery.ts';
import { plainText, quoteText, represent } from './representation.ts';
import { integerOf, isNumber } from './truth.ts';
import { typeName } from './types.ts';
import { Bytes, Dictionary, Instance, keyOf, Tuple, type Value } from './value.ts';

/** `text % values`. Values of the script's own classes are texts by now, where they stand for themselves. */
export function formatPercent(machinery: Machinery, format: string, given: Value, bytes: boolean): string {
  const values = given instanceof Tuple ? given.items : [given];
  let used = 0;
  const next = (): Value => {
    const value = values[used];
    used += 1;
    if (value === undefined) return fail(machinery, 'TypeError', 'not enough arguments for format string');
    return value;
  };
  const names: string[] = [];
  // `%(name)s`: the name goes aside, for its turn among the conversions.
  const plain = format.replaceAll(/%\(([^()]{0,200})\)/g, (_all, name: string) => {
    names.push(name);
    return '%';
  });
  const mapped = names.length > 0;
  if (mapped && (!(given instanceof Dictionary) || plain.includes('%%')))
    return given instanceof Dictionary
      ? unsupported()
      : fail(machinery, 'TypeError', 'format requires a mapping');
  let turn = 0;
  const value = (): Value => {
    if (!mapped || !(given instanceof Dictionary)) return next();
    const name = names[turn] ?? '';
    turn += 1;
    const entry = given.entries.get(keyOf(name) ?? '');
    if (entry !== undefined) return entry.value;
    return fail(machinery, 'KeyError', name);
  };
  const text = formatFields(
    plain,
    {
      nextWidth: () => Number(integerOf(next()) ?? 0n),
      convert(field) {
        const { conversion } = field;
        const item = value();
        if (conversion === 's' || conversion === 'r' || conversion === 'a') {
          if (item instanceof Instance && item.type.find('__str__') !== undefined)
            throw new Unsupported('__str__');
          const shown =
            bytes && item instanceof Bytes
              ? item.text
              : conversion === 's'
                ? plainText(item)
                : represent(item);
          return padField(field, field.precision >= 0 ? shown.slice(0, field.precision) : shown);
        }
        if (conversion === 'c') {
          const code = integerOf(item);
          if (code !== null) return padField(field, String.fromCodePoint(Number(code) & 0x1fffff));
          return typeof item === 'string' && item.length === 1
            ? padField(field, item)
            : fail(machinery, 'TypeError', '%c requires int or char');
        }
        if ('diuxXo'.includes(conversion)) {
          if (!isNumber(item))
            return fail(
              machinery,
              'TypeError',
              `%${conversion} format: ${'diu'.includes(conversion) ? `a${machinery.minor >= 10 ? ' real' : ''} number` : 'an integer'} is required, not ${typeName(item)}`,
            );
          if (typeof item === 'number' && (!'diu'.includes(conversion) || !Number.isFinite(item)))
            throw new Unsupported('float');
          return integerField(field, typeof item === 'number' ? BigInt(Math.trunc(item)) : BigInt(item));
        }
        if ('eEfFgG'.includes(conversion)) {
          if (!isNumber(item))
            return fail(machinery, 'TypeError', `must be real number, not ${typeName(item)}`);
          return floatField(field, Number(item));
        }
        const at = format.lastIndexOf(conversion);
        return fail(
          machinery,
          'ValueError',
          `unsupported format character ${quoteText(conversion)} (0x${conversion.charCodeAt(0).toString(16)}) at index ${at}`,
        );
      },
    },
    (rest) => (rest === '%' ? fail(machinery, 'ValueError', 'incomplete format') : unsupported()),
  );
  if (!mapped && used < values.length && !(given instanceof Dictionary))
    fail(
      machinery,
      'TypeError',
      `not all arguments converted during ${bytes ? 'bytes' : 'string'} formatting`,
    );
  return text;
}

function unsupported(): never {
  throw new Unsupported('format');
}
