/**
 * Captures of packets as tcpdump and Wireshark write them: pcap (the Internet Draft opsawg-pcap) and pcapng (opsawg-pcapng). A stream of
 * bytes in; of each packet the first octets out. Memory is bounded by the longest block.
 */

import { Buffer } from 'node:buffer';

/** Octets of a packet's block at most; libpcap's own bound of a packet is 262,144. */
const longestBlock = 327_680;
const mostInterfaces = 1024;
const sectionHeader = 0x0a0d0d0a;

export interface CapturedPacket {
  readonly bytes: Uint8Array;
  readonly linkType: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Octets that the packet had on the wire. */
  readonly length: number;
}

export interface CaptureSink {
  packet(packet: CapturedPacket): void;
  damaged(why: string): void;
}

interface Interface {
  readonly linkType: number;
  /** Ticks a second. */
  readonly ticks: number;
  readonly offsetSeconds: number;
}

/** Whether these are the first bytes of a capture. */
export function isCapture(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 12));
  if (start.length < 12) return false;
  const magic = start.readUInt32BE(0);
  if (magic === sectionHeader) {
    const order = start.readUInt32BE(8);
    return order === 0x1a2b3c4d || order === 0x4d3c2b1a;
  }
  return magic === 0xa1b2c3d4 || magic === 0xd4c3b2a1 || magic === 0xa1b23c4d || magic === 0x4d3cb2a1;
}

export class CaptureReader {
  readonly #sink: CaptureSink;
  #held: Buffer = Buffer.alloc(0);
  #form: 'unknown' | 'pcap' | 'pcapng' | 'broken' = 'unknown';
  #little = false;
  #linkType = 0;
  #perMillisecond = 1000;
  #interfaces: Interface[] = [];
  /** Octets of a block too long to be held that are still to come. */
  #skip = 0;

  constructor(sink: CaptureSink) {
    this.#sink = sink;
  }

  push(chunk: Uint8Array): void {
    if (this.#form === 'broken') return;
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#held.length > 0) bytes = Buffer.concat([this.#held, bytes]);
    let at = 0;
    for (;;) {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, bytes.length - at);
        this.#skip -= passed;
        at += passed;
        if (this.#skip > 0) break;
      }
      const next = this.#block(bytes, at);
      if (next === 0) break;
      at += next;
    }
    // A copy: the chunk's memory belongs to whoever made it.
    this.#held = this.#broken ? Buffer.alloc(0) : Buffer.from(bytes.subarray(at));
  }

  /** The end of the input. */
  end(): void {
    if (!this.#broken && (this.#held.length > 0 || this.#skip > 0))
      this.#sink.damaged('ends within a packet');
  }

  get #broken(): boolean {
    return this.#form === 'broken';
  }

  #break(why: string): number {
    this.#form = 'broken';
    this.#sink.damaged(why);
    return 0;
  }

  #u16(bytes: Buffer, at: number): number {
    return this.#little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  }

  #u32(bytes: Buffer, at: number): number {
    return this.#little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  }

  /** Reads what begins here; answers with its octets, 0 where more must come or nothing more can be read. */
  #block(bytes: Buffer, at: number): number {
    if (this.#broken) return 0;
    if (this.#form === 'pcap') return this.#pcapPacket(bytes, at);
    if (bytes.length - at < 12) return 0;
    if (this.#form === 'pcapng' || bytes.readUInt32BE(at) === sectionHeader)
      return this.#pcapngBlock(bytes, at);
    return this.#pcapHeader(bytes, at);
  }

  /** Magic 4, version 2 and 2, reserved 8, snapshot length 4, link type 4 (the lower 16 bits). */
  #pcapHeader(bytes: Buffer, at: number): number {
    if (bytes.length - at < 24) return 0;
    const magic = bytes.readUInt32BE(at);
    this.#little = magic === 0xd4c3b2a1 || magic === 0x4d3cb2a1;
    const isNanoseconds = magic === 0xa1b23c4d || magic === 0x4d3cb2a1;
    if (!this.#little && !isNanoseconds && magic !== 0xa1b2c3d4) return this.#break('is no capture');
    this.#perMillisecond = isNanoseconds ? 1_000_000 : 1000;
    this.#linkType = this.#u32(bytes, at + 20) & 0xffff;
    this.#form = 'pcap';
    return 24;
  }

  /** Seconds 4, micro- or nanoseconds 4, captured length 4, original length 4, the packet. */
  #pcapPacket(bytes: Buffer, at: number): number {
    if (bytes.length - at < 16) return 0;
    const captured = this.#u32(bytes, at + 8);
    if (captured > longestBlock) return this.#break(`a packet of ${captured} octets; the rest can't be read`);
    if (bytes.length - at < 16 + captured) return 0;
    this.#sink.packet({
      bytes: bytes.subarray(at + 16, at + 16 + captured),
      linkType: this.#linkType,
      at: this.#u32(bytes, at) * 1000 + Math.floor(this.#u32(bytes, at + 4) / this.#perMillisecond),
      length: this.#u32(bytes, at + 12),
    });
    return 16 + captured;
  }

  /** Type 4, total length 4, body, total length 4; of a section header the body begins with the mark of the byte order. */
  #pcapngBlock(bytes: Buffer, at: number): number {
    this.#form = 'pcapng';
    if (bytes.readUInt32BE(at) === sectionHeader) {
      const order = bytes.readUInt32BE(at + 8);
      if (order !== 0x1a2b3c4d && order !== 0x4d3c2b1a) return this.#break('a section of no byte order');
      this.#little = order === 0x4d3c2b1a;
      this.#interfaces = [];
    }
    const type = this.#u32(bytes, at);
    const length = this.#u32(bytes, at + 4);
    if (length < 12 || length % 4 !== 0)
      return this.#break(`a block of ${length} octets; the rest can't be read`);
    if (length > longestBlock) {
      this.#sink.damaged(`a block of ${length} octets is passed over`);
      const passed = Math.min(length, bytes.length - at);
      this.#skip = length - passed;
      return passed;
    }
    if (bytes.length - at < length) return 0;
    if (type === 1) this.#interface(bytes, at, length);
    else if (type === 6 && length >= 32) this.#enhancedPacket(bytes, at, length);
    else if (type === 3 && length >= 16) this.#simplePacket(bytes, at, length);
    return length;
  }

  /** Link type 2, reserved 2, snapshot length 4, options: code 2, length 2, value padded to 4. */
  #interface(bytes: Buffer, at: number, length: number): void {
    if (length < 20 || this.#interfaces.length >= mostInterfaces) return;
    let ticks = 1_000_000;
    let offsetSeconds = 0;
    let option = at + 16;
    const end = at + length - 4;
    while (option + 4 <= end) {
      const code = this.#u16(bytes, option);
      const size = this.#u16(bytes, option + 2);
      if (code === 0 || option + 4 + size > end) break;
      // if_tsresol: a power of ten, with the upper bit set of two.
      if (code === 9 && size >= 1) {
        const value = bytes[option + 4] ?? 6;
        ticks = value >= 128 ? 2 ** (value & 127) : 10 ** Math.min(value, 18);
      }
      if (code === 14 && size === 8) {
        const high = this.#little ? bytes.readInt32LE(option + 8) : bytes.readInt32BE(option + 4);
        const low = this.#u32(bytes, option + (this.#little ? 4 : 8));
        offsetSeconds = high * 4_294_967_296 + low;
      }
      option += 4 + size + ((4 - (size % 4)) % 4);
    }
    this.#interfaces.push({ linkType: this.#u16(bytes, at + 8), ticks, offsetSeconds });
  }

  /** Interface 4, time high 4, time low 4, captured length 4, original length 4, the packet. */
  #enhancedPacket(bytes: Buffer, at: number, length: number): void {
    const face = this.#interfaces[this.#u32(bytes, at + 8)];
    const captured = this.#u32(bytes, at + 20);
    if (face === undefined || captured > length - 32) {
      this.#sink.damaged('a packet of no interface, or longer than its block');
      return;
    }
    const ticks = this.#u32(bytes, at + 12) * 4_294_967_296 + this.#u32(bytes, at + 16);
    this.#sink.packet({
      bytes: bytes.subarray(at + 28, at + 28 + captured),
      linkType: face.linkType,
      at: Math.max(0, Math.floor((ticks / face.ticks + face.offsetSeconds) * 1000)),
      length: this.#u32(bytes, at + 24),
    });
  }

  /** Original length 4, the packet: without a time. */
  #simplePacket(bytes: Buffer, at: number, length: number): void {
    const face = this.#interfaces[0];
    if (face === undefined) {
      this.#sink.damaged('a packet of no interface');
      return;
    }
    const original = this.#u32(bytes, at + 8);
    const captured = Math.min(original, length - 16);
    this.#sink.packet({
      bytes: bytes.subarray(at + 12, at + 12 + captured),
      linkType: face.linkType,
      at: 0,
      length: original,
    });
  }
}
