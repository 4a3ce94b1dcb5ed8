/** The binary packet protocol, RFC 4253 §6: framing of what comes in and what goes out. */

import { Buffer } from 'node:buffer';
import { plainOpener, plainSealer, type PacketOpener, type PacketSealer } from './ssh-protection.ts';

// uint32    packet_length
// byte      padding_length
// byte[n1]  payload; n1 = packet_length - padding_length - 1
// byte[n2]  random padding; n2 = padding_length
// byte[m]   mac (Message Authentication Code - MAC); m = mac_length

/** OpenSSH's PACKET_MAX_SIZE. */
export const largestPacketBytes: number = 256 * 1024;

/** Why a packet can't be read; after it nothing more can be. */
export type PacketFault = 'length' | 'alignment' | 'tag' | 'padding';

/** Cuts a stream of bytes into payloads. Holds at most one packet and the bytes of one `push`. */
export class SshPacketReader {
  #buffer: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #opener: PacketOpener = plainOpener;
  #length = -1;
  #sequence = 0;
  #discard = -1;

  /** Takes these bytes; they are copied. */
  push(bytes: Uint8Array): void {
    const held = this.#end - this.#start;
    if (this.#end + bytes.length > this.#buffer.length) {
      const needed = held + bytes.length;
      // Doubling keeps the copies linear however small the pieces are in which a large packet comes.
      const target =
        needed > this.#buffer.length / 2 ? Buffer.allocUnsafe(Math.max(1024, needed * 2)) : this.#buffer;
      this.#buffer.copy(target, 0, this.#start, this.#end);
      this.#buffer = target;
      this.#start = 0;
      this.#end = held;
    }
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Takes `count` raw bytes, ahead of the first packet. */
  takeRaw(count: number): Buffer {
    const taken = Buffer.from(this.#buffer.subarray(this.#start, this.#start + count));
    this.#start += taken.length;
    return taken;
  }

  /** The bytes that no packet has taken yet. */
  get pending(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Number of the packet that `next` returned last. */
  get lastSequence(): number {
    return (this.#sequence - 1) >>> 0;
  }

  /** Keys for what follows; `restart` sets the packet numbers back (strict key exchange). */
  protect(opener: PacketOpener, restart: boolean): void {
    this.#opener = opener;
    if (restart) this.#sequence = 0;
  }

  /**
   * The next payload; null where more bytes are needed; a fault where the stream is broken. In CBC mode a wrong length or
   * tag is told only after as many bytes as the largest packet has, as OpenSSH does, so that it gives nothing away.
   */
  next(): Buffer | PacketFault | null {
    const opener = this.#opener;
    if (this.#discard >= 0) {
      const held = this.#end - this.#start;
      this.#discard -= held;
      this.#start = this.#end;
      if (this.#discard > 0) return null;
      this.#discard = 0;
      return 'tag';
    }
    if (this.#length < 0) {
      if (this.#end - this.#start < opener.headerBytes) return null;
      const header = this.#buffer.subarray(this.#start, this.#start + opener.headerBytes);
      const length = opener.length(header, this.#sequence);
      if (length < 5 || length > largestPacketBytes) return this.#broken('length');
      const blocks = opener.lengthApart ? length : length + 4;
      if (blocks % opener.blockBytes !== 0) return this.#broken('alignment');
      this.#length = length;
    }
    const total = 4 + this.#length + opener.tagBytes;
    if (this.#end - this.#start < total) return null;
    const plain = opener.open(this.#buffer.subarray(this.#start, this.#start + total), this.#sequence);
    if (plain === null) return this.#broken('tag');
    this.#start += total;
    this.#length = -1;
    this.#sequence = (this.#sequence + 1) >>> 0;
    const padding = plain[0] ?? 0;
    if (padding < 4 || padding + 1 > plain.length) return 'padding';
    // A copy: the buffer below is used again for what comes next.
    return Buffer.from(plain.subarray(1, plain.length - padding));
  }

  #broken(fault: PacketFault): Buffer | PacketFault | null {
    if (!this.#opener.chained) return fault;
    this.#discard = largestPacketBytes;
    return this.next();
  }
}

/** Makes packets of payloads. */
export class SshPacketWriter {
  readonly #randomBytes: (count: number) => Uint8Array;
  readonly #randomPlainPadding: boolean;
  #sealer: PacketSealer = plainSealer;
  #sequence = 0;

  /** `randomPlainPadding` is false for OpenSSH, which pads with zeros as long as nothing is encrypted. */
  constructor(randomBytes: (count: number) => Uint8Array, randomPlainPadding: boolean) {
    this.#randomBytes = randomBytes;
    this.#randomPlainPadding = randomPlainPadding;
  }

  protect(sealer: PacketSealer, restart: boolean): void {
    this.#sealer = sealer;
    if (restart) this.#sequence = 0;
  }

  /** The octets on the wire of this payload, with as little padding as may be. */
  packet(payload: Uint8Array): Buffer {
    const { blockBytes, lengthApart, encrypts } = this.#sealer;
    const body = 1 + payload.length + (lengthApart ? 0 : 4);
    let padding = blockBytes - (body % blockBytes);
    if (padding < 4) padding += blockBytes;
    const packet = Buffer.allocUnsafe(5 + payload.length + padding);
    packet.writeUInt32BE(1 + payload.length + padding, 0);
    packet[4] = padding;
    packet.set(payload, 5);
    if (encrypts || this.#randomPlainPadding) packet.set(this.#randomBytes(padding), 5 + payload.length);
    else packet.fill(0, 5 + payload.length);
    const sealed = this.#sealer.seal(packet, this.#sequence);
    this.#sequence = (this.#sequence + 1) >>> 0;
    return sealed;
  }
}
