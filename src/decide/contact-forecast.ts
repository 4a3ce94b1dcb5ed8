/**
 * When a source will come again, from what is known of its last pauses and of others that did the same: a block is worth its time
 * only while the next contact is likely. Pure but for its own memory, which is bounded; time is given.
 *
 * For each context (what was asked for, how many contacts, the last two pauses) it counts in which span of the pause the next
 * contact came (a life table, Kaplan and Meier 1958, in spans that grow by half). A narrow context that has seen little leans on the
 * wider one before it; a source with a history of its own leans on that most.
 */

const secondMilliseconds = 1000;
const hourSeconds = 3600;
const longestPauseSeconds = 14 * 86_400;

/** Ends of the spans in seconds: 0, 1, 2, 3, 5, 8 … 14 days. */
const ends: readonly number[] = ((): number[] => {
  const all = [0];
  for (let next = 1; (all.at(-1) ?? 0) < longestPauseSeconds; next *= 1.5) {
    all.push(Math.max((all.at(-1) ?? 0) + 1, Math.round(next)));
  }
  return all;
})();
const spans = ends.length;

/** Pauses that tell kinds of visitors apart: seconds up to which each reaches. */
const pauseKinds: readonly number[] = [1, 14, 59, 179, 419, 999, 2399, 4999, 11_999, 39_999, 89_999];

/** How many observations the wider context is worth against the narrower one, and against the source's own history. */
const leaning = 8;
const leaningOnOthers = 3;
/** Share of a source's own history that the next pause leaves. */
const ownKept = 0.95;
/** Chance of a next contact in a span of which nothing at all is known. */
const unknownChance = 0.02;
const contextsKept = 24_576;

/** Hits, then sources at risk, for each span. */
type LifeTable = Float32Array;

interface Visitor {
  /** Of the last contact, milliseconds. */
  at: number;
  contacts: number;
  label: string;
  /** The observation that the last contact was counted of, empty for a drop: several pieces of evidence may stand on one. */
  observation: string;
  /** Kinds of the last two pauses, -1 for none. */
  pause: number;
  pauseBefore: number;
  own: LifeTable | null;
  contexts: readonly string[];
}

function spanOf(seconds: number): number {
  let low = 0;
  let high = spans;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? 0) >= seconds) high = middle;
    else low = middle + 1;
  }
  return low;
}

function kindOf(seconds: number): number {
  const kind = pauseKinds.findIndex((end) => seconds <= end);
  return kind < 0 ? pauseKinds.length : kind;
}

function countPause(table: LifeTable, span: number): void {
  for (let at = 0; at <= span && at < spans; at += 1) table[spans + at] = (table[spans + at] ?? 0) + 1;
  if (span < spans) table[span] = (table[span] ?? 0) + 1;
}

export class ContactForecast {
  readonly #visitors = new Map<string, Visitor>();
  readonly #contexts = new Map<string, LifeTable>();
  readonly #maximum: number;
  readonly #chances = new Float64Array(spans);

  constructor(maximumSources: number) {
    this.#maximum = maximumSources;
  }

  get size(): number {
    return this.#visitors.size;
  }

  /**
   * A contact of this source, or a drop (its label is then null: a counter does not say what was asked for). Late ones count at the
   * last one's time.
   */
  contact(source: string, label: string | null, at: number, observation = ''): void {
    const visitor = this.#visitors.get(source);
    if (observation !== '' && visitor?.observation === observation) return;
    if (visitor === undefined) {
      this.#makeRoom();
      const first: Visitor = {
        at,
        contacts: 1,
        label: label ?? '',
        observation,
        pause: -1,
        pauseBefore: -1,
        own: null,
        contexts: [],
      };
      first.contexts = contextsOf(first);
      this.#visitors.set(source, first);
      return;
    }
    const seconds = Math.floor(Math.max(0, at - visitor.at) / secondMilliseconds);
    const span = spanOf(seconds);
    for (const context of visitor.contexts) countPause(this.#context(context), span);
    if (visitor.contacts >= 2) {
      visitor.own ??= new Float32Array(spans * 2);
      for (let index = 0; index < visitor.own.length; index += 1)
        visitor.own[index] = (visitor.own[index] ?? 0) * ownKept;
      countPause(visitor.own, span);
    }
    visitor.pauseBefore = visitor.pause;
    visitor.pause = kindOf(seconds);
    visitor.contacts += 1;
    visitor.at = Math.max(at, visitor.at);
    visitor.observation = observation;
    if (label !== null) visitor.label = label;
    visitor.contexts = contextsOf(visitor);
  }

  /**
   * How long a block from the last contact on is worth its time, in seconds: as long as the contacts that it is likely to stop, less
   * its hours times `hitsPerHour`, grow. 0 where it is not worth a second.
   */
  worthSeconds(source: string, hitsPerHour: number): number {
    const visitor = this.#visitors.get(source);
    if (visitor === undefined) return 0;
    const chances = this.#chances.fill(unknownChance);
    for (const context of visitor.contexts) lean(chances, this.#contexts.get(context), leaning);
    lean(chances, visitor.own ?? undefined, leaningOnOthers);
    let stillAway = 1;
    let gain = 0;
    let best = 0;
    let bestSeconds = 0;
    for (let span = 0; span < spans; span += 1) {
      const chance = chances[span] ?? 0;
      const end = ends[span] ?? 0;
      const hours = span === 0 ? 0 : (end - (ends[span - 1] ?? 0)) / hourSeconds;
      gain += stillAway * (chance - hitsPerHour * hours * (1 - chance / 2));
      stillAway *= 1 - chance;
      if (gain > best) {
        best = gain;
        // A contact within the same second needs a lease too.
        bestSeconds = Math.max(1, end);
      }
    }
    return bestSeconds;
  }

  #context(name: string): LifeTable {
    let table = this.#contexts.get(name);
    if (table === undefined) {
      if (this.#contexts.size >= contextsKept) {
        const oldest = this.#contexts.keys().next().value;
        if (oldest !== undefined) this.#contexts.delete(oldest);
      }
      table = new Float32Array(spans * 2);
      this.#contexts.set(name, table);
    }
    return table;
  }

  /** The oldest entries are looked at: who has a history of his own gets another round, another goes. */
  #makeRoom(): void {
    if (this.#visitors.size < this.#maximum) return;
    let looked = 0;
    for (const [source, visitor] of this.#visitors) {
      looked += 1;
      this.#visitors.delete(source);
      if (visitor.contacts < 3 || looked > 16) return;
      this.#visitors.set(source, visitor);
    }
  }
}

function lean(chances: Float64Array, table: LifeTable | undefined, weight: number): void {
  if (table === undefined) return;
  for (let span = 0; span < spans; span += 1) {
    chances[span] =
      ((table[span] ?? 0) + weight * (chances[span] ?? 0)) / ((table[spans + span] ?? 0) + weight);
  }
}

/** From the widest to the narrowest. */
function contextsOf({ contacts, label, pause, pauseBefore }: Visitor): readonly string[] {
  const many = contacts < 4 ? contacts : contacts < 10 ? 4 : contacts < 40 ? 5 : 6;
  return [
    'all',
    `${many} ${pause}`,
    `${many} ${label}`,
    `${many} ${pause} ${label}`,
    `${many} ${pause} ${label} ${pauseBefore}`,
  ];
}
