/**
 * A protected host that contacts an address from which visitors of decoys fetch their tools, or to which they report.
 *
 * The addresses are learned from what decoys were told to fetch or connect to. A visitor can name any address there, also an honest
 * one, so: only hosts inside (private addresses, and the configured estate) are spoken of (what comes from outside is never blocked for
 * where it goes), one visitor's word weighs 2, and that of two sources, which must not share an IPv4 /24 or an IPv6 /48, ln 99: suspicious, for a person
 * to look at. An address on one of the operator's own lists weighs as much, from the first. Each pair of host and address is told once. Names in place of addresses are passed over: flows know none.
 * Memory: 16,384 addresses with two sources each for 30 days, and 16,384 pairs.
 */

import { canonicalAddress, formatNetwork, networkOf, parseAddress } from '../core/address.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noEvidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';
import type { Estate } from './estate.ts';

const keptMost = 16_384;
const keptMilliseconds = 30 * 86_400_000;
const urlsLearned = 8;
const weightOfOne = 2;
const weightOfTwo = Math.log(99);

interface Named {
  at: number;
  readonly by: string;
  isConfirmed: boolean;
}

interface C2State {
  /** Oldest first. */
  readonly hosts: Map<string, Named>;
  readonly told: Set<string>;
}

/** The address in `http://192.0.2.1:80/x`, `[2001:db8::1]:80` or `192.0.2.1:80`; null where it is a name or inside. */
function hostOf(url: string, estate: Estate): string | null {
  const text = url.slice(0, 300);
  const scheme = text.indexOf('://');
  const rest = scheme < 0 ? text : text.slice(scheme + 3);
  const authority = rest.slice(rest.slice(0, rest.search(/[/?#]|$/)).lastIndexOf('@') + 1);
  const host = authority.startsWith('[')
    ? authority.slice(1, Math.max(1, authority.indexOf(']')))
    : authority.slice(0, authority.search(/[:/?#]|$/));
  const address = canonicalAddress(host);
  return address !== null && estate.isOutside(address) ? address : null;
}

function neighbourhood(source: string): string {
  const address = parseAddress(source);
  return address === null ? source : formatNetwork(networkOf(address, address.family === 4 ? 24 : 48));
}

function learn(state: C2State, url: string, observation: Observation, estate: Estate): void {
  const host = hostOf(url, estate);
  if (host === null) return;
  const by = neighbourhood(observation.source);
  const known = state.hosts.get(host);
  state.hosts.delete(host);
  if (known === undefined && state.hosts.size >= keptMost) {
    for (const oldest of state.hosts.keys()) {
      state.hosts.delete(oldest);
      break;
    }
  }
  const named = known ?? { at: 0, by, isConfirmed: false };
  named.at = observation.at;
  named.isConfirmed ||= named.by !== by;
  state.hosts.set(host, named);
}

export const c2Contact = (estate: Estate): Detector<C2State> => ({
  name: 'c2-contact',
  summary: 'A protected host that contacts an address from which visitors of decoys are supplied or led',
  technique: 'T1071',
  kinds: ['payload', 'command', 'flow'],
  across: true,
  key(observation: Observation): string | null {
    if (observation.kind !== 'flow') return 'hosts';
    if (observation.reply === true || !estate.isInside(observation.source)) return null;
    return estate.isOutside(observation.destination) ? 'hosts' : null;
  },
  initial: (): C2State => ({ hosts: new Map(), told: new Set() }),
  step(state: C2State, observation: Observation): Step<C2State> {
    if (observation.kind === 'payload') {
      if (observation.url !== undefined) learn(state, observation.url, observation, estate);
      return { state, evidence: noEvidence };
    }
    if (observation.kind === 'command') {
      for (const url of observation.urls?.slice(0, urlsLearned) ?? []) learn(state, url, observation, estate);
      return { state, evidence: noEvidence };
    }
    const { source, destination, at } = observation;
    const known = state.hosts.get(destination);
    const named = known === undefined || at - known.at > keptMilliseconds ? null : known;
    const list = estate.commandListOf(destination);
    if (named === null && list === null) return { state, evidence: noEvidence };
    const isConfirmed = list !== null || named?.isConfirmed === true;
    const pair = `${source} ${destination} ${isConfirmed}`;
    if (state.told.has(pair)) return { state, evidence: noEvidence };
    if (state.told.size >= keptMost) state.told.clear();
    state.told.add(pair);
    const who = isConfirmed ? 'visitors of several networks' : 'a visitor';
    const why =
      list === null
        ? `which ${who} of decoys named as the place to fetch from or report to`
        : `which is on the list ${list}`;
    return {
      state,
      evidence: [
        {
          detector: 'c2-contact',
          weight: isConfirmed ? weightOfTwo : weightOfOne,
          reason: `contacted ${destination} port ${observation.destinationPort}, ${why}`,
          technique: 'T1071',
          behavior: 'c2:contact',
          cves: [],
        },
      ],
    };
  },
});
