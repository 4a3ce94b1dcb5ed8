import { Buffer } from 'node:buffer';
import type { Decoy, DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { octets, uint16 } from '../../wire/big-endian.ts';
import { ByteCursor } from '../../wire/byte-cursor.ts';
import { confidenceIn } from '../../wire/protocol-name.ts';
import { deviceOf, type ModbusDevice } from './device.ts';

const requestsPerConnection = 20_000;
/** Reads are counted together: a scanner that walks all registers must not fill the records. */
const commandsPerConnection = 500;

const illegalFunction = 1;
const illegalAddress = 2;
const illegalValue = 3;
const gatewayTargetFailed = 11;

type Answer = Uint8Array | number;

interface Done {
  /** The PDU behind the function code, or an exception's number. */
  readonly answer: Answer;
  readonly said: string;
  readonly writes: boolean;
}

const bits = (table: Uint8Array, start: number, count: number): Uint8Array => {
  const packed = new Uint8Array(Math.ceil(count / 8));
  for (let index = 0; index < count; index += 1) {
    if (table[start + index] === 1) packed[index >> 3] = (packed[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return packed;
};

const words = (table: Uint16Array, start: number, count: number): Uint8Array => {
  const bytes = Buffer.alloc(count * 2);
  for (let index = 0; index < count; index += 1) bytes.writeUInt16BE(table[start + index] ?? 0, index * 2);
  return bytes;
};

class ModbusSession implements DecoySession {
  readonly #device: ModbusDevice;
  #held: Buffer = Buffer.alloc(0);
  #requests = 0;
  #commands = 0;
  #over = false;
  #diagnosed = 0;

  constructor(context: DecoyContext) {
    this.#device = deviceOf(context.persona);
  }

  /**
   * MODBUS Messaging on TCP/IP 1.0b §3.1.3.
   *
   *     uint16   transaction
   *     uint16   protocol 0
   *     uint16   length of what follows, at most 254
   *     uint8    unit
   *     uint8    function code, and its data
   */
  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#over) return;
    this.#held = Buffer.concat([this.#held, bytes]);
    while (this.#held.length >= 6) {
      const length = this.#held.readUInt16BE(4);
      this.#requests += 1;
      // A frame that is none can't be skipped: the real stacks close.
      if (
        this.#held.readUInt16BE(2) !== 0 ||
        length < 2 ||
        length > 254 ||
        this.#requests > requestsPerConnection
      ) {
        this.#over = true;
        this.#held = Buffer.alloc(0);
        yield { do: 'close' };
        return;
      }
      if (this.#held.length < 6 + length) return;
      const transaction = this.#held.subarray(0, 2);
      const unit = this.#held[6] ?? 0;
      const pdu = this.#held.subarray(7, 6 + length);
      this.#held = this.#held.subarray(6 + length);
      const code = pdu[0] ?? 0;
      const done = this.#device.units.has(unit)
        ? this.#serve(code, pdu.subarray(1))
        : { answer: gatewayTargetFailed, said: `function ${code}`, writes: false };
      if (this.#commands < commandsPerConnection || done.writes) {
        this.#commands += 1;
        const outcome = typeof done.answer === 'number' ? ` exception ${done.answer}` : '';
        yield {
          do: 'saw',
          fact: {
            kind: 'command',
            service: 'modbus',
            input: `unit ${unit} ${done.said}${outcome}`.slice(0, 1_024),
          },
        };
        if (done.writes && typeof done.answer !== 'number') {
          yield {
            do: 'saw',
            fact: {
              kind: 'exploit',
              service: 'modbus',
              class: 'protocol',
              name: 'modbus-write',
              cves: [],
              technique: 'T0855',
              detail: done.said.slice(0, 300),
            },
          };
        }
      }
      const answer =
        typeof done.answer === 'number' ? octets(code | 0x80, done.answer) : octets(code, done.answer);
      yield { do: 'reply', bytes: octets(transaction, uint16(0), uint16(answer.length + 1), unit, answer) };
    }
  }

  #serve(code: number, data: Uint8Array): Done {
    const device = this.#device;
    const cursor = new ByteCursor(data);
    switch (code) {
      case 1:
      case 2:
        return this.#readBits(
          code === 1 ? device.coils : device.discrete,
          code === 1 ? 'read coils' : 'read discrete inputs',
          cursor,
        );
      case 3:
      case 4:
        return this.#readWords(
          code === 3 ? device.holding : device.input,
          code === 3 ? 'read holding registers' : 'read input registers',
          cursor,
        );
      case 5:
        return this.#writeCoil(data, cursor);
      case 6:
        return this.#writeRegister(data, cursor);
      case 8:
        return this.#diagnose(data, cursor);
      case 15:
        return this.#writeCoils(cursor);
      case 16:
        return this.#writeRegisters(cursor);
      case 17: {
        // Application Protocol 1.1b3 §6.13: uint8 count; server id; run indicator 0xff; additional data.
        const text = `${device.vendor} ${device.product}`;
        return {
          answer: octets(text.length + 2, 1, device.runs ? 0xff : 0, text),
          said: 'report server id',
          writes: false,
        };
      }
      case 22:
        return this.#maskWrite(data, cursor);
      case 23:
        return this.#readWrite(cursor);
      case 43:
        return this.#identify(cursor);
      case 90:
        // UMAS, Schneider's own: 0x00 session, uint8 function; answered 0xfd, “not done”.
        return {
          answer: octets(data[0] ?? 0, 0xfd, 0, 0),
          said: `umas 0x${(data[1] ?? 0).toString(16).padStart(2, '0')} ${Buffer.from(data.subarray(2, 34)).toString('hex')}`,
          writes: [0x40, 0x41, 0x30, 0x31, 0x32, 0x33, 0x21, 0x23, 0x37].includes(data[1] ?? 0),
        };
      default:
        return {
          answer: illegalFunction,
          said: `function ${code} ${Buffer.from(data.subarray(0, 64)).toString('hex')}`,
          writes: false,
        };
    }
  }

  /** §6.1: uint16 start, uint16 quantity 1 to 2000. Answer: uint8 count, packed bits. */
  #readBits(table: Uint8Array, name: string, cursor: ByteCursor): Done {
    const [start, count] = [cursor.uint16(), cursor.uint16()];
    const said = `${name} ${start}+${count}`;
    if (cursor.failed || count < 1 || count > 2_000) return { answer: illegalValue, said, writes: false };
    if (start + count > table.length) return { answer: illegalAddress, said, writes: false };
    const packed = bits(table, start, count);
    return { answer: octets(packed.length, packed), said, writes: false };
  }

  /** §6.3: uint16 start, uint16 quantity 1 to 125. Answer: uint8 count, registers. */
  #readWords(table: Uint16Array, name: string, cursor: ByteCursor): Done {
    const [start, count] = [cursor.uint16(), cursor.uint16()];
    const said = `${name} ${start}+${count}`;
    if (cursor.failed || count < 1 || count > 125) return { answer: illegalValue, said, writes: false };
    if (start + count > table.length) return { answer: illegalAddress, said, writes: false };
    return { answer: octets(count * 2, words(table, start, count)), said, writes: false };
  }

  /** §6.5: uint16 address, uint16 0xff00 or 0; echoed. */
  #writeCoil(data: Uint8Array, cursor: ByteCursor): Done {
    const [address, value] = [cursor.uint16(), cursor.uint16()];
    const said = `write coil ${address}=${value === 0xff00 ? 1 : value === 0 ? 0 : `0x${value.toString(16)}`}`;
    if (cursor.failed || (value !== 0 && value !== 0xff00))
      return { answer: illegalValue, said, writes: true };
    if (address >= this.#device.coils.length) return { answer: illegalAddress, said, writes: true };
    this.#device.coils[address] = value === 0 ? 0 : 1;
    return { answer: data.subarray(0, 4), said, writes: true };
  }

  /** §6.6: uint16 address, uint16 value; echoed. */
  #writeRegister(data: Uint8Array, cursor: ByteCursor): Done {
    const [address, value] = [cursor.uint16(), cursor.uint16()];
    const said = `write register ${address}=${value}`;
    if (cursor.failed) return { answer: illegalValue, said, writes: true };
    if (address >= this.#device.holding.length) return { answer: illegalAddress, said, writes: true };
    this.#device.holding[address] = value;
    return { answer: data.subarray(0, 4), said, writes: true };
  }

  /** §6.11: uint16 start, uint16 quantity 1 to 1968, uint8 count, packed bits. Answer: start, quantity. */
  #writeCoils(cursor: ByteCursor): Done {
    const [start, count, size] = [cursor.uint16(), cursor.uint16(), cursor.uint8()];
    const packed = cursor.take(size);
    const said = `write coils ${start}+${count}=${Buffer.from(packed).toString('hex')}`;
    if (cursor.failed || count < 1 || count > 1_968 || size !== Math.ceil(count / 8))
      return { answer: illegalValue, said, writes: true };
    if (start + count > this.#device.coils.length) return { answer: illegalAddress, said, writes: true };
    for (let index = 0; index < count; index += 1) {
      this.#device.coils[start + index] = ((packed[index >> 3] ?? 0) >> (index & 7)) & 1;
    }
    return { answer: octets(uint16(start), uint16(count)), said, writes: true };
  }

  /** §6.12: uint16 start, uint16 quantity 1 to 123, uint8 count, registers. Answer: start, quantity. */
  #writeRegisters(cursor: ByteCursor): Done {
    const [start, count, size] = [cursor.uint16(), cursor.uint16(), cursor.uint8()];
    const values = cursor.take(size);
    const said = `write registers ${start}+${count}=${Buffer.from(values).toString('hex')}`;
    if (cursor.failed || count < 1 || count > 123 || size !== count * 2)
      return { answer: illegalValue, said, writes: true };
    if (start + count > this.#device.holding.length) return { answer: illegalAddress, said, writes: true };
    this.#store(start, values);
    return { answer: octets(uint16(start), uint16(count)), said, writes: true };
  }

  #store(start: number, values: Uint8Array): void {
    const cursor = new ByteCursor(values);
    for (let index = 0; cursor.left >= 2; index += 1) this.#device.holding[start + index] = cursor.uint16();
  }

  /** §6.16: uint16 address, uint16 and-mask, uint16 or-mask; echoed. */
  #maskWrite(data: Uint8Array, cursor: ByteCursor): Done {
    const [address, and, or] = [cursor.uint16(), cursor.uint16(), cursor.uint16()];
    const said = `mask write register ${address} and ${and} or ${or}`;
    if (cursor.failed) return { answer: illegalValue, said, writes: true };
    const current = this.#device.holding[address];
    if (current === undefined) return { answer: illegalAddress, said, writes: true };
    this.#device.holding[address] = (current & and) | (or & ~and & 0xffff);
    return { answer: data.subarray(0, 6), said, writes: true };
  }

  /** §6.17: uint16 read start, quantity 1 to 125; uint16 write start, quantity 1 to 121; uint8 count; registers. Writes first. */
  #readWrite(cursor: ByteCursor): Done {
    const [from, count, to, written, size] = [
      cursor.uint16(),
      cursor.uint16(),
      cursor.uint16(),
      cursor.uint16(),
      cursor.uint8(),
    ];
    const values = cursor.take(size);
    const said = `read ${from}+${count} and write registers ${to}+${written}=${Buffer.from(values).toString('hex')}`;
    const { holding } = this.#device;
    if (cursor.failed || count < 1 || count > 125 || written < 1 || written > 121 || size !== written * 2) {
      return { answer: illegalValue, said, writes: true };
    }
    if (from + count > holding.length || to + written > holding.length)
      return { answer: illegalAddress, said, writes: true };
    this.#store(to, values);
    return { answer: octets(count * 2, words(holding, from, count)), said, writes: true };
  }

  /** §6.8: uint16 sub-function, data. 0 echoes, 1 restarts communication, 4 falls silent, 10 clears the counters, 11 to 18 count. */
  #diagnose(data: Uint8Array, cursor: ByteCursor): Done {
    const sub = cursor.uint16();
    const said = `diagnostics ${sub}`;
    if (cursor.failed || data.length < 4) return { answer: illegalValue, said, writes: false };
    this.#diagnosed += 1;
    if (sub === 0 || sub === 1 || sub === 10) return { answer: data.slice(), said, writes: false };
    if (sub === 2) return { answer: octets(uint16(2), uint16(0)), said, writes: false };
    if (sub >= 11 && sub <= 18) {
      const value = sub === 11 || sub === 14 ? this.#requests + this.#diagnosed : 0;
      return { answer: octets(uint16(sub), uint16(value)), said, writes: false };
    }
    return { answer: illegalFunction, said, writes: false };
  }

  /**
   * §6.21: uint8 MEI type 14, uint8 code 1 (basic), 2 (regular), 3 (extended), 4 (one object), uint8 first object.
   * Answer: type, code, conformity 0x82, more follows, next object, number of objects, { uint8 id, uint8 length, text } …
   */
  #identify(cursor: ByteCursor): Done {
    const [type, code, first] = [cursor.uint8(), cursor.uint8(), cursor.uint8()];
    const said =
      type === 14 ? `read device identification ${code} from ${first}` : `encapsulated transport ${type}`;
    if (type !== 14) return { answer: illegalFunction, said, writes: false };
    if (cursor.failed || code < 1 || code > 4) return { answer: illegalValue, said, writes: false };
    const { vendor, product, revision, url, productName, model } = this.#device;
    const objects = [vendor, product, revision, url, productName, model];
    if (code === 4 && first >= objects.length) return { answer: illegalAddress, said, writes: false };
    const last = code === 1 ? 2 : objects.length - 1;
    // An object that is not there starts from the beginning.
    const start = first > last ? 0 : first;
    const chosen =
      code === 4 ? [first] : Array.from({ length: last - start + 1 }, (_, index) => start + index);
    return {
      answer: octets(
        14,
        code,
        0x82,
        0,
        0,
        chosen.length,
        ...chosen.flatMap((id) => [id, (objects[id] ?? '').length, objects[id] ?? '']),
      ),
      said,
      writes: false,
    };
  }
}

/**
 * Reads `persona.software.modbus`: `product` and `version` are the device's product code and revision; of `details` `vendor`, `name`
 * and `registers` (how many of each kind there are).
 */
export const modbus: Decoy = {
  name: 'modbus',
  summary: 'Programmable controller (Modbus over TCP)',
  transport: 'tcp',
  ports: [502],
  recognise: (firstBytes) => confidenceIn('modbus', firstBytes, 'tcp'),
  open: (context) => new ModbusSession(context),
};
