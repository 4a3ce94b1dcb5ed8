/**
 * The analysis on several threads. This one reads, asks the detectors across sources, and hands each observation to the thread that
 * judges its network (IPv4 /24, IPv6 /48: whatever a judge knows of several sources it knows of such a network). What is left
 * that all threads share is the breaker: they let blocks pass, and their blocks are counted here in the order of the input. Once
 * one would have been held, everything is done anew on one thread. So the output is that of one thread, to the byte, until more
 * sources come than are remembered. docs/decisions/0020-threads-by-network.md
 */

import { formatNetwork, networkOf, parseAddress } from '../core/address.ts';
import { PicketError } from '../core/errors.ts';
import { Breaker } from '../decide/guards/breaker.ts';
import { allotted } from '../detectors/rules/rule-set.ts';
import { DetectorRunner } from '../detectors/runner.ts';
import {
  Analysis,
  type AnalysisOptions,
  attackLine,
  type AttackLine,
  compareRank,
  type VerdictLine,
} from './analyze.ts';
import { AttackBook } from './attack-book.ts';
import { detectorsOf } from './detectors-of.ts';
import { JudgingThread } from './judging-thread.ts';
import { NameNumbers, NumberByName } from './name-numbers.ts';
import { policyOf } from './policy-of.ts';
import { openInput, type RecordedInput, sensorName, shownName } from './recorded-input.ts';
import { readRules } from './rule-files.ts';

/** Observations that are handed over at a time, where nobody says otherwise. */
const usualParcel = 4_096;

export interface ParallelOptions extends Omit<AnalysisOptions, 'record' | 'breaker'> {
  /** Folders of lures that the judging threads must load too. */
  readonly lures: readonly string[];
  readonly threads: number;
  /** Observations that are handed over at a time. What comes of them does not depend on it. */
  readonly parcel?: number;
}

/** An input, and how often it was said to be damaged. */
interface Done {
  readonly input: RecordedInput;
  readonly format: string;
}

export class ParallelAnalysis {
  readonly #options: ParallelOptions;
  readonly #threads: readonly JudgingThread[];
  readonly #across: DetectorRunner;
  readonly #attacks = new AttackBook();
  readonly #breaker: Breaker;
  readonly #parcel: number;
  readonly #names = new NameNumbers();
  /** By source: the thread that judges it, from 1. */
  readonly #placeOf = new NumberByName(this.#names);
  readonly #done: Done[] = [];
  #records = 0;
  #damaged = 0;
  #observations = 0;
  /** Index of the next observation, over all inputs. */
  #next = 0;
  #sent = 0;
  #started = false;
  /** In its place once a block is held. */
  #alone: Analysis | null = null;

  constructor(options: ParallelOptions) {
    const { configuration, own, lab, rules = [], lures, threads } = options;
    this.#options = options;
    this.#parcel = options.parcel ?? usualParcel;
    const policy = policyOf(configuration);
    const read = readRules([...configuration.detectors.rules, ...rules]);
    this.#across = new DetectorRunner(
      detectorsOf(configuration, own).filter((detector) => detector.across === true),
      policy.maximumSources,
    );
    this.#across.useRules(
      allotted(read.map(({ rule }) => rule)).filter(({ detector }) => detector.across === true),
    );
    this.#breaker = new Breaker(policy);
    const share = {
      configuration: {
        ...configuration,
        policy: { ...configuration.policy, maximumSources: Math.ceil(policy.maximumSources / threads) },
      },
      own,
      lab,
      rules,
      lures,
    };
    this.#threads = Array.from({ length: threads }, () => new JudgingThread(share, this.#names));
  }

  get records(): number {
    return this.#alone?.records ?? this.#records;
  }

  get damaged(): number {
    return this.#alone?.damaged ?? this.#damaged;
  }

  get observations(): number {
    return this.#alone?.observations ?? this.#observations;
  }

  get decisions(): number {
    return this.#alone?.decisions ?? this.#sum((thread) => thread.totals.decisions);
  }

  get held(): number {
    return this.#alone?.held ?? this.#sum((thread) => thread.totals.held);
  }

  get sources(): number {
    return this.#alone?.sources ?? this.#sum((thread) => thread.totals.sources);
  }

  get forgotten(): number {
    return this.#alone?.forgotten ?? this.#sum((thread) => thread.totals.forgotten);
  }

  /** Processor time of each judging thread, microseconds. */
  get spent(): readonly number[] {
    return this.#threads.map((thread) => thread.totals.spent);
  }

  /** Waits until the threads can judge. */
  async start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    await Promise.all(this.#threads.map((thread) => thread.ready()));
  }

  /** As `Analysis.read`. */
  async read(input: RecordedInput, format: string): Promise<void> {
    await this.start();
    if (this.#alone !== null) {
      await this.#alone.read(input, format);
      return;
    }
    this.#done.push({ input, format });
    try {
      await this.#readParallel(input, format);
    } finally {
      if (this.#alone === null && !(await this.#settle())) await this.#startAnew();
    }
  }

  /** To be called when all is read, ahead of the totals and the verdicts. */
  async end(): Promise<void> {
    if (this.#alone === null) await Promise.all(this.#threads.map((thread) => thread.end()));
  }

  /** As `Analysis.attacks`. */
  attacks(): readonly AttackLine[] {
    return this.#alone?.attacks() ?? this.#attacks.all().map((attack) => attackLine(attack));
  }

  /** The verdicts, worst first. */
  async *verdicts(): AsyncIterable<VerdictLine> {
    if (this.#alone !== null) {
      yield* this.#alone.verdicts();
      return;
    }
    const heads = await Promise.all(
      this.#threads.map(async (thread) => ({ thread, page: await thread.page(), at: 0 })),
    );
    for (;;) {
      let worst: (typeof heads)[number] | null = null;
      for (const head of heads) {
        if (head.page.lines.length === 0) continue;
        if (
          worst === null ||
          compareRank(
            head.page.scores[head.at] ?? 0,
            head.page.sources[head.at] ?? '',
            worst.page.scores[worst.at] ?? 0,
            worst.page.sources[worst.at] ?? '',
          ) < 0
        )
          worst = head;
      }
      const line = worst?.page.lines[worst.at];
      if (worst === null || line === undefined) return;
      yield line;
      worst.at += 1;
      if (worst.at === worst.page.lines.length) {
        worst.page = await worst.thread.page();
        worst.at = 0;
      }
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.stop()));
  }

  async #readParallel(input: RecordedInput, format: string): Promise<void> {
    const { progress } = this.#options;
    const { reader, bytes } = await openInput(input, format, (passed) => progress?.(input, passed));
    if (reader === null) return;
    const batches = reader.read(bytes, {
      sensor: sensorName(input),
      near: input.near,
      damaged: (line, sample, why) => {
        this.#damaged += 1;
        this.#options.damaged({ input: shownName(input.name), line, sample, why });
      },
    });
    for await (const batch of batches) {
      this.#records += batch.recordCount;
      this.#observations += batch.observations.length;
      for (const observation of batch.observations) {
        this.#next += 1;
        // It belongs to nobody, and nothing comes of it.
        if (observation.source === '') continue;
        const across = this.#across.runAcross(observation);
        if (across.length > 0) this.#attacks.take(across, observation.at);
        const source = this.#names.of(observation.source);
        this.#threadFor(source, observation.source).writer.add(this.#next, observation, source, across);
        if (this.#next - this.#sent >= this.#parcel) await this.#send();
      }
      if (!this.#countBlocks()) return;
    }
  }

  async #send(): Promise<void> {
    this.#sent = this.#next;
    const sent = this.#threads.map((thread) => thread.send(this.#next));
    this.#names.makeRoom();
    await Promise.all(sent);
  }

  /** Waits until all that was read is judged. False where the breaker held a block. */
  async #settle(): Promise<boolean> {
    await this.#send();
    await Promise.all(this.#threads.map((thread) => thread.drained()));
    return this.#countBlocks();
  }

  /** Counts the blocks of all threads in the order of the input, as far as all have come. False where one is held. */
  #countBlocks(): boolean {
    const judgedTo = Math.min(...this.#threads.map((thread) => thread.judgedTo));
    const at = this.#threads.map(() => 0);
    for (;;) {
      let first = -1;
      let least = Number.POSITIVE_INFINITY;
      for (const [place, { asked }] of this.#threads.entries()) {
        const index = asked[at[place] ?? 0] ?? Number.POSITIVE_INFINITY;
        if (index > judgedTo || index >= least) continue;
        least = index;
        first = place;
      }
      const thread = this.#threads[first];
      if (thread === undefined) break;
      const place = at[first] ?? 0;
      const { blocks, limit, open } = this.#breaker.count(thread.asked[place + 1] ?? 0);
      if (open) return false;
      thread.counted.push(blocks, limit);
      at[first] = place + 2;
    }
    for (const [place, { asked }] of this.#threads.entries()) asked.splice(0, at[place]);
    return true;
  }

  /** A block is held, and what follows from that the threads have not seen. */
  async #startAnew(): Promise<void> {
    await this.stop();
    let told = this.#damaged;
    this.#alone = new Analysis({
      ...this.#options,
      damaged: (record) => {
        if (told > 0) told -= 1;
        else this.#options.damaged(record);
      },
    });
    for (const { input, format } of this.#done) {
      try {
        await this.#alone.read(input, format);
      } catch (error) {
        // What is wrong with an input has been said of it, or is said when its own reading ends.
        if (!(error instanceof PicketError)) throw error;
      }
    }
  }

  #threadFor(number: number, source: string): JudgingThread {
    let place = this.#placeOf.get(number);
    if (place === 0) {
      place = 1 + (hashOf(networkText(source)) % this.#threads.length);
      this.#placeOf.set(number, place);
    }
    const thread = this.#threads[place - 1];
    if (thread === undefined) throw new Error('no thread judges');
    return thread;
  }

  #sum(of: (thread: JudgingThread) => number): number {
    return this.#threads.reduce((sum, thread) => sum + of(thread), 0);
  }
}

/** What a source shares with those that are judged together with it. */
function networkText(source: string): string {
  if (!source.includes(':')) return source.slice(0, source.lastIndexOf('.'));
  const address = parseAddress(source);
  return address === null ? source : formatNetwork(networkOf(address, 48));
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
