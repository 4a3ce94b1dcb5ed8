/** The engine: takes observations from sensors, judges them, tells the fence, and remembers. */

import type { Clock } from '../core/clock.ts';
import type { Action, Decision } from '../core/decision.ts';
import type { Detector } from '../core/detector.ts';
import type { Network } from '../core/address.ts';
import { formatNetwork, parseNetwork } from '../core/address.ts';
import type { Observation } from '../core/observation.ts';
import { Allowlist, type AllowEntry } from '../decide/guards/allowlist.ts';
import { GoodTraffic } from '../decide/good-traffic.ts';
import type { BenignEntry } from '../decide/guards/benign-list.ts';
import { Breaker } from '../decide/guards/breaker.ts';
import { standardGuards } from '../decide/guards/standard.ts';
import { Judge } from '../decide/judge.ts';
import type { Policy } from '../decide/policy.ts';
import { detectors } from '../detectors/index.ts';
import type { DecisionLog } from '../store/decision-log.ts';
import type { EventStore } from '../store/event-store.ts';
import { AttackBook } from './attack-book.ts';
import { type NameResolver, ResolvedCrawlers } from './crawler-book.ts';
import { DueTimer } from './due-timer.ts';
import { EventKeeper } from './event-keeper.ts';
import { FenceDesk } from './fence-desk.ts';
import { Pipeline } from './pipeline.ts';
import { type PastEvent, restoredPast } from './restored-past.ts';
import { SensorDesk, type SensorState } from './sensor-desk.ts';

export interface EngineOptions {
  readonly clock: Clock;
  readonly policy: Policy;
  readonly own: readonly Network[];
  readonly lab: readonly Network[];
  /** From the configuration; those added later are in the decision log. */
  readonly allow: readonly AllowEntry[];
  /** Whether this engine has nothing to remember. */
  readonly isFirstStart?: boolean;
  readonly benign: readonly BenignEntry[];
  /** Those for whom nothing is configured where absent. */
  readonly detectors?: readonly Detector[];
  /** Networks whose addresses many people share. */
  readonly shared?: readonly BenignEntry[];
  /** Asks for names of crawlers; none where nobody may be asked. */
  readonly resolver?: NameResolver | null;
  readonly decisionLog: DecisionLog;
  readonly store: EventStore | null;
  readonly log: (line: string) => void;
}

export type EngineEvent =
  | { readonly type: 'observation'; readonly observation: Observation }
  | { readonly type: 'decision'; readonly decision: Decision };

/** How far back, and how much, the scores are restored from the event store after a restart. */
const restoreMilliseconds = 86_400_000;
const restoreRows = 200_000;
/** Hours with good sessions are restored from further back: what a decision would cut is known by the last days. */
const goodMilliseconds = 8 * 86_400_000;
const goodRows = 200_000;
/** What was decided on in the last moments before a restart may not have reached the decision log. */
const unwrittenMilliseconds = 10_000;
/** A burst of decisions is written with one wait for the disk, which holds up the engine for as long. */
const logGatherMilliseconds = 15;
/** How long ended decisions stay in the log. */
const logKeptMilliseconds = 400 * 86_400_000;
const pruneEveryMilliseconds = 86_400_000;
/** Decisions that wait in memory for a decision log that can't be written. */
const unloggedKept = 100_000;

/** How long a starting engine waits for an event store that is starting too: on a busy machine many seconds, and without it the last day is forgotten. */
const storeStartMilliseconds = 10_000;

/** Asks again until the answer comes or the time is up. */
async function within<Answer>(milliseconds: number, ask: () => Promise<Answer>): Promise<Answer> {
  const end = Date.now() + milliseconds;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

export class Engine {
  readonly allowlist: Allowlist;
  readonly breaker: Breaker;
  readonly judge: Judge;
  readonly pipeline: Pipeline;
  readonly sensorDesk: SensorDesk;
  readonly fenceDesk: FenceDesk;
  readonly keeper: EventKeeper;
  readonly attacks: AttackBook = new AttackBook();
  readonly #options: EngineOptions;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  #later: EngineEvent[] = [];
  #keeping: Observation[] = [];
  #afterwards: NodeJS.Immediate | null = null;
  #unlogged: Decision[] = [];
  #logFailing = false;
  #logging: NodeJS.Timeout | null = null;
  #timer: NodeJS.Timeout | null = null;
  #pruner: NodeJS.Timeout | null = null;
  readonly #dueTimer: DueTimer;
  #observations = 0;
  #decisions = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
    const { clock, policy } = options;
    this.allowlist = new Allowlist(options.allow);
    this.breaker = new Breaker(policy);
    const goodTraffic = new GoodTraffic();
    const resolver = options.resolver ?? null;
    this.judge = new Judge({
      policy,
      goodTraffic,
      guards: standardGuards({
        policy,
        own: options.own,
        lab: options.lab,
        allowlist: this.allowlist,
        benign: options.benign,
        shared: options.shared ?? [],
        goodTraffic,
        isAtFault: (source) => (this.judge.sources.find(source)?.score ?? 0) >= policy.suspicious,
        crawlers:
          resolver === null
            ? null
            : new ResolvedCrawlers({
                resolver,
                verified: (address) => this.#dropRefused('picket', `${address} is a verified crawler`),
              }),
        breaker: this.breaker,
      }),
    });
    this.pipeline = new Pipeline(this.judge, options.detectors ?? detectors);
    this.#dueTimer = new DueTimer({
      now: () => clock.now(),
      next: () => this.judge.nextDue(),
      run: () => this.#placeDue(),
    });
    this.fenceDesk = new FenceDesk({
      now: () => clock.now(),
      dropped: (drops) => {
        for (const { target } of drops) {
          const renewed = this.judge.renew(target, clock.now());
          if (renewed !== null) this.#decided(renewed);
        }
        this.#dueTimer.arm();
      },
    });
    this.sensorDesk = new SensorDesk({
      now: () => clock.now(),
      observed: (observation, sensor) => this.#observed(observation, sensor),
      began: (sensor) => {
        this.#catchUp();
        this.keeper.beginsAnew(sensor);
      },
      log: options.log,
    });
    this.keeper = new EventKeeper({
      store: options.store,
      kept: (sensor, sequence) => this.sensorDesk.kept(sensor, sequence),
      askAgain: (sensor) => this.sensorDesk.askAgain(sensor),
      log: options.log,
    });
  }

  get counts(): { readonly observations: number; readonly decisions: number } {
    return { observations: this.#observations, decisions: this.#decisions };
  }

  /** Brings back what was known before a restart: standing decisions, the allowlist, and the scores of the last day. */
  async restore(): Promise<void> {
    const { clock, decisionLog, store, log } = this.#options;
    const now = clock.now();
    let decidedLast: readonly Decision[] = [];
    if (store !== null) {
      try {
        decidedLast = await this.#restoreScores(store, now);
      } catch (error) {
        // At a first start there are none, and the store may take its time to be made.
        if (this.#options.isFirstStart !== true) {
          log(
            `scores of the last day could not be restored: ${error instanceof Error ? error.message : String(error)}`,
          );
        }
      }
    }
    for (const row of decisionLog.allowEntries()) {
      const network = parseNetwork(row.network);
      if (network !== null) this.allowlist.add({ network, note: row.note, by: row.by, until: row.until });
    }
    for (const decision of decisionLog.standing(now)) {
      this.judge.restore(decision);
      this.fenceDesk.place(decision);
    }
    for (const decision of decidedLast) {
      // The engine may have been killed between judging and writing: without this its source would go free until it does more.
      const known = decisionLog.find(decision.target);
      if (decision.until <= now || (known !== null && known.from >= decision.from)) continue;
      this.judge.restore(decision);
      this.#decided(decision);
    }
    // The configuration may have changed meanwhile: what it protects or allows now must not stay out.
    this.#dropRefused('configuration', 'refused by a guard at the start');
  }

  start(): void {
    const { clock } = this.#options;
    this.#timer = setInterval(() => {
      this.fenceDesk.expire();
      for (const decision of this.judge.resume(clock.now())) this.#decided(decision);
      this.#writeLog();
    }, 10_000);
    this.#pruner = setInterval(() => {
      this.#options.decisionLog.prune(this.#options.clock.now() - logKeptMilliseconds);
    }, pruneEveryMilliseconds);
    this.#dueTimer.arm();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    if (this.#pruner !== null) clearInterval(this.#pruner);
    this.#dueTimer.stop();
    this.#catchUp();
    await this.keeper.drain(5000);
    this.#writeLog();
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A person's decision. What the guards refuse is recorded and not placed. */
  decide(target: Network, action: Action, seconds: number, by: string, reason: string): Decision {
    const decision = this.judge.byPerson(target, action, seconds, this.#options.clock.now(), by, reason);
    this.#decided(decision);
    return decision;
  }

  /** Ends a decision; false where none stood. */
  lift(target: string, by: string, reason: string): boolean {
    this.#writeLog();
    const stood = this.#options.decisionLog.standingOf(target, this.#options.clock.now()) !== null;
    this.judge.lift(target);
    this.fenceDesk.remove(target);
    if (stood) this.#options.decisionLog.lift(target, this.#options.clock.now(), by, reason);
    return stood;
  }

  /** Allows a network from now on; what stands against it falls at once. */
  allow(entry: AllowEntry): void {
    this.allowlist.add(entry);
    this.#dropRefused(entry.by, `allowed by ${formatNetwork(entry.network)}`);
  }

  /** Takes out of force what the guards refuse as they are now. */
  #dropRefused(by: string, reason: string): void {
    // First what waits to be logged: a lift that came before it would not end it.
    this.#writeLog();
    const now = this.#options.clock.now();
    for (const target of this.judge.recheck(now)) {
      this.fenceDesk.remove(target);
      this.#options.decisionLog.lift(target, now, by, reason);
    }
  }

  /** Answers with what the last observations before the restart led to: the decision log may not have it. */
  async #restoreScores(store: EventStore, now: number): Promise<Decision[]> {
    for (const [sensor, sequence] of Object.entries(
      // At a first start there is nothing to wait for.
      await within(this.#options.isFirstStart === true ? 0 : storeStartMilliseconds, () =>
        store.highestSequences(),
      ),
    )) {
      this.#restoreSequence(sensor, sequence);
    }
    for (const { source, at } of await store.goodHours(now - goodMilliseconds, goodRows))
      this.judge.succeeded(source, at);
    const since = now - restoreMilliseconds;
    const rows = await store.since(since, restoreRows);
    const entries = this.#options.decisionLog.since(since, restoreRows);
    let refused = 0;
    let why = '';
    const past = restoredPast(rows, entries, now, (cause) => {
      refused += 1;
      why = cause;
    });
    const unwrittenFrom = Math.min(now, rows.at(-1)?.at ?? now) - unwrittenMilliseconds;
    const last: Decision[] = [];
    try {
      for (const event of past)
        this.#relive(event, (decision) => {
          if (event.at >= unwrittenFrom) last.push(decision);
        });
    } finally {
      // Into memory alone: what stands is what the decision log says.
      for (const record of this.judge.sources.values()) record.standing = null;
    }
    if (refused > 0)
      this.#options.log(`the event store holds ${refused} records that are none, the last: ${why}`);
    return last;
  }

  /** Once more, in memory, what happened before the restart: nothing is decided twice. */
  #relive(event: PastEvent, decided: (decision: Decision) => void): void {
    // Blocks that a forecast began; their source then was not seen, but dropped.
    for (const decision of this.judge.due(event.at)) void decision;
    if ('lifted' in event) this.judge.lift(event.lifted);
    else if ('dropped' in event) this.judge.renew(event.dropped, event.at);
    else {
      const { observation } = event;
      // The store may have kept more since it was asked, from an append that the last engine sent: none is judged twice.
      this.#restoreSequence(observation.sensor, observation.sequence);
      this.attacks.take(this.pipeline.observe(observation, decided), event.at);
    }
  }

  #restoreSequence(sensor: string, sequence: number): void {
    // With what is no number every comparison fails, and the sensor would never be heard again.
    if (!Number.isSafeInteger(sequence) || sequence < 0) return;
    this.sensorDesk.restore(sensor, sequence);
    this.keeper.restore(sensor, sequence);
  }

  #observed(observation: Observation, sensor: SensorState): void {
    // Judged first: the decision must not wait for anything. A record sent again is kept, not judged again.
    if (observation.sequence > sensor.judged) {
      this.#observations += 1;
      // Told in the order in which a person understands it: what was seen, then what was decided.
      this.#later.push({ type: 'observation', observation });
      const evidence = this.pipeline.observe(observation, (decision) => {
        this.#place(decision);
        this.#later.push({ type: 'decision', decision });
      });
      this.attacks.take(evidence, observation.at);
      this.#dueTimer.arm();
      for (const { target, behavior, reason } of evidence) {
        if (target !== undefined)
          this.#options.log(`${target} is under attack, ${behavior ?? ''}: ${reason}`);
      }
    }
    this.#keeping.push(observation);
    this.#afterwards ??= setImmediate(() => this.#catchUp());
  }

  /** What can wait until the fence has its orders: telling those who listen, and the event store. */
  #catchUp(): void {
    if (this.#afterwards !== null) clearImmediate(this.#afterwards);
    this.#afterwards = null;
    const events = this.#later;
    const observations = this.#keeping;
    this.#later = [];
    this.#keeping = [];
    for (const observation of observations) this.keeper.keep(observation);
    for (const event of events) this.#tell(event);
  }

  #tell(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Where this machine slept, what has run out by now is not placed. */
  #placeDue(): void {
    const now = this.#options.clock.now();
    for (const decision of this.judge.due(now)) if (decision.until > now) this.#decided(decision);
  }

  #decided(decision: Decision): void {
    this.#place(decision);
    this.#tell({ type: 'decision', decision });
  }

  #place(decision: Decision): void {
    this.#decisions += 1;
    this.fenceDesk.place(decision);
    this.#unlogged.push(decision);
    this.#logging ??= setTimeout(() => this.#writeLog(), logGatherMilliseconds);
  }

  #writeLog(): void {
    if (this.#logging !== null) clearTimeout(this.#logging);
    this.#logging = null;
    if (this.#unlogged.length === 0) return;
    const decisions = this.#unlogged;
    this.#unlogged = [];
    try {
      this.#options.decisionLog.append(decisions);
      this.#logFailing = false;
    } catch (error) {
      // What is decided is in force already; it waits, bounded, for a disk that takes it.
      if (!this.#logFailing) this.#options.log(`the decision log can't be written: ${String(error)}`);
      this.#logFailing = true;
      this.#unlogged = [...decisions, ...this.#unlogged].slice(-unloggedKept);
    }
  }
}
