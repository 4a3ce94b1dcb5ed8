/** Attacks on HTTP/2 itself, told from the frames of one connection. Each is recorded once. */

import type { ExploitFact } from '../../core/observation.ts';

interface Known {
  readonly name: string;
  readonly cves: readonly string[];
  readonly what: string;
}

export type Http2AbuseKind =
  | 'rapidReset'
  | 'continuationFlood'
  | 'headerBomb'
  | 'pingFlood'
  | 'settingsFlood'
  | 'emptyFlood'
  | 'priorityFlood';

const known: Readonly<Record<Http2AbuseKind, Known>> = {
  rapidReset: {
    name: 'http2-rapid-reset',
    cves: ['CVE-2023-44487'],
    what: 'opened streams and reset them at once',
  },
  continuationFlood: {
    name: 'http2-continuation-flood',
    cves: ['CVE-2024-27316'],
    what: 'sent a header block that does not end',
  },
  headerBomb: {
    name: 'http2-header-bomb',
    cves: ['CVE-2016-6581'],
    what: 'sent a header block that unfolds to many times its size',
  },
  pingFlood: {
    name: 'http2-ping-flood',
    cves: ['CVE-2019-9512'],
    what: 'asked for answers to PING without end',
  },
  settingsFlood: {
    name: 'http2-settings-flood',
    cves: ['CVE-2019-9515'],
    what: 'asked for answers to SETTINGS without end',
  },
  emptyFlood: { name: 'http2-empty-frames', cves: ['CVE-2019-9518'], what: 'sent empty frames without end' },
  priorityFlood: {
    name: 'http2-priority-flood',
    cves: ['CVE-2019-9513'],
    what: 'sent priorities without end',
  },
};

/** A browser that is left resets what it has open, tens at most. */
const manyResets = 100;
/** No client has a use for so many in one connection. */
const manyQuestions = 1_000;
const manyContinuations = 64;

export class Http2Abuse {
  readonly #told = new Set<Http2AbuseKind>();
  #opened = 0;
  #resets = 0;
  #pings = 0;
  #settings = 0;
  #empty = 0;

  opened(): void {
    this.#opened += 1;
  }

  reset(): ExploitFact | null {
    this.#resets += 1;
    return this.#resets >= manyResets && this.#resets * 2 >= this.#opened
      ? this.tell('rapidReset', `${this.#resets} of ${this.#opened} streams`)
      : null;
  }

  ping(): ExploitFact | null {
    this.#pings += 1;
    return this.#pings >= manyQuestions ? this.tell('pingFlood', `${this.#pings} frames`) : null;
  }

  settings(): ExploitFact | null {
    this.#settings += 1;
    return this.#settings >= manyQuestions ? this.tell('settingsFlood', `${this.#settings} frames`) : null;
  }

  empty(): ExploitFact | null {
    this.#empty += 1;
    return this.#empty >= manyQuestions ? this.tell('emptyFlood', `${this.#empty} frames`) : null;
  }

  /** Of a header block that was refused for its size: what it had unfolded to, and in how many frames. */
  tooLarge(
    unfolded: { readonly size: number; readonly fromTable: number },
    continuations: number,
  ): ExploitFact | null {
    if (unfolded.fromTable * 2 > unfolded.size)
      return this.tell('headerBomb', `${unfolded.fromTable} of ${unfolded.size} octets from the table`);
    return continuations >= manyContinuations
      ? this.tell('continuationFlood', `${continuations} frames`)
      : null;
  }

  continued(continuations: number): ExploitFact | null {
    return continuations >= manyQuestions ? this.tell('continuationFlood', `${continuations} frames`) : null;
  }

  tell(kind: Http2AbuseKind, count: string): ExploitFact | null {
    if (this.#told.has(kind)) return null;
    this.#told.add(kind);
    const { name, cves, what } = known[kind];
    return {
      kind: 'exploit',
      service: 'http',
      class: 'protocol',
      name,
      cves,
      // Endpoint Denial of Service: Application or System Exploitation.
      technique: 'T1499.004',
      detail: `${what}: ${count}`,
    };
  }
}
