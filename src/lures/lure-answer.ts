/** What the lures of a persona answer to a request: the closest first, together with those that ask for the same and do not contradict. */

import type { Persona } from '../core/persona.ts';
import { seededRandom } from '../core/random.ts';
import type { LureAnswer, LureDocument } from './document.ts';
import { linesOf } from './document.ts';
import { evaluateText, type Environment } from './language/evaluate.ts';
import { shownExpression } from './language/expression.ts';
import { compiledPattern, textOf } from './language/functions.ts';
import { matchingText } from './language/matching-text.ts';
import { parseText, type Text } from './language/text.ts';
import type { Candidate, FoundLure } from './lure-set.ts';
import { asSent, bind, type Names } from './matching/text-pattern.ts';
import { ProgressBook } from './progress.ts';

export interface LureVisit {
  readonly persona: Persona;
  readonly source: string;
  /** Value of the Host header. */
  readonly host: string;
  readonly secure: boolean;
  now(): number;
  run(command: string): string;
  file(path: string): string | null;
}

export interface GivenAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Latin-1. */
  readonly body: string;
  readonly delaySeconds: number;
  /** Characters that the closest request demanded. */
  readonly weight: number;
  /** False for a page that everybody asks for. */
  readonly isTelling: boolean;
}

const bodyLimit = 262_144;
const mergeLimit = 512;
const longestDelaySeconds = 30;

const answersFor = (document: LureDocument, products: readonly string[]): boolean =>
  products.includes('*') ||
  products.includes(document.product) ||
  (document.alsoKnownAs?.some((name) => products.includes(name)) ?? false);

interface Chosen {
  readonly candidate: Candidate;
  readonly values: ReadonlyMap<string, string>;
  readonly before: number;
}

const namesByDocument = new WeakMap<LureDocument, Names>();

function namesOf(document: LureDocument): Names {
  let names = namesByDocument.get(document);
  if (names === undefined) {
    names = {
      variables: new Map(Object.entries(document.variables ?? {})),
      choices: new Map(Object.entries(document.choices ?? {})),
    };
    namesByDocument.set(document, names);
  }
  return names;
}

const likeTexts = new WeakMap<Persona, Map<string, string>>();

/** Text for a pattern that is this machine's own, the same at each call. */
function ownText(persona: Persona, pattern: string): string | null {
  let texts = likeTexts.get(persona);
  if (texts === undefined) {
    texts = new Map();
    likeTexts.set(persona, texts);
  }
  const known = texts.get(pattern);
  if (known !== undefined) return known;
  const made = matchingText(pattern, persona.random(`lure ${pattern}`));
  if (made !== null && texts.size < 4_096) texts.set(pattern, made);
  return made;
}

const sentText = (text: string | null): string | null => (text === null ? null : asSent(text));

class Rendering {
  readonly #visit: LureVisit;
  readonly #output = new Map<string, string>();

  constructor(visit: LureVisit) {
    this.#visit = visit;
  }

  environment(document: LureDocument, values: ReadonlyMap<string, string>): Environment {
    const { variables } = namesOf(document);
    const { host, secure } = this.#visit;
    const origin = `${secure ? 'https' : 'http'}://${host}`;
    let depth = 0;
    const environment: Environment = {
      random: seededRandom(document.name),
      now: this.#visit.now(),
      lookup: (name) => {
        const caught = values.get(name);
        if (caught !== undefined) return caught;
        if (name === 'BaseURL' || name === 'RootURL') return origin;
        if (name === 'Hostname' || name === 'Host') return host;
        const definition = variables.get(name);
        if (definition === undefined || depth > 7 || /\{\{[^}]*\brand/i.test(definition)) return undefined;
        depth += 1;
        const text = evaluateText(parseText(definition), environment);
        depth -= 1;
        return text ?? undefined;
      },
      recall: (expression) => values.get(shownExpression(expression)),
      call: (name, list) =>
        this.#call(
          name,
          list.map((value) => textOf(value)),
        ),
    };
    return environment;
  }

  #call(name: string, list: readonly string[]): string | null {
    const [first = '', second] = list;
    switch (name) {
      case 'like':
        return second !== undefined && compiledPattern(first)?.matcher(second).find() === true
          ? second
          : sentText(ownText(this.#visit.persona, first));
      case 'having':
        return second?.includes(first) === true ? second : asSent(first);
      case 'run':
      case 'file':
        return this.#once(`${name} ${first}`, () =>
          name === 'run' ? this.#visit.run(first) : (this.#visit.file(first) ?? ''),
        );
      default:
        return null;
    }
  }

  #once(key: string, make: () => string): string {
    const known = this.#output.get(key);
    if (known !== undefined) return known;
    const text = make();
    this.#output.set(key, text);
    return text;
  }
}

const parsed = new WeakMap<
  LureAnswer,
  { readonly headers: readonly (readonly [string, Text])[]; readonly body: Text }
>();
const literalsAsSent = (text: Text): Text =>
  text.map((part) => (typeof part === 'string' ? asSent(part) : part));

function textsOf(answer: LureAnswer): {
  readonly headers: readonly (readonly [string, Text])[];
  readonly body: Text;
} {
  let texts = parsed.get(answer);
  if (texts === undefined) {
    texts = {
      headers: (answer.headers ?? []).map(
        ([name, value]) => [name, literalsAsSent(parseText(value))] as const,
      ),
      body: literalsAsSent(parseText(linesOf(answer.body))),
    };
    parsed.set(answer, texts);
  }
  return texts;
}

interface Draft {
  status: number;
  headers: (readonly [string, string])[];
  bodies: string[];
  size: number;
  delaySeconds: number;
  mergeable: boolean;
  avoid: string[];
}

function rendered(answer: LureAnswer, environment: Environment): Draft | null {
  const texts = textsOf(answer);
  const body = evaluateText(texts.body, environment);
  if (body === null) return null;
  const headers: (readonly [string, string])[] = [];
  for (const [name, text] of texts.headers) {
    const value = evaluateText(text, environment);
    if (value === null) return null;
    headers.push([name, value]);
  }
  return {
    status: answer.status ?? 200,
    headers,
    bodies: body === '' ? [] : [body],
    size: body.length,
    delaySeconds: Math.min(answer.delaySeconds ?? 0, longestDelaySeconds),
    mergeable: answer.merge === true,
    avoid: [...(answer.avoid ?? [])],
  };
}

const headerOf = (draft: Draft, name: string): string | undefined =>
  draft.headers.find(([other]) => other.toLowerCase() === name)?.[1];

const occurs = (words: readonly string[], draft: Draft): boolean =>
  words.some((word) =>
    [...draft.bodies, ...draft.headers.map((line) => line.join(': '))].some((text) =>
      text.toLowerCase().includes(word),
    ),
  );

/** Takes another answer into the first where both can be told at once. */
function merge(base: Draft, other: Draft): void {
  if (
    !base.mergeable ||
    !other.mergeable ||
    base.status !== other.status ||
    base.size + other.size > bodyLimit
  )
    return;
  if (occurs(base.avoid, other) || occurs(other.avoid, base)) return;
  const added: (readonly [string, string])[] = [];
  for (const line of other.headers) {
    const lower = line[0].toLowerCase();
    const held = headerOf(base, lower);
    if (held === undefined || lower === 'set-cookie') added.push(line);
    else if (!held.toLowerCase().includes(line[1].toLowerCase())) return;
  }
  // A media type that the first does not name is not put upon a page that it has.
  const type = added.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  if (type !== undefined && base.bodies.length > 0 && !/html/i.test(type)) return;
  const baseType = headerOf(base, 'content-type');
  if (
    baseType !== undefined &&
    !/html/i.test(baseType) &&
    headerOf(other, 'content-type') === undefined &&
    other.bodies.length > 0 &&
    /^\s*<!doctype/i.test(other.bodies[0] ?? '')
  )
    return;
  base.headers.push(...added);
  for (const body of other.bodies) if (!base.bodies.includes(body)) base.bodies.push(body);
  base.size += other.size;
  base.delaySeconds = Math.max(base.delaySeconds, other.delaySeconds);
  base.avoid.push(...other.avoid);
}

/** One step of each lure that the request fits: the next after what the source did, or its first. */
function chosenSteps(found: readonly FoundLure[], visit: LureVisit, book: ProgressBook): Chosen[] {
  const products = visit.persona.http?.products ?? [];
  const byLure = new Map<LureDocument, FoundLure[]>();
  for (const one of found) {
    const { document } = one.candidate;
    if (!answersFor(document, products)) continue;
    const list = byLure.get(document);
    if (list === undefined) byLure.set(document, [one]);
    else list.push(one);
  }
  const now = visit.now();
  const chosen: Chosen[] = [];
  for (const [document, list] of byLure) {
    const progress = book.of(document.name, now);
    const last = progress?.step ?? -1;
    const order = [...list].sort(
      (one, other) =>
        one.candidate.step - other.candidate.step ||
        other.candidate.pattern.weight - one.candidate.pattern.weight,
    );
    const next =
      order.find(({ candidate }) => candidate.step > last) ??
      order.find(({ candidate }) => candidate.step === last) ??
      order[0];
    if (next === undefined) continue;
    // A page that everybody asks for is the later step of an exploit only for those who took the first.
    if (next.candidate.step > 0 && progress === null && next.candidate.confidence === 0) continue;
    const values = new Map(next.candidate.step === 0 ? [] : (progress?.values ?? []));
    const caught = new Map<string, string>();
    bind(next.caught, namesOf(document), caught);
    for (const [name, text] of caught) values.set(name, text);
    book.note(document.name, next.candidate.step, now, values);
    chosen.push({ candidate: next.candidate, values, before: progress?.at ?? 0 });
  }
  return chosen.sort(
    (one, other) =>
      other.candidate.pattern.weight - one.candidate.pattern.weight ||
      other.before - one.before ||
      (one.candidate.document.name < other.candidate.document.name ? -1 : 1),
  );
}

/** The answer, or null where no lure of this persona is meant. Notes how far the source has come. */
export function lureAnswer(found: readonly FoundLure[], visit: LureVisit): GivenAnswer | null {
  if (found.length === 0) return null;
  const book = new ProgressBook(visit.persona, visit.source);
  const chosen = chosenSteps(found, visit, book);
  const [first] = chosen;
  if (first === undefined) return null;
  const rendering = new Rendering(visit);
  let base: Draft | null = null;
  for (const { candidate, values } of chosen.slice(0, mergeLimit)) {
    const answer = candidate.document.steps[candidate.step]?.answer;
    if (answer === undefined) continue;
    const draft = rendered(answer, rendering.environment(candidate.document, values));
    if (draft === null) continue;
    if (base === null) base = draft;
    else merge(base, draft);
  }
  const isTelling = chosen.some(({ candidate }) => candidate.confidence > 0);
  const weight = first.candidate.pattern.weight;
  if (base === null) {
    // Nothing is demanded of this step: it worked, silently. What everybody asks for is left to the server.
    const isStep = isTelling || chosen.some(({ candidate, before }) => candidate.step > 0 && before > 0);
    return isStep ? { status: 200, headers: [], body: '', delaySeconds: 0, weight, isTelling } : null;
  }
  return {
    status: base.status,
    headers: base.headers,
    body: base.bodies.join('\n'),
    delaySeconds: base.delaySeconds,
    weight,
    isTelling,
  };
}
