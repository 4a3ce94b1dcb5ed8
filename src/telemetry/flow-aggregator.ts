/** Packets → flows of one direction by addresses, ports and protocol, in event time. The table is bounded. */

import { FlowRecord } from '../wire/flow-record.ts';
import type { FlowOpening } from './flow-writer.ts';

const mostFlows = 65_536;
/** Retransmitted SYNs come after 1, 3, 7 and 15 s, and belong to one attempt. */
const idleMilliseconds = 16_000;
const activeMilliseconds = 60_000;

interface Flow {
  readonly record: FlowRecord;
  readonly opening: FlowOpening;
}

export type FlowEnded = (record: FlowRecord, opening: FlowOpening) => void;

export class FlowAggregator {
  /** The one that was silent longest comes first. */
  readonly #flows = new Map<string, Flow>();
  readonly #ended: FlowEnded;

  constructor(ended: FlowEnded) {
    this.#ended = ended;
  }

  get size(): number {
    return this.#flows.size;
  }

  /** Takes one packet, seen at `at`. The record is the caller's own and may be used again. */
  packet(packet: FlowRecord, at: number): void {
    this.expire(at);
    const key = keyOf(packet);
    const held = this.#flows.get(key);
    if (held === undefined) {
      if (this.#flows.size >= mostFlows)
        for (const [oldest] of this.#flows) return this.#evict(oldest, key, packet, at);
      this.#begin(key, packet, at);
      return;
    }
    this.#flows.delete(key);
    const { record } = held;
    const isAnew = isOpening(packet) && (record.tcpFlags & 5) !== 0;
    if (isAnew || Math.abs(at - record.first) >= activeMilliseconds) {
      this.#ended(record, held.opening);
      this.#begin(key, packet, at);
      return;
    }
    record.packets += packet.packets;
    record.bytes += packet.bytes;
    record.last = Math.max(record.last, at);
    if (packet.tcpFlags >= 0) record.tcpFlags = Math.max(0, record.tcpFlags) | packet.tcpFlags;
    this.#flows.set(key, held);
  }

  /** Ends what has been silent for long enough at this time. */
  expire(at: number): void {
    for (const [key, { record, opening }] of this.#flows) {
      if (at - record.last < idleMilliseconds) return;
      this.#flows.delete(key);
      this.#ended(record, opening);
    }
  }

  /** Ends all: there is no more input. */
  end(): void {
    for (const { record, opening } of this.#flows.values()) this.#ended(record, opening);
    this.#flows.clear();
  }

  #evict(oldest: string, key: string, packet: FlowRecord, at: number): void {
    const flow = this.#flows.get(oldest);
    this.#flows.delete(oldest);
    if (flow !== undefined) this.#ended(flow.record, flow.opening);
    this.#begin(key, packet, at);
  }

  #begin(key: string, packet: FlowRecord, at: number): void {
    const record = new FlowRecord();
    Object.assign(record, packet);
    // The frame's memory is used again.
    record.sourceSix = packet.sourceSix.slice();
    record.destinationSix = packet.destinationSix.slice();
    record.first = at;
    record.last = at;
    this.#flows.set(key, { record, opening: openingOf(packet) });
  }
}

function isOpening({ protocol, tcpFlags }: FlowRecord): boolean {
  return protocol === 6 && (tcpFlags & 0x12) === 2;
}

/** SYN without ACK begins a conversation; SYN-ACK, and RST without more, answer one. Other flags tell nothing. */
function openingOf(packet: FlowRecord): FlowOpening {
  if (packet.protocol !== 6 || packet.tcpFlags < 0) return 'unknown';
  if (isOpening(packet)) return 'initiator';
  const isAnswer = (packet.tcpFlags & 0x12) === 0x12 || (packet.tcpFlags & 0x2f) === 4;
  return isAnswer ? 'answer' : 'unknown';
}

function keyOf(packet: FlowRecord): string {
  const { family, sourcePort, destinationPort, protocol, icmpType } = packet;
  const ends =
    family === 4
      ? `${packet.source}>${packet.destination}`
      : `${latin1(packet.sourceSix)}${latin1(packet.destinationSix)}`;
  return `${ends} ${sourcePort} ${destinationPort} ${protocol} ${icmpType}`;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
