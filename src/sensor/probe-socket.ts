/**
 * The socket on which probes without a handshake arrive, made by a privileged process (CAP_NET_ADMIN) and inherited by the sensor.
 *
 * It is a netfilter log (NFLOG) and not a packet socket: the sensor sees the headers that the rules of `probe-rules.ts` hand it and
 * nothing else of the machine's traffic (an unprivileged owner of a packet socket may take its filter off), and each record
 * says which rule wrote it, so that a withheld SYN is known and not guessed. Binding needs the capability once; receiving does not,
 * and the kernel refuses configuration from a process without it, whoever made the socket.
 */

import process from 'node:process';
import koffi from 'koffi';
import { PicketError } from '../core/errors.ts';
import { probeLogGroup } from './probe-rules.ts';

// <bits/socket.h>, <linux/netlink.h>, <linux/netfilter/nfnetlink_log.h>: the same on all Linux that Picket runs on.
const familyNetlink = 16;
const raw = 3;
const nonBlocking = 0o4000;
const protocolNetfilter = 12;
const levelSocket = 1;
const receiveBufferForce = 33;
const levelNetlink = 270;
const noBufferErrors = 5;
const dontWait = 0x40;
const closeOnExec = 1;
const getFlags = 1;
const setFlags = 2;
const receiveBufferBytes = 16_777_216;

const errorPermission = 1;
const headerBytes = 16;
const messageError = 2;
/** Subsystem 4 (ULOG) << 8 | NFULNL_MSG_CONFIG. */
const messageConfig = 0x0401;
const requestAndAcknowledge = 5;
/** Bytes of each packet: the headers of IPv6 with some options, and of TCP. Never as far as a payload of any use. */
export const snapBytes = 96;

function word(bytes: number, value: number): Uint8Array {
  const data = new Uint8Array(bytes);
  const view = new DataView(data.buffer);
  if (bytes === 2) view.setUint16(0, value);
  else view.setUint32(0, value);
  return data;
}

/**
 * `uint32 length; uint16 type; uint16 flags; uint32 sequence; uint32 port` (host order), then
 * `uint8 family; uint8 version; uint16be group`, then attributes `uint16 length; uint16 type; data`, padded to 4 bytes.
 */
function configuration(group: number): Uint8Array {
  const attributes: readonly (readonly [type: number, data: Uint8Array])[] = [
    // NFULA_CFG_CMD: NFULNL_CFG_CMD_BIND.
    [1, Uint8Array.of(1)],
    // NFULA_CFG_MODE: uint32be range; uint8 mode NFULNL_COPY_PACKET; uint8 padding.
    [2, Uint8Array.of(0, 0, 0, snapBytes, 2, 0)],
    // NFULA_CFG_NLBUFSIZ, _TIMEOUT (hundredths of a second), _QTHRESH: up to 128 records a message, none waits longer than 10 ms.
    [3, word(4, 65_536)],
    [4, word(4, 1)],
    [5, word(4, 128)],
    // NFULA_CFG_FLAGS: NFULNL_CFG_F_SEQ, so that what the kernel could not deliver shows as a gap.
    [6, word(2, 1)],
  ];
  const bytes = new Uint8Array(256);
  const view = new DataView(bytes.buffer);
  let at = headerBytes;
  view.setUint16(at + 2, group);
  at += 4;
  for (const [type, data] of attributes) {
    view.setUint16(at, data.length + 4, true);
    view.setUint16(at + 2, type, true);
    bytes.set(data, at + 4);
    at += Math.ceil((data.length + 4) / 4) * 4;
  }
  view.setUint32(0, at, true);
  view.setUint16(4, messageConfig, true);
  view.setUint16(6, requestAndAcknowledge, true);
  view.setUint32(8, 1, true);
  return bytes.subarray(0, at);
}

/**
 * Makes it. Throws PICKET_NOT_PRIVILEGED without CAP_NET_ADMIN or where the kernel has no netfilter log (CONFIG_NETFILTER_NETLINK_LOG),
 * PICKET_PORT_TAKEN where another process reads the group; then nothing is left open. One a network namespace.
 */
export function makeProbeSocket(group: number = probeLogGroup): number {
  const library = koffi.load('libc.so.6');
  const socket = library.func('int socket(int, int, int)');
  const bind = library.func('int bind(int, void*, uint32_t)');
  const setsockopt = library.func('int setsockopt(int, int, int, void*, uint32_t)');
  const send = library.func('long send(int, void*, size_t, int)');
  const receive = library.func('long recv(int, void*, size_t, int)');
  const fcntl = library.func('int fcntl(int, int, int)');
  const close = library.func('int close(int)');
  const fail = (what: string, number: number, taken = false): PicketError =>
    new PicketError(
      taken ? 'PICKET_PORT_TAKEN' : 'PICKET_NOT_PRIVILEGED',
      taken
        ? `another process reads netfilter's log group ${group}; stop it`
        : `cannot make the probe socket: ${what} failed with errno ${number}; it needs CAP_NET_ADMIN and a kernel with a netfilter log`,
    );
  const fd: number = socket(familyNetlink, raw | nonBlocking, protocolNetfilter);
  if (fd < 0) throw fail('socket', koffi.errno());
  try {
    fcntl(fd, setFlags, fcntl(fd, getFlags, 0) & ~closeOnExec);
    const address = new Uint8Array(12);
    address[0] = familyNetlink;
    if (bind(fd, address, address.length) < 0) throw fail('bind', koffi.errno());
    const integer = (value: number): Uint8Array => new Uint8Array(new Int32Array([value]).buffer);
    setsockopt(fd, levelSocket, receiveBufferForce, integer(receiveBufferBytes), 4);
    setsockopt(fd, levelNetlink, noBufferErrors, integer(1), 4);
    const message = configuration(group);
    if (send(fd, message, message.length, 0) < 0) throw fail('send', koffi.errno());
    // The kernel answers within send(): NLMSG_ERROR with `int32 error`, 0 for done.
    const answer = new Uint8Array(256);
    const length = Number(receive(fd, answer, answer.length, dontWait));
    const view = new DataView(answer.buffer);
    if (length < headerBytes + 4 || view.getUint16(4, true) !== messageError) throw fail('configure', 0);
    const error = -view.getInt32(headerBytes, true);
    // The kernel says EPERM both to who may not and to who comes second.
    if (error !== 0) throw fail('configure', error, error === errorPermission && process.geteuid?.() === 0);
    return fd;
  } catch (error) {
    close(fd);
    throw error;
  }
}
