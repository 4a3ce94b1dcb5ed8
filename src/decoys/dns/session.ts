import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import type { DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { octets, uint16, uint32 } from '../../wire/big-endian.ts';
import {
  dnsClassName,
  dnsType,
  dnsTypeName,
  readDnsQuery,
  writeDnsReply,
  type DnsQuery,
  type DnsReply,
} from '../../wire/dns-message.ts';
import { answerQuery, code } from './answer.ts';
import { nameServerOf, type NameServer } from './zone.ts';

const queriesPerConnection = 1_000;
const cookieOption = 10;
const nameServerIdentifier = 3;

const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '.').slice(0, 300);

export class DnsSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #server: NameServer;
  #held: Buffer = Buffer.alloc(0);
  #queries = 0;
  #over = false;

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#server = nameServerOf(context.persona);
  }

  /** RFC 1035 §4.2.2: over TCP each message stands behind a uint16 length. */
  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#over) return;
    if (this.#context.transport === 'udp') {
      const reply = yield* this.#answer(bytes, false);
      if (reply !== null) yield { do: 'reply', bytes: reply };
      return;
    }
    this.#held = Buffer.concat([this.#held, bytes]);
    while (this.#held.length >= 2) {
      const length = this.#held.readUInt16BE(0);
      if (this.#held.length < 2 + length) return;
      const message = Uint8Array.from(this.#held.subarray(2, 2 + length));
      this.#held = this.#held.subarray(2 + length);
      this.#queries += 1;
      const reply = this.#queries > queriesPerConnection ? null : yield* this.#answer(message, true);
      // What is not even a header, and answers to questions that nobody asked, end a connection.
      if (reply === null) {
        this.#over = true;
        this.#held = Buffer.alloc(0);
        yield { do: 'close' };
        return;
      }
      yield { do: 'reply', bytes: octets(uint16(reply.length), reply) };
    }
  }

  *#answer(bytes: Uint8Array, isStream: boolean): Generator<DecoyOutput, Uint8Array | null, undefined> {
    const query = readDnsQuery(bytes);
    if (query === null || query.isResponse) return null;
    yield* this.#record(query);
    // RFC 6891 §6.2.3: 512 octets, or what the client says and BIND's 1232 allow; over UDP never more than it sent.
    const most = query.extension === null ? 512 : Math.max(512, Math.min(query.extension.size, 1_232));
    const limit = isStream ? 65_535 : Math.min(bytes.length, most);
    if (query.fault !== null) {
      const bare: DnsReply = {
        code: code.format,
        authoritative: false,
        recursionAvailable: false,
        answers: [],
        authorities: [],
        additional: [],
        withQuestions: false,
        extension: null,
      };
      return writeDnsReply(query, bare, limit);
    }
    if (query.extension !== null && query.extension.version > 0) {
      const bad: DnsReply = {
        code: code.badVersion,
        authoritative: false,
        recursionAvailable: false,
        answers: [],
        authorities: [],
        additional: [],
        withQuestions: true,
        extension: { size: 1232, options: [] },
      };
      return writeDnsReply(query, bad, limit);
    }
    const reply = answerQuery(this.#server, query, isStream);
    if (query.extension === null) return writeDnsReply(query, reply, limit);
    const written = writeDnsReply(
      query,
      { ...reply, extension: { size: 1232, options: this.#options(query) } },
      limit,
    );
    if (written !== null && written.length < limit) return written;
    // A server's cookie is larger than a client's: over UDP it goes before the answer does.
    const plain = writeDnsReply(query, { ...reply, extension: { size: 1232, options: [] } }, limit);
    return plain ?? written;
  }

  /** RFC 7873 §5.2, RFC 9018 §4: the client's cookie, uint8 version 1, 3 reserved, uint32 time, 8 octets of hash. */
  #options(query: DnsQuery): [number, Uint8Array][] {
    const options: [number, Uint8Array][] = [];
    const cookie = query.extension?.options.get(cookieOption);
    if (
      query.extension?.options.has(nameServerIdentifier) === true &&
      this.#context.persona.software['dns']?.details?.['identifier'] !== undefined
    ) {
      options.push([
        nameServerIdentifier,
        new Uint8Array(Buffer.from(this.#context.persona.software['dns'].details['identifier'], 'latin1')),
      ]);
    }
    if (cookie !== undefined && cookie.length >= 8) {
      const client = cookie.subarray(0, 8);
      const time = uint32(Math.floor(this.#context.now() / 1_000));
      const head = octets(client, 1, 0, 0, 0, time);
      const hash = createHmac('sha256', `dns-cookie ${this.#context.persona.seed}`)
        .update(head)
        .update(this.#context.source)
        .digest();
      options.push([cookieOption, octets(head, new Uint8Array(hash.subarray(0, 8)))]);
    }
    return options;
  }

  *#record(query: DnsQuery): Iterable<DecoyOutput> {
    const opcode =
      ['QUERY', 'IQUERY', 'STATUS', 'OPCODE3', 'NOTIFY', 'UPDATE'][query.opcode] ?? `OPCODE${query.opcode}`;
    const asked = query.questions.map(
      (question) => `${question.name} ${dnsClassName(question.class)} ${dnsTypeName(question.type)}`,
    );
    const size = query.extension === null ? '' : ` edns=${query.extension.size}`;
    yield {
      do: 'saw',
      fact: {
        kind: 'command',
        service: 'dns',
        input: printable(
          `${opcode} ${asked.slice(0, 4).join(', ')}${query.recursionDesired ? ' +recurse' : ''}${size}`,
        ),
      },
    };
    const exploit = (
      name: string,
      cves: readonly string[],
      technique: string,
      detail: string,
    ): DecoyOutput => ({
      do: 'saw',
      fact: {
        kind: 'exploit',
        service: 'dns',
        class: 'protocol',
        name,
        cves,
        technique,
        detail: printable(detail),
      },
    });
    const [question] = query.questions;
    if (question === undefined) return;
    // BIND before 9.10.2-P3: a TKEY question with a record of its name in the additional section stops the server.
    if (
      question.type === dnsType.tkey &&
      query.additional.some(
        (record) => record.name.toLowerCase() === question.name.toLowerCase() && record.type !== dnsType.tkey,
      )
    ) {
      yield exploit('bind-tkey', ['CVE-2015-5477'], 'T1499.004', question.name);
    }
    if (question.type === dnsType.any && query.recursionDesired && this.#context.transport === 'udp') {
      yield exploit('dns-amplification', [], 'T1498.002', `ANY ${question.name}`);
    }
    if (question.type === dnsType.axfr) yield exploit('dns-zone-transfer', [], 'T1590.002', question.name);
  }
}
