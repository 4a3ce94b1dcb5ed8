/** Records of programs that watch the network: Suricata's `eve.json`, Zeek's logs as JSON or as columns. Only metadata is read, never a payload. */

import type { ExploitClass } from '../../core/behavior.ts';
import type { Fact, FlowFact, Transport } from '../../core/observation.ts';
import { numberIn, objectIn, textIn, type Fields } from '../json-object.ts';
import { isoTime } from '../log-time.ts';
import type { LoggedEvent } from '../logged-event.ts';

const transportOf = (text: string): Transport => {
  const name = text.toLowerCase();
  return name === 'tcp' || name === 'udp' ? name : name.includes('icmp') ? 'icmp' : 'other';
};
const protocolOf: Readonly<Record<Transport, number>> = { tcp: 6, udp: 17, icmp: 1, other: 0 };

/** Classes of Suricata's rules (classification.config) that name an attack, not a policy. */
const classOfCategory: readonly (readonly [RegExp, ExploitClass])[] = [
  [/^Web Application Attack$/, 'other'],
  [/^(?:Attempted|Successful) (?:Administrator|User) Privilege Gain$/, 'rce'],
  [/^Executable [Cc]ode was [Dd]etected$/, 'rce'],
  [/^Exploit Kit Activity Detected$/, 'js'],
];
const classOfSignature: readonly (readonly [RegExp, ExploitClass])[] = [
  [/sql injection/i, 'sqli'],
  [/cross.?site|xss/i, 'xss'],
  [/directory traversal|local file inclusion/i, 'lfi'],
  [/deserializ/i, 'deserialization'],
  [/log4j|java/i, 'java'],
  [/php/i, 'php'],
];

/** `CVE_2021_44228` and `CVE-2021-44228` in a rule's name or metadata. */
function cvesIn(text: string): string[] {
  const found = text.matchAll(/\bcve[_-](\d{4})[_-](\d{4,7})\b/gi);
  return [...new Set(Array.from(found, (match) => `CVE-${match[1]}-${match[2]}`))].slice(0, 16);
}

function suricataHttp(http: Fields): Fact | null {
  const path = textIn(http, 'url');
  if (path === '') return null;
  const status = numberIn(http, 'status');
  return {
    kind: 'web-access',
    method: textIn(http, 'http_method').slice(0, 64),
    path: path.slice(0, 16_384),
    status: status >= 100 && status <= 999 ? status : 0,
    userAgent: textIn(http, 'http_user_agent').slice(0, 1024),
    referrer: textIn(http, 'http_refer').slice(0, 4096),
  };
}

function suricataAlert(event: Fields): Fact | null {
  const alert = objectIn(event, 'alert');
  const signature = textIn(alert, 'signature').slice(0, 200);
  const category = textIn(alert, 'category');
  if (/^Detection of a Network Scan$/.test(category)) return { kind: 'scan', probe: 'syn' };
  const found = classOfCategory.find(([pattern]) => pattern.test(category));
  if (found === undefined) return null;
  const metadata = JSON.stringify(objectIn(alert, 'metadata')).slice(0, 4096);
  return {
    kind: 'exploit',
    service: textIn(event, 'app_proto').slice(0, 32) || 'network',
    class: classOfSignature.find(([pattern]) => pattern.test(signature))?.[1] ?? found[1],
    name: `suricata ${textIn(alert, 'signature_id')}`.slice(0, 128),
    cves: cvesIn(`${signature} ${metadata}`),
    technique: 'T1190',
    detail: signature,
  };
}

function suricataFlow(event: Fields, transport: Transport): FlowFact {
  const flow = objectIn(event, 'flow');
  const begin = isoTime(textIn(flow, 'start'), 0)?.at ?? 0;
  const end = isoTime(textIn(flow, 'end'), 0)?.at ?? begin;
  const flags = Number.parseInt(textIn(objectIn(event, 'tcp'), 'tcp_flags_ts'), 16);
  return {
    kind: 'flow',
    packets: numberIn(flow, 'pkts_toserver'),
    bytes: numberIn(flow, 'bytes_toserver'),
    duration: Math.max(0, end - begin),
    action: 'unknown',
    protocol: protocolOf[transport],
    tcpFlags: Number.isInteger(flags) && flags >= 0 && flags < 256 ? flags : -1,
    reply: false,
  };
}

/** Suricata: `{event_type, timestamp, src_ip, src_port, dest_ip, dest_port, proto, http?, alert?, flow?, tcp?}`. */
export function suricata(event: Fields, near: number): LoggedEvent | null {
  const type = textIn(event, 'event_type');
  if (type === '' || !('src_ip' in event) || !('dest_ip' in event)) return null;
  const transport = transportOf(textIn(event, 'proto'));
  let fact: Fact | null = null;
  if (type === 'http') fact = suricataHttp(objectIn(event, 'http'));
  // What a server answered is not its visitor's doing.
  else if (type === 'alert' && textIn(event, 'direction') !== 'to_client') {
    fact = suricataAlert(event) ?? suricataHttp(objectIn(event, 'http'));
  } else if (type === 'flow') fact = suricataFlow(event, transport);
  if (fact === null) return null;
  return {
    at: isoTime(textIn(event, 'timestamp'), 0)?.at ?? near,
    source: textIn(event, 'src_ip'),
    sourcePort: numberIn(event, 'src_port'),
    destination: textIn(event, 'dest_ip'),
    destinationPort: numberIn(event, 'dest_port'),
    transport,
    session: textIn(event, 'flow_id'),
    spoofable: transport !== 'tcp' || fact.kind === 'scan' || fact.kind === 'flow',
    fact,
  };
}

/** Bits of the flags that a Zeek `history` tells of the side that began. */
function flagsOf(history: string): number {
  let flags = 0;
  for (const letter of history) {
    if (letter === 'S') flags |= 2;
    else if (letter === 'F') flags |= 1;
    else if (letter === 'R') flags |= 4;
    else if (letter === 'A' || letter === 'D') flags |= 16;
  }
  return history === '' ? -1 : flags;
}

function zeekConnection(record: Fields, transport: Transport): Fact {
  const state = textIn(record, 'conn_state');
  return {
    kind: 'flow',
    packets: numberIn(record, 'orig_pkts'),
    bytes: numberIn(record, 'orig_ip_bytes') || numberIn(record, 'orig_bytes'),
    duration: Math.floor(numberIn(record, 'duration') * 1000),
    action: state === 'REJ' ? 'reject' : /^(?:SF|S1|S2|S3|RSTO|RSTR)$/.test(state) ? 'accept' : 'unknown',
    protocol: protocolOf[transport],
    tcpFlags: transport === 'tcp' ? flagsOf(textIn(record, 'history')) : -1,
    reply: false,
  };
}

const yes = (value: unknown): boolean => value === true || value === 'T';
const no = (value: unknown): boolean => value === false || value === 'F';

/**
 * Zeek: `ts uid id.orig_h id.orig_p id.resp_h id.resp_p` and, in conn.log, `proto … conn_state … history`; in http.log, `method host uri referrer …
 * user_agent … status_code`; in ssh.log, `version auth_success auth_attempts … client`.
 */
export function zeek(record: Fields, near: number): LoggedEvent | null {
  const source = textIn(record, 'id.orig_h');
  if (source === '') return null;
  const named = textIn(record, 'proto');
  const transport = named === '' ? 'tcp' : transportOf(named);
  let fact: Fact | null = null;
  if ('conn_state' in record) fact = zeekConnection(record, transport);
  else if ('method' in record && 'uri' in record) {
    const status = numberIn(record, 'status_code');
    fact = {
      kind: 'web-access',
      method: textIn(record, 'method').slice(0, 64),
      path: textIn(record, 'uri').slice(0, 16_384),
      status: status >= 100 && status <= 999 ? status : 0,
      userAgent: textIn(record, 'user_agent').slice(0, 1024),
      referrer: textIn(record, 'referrer').slice(0, 4096),
    };
  } else if ('auth_attempts' in record || 'auth_success' in record) {
    const isOut = no(record['auth_success']);
    if (!isOut && !yes(record['auth_success'])) return null;
    fact = { kind: 'login', service: 'ssh', user: '', outcome: isOut ? 'failure' : 'success', method: 'any' };
  }
  if (fact === null) return null;
  const seconds = numberIn(record, 'ts');
  return {
    at: seconds > 0 ? seconds * 1000 : (isoTime(textIn(record, 'ts'), 0)?.at ?? near),
    source,
    sourcePort: numberIn(record, 'id.orig_p'),
    destination: textIn(record, 'id.resp_h'),
    destinationPort: numberIn(record, 'id.resp_p'),
    transport,
    session: textIn(record, 'uid'),
    // An answered opening is a handshake; conn.log tells it by its state.
    spoofable: fact.kind === 'flow' ? fact.action !== 'accept' : transport !== 'tcp',
    fact,
  };
}
