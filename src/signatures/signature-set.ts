/** Many signatures matched at once: one pass finds candidates by their literals, only those are verified. */

import type { Condition, CveSignature, Place, RequestPattern } from './cve-signature.ts';
import { LiteralIndex } from './literal-index.ts';
import { Remembered } from '../core/remembered.ts';
import { type NormalRequest, normalHeader } from './normal-request.ts';
import type { SignatureMatch } from './signature.ts';

/** A path literal with what must stand around it. */
interface PathLiteral {
  readonly text: string;
  readonly fromStart: boolean;
  readonly toEnd: boolean;
  readonly open: boolean;
}

interface Candidate {
  readonly signature: CveSignature;
  readonly rank: number;
  readonly pattern: RequestPattern;
  readonly paths: readonly PathLiteral[];
}

export interface FoundSignature {
  readonly signature: CveSignature;
  readonly match: SignatureMatch;
}

const matchLimit = 8;
/** Headers whose values come again and again: what they call up is remembered by value. */
const rememberedHeaders: readonly string[] = ['User-Agent', 'Referer'];
/** What may follow a path literal: the next segment, a path parameter, an encoded query, a control character smuggled in. */
const boundaries = '/;?#\0\t\n\r';

function pathLiteral(pattern: string): PathLiteral {
  const fromStart = pattern.startsWith('^');
  const toEnd = pattern.endsWith('$');
  const open = pattern.endsWith('*');
  const text = pattern.slice(fromStart ? 1 : 0, toEnd || open ? -1 : undefined);
  return { text, fromStart, toEnd, open };
}

/** True where a literal stands in the path as its marks demand. */
function pathHolds(path: string, literal: PathLiteral): boolean {
  const { text } = literal;
  for (let at = path.indexOf(text); at >= 0; at = path.indexOf(text, at + 1)) {
    const end = at + text.length;
    const next = path.charAt(end);
    if (literal.fromStart && at !== 0) return false;
    if (literal.open || next === '') return true;
    if (!literal.toEnd && (text.endsWith('/') || next === '/' || boundaries.includes(next))) return true;
  }
  return false;
}

/** The text of a place; null where a parameter or header is absent. */
export function textAt(request: NormalRequest, place: Place): string | null {
  switch (place) {
    case 'path':
      return request.paths;
    case 'raw-path':
      return request.rawPath.toLowerCase();
    case 'query':
      return request.query;
    case 'url':
      return request.url;
    case 'body':
      return request.body;
    case 'input':
      return `${request.url}\n${request.body}`;
    case 'headers':
      return request.headers;
    case 'anywhere':
      return request.anywhere;
    default: {
      const colon = place.indexOf(':');
      const name = place.slice(colon + 1);
      if (place.startsWith('header:')) return request.header(name);
      // Without a body there is the query alone, in which every name stands as it is compared.
      if (request.request.body === '' && !request.query.includes(name)) return null;
      const values = request.parameters.get(name);
      return values === undefined ? null : values.join('\n').toLowerCase();
    }
  }
}

function conditionHolds(request: NormalRequest, condition: Condition): boolean {
  const text = textAt(request, condition.in);
  if (text === null) return false;
  if (condition.has !== undefined && !condition.has.some((literal) => text.includes(literal))) return false;
  if (condition.matches !== undefined && !condition.matches.test(text)) return false;
  return condition.lacks === undefined || !condition.lacks.some((literal) => text.includes(literal));
}

function candidateHolds(request: NormalRequest, candidate: Candidate): boolean {
  const { pattern } = candidate;
  if (pattern.methods !== undefined && !pattern.methods.includes(request.method)) return false;
  if (
    pattern.path !== undefined &&
    !candidate.paths.some(
      (literal) => pathHolds(request.path, literal) || pathHolds(request.lexicalPath, literal),
    )
  ) {
    return false;
  }
  return (
    pattern.where === undefined || pattern.where.every((condition) => conditionHolds(request, condition))
  );
}

/** The literals one of which must occur somewhere for a pattern without a path to match. */
function anchorsOf(signature: CveSignature, pattern: RequestPattern): readonly string[] {
  let best: readonly string[] = [];
  const shortest = (literals: readonly string[]): number =>
    Math.min(...literals.map((literal) => literal.length));
  for (const condition of pattern.where ?? []) {
    let literals = condition.has;
    // A header's name stands in the text as sent; a parameter's name too, unless it is encoded.
    if (literals === undefined && condition.in.startsWith('header:')) literals = [condition.in.slice(7)];
    if (literals === undefined || condition.in === 'raw-path') continue;
    if (best.length === 0 || shortest(literals) > shortest(best)) best = literals;
  }
  if (best.length === 0) throw new RangeError(`signature ${signature.name} has a pattern without a literal`);
  return best;
}

/** Literals of one kind, each with the candidates that it calls up. */
class Prefilter {
  readonly #index: LiteralIndex;
  readonly #candidates: number[][];

  constructor(wanted: ReadonlyMap<string, number[]>) {
    this.#index = new LiteralIndex([...wanted.keys()]);
    this.#candidates = [...wanted.values()];
  }

  scan(text: string, found: (candidate: number) => void): void {
    this.#index.scan(text, (literal) => {
      for (const candidate of this.#candidates[literal] ?? []) found(candidate);
    });
  }
}

/** What a header line calls up, in the order of its literals; null where it may hide them. */
type HeaderCandidates = readonly number[] | null;

export class SignatureSet {
  readonly #candidates: Candidate[] = [];
  readonly #paths: Prefilter;
  readonly #texts: Prefilter;
  /** By name. Null where a literal reaches from one line into the next. */
  readonly #headers: ReadonlyMap<string, Remembered<HeaderCandidates>> | null;
  /** The run in which a candidate was last called up, so that each is verified once. */
  readonly #stamps: Int32Array;
  #run = 0;

  constructor(signatures: readonly CveSignature[]) {
    const paths = new Map<string, number[]>();
    const texts = new Map<string, number[]>();
    const want = (map: Map<string, number[]>, literal: string, index: number): void => {
      const list = map.get(literal);
      if (list === undefined) map.set(literal, [index]);
      else if (!list.includes(index)) list.push(index);
    };
    for (const [rank, signature] of signatures.entries()) {
      for (const pattern of signature.requests) {
        const index = this.#candidates.length;
        const literals = (pattern.path ?? []).map(pathLiteral);
        this.#candidates.push({ signature, rank, pattern, paths: literals });
        // A bare slash stands in every path: such a pattern is found by what else it demands.
        if (literals.length === 0 || literals.some((literal) => literal.text === '/')) {
          for (const literal of anchorsOf(signature, pattern)) want(texts, literal, index);
        } else for (const literal of literals) want(paths, literal.text, index);
      }
    }
    this.#paths = new Prefilter(paths);
    this.#texts = new Prefilter(texts);
    const isByLine = ![...texts.keys()].some((literal) => literal.includes('\n'));
    this.#headers = isByLine
      ? new Map(
          rememberedHeaders.map((name) => [name, new Remembered((value) => this.#calledUpBy(name, value))]),
        )
      : null;
    this.#stamps = new Int32Array(this.#candidates.length);
  }

  #calledUpBy(name: string, value: string): HeaderCandidates {
    const line = normalHeader(name, value);
    if (line.includes('${')) return null;
    const called = new Set<number>();
    this.#texts.scan(line, (candidate) => called.add(candidate));
    return [...called];
  }

  /**
   * As a scan of `anywhere`, but for headers that are remembered: an access log's lines are mostly agent and referrer, and few of those are
   * new. False where the request has others, or hides something in lookups; then nothing more than candidates has come of it.
   */
  #scanByLine(request: NormalRequest, consider: (index: number) => void): boolean {
    const { headers, body } = request.request;
    if (this.#headers === null || body !== '' || headers.length > rememberedHeaders.length) return false;
    const { url } = request;
    if (url.includes('${')) return false;
    this.#texts.scan(url, consider);
    for (const [name, value] of headers) {
      const called = this.#headers.get(name)?.of(value) ?? null;
      if (called === null) return false;
      for (const candidate of called) consider(candidate);
    }
    return true;
  }

  /** The signatures that match, in the order of the list, at most eight. */
  match(request: NormalRequest): readonly FoundSignature[] {
    this.#run += 1;
    let found: Candidate[] | undefined;
    const consider = (index: number): void => {
      if (this.#stamps[index] === this.#run) return;
      this.#stamps[index] = this.#run;
      const candidate = this.#candidates[index];
      if (candidate !== undefined && candidateHolds(request, candidate)) (found ??= []).push(candidate);
    };
    this.#paths.scan(request.paths, consider);
    if (!this.#scanByLine(request, consider)) this.#texts.scan(request.anywhere, consider);
    if (found === undefined) return none;
    const ranked = [...new Map(found.map((candidate) => [candidate.rank, candidate])).values()];
    ranked.sort((one, other) => one.rank - other.rank);
    return ranked.slice(0, matchLimit).map((candidate) => ({
      signature: candidate.signature,
      match: matchOf(candidate, request),
    }));
  }
}

const none: readonly FoundSignature[] = Object.freeze([]);

function matchOf(candidate: Candidate, request: NormalRequest): SignatureMatch {
  const { signature, pattern } = candidate;
  const mark = (pattern.where ?? [])
    .flatMap((condition) =>
      (condition.has ?? []).filter((literal) => textAt(request, condition.in)?.includes(literal)).slice(0, 1),
    )
    .join(' … ');
  const detail = `${request.method} ${request.lexicalPath}${mark === '' ? '' : ` with ${mark}`}`;
  return {
    name: signature.name,
    class: signature.class,
    cves: signature.cves,
    technique: signature.technique ?? 'T1190',
    confidence: signature.confidence ?? 0.95,
    detail: printable(detail).slice(0, 120),
  };
}

// Control characters would reach a person's terminal.
const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e…]/g, '?');
