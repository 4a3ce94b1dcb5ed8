/**
 * Floods of a protected address, from flow records: SYNs to one host-port that come to nothing, datagrams, and answers of services that
 * others were asked in its name (reflection).
 *
 * Counted by the minute, a longer flow by its share of one; `FloodThresholds` has the numbers. Reflected datagrams are those of 400 bytes
 * and more from ports of amplifiers. Answers to what the host itself began are no flood, nor is backscatter: SYN-ACKs and RSTs answer SYNs
 * that another sent in its name.
 *
 * The claim is about the address under attack, once a minute. Sources of SYNs and datagrams may be anybody's, so theirs is a
 * behaviour without weight, where a single record has a fiftieth of the threshold. A reflector answers from its own address: ln 9 for
 * such a record, so three rate-limit it, which is all that guard 6 gives for datagrams. Memory a destination: 64 ports of two numbers, and a
 * FanOut each where there is much; the runner keeps 65,536.
 */

import { sourceKey } from '../core/address.ts';
import type { Behavior } from '../core/behavior.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noEvidence, type Evidence } from '../core/evidence.ts';
import type { Observation, ObservationOf } from '../core/observation.ts';
import type { Estate } from './estate.ts';
import { contactHash, FanOut } from './fan-out.ts';
import { type FloodThresholds, usualFloodThresholds } from './flood-thresholds.ts';
import { isBackscatter, outcomeOf, passedOver } from './port-scan.ts';

type FloodKind = 'syn' | 'udp' | 'reflection';

interface FloodForm {
  readonly behavior: Behavior;
  readonly technique: string;
  readonly packetsInMinute: number;
  readonly leastSources: number;
  readonly weightOfSource: number;
  readonly what: string;
}

const formsOf = (thresholds: FloodThresholds): Readonly<Record<FloodKind, FloodForm>> => ({
  syn: {
    behavior: 'flood:syn',
    technique: 'T1499.001',
    packetsInMinute: thresholds.synsPerSecond * 60,
    leastSources: 1,
    weightOfSource: 0,
    what: 'SYNs without an answer',
  },
  udp: {
    behavior: 'flood:udp',
    technique: 'T1498.001',
    packetsInMinute: thresholds.datagramsPerSecond * 60,
    leastSources: 1,
    weightOfSource: 0,
    what: 'datagrams',
  },
  reflection: {
    behavior: 'flood:reflection',
    technique: 'T1498.002',
    packetsInMinute: thresholds.reflectedPerSecond * 60,
    leastSources: thresholds.reflectors,
    weightOfSource: Math.log(9),
    what: 'datagrams of amplifiers',
  },
});

/** Services that answer a small datagram by large ones (US-CERT TA14-017A, and those found since). */
const amplifiers = new Set([
  17, 19, 53, 111, 123, 137, 161, 177, 389, 427, 520, 623, 1434, 1900, 3283, 3702, 5351, 5353, 5683, 10_001,
  11_211, 17_185, 37_810,
]);
const leastBytes = 400;
const minute = 60_000;
const latest = 15 * minute;
/** A record with this part of a threshold is one of the flood's own. */
const heavyShare = 1 / 50;
/** Sources are counted from this part of a threshold on: most that is counted comes to nothing. */
const countedShare = 1 / 8;

/** What comes to one port by SYNs, or to the host by datagrams. */
interface Stream {
  packets: number;
  bytes: number;
  /** Null while it may still be anything. */
  sources: FanOut | null;
  isTold: boolean;
}

interface FloodState {
  since: number;
  /** By port, or one of `streamOfHost`. */
  readonly streams: Map<number, Stream>;
}

const streamsKept = 64;
const streamOfHost = { udp: -1, reflection: -2 } as const;

function streamOf(state: FloodState, code: number, at: number): Stream {
  const { streams } = state;
  // Records come out of order by minutes; what is older still begins anew, as what is later does.
  if (at - state.since >= minute || state.since - at >= latest) {
    state.since = at;
    streams.clear();
  }
  const known = streams.get(code);
  if (known !== undefined) return known;
  if (streams.size >= streamsKept) {
    // The least makes room: a flood does not hide behind a scan of the other ports.
    let least = code;
    let fewest = Number.POSITIVE_INFINITY;
    for (const [held, { packets }] of streams) {
      if (packets >= fewest) continue;
      fewest = packets;
      least = held;
    }
    streams.delete(least);
  }
  const stream: Stream = { packets: 0, bytes: 0, sources: null, isTold: false };
  streams.set(code, stream);
  return stream;
}

function kindOf(flow: ObservationOf<'flow'>): FloodKind | null {
  if (flow.transport === 'tcp')
    return flow.reply !== true && !isBackscatter(flow.tcpFlags) && outcomeOf(flow) === 'failed'
      ? 'syn'
      : null;
  if (flow.transport !== 'udp') return null;
  const isAnswer = amplifiers.has(flow.sourcePort) && flow.destinationPort !== flow.sourcePort;
  // Whether it was asked for only the ports tell where the question took another way, and here they look as if it were.
  if (isAnswer && flow.bytes >= flow.packets * leastBytes) return 'reflection';
  return flow.reply === true ? null : 'udp';
}

function step(
  forms: Readonly<Record<FloodKind, FloodForm>>,
  state: FloodState,
  observation: Observation,
): Step<FloodState> {
  const kind = observation.kind === 'flow' ? kindOf(observation) : null;
  if (observation.kind !== 'flow' || kind === null) return { state, evidence: noEvidence };
  const { behavior, technique, packetsInMinute, leastSources, weightOfSource, what } = forms[kind];
  const { destination, destinationPort } = observation;
  const stream = streamOf(state, kind === 'syn' ? destinationPort : streamOfHost[kind], observation.at);
  const share = Math.min(1, minute / Math.max(1, observation.duration));
  const packets = observation.packets * share;
  stream.packets += packets;
  stream.bytes += observation.bytes * share;
  if (stream.packets < packetsInMinute * countedShare) return { state, evidence: noEvidence };
  stream.sources ??= new FanOut();
  stream.sources.add(contactHash(sourceKey(observation.source), 0));
  const sources = stream.sources.size;
  if (stream.packets < packetsInMinute || sources < leastSources) return { state, evidence: noEvidence };
  const evidence: Evidence[] = [];
  const where = kind === 'syn' ? `${destination} port ${destinationPort}` : destination;
  const claim = { detector: 'flood', technique, behavior, cves: [] };
  if (!stream.isTold) {
    stream.isTold = true;
    const megabytes = Math.round(stream.bytes / 1e6);
    evidence.push({
      ...claim,
      weight: 0,
      reason: `${Math.round(stream.packets)} ${what} (${megabytes} MB) of ${sources} or more sources within a minute came to ${where}`,
      target: destination,
    });
  }
  if (packets >= packetsInMinute * heavyShare)
    evidence.push({
      ...claim,
      weight: weightOfSource,
      reason: `sent ${Math.round(packets)} ${what} within a minute to ${where}, which is flooded`,
    });
  return { state, evidence };
}

export function flood(
  estate: Estate,
  thresholds: FloodThresholds = usualFloodThresholds,
): Detector<FloodState> {
  const forms = formsOf(thresholds);
  return {
    name: 'flood',
    summary: 'A protected address that is flooded: SYNs, datagrams, answers of amplifiers',
    technique: 'T1498',
    kinds: ['flow'],
    across: true,
    key(observation: Observation): string | null {
      if (observation.kind !== 'flow') return null;
      const kind = kindOf(observation);
      if (kind === null || passedOver(observation) || !estate.mayProtect(observation.destination))
        return null;
      return observation.destination;
    },
    initial: (): FloodState => ({ since: Number.NEGATIVE_INFINITY, streams: new Map() }),
    step: (state, observation) => step(forms, state, observation),
  };
}
