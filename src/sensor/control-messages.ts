/** Reads the ancillary data that `recvmsg` returns: where a datagram was meant to go, and how many were dropped before it. */

import { formatAddress, formatIpv4, parseAddress } from '../core/address.ts';

export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

const levelSocket = 1;
const receiveQueueOverflow = 40;
const levelIp = 0;
const originalDestination4 = 20;
const levelIpv6 = 41;
const originalDestination6 = 74;

/**
 * `sockaddr_in`: uint16 le family 2; uint16 be port; 4 bytes address.
 * `sockaddr_in6`: uint16 le family 10; uint16 be port; uint32 flow; 16 bytes address; uint32 scope.
 * Null where it is neither.
 */
export function readSocketAddress(view: DataView, at: number, length: number): SocketAddress | null {
  if (length < 16 || at + length > view.byteLength) return null;
  const family = view.getUint16(at, true);
  const port = view.getUint16(at + 2);
  if (family === 2) return { address: formatIpv4(view.getUint32(at + 4)), port };
  if (family !== 10 || length < 28) return null;
  const value = (view.getBigUint64(at + 8) << 64n) | view.getBigUint64(at + 16);
  const parsed = parseAddress(formatAddress({ family: 6, value }));
  return parsed === null ? null : { address: formatAddress(parsed), port };
}

export interface ControlMessages {
  readonly destination: SocketAddress | null;
  readonly dropped: number;
}

/** Each message: size_t length with this header of 16 bytes; int level; int type; data; padding to 8 bytes (64-bit Linux). */
export function readControlMessages(view: DataView, length: number): ControlMessages {
  let destination: SocketAddress | null = null;
  let dropped = 0;
  const end = Math.min(length, view.byteLength);
  for (let at = 0; at + 16 <= end;) {
    const size = Number(view.getBigUint64(at, true));
    if (size < 16 || at + size > end) break;
    const level = view.getInt32(at + 8, true);
    const type = view.getInt32(at + 12, true);
    if (
      (level === levelIp && type === originalDestination4) ||
      (level === levelIpv6 && type === originalDestination6)
    ) {
      destination = readSocketAddress(view, at + 16, size - 16);
    } else if (level === levelSocket && type === receiveQueueOverflow && size >= 20) {
      dropped = view.getUint32(at + 16, true);
    }
    at += Math.ceil(size / 8) * 8;
  }
  return { destination, dropped };
}
