/**
 * The sockets on which every port arrives, made by a privileged process (CAP_NET_ADMIN, CAP_NET_RAW) and inherited by the sensor, which
 * has no capabilities: setting IP_TRANSPARENT and opening a raw socket need them once, using the sockets does not.
 *
 * They are made under the sensor's uid (setfsuid): the egress rule knows a socket's owner by the uid under which it was made,
 * and one made as root would pass it by.
 */

import koffi from 'koffi';
import { PicketError } from '../core/errors.ts';
import { parseAddress } from '../core/address.ts';

export interface AnyPortSockets {
  readonly tcp: number[];
  readonly udp: { readonly family: 4 | 6; readonly receive: number; readonly send: number }[];
}

export interface AnyPortPlan {
  /** The port of loopback on which the kernel hands over TCP, and the one for UDP. Seen by nobody outside. */
  readonly tcpPort: number;
  readonly udpPort: number;
  readonly families: readonly (4 | 6)[];
  /** The uid that the sensor will run under. */
  readonly uid: number;
}

// <bits/socket.h>, <bits/in.h>, <asm-generic/socket.h>, the same on all Linux that Picket runs on (x86-64, arm64).
const inet = { 4: 2, 6: 10 } as const;
const stream = 1;
const datagram = 2;
const raw = 3;
const nonBlocking = 0o4000;
const protocolRaw = 255;
const option = {
  reuseAddress: [1, 2],
  receiveBuffer: [1, 33],
  overflowCount: [1, 40],
  transparent4: [0, 19],
  originalDestination4: [0, 20],
  transparent6: [41, 75],
  originalDestination6: [41, 74],
  only6: [41, 26],
} as const;
const backlog = 4_096;
const receiveBufferBytes = 8_388_608;
const closeOnExec = 1;
const getFlags = 1;
const setFlags = 2;

interface Calls {
  socket(family: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, name: number, value: Uint8Array, length: number): number;
  bind(fd: number, address: Uint8Array, length: number): number;
  listen(fd: number, backlog: number): number;
  close(fd: number): number;
  setfsuid(uid: number): number;
  fcntl(fd: number, command: number, value: number): number;
}

let calls: Calls | null = null;

function libc(): Calls {
  if (calls !== null) return calls;
  const library = koffi.load('libc.so.6');
  calls = {
    socket: library.func('int socket(int, int, int)'),
    setsockopt: library.func('int setsockopt(int, int, int, void*, uint32_t)'),
    bind: library.func('int bind(int, void*, uint32_t)'),
    listen: library.func('int listen(int, int)'),
    close: library.func('int close(int)'),
    setfsuid: library.func('int setfsuid(uint32_t)'),
    fcntl: library.func('int fcntl(int, int, int)'),
  };
  return calls;
}

function check(result: number, what: string): number {
  if (result >= 0) return result;
  const number = koffi.errno();
  throw new PicketError(
    number === 98 ? 'PICKET_PORT_TAKEN' : 'PICKET_NOT_PRIVILEGED',
    `cannot make an any-port socket: ${what} failed with errno ${number}; it needs CAP_NET_ADMIN and CAP_NET_RAW and a free port`,
  );
}

function set(fd: number, [level, name]: readonly [number, number], value: number): void {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  check(libc().setsockopt(fd, level, name, bytes, 4), `setsockopt ${level}/${name}`);
}

function socketAddress(family: 4 | 6, value: bigint, port: number): Uint8Array {
  const bytes = new Uint8Array(family === 4 ? 16 : 28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, inet[family], true);
  view.setUint16(2, port);
  if (family === 4) view.setUint32(4, Number(value));
  else view.setBigUint64(16, value);
  return bytes;
}

const loopback = (family: 4 | 6, port: number): Uint8Array =>
  socketAddress(family, family === 4 ? 0x7f00_0001n : 1n, port);

function make(made: number[], family: 4 | 6, type: number, protocol: number): number {
  const fd = check(libc().socket(inet[family], type | nonBlocking, protocol), 'socket');
  made.push(fd);
  // The one child that is handed it by `stdio` gets a copy without the flag; no other child gets it at all.
  libc().fcntl(fd, setFlags, libc().fcntl(fd, getFlags, 0) | closeOnExec);
  return fd;
}

function transparent(made: number[], family: 4 | 6, type: number, port: number): number {
  const fd = make(made, family, type, 0);
  set(fd, family === 4 ? option.transparent4 : option.transparent6, 1);
  set(fd, option.reuseAddress, 1);
  if (family === 6) set(fd, option.only6, 1);
  const address = loopback(family, port);
  check(libc().bind(fd, address, address.length), `bind to loopback port ${port}`);
  return fd;
}

/**
 * Makes them. Throws PICKET_NOT_PRIVILEGED or PICKET_PORT_TAKEN, and then none is left open.
 * The descriptors pass to a child process through `stdio`, where each gets the number of its place.
 */
export function makeAnyPortSockets(plan: AnyPortPlan): AnyPortSockets {
  const made: number[] = [];
  const sockets: AnyPortSockets = { tcp: [], udp: [] };
  const before = libc().setfsuid(plan.uid);
  try {
    for (const family of plan.families) {
      const listening = transparent(made, family, stream, plan.tcpPort);
      check(libc().listen(listening, backlog), 'listen');
      sockets.tcp.push(listening);
      const receive = transparent(made, family, datagram, plan.udpPort);
      set(receive, family === 4 ? option.originalDestination4 : option.originalDestination6, 1);
      set(receive, option.overflowCount, 1);
      set(receive, option.receiveBuffer, receiveBufferBytes);
      sockets.udp.push({ family, receive, send: make(made, family, raw, protocolRaw) });
    }
    return sockets;
  } catch (error) {
    for (const fd of made) libc().close(fd);
    throw error;
  } finally {
    libc().setfsuid(before);
  }
}

/**
 * A bound and listening TCP socket for the sensor to inherit: how a decoy gets a port below 1024. Throws PICKET_PORT_TAKEN or
 * PICKET_NOT_PRIVILEGED.
 */
export function makeListeningSocket(
  address: string,
  port: number,
  uid: number,
  transport: 'tcp' | 'udp' = 'tcp',
): number {
  const parsed = parseAddress(address);
  const family = parsed?.family ?? 4;
  const made: number[] = [];
  const before = libc().setfsuid(uid);
  try {
    const fd = make(made, family, transport === 'tcp' ? stream : datagram, 0);
    // Of datagram sockets it would let a second one take the port away.
    if (transport === 'tcp') set(fd, option.reuseAddress, 1);
    const bytes = socketAddress(family, parsed?.value ?? 0n, port);
    check(libc().bind(fd, bytes, bytes.length), `bind to port ${port}`);
    if (transport === 'tcp') check(libc().listen(fd, backlog), 'listen');
    return fd;
  } catch (error) {
    closeDescriptors(made);
    throw error;
  } finally {
    libc().setfsuid(before);
  }
}

export function closeDescriptors(descriptors: readonly number[]): void {
  for (const fd of descriptors) libc().close(fd);
}

/** Closes them in the process that made them, once the sensor has its own. */
export function closeAnyPortSockets(sockets: AnyPortSockets): void {
  for (const fd of sockets.tcp) libc().close(fd);
  for (const { receive, send } of sockets.udp) {
    libc().close(receive);
    libc().close(send);
  }
}
