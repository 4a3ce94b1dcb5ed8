/** What BIND answers to a question. */

import { ByteCursor } from '../../wire/byte-cursor.ts';
import { dnsType, type DnsQuery, type DnsRecord, type DnsReply } from '../../wire/dns-message.ts';
import { chaos, internet, type NameServer } from './zone.ts';

export const code = {
  noError: 0,
  format: 1,
  failure: 2,
  noName: 3,
  notImplemented: 4,
  refused: 5,
  notAuthoritative: 9,
  badVersion: 16,
} as const;

const empty: DnsReply = {
  code: code.noError,
  authoritative: false,
  recursionAvailable: false,
  answers: [],
  authorities: [],
  additional: [],
  withQuestions: true,
  extension: null,
};

/** The zone that a name is in, the longest first. */
function zoneOf(server: NameServer, name: string, kind: number): readonly DnsRecord[] | null {
  const labels = name.split('.');
  for (let index = 0; index < labels.length - 1; index += 1) {
    const records = server.zones.get(labels.slice(index).join('.'));
    if (records !== undefined && records[0]?.class === kind) return records;
  }
  return null;
}

/** RFC 2308 §3: the start of authority that goes with “no”, with the smaller of its own time and its minimum. */
function denial(records: readonly DnsRecord[]): DnsRecord[] {
  const start = records[0];
  if (start === undefined) return [];
  const last = start.data.at(-1);
  const minimum = last instanceof Uint8Array ? new ByteCursor(last).uint32() : start.ttl;
  return [{ ...start, ttl: Math.min(start.ttl, minimum) }];
}

export function answerQuery(server: NameServer, query: DnsQuery, isStream: boolean): DnsReply {
  const base = { ...empty, recursionAvailable: server.recursion };
  if (query.opcode === 4) return { ...base, code: code.notAuthoritative, recursionAvailable: false };
  if (query.opcode === 5) return { ...base, code: code.notAuthoritative, recursionAvailable: false };
  if (query.opcode !== 0)
    return { ...base, code: code.notImplemented, recursionAvailable: false, withQuestions: false };
  const [question] = query.questions;
  if (question === undefined || query.questions.length !== 1)
    return { ...base, code: code.format, recursionAvailable: false, withQuestions: false };
  const name = question.name.toLowerCase();
  if (question.class === 255) return { ...base, code: code.format, recursionAvailable: false };
  if (question.class !== internet && question.class !== chaos) return { ...base, code: code.refused };
  const recursionAvailable = question.class === internet && server.recursion;
  const records = zoneOf(server, name, question.class);
  if (question.type === dnsType.axfr || question.type === dnsType.ixfr) {
    if (records === null || records[0]?.name !== name) return { ...base, code: code.notAuthoritative };
    if (!isStream) return { ...base, code: code.format, recursionAvailable: false };
    const start = records.slice(0, 1);
    return { ...base, authoritative: true, recursionAvailable, answers: [...records, ...start] };
  }
  if (records === null) {
    // Recursion without a way out ends in a failure, as where a firewall keeps the server from the world.
    return server.recursion && query.recursionDesired && question.class === internet
      ? { ...base, code: code.failure }
      : { ...base, code: code.refused, recursionAvailable };
  }
  const here = records.filter((record) => record.name === name);
  const found = here.filter((record) => record.type === question.type || question.type === dnsType.any);
  if (found.length > 0) {
    // `minimal-responses no-auth-recursive`: only who does not ask for recursion is told of the zone's servers.
    const tells = !query.recursionDesired && question.type !== dnsType.ns && question.type !== dnsType.any;
    const authorities = tells ? records.filter((record) => record.type === dnsType.ns) : [];
    const servers = new Set(
      authorities.flatMap((record) => record.data.filter((part) => typeof part === 'string')),
    );
    const glue = tells
      ? (server.zones.get('localhost.') ?? []).filter(
          (record) =>
            servers.has(record.name) &&
            (record.type === dnsType.a || record.type === dnsType.aaaa) &&
            !found.includes(record),
        )
      : [];
    return {
      ...base,
      authoritative: true,
      recursionAvailable,
      answers: found,
      authorities,
      additional: glue,
    };
  }
  const exists = here.length > 0 || records.some((record) => record.name.endsWith(`.${name}`));
  return {
    ...base,
    code: exists ? code.noError : code.noName,
    authoritative: true,
    recursionAvailable,
    authorities: denial(records),
  };
}
