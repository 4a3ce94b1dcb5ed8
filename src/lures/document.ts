/** A lure as a file: which requests it answers, what it is, and how a vulnerable product answers. Texts have holes: `{{md5(number)}}`. */

import type { ExploitClass } from '../core/behavior.ts';

/** A text, or its lines. */
export type Lines = string | readonly string[];

export interface LureRequest {
  /** Upper case; GET where absent. */
  readonly method?: string;
  /** Path without query. Escapes do not matter, holes match anything but are bound by what is known of their names. */
  readonly path: string;
  /** Parameters that must be there, in any order, as in a URL. */
  readonly query?: string;
  /** Headers that must be there; a Cookie header by its single cookies. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A form's parameters in any order, or the whole text. */
  readonly body?: Lines;
}

export interface LureAnswer {
  /** 200 where absent. */
  readonly status?: number;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: Lines;
  /** As a database that was told to sleep. */
  readonly delaySeconds?: number;
  /** May be told together with the answers of other lures to the same request. */
  readonly merge?: boolean;
  /** What must not stand in such a common answer. */
  readonly avoid?: readonly string[];
}

export interface LureStep {
  readonly request: LureRequest;
  /** None: whatever else answers does. */
  readonly answer?: LureAnswer;
  /** False: the request alone says nothing of its sender. Judged by the request where absent. */
  readonly evidence?: boolean;
}

export interface LureDocument {
  /** Version of this format. */
  readonly lure: 1;
  /** Unique among all lures. */
  readonly name: string;
  readonly summary: string;
  /** As personas name it, in lower case with dashes. */
  readonly product: string;
  /** Other names of the product: a persona with any of them answers. */
  readonly alsoKnownAs?: readonly string[];
  readonly cves: readonly string[];
  readonly cwes?: readonly string[];
  readonly class: ExploitClass;
  /** ATT&CK technique; T1190 where absent. */
  readonly technique?: string;
  /** Where it was imported from. */
  readonly origin?: string;
  /** What names stand for, as texts: `{{rand_int(1000, 9999)}}`. Those that vary are caught from the request. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Names that stand for one of these. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  /** The scanner is convinced by a call to its own server alone, which nobody makes. */
  readonly outOfBand?: boolean;
  /** The import found no answer that the template's own matchers accept. */
  readonly unproven?: boolean;
  /** In the order in which an attacker takes them. */
  readonly steps: readonly LureStep[];
}

export const linesOf = (lines: Lines | undefined): string =>
  lines === undefined ? '' : typeof lines === 'string' ? lines : lines.join('\n');

/** A text of several lines as its lines, for a person to read. */
export const asLines = (text: string): Lines => (text.includes('\n') ? text.split('\n') : text);
