/**
 * PostgreSQL's log with Debian's prefix, `%m [%p] %q%u@%d `, which names the client on one line of a process and the refusal on another:
 *
 *     2026-01-10 10:00:00.123 UTC [4711] [unknown]@[unknown] LOG:  connection received: host=203.0.113.9 port=40000
 *     2026-01-10 10:00:00.125 UTC [4711] joe@db FATAL:  password authentication failed for user "joe"
 *
 * `connection received` comes with `log_connections`. The prefix holds the user's name, so a line is only read where that name and the one in the message agree.
 */

import type { AddressCache } from './address-cache.ts';
import type { BatchWriter } from './batch-writer.ts';
import { isoTime } from './log-time.ts';

const processesKept = 4_096;
const peerMilliseconds = 300_000;

interface Peer {
  readonly source: string;
  readonly port: number;
  readonly at: number;
}

const head = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? \S{1,8}) \[(\d{1,10})\] /;
const received =
  /^(?:\[unknown\]@\[unknown\] )?LOG:  connection received: host=([0-9a-fA-F.:]{2,45}) port=(\d{1,5})$/;
const refused =
  /FATAL:  (?:(?:password|PAM|LDAP|RADIUS|certificate|GSSAPI|Ident|Peer) authentication failed for user|role) "([^"]{0,256})"(?: does not exist)?$/;

export class PostgresqlLog {
  readonly #addresses: AddressCache;
  readonly #peers = new Map<string, Peer>();

  constructor(addresses: AddressCache) {
    this.#addresses = addresses;
  }

  /** True where the line is one of these, whether or not it names anybody. */
  read(line: string, near: number, writer: BatchWriter): boolean {
    const found = head.exec(line);
    if (found === null) return false;
    const [whole, time = '', id = ''] = found;
    const at = isoTime(time, 0)?.at ?? near;
    const message = line.slice(whole.length).trimEnd();
    const [, address = '', port = ''] = received.exec(message) ?? [];
    if (address !== '') {
      this.#remember(id, address, Number(port), at);
      return true;
    }
    const failure = refused.exec(message);
    const user = failure?.[1];
    if (failure === null || user === undefined || !message.startsWith(`${user}@`)) return false;
    const peer = this.#peers.get(id);
    if (peer === undefined || at - peer.at > peerMilliseconds) return false;
    writer.add({
      ...writer.seen(at, peer.source, peer.port, 5432, ''),
      kind: 'login',
      service: 'postgresql',
      user,
      outcome: failure[0].includes('FATAL:  role') ? 'unknown-user' : 'failure',
      method: 'password',
    });
    return true;
  }

  #remember(id: string, address: string, port: number, at: number): void {
    const source = this.#addresses.canonical(address);
    if (source === null) return;
    this.#peers.delete(id);
    for (const oldest of this.#peers.keys()) {
      if (this.#peers.size < processesKept) break;
      this.#peers.delete(oldest);
    }
    this.#peers.set(id, { source, port: port <= 65_535 ? port : 0, at });
  }
}
