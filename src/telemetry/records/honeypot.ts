/** Records of other programs that offer decoys: Cowrie, OpenCanary, sshesame. They state what decoys of Picket's own would. */

import type { AuthFact, Fact } from '../../core/observation.ts';
import { numberIn, objectIn, textIn, type Fields } from '../json-object.ts';
import { isoTime } from '../log-time.ts';
import type { LoggedEvent } from '../logged-event.ts';

const longestInput = 4096;

function cowrieFact(event: Fields, kind: string, service: string): Fact | null {
  switch (kind) {
    case 'session.connect':
      return { kind: 'contact', service, protocol: service, tls: false, firstBytes: '' };
    case 'login.failed':
    case 'login.success':
      return {
        kind: 'auth',
        service,
        user: textIn(event, 'username').slice(0, 1024),
        method: 'key' in event || 'fingerprint' in event ? 'publickey' : 'password',
        password: textIn(event, 'password').slice(0, 1024),
        accepted: kind === 'login.success',
      };
    case 'command.input':
    case 'command.failed':
      return kind === 'command.failed'
        ? null
        : { kind: 'command', service, input: textIn(event, 'input').slice(0, longestInput) };
    case 'session.file_download':
    case 'session.file_upload': {
      const sha256 = textIn(event, 'shasum');
      if (!/^[0-9a-f]{64}$/.test(sha256)) return null;
      const url = textIn(event, 'url').slice(0, 2048);
      return {
        kind: 'payload',
        service,
        sha256,
        bytes: 1,
        how: kind === 'session.file_download' ? 'download' : 'sftp',
        ...(url === '' ? {} : { url }),
      };
    }
    default:
      return null;
  }
}

/** Cowrie: `{eventid: "cowrie.…", src_ip, src_port, dst_ip, dst_port, session, timestamp, …}`; null too where the event says nothing of a visitor's doing. */
export function cowrie(event: Fields, near: number): LoggedEvent | null {
  const id = textIn(event, 'eventid');
  if (!id.startsWith('cowrie.')) return null;
  const service = textIn(event, 'protocol') === 'telnet' ? 'telnet' : 'ssh';
  const fact = cowrieFact(event, id.slice(7), service);
  if (fact === null) return null;
  return {
    at: isoTime(textIn(event, 'timestamp'), 0)?.at ?? near,
    source: textIn(event, 'src_ip'),
    sourcePort: numberIn(event, 'src_port'),
    destination: textIn(event, 'dst_ip'),
    destinationPort: numberIn(event, 'dst_port') || (service === 'ssh' ? 22 : 23),
    session: textIn(event, 'session'),
    fact,
  };
}

/** OpenCanary's log types (opencanary/logger.py), by number: the service and whether it is a login. */
const canaryTypes: ReadonlyMap<number, readonly [service: string, login: boolean]> = new Map([
  [2000, ['ftp', true]],
  [3000, ['http', false]],
  [3001, ['http', true]],
  [4000, ['ssh', false]],
  [4001, ['ssh', false]],
  [4002, ['ssh', true]],
  [5000, ['smb', false]],
  [6001, ['telnet', true]],
  [7001, ['http-proxy', true]],
  [8001, ['mysql', true]],
  [9001, ['mssql', true]],
  [9002, ['mssql', true]],
  [10_001, ['tftp', false]],
  [11_001, ['ntp', false]],
  [12_001, ['vnc', true]],
  [13_001, ['snmp', false]],
  [14_001, ['rdp', false]],
  [15_001, ['sip', false]],
  [16_001, ['git', false]],
  [17_001, ['redis', false]],
  [18_001, ['tcp', false]],
]);
/** Packets that its port scan module saw. */
const canaryScan: ReadonlyMap<number, string> = new Map([
  [5001, 'syn'],
  [5002, 'syn'],
  [5003, 'null'],
  [5004, 'null'],
  [5005, 'xmas'],
  [5006, 'fin'],
]);

/** OpenCanary: `{logtype, src_host, src_port, dst_host, dst_port, logdata: {USERNAME, PASSWORD, …}, utc_time, node_id}`. */
export function openCanary(event: Fields, near: number): LoggedEvent | null {
  if (!('logtype' in event) || !('node_id' in event)) return null;
  const type = numberIn(event, 'logtype');
  const data = objectIn(event, 'logdata');
  const probe = canaryScan.get(type);
  const known = canaryTypes.get(type);
  let fact: Fact;
  if (probe !== undefined) fact = { kind: 'scan', probe };
  else if (known === undefined) return null;
  else {
    const [service, isLogin] = known;
    const login: AuthFact = {
      kind: 'auth',
      service,
      user: textIn(data, 'USERNAME').slice(0, 1024),
      method: 'password',
      password: textIn(data, 'PASSWORD').slice(0, 1024),
      accepted: false,
    };
    fact = isLogin ? login : { kind: 'contact', service, protocol: service, tls: false, firstBytes: '' };
  }
  const isDatagram = known !== undefined && /^(?:tftp|ntp|snmp|sip)$/.test(known[0]);
  return {
    at: isoTime(textIn(event, 'utc_time'), 0)?.at ?? near,
    source: textIn(event, 'src_host'),
    sourcePort: numberIn(event, 'src_port'),
    destination: textIn(event, 'dst_host'),
    destinationPort: numberIn(event, 'dst_port'),
    transport: isDatagram ? 'udp' : 'tcp',
    spoofable: isDatagram || probe !== undefined,
    fact,
  };
}

const quoted = (text: string): string => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : '';
  } catch {
    return text.slice(1, -1);
  }
};

const sshesameHead = /^(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) \[(.{3,48}):(\d{1,5})\] (?:\[channel \d{1,9}\] )?/;
const attempt =
  /^authentication for user ("(?:[^"\\]|\\.)*") (?:with password ("(?:[^"\\]|\\.)*")|with public key "([^"]{0,128})"|without credentials) (rejected|accepted)$/;
const given = /^(?:command|input:) ("(?:[^"\\]|\\.)*")(?: requested)?$/;

/** sshesame's log: `TIME [ADDRESS:PORT] authentication for user "…" with password "…" accepted`; a client's text comes quoted as Go quotes it. */
export function sshesame(line: string): LoggedEvent | null {
  const head = sshesameHead.exec(line);
  if (head === null) return null;
  const [whole, time = '', address = '', port = ''] = head;
  const message = line.slice(whole.length).trimEnd();
  const tried = attempt.exec(message);
  const command = tried === null ? given.exec(message)?.[1] : undefined;
  let fact: Fact;
  if (tried !== null) {
    const password = tried[2];
    const key = tried[3];
    fact = {
      kind: 'auth',
      service: 'ssh',
      user: quoted(tried[1] ?? '').slice(0, 1024),
      method: password === undefined ? (key === undefined ? 'none' : 'publickey') : 'password',
      ...(password === undefined ? {} : { password: quoted(password).slice(0, 1024) }),
      ...(key === undefined ? {} : { keyFingerprint: key }),
      accepted: tried[4] === 'accepted',
    };
  } else if (command !== undefined) {
    fact = { kind: 'command', service: 'ssh', input: quoted(command).slice(0, longestInput) };
  } else return null;
  return {
    at: isoTime(time, 0)?.at ?? 0,
    source: address.replace(/^\[|\]$/g, ''),
    sourcePort: Number(port),
    destinationPort: 22,
    session: `${address}:${port}`,
    fact,
  };
}
