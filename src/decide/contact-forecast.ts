/**
 * When a source will come again, from what is known of its last pauses and of others that did the same: a block is worth its time
 * only while the next contact is likely. Pure but for its own memory, which is bounded; time is given.
 *
 * Two kinds of tables count in which span of the pause the next contact came. One goes by seconds, for contexts from the widest to the
 * narrowest (how many contacts, the last two pauses, what was asked for); a narrow context that has seen little leans on the wider
 * one before it, and a source's own history on that. The other goes by how many times as long as a pause that is known the next one
 * is: the last pause, and the one that followed the last time that the source paused as it does now (`PauseHistory`). What that kind
 * says moves the odds of the first. Who stays away counts too, while he does: else a table would know only of those who come back.
 */

import { Appointments } from './appointments.ts';
import { countPause, fade, type LifeTable, LifeTables, newLifeTable } from './life-table.ts';
import { PauseHistory } from './pause-history.ts';
import { coarseSpans, fineGrowth, fineSpanOf, fineSpans } from './pause-spans.ts';

const secondMilliseconds = 1000;
const hourSeconds = 3600;

/** Pauses that tell kinds of visitors apart: seconds up to which each reaches. */
const pauseKinds: readonly number[] = [1, 14, 59, 179, 419, 999, 2399, 4999, 11_999, 39_999, 89_999];

/** How many observations the wider context is worth against the narrower one, and against the source's own history. */
const leaning = 16;
const leaningOnOthers = 3;
/** Share of a source's own history that the next pause leaves. */
const ownKept = 0.95;
/** Chance of a next contact in a coarse span of which nothing at all is known. */
const unknownChance = 0.02;
const mostCertain = 0.9999;
const contextsKept = 24_576;

/** Tables by ratio: their spans, each a tenth longer than the one before, half of them below one. */
const ratios = 96;
const ratiosKept = 16_384;
const ratioWidth = Math.log(fineGrowth);
/** How many observations the first kind of table is worth against one by ratio, and how far each of those moves its odds. */
const ratioLeaning = 2;
const ratioWeight = 0.45;
/** Shorter pauses say nothing by their ratio to whole seconds. */
const leastBaseSeconds = 8;
/** Kinds of ratio between two pauses: in steps of a quarter of the logarithm, so many in either direction. */
const ratioStep = 0.25;
const ratioKinds = 10;

/** Part of the pause by which two spans that are worth a block may be apart and still be one lease. */
const bridged = 0.1;

interface Checkpoint {
  /** Fine spans before it. */
  readonly end: number;
  readonly milliseconds: number;
}

/** Coarse spans after which who is still away is counted as away: 1 min, 5 min, 15 min, 1 h, 4 h, 12 h, 1 d, 4 d, 14 d. */
const checkpoints: readonly Checkpoint[] = [
  60,
  300,
  900,
  3600,
  14_400,
  43_200,
  86_400,
  345_600,
  Number.POSITIVE_INFINITY,
].map((seconds) => {
  const coarse = fineSpans[fineSpanOf(seconds)]?.coarse ?? coarseSpans;
  const next = fineSpans.findIndex((span) => span.coarse > coarse);
  const end = next < 0 ? fineSpans.length : next;
  return { end, milliseconds: ((fineSpans[end - 1]?.last ?? 0) + 1) * secondMilliseconds };
});

export interface ExpectedContact {
  /** Milliseconds since the epoch: the time in which a block is worth its hours. */
  readonly from: number;
  readonly until: number;
  /** The source's own pause, in seconds, that followed the last time that it paused like now; null where it never did. */
  readonly recalledSeconds: number | null;
}

interface ByRatio {
  readonly name: string;
  /** Logarithm of the pause, in seconds, that the next one is measured by. */
  readonly base: number;
}

interface Visitor {
  readonly source: string;
  /** Of the last contact, milliseconds. */
  at: number;
  contacts: number;
  label: string;
  /** The observation that the last contact was counted of, empty for a drop: several pieces of evidence may stand on one. */
  observation: string;
  /** The last two pauses in seconds, -1 for none. */
  pause: number;
  pauseBefore: number;
  own: LifeTable | null;
  history: PauseHistory | null;
  recalledSeconds: number | null;
  contexts: readonly string[];
  byRatio: readonly ByRatio[];
  /** Fine spans of the present pause that are counted, and checkpoints that it has passed. */
  counted: number;
  passed: number;
}

function kindOf(seconds: number): number {
  if (seconds < 0) return -1;
  const kind = pauseKinds.findIndex((end) => seconds <= end);
  return kind < 0 ? pauseKinds.length : kind;
}

/** Of each fine span, for the loop that every contact runs through. */
const middles = Float64Array.from(fineSpans, ({ middle }) => middle);
const shares = Float64Array.from(fineSpans, ({ share }) => share);
const coarseOf = Int32Array.from(fineSpans, ({ coarse }) => coarse);

function ratioOf(span: number, base: number): number {
  const index = Math.floor(((middles[span] ?? 0) - base) / ratioWidth) + ratios / 2;
  return index < 0 ? -1 : Math.min(index, ratios);
}

export class ContactForecast {
  readonly #visitors = new Map<string, Visitor>();
  readonly #contexts = new LifeTables(coarseSpans, contextsKept);
  readonly #ratios = new LifeTables(ratios, ratiosKept);
  readonly #maximum: number;
  readonly #chances = new Float64Array(coarseSpans);
  /** Logarithms of what is left of one. */
  readonly #staysAway = new Float64Array(coarseSpans);
  /** Who waits for which checkpoint, the earliest first. */
  readonly #away: readonly Set<Visitor>[] = checkpoints.map(() => new Set());
  /** No sooner than then the first of them passes it: to look at the first of a set costs as much as was taken from it. */
  readonly #passing = new Float64Array(checkpoints.length).fill(Number.POSITIVE_INFINITY);
  /** When to look again at whom: where a block begins that is worth its time, or where one has ended. */
  readonly appointments: Appointments = new Appointments();

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
    this.#countAway(at);
    let visitor = this.#visitors.get(source);
    if (observation !== '' && visitor?.observation === observation) return;
    if (visitor === undefined) {
      this.#makeRoom();
      visitor = newVisitor(source, label ?? '', at);
      this.#visitors.set(source, visitor);
    } else this.#returned(visitor, Math.floor(Math.max(0, at - visitor.at) / secondMilliseconds));
    visitor.at = Math.max(at, visitor.at);
    visitor.observation = observation;
    if (label !== null) visitor.label = label;
    describe(visitor);
    this.#away[visitor.passed]?.delete(visitor);
    visitor.counted = 0;
    this.#await(visitor, 0);
  }

  /**
   * The next time, from `at` on, in which a block is worth its hours: where the contacts that it is likely to stop are more than its
   * hours times `hitsPerHour`. Null where there is none.
   */
  expected(source: string, hitsPerHour: number, at: number): ExpectedContact | null {
    const visitor = this.#visitors.get(source);
    if (visitor === undefined) return null;
    this.#chancesOf(visitor);
    const tables = visitor.byRatio.map(({ name }) => this.#ratios.find(name));
    const elapsed = Math.max(0, (at - visitor.at) / secondMilliseconds);
    let from = -1;
    let until = -1;
    for (let index = fineSpanOf(Math.floor(elapsed)); index < fineSpans.length; index += 1) {
      const span = fineSpans[index];
      if (span === undefined) break;
      if (from >= 0 && span.first - until > span.first * bridged) break;
      const chance = this.#chance(visitor, tables, index);
      const hours = (span.last + 1 - span.first) / hourSeconds;
      // On average it comes in the middle of the span, and the block ends or is renewed with it.
      if (chance <= hitsPerHour * hours * (1 - chance / 2)) continue;
      if (from < 0) from = Math.max(span.first, elapsed);
      until = span.last + 1;
    }
    if (from < 0) return null;
    return {
      from: Math.max(at, visitor.at + from * secondMilliseconds),
      until: Math.max(at, visitor.at) + (until - elapsed) * secondMilliseconds,
      recalledSeconds: visitor.recalledSeconds,
    };
  }

  /** Counts the pause that this contact has ended. */
  #returned(visitor: Visitor, seconds: number): void {
    const span = fineSpanOf(seconds);
    if (visitor.contacts >= 2) visitor.own ??= newLifeTable(coarseSpans);
    if (span < fineSpans.length) this.#count(visitor, span + 1, span);
    else this.#count(visitor, fineSpans.length, -1);
    if (visitor.own !== null) fade(visitor.own, ownKept);
    visitor.history ??= new PauseHistory();
    visitor.history.add(seconds);
    visitor.pauseBefore = visitor.pause;
    visitor.pause = seconds;
    visitor.contacts += 1;
  }

  /** It was away from where was counted last to before the fine span `end`, and came in the span `hit` (-1: it is away still). */
  #count(visitor: Visitor, end: number, hit: number): void {
    const { counted } = visitor;
    if (end <= counted) return;
    // Checkpoints lie where a coarse span ends.
    const first = fineSpans[counted]?.coarse ?? coarseSpans;
    const last = (fineSpans[end - 1]?.coarse ?? 0) + 1;
    const coarse = hit < 0 ? -1 : (fineSpans[hit]?.coarse ?? -1);
    for (const context of visitor.contexts) countPause(this.#contexts.of(context), first, last, coarse);
    if (visitor.own !== null) countPause(visitor.own, first, last, coarse);
    for (const { name, base } of visitor.byRatio) {
      const begins = Math.max(0, counted === 0 ? 0 : ratioOf(counted - 1, base) + 1, ratioOf(counted, base));
      const ends = Math.min(ratios, ratioOf(end - 1, base) + 1);
      const ratio = hit < 0 ? -1 : ratioOf(hit, base);
      if (ends > 0) countPause(this.#ratios.of(name), begins, ends, ratio < ratios ? ratio : -1);
    }
    visitor.counted = end;
  }

  #await(visitor: Visitor, passed: number): void {
    visitor.passed = passed;
    const checkpoint = checkpoints[passed];
    if (checkpoint === undefined) return;
    this.#away[passed]?.add(visitor);
    const passes = visitor.at + checkpoint.milliseconds;
    if (passes < (this.#passing[passed] ?? 0)) this.#passing[passed] = passes;
  }

  /** Who has passed a checkpoint without a contact is counted as away until there. */
  #countAway(at: number): void {
    for (let index = 0; index < checkpoints.length; index += 1) {
      const checkpoint = checkpoints[index];
      if (checkpoint === undefined || at < (this.#passing[index] ?? 0)) continue;
      this.#passing[index] = Number.POSITIVE_INFINITY;
      const waiting = this.#away[index] ?? new Set();
      for (const visitor of waiting) {
        const passes = visitor.at + checkpoint.milliseconds;
        if (passes > at) {
          this.#passing[index] = passes;
          break;
        }
        waiting.delete(visitor);
        this.#count(visitor, checkpoint.end, -1);
        this.#await(visitor, index + 1);
      }
    }
  }

  #chancesOf(visitor: Visitor): void {
    const chances = this.#chances.fill(unknownChance);
    for (const context of visitor.contexts) lean(chances, this.#contexts.find(context), leaning);
    lean(chances, visitor.own ?? undefined, leaningOnOthers);
    for (let span = 0; span < coarseSpans; span += 1)
      this.#staysAway[span] = Math.log1p(-Math.min(chances[span] ?? 0, mostCertain));
  }

  /** Of a contact within this fine span, given that none came before; from what `#chancesOf` has computed. */
  #chance(visitor: Visitor, tables: readonly (LifeTable | undefined)[], index: number): number {
    const before = -Math.expm1((this.#staysAway[coarseOf[index] ?? 0] ?? 0) * (shares[index] ?? 1));
    const beforeOdds = Math.log(before / (1 - before));
    let odds = beforeOdds;
    for (let at = 0; at < tables.length; at += 1) {
      const table = tables[at];
      const ratio = ratioOf(index, visitor.byRatio[at]?.base ?? 0);
      const away = table?.away[ratio] ?? 0;
      if (table === undefined || away <= 0) continue;
      const chance = ((table.hits[ratio] ?? 0) + ratioLeaning * before) / (away + ratioLeaning);
      odds += ratioWeight * (Math.log(chance / (1 - chance)) - beforeOdds);
    }
    return 1 / (1 + Math.exp(-odds));
  }

  /** The oldest entries are looked at: who has a history of his own gets another round, another goes. */
  #makeRoom(): void {
    if (this.#visitors.size < this.#maximum) return;
    let looked = 0;
    for (const [source, visitor] of this.#visitors) {
      looked += 1;
      this.#visitors.delete(source);
      if (visitor.contacts < 3 || looked > 16) {
        this.#away[visitor.passed]?.delete(visitor);
        this.appointments.cancel(source);
        return;
      }
      this.#visitors.set(source, visitor);
    }
  }
}

function newVisitor(source: string, label: string, at: number): Visitor {
  return {
    source,
    at,
    contacts: 1,
    label,
    observation: '',
    pause: -1,
    pauseBefore: -1,
    own: null,
    history: null,
    recalledSeconds: null,
    contexts: [],
    byRatio: [],
    counted: 0,
    passed: 0,
  };
}

function lean(chances: Float64Array, table: LifeTable | undefined, weight: number): void {
  if (table === undefined) return;
  for (let span = 0; span < coarseSpans; span += 1) {
    chances[span] =
      ((table.hits[span] ?? 0) + weight * (chances[span] ?? 0)) / ((table.away[span] ?? 0) + weight);
  }
}

/** Names the contexts of the visitor's present pause, the contexts by seconds from the widest to the narrowest. */
function describe(visitor: Visitor): void {
  const { contacts, label, pause, pauseBefore, history } = visitor;
  const many = contacts < 4 ? contacts : contacts < 10 ? 4 : contacts < 40 ? 5 : 6;
  const kind = kindOf(pause);
  visitor.contexts = [
    'all',
    `${many} ${kind}`,
    `${many} ${label}`,
    `${many} ${kind} ${label}`,
    `${many} ${kind} ${label} ${kindOf(pauseBefore)}`,
  ];
  const byRatio: ByRatio[] = [];
  const recalled = history?.recall() ?? null;
  visitor.recalledSeconds = recalled?.seconds ?? null;
  if (recalled !== null && recalled.seconds > 0) {
    const { seconds, run, agreement } = recalled;
    byRatio.push({ name: `${run} ${agreement} ${kindOf(seconds) >> 1}`, base: baseOf(seconds) });
  }
  if (pause > 0) {
    const step = pauseBefore < 1 ? 'new' : Math.round(Math.log(pause / pauseBefore) / ratioStep);
    const bounded = step === 'new' ? step : Math.max(-ratioKinds, Math.min(ratioKinds, step));
    byRatio.push({ name: `${kind} ${bounded} ${label}`, base: baseOf(pause) });
  }
  visitor.byRatio = byRatio;
}

function baseOf(seconds: number): number {
  return Math.log(Math.max(seconds, leastBaseSeconds));
}
