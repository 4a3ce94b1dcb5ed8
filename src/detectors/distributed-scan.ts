/**
 * A scan dealt out among many sources: each knocks at a few targets, together they go through the network.
 *
 * A group is a destination port and the form of the probe (transport, flags or kind, bytes a packet). Many honest clients fail at one
 * port too, when a service with many addresses is down; they come to the same targets again, and in no order. So a group speaks only
 * in one of two cases. In order: its last 32 first contacts came from at least 16 sources, went to 30 distinct targets, and four fifths of
 * the steps from one to the next lead up (or down) by at most 64 addresses: of random steps in a /24 that happens to less than one in
 * 10⁹ groups. Shuffled: its contacts come to no target twice for longer than independent visitors do but once in 10⁹ runs (`Coverage`). A
 * service that watches every host of a network from many addresses does the same, where all hosts are down; and who comes to one target twice now
 * and then is not seen.
 *
 * Evidence is about the source at hand once its group has crossed: ln 99 / 2 and its own contact's ln 4 leave one contact below
 * suspicious; three block. Memory a group: 32 contacts of three numbers, and a kilobyte from the 33rd on; the runner keeps 65,536 groups.
 */

import { parseAddress, sourceKey } from '../core/address.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noEvidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';
import { Coverage } from './coverage.ts';
import { contactHash } from './fan-out.ts';
import { isBackscatter, outcomeOf, passedOver } from './port-scan.ts';

const contactsKept = 32;
const leastSources = 16;
const leastTargets = 30;
const leastOrdered = 0.8;
const longestStep = 64;
/** A scan that takes longer than a day for 32 targets is left to the detector of slow ones. */
const windowMilliseconds = 86_400_000;
const weightOfMember = Math.log(99) / 2;

interface GroupState {
  /** Hashes of sources, places of targets and times, oldest first. */
  readonly sources: number[];
  readonly targets: number[];
  readonly times: number[];
  /** Null until there is more than these hold. */
  coverage: Coverage | null;
}

/** Where an address stands among its neighbours: IPv4 whole, IPv6 by its last 48 bits. */
function placeOf(address: string): number {
  const parsed = parseAddress(address);
  return parsed === null ? 0 : Number(parsed.value & 0xffff_ffff_ffffn);
}

/** Whether the group's contacts are one walk through the network. */
function isOneWalk({ sources, targets, times }: GroupState): boolean {
  if (sources.length < contactsKept) return false;
  if ((times.at(-1) ?? 0) - (times[0] ?? 0) > windowMilliseconds) return false;
  if (new Set(sources).size < leastSources || new Set(targets).size < leastTargets) return false;
  let up = 0;
  let down = 0;
  for (let index = 1; index < targets.length; index += 1) {
    const step = (targets[index] ?? 0) - (targets[index - 1] ?? 0);
    if (step > 0 && step <= longestStep) up += 1;
    else if (step < 0 && step >= -longestStep) down += 1;
  }
  return Math.max(up, down) >= (targets.length - 1) * leastOrdered;
}

function coverageOf({ sources, targets, times }: GroupState): Coverage {
  const coverage = new Coverage();
  targets.forEach((target, index) => {
    coverage.add(sources[index] ?? 0, target, times[index] ?? 0, windowMilliseconds);
  });
  return coverage;
}

function formOf(observation: Observation): string {
  if (observation.kind === 'scan') return `${observation.probe} ${observation.fingerprints?.window ?? ''}`;
  if (observation.kind !== 'flow') return '';
  return `${observation.tcpFlags} ${Math.round(observation.bytes / Math.max(1, observation.packets))}`;
}

export const distributedScan: Detector<GroupState> = {
  name: 'distributed-scan',
  summary: 'Many sources that go through the network together, each with a few probes of one form',
  technique: 'T1595.001',
  kinds: ['flow', 'scan'],
  across: true,
  key(observation: Observation): string | null {
    if (observation.kind === 'flow') {
      if (observation.reply === true || isBackscatter(observation.tcpFlags)) return null;
      // A few packets at most: what came back again and again has been answered, or is a client that retries.
      if (observation.packets > 4 || outcomeOf(observation) !== 'failed') return null;
    }
    if (passedOver(observation)) return null;
    return `${observation.destinationPort} ${observation.transport} ${formOf(observation)}`;
  },
  initial: (): GroupState => ({ sources: [], targets: [], times: [], coverage: null }),
  step(state: GroupState, observation: Observation): Step<GroupState> {
    const source = contactHash(sourceKey(observation.source), 0);
    const target = placeOf(observation.destination);
    // A retry is no further target.
    if (state.targets.at(-1) === target && state.sources.at(-1) === source)
      return { state, evidence: noEvidence };
    let covers = false;
    if (state.times.length >= contactsKept) {
      state.coverage ??= coverageOf(state);
      covers = state.coverage.add(source, target, observation.at, windowMilliseconds);
      state.sources.shift();
      state.targets.shift();
      state.times.shift();
    }
    state.sources.push(source);
    state.targets.push(target);
    state.times.push(observation.at);
    const port = `${observation.destinationPort}/${observation.transport}`;
    const reason = isOneWalk(state)
      ? `one of ${new Set(state.sources).size} sources whose last ${contactsKept} probes of port ${port} go through the network in one order`
      : covers
        ? `one of ${state.coverage?.sources} sources whose last ${state.coverage?.visits} probes of port ${port} come to no address twice`
        : null;
    if (reason === null) return { state, evidence: noEvidence };
    return {
      state,
      evidence: [
        {
          detector: 'distributed-scan',
          weight: weightOfMember,
          reason,
          technique: 'T1595.001',
          behavior: 'scan:horizontal',
          cves: [],
        },
      ],
    };
  },
};
