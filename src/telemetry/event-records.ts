/**
 * Records of other programs as JSON, an object a line, also many in one line as `{"Records": […]}` (CloudTrail's files) or `[…]`; Windows
 * events as XML, one a line.
 */

import type { ReadBatch, ReadContext, Reader } from '../core/reader.ts';
import { AddressCache } from './address-cache.ts';
import type { BatchWriter } from './batch-writer.ts';
import { isObject, jsonObject, type Fields } from './json-object.ts';
import { addEvent, type LoggedEvent } from './logged-event.ts';
import { readLines, shareOfLines } from './read-lines.ts';
import { recordForm } from './records/index.ts';
import { windowsXml } from './records/platform.ts';

/** A file of CloudTrail is one line. */
const longestRecord = 16_777_216;

const isXml = (line: string): boolean => /^<Event[ >]/.test(line);

/** The records of a line. */
function recordsIn(line: string): readonly Fields[] | null {
  if (line.charCodeAt(0) === 91) {
    try {
      const list: unknown = JSON.parse(line);
      return Array.isArray(list) ? list.filter(isObject) : null;
    } catch {
      return null;
    }
  }
  const record = jsonObject(line);
  if (record === null) return null;
  const list = record['Records'];
  return Array.isArray(list) ? list.filter(isObject) : [record];
}

class RecordLog {
  readonly #addresses = new AddressCache();

  read(line: string, number: number, near: number, writer: BatchWriter): void {
    if (isXml(line)) {
      this.#add(windowsXml(line, near), writer);
      return;
    }
    const records = recordsIn(line.trimStart());
    if (records === null || records.length === 0) {
      writer.damaged(number, line, 'no JSON record');
      return;
    }
    for (const record of records) {
      const form = recordForm(record);
      if (form === null) writer.damaged(number, line, 'a record of no known form');
      else this.#add(form.event(record, near), writer);
    }
  }

  #add(event: LoggedEvent | null, writer: BatchWriter): void {
    if (event !== null) addEvent(event, this.#addresses, writer);
    writer.record();
  }
}

export const eventRecords: Reader = {
  name: 'event-records',
  summary:
    'JSON records of CloudTrail, AWS WAF, MinIO, Ceph, Kubernetes audit, Windows events (also XML), Suricata, Zeek, Cowrie and OpenCanary',
  detect(sample: Uint8Array): number {
    const share = shareOfLines(sample, (line) => {
      if (isXml(line)) return true;
      const record = recordsIn(line.trimStart())?.[0];
      return record !== undefined && recordForm(record) !== null;
    });
    if (share > 0) return share * 0.98;
    // A whole file in one line is cut off here.
    const start = Buffer.from(sample.buffer, sample.byteOffset, Math.min(sample.length, 4096)).toString();
    return /^\s*\{\s*"Records"\s*:\s*\[\s*\{/.test(start) && start.includes('"eventVersion"') ? 0.9 : 0;
  },
  read(input: AsyncIterable<Uint8Array>, context: ReadContext): AsyncIterable<ReadBatch> {
    const log = new RecordLog();
    return readLines(
      input,
      context,
      (line, number, writer) => log.read(line, number, context.near, writer),
      longestRecord,
    );
  },
};
