/** What an answer must be like to convince a scanner: matchers and dsl expressions as a tree of goals. */

import type { Expression } from '../language/expression.ts';
import { namesOf } from '../language/expression.ts';
import { functionName } from '../language/functions.ts';
import { parseExpression } from '../language/expression.ts';
import { parseText, type Text } from '../language/text.ts';
import type { Block, Matcher } from '../template/template.ts';

/** A part of an answer: `body`, `header` (all of them), `response` (all), `status_code`, or a header's name in lower case with dashes. */
export interface Place {
  readonly part: string;
  /** Which request of the block, from 1; 0 for the one that proves. */
  readonly at: number;
  /** The scanner lowers its case before it looks. */
  readonly folded: boolean;
  readonly decoded: 'base64' | null;
}

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Goal =
  | { readonly kind: 'all' | 'any'; readonly goals: readonly Goal[] }
  | { readonly kind: 'text'; readonly place: Place; readonly text: Text; readonly wanted: boolean }
  | { readonly kind: 'pattern'; readonly place: Place; readonly pattern: Text; readonly wanted: boolean }
  | {
      readonly kind: 'edge';
      readonly place: Place;
      readonly text: Text;
      readonly edge: 'start' | 'end' | 'both';
    }
  | {
      readonly kind: 'status';
      readonly at: number;
      readonly comparison: Comparison;
      readonly codes: readonly number[];
    }
  | { readonly kind: 'length'; readonly place: Place; readonly comparison: Comparison; readonly size: number }
  | { readonly kind: 'slow'; readonly at: number; readonly seconds: number }
  /** Two parts differ. */
  | { readonly kind: 'differ'; readonly place: Place }
  /** What an extractor finds fulfils this. */
  | { readonly kind: 'variable'; readonly expression: Expression; readonly wanted: boolean }
  | { readonly kind: 'never'; readonly why: 'out-of-band' | 'beyond' }
  | { readonly kind: 'always' };

const always: Goal = { kind: 'always' };
const never = (why: 'out-of-band' | 'beyond'): Goal => ({ kind: 'never', why });

const partAliases: ReadonlyMap<string, string> = new Map([
  ['all_headers', 'header'],
  ['headers', 'header'],
  ['all', 'response'],
  ['raw', 'response'],
  ['resp', 'response'],
  ['data', 'body'],
]);

/** The place that a part or name means; null where it is none (an extracted value, or the scanner's own server). */
export function placeOf(name: string): Place | null {
  const numbered = /^(.{1,64})_(\d{1,2})$/.exec(name);
  const bare = numbered?.[1] ?? name;
  const at = Number(numbered?.[2] ?? 0);
  if (bare.startsWith('interactsh') || !/^[A-Za-z][\w-]*$/.test(bare)) return null;
  const part = partAliases.get(bare) ?? bare;
  return {
    part: ['body', 'header', 'response', 'status_code', 'duration', 'content_length'].includes(part)
      ? part
      : part.toLowerCase().replaceAll('_', '-'),
    at,
    folded: false,
    decoded: null,
  };
}

const flipped: Readonly<Record<Comparison, Comparison>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};
const negated: Readonly<Record<Comparison, Comparison>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};
const isComparison = (operator: string): operator is Comparison => Object.hasOwn(flipped, operator);

export class GoalMaker {
  /** Names that extractors give a value to. */
  readonly #extracted: ReadonlySet<string>;
  /** Names that the template or the scanner's user defines. */
  readonly #known: (name: string) => boolean;

  constructor(extracted: ReadonlySet<string>, known: (name: string) => boolean) {
    this.#extracted = extracted;
    this.#known = known;
  }

  ofBlock(block: Block): Goal {
    const goals = block.matchers.map((matcher) => this.ofMatcher(matcher));
    if (goals.length === 0) return always;
    return { kind: block.matchersCondition === 'and' ? 'all' : 'any', goals };
  }

  ofMatcher(matcher: Matcher): Goal {
    const wanted = !matcher.isNegative;
    // Not (a and b) is not a or not b.
    const kind = (matcher.condition === 'and') === wanted ? 'all' : 'any';
    if (matcher.type === 'status') {
      const codes = matcher.values.map(Number).filter((code) => code >= 200 && code <= 999);
      const at = placeOf(matcher.part)?.at ?? 0;
      return {
        kind: 'status',
        at: matcher.part.includes('_') ? at : 0,
        comparison: wanted ? '==' : '!=',
        codes,
      };
    }
    if (matcher.type === 'dsl')
      return { kind, goals: matcher.values.map((value) => this.ofSource(value, wanted)) };
    if (matcher.type === 'xpath') return never('beyond');
    const place = this.#placeOf({ kind: 'name', name: matcher.part });
    if (place === null)
      return matcher.part.startsWith('interactsh') ? never('out-of-band') : this.#ofLost(matcher);
    const goals = matcher.values.map((value): Goal => {
      switch (matcher.type) {
        case 'word':
          return {
            kind: 'text',
            place: { ...place, folded: matcher.ignoresCase },
            text: parseText(value),
            wanted,
          };
        case 'regex':
          return { kind: 'pattern', place, pattern: parseText(value), wanted };
        case 'size':
          return { kind: 'length', place, comparison: wanted ? '==' : '!=', size: Number(value) };
        default:
          return {
            kind: 'text',
            place,
            text: [{ kind: 'call', name: 'hex_decode', arguments: [{ kind: 'value', value }] }],
            wanted,
          };
      }
    });
    return { kind, goals };
  }

  #ofLost(matcher: Matcher): Goal {
    return matcher.isNegative ? always : never('beyond');
  }

  ofSource(source: string, wanted: boolean): Goal {
    const expression = parseExpression(source.trim());
    return expression === null ? never('beyond') : this.of(expression, wanted);
  }

  of(expression: Expression, wanted: boolean): Goal {
    switch (expression.kind) {
      case 'unary':
        return expression.operator === '!' ? this.of(expression.operand, !wanted) : never('beyond');
      case 'binary': {
        const { operator, left, right } = expression;
        if (operator === '&&' || operator === '||') {
          const kind = (operator === '&&') === wanted ? 'all' : 'any';
          return { kind, goals: [this.of(left, wanted), this.of(right, wanted)] };
        }
        if (isComparison(operator))
          return this.#comparison(left, wanted ? operator : negated[operator], right);
        if (operator === '=~' || operator === '!~')
          return this.#call('regex', [right, left], (operator === '=~') === wanted, expression);
        return never('beyond');
      }
      case 'call':
        return this.#call(functionName(expression.name), expression.arguments, wanted, expression);
      case 'value':
        return (expression.value === true) === wanted ? always : never('beyond');
      case 'name':
        return this.#variable(expression, wanted);
      default:
        return expression satisfies never;
    }
  }

  #placeOf(expression: Expression): Place | null {
    if (expression.kind === 'name') {
      if (this.#extracted.has(expression.name) || this.#known(expression.name)) return null;
      return placeOf(expression.name);
    }
    if (expression.kind !== 'call') return null;
    const [first] = expression.arguments;
    const inner = first === undefined ? null : this.#placeOf(first);
    if (inner === null) return null;
    switch (functionName(expression.name)) {
      case 'to_lower':
      case 'to_upper':
        return { ...inner, folded: true };
      case 'to_string':
      case 'trim_space':
      case 'url_decode':
      case 'html_unescape':
      case 'replace':
      case 'replace_regex':
      case 'trim':
        // What these undo is most often not there: the plain text goes through them unchanged.
        return inner;
      case 'base64_decode':
        return { ...inner, decoded: 'base64' };
      default:
        return null;
    }
  }

  /** A constraint on names that extractors fill, or a constant; what speaks of the scanner's server is out of reach. */
  #variable(expression: Expression, wanted: boolean): Goal {
    const names = [...namesOf(expression)];
    if (names.some((name) => name.startsWith('interactsh'))) return wanted ? never('out-of-band') : always;
    if (names.every((name) => this.#extracted.has(name) || this.#known(name)))
      return { kind: 'variable', expression, wanted };
    return never('beyond');
  }

  #comparison(left: Expression, comparison: Comparison, right: Expression): Goal {
    const self: Expression = { kind: 'binary', operator: comparison, left, right };
    const isSized = left.kind === 'call' && functionName(left.name) === 'len';
    const place = this.#placeOf(isSized ? (left.arguments[0] ?? left) : left);
    if (place === null) {
      const isRight =
        this.#placeOf(right) !== null || (right.kind === 'call' && functionName(right.name) === 'len');
      // Only once: both sides may be out of reach.
      return isRight && !isSized && right !== left && this.#placeOf(left) === null
        ? this.#comparison(right, flipped[comparison], left)
        : this.#variable(self, true);
    }
    const value = right.kind === 'value' ? right.value : null;
    const number = Number(value ?? Number.NaN);
    if (place.part === 'duration')
      return comparison.startsWith('>') ? { kind: 'slow', at: place.at, seconds: number } : always;
    if (place.part === 'status_code' && !Number.isNaN(number))
      return { kind: 'status', at: place.at, comparison, codes: [number] };
    if (isSized || place.part === 'content_length') {
      if (!Number.isNaN(number))
        return {
          kind: 'length',
          place: { ...place, part: isSized ? place.part : 'body' },
          comparison,
          size: number,
        };
      return comparison === '!=' ? { kind: 'differ', place } : always;
    }
    if (this.#placeOf(right) !== null) return comparison === '!=' ? { kind: 'differ', place } : always;
    const text: Text = this.#text(right);
    if (comparison === '==') return { kind: 'edge', place, text, edge: 'both' };
    return comparison === '!=' ? { kind: 'differ', place } : never('beyond');
  }

  #text(expression: Expression): Text {
    return expression.kind === 'value' ? parseText(String(expression.value)) : [expression];
  }

  #call(name: string, list: readonly Expression[], wanted: boolean, self: Expression): Goal {
    const [first] = list;
    if (name === 'regex' || first === undefined) {
      const [pattern, subject] = list;
      const place = subject === undefined ? null : this.#placeOf(subject);
      if (place === null || pattern === undefined) return this.#variable(self, wanted);
      return { kind: 'pattern', place, pattern: this.#text(pattern), wanted };
    }
    const place = this.#placeOf(first);
    if (place === null) return this.#variable(self, wanted);
    const rest = list.slice(1).map((argument) => this.#text(argument));
    const each = (every: boolean, goal: (text: Text) => Goal): Goal => ({
      kind: every === wanted ? 'all' : 'any',
      goals: rest.map((text) => goal(text)),
    });
    const edge = (side: 'start' | 'end'): Goal =>
      wanted ? each(false, (text) => ({ kind: 'edge', place, text, edge: side })) : always;
    switch (name) {
      case 'contains':
      case 'contains_all':
        return each(true, (text) => ({ kind: 'text', place, text, wanted }));
      case 'contains_any':
        return each(false, (text) => ({ kind: 'text', place, text, wanted }));
      case 'regex_all':
        return each(true, (pattern) => ({ kind: 'pattern', place, pattern, wanted }));
      case 'regex_any':
        return each(false, (pattern) => ({ kind: 'pattern', place, pattern, wanted }));
      case 'starts_with':
        return edge('start');
      case 'ends_with':
        return edge('end');
      case 'line_starts_with':
      case 'line_ends_with':
        return each(false, (text) => ({ kind: 'text', place, text, wanted }));
      case 'equals_any':
        return each(false, (text) => ({ kind: 'edge', place, text, edge: 'both' }));
      default:
        return never('beyond');
    }
  }
}

/** Whether a goal names a request by its number. */
export function isNumbered(goal: Goal): boolean {
  if (goal.kind === 'all' || goal.kind === 'any') return goal.goals.some((inner) => isNumbered(inner));
  if (goal.kind === 'status' || goal.kind === 'slow') return goal.at > 0;
  return 'place' in goal && goal.place.at > 0;
}
