/**
 * Packets that a Linux firewall logged: `[prefix ]IN=eth0 OUT= MAC=… SRC=… DST=… LEN=40 … PROTO=TCP SPT=… DPT=… … SYN …`
 * (nf_log_syslog.c). One packet is one flow record.
 */

export interface LoggedPacket {
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
  readonly bytes: number;
  readonly flags: number;
  readonly action: 'accept' | 'reject' | 'unknown';
}

const flagBits: readonly (readonly [string, number])[] = [
  [' FIN ', 1],
  [' SYN ', 2],
  [' RST ', 4],
  [' PSH ', 8],
  [' ACK ', 16],
  [' URG ', 32],
  [' ECE ', 64],
  [' CWR ', 128],
];

function value(message: string, name: string, from: number): string {
  const at = message.indexOf(name, from);
  if (at < 0) return '';
  const begin = at + name.length;
  const end = message.indexOf(' ', begin);
  return message.slice(begin, end < 0 ? undefined : end);
}

/** Reads a kernel message; null where it logs no packet. */
export function loggedPacket(message: string): LoggedPacket | null {
  const start = message.indexOf('IN=');
  const at = message.indexOf(' SRC=', start);
  if (start < 0 || at < 0) return null;
  const protocol = value(message, ' PROTO=', at);
  const number =
    protocol === 'TCP' ? 6 : protocol === 'UDP' ? 17 : protocol.startsWith('ICMP') ? 1 : Number(protocol);
  const port = (text: string): number => (/^\d{1,5}$/.test(text) && Number(text) < 65_536 ? Number(text) : 0);
  const prefix = message.slice(0, start).toLowerCase();
  let flags = 0;
  for (const [word, bit] of flagBits) if (`${message} `.includes(word, at)) flags |= bit;
  return {
    source: value(message, ' SRC=', at),
    destination: value(message, ' DST=', at),
    sourcePort: port(value(message, ' SPT=', at)),
    destinationPort: port(value(message, ' DPT=', at)),
    protocol: Number.isInteger(number) && number >= 0 && number < 256 ? number : 255,
    bytes: Number(value(message, ' LEN=', at)) || 0,
    flags: number === 6 ? flags : -1,
    action: /drop|reject|block|deny/.test(prefix)
      ? 'reject'
      : /accept|allow/.test(prefix)
        ? 'accept'
        : 'unknown',
  };
}
