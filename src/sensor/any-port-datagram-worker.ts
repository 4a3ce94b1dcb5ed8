/* oxlint-disable unicorn/require-post-message-target-origin -- that is for windows; a worker thread has no origin */
/**
 * Waits in `recvmsg` for datagrams to any port. While the sensor is behind by `mostInFlight` datagrams nothing is fetched: the kernel
 * drops what its queue can't hold and counts it, which costs less than throwing it away here.
 */

import { parentPort, workerData } from 'node:worker_threads';
import koffi from 'koffi';
import {
  sharedInFlight,
  sharedStop,
  type FromReceiver,
  type ReceivedDatagram,
} from './any-port-datagrams.ts';
import { readControlMessages, readSocketAddress } from './control-messages.ts';

const port = parentPort;
if (port === null) throw new Error('any-port-datagram-worker.ts runs as a worker thread');
const { receive, shared }: { receive: number; shared: Int32Array } = workerData;

const mostInFlight = 4_096;
const batch = 256;
const waitMilliseconds = 250;
const payloadSize = 65_536;
const controlSize = 256;
const messageDontWait = 0x40;
const pollIn = 1;

const libc = koffi.load('libc.so.6');
const recvmsg = libc.func('long recvmsg(int, void*, int)');
const poll = libc.func('int poll(void*, unsigned long, int)');

// One block: struct msghdr (56), iovec (16), name (28 in 32), control, payload, pollfd (8); 64-bit Linux layout.
const layout = { header: 0, vector: 64, name: 96, poll: 128, control: 160, payload: 160 + controlSize };
const block = koffi.alloc('uint8_t', layout.payload + payloadSize);
const base = koffi.address(block);
const memory = koffi.view(block, layout.payload + payloadSize);
const view = new DataView(memory);
const control = new DataView(memory, layout.control, controlSize);
view.setBigUint64(layout.header, base + BigInt(layout.name), true);
view.setBigUint64(layout.header + 16, base + BigInt(layout.vector), true);
view.setBigUint64(layout.header + 24, 1n, true);
view.setBigUint64(layout.header + 32, base + BigInt(layout.control), true);
view.setBigUint64(layout.vector, base + BigInt(layout.payload), true);
view.setBigUint64(layout.vector + 8, BigInt(payloadSize), true);
view.setInt32(layout.poll, receive, true);
view.setInt16(layout.poll + 4, pollIn, true);

let dropped = 0;

function receiveOne(): ReceivedDatagram | 'none' | 'unreadable' {
  view.setUint32(layout.header + 8, 28, true);
  view.setBigUint64(layout.header + 40, BigInt(controlSize), true);
  const length = Number(recvmsg(receive, block, messageDontWait));
  if (length < 0) return 'none';
  const source = readSocketAddress(view, layout.name, view.getUint32(layout.header + 8, true));
  const found = readControlMessages(control, Number(view.getBigUint64(layout.header + 40, true)));
  dropped = Math.max(dropped, found.dropped);
  if (source === null || found.destination === null) return 'unreadable';
  return {
    source: source.address,
    sourcePort: source.port,
    destination: found.destination.address,
    destinationPort: found.destination.port,
    bytes: new Uint8Array(memory.slice(layout.payload, layout.payload + length)),
  };
}

port.postMessage({ kind: 'ready' } satisfies FromReceiver);
while (Atomics.load(shared, sharedStop) === 0) {
  if (Atomics.load(shared, sharedInFlight) >= mostInFlight) {
    Atomics.wait(shared, sharedStop, 0, 5);
    continue;
  }
  if (Number(poll(base + BigInt(layout.poll), 1, waitMilliseconds)) <= 0) continue;
  const datagrams: ReceivedDatagram[] = [];
  for (let count = 0; count < batch; count += 1) {
    const one = receiveOne();
    if (one === 'none') break;
    if (one !== 'unreadable') datagrams.push(one);
  }
  if (datagrams.length === 0) continue;
  Atomics.add(shared, sharedInFlight, datagrams.length);
  port.postMessage({ kind: 'datagrams', datagrams, dropped } satisfies FromReceiver);
}
koffi.free(block);
port.close();
