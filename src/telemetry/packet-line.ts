/**
 * Packets as other programs print them, one flow record each:
 *
 *     hh:mm:ss.ffffff IP ADDRESS.PORT > ADDRESS.PORT: Flags [S], … length 0                          tcpdump
 *     RULE,…,INTERFACE,match,block,in,4,…,PROTOCOL-ID,NAME,LENGTH,SOURCE,DESTINATION,SPORT,DPORT,…   pfSense's filterlog
 *     CEF:0|VENDOR|PRODUCT|VERSION|ID|NAME|SEVERITY|src=… spt=… dst=… dpt=… proto=…                  ArcSight's common event format
 */

import type { LoggedPacket } from './netfilter.ts';

const bits: Readonly<Record<string, number>> = {
  F: 1,
  S: 2,
  R: 4,
  P: 8,
  '.': 16,
  A: 16,
  U: 32,
  E: 64,
  W: 128,
  C: 128,
};
const flagsOf = (letters: string): number => {
  let flags = 0;
  for (const letter of letters) flags |= bits[letter] ?? 0;
  return flags;
};

const port = (text: string | undefined): number =>
  text !== undefined && /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : 0;

const dumped =
  /^(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d{6} IP6? ([0-9a-fA-F.:]{2,45}?)\.(\d{1,5}) > ([0-9a-fA-F.:]{2,45}?)\.(\d{1,5}): (?:Flags \[([A-Z.]{1,8}|none)\], .{0,400}?length (\d{1,6})|UDP, length (\d{1,6}))/;

/** A line of tcpdump without `-v`. An answer to an opening is no doing of its sender. */
export function dumpedPacket(line: string): LoggedPacket | null {
  const found = dumped.exec(line);
  if (found === null) return null;
  const [, source = '', from, destination = '', to, letters, length, datagram] = found;
  return {
    source,
    destination,
    sourcePort: port(from),
    destinationPort: port(to),
    protocol: letters === undefined ? 17 : 6,
    bytes: Number(length ?? datagram) + 40,
    flags: letters === undefined ? -1 : letters === 'none' ? 0 : flagsOf(letters),
    action: 'unknown',
  };
}

/** filterlog's message. IPv4 has `tos,ecn,ttl,id,offset,flags,protocol-id,protocol,length`, IPv6 `class,flow,hop limit,protocol,protocol-id,length`. */
export function filteredPacket(message: string): LoggedPacket | null {
  const fields = message.split(',', 40);
  const version = fields[8];
  if (fields.length < 18 || fields[5] !== 'match' || (version !== '4' && version !== '6')) return null;
  const at = version === '4' ? 18 : 15;
  const protocol = Number(version === '4' ? fields[15] : fields[13]);
  if (!Number.isInteger(protocol) || protocol < 0 || protocol > 255) return null;
  const hasPorts = protocol === 6 || protocol === 17;
  const length = Number(version === '4' ? fields[17] : fields[14]);
  const { action, word } = { action: fields[6], word: fields[at + 5] ?? '' };
  return {
    source: fields[at] ?? '',
    destination: fields[at + 1] ?? '',
    sourcePort: hasPorts ? port(fields[at + 2]) : 0,
    destinationPort: hasPorts ? port(fields[at + 3]) : 0,
    protocol,
    bytes: Number.isInteger(length) && length >= 0 ? length : 0,
    flags: protocol === 6 ? flagsOf(word) : -1,
    action: action === 'block' || action === 'reject' ? 'reject' : action === 'pass' ? 'accept' : 'unknown',
  };
}

/** What an event in the common form tells of who was found at fault: source and name; null for events that are no attack. */
export function commonEvent(message: string): { readonly source: string; readonly name: string } | null {
  const begin = message.indexOf('CEF:');
  const fields = (begin < 0 ? message : message.slice(begin + 4)).trimStart().split('|', 8);
  const [version = '', , , , , name = '', , extension = ''] = fields;
  if (fields.length < 8 || !/^\d$/.test(version)) return null;
  if (!/threat|intrusion|attack|exploit|malware|scan/i.test(name)) return null;
  const source = /(?:^| )src=([0-9a-fA-F.:]{2,45})(?: |$)/.exec(extension)?.[1];
  return source === undefined ? null : { source, name };
}
