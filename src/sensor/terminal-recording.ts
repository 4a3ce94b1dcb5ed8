/** Terminal sessions as asciicast v2 files (https://docs.asciinema.org/manual/asciicast/v2/), one a session, written as they happen. */

import { createWriteStream, mkdirSync, readdirSync, rmSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { SensorCounters } from './counters.ts';

export class TerminalRecording {
  readonly #stream: WriteStream;
  readonly #startedAt: number;
  readonly #maximumBytes: number;
  readonly #counters: SensorCounters;
  #bytes = 0;
  #cut = false;

  constructor(path: string, startedAt: number, maximumBytes: number, counters: SensorCounters) {
    this.#startedAt = startedAt;
    this.#maximumBytes = maximumBytes;
    this.#counters = counters;
    this.#stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
    // A full disk ends the recording; the conversation goes on, and its raw bytes are the spool's.
    this.#stream.on('error', () => this.#end());
    this.#line({ version: 2, width: 80, height: 24, timestamp: Math.floor(startedAt / 1_000) });
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(at: number, direction: 'input' | 'output', text: string): void {
    if (this.#cut) return;
    if (this.#bytes + text.length > this.#maximumBytes) {
      this.#line([(at - this.#startedAt) / 1_000, 'm', 'the recording ends here: it has reached its bound']);
      this.#end();
      return;
    }
    this.#line([(at - this.#startedAt) / 1_000, direction === 'input' ? 'i' : 'o', text]);
  }

  /** Resolves when the file is whole. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stream.destroyed) resolve();
      else this.#stream.end(() => resolve());
    });
  }

  #end(): void {
    if (!this.#cut) this.#counters.recordingsCut += 1;
    this.#cut = true;
  }

  #line(value: unknown): void {
    const line = `${JSON.stringify(value)}\n`;
    this.#bytes += line.length;
    this.#stream.write(line);
  }
}

/** The folder of recordings, bounded: the oldest make room. File names are session ids, which sort by time. */
export class RecordingFolder {
  readonly #folder: string;
  readonly #maximumBytes: number;
  readonly #oneMaximumBytes: number;
  readonly #counters: SensorCounters;
  readonly #open = new Set<TerminalRecording>();
  #bytes = 0;

  constructor(folder: string, maximumBytes: number, oneMaximumBytes: number, counters: SensorCounters) {
    this.#folder = folder;
    this.#maximumBytes = maximumBytes;
    this.#oneMaximumBytes = oneMaximumBytes;
    this.#counters = counters;
  }

  start(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(this.#folder)) this.#bytes += statSync(join(this.#folder, name)).size;
  }

  open(session: string, at: number): TerminalRecording {
    const path = join(this.#folder, `${session}.cast`);
    const recording = new TerminalRecording(path, at, this.#oneMaximumBytes, this.#counters);
    this.#counters.recordings += 1;
    this.#open.add(recording);
    return recording;
  }

  async close(recording: TerminalRecording): Promise<void> {
    await recording.close();
    if (!this.#open.delete(recording)) return;
    this.#bytes += recording.bytes;
    if (this.#bytes > this.#maximumBytes) this.#prune();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#open].map((recording) => this.close(recording)));
  }

  #prune(): void {
    for (const name of readdirSync(this.#folder).sort()) {
      // Down to nine tenths, so that the folder is not listed again for the next session.
      if (this.#bytes <= this.#maximumBytes * 0.9) return;
      const path = join(this.#folder, name);
      this.#bytes -= statSync(path).size;
      rmSync(path);
      this.#counters.recordingsPruned += 1;
    }
  }
}
