/** What a signature says of a request that it recognises. */

import type { ExploitClass } from '../core/behavior.ts';

export interface SignatureMatch {
  /** The signature's name, such as `tplink-archer-ax21-locale` or `sqli-union-select`. */
  readonly name: string;
  readonly class: ExploitClass;
  /** Empty for a generic signature. */
  readonly cves: readonly string[];
  /** ATT&CK technique id. */
  readonly technique: string;
  /** How sure: 1 for a request that nobody sends by accident, down to 0.3 for one that needs company. */
  readonly confidence: number;
  /** The part that was recognised, for a person to read, at most 120 characters. */
  readonly detail: string;
}
