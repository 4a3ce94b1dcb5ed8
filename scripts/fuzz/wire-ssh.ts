/** The codecs of SSH, and the decoy behind its encryption, where bytes on the wire alone would not come. */

import { seededRandom } from '../../src/core/random.ts';
import type { DecoyOutput } from '../../src/core/decoy.ts';
import { ssh } from '../../src/decoys/ssh/ssh.ts';
import { sntrupPublicKeyBytes, encapsulate } from '../../src/wire/sntrup761.ts';
import { SshReader } from '../../src/wire/ssh-bytes.ts';
import { SshInflate } from '../../src/wire/ssh-inflate.ts';
import { chooseAlgorithms, decodeKexInit } from '../../src/wire/ssh-kexinit.ts';
import { hassh } from '../../src/wire/ssh-hassh.ts';
import { keyFingerprint, verifyWith } from '../../src/wire/ssh-key.ts';
import { SshPacketReader } from '../../src/wire/ssh-packet.ts';
import { createOpener, knownCiphers, type PacketOpener } from '../../src/wire/ssh-protection.ts';
import { passwordRequest, serviceRequest, SshClient } from '../../test/support/ssh-client.ts';
import { sshPersona } from '../../test/support/ssh-persona.ts';
import { datagramsOf, type Target } from './target.ts';
import { messageTarget, streamTarget, unlessViolated } from './wire-target.ts';

const inflateLimit = 262_144;
const material = (letter: string, count: number): Buffer => Buffer.alloc(count, letter);
/** Each MAC once, behind a cipher in counter mode, and each cipher once. */
const directions = [
  ...knownCiphers.map((cipher) => ({ cipher, mac: 'hmac-sha2-256' })),
  ...['umac-64@openssh.com', 'umac-128-etm@openssh.com', 'hmac-sha1-96', 'hmac-md5'].map((mac) => ({
    cipher: 'aes128-ctr',
    mac,
  })),
];

/** Reads packets; `choose` says from the first octet what protects them, null for a stream that begins without one. */
function packets(
  choose: ((octet: number) => PacketOpener) | null,
): () => (bytes: Uint8Array) => Iterable<unknown> {
  return () => {
    const reader = new SshPacketReader();
    let isChosen = choose === null;
    let isBroken = false;
    return function* push(bytes) {
      if (isBroken || bytes.length === 0) return;
      const skipped = isChosen ? 0 : 1;
      if (choose !== null && !isChosen) reader.protect(choose(bytes[0] ?? 0), false);
      isChosen = true;
      reader.push(bytes.subarray(skipped));
      for (let payload = reader.next(); payload !== null; payload = reader.next()) {
        yield typeof payload === 'string' ? { kind: payload } : payload;
        isBroken = typeof payload === 'string';
        if (isBroken) return;
      }
    };
  };
}

/** A client that logs in and then sends these payloads, whatever they are. Gives the outputs behind the login. */
function inside(payloads: readonly Uint8Array[], logsIn: boolean): DecoyOutput[] {
  const random = seededRandom('ssh inside');
  const randomBytes = (count: number): Uint8Array =>
    Uint8Array.from({ length: count }, () => random.next() & 255);
  let attempts = 0;
  const session = ssh.open({
    persona: sshPersona({ hostKey: ['ssh-ed25519'] }, { accepted: [['*', '*']], acceptAfter: 0 }),
    source: '203.0.113.9',
    sourcePort: 40_000,
    destination: '192.0.2.10',
    destinationPort: 22,
    transport: 'tcp',
    tls: false,
    session: 'fuzz',
    now: () => 1_772_366_400_000,
    randomBytes,
    countAttempt: () => (attempts += 1),
  });
  const client = new SshClient(randomBytes);
  const outputs: DecoyOutput[] = [];
  let isOver = false;
  const hear = (said: Iterable<DecoyOutput> | undefined): void => {
    const answers: Buffer[] = [];
    for (const output of said ?? []) {
      outputs.push(output);
      isOver ||= output.do === 'close';
      if (output.do === 'reply')
        client.receive(
          output.bytes,
          (bytes) => answers.push(bytes),
          () => {},
        );
    }
    for (const bytes of answers) if (!isOver) hear(session.receive(bytes));
  };
  hear(session.start?.());
  hear(session.receive(client.start()));
  const first = logsIn ? [serviceRequest, passwordRequest('root', 'secret')] : [];
  for (const payload of [...first, ...payloads]) {
    if (!isOver) hear(session.receive(client.packet(payload)));
  }
  if (!isOver) hear(session.end?.());
  return outputs;
}

export const wireSsh: readonly Target[] = [
  {
    name: 'decoy-ssh-inside',
    borrows: [],
    // Its shell may use up the work of a whole session.
    milliseconds: 10_000,
    run(input) {
      // The first octet decides whether the client logs in; then uint16 length, payload.
      const outputs = inside(datagramsOf(input.subarray(1)), (input[0] ?? 0) < 0x80);
      return new Set(
        outputs.map((output) =>
          output.do === 'saw' ? output.fact.kind : output.do === 'capture' ? output.how : output.do,
        ),
      );
    },
  },
  messageTarget('ssh-bytes', ['decoy-ssh-inside'], (bytes) => [
    unlessViolated(() => {
      const reader = new SshReader(bytes);
      return [
        reader.boolean(),
        reader.string(),
        reader.text(),
        reader.nameList(),
        reader.uint32(),
        reader.octets(4),
      ];
    }),
  ]),
  messageTarget('ssh-kexinit', ['decoy-ssh-tcp'], function* read(bytes) {
    for (const offset of [0, 26]) {
      const proposal = unlessViolated(() => decodeKexInit(bytes.subarray(offset)));
      yield proposal;
      if (proposal === null) continue;
      yield hassh(proposal);
      yield chooseAlgorithms(proposal, proposal);
    }
  }),
  messageTarget('ssh-key', ['decoy-ssh-inside'], function* read(bytes) {
    const half = bytes.length >>> 1;
    yield keyFingerprint(bytes);
    for (const algorithm of ['ssh-ed25519', 'ssh-rsa', 'rsa-sha2-256', 'ecdsa-sha2-nistp256', 'ssh-dss']) {
      yield verifyWith(bytes.subarray(0, half), algorithm, bytes, bytes.subarray(half));
    }
  }),
  messageTarget('ssh-inflate', [], function* read(bytes) {
    const whole = new SshInflate();
    yield unlessViolated(() => whole.inflate(bytes, inflateLimit));
    const pieces = new SshInflate();
    for (const piece of datagramsOf(bytes)) {
      const given = unlessViolated(() => pieces.inflate(piece, inflateLimit));
      yield given;
      if (given === null) return;
    }
  }),
  messageTarget('sntrup761', ['decoy-ssh-tcp'], (bytes) => {
    const key = Buffer.alloc(sntrupPublicKeyBytes);
    bytes.copy(key);
    return [encapsulate(key, (count) => Buffer.alloc(count, 7)).secret];
  }),
  streamTarget('ssh-packet', ['decoy-ssh-tcp'], packets(null)),
  streamTarget(
    'ssh-protection',
    ['decoy-ssh-tcp'],
    packets((octet) => {
      const { cipher, mac } = directions[octet % directions.length] ?? {
        cipher: 'aes128-ctr',
        mac: 'hmac-sha1',
      };
      return createOpener({ cipher, mac, ivLetter: 'A', keyLetter: 'C', macLetter: 'E' }, material);
    }),
  ),
];
