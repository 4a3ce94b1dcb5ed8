/** OpenSSH's log in syslog or journal form → logins. */

import type { ReadBatch, ReadContext, Reader } from '../core/reader.ts';
import { AddressCache } from './address-cache.ts';
import type { BatchWriter } from './batch-writer.ts';
import { sshLogin, sshNameless, sshPeer, type SshLogin } from './openssh-message.ts';
import { readLines, shareOfLines } from './read-lines.ts';
import { logEntry, type LogEntry } from './syslog-line.ts';

/** Processes whose peer is remembered, and for how long. */
const peersKept = 4_096;
const peerMilliseconds = 300_000;
const longestUser = 256;

export function isSshd(program: string): boolean {
  return program === 'sshd' || program === 'sshd-session' || program === 'sshd-auth';
}

/** Turns sshd's messages into observations; remembers which process talks to whom, for lines that do not say. */
export class SshLog {
  readonly #addresses = new AddressCache();
  readonly #peers = new Map<
    string,
    { readonly address: string; readonly port: number; readonly at: number }
  >();

  /** Adds what an entry of sshd says to the writer's current record. */
  read(entry: LogEntry, writer: BatchWriter): void {
    const session = entry.pid === '' ? '' : `${entry.host}:${entry.pid}`;
    const found = sshLogin(entry.message) ?? this.#byProcess(entry, session);
    if (found === null) return;
    const source = this.#addresses.canonical(found.address);
    if (source === null) return;
    // Written out: to copy what all have costs more than to make it.
    writer.add({
      id: writer.id(entry.at),
      at: entry.at,
      sensor: writer.sensor,
      sequence: writer.sequence(),
      source,
      sourcePort: found.port,
      destination: '',
      destinationPort: 22,
      transport: 'tcp',
      session,
      spoofable: false,
      kind: 'login',
      service: 'ssh',
      user: found.user.slice(0, longestUser),
      outcome: found.outcome,
      method: found.method,
    });
  }

  #byProcess(entry: LogEntry, session: string): SshLogin | null {
    if (session === '') return null;
    const peer = sshPeer(entry.message);
    if (peer !== null) {
      this.#peers.delete(session);
      if (this.#peers.size >= peersKept) {
        for (const oldest of this.#peers.keys()) {
          this.#peers.delete(oldest);
          break;
        }
      }
      this.#peers.set(session, { address: peer.address, port: peer.port, at: entry.at });
      return null;
    }
    if (!sshNameless(entry.message)) return null;
    const known = this.#peers.get(session);
    if (known === undefined || entry.at - known.at > peerMilliseconds) return null;
    return {
      address: known.address,
      port: known.port,
      user: '',
      outcome: 'failure',
      method: 'negotiation',
    };
  }
}

export const openssh: Reader = {
  name: 'openssh',
  summary: 'OpenSSH logins in syslog (RFC 3164, ISO times, RFC 5424) or journal JSON',
  detect(sample: Uint8Array): number {
    return shareOfLines(sample, (line) => isSshd(logEntry(line, 0)?.program ?? '')) * 0.9;
  },
  read(input: AsyncIterable<Uint8Array>, context: ReadContext): AsyncIterable<ReadBatch> {
    const log = new SshLog();
    return readLines(input, context, (line, number, writer) => {
      const entry = logEntry(line, context.near);
      if (entry === null) {
        writer.damaged(number, line, 'no system log line');
        return;
      }
      if (isSshd(entry.program)) log.read(entry, writer);
      writer.record();
    });
  },
};
