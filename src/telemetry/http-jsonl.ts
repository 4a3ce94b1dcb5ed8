/**
 * Recorded requests, a JSON object a line: `{id, source?, method, path, headers: [[name, value]…], body}`.
 * A record without a source keeps its line in the output; its source is empty and no verdict is made of it.
 */

import type { Header } from '../core/observation.ts';
import type { ReadBatch, ReadContext, Reader } from '../core/reader.ts';
import { boundedFact } from '../core/bounded-fact.ts';
import { canonicalAddress } from '../core/address.ts';
import { isoTime } from './log-time.ts';
import { readLines, shareOfLines } from './read-lines.ts';
import { jsonObject } from './json-object.ts';

const mostHeaders = 200;
const longestBody = 65_536;
/** A body of 64 KiB, each byte as `\\u00XX`, and headers. */
const longestRecord = 1_048_576;

function headersOf(value: unknown): Header[] | null {
  if (value === undefined || value === null) return [];
  const pairs: unknown[] = Array.isArray(value)
    ? value
    : typeof value === 'object'
      ? Object.entries(value)
      : [];
  const headers: Header[] = [];
  for (const pair of pairs.slice(0, mostHeaders)) {
    if (!Array.isArray(pair) || typeof pair[0] !== 'string' || typeof pair[1] !== 'string') return null;
    headers.push([pair[0], pair[1]]);
  }
  return headers;
}

function headerValue(headers: readonly Header[], name: string): string {
  return headers.find(([held]) => held.toLowerCase() === name)?.[1] ?? '';
}

export const httpJsonl: Reader = {
  name: 'http-jsonl',
  summary: 'Recorded requests as JSON lines: id, source, method, path, headers, body',
  detect(sample: Uint8Array): number {
    return shareOfLines(sample, (line) => {
      const record = jsonObject(line);
      return record !== null && typeof record['path'] === 'string' && Array.isArray(record['headers']);
    });
  },
  read(input: AsyncIterable<Uint8Array>, context: ReadContext): AsyncIterable<ReadBatch> {
    return readLines(
      input,
      context,
      (line, number, writer) => {
        const record = jsonObject(line);
        if (record === null) {
          writer.damaged(number, line, 'no JSON object');
          return;
        }
        const { id, source, method, path, body } = record;
        const headers = headersOf(record['headers']);
        if (typeof id === 'string' || typeof id === 'number') writer.named(String(id).slice(0, 256));
        if (
          typeof path !== 'string' ||
          headers === null ||
          (body !== undefined && body !== null && typeof body !== 'string')
        ) {
          writer.damaged(number, line, 'needs path (text), headers (list of pairs) and body (text)');
          return;
        }
        const given = typeof source === 'string' && source !== '' ? canonicalAddress(source) : '';
        if (given === null) {
          writer.damaged(number, line, 'the source is no address');
          return;
        }
        const time = typeof record['time'] === 'string' ? isoTime(record['time'], 0) : null;
        writer.add({
          ...writer.seen(time?.at ?? context.near, given, 0, 80, ''),
          ...boundedFact({
            kind: 'web-access',
            method: typeof method === 'string' ? method : '',
            path,
            status: typeof record['status'] === 'number' ? record['status'] : 0,
            userAgent: headerValue(headers, 'user-agent'),
            referrer: headerValue(headers, 'referer'),
            headers,
            body: typeof body === 'string' ? body.slice(0, longestBody) : '',
          }),
        });
        writer.record();
      },
      longestRecord,
    );
  },
};
