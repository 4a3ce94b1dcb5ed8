/**
 * One enforcing Picket a table: two would take each other's rules away. The lock is a name among the abstract Unix sockets (unix(7)):
 * those belong to a network namespace, as nftables' tables do, and the kernel gives a name back when its process ends in
 * whatever way. Who listens says its process id, so that a person finds it.
 */

import { connect, createServer, type Server } from 'node:net';
import process from 'node:process';
import { PicketError } from '../core/errors.ts';

const answerMilliseconds = 500;

export class TableLock {
  readonly #table: string;
  readonly #server: Server;

  constructor(table: string) {
    this.#table = table;
    this.#server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end(`${process.pid}\n`);
    });
  }

  get #name(): string {
    return `\0picket-table-${this.#table}`;
  }

  /** Throws PICKET_RUNNING_ALREADY where another process has it. */
  async take(): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject);
        this.#server.listen(this.#name, resolve);
      });
    } catch (error) {
      const pid = await this.#holder();
      throw new PicketError(
        'PICKET_RUNNING_ALREADY',
        `fence.table is ${this.#table}, and another Picket${pid === null ? '' : ` (process ${pid})`} enforces with that table already; stop it, or set "fence.table" to another name`,
        { cause: error },
      );
    }
    // Held for as long as the process lives, and no reason for it to live.
    this.#server.unref();
  }

  release(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  /** What the holder says of itself; null where it says nothing of use. */
  #holder(): Promise<number | null> {
    return new Promise((resolve) => {
      let said = '';
      const done = (): void => {
        clearTimeout(timer);
        socket.destroy();
        resolve(/^\d{1,10}\n$/.test(said) ? Number(said) : null);
      };
      const socket = connect(this.#name);
      const timer = setTimeout(done, answerMilliseconds);
      socket.on('data', (bytes) => {
        said += bytes.toString('latin1');
        if (said.length > 16) done();
      });
      socket.on('error', done);
      socket.on('close', done);
    });
  }
}
