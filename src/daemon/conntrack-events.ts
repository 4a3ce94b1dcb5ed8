/**
 * `conntrack -E`, which needs CAP_NET_ADMIN: started by the supervisor, read by the telemetry process through a pipe that it inherits.
 * Both ends stay open here, so that either side may fall and be started again.
 */

import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import koffi from 'koffi';
import { PicketError } from '../core/errors.ts';
import { conntrackProgram } from './telemetry-programs.ts';

/** `[NEW]`, `[UPDATE]` and `[DESTROY]`, IPv4 and IPv6, with times; 8 MiB of events may wait in the kernel. */
const words = ['-E', '-e', 'NEW,UPDATES,DESTROY', '-o', 'timestamp,extended', '-b', '8388608'];
const retryMilliseconds = 5000;
/** fcntl.h */
const O_CLOEXEC = 0o2000000;

function makePipe(): readonly [read: number, write: number] {
  const pipe2 = koffi.load('libc.so.6').func('int pipe2(void *, int)') as (
    ends: Int32Array,
    flags: number,
  ) => number;
  const ends = new Int32Array(2);
  if (pipe2(ends, O_CLOEXEC) !== 0) throw new PicketError('PICKET_NOT_PRIVILEGED', 'the kernel gave no pipe');
  return [ends[0] ?? -1, ends[1] ?? -1];
}

export class ConntrackEvents {
  readonly #log: (line: string) => void;
  #ends: readonly [number, number] | null = null;
  #child: ChildProcess | null = null;
  #retry: NodeJS.Timeout | null = null;
  #said = '';

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** Starts the program; answers with the descriptor to read from, null where there is no such program. */
  start(): number | null {
    const program = conntrackProgram();
    if (program === null) return null;
    this.#ends = makePipe();
    this.#begin(program, this.#ends[1]);
    return this.#ends[0];
  }

  stop(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    const ends = this.#ends;
    this.#ends = null;
    this.#child?.kill('SIGTERM');
    for (const end of ends ?? []) closeSync(end);
  }

  #begin(program: string, write: number): void {
    const child = spawn(program, words, { stdio: ['ignore', write, 'pipe'], detached: true });
    this.#child = child;
    let said = '';
    child.stderr?.on('data', (chunk) => {
      said = `${said}${String(chunk)}`.slice(-300);
    });
    const ended = (why: string): void => {
      if (this.#ends === null || this.#retry !== null) return;
      // The same once: without the right it fails every time.
      if (why !== this.#said) this.#log(`conntrack ended: ${why}`);
      this.#said = why;
      this.#retry = setTimeout(() => {
        this.#retry = null;
        this.#begin(program, write);
      }, retryMilliseconds);
    };
    child.on('error', (error) => ended(error.message));
    child.on('exit', (code, signal) => ended(`${signal ?? `exit code ${code}`} ${said.trim()}`.trim()));
  }
}
