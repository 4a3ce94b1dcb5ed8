/** Reads what a program prints for as long as it runs, and starts it again when it ends: journalctl. Or a descriptor that another has opened. */

import { spawn, type ChildProcess } from 'node:child_process';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Reader } from '../core/reader.ts';
import { LineReading } from './line-reading.ts';
import type { SourceOptions, TelemetrySource } from './source.ts';

const firstDelay = 500;
const longestDelay = 30_000;

export interface ProgramOutputOptions {
  /** The program with its words, asked for anew at each start; or the descriptor to read from. */
  readonly from: (() => readonly [program: string, ...words: string[]]) | number;
  readonly reader: Reader;
  /** Told the last whole lines of what was read. */
  readonly read?: (bytes: Uint8Array) => void;
}

export class ProgramOutput implements TelemetrySource {
  readonly #program: ProgramOutputOptions;
  readonly #options: SourceOptions;
  readonly #reading: LineReading;
  #child: ChildProcess | null = null;
  #stream: Readable | null = null;
  #delay = firstDelay;
  #retry: NodeJS.Timeout | null = null;
  #stopping = false;

  constructor(program: ProgramOutputOptions, options: SourceOptions) {
    this.#program = program;
    this.#options = options;
    options.report.count('starts', 0);
    this.#reading = new LineReading(program.reader, options, (line) => `line ${line} since the start`);
  }

  async start(): Promise<void> {
    this.#begin();
    await Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#child?.kill('SIGTERM');
    this.#stream?.destroy();
    await this.#reading.end();
  }

  #begin(): void {
    const { from } = this.#program;
    this.#options.report.count('starts');
    if (typeof from === 'number') {
      const stream = createReadStream('', { fd: from, autoClose: false });
      this.#stream = stream;
      void this.#take(stream).finally(() => this.#ended('its descriptor was closed'));
      return;
    }
    const [program, ...words] = from();
    const child = spawn(program, words, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    });
    this.#child = child;
    let said = '';
    child.stderr.on('data', (chunk) => {
      said = `${said}${String(chunk)}`.slice(-300);
    });
    child.on('error', (error) => this.#ended(`${program} can't be started (${error.message})`));
    void this.#take(child.stdout);
    child.on('exit', (code, signal) =>
      this.#ended(`${program} ended (${signal ?? `exit code ${code}`}) ${said.trim()}`.trim()),
    );
  }

  async #take(stream: Readable): Promise<void> {
    try {
      for await (const chunk of stream) {
        if (!Buffer.isBuffer(chunk)) continue;
        this.#delay = firstDelay;
        this.#options.report.problem('');
        this.#reading.push(chunk);
        await Promise.all([this.#reading.drained(), this.#options.room()]);
        this.#program.read?.(chunk);
      }
    } catch {
      // Its end is told by `ended`.
    }
  }

  #ended(why: string): void {
    if (this.#stopping || this.#retry !== null) return;
    this.#options.report.problem(why);
    if (typeof this.#program.from === 'number') return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#begin();
    }, this.#delay);
    this.#delay = Math.min(this.#delay * 2, longestDelay);
  }
}
