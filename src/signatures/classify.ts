/** Recognises the class of an exploit attempt in a web request, whatever product it is meant for. */

import type { ExploitClass } from '../core/behavior.ts';
import { analysers } from './classes/index.ts';
import type { Findings } from './classes/analyser.ts';
import { LiteralScanner, type LiteralGroup } from './classes/literal-scanner.ts';
import { sessionByLink } from './classes/probes.ts';
import { inspectProtocol } from './classes/protocol.ts';
import { fieldsOf, targets } from './normalise-request.ts';
import type { WebRequest } from './request.ts';
import type { SignatureMatch } from './signature.ts';

/** No more matches than this are told of one request. */
const mostMatches = 16;

// Each analyser has a bit for its words and, sixteen above it, one for its marks.
const groups: readonly LiteralGroup[] = analysers.flatMap((analyser, index) => [
  { bit: 1 << index, literals: analyser.literals },
  { bit: 1 << (index + 16), literals: analyser.marks },
]);
const scanner = new LiteralScanner(groups);

const bitOf = (name: string): number => 1 << analysers.findIndex((analyser) => analyser.name === name);
const lineBits = bitOf('rce') | bitOf('protocol');
const free = targets.value | targets.name | targets.cookie | targets.path | targets.query | targets.file;

const detailLength = 120;
const printable = (text: string): string =>
  text
    .slice(0, detailLength * 2)
    .replaceAll(/[^\x20-\x7e\u00a1-\uffff]/g, ' ')
    .slice(0, detailLength);

const none: readonly SignatureMatch[] = Object.freeze([]);

class Collected implements Findings {
  /** Null until there is something: of an ordinary request nothing is found. */
  #best: Map<string, SignatureMatch> | null = null;

  add(name: string, exploitClass: ExploitClass, confidence: number, detail: string): void {
    this.#best ??= new Map();
    const standing = this.#best.get(name);
    if (standing !== undefined && standing.confidence >= confidence) return;
    this.#best.set(name, {
      name,
      class: exploitClass,
      cves: [],
      technique: exploitClass === 'rce' ? 'T1059' : 'T1190',
      confidence,
      detail: printable(detail),
    });
  }

  matches(): readonly SignatureMatch[] {
    if (this.#best === null) return none;
    return [...this.#best.values()].sort((a, b) => b.confidence - a.confidence).slice(0, mostMatches);
  }
}

/**
 * The generic signatures that a request matches, the surest first, at most sixteen; empty for an ordinary request.
 *
 * Work is linear in the request: each field is decoded at most three times, scanned once for the literals of all analysers,
 * and shown to those that have one there; their patterns have bounded repeats only. Never throws.
 */
export function classifyRequest(request: WebRequest): readonly SignatureMatch[] {
  const parts = fieldsOf(request);
  const findings = new Collected();
  inspectProtocol(request, parts, findings);
  for (const field of parts.fields) {
    const found = scanner.scan(field.folded);
    let wanted = found & 0xffff;
    if ((field.target & free) !== 0) {
      wanted |= found >>> 16;
      if (field.folded !== field.text && /[\r\n]/.test(field.text)) wanted |= lineBits;
    }
    for (let index = 0; wanted !== 0; index += 1, wanted >>>= 1) {
      if ((wanted & 1) === 0) continue;
      const analyser = analysers[index];
      if (analyser !== undefined && (analyser.targets & field.target) !== 0)
        analyser.inspect(field, findings);
    }
  }
  const { referrer } = parts;
  if (referrer !== '') {
    const names = parts.fields.filter((field) => field.target === targets.name).map((field) => field.folded);
    const name = sessionByLink(names, referrer, parts.headers.get('host') ?? '');
    if (name !== null) findings.add('session-fixation', 'other', 0.55, `${name} by a link from ${referrer}`);
  }
  return findings.matches();
}
