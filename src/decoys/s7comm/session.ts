import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { latin1, octets, uint16 } from '../../wire/big-endian.ts';
import { ByteCursor } from '../../wire/byte-cursor.ts';
import { readItem, readPlace, writeItem } from './memory.ts';
import { stationOf, type Station } from './station.ts';
import { statusList } from './status-list.ts';

const requestsPerConnection = 20_000;
const commandsPerConnection = 500;
const itemLimit = 20;

const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '.');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(0, 64)).toString('hex');

export class S7Session implements DecoySession {
  readonly #context: DecoyContext;
  readonly #station: Station;
  #held: Buffer = Buffer.alloc(0);
  #connected = false;
  #pdu = 240;
  #requests = 0;
  #commands = 0;
  #sequence = 0;
  /** The rest of an answer that did not fit, with its group and function. */
  #rest: { readonly group: number; readonly sub: number; readonly data: Uint8Array } | null = null;
  #over = false;

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#station = stationOf(context.persona);
  }

  /** RFC 1006 §6: uint8 version 3, uint8 reserved, uint16 length of it all. */
  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#over) return;
    this.#held = Buffer.concat([this.#held, bytes]);
    while (this.#held.length >= 4) {
      const length = this.#held.readUInt16BE(2);
      this.#requests += 1;
      if (this.#held[0] !== 3 || length < 7 || length > 8_192 || this.#requests > requestsPerConnection) {
        yield* this.#close();
        return;
      }
      if (this.#held.length < length) return;
      const packet = Uint8Array.from(this.#held.subarray(4, length));
      this.#held = this.#held.subarray(length);
      yield* this.#transport(packet);
      if (this.#over) return;
    }
  }

  *#close(): Iterable<DecoyOutput> {
    this.#over = true;
    this.#held = Buffer.alloc(0);
    yield { do: 'close' };
  }

  #send(...parts: readonly (number | string | Uint8Array)[]): DecoyOutput {
    const body = octets(...parts);
    return { do: 'reply', bytes: octets(3, 0, uint16(body.length + 4), body) };
  }

  *#say(input: string, always = false): Iterable<DecoyOutput> {
    if (this.#commands >= commandsPerConnection && !always) return;
    this.#commands += 1;
    yield { do: 'saw', fact: { kind: 'command', service: 's7comm', input: input.slice(0, 1_024) } };
  }

  #exploit(name: string, technique: string, detail: string): DecoyOutput {
    return {
      do: 'saw',
      fact: {
        kind: 'exploit',
        service: 's7comm',
        class: 'protocol',
        name,
        cves: [],
        technique,
        detail: detail.slice(0, 300),
      },
    };
  }

  /**
   * ITU-T X.224 §13: uint8 length, uint8 type.
   *
   *     0xe0 connection request: uint16 destination, uint16 source, uint8 class; { uint8 code, uint8 length, value }:
   *          0xc0 TPDU size, 0xc1 calling TSAP, 0xc2 called TSAP: uint8 kind 1 to 3, uint8 rack (3 bits), slot (5 bits)
   *     0xd0 connection confirm, the same          0x80 disconnect request: references, uint8 reason
   *     0xf0 data: uint8 last (0x80) and number
   */
  *#transport(packet: Uint8Array): Iterable<DecoyOutput> {
    const [length = 0, type = 0] = packet;
    if (type === 0xe0 && !this.#connected) {
      const cursor = new ByteCursor(packet.subarray(0, length + 1), 4);
      const source = cursor.take(2);
      cursor.uint8();
      const parameters = new Map<number, Uint8Array>();
      while (cursor.left > 1 && !cursor.failed) {
        const code = cursor.uint8();
        parameters.set(code, cursor.take(cursor.uint8()));
      }
      const called = parameters.get(0xc2) ?? new Uint8Array(0);
      yield { do: 'know', protocol: 's7' };
      yield* this.#say(
        `connect calling=${hex(parameters.get(0xc1) ?? new Uint8Array(0))} called=${hex(called)}`,
      );
      const slot = (called[1] ?? 0) & 0x1f;
      // 0x0200 is what older panels call; 0x01 to 0x03 with the slot of the processor is everybody else.
      const isOurs =
        called.length === 2 &&
        (called[0] ?? 0) >= 1 &&
        (called[0] ?? 0) <= 3 &&
        (this.#station.slots.includes(slot) || slot === 0);
      if (cursor.failed || source.length < 2 || !isOurs) {
        yield this.#send(6, 0x80, source.length < 2 ? uint16(0) : source, uint16(0), 0);
        yield* this.#close();
        return;
      }
      this.#connected = true;
      const calling = parameters.get(0xc1) ?? Uint8Array.of(1, 0);
      const tail = octets(
        0xc0,
        1,
        Math.min(parameters.get(0xc0)?.[0] ?? 10, 10),
        0xc1,
        calling.length,
        calling,
        0xc2,
        2,
        called,
      );
      yield this.#send(6 + tail.length, 0xd0, source, uint16(0x4431), 0, tail);
      return;
    }
    if (type !== 0xf0 || length !== 2 || !this.#connected || packet[3] !== 0x32) {
      yield* this.#close();
      return;
    }
    yield* this.#message(packet.subarray(3));
  }

  /**
   *     uint8    0x32
   *     uint8    1 job, 3 answer with data, 7 user data
   *     uint16   0
   *     uint16   reference
   *     uint16   length of the parameters, uint16 length of the data
   *     uint8    error class, uint8 error code (in answers)
   */
  *#message(bytes: Uint8Array): Iterable<DecoyOutput> {
    const cursor = new ByteCursor(bytes, 1);
    const kind = cursor.uint8();
    cursor.uint16();
    const reference = cursor.take(2);
    const [parameterLength, dataLength] = [cursor.uint16(), cursor.uint16()];
    const parameters = cursor.take(parameterLength);
    const data = cursor.take(dataLength);
    if (cursor.failed || parameters.length === 0 || (kind !== 1 && kind !== 7)) {
      yield* this.#close();
      return;
    }
    if (kind === 7) yield* this.#userData(reference, parameters, data);
    else yield* this.#job(reference, parameters, data);
  }

  #answer(
    reference: Uint8Array,
    error: number,
    parameters: Uint8Array,
    data: Uint8Array = new Uint8Array(0),
  ): DecoyOutput {
    const lengths = octets(uint16(parameters.length), uint16(data.length));
    return this.#send(2, 0xf0, 0x80, 0x32, 3, uint16(0), reference, lengths, uint16(error), parameters, data);
  }

  *#job(reference: Uint8Array, parameters: Uint8Array, data: Uint8Array): Iterable<DecoyOutput> {
    const cursor = new ByteCursor(parameters);
    const code = cursor.uint8();
    switch (code) {
      case 0xf0: {
        // Set up: uint8 0, uint16 parallel jobs calling, uint16 called, uint16 PDU length.
        cursor.uint8();
        const [calling, called, pdu] = [cursor.uint16(), cursor.uint16(), cursor.uint16()];
        this.#pdu = Math.max(112, Math.min(pdu, this.#station.pduLimit));
        yield* this.#say(`setup pdu=${pdu}`);
        const jobs = (wanted: number): Uint8Array => uint16(Math.min(Math.max(wanted, 1), 8));
        yield this.#answer(reference, 0, octets(0xf0, 0, jobs(calling), jobs(called), uint16(this.#pdu)));
        return;
      }
      case 4:
        yield* this.#read(reference, cursor);
        return;
      case 5:
        yield* this.#write(reference, cursor, new ByteCursor(data));
        return;
      case 0x28:
      case 0x29:
        yield* this.#control(reference, code, parameters);
        return;
      case 0x1a:
      case 0x1b:
      case 0x1c: {
        // Download of a block: uint8 state … "_" type number: not permitted at this protection level.
        const name = printable(latin1(parameters.subarray(8, 64)));
        yield* this.#say(`download ${name}`, true);
        yield this.#exploit('s7-program-download', 'T0843', name);
        yield this.#answer(reference, 0xd241, Uint8Array.of(code));
        return;
      }
      case 0x1d:
      case 0x1e:
      case 0x1f:
        yield* this.#say(`upload ${printable(latin1(parameters.subarray(8, 64)))}`);
        yield this.#answer(reference, 0xd209, Uint8Array.of(code));
        return;
      default:
        yield* this.#say(`function 0x${code.toString(16)} ${hex(parameters)}`);
        // 0x8104: this service is not there.
        yield this.#answer(reference, 0x8104, new Uint8Array(0));
    }
  }

  *#read(reference: Uint8Array, cursor: ByteCursor): Iterable<DecoyOutput> {
    const count = cursor.uint8();
    const parts: Uint8Array[] = [];
    const said: string[] = [];
    if (count > itemLimit) {
      yield this.#answer(reference, 0x8500, new Uint8Array(0));
      return;
    }
    for (let index = 0; index < count; index += 1) {
      const item = readPlace(cursor, this.#station);
      said.push(item.said);
      parts.push(readItem(item.place, index === count - 1));
    }
    yield* this.#say(`read ${said.join(', ')}`);
    const data = octets(...parts);
    // What does not fit the agreed length is refused whole: 0x8500, “wrong PDU size”.
    if (data.length + 14 > this.#pdu) yield this.#answer(reference, 0x8500, new Uint8Array(0));
    else yield this.#answer(reference, 0, octets(4, count), data);
  }

  *#write(reference: Uint8Array, cursor: ByteCursor, values: ByteCursor): Iterable<DecoyOutput> {
    const count = Math.min(cursor.uint8(), itemLimit);
    const places = Array.from({ length: count }, () => readPlace(cursor, this.#station));
    const written = places.map(({ place }) => writeItem(values, place));
    const said = `write ${places.map((item, index) => `${item.said}=${hex(written[index]?.data ?? new Uint8Array(0))}`).join(', ')}`;
    yield* this.#say(said, true);
    if (written.some(({ code }) => code === 0xff)) yield this.#exploit('s7-write', 'T0855', said);
    yield this.#answer(
      reference,
      0,
      octets(5, count),
      Uint8Array.from(written, ({ code }) => code),
    );
  }

  /**
   * 0x28 start: 6 reserved, 0xfd, uint16 length and block, uint8 length, "P_PROGRAM".  0x29 stop: 5 reserved, uint8 length, "P_PROGRAM".
   * An answer to what is so already carries 2 (runs) or 7 (stopped).
   */
  *#control(reference: Uint8Array, code: number, parameters: Uint8Array): Iterable<DecoyOutput> {
    const service =
      /_?P_PROGRAM|_INSE|_DELE|_MODU|_GARB/.exec(latin1(parameters))?.[0] ??
      printable(latin1(parameters.subarray(1, 32)));
    const stop = code === 0x29;
    const said = stop ? 'CPU stop' : service === 'P_PROGRAM' ? 'CPU start' : `control ${service}`;
    yield* this.#say(said, true);
    yield this.#exploit(stop ? 's7-cpu-stop' : 's7-cpu-control', stop ? 'T0816' : 'T0858', said);
    if (service !== 'P_PROGRAM') {
      yield this.#answer(reference, 0xd241, Uint8Array.of(code));
      return;
    }
    const already = this.#station.running !== stop;
    this.#station.running = !stop;
    yield this.#answer(reference, 0, already ? octets(code, stop ? 7 : 2) : Uint8Array.of(code));
  }

  /**
   * Parameters: uint24 0x000112; uint8 length 4 or 8; uint8 0x11 request, 0x12 answer; uint8 type 4 or 8 and group (4 bits each);
   * uint8 function; uint8 sequence; in answers uint8 data unit, uint8 1 where more follows, uint16 error.
   * Data: uint8 result, uint8 transport size 9, uint16 length, data.
   */
  *#userData(reference: Uint8Array, parameters: Uint8Array, data: Uint8Array): Iterable<DecoyOutput> {
    const group = (parameters[5] ?? 0) & 15;
    const sub = parameters[6] ?? 0;
    const content = new ByteCursor(data.subarray(4));
    if (parameters.length === 12 && this.#rest !== null) {
      yield this.#part(reference);
      return;
    }
    this.#rest = null;
    this.#sequence = (this.#sequence % 255) + 1;
    if (group === 4 && sub === 1) {
      const [id, index] = [content.uint16(), content.uint16()];
      yield* this.#say(`read SZL 0x${id.toString(16).padStart(4, '0')} index ${index}`);
      const list = statusList(this.#station, id, index);
      if (typeof list === 'number') {
        yield this.#failure(reference, group, sub, list);
        return;
      }
      const head = octets(uint16(id), uint16(index), uint16(list.recordLength), uint16(list.records.length));
      this.#rest = { group, sub, data: octets(head, ...list.records) };
      yield this.#part(reference);
    } else if (group === 3 && sub === 1) {
      yield* this.#say('list blocks');
      const counts = Object.entries(this.#station.counts).map(([type, count]) =>
        octets('0', type, uint16(count)),
      );
      this.#rest = { group, sub, data: octets(...counts) };
      yield this.#part(reference);
    } else if (group === 3 && sub === 2) {
      const type = latin1(content.take(2));
      yield* this.#say(`list blocks of type ${printable(type)}`);
      const numbers = type === '0A' ? [...this.#station.blocks.keys()].sort((a, b) => a - b) : [];
      if (numbers.length === 0) {
        yield this.#failure(reference, group, sub, 0xd20e);
        return;
      }
      this.#rest = { group, sub, data: octets(...numbers.map((number) => octets(uint16(number), 0x22, 5))) };
      yield this.#part(reference);
    } else if (group === 3) {
      yield* this.#say(`block information ${printable(latin1(data.subarray(4, 32)))}`);
      yield this.#failure(reference, group, sub, 0xd209);
    } else if (group === 5 && sub === 1) {
      // Eight octets, each with 0x55 and the one two places before.
      const sealed = content.take(8);
      const password = Array.from(sealed, (octet, index) =>
        String.fromCharCode(octet ^ 0x55 ^ (index > 1 ? (sealed[index - 2] ?? 0) : 0)),
      );
      this.#context.countAttempt();
      yield {
        do: 'saw',
        fact: {
          kind: 'auth',
          service: 's7comm',
          user: '',
          method: 'password',
          password: password.join('').trimEnd(),
          accepted: false,
        },
      };
      yield this.#failure(reference, group, sub, 0xd602);
    } else if (group === 7 && (sub === 1 || sub === 3)) {
      yield* this.#say('read clock');
      this.#rest = { group, sub, data: clockOf(this.#context.now()) };
      yield this.#part(reference);
    } else {
      yield* this.#say(`user data group ${group} function ${sub} ${hex(data)}`, group === 7);
      yield this.#failure(reference, group, sub, 0x8104);
    }
  }

  #part(reference: Uint8Array): DecoyOutput {
    const { group, sub, data } = this.#rest ?? { group: 0, sub: 0, data: new Uint8Array(0) };
    const room = this.#pdu - 26;
    const now = data.subarray(0, room);
    const more = data.length > room;
    this.#rest = more ? { group, sub, data: data.subarray(room) } : null;
    const head = octets(
      0,
      1,
      0x12,
      8,
      0x12,
      0x80 | group,
      sub,
      this.#sequence,
      more ? 1 : 0,
      more ? 1 : 0,
      uint16(0),
    );
    return this.#userAnswer(reference, head, octets(0xff, 9, uint16(now.length), now));
  }

  #failure(reference: Uint8Array, group: number, sub: number, error: number): DecoyOutput {
    const head = octets(0, 1, 0x12, 8, 0x12, 0x80 | group, sub, this.#sequence, 0, 0, uint16(error));
    return this.#userAnswer(reference, head, octets(0x0a, 0, uint16(0)));
  }

  #userAnswer(reference: Uint8Array, head: Uint8Array, data: Uint8Array): DecoyOutput {
    return this.#send(
      2,
      0xf0,
      0x80,
      0x32,
      7,
      uint16(0),
      reference,
      uint16(head.length),
      uint16(data.length),
      head,
      data,
    );
  }
}

/** 0, century 0x19; then in binary-coded decimals year, month, day, hour, minute, second, milliseconds (3 digits), weekday from 1. */
function clockOf(milliseconds: number): Uint8Array {
  const date = new Date(milliseconds);
  const digits = date.toISOString().replaceAll(/\D/g, '').slice(2, 17);
  return octets(0, 0x19, new Uint8Array(Buffer.from(`${digits}${date.getUTCDay() + 1}`, 'hex')));
}
