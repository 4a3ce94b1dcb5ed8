/**
 * Events of the kernel's connection tracking, as `conntrack -E -o timestamp,extended` prints them:
 *
 *     [1700000000.123456]   [UPDATE] ipv4  2 tcp  6 10 CLOSE src=A dst=B sport=1 dport=2 src=B dst=A sport=2 dport=1 [ASSURED] mark=0
 *     [1700000000.123456]  [DESTROY] ipv4  2 udp 17 src=A dst=B sport=1 dport=2 packets=1 bytes=60 [UNREPLIED] src=B …
 *
 * A conversation makes one observation: at once where it was refused, at its end otherwise. Packets and bytes are told only
 * where `net.netfilter.nf_conntrack_acct` is 1; without them a conversation that succeeded can't be told from one that did
 * nothing, and makes none.
 */

import type { ReadBatch, ReadContext, Reader } from '../core/reader.ts';
import { AddressCache } from './address-cache.ts';
import type { BatchWriter } from './batch-writer.ts';
import { readLines, shareOfLines } from './read-lines.ts';

const head =
  /^\s*(?:\[(\d{1,12})\.(\d{6})\d{0,3}\s*\]\s+)?\[(NEW|UPDATE|DESTROY)\]\s+(?:ipv[46]\s+\d{1,3}\s+)?([a-z0-9-]{1,16})\s+(\d{1,3})\s/;
const toldKept = 65_536;

interface Way {
  src: string;
  dst: string;
  sport: number;
  dport: number;
  packets: number;
  bytes: number;
  type: number;
}

const emptyWay = (): Way => ({ src: '', dst: '', sport: 0, dport: 0, packets: -1, bytes: -1, type: -1 });
const numberOf = (text: string): number => (/^\d{1,15}$/.test(text) ? Number(text) : -1);
const portOf = (text: string): number => {
  const value = numberOf(text);
  return value >= 0 && value <= 65_535 ? value : 0;
};

class Connections {
  readonly #addresses = new AddressCache();
  /** Refused conversations that were told of already, by their ends. */
  readonly #told = new Set<string>();

  read(line: string, number: number, near: number, writer: BatchWriter): void {
    const found = head.exec(line);
    if (found === null) {
      writer.damaged(number, line, 'no event of connection tracking');
      return;
    }
    const [whole, seconds, micro = '0', event, , protocolNumber] = found;
    const protocol = Number(protocolNumber);
    const at = seconds === undefined ? near : Number(seconds) * 1000 + Math.floor(Number(micro) / 1000);
    const words = line.slice(whole.length, whole.length + 2000).split(/\s+/);
    const way = wayOf(words);
    const source = this.#addresses.canonical(way.src);
    const destination = this.#addresses.canonical(way.dst);
    if (source === null || destination === null || protocol > 255) {
      writer.damaged(number, line, 'an address is none');
      return;
    }
    const isTcp = protocol === 6;
    const isReplied = !words.includes('[UNREPLIED]');
    const isAssured = words.includes('[ASSURED]');
    // CLOSE is the kernel's word for a conversation that a RST ended.
    const isRefused = isTcp && !isAssured && words.includes('CLOSE');
    const isEnd = event === 'DESTROY';
    const ends = `${source} ${way.sport} ${destination} ${way.dport} ${protocol}`;
    const wasTold = this.#told.has(ends);
    if (isEnd || event === 'NEW') this.#told.delete(ends);
    const isCounted = way.packets >= 0 && way.bytes >= 0;
    const isFailed = isTcp ? isRefused || (isEnd && !isAssured) : isEnd && !isReplied;
    if ((isFailed && !wasTold) || (isEnd && !isFailed && isCounted)) {
      if (!isEnd) this.#remember(ends);
      const isIcmp = protocol === 1 || protocol === 58;
      const transport = isTcp ? 'tcp' : protocol === 17 ? 'udp' : isIcmp ? 'icmp' : 'other';
      writer.add({
        ...writer.seen(at, source, way.sport, way.dport, '', transport),
        destination,
        // ASSURED: the kernel saw the handshake complete, in both ways.
        spoofable: !(isTcp && isAssured),
        kind: 'flow',
        packets: isCounted ? way.packets : 1,
        bytes: isCounted ? way.bytes : isTcp ? 60 : 28,
        duration: 0,
        action: 'unknown',
        protocol,
        // What never came beyond its opening: a SYN without an ACK.
        tcpFlags: isTcp && isFailed ? 2 : -1,
        reply: false,
      });
    }
    writer.record();
  }

  #remember(ends: string): void {
    if (this.#told.size >= toldKept) this.#told.clear();
    this.#told.add(ends);
  }
}

/** The way of whoever began it: the first of each key. */
function wayOf(words: readonly string[]): Way {
  const way = emptyWay();
  const seen = new Set<string>();
  for (const word of words) {
    const sign = word.indexOf('=');
    if (sign < 0) continue;
    const key = word.slice(0, sign);
    if (seen.has(key)) continue;
    seen.add(key);
    const value = word.slice(sign + 1);
    if (key === 'src' || key === 'dst') way[key] = value;
    else if (key === 'sport' || key === 'dport') way[key] = portOf(value);
    else if (key === 'packets' || key === 'bytes' || key === 'type') way[key] = numberOf(value);
  }
  return way;
}

export const conntrack: Reader = {
  name: 'conntrack',
  summary: 'Events of connection tracking: conntrack -E -o timestamp,extended',
  detect: (sample: Uint8Array): number =>
    shareOfLines(sample, (line) => head.test(line) && line.includes(' src=')) * 0.97,
  read(input: AsyncIterable<Uint8Array>, context: ReadContext): AsyncIterable<ReadBatch> {
    const connections = new Connections();
    return readLines(input, context, (line, number, writer) =>
      connections.read(line, number, context.near, writer),
    );
  },
};
