/* oxlint-disable unicorn/require-post-message-target-origin -- that is for windows; a worker thread has no origin */
/** Waits for the netfilter log's datagrams and keeps the table of probes, off the thread that answers visitors. */

import { parentPort, workerData } from 'node:worker_threads';
import koffi from 'koffi';
import { ProbeReader } from './probe-message.ts';
import { ProbeTable, type ProbeReport } from './probe-table.ts';
import { sharedStop, type FromProbeWorker } from './probe-watch.ts';

const port = parentPort;
if (port === null) throw new Error('probe-watch-worker.ts runs as a worker thread');
const { socket, shared }: { socket: number; shared: Int32Array } = workerData;

const mostDatagrams = 64;
const waitMilliseconds = 250;
const datagramSize = 131_072;
const messageDontWait = 0x40;
const pollIn = 1;

const libc = koffi.load('libc.so.6');
const receive = libc.func('long recv(int, void*, size_t, int)');
const poll = libc.func('int poll(void*, unsigned long, int)');

// One block: struct pollfd (8 in 16), then the datagram.
const block = koffi.alloc('uint8_t', 16 + datagramSize);
const base = koffi.address(block);
const memory = koffi.view(block, 16 + datagramSize);
const head = new DataView(memory, 0, 16);
const view = new DataView(memory, 16, datagramSize);
head.setInt32(0, socket, true);
head.setInt16(4, pollIn, true);

let reports: ProbeReport[] = [];
const reader = new ProbeReader();
const table = new ProbeTable((report) => reports.push(report));
let probes = 0;
let told = 0;

port.postMessage({ kind: 'ready' } satisfies FromProbeWorker);
while (Atomics.load(shared, sharedStop) === 0) {
  if (Number(poll(base, 1, waitMilliseconds)) <= 0) continue;
  const at = Date.now();
  for (let count = 0; count < mostDatagrams; count += 1) {
    const length = Number(receive(socket, base + 16n, datagramSize, messageDontWait));
    if (length <= 0) break;
    for (const probe of reader.read(view, length)) {
      probes += 1;
      table.saw(probe, at);
    }
  }
  const changed = probes + reader.lost + reader.unreadable;
  if (changed === told) continue;
  told = changed;
  port.postMessage({
    kind: 'probes',
    reports,
    probes,
    lost: reader.lost,
    unreadable: reader.unreadable,
    unreported: table.unreported,
    proofs: table.proofs,
  } satisfies FromProbeWorker);
  reports = [];
}
koffi.free(block);
port.close();
