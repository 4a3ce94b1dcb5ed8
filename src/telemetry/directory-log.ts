/**
 * OpenLDAP's log, which names a connection's peer once and a refused bind later, by the connection's number alone:
 *
 *     conn=1000 fd=14 ACCEPT from IP=203.0.113.9:34056 (IP=0.0.0.0:389)
 *     conn=1000 op=0 BIND dn="cn=joe,dc=example,dc=org" method=128
 *     conn=1000 op=0 RESULT tag=97 err=49 text=
 *
 * Tag 97 is a bind's answer, 49 invalidCredentials (RFC 4511 §4.1.9).
 */

import type { AddressCache } from './address-cache.ts';
import type { BatchWriter } from './batch-writer.ts';
import type { LogEntry } from './syslog-line.ts';

const connectionsKept = 4_096;

interface Connection {
  readonly source: string;
  readonly port: number;
  user: string;
}

const accepted = /^conn=(\d{1,12}) fd=\d+ ACCEPT from IP=(\S{3,56}):(\d{1,5}) /;
const bind = /^conn=(\d{1,12}) op=\d+ BIND dn="([^"]{0,256})" method=/;
const refused = /^conn=(\d{1,12}) op=\d+ RESULT tag=97 err=49 /;
const closed = /^conn=(\d{1,12}) fd=\d+ closed/;

export class DirectoryLog {
  readonly #addresses: AddressCache;
  readonly #connections = new Map<string, Connection>();

  constructor(addresses: AddressCache) {
    this.#addresses = addresses;
  }

  /** Adds what an entry of slapd says to the writer's current record. */
  read(entry: LogEntry, writer: BatchWriter): void {
    const { message } = entry;
    const [, opened = '', address = '', port = ''] = accepted.exec(message) ?? [];
    if (opened !== '') {
      this.#remember(this.#key(entry, opened), address, Number(port));
      return;
    }
    const [, binding = '', name = ''] = bind.exec(message) ?? [];
    if (binding !== '') {
      const held = this.#connections.get(this.#key(entry, binding));
      if (held !== undefined) held.user = name;
      return;
    }
    const gone = closed.exec(message)?.[1];
    if (gone !== undefined) {
      this.#connections.delete(this.#key(entry, gone));
      return;
    }
    const failed = refused.exec(`${message} `)?.[1];
    const held = failed === undefined ? undefined : this.#connections.get(this.#key(entry, failed));
    if (held === undefined) return;
    writer.add({
      ...writer.seen(entry.at, held.source, held.port, 389, ''),
      kind: 'login',
      service: 'ldap',
      user: held.user,
      outcome: 'failure',
      method: 'password',
    });
  }

  #key(entry: LogEntry, connection: string): string {
    return `${entry.host} ${entry.pid} ${connection}`;
  }

  #remember(key: string, address: string, port: number): void {
    const source = this.#addresses.canonical(address);
    if (source === null) return;
    this.#connections.delete(key);
    for (const oldest of this.#connections.keys()) {
      if (this.#connections.size < connectionsKept) break;
      this.#connections.delete(oldest);
    }
    this.#connections.set(key, { source, port: port <= 65_535 ? port : 0, user: '' });
  }
}
