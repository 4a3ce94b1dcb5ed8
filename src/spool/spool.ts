/**
 * The durable queue of one sensor.
 *
 * An observation gets its sequence number and its JSON text at once; a worker thread writes groups of them with one fsync each, so
 * the disk never holds up the sensor. While the disk is full or away, observations wait in a bounded memory queue; what
 * that can't hold is lost, and the spool states which numbers those were.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, type Clock } from '../core/clock.ts';
import { PicketError } from '../core/errors.ts';
import type { Observation } from '../core/observation.ts';
import { LostRanges } from './lost-ranges.ts';
import { sensorIdentity } from './sensor-identity.ts';
import { SequenceMark } from './sequence-mark.ts';
import type {
  FromWorker,
  LostRange,
  SpooledRecord,
  SpoolSizes,
  ToWorker,
  TranscriptPiece,
} from './spool-message.ts';
import { SpoolThread } from './spool-thread.ts';
import { TranscriptBatch } from './transcript-batch.ts';
import { WriteQueue } from './write-queue.ts';
import { type SpoolError, WriteTrouble } from './write-trouble.ts';

export interface SpoolOptions {
  /** A folder that belongs to this sensor alone; made where it is missing. */
  readonly folder: string;
  /** Bound of the observations on the disk, bytes. Default 1 GiB. */
  readonly maximumBytes?: number;
  /** Bound of the raw bytes of conversations on the disk. Default 1 GiB. The oldest make room. */
  readonly maximumTranscriptBytes?: number;
  /** Bound of what waits in memory for the disk, bytes. Default 64 MiB. */
  readonly maximumMemoryBytes?: number;
  /** Takes a line for a person; at most one in 30 s. */
  readonly log?: (line: string) => void;
  readonly clock?: Clock;
}

export interface SpoolStatus extends SpoolSizes {
  /** The last sequence number given out. */
  readonly lastSequence: number;
  /** Everything up to here is on the disk, or stands in `lost`. */
  readonly committed: number;
  /** The engine has everything up to here. */
  readonly acknowledged: number;
  /** Observations that wait in memory. */
  readonly pending: number;
  /** Observations lost since the folder was made. */
  readonly lostCount: number;
  readonly lost: readonly LostRange[];
  /** Raw bytes of conversations lost since the start. */
  readonly transcriptBytesLost: number;
  /** What keeps the spool from writing; null where it writes. */
  readonly error: SpoolError | null;
}

const gatherMilliseconds = 4;
const groupRows = 500;
const noSizes: SpoolSizes = {
  observationBytes: 0,
  transcriptBytes: 0,
  observationsPruned: 0,
  transcriptBytesPruned: 0,
};

export class Spool {
  readonly #folder: string;
  readonly #maximumMemoryBytes: number;
  readonly #log: (line: string) => void;
  readonly #clock: Clock;
  readonly #thread: SpoolThread;
  readonly #trouble: WriteTrouble;
  readonly #queue = new WriteQueue();
  readonly #transcript = new TranscriptBatch();
  readonly #lost = new LostRanges();
  readonly #committedCallbacks: ((sequence: number) => void)[] = [];
  #sensor = '';
  #mark: SequenceMark | null = null;
  #state: 'new' | 'running' | 'stopping' | 'stopped' = 'new';
  #last = 0;
  #committed = 0;
  #acknowledged = 0;
  #transcriptBytesLost = 0;
  #losing = false;
  #inFlight: Extract<ToWorker, { kind: 'write' }> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #sizes = noSizes;
  #drained: (() => void) | null = null;

  constructor(options: SpoolOptions) {
    this.#folder = options.folder;
    this.#maximumMemoryBytes = options.maximumMemoryBytes ?? 67_108_864;
    this.#log = options.log ?? (() => {});
    this.#clock = options.clock ?? systemClock;
    const path = join(options.folder, 'spool.db');
    this.#trouble = new WriteTrouble(path, this.#log, this.#clock);
    const bounds = {
      maximumBytes: options.maximumBytes ?? 1_073_741_824,
      maximumTranscriptBytes: options.maximumTranscriptBytes ?? 1_073_741_824,
    };
    this.#thread = new SpoolThread(
      { path, bounds },
      {
        committed: (sizes) => this.#committedGroup(sizes),
        failed: (message, full) => this.#failedGroup(message, full),
        died: (message) => this.#threadDied(message),
      },
    );
  }

  /** The sensor's id, kept in the folder. Empty before `start`. */
  get sensor(): string {
    return this.#sensor;
  }

  /** Opens the folder. Throws PICKET_STATE_UNWRITABLE where it can't be used, also where another process has it. */
  async start(): Promise<void> {
    if (this.#state !== 'new') throw new Error('a spool is started once');
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      this.#sensor = sensorIdentity(this.#folder);
      this.#mark = new SequenceMark(join(this.#folder, 'sequence'));
      const { opened, sizes } = await this.#thread.open();
      this.#sizes = sizes;
      this.#lost.load(opened.lost);
      this.#acknowledged = opened.acknowledged;
      const stated = Math.max(opened.last, this.#lost.last);
      // A mark ahead of what is written: the process ended without a stop, and these numbers may have been seen elsewhere.
      const reserved = Math.max(this.#mark.value, opened.reserved, opened.acknowledged);
      if (reserved > stated) this.#lose(stated + 1, reserved, 'crash');
      this.#last = Math.max(stated, reserved);
      this.#committed = this.#last;
      this.#state = 'running';
      this.#gather();
    } catch (error) {
      this.#mark?.close();
      await this.#thread.giveUp('never opened');
      throw new PicketError(
        'PICKET_STATE_UNWRITABLE',
        `cannot use the spool folder ${this.#folder}: ${error instanceof Error ? error.message : String(error)}; ` +
          'give the sensor a folder of its own that it may write to',
        { cause: error },
      );
    }
  }

  /**
   * Takes an observation: sets its `sensor` and its `sequence` (the next number, without a gap), and returns its JSON text, which is
   * also what is stored. Never waits and never throws for the disk's sake. About 3 µs.
   */
  append(observation: Observation): string {
    if (this.#state !== 'running' && this.#state !== 'stopping') throw new Error('the spool is not running');
    const sequence = this.#last + 1;
    this.#last = sequence;
    this.#mark?.cover(sequence);
    const draft: { sensor: string; sequence: number } = observation;
    draft.sensor = this.#sensor;
    draft.sequence = sequence;
    const json = JSON.stringify(observation);
    if (this.#mayHold(json.length)) {
      this.#queue.push(sequence, json);
      if (this.#queue.length >= groupRows) this.#flush();
      else this.#gather();
    } else this.#lose(sequence, sequence, 'full');
    return json;
  }

  /**
   * Keeps raw bytes of a conversation. They are copied at once.
   * `direction` is 0 from the client and 1 to the client; `offset` counts the bytes of that direction before these.
   */
  transcribe(session: string, direction: 0 | 1, offset: number, at: number, bytes: Uint8Array): void {
    if (this.#state !== 'running' || bytes.length === 0) return;
    if (!this.#mayHold(bytes.length)) {
      this.#transcriptBytesLost += bytes.length;
      return;
    }
    this.#transcript.add(session, direction, offset, at, bytes);
    if (this.#transcript.size > 1_048_576) this.#flush();
    else this.#gather();
  }

  /** Calls back with a sequence number whenever everything up to it is on the disk, or stands in `lost`. */
  onCommitted(callback: (sequence: number) => void): void {
    this.#committedCallbacks.push(callback);
  }

  /** Written observations after this sequence number, oldest first, at most `limit` (and at most 10,000). */
  async readAfter(sequence: number, limit: number): Promise<readonly SpooledRecord[]> {
    const message = await this.#ask((request) => ({
      kind: 'read',
      request,
      after: sequence,
      limit: Math.min(limit, 10_000),
    }));
    return message.kind === 'records' ? message.records : [];
  }

  /** The raw bytes of a session, in the order in which they came and went. */
  async readTranscript(session: string): Promise<readonly TranscriptPiece[]> {
    const message = await this.#ask((request) => ({ kind: 'transcript', request, session }));
    return message.kind === 'pieces' ? message.pieces : [];
  }

  /**
   * The engine has everything up to this number for good: it may make room when the bound is reached. A number that this spool has never
   * given out (the folder was replaced) moves the numbering past it, and the numbers between stand in `lost`.
   */
  acknowledge(sequence: number): void {
    if (!Number.isSafeInteger(sequence) || sequence <= this.#acknowledged) return;
    if (sequence > this.#last) {
      this.#lose(this.#last + 1, sequence, 'skipped');
      this.#last = sequence;
      this.#mark?.cover(sequence);
    }
    this.#acknowledged = sequence;
    // A spool that waits for room may have some now.
    if (this.#trouble.error !== null) this.#retry(0);
  }

  status(): SpoolStatus {
    return {
      ...this.#sizes,
      lastSequence: this.#last,
      committed: this.#committed,
      acknowledged: this.#acknowledged,
      pending: this.#pending,
      lostCount: this.#lost.count,
      lost: this.#lost.ranges,
      transcriptBytesLost: this.#transcriptBytesLost,
      error: this.#trouble.error,
    };
  }

  /** Writes what waits and closes. Where the disk refuses for 2 s, what waited is given up with the process and the log says so. */
  async stop(): Promise<void> {
    if (this.#state === 'new') this.#state = 'stopped';
    if (this.#state !== 'running') return;
    this.#state = 'stopping';
    await this.#drain(2_000);
    const left = this.#pending;
    if (left > 0) {
      this.#log(
        `PICKET_SPOOL_FULL: ${left} observations up to number ${this.#last} could not be written before the stop and are lost`,
      );
    } else this.#mark?.settle(this.#last);
    this.#state = 'stopped';
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#thread.close(left === 0 ? this.#last : (this.#mark?.value ?? this.#last), this.#acknowledged);
    this.#mark?.close();
    this.#thread.rejectReadings('the spool has stopped');
  }

  /** Observations that wait in memory. */
  get #pending(): number {
    return this.#queue.length + (this.#inFlight?.records.length ?? 0);
  }

  #mayHold(bytes: number): boolean {
    const held =
      this.#queue.bytes + this.#transcript.size + (this.#inFlight === null ? 0 : this.#queue.takenBytes);
    // Once full, stay so until half is free: else single records slip in between and the lost numbers come in a thousand ranges.
    if (this.#losing && held < this.#maximumMemoryBytes / 2) this.#losing = false;
    if (held + bytes > this.#maximumMemoryBytes) this.#losing = true;
    return !this.#losing;
  }

  #lose(first: number, last: number, reason: LostRange['reason']): void {
    this.#lost.add(first, last, this.#clock.now(), reason);
    if (this.#state === 'running') this.#gather();
  }

  #gather(): void {
    if (this.#timer !== null || this.#inFlight !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#flush();
    }, gatherMilliseconds);
  }

  #flush(): void {
    if (this.#inFlight !== null || this.#trouble.retryMilliseconds > 0 || !this.#thread.isOpen) return;
    if (this.#timer !== null) {
      clearTimeout(this.#timer);
      this.#timer = null;
    }
    const transcript = this.#transcript.take();
    const lost = this.#lost.takeUnwritten();
    const { sequences, records } = this.#queue.take(groupRows * 4);
    if (transcript === null && lost.length === 0 && records.length === 0) {
      this.#drained?.();
      return;
    }
    this.#inFlight = {
      kind: 'write',
      sequences,
      records,
      transcript,
      lost,
      reserved: Math.max(this.#last, this.#mark?.value ?? 0),
      acknowledged: this.#acknowledged,
    };
    this.#thread.write(this.#inFlight);
  }

  /** Sends the group that was refused again, after this long. */
  #retry(milliseconds: number): void {
    if (this.#inFlight === null || this.#trouble.retryMilliseconds === 0) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#inFlight !== null)
        this.#thread.write({ ...this.#inFlight, acknowledged: this.#acknowledged });
    }, milliseconds);
  }

  #committedGroup(sizes: SpoolSizes): void {
    const group = this.#inFlight;
    this.#inFlight = null;
    this.#sizes = sizes;
    this.#trouble.over(this.#queue.length, this.#lost.count);
    const through = Math.max(group?.sequences.at(-1) ?? 0, group?.lost.at(-1)?.last ?? 0);
    if (through > this.#committed) {
      this.#committed = through;
      for (const callback of this.#committedCallbacks) callback(through);
    }
    if (this.#queue.length >= groupRows || this.#state === 'stopping') this.#flush();
    else if (this.#queue.length > 0 || this.#transcript.pieces > 0 || this.#lost.hasUnwritten) this.#gather();
  }

  #failedGroup(message: string, full: boolean): void {
    this.#trouble.refused(message, full, this.#pending, this.#lost.count);
    this.#retry(this.#trouble.retryMilliseconds);
  }

  /** A thread that died is started anew and given the group again; records are kept by their number, so none is doubled. */
  #threadDied(message: string): void {
    if (this.#state === 'new' || this.#state === 'stopped') return;
    this.#failedGroup(message, false);
    setTimeout(() => {
      if (this.#state !== 'stopped') void this.#reopen();
    }, this.#trouble.retryMilliseconds);
  }

  async #reopen(): Promise<void> {
    try {
      const { sizes } = await this.#thread.open();
      this.#sizes = sizes;
      if (this.#inFlight === null) {
        this.#trouble.nothingWaits();
        this.#gather();
      } else this.#retry(0);
    } catch (error) {
      await this.#thread.giveUp(error instanceof Error ? error.message : String(error));
    }
  }

  #ask(question: (request: number) => ToWorker): Promise<FromWorker> {
    return this.#state === 'running'
      ? this.#thread.ask(question)
      : Promise.reject(new Error('the spool is not running'));
  }

  async #drain(milliseconds: number): Promise<void> {
    const idle = new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
    this.#retry(0);
    this.#flush();
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      idle,
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, milliseconds);
      }),
    ]);
    clearTimeout(timer);
  }
}
