/**
 * Policies against recorded events. An event is prevented when it falls into a standing block of its source, or of a network that
 * holds it; then no policy sees more of it than that a counter went up. Hours are those of all leases with their renewals, a lease
 * that was ended early only until then. A lease that was to begin later counts from when it begins, events or not.
 */

import { type Network, networkContains, parseNetwork, sourceKey } from '../core/address.ts';
import { NetworkTable } from '../core/network-table.ts';
import type { Observation } from '../core/observation.ts';
import type { ReplayedBlock, ReplayedPolicy } from './replay-policy.ts';
import { openInput, type RecordedInput, sensorName, shownName } from './recorded-input.ts';
import type { DamagedRecord } from './analyze.ts';
import { PicketError } from '../core/errors.ts';

/** Events that are held at once: they must be put in order of time before they are replayed. */
const eventsKept = 5_000_000;
const hourMilliseconds = 3_600_000;

export interface ReplayLine {
  readonly kind: 'replay';
  readonly policy: string;
  readonly events: number;
  readonly sources: number;
  readonly prevented: number;
  /** Of all events, 0 to 1. */
  readonly preventedShare: number;
  readonly blocks: number;
  readonly networkBlocks: number;
  readonly blocksWithHit: number;
  readonly blockHours: number;
  /** Rate-limits are counted and prevent nothing here. */
  readonly rateLimits: number;
  readonly harm: {
    /** Blocks of benign sources, or of networks that hold or are held by benign ones. */
    readonly blocks: number;
    readonly blockHours: number;
    /** Events of benign sources that were prevented. */
    readonly events: number;
  };
}

export class RecordedEvents {
  records = 0;
  damaged = 0;
  readonly #observations: Observation[] = [];

  get size(): number {
    return this.#observations.length;
  }

  async read(
    input: RecordedInput,
    format: string,
    damaged: (record: DamagedRecord) => void,
    progress: (bytes: number) => void,
  ): Promise<void> {
    const { reader, bytes } = await openInput(input, format, progress);
    if (reader === null) return;
    const batches = reader.read(bytes, {
      sensor: sensorName(input),
      near: input.near,
      damaged: (line, sample, why) => {
        this.damaged += 1;
        damaged({ input: shownName(input.name), line, sample, why });
      },
    });
    for await (const batch of batches) {
      this.records += batch.recordCount;
      for (const observation of batch.observations) {
        if (this.#observations.length >= eventsKept) {
          throw new PicketError(
            'PICKET_INPUT_UNREADABLE',
            `${shownName(input.name)}: more than ${eventsKept.toLocaleString('en')} events in all; replay fewer files at once`,
          );
        }
        if (observation.source !== '') this.#observations.push(observation);
      }
    }
  }

  /** In order of time; `isProved`: every source's address is taken as proved, as where the recording can't tell of handshakes. */
  inOrder(isProved: boolean): readonly Observation[] {
    const ordered = [...this.#observations].sort((left, right) => left.at - right.at);
    return isProved ? ordered.map((observation) => ({ ...observation, spoofable: false })) : ordered;
  }
}

/** Replays the events, and gives the score of those at or after `from` (milliseconds): what comes before is for learning. */
export function replay(
  policy: ReplayedPolicy,
  events: readonly Observation[],
  benign: readonly Network[] = [],
  from: number = Number.NEGATIVE_INFINITY,
): ReplayLine {
  const benignTable = new NetworkTable<true>();
  for (const network of benign) benignTable.set(network, true);
  const until = new Map<string, number>();
  const hit = new Set<string>();
  const isHarmful = new Map<string, boolean>();
  let counted = 0;
  let prevented = 0;
  let blocks = 0;
  let networkBlocks = 0;
  let milliseconds = 0;
  let harmBlocks = 0;
  let harmMilliseconds = 0;
  let harmEvents = 0;
  let blocksWithHit = 0;
  const sources = new Set<string>();
  const place = (block: ReplayedBlock): void => {
    // A renewal may bring the end forward: the hours are those in which the block was in force.
    const stood = Math.max(block.at, until.get(block.target) ?? block.at);
    until.set(block.target, block.until);
    const added = Math.max(block.until, from) - Math.max(stood, from);
    milliseconds += added;
    const target = parseNetwork(block.target);
    let harmful = isHarmful.get(block.target);
    if (harmful === undefined) {
      harmful =
        target !== null &&
        (benignTable.lookup(target) !== null || benign.some((network) => networkContains(target, network)));
      isHarmful.set(block.target, harmful);
    }
    if (harmful) harmMilliseconds += added;
    if (block.isRenewal || block.at < from) return;
    blocks += 1;
    if (harmful) harmBlocks += 1;
    if (target !== null && target.prefix < (target.family === 4 ? 32 : 64)) networkBlocks += 1;
  };
  for (const event of events) {
    const counts = event.at >= from;
    const source = sourceKey(event.source);
    if (counts) {
      counted += 1;
      sources.add(source);
    }
    const stopped = policy.stopped(source, event.at, place);
    if (stopped === null) {
      policy.saw(event, place);
      continue;
    }
    if (!counts) continue;
    prevented += 1;
    if (!hit.has(stopped)) {
      hit.add(stopped);
      blocksWithHit += 1;
    }
    const address = benign.length === 0 ? null : parseNetwork(event.source);
    if (address !== null && benignTable.lookup(address) !== null) harmEvents += 1;
  }
  return {
    kind: 'replay',
    policy: policy.name,
    events: counted,
    sources: sources.size,
    prevented,
    preventedShare: counted === 0 ? 0 : Number((prevented / counted).toFixed(4)),
    blocks,
    networkBlocks,
    blocksWithHit,
    blockHours: Math.round(milliseconds / hourMilliseconds),
    rateLimits: policy.rateLimits,
    harm: {
      blocks: harmBlocks,
      blockHours: Math.round(harmMilliseconds / hourMilliseconds),
      events: harmEvents,
    },
  };
}
