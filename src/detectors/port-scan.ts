/**
 * Port scans in flow records and probes: a sequential test over first contacts (Jung et al. 2004, threshold random walk) with a
 * fan-out trigger. Memory a source: three fan-outs (at most 3.6 KiB) and the times of 32 contacts.
 */

import { sourceKey } from '../core/address.ts';
import type { Behavior } from '../core/behavior.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noEvidence, type Evidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';
import { contactHash, FanOut } from './fan-out.ts';

const firstContact = Math.log(4);
const repeatedContact = 0.35;
/** Repeats between two new targets that count: knocking on one door for hours is a wrong configuration, not a scan. */
const repeatsCounted = 6;
/** A high port that few services use says less: peers of file sharing fail at such ports all day. */
const highPort = 10_000;
/** So does a datagram, which anyone can send in another's name, and a failure that only the packets' sizes suggest. */
const weakContact = Math.log(2);
const walkTrigger = Math.log(9_900);
/** A FIN without ACK is a scan (RFC 9293 §3.10.7.2), but some flow logs leave ACK out, and then it ends a conversation of an earlier record. */
const finAlone = 1;
const windowMilliseconds = 900_000;
const hostPortsTrigger = 25;
const darkHostPortsTrigger = 10;
const darkTrigger = 3;

type Outcome = 'failed' | 'succeeded' | 'unclear';

/**
 * Over days the odds of single contacts fade faster than a patient scanner adds to them. Sixteen distinct targets that all failed, over
 * two days and more, are told by their number: each further one weighs ln 99, so that one a day holds a source just below ln 9900
 * (the sum of w·2^−n is 2w) and two a day block. One success for eight failures, and it is a client with a stale list.
 */
const slowContact = Math.log(99);
const slowTargets = 16;
const slowSpread = 8;
const slowMilliseconds = 2 * 86_400_000;
const slowSuccessShare = 1 / 8;

interface ScanState {
  readonly contacts: FanOut;
  readonly hosts: FanOut;
  readonly ports: FanOut;
  /** Times of the last 32 failed first contacts. */
  times: number[] | null;
  walk: number;
  walkAt: number;
  repeats: number;
  dark: number;
  failed: number;
  icmp: number;
  other: number;
  succeeded: number;
  firstAt: number;
}

/** Addresses that nobody scans: multicast, broadcast, and the unspecified source of a host that asks for its address. */
export function passedOver(observation: Observation): boolean {
  const { source, destination, destinationPort: port, transport } = observation;
  if (source === '' || destination === '' || source === '0.0.0.0' || source === '::') return true;
  if (destination === '255.255.255.255' || destination.startsWith('ff')) return true;
  const first = destination.charCodeAt(0) === 50 ? Number.parseInt(destination, 10) : 0;
  if (first >= 224 && first <= 239) return true;
  if (transport !== 'udp') return false;
  // DHCP, NetBIOS names to a directed broadcast, service discovery.
  return (
    port === 67 ||
    port === 68 ||
    port === 546 ||
    port === 547 ||
    port === 5353 ||
    destination.endsWith('.255')
  );
}

/** What came of a first contact, as far as one record tells. */
export function outcomeOf(observation: Observation): Outcome {
  if (observation.kind !== 'flow') return 'failed';
  // A refused record that carried data is the rest of a conversation that was allowed before: a SYN carries none.
  if (observation.action === 'reject') {
    return observation.transport === 'tcp' && observation.bytes > observation.packets * 84
      ? 'unclear'
      : 'failed';
  }
  if (observation.transport !== 'tcp') return 'unclear';
  const { tcpFlags: flags, packets, bytes } = observation;
  // SYN without ACK (flags 2 and 16): the client never completed the handshake.
  if (flags > 0) {
    if ((flags & 2) !== 0 && (flags & 16) === 0) return 'failed';
    if ((flags & 16) !== 0 && (flags & 2) === 0 && packets <= 2) return 'unclear';
  }
  if (packets <= 2 && bytes <= packets * 64) {
    // 41 and 52 to 55 bytes a packet are the keep-alives of an idle conversation; other sizes are those of a SYN.
    const size = bytes / packets;
    return flags <= 0 && (size === 41 || (size >= 52 && size < 56)) ? 'unclear' : 'failed';
  }
  // A handshake and an end, no data: an open port was found and left, which speaks neither way.
  if (packets <= 4 && bytes <= packets * 64) return 'unclear';
  return 'succeeded';
}

/** SYN-ACK (18) or RST (4, 20) without a SYN of its own: an answer to packets that another sent in this address's name. */
export function isBackscatter(flags: number): boolean {
  return flags === 18 || flags === 4 || flags === 20 || flags === 22;
}

function behaviorOf(state: ScanState): Behavior {
  const hosts = state.hosts.size;
  const ports = state.ports.size;
  if (state.icmp > state.other) return 'scan:sweep';
  if (hosts <= 3 && ports > hosts) return 'scan:vertical';
  if (ports <= 3 || hosts >= ports * 4) return 'scan:horizontal';
  if (ports >= hosts * 4) return 'scan:vertical';
  return 'scan:sweep';
}

function evidenceOf(state: ScanState, observation: Observation, weight: number, shown: boolean): Evidence {
  const hosts = state.hosts.size;
  const ports = state.ports.size;
  return {
    detector: 'port-scan',
    weight,
    reason: `first contact with ${observation.destination} port ${observation.destinationPort}/${observation.transport} found nothing: ${hosts} hosts and ${ports} ports so far`,
    technique: 'T1046',
    behavior: shown ? behaviorOf(state) : null,
    cves: [],
  };
}

/** Event time inside the window of the trigger. */
function contactsInWindow(times: readonly number[], now: number): number {
  let count = 0;
  for (const time of times) if (now - time <= windowMilliseconds) count += 1;
  return count;
}

function isSlowScan(state: ScanState, at: number): boolean {
  return (
    state.failed >= slowTargets &&
    at - state.firstAt >= slowMilliseconds &&
    state.succeeded <= state.failed * slowSuccessShare &&
    (state.hosts.size >= slowSpread || state.ports.size >= slowSpread)
  );
}

function step(state: ScanState, observation: Observation): Step<ScanState> {
  const outcome = outcomeOf(observation);
  const isIcmp = observation.transport === 'icmp';
  if (outcome === 'unclear' && !isIcmp) return { state, evidence: noEvidence };
  const port = isIcmp ? 0 : observation.destinationPort;
  const isNew = state.contacts.add(
    contactHash(
      observation.destination,
      port + (observation.transport === 'udp' ? 65_536 : isIcmp ? 131_072 : 0),
    ),
  );
  const elapsed = observation.at - state.walkAt;
  if (elapsed > 0 && state.walk > 0) state.walk *= 2 ** (-elapsed / 86_400_000);
  if (elapsed > 0) state.walkAt = observation.at;
  if (outcome === 'succeeded') {
    if (isNew) state.succeeded += 1;
    if (!isNew || state.walk === 0) return { state, evidence: noEvidence };
    // A detector takes back only what it gave: good conversations do not excuse what others saw.
    const back = Math.min(firstContact, state.walk);
    state.walk -= back;
    const evidence: Evidence = {
      detector: 'port-scan',
      weight: -back,
      reason: `first contact with ${observation.destination} port ${observation.destinationPort} was answered`,
      technique: 'T1046',
      behavior: null,
      cves: [],
    };
    return { state, evidence: [evidence] };
  }
  // Contacts with decoys weigh by the detector of decoys; here they only widen the fan-out.
  const isContact = observation.kind === 'contact';
  if (!isNew) {
    if (outcome !== 'failed' || isContact || state.repeats >= repeatsCounted || state.failed === 0) {
      return { state, evidence: noEvidence };
    }
    state.repeats += 1;
    state.walk += repeatedContact;
    const evidence: Evidence = {
      detector: 'port-scan',
      weight: repeatedContact,
      reason: `knocked again at ${observation.destination} port ${observation.destinationPort} without success`,
      technique: 'T1046',
      behavior: null,
      cves: [],
    };
    return { state, evidence: [evidence] };
  }
  state.hosts.add(contactHash(observation.destination, 0));
  if (!isIcmp) state.ports.add(contactHash('', port));
  state.repeats = 0;
  if (isIcmp) state.icmp += 1;
  else state.other += 1;
  if (outcome === 'failed') {
    if (state.failed === 0) state.firstAt = observation.at;
    state.failed += 1;
  }
  if (observation.kind !== 'flow') state.dark += 1;
  if (state.times === null) state.times = [observation.at];
  else {
    if (state.times.length >= 32) state.times.shift();
    // Without the room that `push` keeps: most sources make few contacts.
    if (state.times.length < 8) state.times = state.times.concat(observation.at);
    else state.times.push(observation.at);
  }
  // An echo request that was answered is a first contact that says nothing by itself; thirty of them are a sweep.
  const isInferred =
    observation.kind === 'flow' &&
    ((observation.action !== 'reject' && observation.tcpFlags <= 0) || observation.tcpFlags === finAlone);
  const isWeak = isInferred || observation.transport === 'udp' || (port >= highPort && state.hosts.size > 3);
  const base = isWeak ? weakContact : firstContact;
  let weight = isContact || outcome === 'unclear' ? 0 : base;
  const recent = contactsInWindow(state.times, observation.at);
  const triggered =
    recent >= hostPortsTrigger || (recent >= darkHostPortsTrigger && state.dark >= darkTrigger);
  if (triggered && !isContact && weight < firstContact) weight = firstContact;
  const isSlow = !isWeak && outcome === 'failed' && !isContact && isSlowScan(state, observation.at);
  if (isSlow) weight = slowContact;
  state.walk += weight;
  const shown = triggered || isSlow || (state.walk >= walkTrigger && state.failed >= 5);
  if (weight === 0 && !(isContact && shown)) return { state, evidence: noEvidence };
  return { state, evidence: [evidenceOf(state, observation, weight, shown)] };
}

export const portScan: Detector<ScanState> = {
  name: 'port-scan',
  summary: 'Many first contacts with hosts and ports that do not answer, or with decoys',
  technique: 'T1046',
  kinds: ['flow', 'scan', 'contact'],
  key(observation: Observation): string | null {
    if (observation.kind === 'flow' && (observation.reply === true || isBackscatter(observation.tcpFlags))) {
      return null;
    }
    return passedOver(observation) ? null : sourceKey(observation.source);
  },
  initial: (): ScanState => ({
    contacts: new FanOut(),
    hosts: new FanOut(),
    ports: new FanOut(),
    times: null,
    walk: 0,
    walkAt: 0,
    repeats: 0,
    dark: 0,
    failed: 0,
    icmp: 0,
    other: 0,
    succeeded: 0,
    firstAt: 0,
  }),
  step,
};
