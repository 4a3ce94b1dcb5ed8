import type { ShellEvent } from './event.ts';
import { addressesInText, addressesOf } from './addresses.ts';
import { decodeText, textToBytes } from './byte-text.ts';
import type { FileSystem } from './files/file-system.ts';
import { contentOf, type FileNode } from './files/node.ts';
import { Budget, Exhausted, limits } from './limits.ts';
import type { Machine } from './machine.ts';
import type { ShellOptions } from './options.ts';
import { type Output, VisitorInput } from './stream.ts';

/** What all shells and processes of one visitor share: the machine, his files, his terminal, and what is to be told of him. */
export class SessionState {
  readonly options: ShellOptions;
  readonly machine: Machine;
  readonly files: FileSystem;
  readonly budget: Budget;
  readonly input: VisitorInput;
  readonly output: Output;
  readonly error: Output;
  readonly history: string[] = [];
  /** How typed bytes are treated now: set by the shell and by programs that ask for passwords. */
  readonly terminal: { echo: boolean; editing: boolean } = { echo: true, editing: false };
  /** The command that runs, for naming who wrote a file. */
  writer = '';
  depth = 0;
  /** Processes of the machine that this visitor has killed. */
  readonly killed: Set<number> = new Set();
  readonly #events: ShellEvent[] = [];
  #pending = '';
  #pendingStream: 'stdout' | 'stderr' = 'stdout';
  #outputLine = 0;
  #outputSession = 0;
  #captures = 0;
  #captureBytes = 0;
  #slept = 0;
  #nextPid: number;
  readonly #lineAddresses = new Set<string>();

  constructor(options: ShellOptions, machine: Machine, files: FileSystem) {
    this.options = options;
    this.budget = new Budget(options.work);
    this.machine = machine;
    this.files = files;
    this.input = new VisitorInput(options.terminal);
    this.output = { terminal: options.terminal, write: (text) => this.#write(text, 'stdout') };
    this.error = { terminal: options.terminal, write: (text) => this.#write(text, 'stderr') };
    this.#nextPid = machine.shellPid;
  }

  /** Milliseconds since the epoch, never earlier than the sleeps that the visitor was made to wait for. */
  now(): number {
    return Math.max(this.options.now(), this.#slept);
  }

  nextPid(): number {
    const pid = this.#nextPid;
    this.#nextPid = pid >= 32_000 ? 600 : pid + 1;
    return pid;
  }

  /** A new line of input: new bounds, and addresses are named anew. */
  renewLine(): void {
    this.budget.renew();
    this.#outputLine = 0;
    this.#lineAddresses.clear();
  }

  sleep(milliseconds: number): void {
    if (milliseconds <= 0) return;
    this.#slept = this.now() + milliseconds;
    this.emit({ say: 'pause', milliseconds: Math.min(milliseconds, 3_600_000) });
  }

  #write(text: string, stream: 'stdout' | 'stderr'): void {
    if (text === '') return;
    this.#outputLine += text.length;
    this.#outputSession += text.length;
    if (this.#outputLine > limits.outputPerLine || this.#outputSession > limits.outputPerSession)
      throw new Exhausted();
    this.show(this.options.terminal ? text.replaceAll('\n', '\r\n') : text, stream);
  }

  /** Sends text as it is: echo and prompts, which no bound of a command may stop. */
  show(text: string, stream: 'stdout' | 'stderr' = 'stdout'): void {
    // A terminal has one stream.
    const shown = this.options.terminal ? 'stdout' : stream;
    if (shown !== this.#pendingStream) this.#flush();
    this.#pendingStream = shown;
    this.#pending += text;
  }

  #flush(): void {
    if (this.#pending === '') return;
    this.#events.push({ say: 'output', stream: this.#pendingStream, bytes: textToBytes(this.#pending) });
    this.#pending = '';
  }

  emit(event: ShellEvent): void {
    this.#flush();
    this.#events.push(event);
  }

  /** The events since the last call. */
  take(): ShellEvent[] {
    this.#flush();
    return this.#events.splice(0);
  }

  /** A line was given to the shell. */
  recordLine(line: string): void {
    const urls = addressesInText(line);
    for (const url of urls) this.#lineAddresses.add(url);
    this.emit({ say: 'command', input: decodeText(line.slice(0, limits.inputLineBytes)), urls });
  }

  /** A simple command is about to run: addresses that its line did not show (from variables, scripts) are recorded with it. */
  recordCommand(words: readonly string[]): void {
    const urls = addressesOf(words).filter((url) => !this.#lineAddresses.has(url));
    if (urls.length === 0 || this.#lineAddresses.size >= limits.addressesPerLine) return;
    for (const url of urls) this.#lineAddresses.add(url);
    this.emit({ say: 'command', input: decodeText(words.join(' ').slice(0, 4096)), urls });
  }

  /** Hands over a file that the visitor made, once for each content. */
  capture(file: FileNode, name: string): void {
    if (file.how === '') return;
    const content = contentOf(file);
    if (content === '' || content === file.captured) return;
    if (this.#captures >= limits.captures || this.#captureBytes + content.length > limits.captureBytes)
      return;
    this.#captures += 1;
    this.#captureBytes += content.length;
    file.captured = content;
    this.emit({ say: 'capture', bytes: textToBytes(content), how: file.how, name: decodeText(name) });
  }

  /** The session ends: what was made and never run is handed over too. */
  captureAll(): void {
    for (const file of this.files.made) this.capture(file, '');
  }
}
