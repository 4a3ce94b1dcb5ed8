/** DNS messages (RFC 1035 §4.1), as far as a server reads and writes them. */

import { Buffer } from 'node:buffer';
import { octets, uint16, uint32 } from './big-endian.ts';
import { ByteCursor } from './byte-cursor.ts';
import { dnsNameText, encodeDnsName, readDnsName } from './dns-name.ts';

export interface DnsQuestion {
  /** As master files write it, its case kept. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
  /** As it was sent. */
  readonly octets: Uint8Array;
}

/** RFC 6891 §6.1.2. */
export interface DnsExtension {
  readonly size: number;
  readonly version: number;
  /** DNSSEC is wanted. */
  readonly signed: boolean;
  readonly options: ReadonlyMap<number, Uint8Array>;
}

export interface DnsQuery {
  readonly id: number;
  readonly opcode: number;
  readonly isResponse: boolean;
  readonly recursionDesired: boolean;
  readonly checkingDisabled: boolean;
  readonly questions: readonly DnsQuestion[];
  readonly extension: DnsExtension | null;
  /** Types of the other records in the additional section, with their names. */
  readonly additional: readonly { readonly name: string; readonly type: number }[];
  /** How it does not parse; null where it does. */
  readonly fault: 'format' | null;
}

export const dnsType = {
  a: 1,
  ns: 2,
  cname: 5,
  soa: 6,
  ptr: 12,
  hinfo: 13,
  mx: 15,
  txt: 16,
  aaaa: 28,
  opt: 41,
  rrsig: 46,
  tkey: 249,
  tsig: 250,
  ixfr: 251,
  axfr: 252,
  any: 255,
} as const;

/** RFC 1035 §3.2.2 and IANA's list, for people to read. */
const typeNames: Readonly<Record<number, string>> = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  12: 'PTR',
  13: 'HINFO',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
  33: 'SRV',
  35: 'NAPTR',
  43: 'DS',
  46: 'RRSIG',
  48: 'DNSKEY',
  64: 'SVCB',
  65: 'HTTPS',
  249: 'TKEY',
  250: 'TSIG',
  251: 'IXFR',
  252: 'AXFR',
  255: 'ANY',
  257: 'CAA',
};
const classNames: Readonly<Record<number, string>> = { 1: 'IN', 3: 'CH', 4: 'HS', 255: 'ANY' };

export const dnsTypeName = (type: number): string => typeNames[type] ?? `TYPE${type}`;
export const dnsClassName = (number: number): string => classNames[number] ?? `CLASS${number}`;

const recordLimit = 64;

/**
 *     uint16   id
 *     uint16   response, opcode (4 bits), authoritative, truncated, recursion desired | available, z, authentic, checking disabled, code (4 bits)
 *     uint16   questions, answers, authorities, additional
 *     question: name, uint16 type, uint16 class          record: name, uint16 type, uint16 class, uint32 ttl, uint16 length, data
 *
 * Null where there is not even a header.
 */
export function readDnsQuery(bytes: Uint8Array): DnsQuery | null {
  if (bytes.length < 12) return null;
  const cursor = new ByteCursor(bytes);
  const id = cursor.uint16();
  const flags = cursor.uint16();
  const [questionCount, ...counts] = [cursor.uint16(), cursor.uint16(), cursor.uint16(), cursor.uint16()];
  const questions: DnsQuestion[] = [];
  const additional: { name: string; type: number }[] = [];
  let extension: DnsExtension | null = null;
  let fault: 'format' | null = null;
  for (let index = 0; index < (questionCount ?? 0) && fault === null; index += 1) {
    const start = cursor.offset;
    const name = readDnsName(bytes, start);
    if (name === null || index >= recordLimit) {
      fault = 'format';
      break;
    }
    cursor.offset = name.next;
    const [type, kind] = [cursor.uint16(), cursor.uint16()];
    if (cursor.failed) fault = 'format';
    else
      questions.push({
        name: dnsNameText(name.labels),
        type,
        class: kind,
        octets: bytes.slice(start, cursor.offset),
      });
  }
  const total = (counts[0] ?? 0) + (counts[1] ?? 0) + (counts[2] ?? 0);
  const isAdditional = (index: number): boolean => index >= (counts[0] ?? 0) + (counts[1] ?? 0);
  for (let index = 0; index < total && fault === null; index += 1) {
    const name = readDnsName(bytes, cursor.offset);
    if (name === null || index >= recordLimit) {
      fault = 'format';
      break;
    }
    cursor.offset = name.next;
    const [type, kind, ttl] = [cursor.uint16(), cursor.uint16(), cursor.uint32()];
    const data = cursor.take(cursor.uint16());
    if (cursor.failed) {
      fault = 'format';
      break;
    }
    if (type === dnsType.opt) {
      const options = readOptions(data);
      if (options === null || extension !== null || name.labels.length > 0 || !isAdditional(index))
        fault = 'format';
      else extension = { size: kind, version: (ttl >>> 16) & 0xff, signed: (ttl & 0x8000) !== 0, options };
    } else if (isAdditional(index)) additional.push({ name: dnsNameText(name.labels), type });
  }
  return {
    id,
    opcode: (flags >> 11) & 15,
    isResponse: (flags & 0x8000) !== 0,
    recursionDesired: (flags & 0x100) !== 0,
    checkingDisabled: (flags & 0x10) !== 0,
    questions,
    extension,
    additional,
    fault,
  };
}

/** { uint16 code, uint16 length, data } … */
function readOptions(data: Uint8Array): Map<number, Uint8Array> | null {
  const cursor = new ByteCursor(data);
  const options = new Map<number, Uint8Array>();
  while (cursor.left > 0) {
    const code = cursor.uint16();
    const value = cursor.take(cursor.uint16());
    if (cursor.failed) return null;
    options.set(code, value);
  }
  return options;
}

export interface DnsRecord {
  /** Ending in a dot. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  /** Octets, and as text the names in them that may be shortened (RFC 3597 §4). */
  readonly data: readonly (Uint8Array | string)[];
}

export interface DnsReply {
  readonly code: number;
  readonly authoritative: boolean;
  readonly recursionAvailable: boolean;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additional: readonly DnsRecord[];
  /** Whether the questions are repeated. */
  readonly withQuestions: boolean;
  readonly extension: {
    readonly size: number;
    readonly options: readonly (readonly [code: number, value: Uint8Array])[];
  } | null;
}

/** RFC 1035 §4.1.4: names that end as an earlier one did point there. BIND looks at a name and at its next shorter ending, and no further. */
class Compressor {
  readonly #places = new Map<string, number>();

  /** Takes note of a name that stands whole at this place. */
  note(name: string, at: number): void {
    const labels = labelsOf(name);
    let place = at;
    for (const [index, label] of labels.entries()) {
      if (index >= endings) break;
      const suffix = labels.slice(index).join('.').toLowerCase();
      if (place < 0x4000 && !this.#places.has(suffix)) this.#places.set(suffix, place);
      place += 1 + label.length;
    }
  }

  write(name: string, at: number): Uint8Array {
    const labels = labelsOf(name);
    for (let index = 0; index < Math.min(labels.length, endings); index += 1) {
      const place = this.#places.get(labels.slice(index).join('.').toLowerCase());
      if (place === undefined) continue;
      this.note(name, at);
      const own = labels.slice(0, index).map((label) => octets(label.length, label));
      return octets(...own, uint16(0xc000 | place));
    }
    this.note(name, at);
    return encodeDnsName(name);
  }
}

const endings = 2;
const labelsOf = (name: string): string[] => name.split('.').filter((label) => label !== '');

function encodeRecord(record: DnsRecord, at: number, names: Compressor): Uint8Array {
  const name = names.write(record.name, at);
  const head = octets(name, uint16(record.type), uint16(record.class), uint32(record.ttl));
  let data: Uint8Array = new Uint8Array(0);
  for (const part of record.data) {
    data = octets(
      data,
      typeof part === 'string' ? names.write(part, at + head.length + 2 + data.length) : part,
    );
  }
  return octets(head, uint16(data.length), data);
}

/** The answer in at most `limit` octets: what does not fit goes whole, and the truncated bit says so (RFC 2181 §9). Null where not even the header fits. */
export function writeDnsReply(query: DnsQuery, reply: DnsReply, limit: number): Uint8Array | null {
  const questions = reply.withQuestions ? query.questions : [];
  const extension =
    reply.extension === null
      ? []
      : [
          octets(
            0,
            uint16(dnsType.opt),
            uint16(reply.extension.size),
            (reply.code >> 4) & 0xff,
            0,
            query.extension?.signed === true ? 0x80 : 0,
            0,
            optionsOf(reply.extension.options),
          ),
        ];
  const write = (
    answers: readonly DnsRecord[],
    authorities: readonly DnsRecord[],
    additional: readonly DnsRecord[],
    truncated: boolean,
    extras: readonly Uint8Array[],
  ): Uint8Array => {
    const flags =
      0x8000 |
      (query.opcode << 11) |
      (reply.authoritative ? 0x400 : 0) |
      (truncated ? 0x200 : 0) |
      (query.recursionDesired ? 0x100 : 0) |
      (reply.recursionAvailable ? 0x80 : 0) |
      (query.checkingDisabled ? 0x10 : 0) |
      (reply.code & 15);
    const names = new Compressor();
    let message = octets(
      uint16(query.id),
      uint16(flags),
      uint16(questions.length),
      uint16(answers.length),
      uint16(authorities.length),
      uint16(additional.length + extras.length),
    );
    for (const question of questions) {
      // A name with strange octets in it is no place to point to.
      if (!question.name.includes('\\')) names.note(question.name, message.length);
      message = octets(message, question.octets);
    }
    for (const record of [...answers, ...authorities, ...additional]) {
      message = octets(message, encodeRecord(record, message.length, names));
    }
    return octets(message, ...extras);
  };
  const whole = write(reply.answers, reply.authorities, reply.additional, false, extension);
  if (whole.length <= limit) return whole;
  const bare = write(reply.answers, reply.authorities, [], false, extension);
  if (bare.length <= limit) return bare;
  const truncated = reply.answers.length > 0 || reply.authorities.length > 0;
  for (const extras of [extension, []]) {
    const short = write([], [], [], truncated, extras);
    if (short.length <= limit) return short;
  }
  return null;
}

function optionsOf(options: readonly (readonly [number, Uint8Array])[]): Uint8Array {
  const all = Buffer.concat(
    options.map(([code, value]) => octets(uint16(code), uint16(value.length), value)),
  );
  return octets(uint16(all.length), new Uint8Array(all));
}
