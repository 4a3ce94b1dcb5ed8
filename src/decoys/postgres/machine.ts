/** The machine that the server runs on: its files and its programs. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { exploitSeen } from '../sql/fact.ts';
import { fileOf, runInShell } from '../sql/machine-shell.ts';
import { failureOf } from './errors.ts';
import type { PostgresInstance } from './instance.ts';

const runLimit = 16;
/** What a run of the shell takes of a statement's work. */
const shellWork = 20_000;

export class ServerMachine {
  readonly outputs: DecoyOutput[] = [];
  readonly #instance: PostgresInstance;
  readonly #context: DecoyContext;
  readonly #spend: (units: number) => void;
  #runs = 0;

  constructor(instance: PostgresInstance, context: DecoyContext, spend: (units: number) => void) {
    this.#instance = instance;
    this.#context = context;
    this.#spend = spend;
  }

  /** A file that is read by the server. */
  read(path: string): string {
    this.outputs.push(
      exploitSeen('postgres', { name: 'postgres-file-read', class: 'lfi', technique: 'T1005', detail: path }),
    );
    const text = this.#instance.files.get(path) ?? fileOf(this.#context, 'postgres', 'postgres', path);
    if (text === null)
      throw failureOf('58P01', `could not open file "${path}" for reading: No such file or directory`);
    return text;
  }

  /** The names in a folder. */
  list(path: string): string[] {
    this.outputs.push(
      exploitSeen('postgres', {
        name: 'postgres-file-read',
        class: 'lfi',
        technique: 'T1083',
        detail: path,
      }),
    );
    const run = runInShell(
      this.#context,
      'postgres',
      'postgres',
      /^[\w./-]{1,255}$/.test(path) ? `ls -a ${path}` : 'false',
    );
    if (run.status !== 0)
      throw failureOf('58P01', `could not open directory "${path}": No such file or directory`);
    return run.text.split('\n').filter((line) => line !== '' && line !== '.' && line !== '..');
  }

  /** A file written by the server. */
  write(path: string, text: string, how: string): void {
    if (!this.#instance.keepFile(path, text))
      throw failureOf('53100', `could not write to file "${path}": No space left on device`);
    const isLibrary = /\.(?:so|dll)$/.test(path) || text.startsWith('\x7fELF');
    const name = isLibrary
      ? 'postgres-library-drop'
      : /cron/.test(path)
        ? 'postgres-cron-drop'
        : path.includes('.ssh')
          ? 'postgres-ssh-key-drop'
          : 'postgres-file-write';
    this.outputs.push(
      { do: 'capture', bytes: Buffer.from(text, 'latin1'), how, name: path.slice(0, 255) },
      exploitSeen('postgres', {
        name,
        class: 'rce',
        technique: isLibrary ? 'T1129' : 'T1105',
        detail: `${text.length} bytes into ${path}`,
      }),
    );
  }

  /** Runs a command as the server does for COPY … PROGRAM and for functions in C. */
  shell(command: string, input = ''): { readonly text: string; readonly status: number } {
    if (this.#runs >= runLimit) return { text: '', status: 0 };
    this.#runs += 1;
    this.#spend(shellWork);
    const run = runInShell(this.#context, 'postgres', 'postgres', command, input);
    this.outputs.push(...run.outputs);
    return { text: run.text, status: run.status };
  }
}
