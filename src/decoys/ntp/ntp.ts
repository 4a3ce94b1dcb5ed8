import { Buffer } from 'node:buffer';
import type { Decoy, DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { octets, uint16, uint32 } from '../../wire/big-endian.ts';
import { ByteCursor } from '../../wire/byte-cursor.ts';
import { confidenceIn } from '../../wire/protocol-name.ts';
import { timeServerOf, type TimeServer } from './clock.ts';

/** Seconds from 1900 to 1970. */
const era = 2_208_988_800;

/** RFC 5905 §6: uint32 seconds since 1900, uint32 fraction. */
function timestamp(milliseconds: number, fraction: number): Uint8Array {
  const seconds = Math.floor(milliseconds / 1_000);
  const part =
    Math.floor(((milliseconds - seconds * 1_000) / 1_000) * 4_294_967_296) + (fraction % 4_294_967);
  return octets(uint32(seconds + era), uint32(Math.min(part, 4_294_967_295)));
}

const hex = (value: Uint8Array): string =>
  `0x${Buffer.from(value.subarray(0, 4)).toString('hex')}.${Buffer.from(value.subarray(4)).toString('hex')}`;

class NtpSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #server: TimeServer;
  #packets = 0;
  readonly #said = new Set<string>();

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#server = timeServerOf(context.persona);
  }

  /** The first octet of every packet: leap (2 bits), version (3 bits), mode (3 bits). */
  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    const first = bytes[0] ?? 0;
    const version = (first >> 3) & 7;
    const mode = first & 7;
    this.#packets += 1;
    if (version < 1 || version > 4) return;
    let reply: Uint8Array | null = null;
    if (mode === 3 && bytes.length >= 48) {
      yield* this.#say(`client version ${version}`);
      reply = this.#time(bytes, version);
    } else if (mode === 6 && bytes.length >= 12) reply = yield* this.#control(bytes, version);
    else if (mode === 7 && bytes.length >= 8) reply = yield* this.#private(bytes);
    else if (bytes.length >= 4) yield* this.#say(`mode ${mode} version ${version}, ${bytes.length} octets`);
    // Never more than was asked with: the answers of modes 6 and 7 are what floods were made of.
    if (reply !== null && reply.length <= bytes.length) yield { do: 'reply', bytes: reply };
  }

  *#say(input: string): Iterable<DecoyOutput> {
    if (this.#said.has(input) || this.#said.size > 200) return;
    this.#said.add(input);
    yield { do: 'saw', fact: { kind: 'command', service: 'ntp', input } };
  }

  /**
   * RFC 5905 §7.3.
   *
   *     uint8 leap, version, mode   uint8 stratum   uint8 poll   int8 precision
   *     uint32 root delay           uint32 root dispersion       uint32 reference
   *     reference, origin, receive, transmit timestamps
   */
  #time(bytes: Uint8Array, version: number): Uint8Array {
    const { stratum, precision, rootDelay, rootDispersion, reference } = this.#server;
    const now = this.#context.now();
    const noise = Buffer.from(this.#context.randomBytes(8));
    // The clock was last set some time within the last quarter of an hour.
    const age = (Math.floor(now / 1_000) + (reference[3] ?? 0)) % 1_000;
    return octets(
      (version << 3) | 4,
      stratum,
      bytes[2] ?? 0,
      precision,
      uint32(rootDelay),
      uint32(rootDispersion + age),
      reference,
      timestamp(now - age * 1_000, noise.readUInt32BE(0)),
      bytes.subarray(40, 48),
      timestamp(now, noise.readUInt32BE(0)),
      timestamp(now, (noise.readUInt32BE(0) % 4_000_000) + 40_000),
    );
  }

  /**
   * RFC 9327 §2.
   *
   *     uint8 leap, version, mode 6   uint8 response, error, more, operation (5 bits)   uint16 sequence
   *     uint16 status                 uint16 association        uint16 offset           uint16 count
   *     data, padded to four octets
   */
  *#control(bytes: Uint8Array, version: number): Generator<DecoyOutput, Uint8Array | null, undefined> {
    const cursor = new ByteCursor(bytes, 1);
    const operation = cursor.uint8();
    const sequence = cursor.uint16();
    cursor.uint16();
    const [association, , count] = [cursor.uint16(), cursor.uint16(), cursor.uint16()];
    const names = Buffer.from(bytes.subarray(12, 12 + Math.min(count, 256))).toString('latin1');
    const what =
      {
        1: 'readstat',
        2: 'readvar',
        3: 'writevar',
        4: 'readclock',
        8: 'configure',
        10: 'read_mru',
        12: 'request_nonce',
      }[operation & 31] ?? `operation ${operation & 31}`;
    yield* this.#say(
      `control ${what}${association === 0 ? '' : ` association ${association}`}${names === '' ? '' : ` ${names.replaceAll(/[^\x20-\x7e]/g, '.')}`}`,
    );
    if ((operation & 0xe0) !== 0 || !this.#server.answersQueries) return null;
    if ((operation & 31) === 2 || (operation & 31) === 1)
      yield this.#exploit('ntp-mode6-amplification', [], what);
    const answer = (flags: number, status: number, data: string): Uint8Array => {
      const padding = '\0'.repeat((4 - (data.length % 4)) % 4);
      return octets(
        (version << 3) | 6,
        0x80 | flags | (operation & 31),
        uint16(sequence),
        uint16(status),
        uint16(association),
        uint16(0),
        uint16(data.length),
        data,
        padding,
      );
    };
    // Leap 0, source 6 (NTP), four events, the last of them “clock set”.
    const status = 0x0615;
    // 4: no such association; 1: not without a key; 5: no such variable.
    if (association !== 0) return answer(0x40, 4 << 8, '');
    if ((operation & 31) === 3 || (operation & 31) === 8) return answer(0x40, 1 << 8, '');
    if ((operation & 31) === 1) return answer(0, status, '');
    if ((operation & 31) !== 2) return answer(0x40, 3 << 8, '');
    const variables = this.#variables();
    const wanted = names.split(/[,\s\0]+/).filter((name) => name !== '');
    const chosen =
      wanted.length === 0
        ? [...variables]
        : wanted.flatMap((name): [string, string][] =>
            variables.has(name) ? [[name, variables.get(name) ?? '']] : [],
          );
    if (wanted.length > 0 && chosen.length < wanted.length) return answer(0x40, 5 << 8, '');
    const whole = answer(0, status, `${chosen.map(([name, value]) => `${name}=${value}`).join(', ')}\r\n`);
    return whole.length <= bytes.length ? whole : answer(0x40, 1 << 8, '');
  }

  #variables(): Map<string, string> {
    const { version, processor, system, stratum, precision, rootDelay, rootDispersion, reference } =
      this.#server;
    const now = this.#context.now();
    return new Map([
      ['version', `"ntpd ${version}"`],
      ['processor', `"${processor}"`],
      ['system', `"${system}"`],
      ['leap', '0'],
      ['stratum', String(stratum)],
      ['precision', String(precision)],
      ['rootdelay', ((rootDelay / 65_536) * 1_000).toFixed(3)],
      ['rootdisp', ((rootDispersion / 65_536) * 1_000).toFixed(3)],
      ['refid', reference.join('.')],
      ['reftime', hex(timestamp(now - 411_000, 0))],
      ['clock', hex(timestamp(now, 0))],
    ]);
  }

  /**
   * ntp_request.h of ntpd.
   *
   *     uint8 response, more, version, mode 7   uint8 authenticated, sequence   uint8 implementation   uint8 request
   *     uint16 error (4 bits), items            uint16 size of an item          items
   */
  *#private(bytes: Uint8Array): Generator<DecoyOutput, Uint8Array | null, undefined> {
    const [first = 0, sequence = 0, implementation = 0, request = 0] = bytes;
    const isList = request === 42 || request === 20;
    yield* this.#say(`private ${isList ? 'monlist' : `request ${request}`} implementation ${implementation}`);
    if ((first & 0x80) !== 0 || !this.#server.answersQueries) return null;
    if (isList) yield this.#exploit('ntp-monlist', ['CVE-2013-5211'], `monlist (request ${request})`);
    const answer = (error: number, count: number, size: number, items: Uint8Array): Uint8Array =>
      octets(
        0x80 | (first & 0x3f),
        sequence & 0x7f,
        implementation,
        request,
        uint16((error << 12) | count),
        uint16(size),
        items,
      );
    // 1: another implementation; 2: no such request; 4: nothing there.
    if (implementation !== 3 && implementation !== 2) return answer(1, 0, 0, new Uint8Array(0));
    if (!isList) return answer(request > 44 ? 2 : 4, 0, 0, new Uint8Array(0));
    // A server that has just started knows one client: who asks. Where that fits.
    const item = this.#monitored(first);
    return bytes.length >= 8 + item.length
      ? answer(0, 1, item.length, item)
      : answer(4, 0, 0, new Uint8Array(0));
  }

  /** uint32 last, first, restrictions, count, address, our address, flags; uint16 port; uint8 mode, version; uint32 IPv6; … 72 octets. */
  #monitored(first: number): Uint8Array {
    const { source, sourcePort, destination } = this.#context;
    const four = (address: string): Uint8Array => {
      const parts = address.split('.').map(Number);
      return parts.length === 4 && parts.every((part) => part >= 0 && part < 256)
        ? Uint8Array.from(parts)
        : new Uint8Array(4);
    };
    return octets(
      uint32(0),
      uint32(0),
      uint32(0),
      uint32(this.#packets),
      four(source),
      four(destination),
      uint32(1),
      uint16(sourcePort),
      first & 7,
      (first >> 3) & 7,
      new Uint8Array(40),
    );
  }

  #exploit(name: string, cves: readonly string[], detail: string): DecoyOutput {
    return {
      do: 'saw',
      fact: {
        kind: 'exploit',
        service: 'ntp',
        class: 'protocol',
        name,
        cves,
        technique: 'T1498.002',
        detail,
      },
    };
  }
}

/** Reads `persona.software.ntp`: `version` (ntpd's) and of `details` `queries` (`yes` where modes 6 and 7 are answered). */
export const ntp: Decoy = {
  name: 'ntp',
  summary: 'Time server (ntpd), with its control and monitoring modes',
  transport: 'udp',
  ports: [123],
  recognise: (firstBytes) => confidenceIn('ntp', firstBytes, 'udp'),
  open: (context) => new NtpSession(context),
};
