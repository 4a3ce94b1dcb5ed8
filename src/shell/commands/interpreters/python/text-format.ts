import type { Reading } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import { formatValue } from './format-specification.ts';
import { fail, type Machinery } from './machinery.ts';
import { Instance, type Keywords, type Value } from './value.ts';

/** The number of the next field without one, and whether fields have had numbers. */
interface Turn {
  next: number;
  manual: boolean;
}

/** `'{} {name!r:>5}'.format(…)`. */
export function* formatText(
  machinery: Machinery,
  text: string,
  values: readonly Value[],
  keywords: Keywords,
  depth = 0,
  turn: Turn = { next: 0, manual: false },
): Reading<Value> {
  if (depth > 2) return fail(machinery, 'ValueError', 'Max string recursion exceeded');
  let out = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if ((character === '{' || character === '}') && text.charAt(at + 1) === character) {
      out += character;
      at += 1;
    } else if (character === '}')
      return fail(machinery, 'ValueError', "Single '}' encountered in format string");
    else if (character !== '{') out += character;
    else {
      let close = at + 1;
      let open = 1;
      while (close < text.length) {
        if (text.charAt(close) === '{') open += 1;
        else if (text.charAt(close) === '}') open -= 1;
        if (open === 0) break;
        close += 1;
      }
      if (open > 0)
        return fail(
          machinery,
          'ValueError',
          close === at + 1 ? "Single '{' encountered in format string" : "expected '}' before end of string",
        );
      out += yield* field(machinery, text.slice(at + 1, close), values, keywords, depth, turn);
      at = close;
    }
    if (out.length > 4_194_304) throw new Unsupported('large');
  }
  return out;
}

function* field(
  machinery: Machinery,
  text: string,
  values: readonly Value[],
  keywords: Keywords,
  depth: number,
  turn: Turn,
): Reading<string> {
  const match = /^([^!:.[\]]{0,200})((?:\.\w{1,100}|\[[^\]]{1,100}\]){0,20})(?:!([rsa]))?(?::(.*))?$/s.exec(
    text,
  );
  if (match === null) throw new Unsupported('field');
  const [, name = '', path = '', conversion, given = ''] = match;
  let value: Value | undefined;
  if (name === '' || /^\d+$/.test(name)) {
    const index = name === '' ? turn.next : Number(name);
    if (name === '' ? turn.manual : turn.next > 0)
      return fail(
        machinery,
        'ValueError',
        `cannot switch from ${name === '' ? 'manual field specification to automatic field numbering' : 'automatic field numbering to manual field specification'}`,
      );
    if (name === '') turn.next += 1;
    else turn.manual = true;
    value = values[index];
    if (value === undefined)
      return fail(
        machinery,
        'IndexError',
        machinery.minor >= 8
          ? `Replacement index ${index} out of range for positional args tuple`
          : 'tuple index out of range',
      );
  } else {
    value = keywords.get(name);
    if (value === undefined) {
      return fail(machinery, 'KeyError', name);
    }
  }
  for (const step of path.match(/\.\w+|\[[^\]]+\]/g) ?? []) {
    if (step.startsWith('.')) value = yield* machinery.attribute(value, step.slice(1));
    else throw new Unsupported('index');
  }
  const specification = given.includes('{')
    ? yield* formatText(machinery, given, values, keywords, depth + 1, turn)
    : given;
  if (conversion === 'r' || conversion === 'a') value = yield* machinery.represent(value);
  else if (conversion === 's' || (value instanceof Instance && specification === ''))
    value = yield* machinery.text(value);
  return formatValue(machinery, value, typeof specification === 'string' ? specification : '');
}
