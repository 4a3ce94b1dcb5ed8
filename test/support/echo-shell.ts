/** A shell for tests of what carries one: says back what it is told, exits on `exit <status>`. */

import { Buffer } from 'node:buffer';
import type { ShellEvent } from '../../src/shell/event.ts';

const output = (text: string): ShellEvent => ({ say: 'output', stream: 'stdout', bytes: Buffer.from(text) });

export class EchoShell {
  #line = '';

  *start(): Iterable<ShellEvent> {
    yield output('ready$ ');
  }

  /**
   * `big <bytes>` prints that many octets, `fail` prints to stderr and ends with 7, `cat` goes on with what is received and
   * keeps it as a capture, anything else is repeated.
   */
  *run(command: string): Iterable<ShellEvent> {
    yield { say: 'command', input: command, urls: [] };
    if (command === 'cat') return;
    if (command === 'fail') {
      yield { say: 'output', stream: 'stderr', bytes: Buffer.from('no such thing\n') };
      yield { say: 'exit', status: 7 };
      return;
    }
    if (command.startsWith('big ')) {
      for (let left = Number(command.slice(4)); left > 0; left -= 10_000) {
        yield output('x'.repeat(Math.min(left, 10_000)));
      }
    } else yield output(`you said ${command}\n`);
    yield { say: 'exit', status: 0 };
  }

  *receive(bytes: Uint8Array): Iterable<ShellEvent> {
    this.#line += Buffer.from(bytes).toString('latin1');
    yield output(Buffer.from(bytes).toString('latin1'));
    const exit = /exit (\d+)[\r\n]/.exec(this.#line);
    if (exit !== null) {
      yield { say: 'command', input: this.#line.trim(), urls: [] };
      yield { say: 'exit', status: Number(exit[1]) };
    }
  }

  *end(): Iterable<ShellEvent> {
    if (this.#line !== '')
      yield { say: 'capture', bytes: Buffer.from(this.#line, 'latin1'), how: 'upload', name: 'stdin' };
    yield { say: 'exit', status: 0 };
  }
}
