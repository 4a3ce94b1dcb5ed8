/** The policies that can be replayed: Picket's own with a file's dials, and what other programs do in their usual set-up. */

import { existsSync } from 'node:fs';
import { formatNetwork, parseNetwork } from '../core/address.ts';
import type { Decision } from '../core/decision.ts';
import { PicketError } from '../core/errors.ts';
import type { Observation } from '../core/observation.ts';
import { sourceKey } from '../core/address.ts';
import { Allowlist } from '../decide/guards/allowlist.ts';
import { Breaker } from '../decide/guards/breaker.ts';
import { standardGuards } from '../decide/guards/standard.ts';
import { Judge } from '../decide/judge.ts';
import { parentsOf } from '../decide/network-roll-up.ts';
import { allotted } from '../detectors/rules/rule-set.ts';
import { loadConfiguration, parseConfiguration } from './configuration.ts';
import type { Configuration } from './configuration-type.ts';
import { detectorsOf } from './detectors-of.ts';
import { Pipeline } from './pipeline.ts';
import { allowedBy, benignEntries, networksOf, policyOf, sharedEntries } from './policy-of.ts';
import { readRules } from './rule-files.ts';

export interface ReplayedBlock {
  readonly target: string;
  readonly at: number;
  readonly until: number;
  readonly isRenewal: boolean;
}

type Place = (block: ReplayedBlock) => void;

export interface ReplayedPolicy {
  readonly name: string;
  readonly rateLimits: number;
  /** The block that stops an event of this source (its key), by a name of its own; the policy may renew it. Null where none stands. */
  stopped(source: string, at: number, place: Place): string | null;
  /** An event that came through. */
  saw(observation: Observation, place: Place): void;
}

class JudgedPolicy implements ReplayedPolicy {
  readonly name: string;
  rateLimits = 0;
  readonly #judge: Judge;
  readonly #pipeline: Pipeline;

  constructor(name: string, configuration: Configuration) {
    this.name = name;
    const policy = policyOf(configuration);
    this.#judge = new Judge({
      policy,
      guards: standardGuards({
        policy,
        own: networksOf(configuration.guards.own),
        lab: networksOf(configuration.guards.lab),
        allowlist: new Allowlist(allowedBy(configuration)),
        benign: benignEntries(configuration),
        shared: sharedEntries(configuration),
        breaker: new Breaker(policy),
      }),
      random: () => 0.5,
      // No line of a replay says why.
      explains: false,
    });
    this.#pipeline = new Pipeline(this.#judge, detectorsOf(configuration));
    const rules = readRules(configuration.detectors.rules);
    this.#pipeline.runner.useRules(allotted(rules.map(({ rule }) => rule)));
  }

  stopped(source: string, at: number, place: Place): string | null {
    for (const decision of this.#judge.due(at)) this.#decided(decision, place);
    const network = parseNetwork(source);
    const targets = [source, ...(network === null ? [] : parentsOf(network).map(formatNetwork))];
    for (const target of targets) {
      const standing = this.#judge.sources.find(target)?.standing ?? null;
      if (standing === null || standing.action !== 'block' || standing.until <= at) continue;
      const renewed = this.#judge.renew(target, at);
      if (renewed !== null) place({ target, at, until: renewed.until, isRenewal: true });
      return standing.decision;
    }
    return null;
  }

  saw(observation: Observation, place: Place): void {
    this.#pipeline.observe(observation, (decision) => this.#decided(decision, place));
  }

  #decided(decision: Decision, place: Place): void {
    if (decision.simulated) return;
    if (decision.action === 'rate-limit') this.rateLimits += 1;
    if (decision.action !== 'block') return;
    place({
      target: decision.target,
      at: decision.from,
      until: decision.until,
      isRenewal: decision.renewals > 0,
    });
  }
}

/** Failures of one source within a time lead to a ban of fixed length; defaults of fail2ban's jail.conf. */
class CountingPolicy implements ReplayedPolicy {
  readonly name = 'fail2ban-like';
  readonly rateLimits = 0;
  readonly #times = new Map<string, number[]>();
  readonly #until = new Map<string, number>();

  stopped(source: string, at: number): string | null {
    const until = this.#until.get(source);
    return until !== undefined && until > at ? `${source} ${until}` : null;
  }

  saw({ source: address, at }: Observation, place: Place): void {
    const source = sourceKey(address);
    const times = (this.#times.get(source) ?? []).filter((time) => at - time < 600_000);
    times.push(at);
    if (times.length < 5) {
      this.#times.set(source, times);
      return;
    }
    this.#times.delete(source);
    this.#until.set(source, at + 600_000);
    place({ target: source, at, until: at + 600_000, isRenewal: false });
  }
}

/** A leaky bucket over distinct destination ports that overflows at the sixteenth and leaks one each 5 s; a ban of 4 hours. */
class LeakyPolicy implements ReplayedPolicy {
  readonly name = 'crowdsec-like';
  readonly rateLimits = 0;
  readonly #buckets = new Map<string, { level: number; at: number; ports: Set<number> }>();
  readonly #until = new Map<string, number>();

  stopped(source: string, at: number): string | null {
    const until = this.#until.get(source);
    return until !== undefined && until > at ? `${source} ${until}` : null;
  }

  saw({ source: address, at, destinationPort }: Observation, place: Place): void {
    const source = sourceKey(address);
    let bucket = this.#buckets.get(source);
    const level = bucket === undefined ? 0 : Math.max(0, bucket.level - (at - bucket.at) / 5000);
    // An empty bucket is taken away with what it knew.
    if (bucket === undefined || level === 0) {
      bucket = { level: 0, at, ports: new Set() };
      this.#buckets.set(source, bucket);
    }
    bucket.level = level;
    bucket.at = at;
    if (bucket.ports.has(destinationPort)) return;
    bucket.ports.add(destinationPort);
    bucket.level += 1;
    if (bucket.level <= 15) return;
    this.#buckets.delete(source);
    this.#until.set(source, at + 14_400_000);
    place({ target: source, at, until: at + 14_400_000, isRenewal: false });
  }
}

/** Policies that are known by name; the first three are Picket's own. */
const named: Readonly<Record<string, () => ReplayedPolicy>> = {
  default: () => new JudgedPolicy('default', loadConfiguration(null)),
  sparing: () => new JudgedPolicy('sparing', dials({ blockOnConversation: true, hitsPerBlockHour: 1.7 })),
  thorough: () => new JudgedPolicy('thorough', dials({ blockOnConversation: true, hitsPerBlockHour: 0.27 })),
  'crowdsec-like': () => new LeakyPolicy(),
  'fail2ban-like': () => new CountingPolicy(),
};

function dials(policy: Partial<Configuration['policy']>): Configuration {
  return parseConfiguration(JSON.stringify({ policy: { shortestLeaseSeconds: 1, ...policy } }), 'built in');
}

/** A policy by its name, or of a file with the `policy:` (and `guards:`) part of a configuration. Throws as the configuration does. */
export function replayedPolicy(name: string): ReplayedPolicy {
  const known = named[name]?.();
  if (known !== undefined) return known;
  if (name !== '-' && !existsSync(name)) {
    throw new PicketError(
      'PICKET_USAGE',
      `--policy ${name} is neither a file nor one of ${Object.keys(named).join(', ')}`,
    );
  }
  return new JudgedPolicy(name, loadConfiguration(name));
}
