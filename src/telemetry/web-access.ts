/** Access logs of web servers, proxies and load balancers, as text or JSON lines, also behind syslog → accesses. */

import { Remembered } from '../core/remembered.ts';
import type { ReadBatch, ReadContext, Reader } from '../core/reader.ts';
import { accessRecord } from './access-json.ts';
import { accessLine, type AccessLine } from './access-line.ts';
import { AddressCache } from './address-cache.ts';
import type { BatchWriter } from './batch-writer.ts';
import { jsonObject } from './json-object.ts';
import { proxyLine } from './proxy-line.ts';
import { readLines, shareOfLines } from './read-lines.ts';
import { logEntry } from './syslog-line.ts';

const longestPath = 16_384;
const longestAgent = 1_024;

export class AccessLog {
  readonly #addresses = new AddressCache();
  /** Agents and referrers, one text for all that are alike: whoever looks them up later finds them by their hash. */
  readonly #texts = new Remembered((text) => text);
  readonly #isAddress = (text: string): boolean => this.#addresses.canonical(text) !== null;

  /** The access that a text tells of, or null. */
  parse(text: string, near: number): AccessLine | null {
    const record = jsonObject(text);
    return record === null
      ? (accessLine(text, this.#isAddress) ?? proxyLine(text, near))
      : accessRecord(record, near);
  }

  /** Adds an access to the writer's current record; false where its address is none. */
  add(access: AccessLine, writer: BatchWriter): boolean {
    const source = this.#addresses.canonical(access.address);
    if (source === null) return false;
    // Written out: to copy what all have costs more than to make it.
    writer.add({
      id: writer.id(access.at),
      at: access.at,
      sensor: writer.sensor,
      sequence: writer.sequence(),
      source,
      sourcePort: 0,
      destination: '',
      destinationPort: 80,
      transport: 'tcp',
      session: '',
      spoofable: false,
      kind: 'web-access',
      method: access.method,
      path: access.path.slice(0, longestPath),
      status: access.status,
      userAgent: this.#texts.of(access.userAgent.slice(0, longestAgent)),
      referrer: this.#texts.of(access.referrer.slice(0, longestPath)),
    });
    return true;
  }
}

/** What stands ahead of a container's own line (CRI): `TIME stdout F `. */
const container = /^\d{4}-\d\d-\d\dT\S{8,30} std(?:out|err) [FP] /;

/** The access of a line, also behind a system log's or a container's head. */
function access(log: AccessLog, line: string, near: number): AccessLine | null {
  const own = log.parse(line, near);
  if (own !== null) return own;
  const head = container.exec(line)?.[0];
  if (head !== undefined) return log.parse(line.slice(head.length), near);
  const message = logEntry(line, near)?.message;
  return message === undefined ? null : log.parse(message, near);
}

export const webAccess: Reader = {
  name: 'web-access',
  summary:
    'Access logs of nginx, Apache, HAProxy, Traefik, Caddy, AWS load balancers and others, as text or JSON, also behind syslog',
  detect(sample: Uint8Array): number {
    const log = new AccessLog();
    return shareOfLines(sample, (line) => access(log, line, 0) !== null) * 0.92;
  },
  read(input: AsyncIterable<Uint8Array>, context: ReadContext): AsyncIterable<ReadBatch> {
    const log = new AccessLog();
    return readLines(input, context, (line, number, writer) => {
      const found = access(log, line, context.near);
      if (found === null || !log.add(found, writer)) writer.damaged(number, line, 'no access log line');
      else writer.record();
    });
  },
};
