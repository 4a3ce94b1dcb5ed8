/** Hears exporters of NetFlow, IPFIX and sFlow on one UDP port. */

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { networkContains, parseAddress, type Network } from '../core/address.ts';
import { BatchWriter } from '../telemetry/batch-writer.ts';
import { FlowWriter } from '../telemetry/flow-writer.ts';
import { FlowDecoder } from '../wire/flow-datagram.ts';
import type { FlowSink } from '../wire/flow-record.ts';
import type { Endpoint } from './endpoint.ts';
import type { SourceOptions, TelemetrySource } from './source.ts';

/** Asked of the kernel, which gives what net.core.rmem_max allows: bursts of exports wait there. */
const receiveBytes = 8 * 1024 * 1024;
/** Flows that began longer ago than this come from a clock that is wrong. */
const oldestMilliseconds = 86_400_000;

export class FlowListener implements TelemetrySource {
  readonly #endpoint: Endpoint;
  readonly #from: readonly Network[];
  readonly #options: SourceOptions;
  readonly #decoder = new FlowDecoder();
  readonly #writer: BatchWriter;
  readonly #sink: FlowSink;
  #socket: Socket | null = null;
  #now = 0;
  #exporter = '';
  #bytes: Uint8Array = new Uint8Array(0);

  /** `from` names the exporters that are heard: whoever may write here could have anyone blocked. */
  constructor(endpoint: Endpoint, from: readonly Network[], options: SourceOptions) {
    this.#endpoint = endpoint;
    this.#from = from;
    this.#options = options;
    const { report } = options;
    for (const counter of ['datagrams', 'refused', 'missing', 'clock']) report.count(counter, 0);
    this.#writer = new BatchWriter({
      sensor: report.name,
      near: 0,
      damaged: (_line, sample, why) => report.damaged(`datagram of ${this.#exporter}`, sample, why),
    });
    const flows = new FlowWriter(this.#writer);
    this.#sink = {
      flow: (record) => {
        let at = record.first;
        if (at > this.#now || at < this.#now - oldestMilliseconds) {
          if (at > this.#now + 60_000 || at < this.#now - oldestMilliseconds) report.count('clock');
          at = this.#now;
        }
        flows.add(record, at);
      },
      damaged: (offset, why) => {
        const sample = Buffer.from(this.#bytes.subarray(offset, offset + 40)).toString('hex');
        this.#writer.damaged(0, sample, `octet ${offset}: ${why}`);
      },
    };
  }

  /** The port that was bound: of use where 0 was asked for. */
  get port(): number {
    return this.#socket?.address().port ?? 0;
  }

  async start(): Promise<void> {
    const { address, port } = this.#endpoint;
    const socket = createSocket({ type: address.includes(':') ? 'udp6' : 'udp4' });
    this.#socket = socket;
    socket.on('message', (bytes, remote) => this.#received(bytes, remote));
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(port, address, () => {
        socket.off('error', reject);
        resolve();
      });
    });
    socket.on('error', (error) => this.#options.report.problem(error.message));
    try {
      socket.setRecvBufferSize(receiveBytes);
    } catch {
      // The kernel's own size then.
    }
  }

  async stop(): Promise<void> {
    const socket = this.#socket;
    this.#socket = null;
    if (socket !== null) await new Promise<void>((resolve) => socket.close(() => resolve()));
  }

  #received(bytes: Uint8Array, remote: RemoteInfo): void {
    const { report, now, observed } = this.#options;
    report.count('datagrams');
    const address = parseAddress(remote.address.replace(/%.*$/, ''));
    if (address === null || !this.#from.some((network) => networkContains(network, address))) {
      report.count('refused');
      return;
    }
    this.#now = now();
    this.#exporter = `${remote.address} ${remote.port}`;
    this.#bytes = bytes;
    this.#decoder.read(this.#exporter, bytes, 0, bytes.length, this.#now, this.#sink);
    report.counters['missing'] = this.#decoder.missing;
    if (!this.#writer.pending) return;
    const { recordCount, observations } = this.#writer.take();
    report.count('records', recordCount);
    report.count('observations', observations.length);
    for (const observation of observations) observed(observation);
  }
}
