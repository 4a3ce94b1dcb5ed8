/** Recorded input through the very pipeline that runs live, in event time. Memory is bounded by the sources, not by the records. */

import type { Network } from '../core/address.ts';
import { formatNetwork, networkOf, parseNetwork } from '../core/address.ts';
import type { Action, Classification, Decision, GuardOutcome } from '../core/decision.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';
import type { ReadBatch } from '../core/reader.ts';
import { Allowlist } from '../decide/guards/allowlist.ts';
import { Breaker } from '../decide/guards/breaker.ts';
import type { Guard } from '../decide/guards/guard.ts';
import { standardGuards } from '../decide/guards/standard.ts';
import { Judge } from '../decide/judge.ts';
import { parentsOf } from '../decide/network-roll-up.ts';
import type { SourceRecord } from '../decide/source-record.ts';
import { allotted } from '../detectors/rules/rule-set.ts';
import type { Configuration } from './configuration-type.ts';
import { detectorsOf } from './detectors-of.ts';
import { type Attack, AttackBook } from './attack-book.ts';
import { Pipeline } from './pipeline.ts';
import { allowedBy, benignEntries, networksOf, policyOf } from './policy-of.ts';
import { openInput, type RecordedInput, sensorName, shownName } from './recorded-input.ts';
import { readRules } from './rule-files.ts';

export interface DecisionLine {
  readonly action: Action;
  readonly seconds: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What is printed of a source. */
export interface VerdictLine {
  readonly kind: 'verdict';
  /** The address, or the /64 of an IPv6 source of which several addresses were seen. */
  readonly source: string;
  /** Addresses seen of such a /64, the first eight. */
  readonly addresses?: readonly string[];
  readonly classification: Classification;
  readonly score: number;
  readonly behaviors: readonly string[];
  readonly cves: readonly string[];
  readonly observations: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** The last of `decisions`, or null. */
  readonly decision: DecisionLine | null;
  /** All that took effect, in order of time; what a guard refused or held is not among them. */
  readonly decisions: readonly DecisionLine[];
  /** Outcomes of the guards at the last candidate. */
  readonly guards: readonly GuardOutcome[];
}

/** What is printed of an address under attack. */
export interface AttackLine {
  readonly kind: 'attack';
  readonly target: string;
  readonly behaviors: readonly string[];
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly reason: string;
}

export function attackLine({ target, behaviors, firstSeen, lastSeen, reason }: Attack): AttackLine {
  return {
    kind: 'attack',
    target,
    behaviors,
    firstSeen: isoTime(firstSeen),
    lastSeen: isoTime(lastSeen),
    reason,
  };
}

/** What is printed of an input record. */
export interface RecordLine {
  readonly kind: 'record';
  /** Counts the records of all inputs from 0. */
  readonly index: number;
  /** The input's own id, empty where its format has none or the record is damaged. */
  readonly id: string;
  readonly source: string;
  readonly behaviors: readonly string[];
  readonly cves: readonly string[];
}

export interface DamagedRecord {
  readonly input: string;
  /** Counts from 1. */
  readonly line: number;
  readonly sample: string;
  readonly why: string;
}

export interface AnalysisOptions {
  readonly configuration: Configuration;
  /** Protected networks, besides those of the configuration. */
  readonly own: readonly Network[];
  /** Whether reserved addresses may be decided on; own networks never are. */
  readonly lab: boolean;
  /** Folders or files of rules, besides those of the configuration. Throws PICKET_RULE_INVALID and PICKET_INPUT_UNREADABLE. */
  readonly rules?: readonly string[];
  /** In place of the breaker, where another thread counts the blocks of several. */
  readonly breaker?: Guard;
  /** Called for each input record where given. */
  readonly record?: (line: RecordLine) => void;
  readonly damaged: (record: DamagedRecord) => void;
  /** Awaited between batches, so that a slow consumer of the record lines holds the reading back. */
  readonly betweenBatches?: () => Promise<void> | void;
  /** Bytes of the current input that are read. */
  readonly progress?: (input: RecordedInput, bytes: number) => void;
}

interface Placed {
  readonly action: Action;
  readonly seconds: number;
  readonly at: number;
}

const everything: readonly Network[] = [
  networkOf({ family: 4, value: 0n }, 0),
  networkOf({ family: 6, value: 0n }, 0),
];

interface Ranked {
  readonly score: number;
  readonly source: string;
  readonly line: () => VerdictLine;
}

/** Worst first. */
export function compareRank(leftScore: number, left: string, rightScore: number, right: string): number {
  return rightScore - leftScore || (left < right ? -1 : 1);
}

export class Analysis {
  records = 0;
  damaged = 0;
  observations = 0;
  decisions = 0;
  /** Decisions that a guard held for a person: recorded by the guards alone. */
  held = 0;
  readonly #options: AnalysisOptions;
  readonly #pipeline: Pipeline;
  readonly #attacks = new AttackBook();
  readonly #placed = new Map<string, Placed[]>();
  readonly #decided: (decision: Decision) => void;

  constructor(options: AnalysisOptions) {
    const { configuration, own, lab } = options;
    this.#options = options;
    const policy = policyOf(configuration);
    const judge = new Judge({
      policy,
      guards: standardGuards({
        policy,
        own: [...networksOf(configuration.guards.own), ...own],
        lab: lab ? everything : networksOf(configuration.guards.lab),
        allowlist: new Allowlist(allowedBy(configuration)),
        benign: benignEntries(configuration),
        breaker: options.breaker ?? new Breaker(policy),
      }),
      // No line of an analysis says why.
      explains: false,
      // The middle of the spread: the same input gives the same output.
      random: () => 0.5,
    });
    this.#pipeline = new Pipeline(judge, detectorsOf(configuration, own));
    const rules = readRules([...configuration.detectors.rules, ...(options.rules ?? [])]);
    this.#pipeline.runner.useRules(allotted(rules.map(({ rule }) => rule)));
    this.#decided = (decision) => this.#keep(decision);
  }

  /** Sources that were forgotten because more came than are remembered. */
  get forgotten(): number {
    return this.#pipeline.evicted;
  }

  get sources(): number {
    return this.#pipeline.size;
  }

  /** As those of `ParallelAnalysis`: nothing is left to be done here. */
  end(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  /** Reads an input to its end. Throws PICKET_INPUT_FORMAT and PICKET_INPUT_UNREADABLE; what was read ahead of the error counts. */
  async read(input: RecordedInput, format: string): Promise<void> {
    const { progress } = this.#options;
    const { reader, bytes } = await openInput(input, format, (passed) => progress?.(input, passed));
    if (reader === null) return;
    const first = this.records;
    const batches = reader.read(bytes, {
      sensor: sensorName(input),
      near: input.near,
      damaged: (line, sample, why) => {
        this.damaged += 1;
        this.#options.damaged({ input: shownName(input.name), line, sample, why });
      },
    });
    for await (const batch of batches) {
      this.#take(batch, first);
      const pause = this.#options.betweenBatches?.();
      if (pause !== undefined) await pause;
    }
  }

  /** Takes in what another thread has read and shown to the detectors across sources. */
  observe(observation: Observation, across: readonly Evidence[]): void {
    this.#pipeline.observe(observation, this.#decided, across);
  }

  /** The verdicts, worst first. */
  *verdicts(): Iterable<VerdictLine> {
    for (const { line } of this.ranked()) yield line();
  }

  /** Addresses that were under attack, in the order in which it began. */
  attacks(): readonly AttackLine[] {
    return this.#attacks.all().map((attack) => attackLine(attack));
  }

  /** The same with what they are put in order by. */
  *ranked(): Iterable<Ranked> {
    const records = [...this.#pipeline.sources()].sort((left, right) =>
      compareRank(left.score, left.source, right.score, right.source),
    );
    for (const record of records)
      yield { score: record.score, source: record.source, line: () => this.#verdict(record) };
  }

  #take(batch: ReadBatch, first: number): void {
    this.records += batch.recordCount;
    this.observations += batch.observations.length;
    const { record } = this.#options;
    if (record !== undefined) {
      this.#takeEach(batch, first, record);
      return;
    }
    for (const observation of batch.observations) {
      const evidence = this.#observe(observation);
      if (evidence.length > 0) this.#attacks.take(evidence, observation.at);
    }
  }

  /** The blocks that were due before it come first, as they do live. */
  #observe(observation: Observation): readonly Evidence[] {
    const { judge } = this.#pipeline;
    if ((judge.nextDue() ?? Number.POSITIVE_INFINITY) <= observation.at)
      for (const decision of judge.due(observation.at)) this.#keep(decision);
    return this.#pipeline.observe(observation, this.#decided);
  }

  #takeEach(batch: ReadBatch, first: number, print: (line: RecordLine) => void): void {
    const { observations, recordOf, ids = [] } = batch;
    let next = 0;
    let named = 0;
    for (let index = batch.firstRecord; index < batch.firstRecord + batch.recordCount; index += 1) {
      let id = '';
      let source = '';
      const behaviors = new Set<string>();
      const cves = new Set<string>();
      while (named < ids.length && (ids[named]?.[0] ?? 0) <= index) {
        if (ids[named]?.[0] === index) id = ids[named]?.[1] ?? '';
        named += 1;
      }
      for (; next < observations.length && recordOf[next] === index; next += 1) {
        const observation = observations[next];
        if (observation === undefined) break;
        if (source === '') source = observation.source;
        const found = this.#observe(observation);
        this.#attacks.take(found, observation.at);
        for (const evidence of found) {
          if (evidence.behavior !== null) behaviors.add(evidence.behavior);
          for (const cve of evidence.cves) cves.add(cve);
        }
      }
      print({
        kind: 'record',
        index: first + index,
        id,
        source,
        behaviors: [...behaviors],
        cves: [...cves],
      });
    }
  }

  #keep(decision: Decision): void {
    if (decision.simulated) {
      if (decision.guards.some((guard) => guard.outcome === 'hold')) this.held += 1;
      return;
    }
    this.decisions += 1;
    const { action, from, until } = decision;
    const placed: Placed = { action, at: from, seconds: Math.round((until - from) / 1000) };
    const held = this.#placed.get(decision.target);
    if (held === undefined) this.#placed.set(decision.target, [placed]);
    else held.push(placed);
  }

  /** Decisions on a network that held the source while it was about. */
  #ofNetworks({ source, firstSeen, lastSeen }: SourceRecord): Placed[] {
    const target = parseNetwork(source);
    return (target === null ? [] : parentsOf(target)).flatMap((network) =>
      (this.#placed.get(formatNetwork(network)) ?? []).filter(
        ({ at, seconds }) => at <= lastSeen && at + seconds * 1000 >= firstSeen,
      ),
    );
  }

  #verdict(record: SourceRecord): VerdictLine {
    const verdict = this.#pipeline.judge.verdict(record);
    const decisions = [...(this.#placed.get(record.source) ?? []), ...this.#ofNetworks(record)]
      .sort((left, right) => left.at - right.at)
      .map(({ action, seconds, at }) => ({ action, seconds, at: isoTime(at) }));
    const [address, further] = record.addresses ?? [];
    return {
      kind: 'verdict',
      source: address !== undefined && further === undefined ? address : verdict.source,
      ...(further !== undefined && record.addresses !== null ? { addresses: record.addresses } : {}),
      classification: verdict.classification,
      score: verdict.score,
      behaviors: verdict.behaviors,
      cves: verdict.cves,
      observations: verdict.observations,
      firstSeen: isoTime(verdict.firstSeen),
      lastSeen: isoTime(verdict.lastSeen),
      decision: decisions.at(-1) ?? null,
      decisions,
      guards: record.guards,
    };
  }
}

/** The last moment that a Date can hold (ECMA-262 §21.4.1.1). */
const lastMoment = 8.64e15;

function isoTime(at: number): string {
  return new Date(Math.max(-lastMoment, Math.min(lastMoment, at))).toISOString();
}
