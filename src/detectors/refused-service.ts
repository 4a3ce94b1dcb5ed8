/**
 * What services refuse to strangers, by what it was. Relaying, zone transfers and speaking out of turn are asked for by nobody who
 * uses the service as meant: 1.6 each, so that the sixth blocks. An unknown recipient is mistyped by people and guessed by lists: 0.9 for
 * each new one. Another program's finding (a ban, a block list) weighs as a first contact. The rest (a sender's or a client's own name, a
 * rate, a single request) happens to honest hosts with a wrong setting: 0.35, and all of it together at most 4 nats, short of suspicious.
 *
 * A state is a FanOut (1.2 KiB at most) and two numbers.
 */

import { sourceKey } from '../core/address.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noEvidence, type Evidence } from '../core/evidence.ts';
import type { Observation, Refusal } from '../core/observation.ts';
import { contactHash, FanOut } from './fan-out.ts';

const weights: Readonly<Record<Refusal, number>> = {
  relay: 1.6,
  transfer: 1.6,
  protocol: 1.6,
  recipient: 0.9,
  listed: Math.log(4),
  sender: 0.35,
  client: 0.35,
  request: 0.35,
  rate: 0.35,
  query: 0.35,
};
const mild: ReadonlySet<Refusal> = new Set(['sender', 'client', 'request', 'rate', 'query']);
const mostOfMild = 4;
const repeated = 0.35;
const name = 'refused-service';

const words: Readonly<Record<Refusal, string>> = {
  relay: 'asked to have something carried for others',
  transfer: 'asked for a whole zone',
  protocol: 'spoke out of turn',
  recipient: 'named a recipient that does not exist',
  listed: 'was found at fault by another program',
  sender: 'named a sender that is none',
  client: 'was turned away for what it is',
  request: 'asked for what is closed',
  rate: 'asked too often',
  query: 'asked a name server that is not its own',
};

interface RefusedState {
  readonly asked: FanOut;
  refusals: number;
  mildGiven: number;
}

function step(state: RefusedState, observation: Observation): Step<RefusedState> {
  if (observation.kind !== 'refusal') return { state, evidence: noEvidence };
  const { service, what, detail } = observation;
  state.refusals += 1;
  let weight = weights[what];
  // The same mail to the same missing person, tried again, says little more.
  if (what === 'recipient' && detail !== '' && !state.asked.add(contactHash(detail, 0))) weight = repeated;
  if (what === 'listed' && state.refusals > 1) weight = repeated;
  if (mild.has(what)) {
    weight = Math.min(weight, mostOfMild - state.mildGiven);
    state.mildGiven += weight;
  }
  if (weight <= 0) return { state, evidence: noEvidence };
  const about = detail === '' ? '' : ` (${JSON.stringify(detail.slice(0, 80))})`;
  const evidence: Evidence = {
    detector: name,
    weight,
    reason: `${words[what]} at ${service}${about}: refusal ${state.refusals}`,
    technique: 'T1595',
    behavior: what === 'rate' ? `flood:${service}` : `abuse:${service}`,
    cves: [],
  };
  return { state, evidence: [evidence] };
}

export const refusedService: Detector<RefusedState> = {
  name,
  summary: 'What services refuse to strangers: relaying, unknown recipients, zone transfers, broken protocol',
  technique: 'T1595',
  kinds: ['refusal'],
  key: (observation: Observation): string | null =>
    observation.source === '' ? null : sourceKey(observation.source),
  initial: (): RefusedState => ({ asked: new FanOut(), refusals: 0, mildGiven: 0 }),
  step,
};
