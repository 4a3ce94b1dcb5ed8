/**
 * A scan from one network: the sources of an IPv4 /24 or an IPv6 /48 that share the work.
 *
 * At least 4 sources must have failed at 25 host-ports in 15 minutes (the trigger of one source's scan), no host-port by more than
 * one of them for every five, and on at most 3 ports or 3 hosts: subscribers of a carrier fail at the same few addresses, and at many
 * ports. Only TCP below port 10,000: peers of file sharing and queries for the time fail from whole networks. Then each further contact
 * adds ln 2 to that of its source; a neighbour who fails once gets no more than that, and one who fails at nothing gets nothing.
 * Memory a network: 32 contacts of four numbers; the runner keeps 65,536 networks.
 */

import { formatNetwork, networkOf, parseAddress, sourceKey } from '../core/address.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noEvidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';
import { contactHash } from './fan-out.ts';
import { isBackscatter, outcomeOf, passedOver } from './port-scan.ts';

const contactsKept = 32;
const leastContacts = 25;
const leastSources = 4;
/** Distinct host-ports for each contact. */
const leastDistinct = 0.8;
const narrow = 3;
const windowMilliseconds = 900_000;
const highPort = 10_000;
const weightOfMember = Math.log(2);

interface Contact {
  readonly source: number;
  readonly host: number;
  readonly port: number;
  readonly at: number;
}

interface NetworkState {
  readonly contacts: Contact[];
}

function networkKey(source: string): string | null {
  if (!source.includes(':')) return source.slice(0, source.lastIndexOf('.'));
  const address = parseAddress(source);
  return address === null ? null : formatNetwork(networkOf(address, 48));
}

export const networkScan: Detector<NetworkState> = {
  name: 'network-scan',
  summary: 'Several sources of one network (IPv4 /24, IPv6 /48) that scan together',
  technique: 'T1595.001',
  kinds: ['flow', 'scan'],
  across: true,
  key(observation: Observation): string | null {
    if (observation.transport !== 'tcp' || observation.destinationPort >= highPort) return null;
    if (observation.kind === 'flow') {
      if (observation.reply === true || isBackscatter(observation.tcpFlags)) return null;
      if (outcomeOf(observation) !== 'failed') return null;
    }
    return passedOver(observation) ? null : networkKey(observation.source);
  },
  initial: (): NetworkState => ({ contacts: [] }),
  step(state: NetworkState, observation: Observation): Step<NetworkState> {
    const { contacts } = state;
    const contact: Contact = {
      source: contactHash(sourceKey(observation.source), 0),
      host: contactHash(observation.destination, 0),
      port: observation.destinationPort,
      at: observation.at,
    };
    const isRetry = contacts.some(
      ({ source, host, port }) => source === contact.source && host === contact.host && port === contact.port,
    );
    if (isRetry) return { state, evidence: noEvidence };
    if (contacts.length >= contactsKept) contacts.shift();
    contacts.push(contact);
    if (contacts.length < leastContacts) return { state, evidence: noEvidence };
    const recent = contacts.filter(({ at }) => Math.abs(contact.at - at) <= windowMilliseconds);
    if (recent.length < leastContacts) return { state, evidence: noEvidence };
    const sources = new Set(recent.map(({ source }) => source)).size;
    const hosts = new Set(recent.map(({ host }) => host)).size;
    const ports = new Set(recent.map(({ port }) => port)).size;
    const pairs = new Set(recent.map(({ host, port }) => host * 65_536 + port)).size;
    if (sources < leastSources || pairs < recent.length * leastDistinct || Math.min(hosts, ports) > narrow) {
      return { state, evidence: noEvidence };
    }
    return {
      state,
      evidence: [
        {
          detector: 'network-scan',
          weight: weightOfMember,
          reason: `one of ${sources} sources of its network that failed at ${pairs} host-ports in 15 minutes`,
          technique: 'T1595.001',
          behavior: ports > hosts ? 'scan:vertical' : 'scan:horizontal',
          cves: [],
        },
      ],
    };
  },
};
