/**
 * Internet Key Exchange messages, versions 1 (RFC 2408 §3) and 2 (RFC 7296 §3): header and chain of payloads.
 *
 *     uint64   initiator's identifier            uint64   responder's
 *     uint8    first payload   uint8 version     uint8 exchange   uint8 flags
 *     uint32   message id      uint32 length
 *     { uint8 next payload, uint8 reserved, uint16 length with these four, body } …
 */

import { octets, uint16, uint32 } from './big-endian.ts';
import { ByteCursor } from './byte-cursor.ts';

export interface IkePayload {
  readonly type: number;
  readonly body: Uint8Array;
}

export interface IkeMessage {
  readonly initiator: Uint8Array;
  readonly responder: Uint8Array;
  readonly major: number;
  readonly version: number;
  readonly exchange: number;
  readonly flags: number;
  readonly id: number;
  readonly first: number;
  /** Those before the first that is malformed. */
  readonly payloads: readonly IkePayload[];
  /** True where a length is none. */
  readonly isBroken: boolean;
}

const payloadLimit = 64;

/** Null where there is not even a header, or its length is not that of the datagram. */
export function readIkeMessage(bytes: Uint8Array): IkeMessage | null {
  if (bytes.length < 28) return null;
  const cursor = new ByteCursor(bytes);
  const [initiator, responder] = [cursor.take(8), cursor.take(8)];
  const [first, version, exchange, flags] = [cursor.uint8(), cursor.uint8(), cursor.uint8(), cursor.uint8()];
  const [id, length] = [cursor.uint32(), cursor.uint32()];
  if (length !== bytes.length) return null;
  const payloads: IkePayload[] = [];
  let isBroken = false;
  // Version 1 marks an encrypted message by a flag, version 2 by the payload itself (46).
  const isEncrypted = version >> 4 === 1 && (flags & 1) === 1;
  for (let type = isEncrypted ? 0 : first; type !== 0;) {
    const next = cursor.uint8();
    cursor.uint8();
    const size = cursor.uint16();
    const body = size < 4 ? new Uint8Array(0) : cursor.take(size - 4);
    if (cursor.failed || size < 4 || payloads.length >= payloadLimit) {
      isBroken = true;
      break;
    }
    payloads.push({ type, body });
    type = version >> 4 === 2 && type === 46 ? 0 : next;
  }
  return {
    initiator,
    responder,
    major: version >> 4,
    version,
    exchange,
    flags,
    id,
    first,
    payloads,
    isBroken,
  };
}

export function writeIkeMessage(
  head: Pick<IkeMessage, 'initiator' | 'responder' | 'version' | 'exchange' | 'flags' | 'id'>,
  payloads: readonly IkePayload[],
): Uint8Array {
  const body = octets(
    ...payloads.map(({ body: content }, index) =>
      octets(payloads[index + 1]?.type ?? 0, 0, uint16(content.length + 4), content),
    ),
  );
  const { initiator, responder, version, exchange, flags, id } = head;
  return octets(
    initiator,
    responder,
    payloads[0]?.type ?? 0,
    version,
    exchange,
    flags,
    uint32(id),
    uint32(28 + body.length),
    body,
  );
}

/** A transform offered: version 1 by its attributes (RFC 2409 appendix A), version 2 by one kind and identifier (RFC 7296 §3.3.2). */
export interface IkeTransform {
  readonly kind: number;
  readonly id: number;
  readonly attributes: ReadonlyMap<number, number>;
  /** As it came, without the octet that tells whether more follow. */
  readonly octets: Uint8Array;
}

export interface IkeProposal {
  readonly number: number;
  readonly protocol: number;
  readonly transforms: readonly IkeTransform[];
}

/** { uint16 format (1 bit) and type, uint16 value or length and value } … Values of at most four octets. */
function readAttributes(bytes: Uint8Array): Map<number, number> {
  const cursor = new ByteCursor(bytes);
  const found = new Map<number, number>();
  while (cursor.left >= 4 && !cursor.failed && found.size < 32) {
    const type = cursor.uint16();
    if ((type & 0x8000) !== 0) found.set(type & 0x7fff, cursor.uint16());
    else
      found.set(
        type,
        cursor
          .take(cursor.uint16())
          .slice(0, 4)
          .reduce((sum, octet) => sum * 256 + octet, 0),
      );
  }
  return found;
}

/**
 * { uint8 more, uint8 reserved, uint16 length, uint8 number, uint8 protocol, uint8 size of SPI, uint8 transforms, SPI, transforms } …
 * A transform: uint8 more, uint8 reserved, uint16 length, then version 1: uint8 number, uint8 id, uint16 reserved;
 * version 2: uint8 kind, uint8 reserved, uint16 id; attributes.
 */
export function readProposals(bytes: Uint8Array, major: number): IkeProposal[] {
  const cursor = new ByteCursor(bytes);
  const proposals: IkeProposal[] = [];
  while (cursor.left >= 8 && proposals.length < 16) {
    cursor.uint16();
    const inside = new ByteCursor(cursor.take(cursor.uint16() - 4));
    const [number, protocol, spi, count] = [inside.uint8(), inside.uint8(), inside.uint8(), inside.uint8()];
    inside.take(spi);
    const transforms: IkeTransform[] = [];
    for (let index = 0; index < Math.min(count, 64) && inside.left >= 8; index += 1) {
      inside.uint16();
      const size = inside.uint16();
      const content = inside.take(size - 4);
      if (inside.failed || content.length < 4) break;
      const [kind = 0, id = 0, high = 0, low = 0] = content;
      transforms.push({
        kind,
        id: major === 1 ? id : high * 256 + low,
        attributes: readAttributes(content.subarray(4)),
        octets: content.slice(),
      });
    }
    if (cursor.failed || inside.failed) break;
    proposals.push({ number, protocol, transforms });
  }
  return proposals;
}

/** A proposal with these transforms alone, without SPI. */
export function writeProposal(
  number: number,
  protocol: number,
  transforms: readonly IkeTransform[],
): Uint8Array {
  const body = octets(
    ...transforms.map((transform, index) =>
      octets(index < transforms.length - 1 ? 3 : 0, 0, uint16(transform.octets.length + 4), transform.octets),
    ),
  );
  return octets(0, 0, uint16(body.length + 8), number, protocol, 0, transforms.length, body);
}
