/**
 * Logs whose header lines name their columns:
 *
 *     #separator \x09 … #fields TAB ts TAB uid … rows with tabs              Zeek
 *     #Fields: date time c-ip cs-method …        rows with spaces            W3C extended log format (IIS, CloudFront)
 */

import type { ReadBatch, ReadContext, Reader } from '../core/reader.ts';
import { AddressCache } from './address-cache.ts';
import type { Fields } from './json-object.ts';
import { isoTime } from './log-time.ts';
import { addEvent, type LoggedEvent } from './logged-event.ts';
import { readLines } from './read-lines.ts';
import { zeek } from './records/network-monitor.ts';

const mostColumns = 200;

interface Form {
  readonly columns: readonly string[];
  readonly separator: string;
  readonly event: (fields: Fields, near: number) => LoggedEvent | null;
}

/** IIS: `date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status …`; a space in a value comes as `+`. */
function w3c(fields: Fields, near: number): LoggedEvent | null {
  const value = (name: string): string => {
    const text = fields[name];
    return typeof text === 'string' && text !== '-' ? text : '';
  };
  const stem = value('cs-uri-stem');
  const source = value('c-ip');
  if (source === '' || stem === '') return null;
  const query = value('cs-uri-query');
  const status = Number(value('sc-status'));
  const spaced = (text: string): string => text.replaceAll('+', ' ').replaceAll('%20', ' ');
  return {
    at: isoTime(`${value('date')} ${value('time')}`, 0)?.at ?? near,
    source,
    destination: value('s-ip'),
    destinationPort: Number(value('s-port')) || 80,
    fact: {
      kind: 'web-access',
      method: value('cs-method').slice(0, 64),
      path: `${stem}${query === '' ? '' : `?${query}`}`.slice(0, 16_384),
      status: status >= 100 && status <= 999 ? status : 0,
      userAgent: spaced(value('cs(User-Agent)')).slice(0, 1024),
      referrer: value('cs(Referer)').slice(0, 4096),
    },
  };
}

/** The form that a header line begins, or null. */
function formOf(line: string): Form | null {
  if (line.startsWith('#fields\t')) {
    return { columns: line.split('\t').slice(1, mostColumns), separator: '\t', event: zeek };
  }
  if (!/^#Fields: /i.test(line)) return null;
  const rest = line.slice(9).trim();
  const separator = rest.includes('\t') ? '\t' : ' ';
  return {
    columns: rest.split(/\s+/).slice(0, mostColumns),
    separator: separator === '\t' ? '\t' : '',
    event: w3c,
  };
}

/** The row's fields; Zeek writes `-` for what is not set. */
function rowOf(form: Form, line: string): Record<string, string> | null {
  const separator = form.separator === '' ? (line.includes('\t') ? '\t' : ' ') : form.separator;
  const values = line.split(separator, mostColumns + 1);
  if (values.length < form.columns.length) return null;
  const row: Record<string, string> = {};
  for (const [index, column] of form.columns.entries()) {
    const value = values[index] ?? '-';
    if (value !== '-' && column !== '__proto__') row[column] = value;
  }
  return row;
}

export const columns: Reader = {
  name: 'columns',
  summary: 'Logs with named columns: Zeek (conn, http, ssh) and W3C extended (IIS, CloudFront)',
  detect(sample: Uint8Array): number {
    const start = Buffer.from(sample.buffer, sample.byteOffset, Math.min(sample.length, 8192)).toString();
    return start.startsWith('#') && /^#(?:fields\t|Fields: )/m.test(start) ? 0.99 : 0;
  },
  read(input: AsyncIterable<Uint8Array>, context: ReadContext): AsyncIterable<ReadBatch> {
    const addresses = new AddressCache();
    let form: Form | null = null;
    return readLines(input, context, (line, number, writer) => {
      if (line.startsWith('#')) {
        form = formOf(line) ?? form;
        return;
      }
      const row = form === null ? null : rowOf(form, line);
      if (form === null || row === null) {
        writer.damaged(
          number,
          line,
          form === null ? 'no header line names the columns' : 'fewer columns than the header names',
        );
        return;
      }
      const event = form.event(row, context.near);
      if (event !== null) addEvent(event, addresses, writer);
      writer.record();
    });
  },
};
