/**
 * Sends packets through an inherited raw socket (IPPROTO_RAW: it can send and never receives).
 *
 * Without capabilities a process can bind neither to an address that is not its own nor to a port below 1024, so it can't answer from the
 * port that a client meant by ordinary means. A raw socket that a privileged process opened needs neither. What it could be abused for,
 * the egress rule forbids: it lets out only answers within flows that another began.
 */

import koffi from 'koffi';
import { parseAddress } from '../core/address.ts';

const messageDontWait = 0x40;

export class RawSender {
  readonly #fd: number;
  readonly #family: 4 | 6;
  #send:
    | ((
        fd: number,
        bytes: Uint8Array,
        length: number,
        flags: number,
        to: Uint8Array,
        toLength: number,
      ) => number)
    | null = null;

  constructor(fd: number, family: 4 | 6) {
    this.#fd = fd;
    this.#family = family;
  }

  /** Never waits; false where the kernel takes it not, also where the egress rule refuses it. */
  send(packet: Uint8Array, to: string): boolean {
    this.#send ??= koffi.load('libc.so.6').func('long sendto(int, void*, size_t, int, void*, uint32_t)');
    const address = this.#socketAddress(to);
    if (address === null) return false;
    return (
      this.#send(this.#fd, packet, packet.length, messageDontWait, address, address.length) === packet.length
    );
  }

  /** `sockaddr_in` or `sockaddr_in6`, little-endian family, port 0 as raw sockets want it. */
  #socketAddress(to: string): Uint8Array | null {
    const address = parseAddress(to);
    if (address === null || address.family !== this.#family) return null;
    const bytes = new Uint8Array(this.#family === 4 ? 16 : 28);
    bytes[0] = this.#family === 4 ? 2 : 10;
    const at = this.#family === 4 ? 4 : 8;
    const width = this.#family === 4 ? 4 : 16;
    for (let index = 0; index < width; index += 1) {
      bytes[at + index] = Number((address.value >> BigInt(8 * (width - 1 - index))) & 0xffn);
    }
    return bytes;
  }
}
