/** The request of a step of a lure, ready to be compared: path, parameters, headers and body, each with its holes. */

import { linesOf, type LureDocument, type LureRequest } from '../document.ts';
import { joinText, parseText, splitText, type Text } from '../language/text.ts';
import { percentDecode } from '../../signatures/normal-text.ts';
import type { WebRequest } from '../../signatures/request.ts';
import { type Catch, type Names, TextPattern } from './text-pattern.ts';

/** The parts of a request as patterns want them, made when first asked for. */
export class SeenRequest {
  readonly request: WebRequest;
  readonly method: string;
  readonly path: string;
  readonly foldedPath: string;
  readonly rawQuery: string;
  #query: readonly Parameter[] | undefined;
  #form: readonly Parameter[] | undefined;
  #cookies: readonly Parameter[] | undefined;
  #body: readonly [text: string, folded: string] | undefined;

  constructor(request: WebRequest) {
    this.request = request;
    this.method = request.method.toUpperCase();
    const target = request.path.slice(0, 16_384).replace(/^https?:\/\/[^/?#]*/i, '') || '/';
    const question = target.indexOf('?');
    this.path = plainPath(question < 0 ? target : target.slice(0, question));
    this.foldedPath = this.path.toLowerCase();
    this.rawQuery = question < 0 ? '' : target.slice(question + 1);
  }

  get query(): readonly Parameter[] {
    this.#query ??= parametersOf(this.rawQuery, '&', plainForm);
    return this.#query;
  }

  get form(): readonly Parameter[] {
    this.#form ??= parametersOf(this.request.body.trim(), '&', plainForm);
    return this.#form;
  }

  get cookies(): readonly Parameter[] {
    this.#cookies ??= parametersOf(
      this.request.headers
        .filter((line) => line[0].toLowerCase() === 'cookie')
        .map((line) => line[1])
        .join(';'),
      ';',
      plainCookie,
    );
    return this.#cookies;
  }

  get body(): readonly [text: string, folded: string] {
    if (this.#body === undefined) {
      const text = plainBody(this.request.body);
      this.#body = [text, text.toLowerCase()];
    }
    return this.#body;
  }

  headers(name: string): readonly string[] {
    return this.request.headers
      .filter((line) => line[0].length === name.length && line[0].toLowerCase() === name)
      .map((line) => percentDecode(line[1]));
  }
}

interface Parameter {
  readonly name: string;
  readonly foldedName: string;
  readonly value: string;
  readonly foldedValue: string;
}

const parameterLimit = 256;

/** Comparable forms: escapes undone, blanks at the ends gone. */
const plainPath = (text: string): string =>
  percentDecode(text)
    .replaceAll('\\', '/')
    .replaceAll(/\/{2,}/g, '/');
const plainForm = (text: string): string => percentDecode(text.replaceAll('+', ' '));
const plainCookie = (text: string): string => percentDecode(text.trim());
const plainLines = (text: string): string => text.replaceAll('\r\n', '\n');
const plainBody = (text: string): string => plainLines(text).trim();

function parametersOf(text: string, separator: string, plain: (text: string) => string): Parameter[] {
  if (text === '') return [];
  return text.split(separator, parameterLimit).map((pair) => {
    const equals = pair.indexOf('=');
    const name = plain(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : plain(pair.slice(equals + 1));
    return { name, foldedName: name.toLowerCase(), value, foldedValue: value.toLowerCase() };
  });
}

interface ParameterPattern {
  readonly name: TextPattern;
  readonly value: TextPattern;
}

function parameterPatterns(text: Text, separator: string, names: Names): ParameterPattern[] {
  const plain = separator === ';' ? percentDecode : plainForm;
  const pairs =
    separator === ';'
      ? splitText(text, separator, parameterLimit).map((pair) => withoutBlank(pair))
      : splitText(text, separator, parameterLimit);
  return pairs
    .filter((pair) => pair.length > 0)
    .map((pair) => {
      const [name = [], value = []] = splitText(pair, '=', 2);
      return {
        name: new TextPattern(name, names, plain),
        value: new TextPattern(value, names, plain),
      };
    });
}

/** Cookies have a blank between. */
const withoutBlank = (text: Text): Text =>
  joinText(
    text
      .map((part, index) => (typeof part !== 'string' ? part : index === 0 ? part.trimStart() : part))
      .map((part, index, all) =>
        typeof part === 'string' && index === all.length - 1 ? part.trimEnd() : part,
      ),
  );

function parametersHold(
  patterns: readonly ParameterPattern[],
  given: readonly Parameter[],
  caught: Catch[],
): boolean {
  for (const pattern of patterns) {
    let found = false;
    for (const parameter of given) {
      const length = caught.length;
      if (
        pattern.name.match(parameter.name, parameter.foldedName, caught) &&
        pattern.value.match(parameter.value, parameter.foldedValue, caught)
      ) {
        found = true;
        break;
      }
      caught.length = length;
    }
    if (!found) return false;
  }
  return true;
}

/** Forms are compared by their parameters: `a=b&c=d`, without the marks of other formats. */
const isForm = (literal: string): boolean =>
  /^[\w[\].%$+{}"()-]{1,128}=/.test(literal) && !/^\s*[<{[]/.test(literal);

const emptyCatches: Catch[] = [];

export class RequestPattern {
  readonly method: string;
  readonly path: TextPattern;
  readonly query: readonly ParameterPattern[];
  readonly headers: readonly (readonly [name: string, pattern: TextPattern])[];
  readonly cookies: readonly ParameterPattern[];
  readonly form: readonly ParameterPattern[];
  readonly body: TextPattern | null;
  /** Characters that are literally demanded beyond a path that everybody has. */
  readonly weight: number;

  constructor(request: LureRequest, document: LureDocument) {
    const names: Names = {
      variables: new Map(Object.entries(document.variables ?? {})),
      choices: new Map(Object.entries(document.choices ?? {})),
    };
    this.method = request.method ?? 'GET';
    this.path = new TextPattern(pathText(request.path), names, plainPath);
    this.query = parameterPatterns(parseText(request.query ?? ''), '&', names);
    const headers = Object.entries(request.headers ?? {});
    this.headers = headers
      .filter(([name]) => name.toLowerCase() !== 'cookie')
      .map(
        ([name, value]) =>
          [name.toLowerCase(), new TextPattern(parseText(value), names, percentDecode)] as const,
      );
    this.cookies = headers
      .filter(([name]) => name.toLowerCase() === 'cookie')
      .flatMap(([, value]) => parameterPatterns(parseText(value), ';', names));
    const body = linesOf(request.body).replaceAll('\r\n', '\n').trim();
    const text = parseText(body);
    this.form = isForm(body) ? parameterPatterns(text, '&', names) : [];
    this.body = body === '' || isForm(body) ? null : new TextPattern(text, names, plainLines);
    const sum = (list: readonly ParameterPattern[]): number =>
      list.reduce((total, { name, value }) => total + name.weight + value.weight + 1, 0);
    this.weight =
      this.path.weight +
      sum(this.query) +
      sum(this.form) +
      sum(this.cookies) +
      this.headers.reduce((total, [name, pattern]) => total + name.length + pattern.weight, 0) +
      (this.body?.weight ?? 0);
  }

  /** What the holes caught where the request matches, else null. */
  match(seen: SeenRequest): readonly Catch[] | null {
    if (this.method !== seen.method) return null;
    const caught: Catch[] = this.path.isLiteral ? emptyCatches : [];
    if (!this.path.match(seen.path, seen.foldedPath, caught)) return null;
    return this.matchBeyondPath(seen, caught === emptyCatches ? [] : caught);
  }

  matchBeyondPath(seen: SeenRequest, caught: Catch[]): readonly Catch[] | null {
    if (this.query.length > 0 && !parametersHold(this.query, seen.query, caught)) return null;
    for (const [name, pattern] of this.headers) {
      if (!seen.headers(name).some((value) => pattern.match(value, value.toLowerCase(), caught))) return null;
    }
    if (this.cookies.length > 0 && !parametersHold(this.cookies, seen.cookies, caught)) return null;
    if (this.form.length > 0 && !parametersHold(this.form, seen.form, caught)) return null;
    if (this.body !== null) {
      const [text, folded] = seen.body;
      if (!this.body.match(text, folded, caught)) return null;
    }
    return caught;
  }
}

/** A path begins with a slash unless a hole does it. */
function pathText(path: string): Text {
  const text = parseText(path);
  const [first] = text;
  return typeof first === 'string' && !first.startsWith('/') && first !== '*'
    ? joinText(['/', ...text])
    : text;
}
