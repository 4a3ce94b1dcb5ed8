/** Access logs of web servers, as text or JSON lines, also behind syslog → accesses. */

import type { ReadBatch, ReadContext, Reader } from '../core/reader.ts';
import { accessRecord } from './access-json.ts';
import { accessLine, type AccessLine } from './access-line.ts';
import { AddressCache } from './address-cache.ts';
import type { BatchWriter } from './batch-writer.ts';
import { jsonObject } from './json-object.ts';
import { readLines, shareOfLines } from './read-lines.ts';
import { logEntry } from './syslog-line.ts';

const longestPath = 16_384;
const longestAgent = 1_024;

export class AccessLog {
  readonly #addresses = new AddressCache();
  readonly #isAddress = (text: string): boolean => this.#addresses.canonical(text) !== null;

  /** The access that a text tells of, or null. */
  parse(text: string, near: number): AccessLine | null {
    const record = jsonObject(text);
    return record === null ? accessLine(text, this.#isAddress) : accessRecord(record, near);
  }

  /** Adds an access to the writer's current record; false where its address is none. */
  add(access: AccessLine, writer: BatchWriter): boolean {
    const source = this.#addresses.canonical(access.address);
    if (source === null) return false;
    writer.add({
      ...writer.seen(access.at, source, 0, 80, ''),
      kind: 'web-access',
      method: access.method,
      path: access.path.slice(0, longestPath),
      status: access.status,
      userAgent: access.userAgent.slice(0, longestAgent),
      referrer: access.referrer.slice(0, longestPath),
    });
    return true;
  }
}

export const webAccess: Reader = {
  name: 'web-access',
  summary:
    'Access logs of nginx, Apache and others: common, combined, with virtual host, JSON lines, behind syslog',
  detect(sample: Uint8Array): number {
    const log = new AccessLog();
    return (
      shareOfLines(sample, (line) => {
        const access = log.parse(line, 0) ?? log.parse(logEntry(line, 0)?.message ?? '', 0);
        return access !== null;
      }) * 0.92
    );
  },
  read(input: AsyncIterable<Uint8Array>, context: ReadContext): AsyncIterable<ReadBatch> {
    const log = new AccessLog();
    return readLines(input, context, (line, number, writer) => {
      const access =
        log.parse(line, context.near) ?? log.parse(logEntry(line, context.near)?.message ?? '', context.near);
      if (access === null || !log.add(access, writer)) writer.damaged(number, line, 'no access log line');
      else writer.record();
    });
  },
};
