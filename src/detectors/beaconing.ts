/**
 * A protected host that calls one address outside at even intervals, as an implant that asks for orders does.
 *
 * Updates, monitoring and keep-alives are as even, so this is a hint for a person and no more: 2 nats, once for each pair of host
 * and address, and no behaviour is named. The test: 24 intervals between 20 s and 6 h whose coefficient of variation is at most 0.2
 * (tools that jitter by a fifth, uniformly, come to 0.12), with conversations whose sizes vary by at most 0.2. Inside is what
 * the estate says; time, names and device management (ports 53, 123, 853, 5228) are even by nature and passed over.
 * Memory a pair: eight numbers. A burst of conversations begins the count anew.
 */

import type { Detector, Step } from '../core/detector.ts';
import { noEvidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';
import type { Estate } from './estate.ts';

const leastIntervals = 24;
const shortest = 20_000;
const longest = 6 * 3_600_000;
const mostVariation = 0.2;
const weightOfHint = 2;
const evenByNature = new Set([53, 123, 853, 5228]);

interface BeaconState {
  lastAt: number;
  /** Welford's running mean and sum of squares, of intervals and of sizes. */
  count: number;
  meanInterval: number;
  squaresOfIntervals: number;
  meanBytes: number;
  squaresOfBytes: number;
  isTold: boolean;
}

function begin(state: BeaconState): void {
  state.count = 0;
  state.meanInterval = 0;
  state.squaresOfIntervals = 0;
  state.meanBytes = 0;
  state.squaresOfBytes = 0;
}

const variation = (squares: number, count: number, mean: number): number => Math.sqrt(squares / count) / mean;

export const beaconing = (estate: Estate): Detector<BeaconState> => ({
  name: 'beaconing',
  summary: 'A protected host that calls one address outside at even intervals',
  technique: 'T1071',
  kinds: ['flow'],
  across: true,
  key(observation: Observation): string | null {
    if (observation.kind !== 'flow' || observation.reply === true || observation.action === 'reject')
      return null;
    const { source, destination, destinationPort: port, sourcePort, transport } = observation;
    if (!estate.isInside(source) || evenByNature.has(port)) return null;
    // From a low port to a high one: the answer to a client, in formats that don't say so.
    if (transport !== 'tcp' || (sourcePort < 1024 && port >= 1024)) return null;
    return estate.isOutside(destination) ? `${source} ${destination} ${port}` : null;
  },
  initial: (): BeaconState => ({
    lastAt: 0,
    count: 0,
    meanInterval: 0,
    squaresOfIntervals: 0,
    meanBytes: 0,
    squaresOfBytes: 0,
    isTold: false,
  }),
  step(state: BeaconState, observation: Observation): Step<BeaconState> {
    if (observation.kind !== 'flow' || state.isTold) return { state, evidence: noEvidence };
    const interval = observation.at - state.lastAt;
    const isFirst = state.lastAt === 0;
    state.lastAt = observation.at;
    if (isFirst) return { state, evidence: noEvidence };
    if (interval < shortest || interval > longest) {
      begin(state);
      return { state, evidence: noEvidence };
    }
    state.count += 1;
    const fromInterval = interval - state.meanInterval;
    state.meanInterval += fromInterval / state.count;
    state.squaresOfIntervals += fromInterval * (interval - state.meanInterval);
    const fromBytes = observation.bytes - state.meanBytes;
    state.meanBytes += fromBytes / state.count;
    state.squaresOfBytes += fromBytes * (observation.bytes - state.meanBytes);
    if (state.count < leastIntervals) return { state, evidence: noEvidence };
    const ofIntervals = variation(state.squaresOfIntervals, state.count, state.meanInterval);
    const ofBytes = variation(state.squaresOfBytes, state.count, Math.max(1, state.meanBytes));
    if (ofIntervals > mostVariation || ofBytes > mostVariation) {
      begin(state);
      return { state, evidence: noEvidence };
    }
    state.isTold = true;
    const { destination, destinationPort } = observation;
    return {
      state,
      evidence: [
        {
          detector: 'beaconing',
          weight: weightOfHint,
          reason: `called ${destination} port ${destinationPort} ${state.count + 1} times, every ${Math.round(state.meanInterval / 1000)} s, varying by ${Math.round(ofIntervals * 100)} %`,
          technique: 'T1071',
          behavior: null,
          cves: [],
        },
      ],
    };
  },
});
