/** From an entry of the configuration's `telemetry` to the source that it asks for. */

import { parseEndpoint, type Endpoint } from '../collector/endpoint.ts';
import { FileFollower } from '../collector/file-follower.ts';
import { FlowListener } from '../collector/flow-listener.ts';
import type { PositionBook } from '../collector/position-book.ts';
import { ProgramOutput } from '../collector/program-output.ts';
import type { SourceOptions, TelemetrySource } from '../collector/source.ts';
import { SyslogListener } from '../collector/syslog-listener.ts';
import { PicketError } from '../core/errors.ts';
import type { Reader } from '../core/reader.ts';
import { readers } from '../telemetry/index.ts';
import type { TelemetryConfiguration } from './configuration-type.ts';
import { JournalCursor } from './journal-cursor.ts';
import { networksOf } from './policy-of.ts';
import { readSyslogTls } from './syslog-tls.ts';

function readerNamed(name: string): Reader {
  const reader = readers.find((candidate) => candidate.name === name);
  if (reader !== undefined) return reader;
  throw new PicketError(
    'PICKET_CONFIG_INVALID',
    `telemetry: there is no reader ${name}; one of ${readers.map((candidate) => candidate.name).join(', ')}`,
  );
}

function endpointOf(text: string): Endpoint {
  const endpoint = parseEndpoint(text);
  if (endpoint !== null) return endpoint;
  throw new PicketError('PICKET_CONFIG_INVALID', `telemetry: ${text} is no address with a port`);
}

interface Given {
  readonly options: SourceOptions;
  readonly positions: PositionBook;
  readonly conntrack: number | null;
}

export function sourceOf(entry: TelemetryConfiguration, given: Given): TelemetrySource {
  const { options, positions, conntrack } = given;
  const { flow, file, format = 'auto', syslog, journal } = entry;
  if (flow !== undefined) return new FlowListener(endpointOf(flow.listen), networksOf(flow.from), options);
  if (file !== undefined) {
    const reader = format === 'auto' ? null : readerNamed(format);
    return new FileFollower({ path: file, reader, readers, positions }, options);
  }
  if (syslog !== undefined) {
    const endpoints = {
      udp: syslog.udp === undefined ? null : endpointOf(syslog.udp),
      tcp: syslog.tcp === undefined ? null : endpointOf(syslog.tcp),
      tls: syslog.tls === undefined ? null : readSyslogTls(syslog.tls),
      from: networksOf(syslog.from),
    };
    return new SyslogListener(endpoints, readerNamed(format === 'auto' ? 'syslog' : format), options);
  }
  if (journal === true) {
    const cursor = new JournalCursor(positions);
    return new ProgramOutput(
      { from: () => cursor.command(), reader: readerNamed('syslog'), read: (bytes) => cursor.read(bytes) },
      options,
    );
  }
  if (conntrack === null) {
    options.report.problem('conntrack runs under picket up alone, and only where the program is installed');
    return { start: () => Promise.resolve(), stop: () => Promise.resolve() };
  }
  return new ProgramOutput({ from: conntrack, reader: readerNamed('conntrack') }, options);
}

/** `flow`, `file` and so on, with the entry's number from 0. */
export function sourceName(entry: TelemetryConfiguration, index: number): string {
  const kind = (['flow', 'file', 'syslog', 'journal'] as const).find((each) => entry[each] !== undefined);
  return `${kind ?? 'conntrack'}${index}`;
}

/** Starts it. Throws PICKET_PORT_TAKEN where it can't listen. */
export async function startSource(source: TelemetrySource, entry: TelemetryConfiguration): Promise<void> {
  try {
    await source.start();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new PicketError(
      'PICKET_PORT_TAKEN',
      `telemetry: ${JSON.stringify(entry)} can't listen (${code}); choose another port, or end the program that has it`,
      { cause: error },
    );
  }
}
