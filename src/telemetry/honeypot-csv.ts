/**
 * Contacts that honeypots recorded, one a line, with a head:
 *
 *     datetime,host,src,proto,type,spt,dpt
 *     2013-03-03 21:53:59,groucho-oregon,1032051418,TCP,,6000,1433
 *
 * `src` is an IPv4 address as a number or an address as text, `type` the ICMP type, times are UTC. A packet filter wrote these: a line
 * does not say whether a handshake was completed, so a datagram's or probe's sender is unproved; a TCP contact with a honeypot counts as
 * a conversation.
 */

import { canonicalAddress, formatIpv4 } from '../core/address.ts';
import type { Transport } from '../core/observation.ts';
import type { ReadBatch, ReadContext, Reader } from '../core/reader.ts';
import type { BatchWriter } from './batch-writer.ts';
import { readLines, shareOfLines } from './read-lines.ts';

const head = 'datetime,host,src,proto,type,spt,dpt';
const shape =
  /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d),([^,]{1,64}),([0-9a-fA-F.:]{1,45}),([A-Z0-9-]{1,16}),(\d{0,3}),(\d{0,5}),(\d{0,5})\s*$/;
const transports: Readonly<Record<string, Transport>> = {
  TCP: 'tcp',
  UDP: 'udp',
  ICMP: 'icmp',
};

function sourceOf(text: string): string | null {
  if (!/^\d{1,10}$/.test(text)) return canonicalAddress(text);
  const value = Number(text);
  return value <= 0xffff_ffff ? formatIpv4(value) : null;
}

function readLine(line: string, number: number, writer: BatchWriter): void {
  if (line.trim() === head) return;
  const found = shape.exec(line);
  if (found === null) return writer.damaged(number, line, `not of the form ${head}`);
  const [, year, month, day, hour, minute, second, host = '', from = '', protocol = '', type = ''] = found;
  const at = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const source = sourceOf(from);
  if (source === null) return writer.damaged(number, line, `src is no address: ${from}`);
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > 31 || Number(hour) > 23)
    return writer.damaged(number, line, 'datetime is no time');
  const port = (text: string | undefined): number => (Number(text) <= 65_535 ? Number(text) : 0);
  const transport = transports[protocol] ?? 'other';
  const destinationPort = port(found[12]);
  const what = transport === 'tcp' || transport === 'udp' ? String(destinationPort) : type || '0';
  writer.add({
    id: writer.id(at),
    at,
    sensor: writer.sensor,
    sequence: writer.sequence(),
    source,
    sourcePort: port(found[11]),
    destination: host,
    destinationPort,
    transport,
    session: '',
    spoofable: transport !== 'tcp',
    kind: 'contact',
    service: `${protocol.toLowerCase()}-${what}`,
    protocol: 'unknown',
    tls: false,
    firstBytes: '',
  });
  writer.record();
}

export const honeypotCsv: Reader = {
  name: 'honeypot-csv',
  summary: 'Contacts with honeypots: datetime,host,src,proto,type,spt,dpt',
  detect: (sample: Uint8Array): number => {
    const share = shareOfLines(sample, (line) => line.trim() === head || shape.test(line));
    return share > 0.8 ? 0.95 : 0;
  },
  read: (input: AsyncIterable<Uint8Array>, context: ReadContext): AsyncIterable<ReadBatch> =>
    readLines(input, context, readLine),
};
