/** The contract of a lure: how a vulnerable product answers those who try its weakness. */

import type { Persona } from '../../core/persona.ts';
import type { NormalRequest } from '../../signatures/normal-request.ts';

export interface Answer {
  readonly status: number;
  /** Beside those that the server itself sends; `Content-Type` is `text/html` where absent. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Latin-1 text. */
  readonly body: string;
}

export interface Visit {
  readonly request: NormalRequest;
  readonly persona: Persona;
  readonly source: string;
  /** Names of the signatures that the request matches. */
  readonly matched: ReadonlySet<string>;
  /** The command that the exploit would run, empty where it has none. */
  readonly command: string;
  /** What the source did before on this decoy, for exploits of several steps. At most 32 entries a source; the value at most 64 KiB. */
  readonly memory: Map<string, string>;
  now(): number;
  /** What a shell of the machine prints for this command, standard output then errors, at most 64 KiB. */
  run(command: string): string;
  /** The content of a file of the machine, or null. */
  file(path: string): string | null;
  /** Hex digits that are this machine's own, the same at each call with the same purpose. */
  token(purpose: string, digits: number): string;
}

export interface Lure {
  /** As in `Persona.http.products`. */
  readonly product: string;
  readonly summary: string;
  /** What of a visitor's steps it keeps for the next one; absent where each request is answered by itself. */
  readonly remembers?: string;
  /** Names of the signatures that it answers. */
  readonly signatures: readonly string[];
  /** Ordinary pages by exact path, lower case: what a scanner looks at to find the product. */
  readonly pages?: Readonly<Record<string, (visit: Visit) => Answer | null>>;
  /** The vulnerable answer; null to leave it to the server. Called where one of its signatures matched, and for `follows`. */
  answer(visit: Visit): Answer | null;
  /** Later steps of an exploit that no signature knows: true where memory says so. */
  follows?(visit: Visit): boolean;
}
