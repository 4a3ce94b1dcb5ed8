/** The engine as the API sees it. */

import { parseNetwork } from '../core/address.ts';
import type { Decision } from '../core/decision.ts';
import type { Observation } from '../core/observation.ts';
import type {
  AllowRow,
  Attack,
  AttackQuery,
  DecisionQuery,
  EngineApi,
  EngineEvent,
  FenceStatus,
  Health,
  LoggedDecision,
  Metric,
  NewDecision,
  ObservationQuery,
  SensorSummary,
  SourceExplanation,
  SourceQuery,
  SourceSummary,
} from '../api/contract.ts';
import { PicketError } from '../core/errors.ts';
import { smallestChange } from '../decide/counterfactual.ts';
import type { SourceRecord } from '../decide/source-record.ts';
import type { DecisionLog } from '../store/decision-log.ts';
import type { EventStore } from '../store/event-store.ts';
import type { Configuration } from './configuration-type.ts';
import { engineMetrics } from './engine-metrics.ts';
import type { Engine } from './engine.ts';

export interface EngineViewOptions {
  readonly configuration: Configuration;
  readonly engine: Engine;
  readonly decisionLog: DecisionLog;
  readonly store: EventStore | null;
  readonly now: () => number;
}

export class EngineView implements EngineApi {
  readonly #options: EngineViewOptions;
  readonly #startedAt: number;
  readonly #listeners = new Set<(event: EngineEvent) => void>();

  constructor(options: EngineViewOptions) {
    this.#options = options;
    this.#startedAt = options.now();
  }

  health(): Health {
    const { engine, configuration } = this.#options;
    const problems: string[] = [];
    const sensors = engine.sensorDesk.sensors();
    if (!sensors.some((sensor) => sensor.connected))
      problems.push('no sensor is connected: start one with picket up');
    for (const sensor of sensors) {
      if (sensor.problem !== '') problems.push(`sensor ${sensor.id}: ${sensor.problem}`);
      if (sensor.refused > 0) {
        problems.push(
          `sensor ${sensor.id}: ${sensor.refused} records were refused, the last because ${sensor.lastRefusal}`,
        );
      }
    }
    const fence = engine.fenceDesk.status();
    if (fence === null) problems.push('the fence is away: what stands runs on by its own timeouts');
    for (const enforcer of fence?.enforcers ?? []) {
      if (enforcer.coverage < 1) {
        const cause = enforcer.unenforced[0]?.cause ?? 'unknown';
        problems.push(`${enforcer.name} covers ${(enforcer.coverage * 100).toFixed(1)} %: ${cause}`);
      }
    }
    if (engine.keeper.failing)
      problems.push('the event store does not take events: they wait in memory and in the spools');
    if (engine.breaker.state().open)
      problems.push('the breaker is open: new blocks are simulated until it is reset');
    return {
      status: problems.length === 0 ? 'ok' : 'degraded',
      mode: configuration.mode,
      startedAt: this.#startedAt,
      problems,
    };
  }

  sources(query: SourceQuery): readonly SourceSummary[] {
    const { engine } = this.#options;
    const { before, classification, limit } = query;
    const policy = engine.judge.policy;
    const after = (record: SourceRecord): boolean =>
      before === undefined ||
      record.lastSeen < before.at ||
      (record.lastSeen === before.at && record.source < before.id);
    const chosen: SourceRecord[] = [];
    for (const record of engine.pipeline.sources()) {
      if (record.observations === 0 || !after(record)) continue;
      if (classification !== undefined && record.classification(policy) !== classification) continue;
      chosen.push(record);
    }
    chosen.sort((left, right) => right.lastSeen - left.lastSeen || (left.source < right.source ? 1 : -1));
    return chosen
      .slice(0, limit)
      .map((record) =>
        Object.assign(engine.judge.verdict(record), { decision: this.#standing(record.source) }),
      );
  }

  source(key: string): SourceExplanation | null {
    const { engine, now } = this.#options;
    const record = engine.pipeline.source(key);
    if (record === undefined) return null;
    const { policy } = engine.judge;
    return {
      verdict: engine.judge.verdict(record),
      evidence: record.evidence.toSorted((left, right) => right.weight - left.weight),
      guards: record.guards,
      decision: this.#standing(key),
      otherwise: smallestChange(record.score, record.evidence, now(), policy, record.guards),
    };
  }

  attacks({ before, limit }: AttackQuery): readonly Attack[] {
    const isAfter = ({ lastSeen, target }: Attack): boolean =>
      before === undefined || lastSeen < before.at || (lastSeen === before.at && target < before.id);
    return this.#options.engine.attacks
      .all()
      .filter(isAfter)
      .toSorted((left, right) => right.lastSeen - left.lastSeen || (left.target < right.target ? 1 : -1))
      .slice(0, limit);
  }

  async history(source: string, limit: number): Promise<readonly Observation[]> {
    const { store } = this.#options;
    return store === null ? [] : store.history(source, { limit });
  }

  observations(query: ObservationQuery): Promise<readonly Observation[]> {
    const { store } = this.#options;
    if (store === null) {
      throw new PicketError(
        'PICKET_STORE_UNAVAILABLE',
        'no event store is configured; set store.engine to chdb or clickhouse',
      );
    }
    const { source, kind, sensor, session, from, to, before, limit } = query;
    return store.query({
      limit,
      ...(source === undefined ? {} : { source }),
      ...(kind === undefined ? {} : { kind }),
      ...(sensor === undefined ? {} : { sensor }),
      ...(session === undefined ? {} : { session }),
      ...(from === undefined ? {} : { since: from }),
      ...(to === undefined ? {} : { until: to }),
      ...(before === undefined ? {} : { before: before.id }),
    });
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    const end = this.#options.engine.subscribe(listener);
    this.#listeners.add(listener);
    return () => {
      end();
      this.#listeners.delete(listener);
    };
  }

  decisions(query: DecisionQuery): readonly LoggedDecision[] {
    const { standing, ...rest } = query;
    return this.#options.decisionLog.list({
      ...rest,
      ...(standing === true ? { standing: this.#options.now() } : {}),
    });
  }

  decision(idOrTarget: string): LoggedDecision | null {
    return this.#options.decisionLog.find(idOrTarget);
  }

  decide(decision: NewDecision & { readonly by: string }): Decision {
    const target = parseNetwork(decision.target);
    if (target === null) throw new PicketError('PICKET_USAGE', `${decision.target} is no address or network`);
    return this.#options.engine.decide(
      target,
      decision.action,
      decision.seconds,
      decision.by,
      decision.reason,
    );
  }

  lift(target: string, by: string, reason: string): boolean {
    const { engine, now } = this.#options;
    if (!engine.lift(target, by, reason)) return false;
    this.#tell({ type: 'lift', lift: { target, at: now(), by, reason } });
    return true;
  }

  allowlist(): readonly AllowRow[] {
    const { decisionLog, configuration } = this.#options;
    const configured = configuration.guards.allow.map((network) => ({
      network,
      note: 'configuration',
      by: 'configuration',
      until: null,
      at: 0,
    }));
    return [...configured, ...decisionLog.allowEntries()];
  }

  allow(row: Parameters<EngineApi['allow']>[0]): AllowRow {
    const { engine, decisionLog, now } = this.#options;
    const network = parseNetwork(row.network);
    if (network === null) throw new PicketError('PICKET_USAGE', `${row.network} is no network`);
    const standing = decisionLog.allowEntries().find((known) => known.network === row.network);
    const note = row.note ?? standing?.note ?? '';
    const entry = { ...row, note, at: now() };
    decisionLog.allow(entry);
    engine.allow({ network, note, by: row.by, until: row.until });
    this.#tell({ type: 'allow', allow: entry });
    return entry;
  }

  disallow(network: string, by: string): boolean {
    const { engine, decisionLog, now } = this.#options;
    const parsed = parseNetwork(network);
    if (parsed === null || !decisionLog.disallow(network, by, now())) return false;
    engine.allowlist.remove(parsed);
    this.#tell({ type: 'disallow', disallow: { network, at: now(), by } });
    return true;
  }

  fence(): FenceStatus | null {
    return this.#options.engine.fenceDesk.status();
  }

  sensors(): readonly SensorSummary[] {
    return this.#options.engine.sensorDesk.sensors().map((sensor) => ({
      id: sensor.id,
      connected: sensor.connected,
      lastSequence: sensor.judged,
      stored: sensor.stored,
      counters: { ...sensor.counters, refused: sensor.refused },
      problem: sensor.problem,
    }));
  }

  resetBreaker(): void {
    this.#options.engine.breaker.reset();
  }

  metrics(): readonly Metric[] {
    return engineMetrics(this.#options.engine);
  }

  /** What people did by this API. */
  #tell(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #standing(target: string): Decision | null {
    return this.#options.decisionLog.standingOf(target, this.#options.now());
  }
}
