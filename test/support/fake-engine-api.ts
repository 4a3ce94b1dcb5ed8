/** An engine in memory, as the API sees it, and a store for keys: for tests of the API alone. */

import type {
  AllowRow,
  Attack,
  AttackQuery,
  DecisionQuery,
  EngineApi,
  EngineEvent,
  FenceStatus,
  Health,
  KeyStore,
  LoggedDecision,
  Metric,
  NewDecision,
  ObservationQuery,
  SensorSummary,
  SourceExplanation,
  SourceQuery,
  SourceSummary,
  StoredKey,
} from '../../src/api/contract.ts';
import type { Decision } from '../../src/core/decision.ts';
import { IdSource } from '../../src/core/id.ts';
import { sourceKey } from '../../src/core/address.ts';
import type { Observation } from '../../src/core/observation.ts';

const ids = new IdSource();

export function anAuth(source: string, at: number): Observation {
  return {
    kind: 'auth',
    id: ids.next(at),
    at,
    sensor: 's-1',
    sequence: at,
    source,
    sourcePort: 40_000,
    destination: '198.51.100.1',
    destinationPort: 22,
    transport: 'tcp',
    session: 'c1',
    spoofable: false,
    fingerprints: { banner: 'SSH-2.0-Go' },
    service: 'ssh',
    user: 'root',
    method: 'password',
    password: '12"3\n456\u2028',
    accepted: false,
  };
}

export class FakeEngine implements EngineApi {
  readonly kept: Observation[] = [];
  readonly listeners: Set<(event: EngineEvent) => void> = new Set<(event: EngineEvent) => void>();
  readonly log: LoggedDecision[] = [];
  readonly attacked: Attack[] = [3000, 2000].map((lastSeen, index) => ({
    target: `198.51.100.${index}`,
    behaviors: ['flood:syn'],
    firstSeen: 1000,
    lastSeen,
    reason: '12000 SYNs without an answer',
  }));
  readonly allowed: AllowRow[] = [
    { network: '192.0.2.0/24', note: 'from the configuration', by: 'configuration', until: null, at: 0 },
  ];
  fenceStatus: FenceStatus | null = {
    mode: 'enforce',
    enforcers: [
      {
        name: 'nftables',
        desired: 2,
        enforced: 1,
        coverage: 0.5,
        unenforced: [{ target: '203.0.113.2', cause: 'capacity' }],
      },
    ],
  };
  readonly breakerResets: string[] = [];
  fails: Error | null = null;

  saw(observation: Observation): void {
    this.kept.unshift(observation);
    this.tell({ type: 'observation', observation });
  }

  tell(event: EngineEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  health(): Health {
    return { status: 'ok', mode: 'enforce', startedAt: 1, problems: [] };
  }

  sources(query: SourceQuery): SourceSummary[] {
    if (this.fails !== null) throw this.fails;
    const keys = [...new Set(this.kept.map(({ source }) => sourceKey(source)))];
    return keys
      .map((key) => this.#summary(key))
      .filter(({ classification }) => [undefined, classification].includes(query.classification))
      .sort((left, right) => right.lastSeen - left.lastSeen)
      .filter(
        ({ lastSeen, source }) =>
          query.before === undefined ||
          lastSeen < query.before.at ||
          (lastSeen === query.before.at && source < query.before.id),
      )
      .slice(0, query.limit);
  }

  source(key: string): SourceExplanation | null {
    const seen = this.kept.find(({ source }) => sourceKey(source) === key);
    if (seen === undefined) return null;
    const { decision, ...verdict } = this.#summary(key);
    return {
      verdict,
      decision,
      evidence: [
        {
          detector: 'credential-guessing',
          weight: 2.5,
          reason: 'a guess at root',
          technique: 'T1110.001',
          behavior: 'bruteforce:ssh',
          cves: [],
          source: key,
          observation: seen.id,
          at: seen.at,
          sensor: seen.sensor,
          spoofable: false,
          transport: 'tcp',
          kind: 'auth',
        },
      ],
      guards: [{ guard: 'allowlist', outcome: 'pass', reason: 'not on the allowlist' }],
      otherwise: 'one guess fewer',
    };
  }

  #summary(key: string): SourceSummary {
    const seen = this.kept.filter(({ source }) => sourceKey(source) === key);
    return {
      source: key,
      classification: seen.length > 1 ? 'malicious' : 'suspicious',
      score: 9.5,
      behaviors: ['bruteforce:ssh'],
      cves: [],
      observations: seen.length,
      firstSeen: seen.at(-1)?.at ?? 0,
      lastSeen: seen[0]?.at ?? 0,
      decision: this.#standing(key),
    };
  }

  async history(source: string, limit: number): Promise<Observation[]> {
    return this.observations({ source, limit });
  }

  async observations(query: ObservationQuery): Promise<Observation[]> {
    return this.kept
      .filter(
        (observation) =>
          [undefined, sourceKey(observation.source)].includes(query.source) &&
          [undefined, observation.kind].includes(query.kind) &&
          observation.at >= (query.from ?? 0) &&
          observation.at < (query.to ?? Number.POSITIVE_INFINITY) &&
          (query.before === undefined || observation.at < query.before.at),
      )
      .slice(0, query.limit);
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  decisions(query: DecisionQuery): LoggedDecision[] {
    return this.log
      .filter(
        (decision) =>
          [undefined, decision.target].includes(query.target) &&
          [undefined, decision.action].includes(query.action) &&
          decision.sequence < (query.before ?? Number.POSITIVE_INFINITY) &&
          (query.standing !== true || decision.lifted === null),
      )
      .slice(0, query.limit);
  }

  attacks({ before, limit }: AttackQuery): Attack[] {
    return this.attacked
      .filter(({ lastSeen }) => before === undefined || lastSeen < before.at)
      .slice(0, limit);
  }

  decision(idOrTarget: string): LoggedDecision | null {
    return this.log.find(({ id, target }) => id === idOrTarget || target === idOrTarget) ?? null;
  }

  decide({ target, action, seconds, reason, by }: NewDecision & { readonly by: string }): Decision {
    const decision: Decision = {
      id: ids.next(5),
      target,
      action,
      from: 5,
      until: 5 + seconds * 1000,
      renewals: 0,
      by,
      reason,
      verdict: null,
      evidence: [],
      guards: [],
      simulated: false,
      otherwise: '',
    };
    this.log.unshift({ ...decision, sequence: this.log.length + 1, lifted: null });
    this.tell({ type: 'decision', decision });
    return decision;
  }

  lift(target: string, by: string, reason: string): boolean {
    const index = this.log.findIndex((decision) => decision.target === target && decision.lifted === null);
    const standing = this.log[index];
    if (standing === undefined) return false;
    this.log[index] = { ...standing, lifted: { at: 6, by, reason } };
    return true;
  }

  #standing(target: string): Decision | null {
    const found = this.log.find((decision) => decision.target === target && decision.lifted === null);
    if (found === undefined) return null;
    const { sequence: _sequence, lifted: _lifted, ...decision } = found;
    return decision;
  }

  allowlist(): AllowRow[] {
    return this.allowed;
  }

  allow(row: Parameters<EngineApi['allow']>[0]): AllowRow {
    const standing = this.allowed.find((known) => known.network === row.network);
    const whole = { ...row, note: row.note ?? standing?.note ?? '', at: 7 };
    this.allowed.push(whole);
    return whole;
  }

  disallow(network: string): boolean {
    const index = this.allowed.findIndex((row) => row.network === network && row.at > 0);
    if (index < 0) return false;
    this.allowed.splice(index, 1);
    return true;
  }

  fence(): FenceStatus | null {
    return this.fenceStatus;
  }

  sensors(): SensorSummary[] {
    return [
      { id: 's-1', connected: true, lastSequence: 9, stored: 8, counters: { contacts: 3 }, problem: '' },
    ];
  }

  resetBreaker(by: string): void {
    this.breakerResets.push(by);
  }

  metrics(): Metric[] {
    return [
      {
        name: 'picket_observations_total',
        help: 'Observations judged',
        type: 'counter',
        value: this.kept.length,
      },
      {
        name: 'picket_coverage',
        help: 'Share in force',
        type: 'gauge',
        value: 0.5,
        labels: { enforcer: 'nftables' },
      },
      {
        name: 'picket_coverage',
        help: 'Share in force',
        type: 'gauge',
        value: 1,
        labels: { enforcer: 'dry-"run' },
      },
    ];
  }
}

export class FakeKeys implements KeyStore {
  readonly rows: StoredKey[] = [];

  keys(): StoredKey[] {
    return this.rows;
  }

  addKey(key: StoredKey): boolean {
    if (this.rows.some(({ name }) => name === key.name)) return false;
    this.rows.push(key);
    return true;
  }

  revokeKey(name: string): boolean {
    const index = this.rows.findIndex((key) => key.name === name);
    if (index >= 0) this.rows.splice(index, 1);
    return index >= 0;
  }
}
