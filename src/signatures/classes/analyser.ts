/** The contract of an analyser: what recognises one class of attack in one field of a request. */

import type { ExploitClass } from '../../core/behavior.ts';
import type { Field } from '../normalise-request.ts';

/** What analysers say of a field. */
export interface Findings {
  /**
   * @param name the signature's name
   * @param confidence see `SignatureMatch`; what needs company stays below 0.5
   * @param detail the part that was recognised, cut to 120 characters
   */
  add(name: string, exploitClass: ExploitClass, confidence: number, detail: string): void;
}

export interface Analyser {
  readonly name: string;
  /** OR of `targets`: the fields that it looks at. */
  readonly targets: number;
  /** Lower-case words without which it finds nothing. */
  readonly literals: readonly string[];
  /** Single marks that call for it too, but only in fields that clients fill freely (not in agents, referrers and headers). */
  readonly marks: readonly string[];
  /**
   * Looks at one field. Linear in its length (patterns have bounded repeats only); never throws.
   */
  inspect(field: Field, findings: Findings): void;
}

/** One pattern of a class whose signatures are plain patterns over the folded text. */
export interface Pattern {
  readonly name: string;
  readonly class: ExploitClass;
  readonly confidence: number;
  /** OR of `targets`; all of the analyser's where absent. */
  readonly targets?: number;
  /** A literal that every match holds, tried first. */
  readonly needs?: string;
  readonly pattern: RegExp;
  /** Counts only where the field is no running text: words of the pattern occur in prose or in pasted code. */
  readonly notInProse?: boolean;
}

const proseWords = 24;

/** True where a field reads as running text or pasted code, in which a word of an attack language proves little. */
export function readsAsProse(folded: string): boolean {
  if (folded.length < 120) return false;
  let words = 0;
  let letters = 0;
  const limit = Math.min(folded.length, 2048);
  for (let index = 0; index <= limit; index += 1) {
    const code = index < limit ? folded.charCodeAt(index) : 32;
    const letter = (code >= 97 && code <= 122) || code >= 0xc0;
    if (letter) letters += 1;
    else if (code === 32 || code === 46 || code === 44) {
      if (letters >= 2) words += 1;
      letters = 0;
    } else letters = 0;
  }
  return words >= proseWords;
}

/** Runs a list of patterns over a field's folded text. */
export function matchPatterns(patterns: readonly Pattern[], field: Field, findings: Findings): void {
  const { folded, target } = field;
  let prose: boolean | null = null;
  for (const pattern of patterns) {
    if (pattern.targets !== undefined && (pattern.targets & target) === 0) continue;
    if (pattern.needs !== undefined && !folded.includes(pattern.needs)) continue;
    const match = pattern.pattern.exec(folded);
    if (match === null) continue;
    if (pattern.notInProse === true) {
      prose ??= readsAsProse(folded);
      if (prose) continue;
    }
    findings.add(pattern.name, pattern.class, pattern.confidence, match[0]);
  }
}
