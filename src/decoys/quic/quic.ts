import type { Decoy, DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { below } from '../../core/random.ts';
import { octets } from '../../wire/big-endian.ts';
import { confidenceIn } from '../../wire/protocol-name.ts';
import { CryptoStream, cryptoFrames } from '../../wire/quic-crypto-stream.ts';
import { initialKeys, openInitial, sealInitial } from '../../wire/quic-initial.ts';
import {
  quicVersions,
  readLongHeader,
  writeVarint,
  writeVersionNegotiation,
} from '../../wire/quic-packet.ts';
import { parseBareClientHello, type ClientHello } from '../../wire/tls-client-hello.ts';
import { ja4 } from '../../wire/tls-fingerprint.ts';

/** RFC 9000 §14.1: a server discards what carries an Initial packet in a smaller datagram. */
const smallestInitial = 1_200;
/** RFC 9001 §4.8: 0x0100 and the alert no_application_protocol, 120 (RFC 7301 §3.2). */
const noApplicationProtocol = 0x0100 + 120;
/** A client sends its hello again a few times and then gives up. */
const heardDatagrams = 32;
/** A client has one or two Initial packets in a datagram; to open a thousand small ones takes long. */
const openedPackets = 8;

class QuicSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #versions: readonly number[];
  readonly #sourceId: Uint8Array;
  readonly #stream = new CryptoStream();
  /** Of the client's first packet: its keys stay for all its Initial packets (RFC 9001 §5.2). */
  #firstId: Uint8Array | null = null;
  #hello: ClientHello | null = null;
  #heard = 0;
  #answers = 0;

  constructor(context: DecoyContext) {
    this.#context = context;
    const random = context.persona.random('quic');
    this.#versions = below(random, 2) === 0 ? [quicVersions.one] : [quicVersions.two, quicVersions.one];
    this.#sourceId = context.randomBytes([8, 16, 18, 20][below(random, 4)] ?? 8);
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    this.#heard += 1;
    if (this.#heard > heardDatagrams) return;
    const header = readLongHeader(bytes);
    if (header === null || header.version === 0) return;
    const isSpoken = this.#versions.includes(header.version);
    if (isSpoken && (header.destinationId.length < 8 || header.destinationId.length > 20)) return;
    this.#firstId ??= Uint8Array.from(header.destinationId);
    const numbers = yield* this.#read(bytes);
    if (bytes.length < smallestInitial) return;
    if (!isSpoken) {
      const unused = this.#context.randomBytes(1)[0] ?? 0;
      yield { do: 'reply', bytes: writeVersionNegotiation(header, unused | 0x40, this.#versions) };
      return;
    }
    const latest = numbers.at(-1);
    if (latest !== undefined && this.#hello !== null)
      yield* this.#refuse(header.version, header.sourceId, latest);
  }

  /** What the Initial packets of a datagram hold; gives their numbers. */
  *#read(bytes: Uint8Array): Generator<DecoyOutput, number[], undefined> {
    const numbers: number[] = [];
    for (let at = 0, left = openedPackets; at < bytes.length && left > 0; left -= 1) {
      const opened = openInitial(bytes, at, (version) =>
        initialKeys(version, this.#firstId ?? new Uint8Array(0), 'client'),
      );
      if (opened === null) break;
      at = opened.next;
      if (opened.packet === null) continue;
      numbers.push(opened.packet.packetNumber);
      for (const frame of cryptoFrames(opened.packet.payload)) {
        const hello = this.#hello === null ? parseBareClientHello(this.#stream.add(frame)) : null;
        if (hello === null || typeof hello === 'string') continue;
        this.#hello = hello;
        yield* this.#tell(hello);
      }
    }
    return numbers;
  }

  *#tell(hello: ClientHello): Iterable<DecoyOutput> {
    const name = hello.serverName === null ? '' : ` server_name=${printable(hello.serverName)}`;
    const protocols = hello.alpn.slice(0, 16).map(printable).join(',');
    yield {
      do: 'saw',
      fact: {
        kind: 'command',
        service: 'quic',
        input: `client hello${name} alpn=${protocols}`.slice(0, 1_024),
      },
      fingerprints: { ja4: ja4(hello, 'q') },
    };
  }

  /**
   * Closes as a server of another protocol does, in an Initial packet of its own:
   *
   *     ACK (§19.3): varint 2; varint largest; varint delay; varint ranges; varint first range
   *     CONNECTION_CLOSE (§19.19): varint 0x1c; varint error; varint frame type that caused it; varint length of the reason
   */
  *#refuse(version: number, clientId: Uint8Array, acknowledged: number): Iterable<DecoyOutput> {
    const keys = initialKeys(version, this.#firstId ?? new Uint8Array(0), 'server');
    if (keys === null || this.#answers >= 4 || acknowledged >= 0x4000_0000) return;
    const payload = octets(
      octets(2, writeVarint(acknowledged), 0, 0, 0),
      octets(0x1c, writeVarint(noApplicationProtocol), 6, 0),
    );
    const packet = { packetNumber: this.#answers, payload };
    this.#answers += 1;
    yield {
      do: 'reply',
      bytes: sealInitial(version, { destinationId: clientId, sourceId: this.#sourceId }, packet, keys),
    };
  }
}

const printable = (text: string): string => text.replaceAll(/[^\x21-\x7e]/g, '.').slice(0, 255);

/**
 * A server that speaks QUIC and none of the client's protocols. What a client says of itself is in its Initial packets, which
 * everyone can read; nothing is agreed on, so nothing more can be learnt.
 */
export const quic: Decoy = {
  name: 'quic',
  summary: 'Server over QUIC that serves none of the protocols that the client asks for (versions 1 and 2)',
  transport: 'udp',
  ports: [443, 853, 8443],
  recognise: (firstBytes) => confidenceIn('quic', firstBytes, 'udp'),
  open: (context) => new QuicSession(context),
};
