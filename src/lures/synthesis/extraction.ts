/** What an answer needs so that the scanner can take a value out of it, which its next request or its verdict depends on. */

import { seededRandom } from '../../core/random.ts';
import { evaluate, type Environment, isTrue } from '../language/evaluate.ts';
import { type Expression, namesOf, type Value } from '../language/expression.ts';
import { functionName, textOf } from '../language/functions.ts';
import { matchingText } from '../language/matching-text.ts';
import { literalOf, parseText, type Text } from '../language/text.ts';
import { versionsNear } from '../language/version.ts';
import type { Extractor } from '../template/template.ts';
import { placeOf } from './goal.ts';
import { jsonPath } from './json-path.ts';
import type { Scope } from './scope.ts';
import { type Constraint, draftAt, satisfy, type State } from './satisfy.ts';

/** The literals of an expression that a value is compared to. */
function* literals(expression: Expression): Iterable<string> {
  if (expression.kind === 'value') yield textOf(expression.value);
  else if (expression.kind === 'unary') yield* literals(expression.operand);
  else if (expression.kind === 'binary') {
    yield* literals(expression.left);
    yield* literals(expression.right);
  } else if (expression.kind === 'call') {
    const inner = expression.arguments.flatMap((argument) => [...literals(argument)]);
    if (functionName(expression.name) === 'compare_versions') yield* versionsNear(inner);
    yield* inner;
  }
}

/** A value for the name under which all constraints on it hold; null where none of those at hand does, undefined where none is demanded. */
export function valueFor(
  name: string,
  constraints: readonly Constraint[],
  chosen: ReadonlyMap<string, Value>,
  environment: Environment,
): string | null | undefined {
  const own = constraints.filter(({ expression }) => namesOf(expression).has(name));
  if (own.length === 0) return undefined;
  const candidates = own.flatMap(({ expression }) =>
    [...literals(expression)].flatMap((text) => {
      const number = Number(text);
      return text !== '' && !Number.isNaN(number)
        ? [text, String(number + 1), String(Math.max(0, number - 1))]
        : [text];
    }),
  );
  candidates.push('1', '42', 'a1b2c3', 'true');
  return (
    candidates.find((candidate) => {
      if (candidate === '' || candidate.length > 512) return false;
      const tried: Environment = {
        ...environment,
        lookup: (other) => (other === name ? candidate : (chosen.get(other) ?? environment.lookup(other))),
      };
      return own.every(({ expression, wanted }) => {
        const value = evaluate(expression, tried);
        return value === null || isTrue(value) === wanted;
      });
    }) ?? null
  );
}

const token = (extractor: Extractor): string =>
  /(?:^|_)id$|count|number|version/i.test(extractor.name) ? '[1-9][0-9]{3}' : '[a-f0-9]{24}';
const tokenHole = (extractor: Extractor): Text => parseText(`{{like("${token(extractor)}")}}`);

const looksLikeHeader = (name: string): boolean =>
  /^(?:location|server|content_\w+|x_\w+|set_cookie|www_authenticate|date|etag|dav|allow|public)$/i.test(
    name,
  );

function* withMember(state: State, at: number, keys: readonly string[], value: Text): Iterable<State> {
  const draft = draftAt(state, at);
  yield {
    ...state,
    drafts: new Map([
      ...state.drafts,
      [at, { ...draft, members: [...draft.members, [keys, value] as const] }],
    ]),
  };
}

/** Elements one in the other as an absolute path counts them, with the value in the innermost. */
function nested(path: string, attribute: string, value: string): string | null {
  const steps = path.split('/').filter((step) => step !== '' && !/^(?:html|body)$/i.test(step));
  if (steps.length === 0 || steps.length > 32) return null;
  let inner = '';
  for (const [index, step] of steps.toReversed().entries()) {
    const parts = /^([a-z][a-z0-9]{0,15})(?:\[(\d{1,2})\])?$/i.exec(step);
    if (parts === null) return null;
    const tag = parts[1] ?? '';
    const before = `<${tag}></${tag}>`.repeat(Math.max(0, Number(parts[2] ?? 1) - 1));
    const isVoid = /^(?:input|meta|img|link)$/i.test(tag);
    const own = index > 0 ? '' : attribute === '' ? '' : ` ${attribute}="${value}"`;
    const content = index > 0 ? inner : attribute === '' ? value : '';
    inner = `${before}<${tag}${own}>${isVoid ? '' : `${content}</${tag}>`}`;
  }
  return inner;
}

/** The element that an XPath like `//*[@id="x"]` or `//input[@name='y']` finds, with the value in the attribute or inside. */
function elementFor(path: string, attribute: string, value: string): string | null {
  const id = /\[@([\w-]{1,32})\s*=\s*['"]([^'"]{1,128})['"]\]/.exec(path);
  if (id === null) return nested(path, attribute, value);
  const tag = /\/([a-z][a-z0-9]{0,15})(?:\[[^\]]*\])*(?:\/@[\w-]+)?$/i.exec(path)?.[1] ?? 'input';
  const mark = ` ${id[1]}="${id[2]}"`;
  return attribute === '' ? `<${tag}${mark}>${value}</${tag}>` : `<${tag}${mark} ${attribute}="${value}">`;
}

/** The states in which the extractor finds its value in the answer to request `at`. */
export function* withExtraction(
  state: State,
  extractor: Extractor,
  at: number,
  scope: Scope,
  value: string | undefined,
): Iterable<State> {
  const [first = ''] = extractor.values;
  const found = placeOf(extractor.part);
  if (found === null) {
    yield state;
    return;
  }
  const place = { ...found, at };
  switch (extractor.type) {
    case 'regex': {
      const pattern = scope.fold(parseText(first));
      if (value === undefined) {
        yield* satisfy(state, { kind: 'pattern', place, pattern, wanted: true });
        return;
      }
      const text = matchingText(literalOf(pattern), seededRandom(`wish ${first}`), {
        group: extractor.group,
        text: value,
      });
      if (text !== null) yield* satisfy(state, { kind: 'text', place, text: [text], wanted: true });
      return;
    }
    case 'json': {
      const keys = jsonPath(first);
      if (keys !== null)
        yield* withMember(state, at, keys, value === undefined ? tokenHole(extractor) : [value]);
      return;
    }
    case 'kval': {
      const text: Text = value === undefined ? tokenHole(extractor) : [value];
      yield* looksLikeHeader(first)
        ? satisfy(state, {
            kind: 'text',
            place: { ...place, part: first.toLowerCase().replaceAll('_', '-') },
            text: first === 'location' && value === undefined ? ['/'] : text,
            wanted: true,
          })
        : satisfy(state, {
            kind: 'text',
            place: { ...place, part: 'set-cookie' },
            text: [`${first}=`, ...text, '; path=/'],
            wanted: true,
          });
      return;
    }
    case 'xpath': {
      const hole = `{{like("${token(extractor)}")}}`;
      const element = elementFor(first, extractor.attribute, value ?? hole);
      if (element !== null)
        yield* satisfy(state, { kind: 'text', place, text: parseText(element), wanted: true });
      return;
    }
    case 'dsl':
      yield state;
      return;
    default:
      extractor.type satisfies never;
  }
}
