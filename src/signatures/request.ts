/** A web request as the signatures see it: from a decoy, an access log or a recorded file. */

import type { Header } from '../core/observation.ts';

export interface WebRequest {
  readonly method: string;
  /** Path with query, as sent. */
  readonly path: string;
  /** Empty where the record has none but `User-Agent` and `Referer`. */
  readonly headers: readonly Header[];
  /** Latin-1 text; empty where the record has none. */
  readonly body: string;
}
