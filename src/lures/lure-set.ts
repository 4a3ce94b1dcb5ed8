/** All lures of a sensor, found by request: exact paths by hash, paths with holes by their longest literal, all in one pass. */

import type { SignatureMatch } from '../signatures/signature.ts';
import { LiteralIndex } from '../signatures/literal-index.ts';
import type { WebRequest } from '../signatures/request.ts';
import type { LureDocument, LureRequest } from './document.ts';
import { linesOf } from './document.ts';
import { expandedRequests } from './matching/expanded-request.ts';
import { evidenceOf } from './matching/request-evidence.ts';
import { RequestPattern, SeenRequest } from './matching/request-pattern.ts';
import type { Catch } from './matching/text-pattern.ts';
import { sampleRequest } from './sample-request.ts';

export interface Candidate {
  readonly document: LureDocument;
  /** Index in `document.steps`. */
  readonly step: number;
  readonly pattern: RequestPattern;
  /** 0 where the request is no evidence. */
  readonly confidence: number;
}

export interface FoundLure {
  readonly candidate: Candidate;
  readonly caught: readonly Catch[];
}

/** A request that stands in lures for more sets of CVEs than this belongs to none of them. */
const sharedLimit = 3;
const matchLimit = 8;
const evidenceLimit = 8;
const shortestAnchor = 3;

const keyOf = (request: LureRequest): string => {
  const { method, path, query, headers, body } = request;
  return JSON.stringify([method ?? 'GET', path, query ?? '', headers ?? {}, linesOf(body)])
    .replaceAll(/\{\{.*?\}\}/g, '*')
    .toLowerCase();
};

class CandidateIndex {
  readonly #exact = new Map<string, Candidate[]>();
  readonly #anchored: Candidate[][] = [];
  readonly #open: Candidate[] = [];
  readonly #literals: LiteralIndex | null;

  constructor(candidates: readonly Candidate[]) {
    const anchors = new Map<string, Candidate[]>();
    const put = (map: Map<string, Candidate[]>, key: string, candidate: Candidate): void => {
      const list = map.get(key);
      if (list === undefined) map.set(key, [candidate]);
      else list.push(candidate);
    };
    for (const candidate of candidates) {
      const { method, path } = candidate.pattern;
      if (path.isLiteral) put(this.#exact, `${method} ${path.literal}`, candidate);
      else if (path.anchor.length >= shortestAnchor && !/[^\0-\x7f]/.test(path.anchor))
        put(anchors, path.anchor, candidate);
      else this.#open.push(candidate);
    }
    this.#anchored = [...anchors.values()];
    this.#literals = anchors.size === 0 ? null : new LiteralIndex([...anchors.keys()]);
  }

  find(seen: SeenRequest): FoundLure[] {
    const found: FoundLure[] = [];
    for (const candidate of this.#exact.get(`${seen.method} ${seen.foldedPath}`) ?? []) {
      const caught = candidate.pattern.matchBeyondPath(seen, []);
      if (caught !== null) found.push({ candidate, caught });
    }
    const consider = (list: readonly Candidate[]): void => {
      for (const candidate of list) {
        const caught = candidate.pattern.match(seen);
        if (caught !== null) found.push({ candidate, caught });
      }
    };
    let literals: Set<number> | undefined;
    this.#literals?.scan(seen.foldedPath, (literal) => (literals ??= new Set()).add(literal));
    if (literals !== undefined) for (const literal of literals) consider(this.#anchored[literal] ?? []);
    consider(this.#open);
    return found;
  }
}

/** A step as it is by itself, whatever other lures ask for. */
interface Row extends Candidate {
  readonly key: string;
  /** Said by the lure itself. */
  readonly isStated: boolean;
}

/** What is made of a lure once, so that a new set costs no more than its new lures. */
const rowsByDocument = new WeakMap<LureDocument, readonly Row[]>();

/** Makes a lure's patterns ready; takes about a millisecond where it has not been done. */
export function prepareLure(document: LureDocument): readonly Row[] {
  const known = rowsByDocument.get(document);
  if (known !== undefined) return known;
  const rows = document.steps.flatMap((step, index) =>
    [...expandedRequests(document, step.request)].map((request): Row => {
      const pattern = new RequestPattern(request, document);
      const isStated = step.evidence !== undefined;
      const confidence =
        step.evidence === undefined
          ? evidenceOf(pattern, sampleRequest(document, request))
          : step.evidence
            ? 0.95
            : 0;
      return { document, step: index, pattern, confidence, key: keyOf(request), isStated };
    }),
  );
  rowsByDocument.set(document, rows);
  return rows;
}

export class LureSet {
  readonly documents: readonly LureDocument[];
  readonly #all: CandidateIndex;
  readonly #telling: CandidateIndex;

  constructor(documents: readonly LureDocument[]) {
    this.documents = documents;
    const cvesByKey = new Map<string, Set<string>>();
    const rows = documents.flatMap((document) => prepareLure(document));
    for (const { key, document } of rows) {
      const sets = cvesByKey.get(key) ?? new Set();
      sets.add(document.cves.length === 0 ? document.name : document.cves.join(' '));
      cvesByKey.set(key, sets);
    }
    const candidates = rows.map((row): Candidate => {
      const isShared = !row.isStated && (cvesByKey.get(row.key)?.size ?? 0) > sharedLimit;
      const { document, step, pattern, confidence } = row;
      return { document, step, pattern, confidence: isShared ? 0 : confidence };
    });
    this.#all = new CandidateIndex(candidates);
    this.#telling = new CandidateIndex(candidates.filter(({ confidence }) => confidence > 0));
  }

  /** Every step of a lure that the request fits. */
  find(seen: SeenRequest): readonly FoundLure[] {
    return this.#all.find(seen);
  }

  /** What the request tells of its sender: the lures that it fits most closely, at most eight; empty for a page that everybody asks for. */
  match(request: WebRequest): readonly SignatureMatch[] {
    if (this.documents.length === 0) return none;
    const found = this.#telling.find(new SeenRequest(request));
    return found.length === 0 ? none : matchesOf(found, request);
  }
}

const none: readonly SignatureMatch[] = Object.freeze([]);
export const noLures: LureSet = new LureSet([]);

/** The closest of the lures that a request fits and that make it evidence. */
export function matchesOf(found: readonly FoundLure[], request: WebRequest): readonly SignatureMatch[] {
  const telling = found.filter(({ candidate }) => candidate.confidence > 0);
  const best = telling.reduce((most, { candidate }) => Math.max(most, candidate.pattern.weight), 0);
  const matches = new Map<string, SignatureMatch>();
  for (const { candidate } of telling) {
    const { document, pattern, confidence } = candidate;
    if (pattern.weight < 0.7 * best || matches.size >= evidenceLimit || matches.has(document.name)) continue;
    matches.set(document.name, {
      name: document.name,
      class: document.class,
      cves: document.cves,
      technique: document.technique ?? 'T1190',
      confidence,
      detail: printable(`${request.method.slice(0, 16)} ${request.path}: ${document.summary}`).slice(0, 120),
    });
  }
  return [...matches.values()].slice(0, matchLimit);
}

// Control characters would reach a person's terminal.
const printable = (text: string): string => text.slice(0, 400).replaceAll(/[^\x20-\x7e]/g, '?');
