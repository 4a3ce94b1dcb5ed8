/** Makes observations of binary flow records, and of packets that were put together to flows. */

import { canonicalAddress } from '../core/address.ts';
import type { Observation, Transport } from '../core/observation.ts';
import { flowAction, unsigned16, type FlowRecord } from '../wire/flow-record.ts';
import { AddressCache } from './address-cache.ts';
import type { BatchWriter } from './batch-writer.ts';
import { FlowDirection, textHash } from './flow-direction.ts';
import { ProvenSources } from './proven-sources.ts';

const transports: readonly Transport[] = Array.from({ length: 256 }, (_, number) =>
  number === 6 ? 'tcp' : number === 17 ? 'udp' : number === 1 || number === 58 ? 'icmp' : 'other',
);

const synchronise = 2;
const reset = 4;
const push = 8;
const acknowledge = 16;

/** Who began the flow, as far as its first packet was seen. */
export type FlowOpening = 'unknown' | 'initiator' | 'answer';

/** Texts of IPv6 addresses that are kept. */
const sixKept = 65_536;

/** Messages that are sent because of another's packet: echo reply, unreachable, time exceeded, parameter problem; RFC 4443's below 128 and 129. */
function isIcmpAnswer(protocol: number, type: number): boolean {
  if (type < 0) return false;
  return protocol === 1 ? type === 0 || type === 3 || type === 11 || type === 12 : type < 128 || type === 129;
}

/** A service's port answering a client's. Flags of a whole conversation hold SYN and ACK on both sides, and decide nothing. */
function looksLikeAnswer(record: FlowRecord): boolean {
  const { sourcePort, destinationPort, tcpFlags: flags } = record;
  if (flags > 0) {
    if ((flags & synchronise) !== 0 && (flags & acknowledge) === 0) return false;
    // SYN-ACK alone, or a RST without a SYN of its own.
    if ((flags & (push | 1)) === 0 && (flags & (synchronise | acknowledge)) === 18 && record.packets === 1)
      return true;
    if ((flags & synchronise) === 0 && (flags & reset) !== 0 && (flags & (push | 1)) === 0) return true;
  }
  return (
    sourcePort > 0 &&
    sourcePort < destinationPort &&
    (sourcePort < 1024 ? destinationPort >= 1024 : sourcePort < 10_000 && destinationPort >= 32_768)
  );
}

const whole = (value: number): number =>
  value > 0 ? Math.min(Math.round(value), Number.MAX_SAFE_INTEGER) : 0;

export class FlowWriter {
  readonly #writer: BatchWriter;
  readonly #addresses = new AddressCache();
  readonly #six = new Map<string, string>();
  readonly #direction = new FlowDirection();
  readonly #proven = new ProvenSources();

  constructor(writer: BatchWriter) {
    this.#writer = writer;
  }

  /** Adds a record as an observation. `at` is when it began, in place of what the record says. */
  add(record: FlowRecord, at: number, opening: FlowOpening = 'unknown'): void {
    const isFour = record.family === 4;
    const source = isFour ? this.#addresses.four(record.source) : this.#sixText(record.sourceSix);
    const destination = isFour
      ? this.#addresses.four(record.destination)
      : this.#sixText(record.destinationSix);
    const { protocol, sourcePort, destinationPort, packets, tcpFlags, sampling } = record;
    const transport = transports[protocol] ?? 'other';
    const duration = Math.max(0, record.last - record.first);
    let reply: boolean;
    if (opening !== 'unknown') reply = opening === 'answer';
    else if (transport === 'icmp' && record.icmpType >= 0) reply = isIcmpAnswer(protocol, record.icmpType);
    else {
      reply = this.#direction.isReply(
        isFour ? record.source : textHash(source),
        isFour ? record.destination : textHash(destination),
        sourcePort,
        destinationPort,
        protocol,
        record.last / 1000,
        looksLikeAnswer(record),
      );
    }
    // Data in an answer: the other side had acknowledged the handshake, which it can't without hearing it (RFC 9293 §3.5).
    if (reply && transport === 'tcp' && tcpFlags >= 0 && (tcpFlags & push) !== 0 && packets >= 2) {
      this.#proven.prove(destination, at);
    }
    const observation: Observation = {
      id: this.#writer.id(at),
      at,
      sensor: this.#writer.sensor,
      sequence: this.#writer.sequence(),
      source,
      sourcePort,
      destination,
      destinationPort,
      transport,
      session: '',
      spoofable: transport !== 'tcp' || !this.#proven.has(source, at),
      kind: 'flow',
      packets: whole(packets * sampling),
      bytes: whole(record.bytes * sampling),
      duration: whole(duration),
      action:
        record.action === flowAction.reject
          ? 'reject'
          : record.action === flowAction.accept
            ? 'accept'
            : 'unknown',
      protocol,
      tcpFlags,
      reply,
    };
    this.#writer.add(observation);
    this.#writer.record();
  }

  #sixText(bytes: Uint8Array): string {
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    let text = this.#six.get(key);
    if (text === undefined) {
      const groups: string[] = [];
      for (let at = 0; at < 16; at += 2) groups.push(unsigned16(bytes, at).toString(16));
      text = canonicalAddress(groups.join(':')) ?? '';
      if (this.#six.size >= sixKept) this.#six.clear();
      this.#six.set(key, text);
    }
    return text;
  }
}
