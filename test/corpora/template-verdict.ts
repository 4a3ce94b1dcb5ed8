/** What a template takes out of the answers and how it judges them. */

import { Buffer } from 'node:buffer';
import { RE2JS } from 're2js';
import { evaluate, isTrue, type Environment } from '../../src/lures/language/evaluate.ts';
import { parseExpression, type Value } from '../../src/lures/language/expression.ts';
import { textOf } from '../../src/lures/language/functions.ts';
import type { Answer } from './template-client.ts';
import { type Fields, text, texts } from './template-fields.ts';
import type { TemplateScope } from './template-scope.ts';
import { elementAt, jsonFound } from './template-values.ts';

/** A part of the answers by its name. */
type Look = (name: string) => Value | undefined;

export class TemplateVerdict {
  readonly #scope: TemplateScope;
  readonly #look: Look;

  /** Over the answers so far of a block, and of all blocks. */
  constructor(scope: TemplateScope, answers: readonly Answer[], all: readonly Answer[]) {
    this.#scope = scope;
    this.#look = viewOf(answers, all);
  }

  /** Whether the block's matchers hold. */
  matches(block: Fields, matchers: readonly Fields[]): boolean {
    const holds = (matcher: Fields): boolean => this.#holds(matcher) !== (matcher['negative'] === true);
    return text(block['matchers-condition']) === 'and' ? matchers.every(holds) : matchers.some(holds);
  }

  /** What an extractor takes, null for nothing. */
  extract(extractor: Fields, cookies: ReadonlyMap<string, string>): string | null {
    const part = textOf(this.#look(text(extractor['part']) || 'body'));
    const group = Number(extractor['group'] ?? 0);
    for (const pattern of texts(extractor['regex'])) {
      const found = this.#regex(pattern)?.matcher(part);
      if (found !== undefined && found.find()) return found.group(group) ?? null;
    }
    for (const path of texts(extractor['json'])) {
      const found = jsonFound(part, path);
      if (found !== null) return found;
    }
    for (const key of texts(extractor['kval'])) {
      const direct = this.#look(key);
      if (direct !== undefined) return textOf(direct);
      if (cookies.has(key)) return cookies.get(key) ?? null;
    }
    for (const path of texts(extractor['xpath'])) {
      const id = /@(\w+)=["']([^"']+)["']/.exec(path);
      const element =
        id === null
          ? null
          : new RegExp(
              `<[^>]*\\b${id[1]}=["']${(id[2] ?? '').replaceAll(/\W/g, '\\$&')}["'][^>]*>([^<]*)`,
            ).exec(part);
      const attribute = text(extractor['attribute']);
      const absolute = id === null ? elementAt(part, path) : null;
      const held = text(extractor['attribute']) === '' ? undefined : absolute?.[text(extractor['attribute'])];
      if (held !== undefined) return held;
      const value =
        element === null
          ? undefined
          : attribute === ''
            ? element[1]
            : new RegExp(`\\b${attribute}=["']([^"']*)`).exec(element[0])?.[1];
      if (value !== undefined) return value;
    }
    for (const source of texts(extractor['dsl'])) {
      const expression = parseExpression(source);
      const value = expression === null ? null : evaluate(expression, this.#environment());
      if (value !== null) return textOf(value);
    }
    return null;
  }

  #environment(): Environment {
    return {
      ...this.#scope.environment,
      lookup: (name) => this.#look(name) ?? this.#scope.lookup(name),
    };
  }

  #regex(pattern: string): RE2JS | undefined {
    try {
      return RE2JS.compile(pattern.includes('{{') ? this.#scope.fill(pattern) : pattern);
    } catch {
      return undefined;
    }
  }

  #holds(matcher: Fields): boolean {
    const part = text(matcher['part']) || 'body';
    const value = textOf(this.#look(part));
    const every = text(matcher['condition']) === 'and';
    const check = (items: readonly string[], one: (item: string) => boolean): boolean =>
      every ? items.every(one) : items.some(one);
    const isFolded = matcher['case-insensitive'] === true;
    switch (text(matcher['type'])) {
      case 'word':
        return check(texts(matcher['words']), (word) => {
          const filled = this.#scope.fill(word);
          return isFolded ? value.toLowerCase().includes(filled.toLowerCase()) : value.includes(filled);
        });
      case 'regex':
        return check(
          texts(matcher['regex']),
          (pattern) => this.#regex(pattern)?.matcher(value).find() === true,
        );
      case 'status': {
        const number = /_(\d+)$/.exec(part)?.[1];
        return texts(matcher['status']).includes(
          textOf(this.#look(number === undefined ? 'status_code' : `status_code_${number}`)),
        );
      }
      case 'binary':
        return check(texts(matcher['binary']), (hex) =>
          Buffer.from(value, 'latin1').includes(Buffer.from(hex, 'hex')),
        );
      case 'dsl':
        return check(texts(matcher['dsl']), (source) => {
          const expression = parseExpression(
            (source.includes('{{') ? this.#scope.fill(source) : source).trim(),
          );
          return expression !== null && isTrue(evaluate(expression, this.#environment()));
        });
      default:
        return false;
    }
  }
}

/** The parts of the answers so far, by the names that matchers use. */
function viewOf(answers: readonly Answer[], all: readonly Answer[]): Look {
  return (name) => {
    const numbered = /^(.+)_(\d{1,2})$/.exec(name);
    const at = Number(numbered?.[2] ?? 0);
    // Counted within the block, or over all of them where it has fewer.
    const answer = numbered === null ? answers.at(-1) : (answers[at - 1] ?? all[at - 1]);
    if (answer === undefined) return undefined;
    const head = answer.headers.map((line) => `${line.join(': ')}\r\n`).join('');
    switch (numbered?.[1] ?? name) {
      case 'body':
        return answer.body;
      case 'header':
      case 'headers':
      case 'all_headers':
        return head;
      case 'response':
      case 'all':
      case 'raw':
        return `HTTP/1.1 ${answer.status} \r\n${head}\r\n${answer.body}`;
      case 'status_code':
        return answer.status;
      case 'duration':
        return answer.seconds;
      case 'content_length':
        return answer.body.length;
      default: {
        const wanted = (numbered?.[1] ?? name).toLowerCase().replaceAll('_', '-');
        const found = answer.headers.filter(([header]) => header.toLowerCase() === wanted);
        return found.length === 0 ? undefined : found.map(([, value]) => value).join(' ');
      }
    }
  };
}
