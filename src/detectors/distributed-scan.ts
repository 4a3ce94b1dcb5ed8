/**
 * A scan dealt out among many sources: each knocks at a few targets, together they go through the network in one order.
 *
 * A group is a destination port and the form of the probe (transport, flags or kind, bytes a packet). Many honest clients fail at one
 * port too, when a service with many addresses is down; they come to the same targets again, and in no order. So a group speaks only
 * where its last 32 first contacts came from at least 16 sources, went to 30 distinct targets, and four fifths of the steps from one
 * to the next lead up (or down) by at most 64 addresses: of random steps in a /24 that happens to less than one in 10⁹ groups. An order
 * that is shuffled (a seeded permutation, in shards) can't be told from chance here; the members' own contacts tell of those.
 *
 * Evidence is about the source at hand once its group has crossed: ln 99 / 2 and its own contact's ln 4 leave one contact below
 * suspicious; three block. Memory a group: 32 contacts of three numbers; the runner keeps 65,536 groups.
 */

import { parseAddress, sourceKey } from '../core/address.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noEvidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';
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
  initial: (): GroupState => ({ sources: [], targets: [], times: [] }),
  step(state: GroupState, observation: Observation): Step<GroupState> {
    const source = contactHash(sourceKey(observation.source), 0);
    const target = placeOf(observation.destination);
    // A retry is no further target.
    if (state.targets.at(-1) === target && state.sources.at(-1) === source)
      return { state, evidence: noEvidence };
    if (state.times.length >= contactsKept) {
      state.sources.shift();
      state.targets.shift();
      state.times.shift();
    }
    state.sources.push(source);
    state.targets.push(target);
    state.times.push(observation.at);
    if (!isOneWalk(state)) return { state, evidence: noEvidence };
    const sources = new Set(state.sources).size;
    return {
      state,
      evidence: [
        {
          detector: 'distributed-scan',
          weight: weightOfMember,
          reason: `one of ${sources} sources whose last ${contactsKept} probes of port ${observation.destinationPort}/${observation.transport} go through the network in one order`,
          technique: 'T1595.001',
          behavior: 'scan:horizontal',
          cves: [],
        },
      ],
    };
  },
};
