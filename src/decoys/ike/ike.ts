import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Decoy, DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { below } from '../../core/random.ts';
import { latin1, octets, uint16, uint32 } from '../../wire/big-endian.ts';
import {
  readIkeMessage,
  readProposals,
  writeIkeMessage,
  writeProposal,
  type IkeMessage,
  type IkePayload,
  type IkeTransform,
} from '../../wire/ike-message.ts';
import { confidenceIn } from '../../wire/protocol-name.ts';
import { urlsIn } from '../../wire/url-text.ts';

/** Payloads of version 1. */
const one = { association: 1, keyExchange: 4, identity: 5, nonce: 10, notify: 11, vendor: 13 } as const;
/** Payloads of version 2. */
const two = { association: 33, keyExchange: 34, nonce: 40, notify: 41, vendor: 43 } as const;

const vendorIds = {
  xauth: Buffer.from('09002689dfd6b712', 'hex'),
  deadPeer: Buffer.from('afcad71368a1f1c96b8696fc77570100', 'hex'),
  fragmentation: Buffer.from('4048b7d56ebce88525e7de7f00d6c2d380000000', 'hex'),
  traversal: Buffer.from('4a131c81070358455c5728f20e95452f', 'hex'),
} as const;

/** Octets of a public value in each group (RFC 2409 §6, RFC 3526, RFC 5903, RFC 8031). */
const groupOctets: Readonly<Record<number, number>> = {
  1: 96,
  2: 128,
  5: 192,
  14: 256,
  15: 384,
  16: 512,
  19: 64,
  20: 96,
  31: 32,
};

const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '.');

class IkeSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #groups: ReadonlySet<number>;
  readonly #allowsTripleDes: boolean;
  /** What was begun here, by the initiator's identifier: the responder's, and the identity that was named. */
  readonly #begun = new Map<string, Uint8Array>();
  #said = 0;

  constructor(context: DecoyContext) {
    this.#context = context;
    const random = context.persona.random('ike');
    this.#allowsTripleDes = below(random, 2) === 0;
    this.#groups = new Set(this.#allowsTripleDes ? [2, 5, 14, 15, 16, 19, 20] : [14, 15, 16, 19, 20, 31]);
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    // RFC 3948 §2.2: on port 4500 four zeros tell a key exchange from ESP.
    const isMarked =
      this.#context.destinationPort === 4500 ||
      (bytes.length > 32 && bytes.subarray(0, 4).every((octet) => octet === 0));
    const message = readIkeMessage(isMarked ? bytes.subarray(4) : bytes);
    if (message === null) return;
    yield* this.#record(message);
    const answer =
      message.isBroken && message.payloads.length === 0
        ? null
        : yield* this.#answer(message, bytes.length - (isMarked ? 4 : 0));
    if (answer === null) return;
    const reply = isMarked ? octets(0, 0, 0, 0, answer) : answer;
    if (reply.length <= bytes.length) yield { do: 'reply', bytes: reply };
  }

  *#record(message: IkeMessage): Iterable<DecoyOutput> {
    this.#said += 1;
    const vendors = message.payloads
      .filter(({ type }) => type === one.vendor || type === two.vendor)
      .map(({ body }) => Buffer.from(body.subarray(0, 20)).toString('hex'));
    const exchange =
      { 2: 'main mode', 4: 'aggressive mode', 5: 'informational', 34: 'IKE_SA_INIT', 35: 'IKE_AUTH' }[
        message.exchange
      ] ?? `exchange ${message.exchange}`;
    const types = message.payloads.map(({ type }) => type).join(',');
    if (this.#said <= 64) {
      yield {
        do: 'saw',
        fact: {
          kind: 'command',
          service: 'ike',
          input:
            `v${message.major} ${exchange} payloads=${types}${vendors.length > 0 ? ` vendors=${vendors.join(',')}` : ''}`.slice(
              0,
              1_024,
            ),
        },
      };
    }
    for (const { type, body } of message.payloads) {
      const text = latin1(body);
      // Zyxel's firewalls wrote what a notification carries into a command line.
      if (
        (type === one.notify || type === two.notify) &&
        /"\s{0,4};|\$\(|`|;\s{0,4}(?:curl|wget|bash|sh|cd)\b/.test(text)
      ) {
        const command = printable(text.slice(Math.max(0, text.search(/["$`;]/)))).slice(0, 2_048);
        const urls = urlsIn(command);
        yield {
          do: 'saw',
          fact: {
            kind: 'exploit',
            service: 'ike',
            class: 'rce',
            name: 'zyxel-ike-notify',
            cves: ['CVE-2023-28771'],
            technique: 'T1190',
            detail: command.slice(0, 300),
          },
        };
        yield {
          do: 'saw',
          fact: { kind: 'command', service: 'ike', input: command, ...(urls.length > 0 ? { urls } : {}) },
        };
      }
      // Cisco's fragments (132): a length below its own head overflowed the buffer that puts them together.
      if (type === 132 && body.length < 4) {
        yield {
          do: 'saw',
          fact: {
            kind: 'exploit',
            service: 'ike',
            class: 'rce',
            name: 'cisco-asa-ike-fragment',
            cves: ['CVE-2016-1287'],
            technique: 'T1190',
            detail: `fragment of ${body.length + 4} octets`,
          },
        };
      }
    }
  }

  *#answer(message: IkeMessage, room: number): Generator<DecoyOutput, Uint8Array | null, undefined> {
    if (message.major === 1) return yield* this.#first(message, room);
    if (message.major === 2) return this.#second(message, room);
    // RFC 7296 §2.5: 5, INVALID_MAJOR_VERSION.
    return writeIkeMessage({ ...message, version: 0x20, flags: 0x20 }, [notifyTwo(5)]);
  }

  #identifier(message: IkeMessage): Uint8Array {
    const key = Buffer.from(message.initiator).toString('hex');
    const known = this.#begun.get(key);
    if (known !== undefined) return known;
    const made = this.#context.randomBytes(8);
    if (this.#begun.size < 16) this.#begun.set(key, made);
    return made;
  }

  *#first(message: IkeMessage, room: number): Generator<DecoyOutput, Uint8Array | null, undefined> {
    const association = message.payloads.find(({ type }) => type === one.association);
    const isNew = message.responder.every((octet) => octet === 0);
    const inform = (kind: number): Uint8Array =>
      // RFC 2408 §3.14: uint32 domain, uint8 protocol, uint8 size of SPI, uint16 type.
      writeIkeMessage(
        { ...message, responder: this.#identifier(message), exchange: 5, flags: 0, id: this.#number() },
        [{ type: one.notify, body: octets(uint32(1), 1, 0, uint16(kind)) }],
      );
    if (message.exchange === 4 && isNew) {
      const identity = message.payloads.find(({ type }) => type === one.identity);
      this.#context.countAttempt();
      yield {
        do: 'saw',
        fact: {
          kind: 'auth',
          service: 'ike',
          user: printable(latin1(identity?.body.subarray(4, 132) ?? new Uint8Array(0))),
          method: 'other',
          accepted: false,
        },
      };
      // strongSwan: no aggressive mode with a shared key; 24, AUTHENTICATION-FAILED.
      return association === undefined ? null : inform(24);
    }
    if (message.exchange !== 2) return null;
    if (association !== undefined && isNew) {
      const chosen = readProposals(association.body.subarray(8), 1)
        .flatMap((proposal) => proposal.transforms.map((transform) => ({ proposal, transform })))
        .find(({ proposal, transform }) => proposal.protocol === 1 && this.#suits(transform));
      // 14, NO-PROPOSAL-CHOSEN.
      if (chosen === undefined) return inform(14);
      const theirs = message.payloads
        .filter(({ type }) => type === one.vendor)
        .map(({ body }) => Buffer.from(body));
      const vendors = [
        vendorIds.xauth,
        vendorIds.deadPeer,
        ...[vendorIds.fragmentation, vendorIds.traversal].filter((id) =>
          theirs.some((each) => each.subarray(0, 16).equals(id.subarray(0, 16))),
        ),
      ];
      const body = octets(uint32(1), uint32(1), writeProposal(chosen.proposal.number, 1, [chosen.transform]));
      return writeWithin(room, { ...message, responder: this.#identifier(message), flags: 0 }, [
        { type: one.association, body },
        ...vendors.map((id): IkePayload => ({ type: one.vendor, body: new Uint8Array(id) })),
      ]);
    }
    const isOurs = Buffer.compare(message.responder, this.#identifier(message)) === 0;
    if (!isOurs) return null;
    const theirKey = message.payloads.find(({ type }) => type === one.keyExchange);
    const theirNonce = message.payloads.find(({ type }) => type === one.nonce);
    if (
      theirKey !== undefined &&
      theirNonce !== undefined &&
      theirKey.body.length >= 32 &&
      theirKey.body.length <= 1_024
    ) {
      return writeIkeMessage({ ...message, flags: 0 }, [
        { type: one.keyExchange, body: this.#context.randomBytes(theirKey.body.length) },
        { type: one.nonce, body: this.#context.randomBytes(Math.min(32, theirNonce.body.length)) },
      ]);
    }
    if ((message.flags & 1) === 1) {
      // The key is another's, so that what comes out of it is no payload: 16, PAYLOAD-MALFORMED.
      this.#context.countAttempt();
      yield { do: 'saw', fact: { kind: 'auth', service: 'ike', user: '', method: 'other', accepted: false } };
      return inform(16);
    }
    return null;
  }

  /** RFC 2409 appendix A: 1 cipher (5 3DES, 7 AES), 2 hash (1 MD5, 2 SHA-1, 4 to 6 SHA-2), 3 authentication (1 shared key, 3 RSA, 65001 with a login), 4 group. */
  #suits({ attributes }: IkeTransform): boolean {
    const [cipher, hash, proof, group] = [1, 2, 3, 4].map((type) => attributes.get(type) ?? 0);
    return (
      (cipher === 7 || (cipher === 5 && this.#allowsTripleDes)) &&
      [2, 4, 5, 6].includes(hash ?? 0) &&
      [1, 3, 65_001].includes(proof ?? 0) &&
      this.#groups.has(group ?? 0)
    );
  }

  #second(message: IkeMessage, room: number): Uint8Array | null {
    if (message.exchange !== 34 || (message.flags & 0x20) !== 0 || message.id !== 0) return null;
    const find = (type: number): Uint8Array | undefined =>
      message.payloads.find((payload) => payload.type === type)?.body;
    const [association, key, nonce] = [find(two.association), find(two.keyExchange), find(two.nonce)];
    const head = { ...message, flags: 0x20 };
    // 7, INVALID_SYNTAX.
    if (
      message.isBroken ||
      association === undefined ||
      key === undefined ||
      key.length < 5 ||
      nonce === undefined
    )
      return writeIkeMessage(head, [notifyTwo(7)]);
    for (const proposal of readProposals(association, 2)) {
      const chosen = this.#choose(proposal.transforms);
      if (proposal.protocol !== 1 || chosen === null) continue;
      const group = chosen.find(({ kind }) => kind === 4)?.id ?? 0;
      const offered = (key[0] ?? 0) * 256 + (key[1] ?? 0);
      // 17, INVALID_KE_PAYLOAD, with the group that is wanted.
      if (offered !== group) return writeIkeMessage(head, [notifyTwo(17, uint16(group))]);
      const size = groupOctets[group] ?? 0;
      if (key.length !== size + 4) return writeIkeMessage(head, [notifyTwo(7)]);
      const responder = this.#identifier(message);
      return writeWithin(room, { ...head, responder }, [
        { type: two.association, body: writeProposal(proposal.number, 1, chosen) },
        { type: two.keyExchange, body: octets(uint16(group), uint16(0), this.#context.randomBytes(size)) },
        { type: two.nonce, body: this.#context.randomBytes(Math.min(32, Math.max(16, nonce.length))) },
        ...(message.payloads.some(
          ({ type, body }) => type === two.notify && body[2] === 0x40 && body[3] === 0x04,
        )
          ? this.#traversal(message, responder)
          : []),
      ]);
    }
    return writeIkeMessage(head, [notifyTwo(14)]);
  }

  /** RFC 7296 §3.3: of each kind that is offered, the first that we have; null where one is missing. 1 cipher, 2 PRF, 3 integrity, 4 group. */
  #choose(transforms: readonly IkeTransform[]): IkeTransform[] | null {
    const has = ({ kind, id }: IkeTransform): boolean =>
      kind === 1
        ? id === 12 || id === 20 || (id === 3 && this.#allowsTripleDes)
        : kind === 2
          ? [2, 5, 6, 7].includes(id)
          : kind === 3
            ? [2, 12, 13, 14].includes(id)
            : kind === 4 && this.#groups.has(id);
    const kinds = [...new Set(transforms.map(({ kind }) => kind))].sort((a, b) => a - b);
    const chosen = kinds.map((kind) =>
      transforms.find((transform) => transform.kind === kind && has(transform)),
    );
    if (![1, 2, 4].every((kind) => kinds.includes(kind)) || chosen.some((each) => each === undefined))
      return null;
    return chosen.filter((each) => each !== undefined);
  }

  /** RFC 7296 §2.23: SHA-1 of both identifiers, address and port, of each side. */
  #traversal(message: IkeMessage, responder: Uint8Array): IkePayload[] {
    const digest = (address: string, port: number): Uint8Array => {
      const parts = address.split('.').map(Number);
      return new Uint8Array(
        createHash('sha1')
          .update(
            octets(
              message.initiator,
              responder,
              Uint8Array.from(parts.length === 4 ? parts : []),
              uint16(port),
            ),
          )
          .digest(),
      );
    };
    const { source, sourcePort, destination, destinationPort } = this.#context;
    return [
      notifyTwo(16_388, digest(destination, destinationPort)),
      notifyTwo(16_389, digest(source, sourcePort)),
    ];
  }

  #number(): number {
    return Buffer.from(this.#context.randomBytes(4)).readUInt32BE(0);
  }
}

/** With as many of the last payloads (what an implementation tells of itself) as there is room for. */
function writeWithin(
  room: number,
  head: Parameters<typeof writeIkeMessage>[0],
  payloads: readonly IkePayload[],
): Uint8Array {
  for (let count = payloads.length; count > 1; count -= 1) {
    const message = writeIkeMessage(head, payloads.slice(0, count));
    const isWhole = ![two.keyExchange, two.nonce, two.association].some((type) =>
      payloads.slice(count).some((left) => left.type === type),
    );
    if (message.length <= room || !isWhole) return message;
  }
  return writeIkeMessage(head, payloads.slice(0, 1));
}

/** RFC 7296 §3.10: uint8 protocol 0, uint8 size of SPI 0, uint16 type, data. */
function notifyTwo(type: number, data: Uint8Array = new Uint8Array(0)): IkePayload {
  return { type: two.notify, body: octets(0, 0, uint16(type), data) };
}

/** A gateway of a virtual private network, as strongSwan answers. Keys are never agreed on: who has no key gets no further either. */
export const ike: Decoy = {
  name: 'ike',
  summary: 'Gateway of a virtual private network (IKEv1 and IKEv2, strongSwan)',
  transport: 'udp',
  ports: [500, 4500],
  recognise: (firstBytes) => confidenceIn('ike', firstBytes, 'udp'),
  open: (context) => new IkeSession(context),
};
