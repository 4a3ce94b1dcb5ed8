/**
 * Credential guessing seen in flow records alone: many short accepted conversations of similar size with one login port.
 * Only protocols of interactive login: mail and database clients open such conversations all day.
 * Memory a source: 8 services, each with the figures of its last conversations.
 */

import { sourceKey } from '../core/address.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noEvidence, type Evidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';

const services: Readonly<Record<number, string>> = {
  21: 'ftp',
  22: 'ssh',
  23: 'telnet',
  2222: 'ssh',
  2323: 'telnet',
  3389: 'rdp',
  5900: 'vnc',
};
const servicesKept = 8;
const windowMilliseconds = 600_000;
/** Conversations that pass without weight: a person, or a tool that opens a few. */
const free = 2;
/** Ten alike in ten minutes reach ln 9900; a person or a job that works leaves a longer conversation among them. */
const alikeWeight = 1.2;

interface Run {
  readonly destination: string;
  readonly port: number;
  count: number;
  lastAt: number;
  meanBytes: number;
  given: number;
}

interface GuessingState {
  /** Oldest first. A list: eight are found as fast as in a map, and one takes a third of its memory. */
  runs: Run[] | null;
}

/** A conversation in which a login was tried and nothing was done: more than a banner, less than a session. */
function isAttempt(packets: number, bytes: number, duration: number): boolean {
  return packets >= 6 && packets <= 60 && bytes >= 400 && bytes <= 9_000 && duration <= 120_000;
}

export const flowGuessing: Detector<GuessingState> = {
  name: 'flow-guessing',
  summary: 'Many short conversations of similar size with one login port',
  technique: 'T1110.001',
  kinds: ['flow'],
  key(observation: Observation): string | null {
    if (observation.kind !== 'flow' || observation.reply === true || observation.transport !== 'tcp')
      return null;
    if (observation.action === 'reject' || services[observation.destinationPort] === undefined) return null;
    return sourceKey(observation.source);
  },
  initial: (): GuessingState => ({ runs: null }),
  step(state: GuessingState, observation: Observation): Step<GuessingState> {
    if (observation.kind !== 'flow') return { state, evidence: noEvidence };
    const service = services[observation.destinationPort] ?? 'other';
    const { packets, bytes, duration, at } = observation;
    const { destination, destinationPort: port } = observation;
    let run = state.runs?.find((held) => held.port === port && held.destination === destination);
    if (!isAttempt(packets, bytes, duration)) {
      // A real session: this source gets in here. What was given for its attempts is taken back.
      if (run === undefined || bytes <= 9_000) return { state, evidence: noEvidence };
      state.runs = state.runs?.filter((held) => held !== run) ?? null;
      if (run.given === 0) return { state, evidence: noEvidence };
      const evidence: Evidence = {
        detector: 'flow-guessing',
        weight: -run.given,
        reason: `a session of ${bytes} bytes with ${observation.destination}: this source gets in`,
        technique: 'T1110.001',
        behavior: null,
        cves: [],
      };
      return { state, evidence: [evidence] };
    }
    const alike =
      run !== undefined &&
      at - run.lastAt <= windowMilliseconds &&
      Math.abs(bytes - run.meanBytes) <= run.meanBytes * 0.35;
    if (run === undefined || !alike) {
      const others = (state.runs ?? []).filter((held) => held !== run);
      if (others.length >= servicesKept) others.shift();
      run = { destination, port, count: 1, lastAt: at, meanBytes: bytes, given: 0 };
      state.runs = others.length === 0 ? [run] : [...others, run];
      return { state, evidence: noEvidence };
    }
    run.count += 1;
    run.meanBytes += (bytes - run.meanBytes) / Math.min(run.count, 20);
    run.lastAt = Math.max(run.lastAt, at);
    if (run.count <= free) return { state, evidence: noEvidence };
    run.given += alikeWeight;
    const evidence: Evidence = {
      detector: 'flow-guessing',
      weight: alikeWeight,
      reason: `${run.count} short conversations of about ${Math.round(run.meanBytes)} bytes with ${observation.destination} port ${observation.destinationPort}`,
      technique: 'T1110.001',
      behavior: run.count >= 5 ? `bruteforce:${service}` : null,
      cves: [],
    };
    return { state, evidence: [evidence] };
  },
};
