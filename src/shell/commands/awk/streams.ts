import { FileFault } from '../../files/fault.ts';
import { openInput, openOutput } from '../../evaluate/redirection.ts';
import { Exhausted } from '../../limits.ts';
import type { Process } from '../../process.ts';
import {
  BrokenPipe,
  CollectedOutput,
  type Input,
  type Output,
  type Reading,
  TextInput,
} from '../../stream.ts';
import { AwkFault } from './fault.ts';
import { RecordReader } from './record-reader.ts';

/** As much as is held back before a file or a pipe gets it. */
const bufferBytes = 4_096;
/** Files and commands that are open at once. */
const mostOpen = 64;
/** Characters that commands have given, or are to get. */
const mostHeld = 4_194_304;

type Reader = { readonly records: RecordReader; readonly status: number; readonly held: number };
type Writer =
  | { readonly kind: 'file'; readonly output: Output }
  | { readonly kind: 'command'; readonly collected: CollectedOutput; full: boolean };

/** What a program reads from and writes to beside its records: files, commands, its own output. */
export class Streams {
  readonly #process: Process;
  readonly #readers = new Map<string, Reader>();
  readonly #writers = new Map<string, Writer>();
  #pending = '';
  #held = 0;

  constructor(process: Process) {
    this.#process = process;
  }

  /** To the program's own output. */
  write(text: string): void {
    this.#process.state.budget.spend(text.length >> 8);
    if (this.#process.output.terminal) {
      this.#process.output.write(text);
      return;
    }
    this.#pending += text;
    if (this.#pending.length >= bufferBytes) this.flush();
  }

  flush(): void {
    const text = this.#pending;
    this.#pending = '';
    if (text !== '') this.#process.output.write(text);
  }

  /** To a file or a command. Throws `AwkFault`. */
  writeTo(how: '>' | '>>' | '|', name: string, text: string): void {
    this.#process.state.budget.spend(text.length >> 8);
    if (how !== '|' && (name === '/dev/stdout' || name === '-')) {
      this.write(text);
      return;
    }
    if (how !== '|' && name === '/dev/stderr') {
      this.#process.error.write(text);
      return;
    }
    const writer = this.#writers.get(name) ?? this.#opened(how, name);
    if (writer.kind === 'file') {
      writer.output.write(text);
      return;
    }
    if (writer.full) return;
    this.#held += text.length;
    if (this.#held > mostHeld) throw new Exhausted();
    try {
      writer.collected.write(text);
    } catch (error) {
      // The command has what a pipe of it holds.
      if (!(error instanceof BrokenPipe)) throw error;
      writer.full = true;
    }
  }

  /** The records of a file; null where it cannot be read. */
  file(name: string): RecordReader | null {
    const known = this.#readers.get(name);
    if (known !== undefined) return known.records;
    try {
      const input = name === '-' || name === '/dev/stdin' ? this.#process.input : this.#open(name);
      return this.#read(name, input, 0, 0).records;
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      return null;
    }
  }

  /** The records that a command gives. */
  *command(line: string): Reading<RecordReader> {
    const known = this.#readers.get(line);
    if (known !== undefined) return known.records;
    const collected = new CollectedOutput();
    this.flush();
    const status = yield* this.#run(line, this.#process.input, collected);
    const { text } = collected;
    return this.#read(line, new TextInput(text), status, text.length).records;
  }

  *system(line: string): Reading<number> {
    this.flush();
    return yield* this.#run(line, this.#process.input, this.#process.output);
  }

  /** The command's status, 0 for a file, -1 for what is not open. */
  *close(name: string): Reading<number> {
    const reader = this.#readers.get(name);
    const writer = this.#writers.get(name);
    if (reader !== undefined) {
      this.#readers.delete(name);
      this.#held -= reader.held;
    }
    if (writer !== undefined) {
      this.#writers.delete(name);
      if (writer.kind === 'command') return yield* this.#finish(name, writer.collected);
    }
    return reader?.status ?? (writer === undefined ? -1 : 0);
  }

  isWriter(name: string): boolean {
    return this.#writers.has(name) || name === '/dev/stdout' || name === '/dev/stderr';
  }

  /** Commands get what was written to them, then what is held back goes out. */
  *end(): Reading<void> {
    for (const name of this.#writers.keys()) yield* this.close(name);
    this.flush();
  }

  #open(name: string): Input {
    const { state, folder } = this.#process;
    if (state.files.get(name, folder).kind === 'directory') throw new FileFault('EISDIR');
    return openInput(state, name, folder);
  }

  /** One of the files that are named after the program. Throws `FileFault`. */
  operand(name: string): RecordReader {
    const input = name === '-' || name === '/dev/stdin' ? this.#process.input : this.#open(name);
    return new RecordReader(input, this.#process.state.budget);
  }

  #read(name: string, input: Input, status: number, held: number): Reader {
    this.#held += held;
    if (this.#readers.size >= mostOpen || this.#held > mostHeld) throw new Exhausted();
    const reader = { records: new RecordReader(input, this.#process.state.budget), status, held };
    this.#readers.set(name, reader);
    return reader;
  }

  #opened(how: '>' | '>>' | '|', name: string): Writer {
    if (this.#writers.size >= mostOpen) throw new Exhausted();
    let writer: Writer;
    if (how === '|') {
      // A program that is begun finds nothing held back.
      this.flush();
      writer = { kind: 'command', collected: new CollectedOutput(), full: false };
    } else
      try {
        const { state, folder } = this.#process;
        const output = openOutput(state, name, folder, how === '>' ? 'truncate' : 'append');
        writer = { kind: 'file', output };
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        throw new AwkFault(`cannot open "${name}" for output (${error.message})`, true);
      }
    this.#writers.set(name, writer);
    return writer;
  }

  #finish(line: string, collected: CollectedOutput): Reading<number> {
    const { text } = collected;
    this.#held -= text.length;
    return this.#run(line, new TextInput(text), this.#process.output);
  }

  *#run(line: string, input: Input, output: Output): Reading<number> {
    this.#process.state.budget.spend(4 + (line.length >> 6));
    return yield* this.#process.execute(['sh', '-c', line], { input, output });
  }
}
