/**
 * Who may pass to the object store. Pure: time is given, state is bounded by `mostSources` and `mostNamesOfAll`.
 *
 * What is signed passes, for the store checks it and answers a bad signature alike for any bucket. An anonymous request passes to a
 * public bucket; everything else gets one refusal, whether the bucket exists or not, and counts as a miss in the source's
 * sequential test (the weights are those of the detector `bucket-enumeration`, where their reasons stand). From ln 99 on the
 * source hears SlowDown, at which searchers give up. A decoy bucket takes it there at once. Private and missing buckets
 * weigh alike, or the moment of SlowDown would tell them apart.
 */

import { sourceKey } from '../core/address.ts';
import type { ObjectAccessFact } from '../core/observation.ts';
import type { BucketRequest } from './bucket-request.ts';

const weightOfMiss = Math.log(18);
const weightOfHit = -2.25;
const bound = Math.log(99);
/** Two half-lives' worth: whoever has reached it is heard again a day after its last miss. */
const highest = 2 * bound;
const halfLife = 24 * 60 * 60 * 1000;
const mostSources = 65_536;
const mostNames = 64;
/** Of all sources together: a /48 has 65,536 sources, and 64 names of each would fill the process. */
const mostNamesOfAll = 262_144;

export interface PublicBucket {
  /** A name, or a pattern with `*`. */
  readonly name: string;
  readonly write: boolean;
}

export interface GateOptions {
  readonly publicBuckets: readonly PublicBucket[];
  readonly estate: readonly string[];
  readonly decoys: ReadonlySet<string>;
}

export interface GateAnswer {
  readonly status: 200 | 403 | 503;
  /** What to record; null where it tells nothing new. */
  readonly fact: ObjectAccessFact | null;
}

interface SourceState {
  score: number;
  at: number;
  readonly missed: Set<string>;
  readonly met: Set<string>;
}

/** A test for names of these patterns, where `*` stands for any run of characters. Linear: greedy by literal parts. */
export function matchesPattern(pattern: string, name: string): boolean {
  const parts = pattern.split('*');
  if (parts.length === 1) return pattern === name;
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last))
    return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

export class Gate {
  readonly #options: GateOptions;
  readonly #names: ReadonlyMap<string, PublicBucket>;
  readonly #patterns: readonly PublicBucket[];
  readonly #estate: ReadonlySet<string>;
  readonly #sources = new Map<string, SourceState>();
  #namesHeld = 0;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#names = new Map(options.publicBuckets.map((each) => [each.name, each]));
    this.#patterns = options.publicBuckets.filter((each) => each.name.includes('*'));
    this.#estate = new Set(options.estate);
  }

  /** `source` is a canonical address, `now` in milliseconds. */
  answer(source: string, request: BucketRequest, userAgent: string, now: number): GateAnswer {
    if (request.accessKeyId !== '') return { status: 200, fact: null };
    const state = this.#stateOf(sourceKey(source), now);
    const isDecoy = this.#options.decoys.has(request.bucket);
    if (!isDecoy && this.#isPublic(request)) {
      if (state.score >= bound) return { status: 503, fact: null };
      if (this.#add(state.met, request.bucket)) state.score = Math.max(0, state.score + weightOfHit);
      return { status: 200, fact: null };
    }
    const isNew = request.bucket !== '' && this.#add(state.missed, request.bucket);
    if (isNew) state.score = Math.min(highest, state.score + weightOfMiss);
    if (isDecoy) state.score = highest;
    const status = state.score >= bound ? 503 : 403;
    if (!isNew) return { status, fact: null };
    return { status, fact: this.#factOf(request, userAgent, status, isDecoy) };
  }

  #factOf(request: BucketRequest, userAgent: string, status: number, isDecoy: boolean): ObjectAccessFact {
    // What the visitor is not told, the record says: only the gate's owner reads it.
    const error = this.#estate.has(request.bucket) ? 'AccessDenied' : 'NoSuchBucket';
    const { operation, bucket, object } = request;
    return {
      kind: 'object-access',
      operation,
      bucket,
      object,
      status,
      principal: '',
      userAgent,
      error,
      // Without it the detector would pass over objects of a bucket that exists, and block later where there are some: a slow oracle.
      closed: true,
      ...(isDecoy ? { decoy: true } : {}),
    };
  }

  #isPublic({ bucket, method, ambiguous }: BucketRequest): boolean {
    if (bucket === '' || ambiguous) return false;
    const entry = this.#names.get(bucket) ?? this.#patterns.find(({ name }) => matchesPattern(name, bucket));
    if (entry === undefined) return false;
    return method === 'GET' || method === 'HEAD' || (entry.write && (method === 'PUT' || method === 'POST'));
  }

  /** The source's state with its score decayed. The one not seen for longest goes when the table is full. */
  #stateOf(key: string, now: number): SourceState {
    const known = this.#sources.get(key);
    const state = known ?? { score: 0, at: now, missed: new Set<string>(), met: new Set<string>() };
    if (known !== undefined) this.#sources.delete(key);
    while (this.#sources.size >= mostSources || this.#namesHeld >= mostNamesOfAll) {
      const oldest = this.#sources.entries().next();
      if (oldest.done === true) break;
      const [forgotten, { missed, met }] = oldest.value;
      this.#namesHeld -= missed.size + met.size;
      this.#sources.delete(forgotten);
    }
    const passed = Math.max(0, now - state.at);
    if (passed > halfLife) {
      this.#namesHeld -= state.missed.size + state.met.size;
      state.missed.clear();
      state.met.clear();
    }
    state.score *= 2 ** (-passed / halfLife);
    state.at = now;
    this.#sources.set(key, state);
    return state;
  }

  /** True where the name is new and there was room for it. */
  #add(names: Set<string>, name: string): boolean {
    if (names.has(name) || names.size >= mostNames) return false;
    names.add(name);
    this.#namesHeld += 1;
    return true;
  }
}
