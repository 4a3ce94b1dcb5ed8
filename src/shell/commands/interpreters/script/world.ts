import { emulateDownload } from '../../../download.ts';
import { contentOf } from '../../../files/node.ts';
import { FileFault } from '../../../files/fault.ts';
import { FileSystem } from '../../../files/file-system.ts';
import { limits } from '../../../limits.ts';
import type { Process } from '../../../process.ts';
import {
  CollectedOutput,
  type Input,
  nullOutput,
  type Output,
  type Reading,
  TextInput,
} from '../../../stream.ts';
import { reach } from '../../reach.ts';
import type { Compiled, Found } from './expression.ts';

/** As much as C's library holds back where its output is no terminal. */
const bufferBytes = 8_192;
/** Evaluated expressions that cost one unit of work. */
const stepsPerUnit = 8;
/** Characters times instructions of one search: about half a second. */
const mostSearched = 16_000_000;

export interface Ran {
  readonly status: number;
  readonly output: string;
  readonly error: string;
}

export interface RunStreams {
  readonly input: string | null;
  readonly output: 'inherit' | 'collect' | 'drop';
  readonly error: 'inherit' | 'collect' | 'drop' | 'output';
}

/** All that a script does to the world outside it goes through here, and all that it works is counted here. */
export class ScriptWorld {
  readonly process: Process;
  /** What was done already, so that a script that is read to its end after all does nothing twice. */
  readonly done: Set<string> = new Set();
  readonly environment: Map<string, string>;
  folder: string;
  /** Something was shown: reading the script for more must not show it again. */
  shown = false;
  /** What is still to be written when the script ends. */
  readonly atEnd: (() => void)[] = [];
  readonly #buffers: boolean;
  #pending = '';
  #steps = 0;
  #comparisons = 0;
  /** Bodies of downloads: our own bytes, which are no capture. */
  readonly #bodies = new Set<string>();

  constructor(process: Process, buffers: boolean) {
    this.process = process;
    this.folder = process.folder;
    this.environment = new Map(process.environment);
    this.#buffers = buffers && !process.output.terminal;
  }

  /** Counts one step; true where others are to have their turn. */
  tick(): boolean {
    this.#steps += 1;
    if (this.#steps < stepsPerUnit) return false;
    this.#steps = 0;
    const { budget } = this.process.state;
    budget.spend(1);
    return budget.takeTurn();
  }

  /** The work of handling this many bytes or values. Throws `Exhausted`. */
  spend(bytes: number): void {
    if (bytes > 64) this.process.state.budget.spend(Math.floor(bytes / 128));
  }

  /** The leftmost match: what a matcher of many states does at most is paid ahead where it is much, what it did afterwards. */
  search(expression: Compiled, text: string, from: number): Found | null {
    const most = Math.max(0, text.length - from) * expression.size;
    this.spend(most > mostSearched ? most : most / 8);
    const found = expression.find(text, from);
    this.spend(Math.max(128, ((found?.end ?? text.length) - from) * expression.size));
    return found;
  }

  /** One of the many comparisons that a single step can take. */
  compare(): void {
    this.#comparisons += 1;
    if (this.#comparisons % stepsPerUnit === 0) this.process.state.budget.spend(1);
  }

  write(text: string): void {
    if (text === '') return;
    this.shown = true;
    if (!this.#buffers) {
      this.process.output.write(text);
      return;
    }
    this.#pending += text;
    if (this.#pending.length >= bufferBytes) this.flush();
  }

  flush(): void {
    const text = this.#pending;
    this.#pending = '';
    if (text !== '') this.process.output.write(text);
  }

  /** The script is over: what it holds back is written. */
  end(): void {
    for (const finish of this.atEnd.splice(0))
      try {
        finish();
      } catch (error) {
        // A file that cannot be written any more: nobody is left to be told.
        if (!(error instanceof Error)) throw error;
      }
    this.flush();
  }

  complain(text: string): void {
    this.shown = true;
    this.process.error.write(text);
  }

  /** Runs a line in the system's shell, as system(3) does. */
  shell(line: string, streams: RunStreams): Reading<Ran> {
    this.done.add(line);
    return this.program(['sh', '-c', line], streams);
  }

  *program(words: readonly string[], streams: RunStreams): Reading<Ran> {
    this.done.add(words.join(' '));
    const collected = new CollectedOutput();
    const failed = new CollectedOutput();
    const outputs: Readonly<Record<RunStreams['error'], Output>> = {
      inherit: this.process.output,
      collect: collected,
      drop: nullOutput,
      output: this.process.output,
    };
    const output = outputs[streams.output];
    const error =
      streams.error === 'output'
        ? output
        : streams.error === 'inherit'
          ? this.process.error
          : streams.error === 'drop'
            ? nullOutput
            : failed;
    const input: Input = streams.input === null ? this.process.input : new TextInput(streams.input);
    const status = yield* this.process.execute(words, {
      environment: this.environment,
      folder: this.folder,
      input,
      output,
      error,
    });
    return { status, output: collected.text, error: failed.text };
  }

  /** Where a program of this name lies; null where there is none that could be run. */
  find(name: string): string | null {
    const { files } = this.process.state;
    const path = this.environment.get('PATH') ?? '/bin:/usr/bin';
    const candidates = name.includes('/') ? [name] : path.split(':').map((folder) => `${folder}/${name}`);
    return (
      candidates.find((candidate) => {
        const node = files.find(candidate, this.folder);
        return node?.kind === 'file' && files.may(node, 1);
      }) ?? null
    );
  }

  /** The body of what would be fetched; null where the address is none. */
  fetch(address: string): string | null {
    this.done.add(address);
    this.process.state.recordCommand([this.process.name, address]);
    const content = emulateDownload(this.process, address)?.content ?? null;
    if (content !== null && this.#bodies.size < 64) this.#bodies.add(content);
    return content;
  }

  connect(host: string, port: number, seconds = 0): ReturnType<typeof reach> {
    this.done.add(`${host}:${port}`);
    return reach(this.process, host, port, seconds);
  }

  /** Throws `FileFault`. */
  readFile(path: string): string {
    const content = this.process.state.files.read(path, this.folder);
    this.spend(content.length);
    return content;
  }

  /** Throws `FileFault`. */
  openFile(path: string, how: 'truncate' | 'append', mode = 0o644): void {
    this.process.state.files.open(path, this.folder, how, mode);
  }

  /** Throws `FileFault`. */
  append(path: string, text: string): void {
    const { state } = this.process;
    const node = state.files.open(path, this.folder, 'append');
    this.spend(text.length);
    if (node.kind === 'device') {
      if (node.device === 'tty') this.process.output.write(text);
      else if (node.device === 'full') throw new FileFault('ENOSPC');
      return;
    }
    if (node.kind !== 'file') throw new FileFault('EISDIR');
    if (contentOf(node).length + text.length > limits.oneFileBytes) throw new FileFault('ENOSPC');
    state.files.append(node, text, this.#bodies.has(text) ? '' : this.process.name);
  }

  absolute(path: string): string {
    return FileSystem.absolute(path, this.folder);
  }
}
