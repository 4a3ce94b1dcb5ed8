/** Whether an answer convinces a template's own matchers: what the scanner would do, for choosing among answers at the import. */

import { evaluate, evaluateText, isTrue, type Environment } from '../language/evaluate.ts';
import type { Value } from '../language/expression.ts';
import { parseExpression } from '../language/expression.ts';
import { compiledPattern, textOf } from '../language/functions.ts';
import { parseText } from '../language/text.ts';
import type { Block, Extractor, Matcher } from '../template/template.ts';
import { placeOf } from './goal.ts';
import { jsonPath, valueAt } from './json-path.ts';

export interface TriedAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly seconds: number;
}

const headerText = (answer: TriedAnswer): string =>
  answer.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');

/** The text of a part; undefined where the answer has none of it. */
function partOf(answer: TriedAnswer, part: string): Value | undefined {
  switch (part) {
    case 'body':
      return answer.body;
    case 'header':
      return headerText(answer);
    case 'response':
      return `HTTP/1.1 ${answer.status}\r\n${headerText(answer)}\r\n${answer.body}`;
    case 'status_code':
      return answer.status;
    case 'duration':
      return answer.seconds;
    case 'content_length':
      return answer.body.length;
    default: {
      const values = answer.headers.filter(([name]) => name.toLowerCase() === part).map(([, value]) => value);
      return values.length === 0 ? undefined : values.join(' ');
    }
  }
}

/** The scanner's view after some answers: unnumbered parts are of the last one. */
export class Trial {
  readonly #answers: TriedAnswer[] = [];
  readonly #extracted = new Map<string, Value>();
  readonly #around: Environment;

  constructor(around: Environment) {
    this.#around = around;
  }

  get environment(): Environment {
    return {
      ...this.#around,
      lookup: (name) => this.#extracted.get(name) ?? this.#part(name) ?? this.#around.lookup(name),
    };
  }

  #part(name: string): Value | undefined {
    const place = placeOf(name);
    if (place === null) return undefined;
    const answer = place.at === 0 ? this.#answers.at(-1) : this.#answers[place.at - 1];
    return answer === undefined ? undefined : partOf(answer, place.part);
  }

  /** Takes the next answer in and lets the extractors look at it. */
  answered(answer: TriedAnswer, extractors: readonly Extractor[]): void {
    this.#answers.push(answer);
    for (const extractor of extractors) {
      const value = this.#extract(extractor);
      if (value !== null && extractor.name !== '') this.#extracted.set(extractor.name, value);
    }
  }

  /** Whether the matchers hold after the last answer. */
  accepts(block: Block): boolean {
    if (block.matchers.length === 0) return true;
    const holds = (matcher: Matcher): boolean => this.#holds(matcher);
    return block.matchersCondition === 'and' ? block.matchers.every(holds) : block.matchers.some(holds);
  }

  #text(part: string): string {
    return textOf(this.#part(part) ?? '');
  }

  #extract(extractor: Extractor): string | null {
    const text = this.#text(extractor.part);
    for (const value of extractor.values) {
      let found: string | null = null;
      if (extractor.type === 'regex') {
        const matcher = compiledPattern(this.#filled(value) ?? '')?.matcher(text);
        if (matcher !== undefined && matcher.find()) found = matcher.group(extractor.group) ?? null;
      } else if (extractor.type === 'json') {
        const keys = jsonPath(value);
        try {
          found = keys === null ? null : valueAt(JSON.parse(text), keys);
        } catch {
          found = null;
        }
      } else if (extractor.type === 'kval') {
        const cookie = new RegExp(`^${value.replaceAll(/[^\w-]/g, '.')}=([^;]*)`);
        const cookies =
          this.#answers.at(-1)?.headers.filter(([name]) => name.toLowerCase() === 'set-cookie') ?? [];
        found =
          cookies.map(([, line]) => cookie.exec(line)?.[1]).find((part) => part !== undefined) ??
          (this.#text(value) === '' ? null : this.#text(value));
      } else if (extractor.type === 'xpath') {
        found = /\bvalue="([^"]*)"/.exec(text)?.[1] ?? null;
      } else {
        const expression = parseExpression(value);
        const computed = expression === null ? null : evaluate(expression, this.environment);
        found = computed === null ? null : textOf(computed);
      }
      if (found !== null) return found;
    }
    return null;
  }

  #filled(value: string): string | null {
    return value.includes('{{') ? evaluateText(parseText(value), this.environment) : value;
  }

  #holds(matcher: Matcher): boolean {
    const text = this.#text(matcher.part);
    const one = (value: string): boolean => {
      switch (matcher.type) {
        case 'status': {
          const at = /_(\d{1,2})$/.exec(matcher.part)?.[1];
          const answer = at === undefined ? this.#answers.at(-1) : this.#answers[Number(at) - 1];
          return answer?.status === Number(value);
        }
        case 'size':
          return text.length === Number(value);
        case 'word': {
          const word = this.#filled(value);
          if (word === null) return false;
          return matcher.ignoresCase ? text.toLowerCase().includes(word.toLowerCase()) : text.includes(word);
        }
        case 'regex': {
          const pattern = this.#filled(value);
          return pattern !== null && compiledPattern(pattern)?.matcher(text).find() === true;
        }
        case 'binary':
          return text.includes(Buffer.from(value, 'hex').toString('latin1'));
        case 'dsl': {
          const source = value.includes('{{') ? this.#filled(value) : value;
          const expression = source === null ? null : parseExpression(source.trim());
          return expression !== null && isTrue(evaluate(expression, this.environment));
        }
        default:
          return false;
      }
    };
    const result = matcher.condition === 'and' ? matcher.values.every(one) : matcher.values.some(one);
    return result !== matcher.isNegative;
  }
}
