import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { hexOf, holdsForAnyBytes, personaWith, talk } from '../../../test/support/talk.ts';
import { ntp } from './ntp.ts';

const run = promisify(execFile);
const server = (queries = 'yes') =>
  personaWith({ ntp: { product: 'ntpd', version: '4.2.6p5@1.2349-o', details: { queries } } });
const client = hexOf(`23000a00${'00'.repeat(36)}e9a1b2c3d4e5f607`);
const monlist = hexOf('1700032a00000000');
const readvar = hexOf('1602000100000000 00000000');

describe('the NTP decoy', () => {
  it('tells the time, and whose question it answers', () => {
    const [reply] = talk(ntp, server(), [client]).replies;
    expect(reply).toHaveLength(48);
    const bytes = Buffer.from(reply ?? []);
    expect([bytes[0], bytes.subarray(24, 32).toString('hex')]).toEqual([0x24, 'e9a1b2c3d4e5f607']);
    expect(bytes.readUInt32BE(40) - 2_208_988_800).toBe(1_710_000_000);
  });

  it('recognises monlist and answers it no larger than it came', () => {
    const { replies, facts } = talk(ntp, server(), [monlist, hexOf(`1700032a${'00'.repeat(188)}`)]);
    expect(Buffer.from(replies[0] ?? []).toString('hex')).toBe('9700032a40000000');
    expect(Buffer.from(replies[1] ?? []).toString('hex')).toMatch(/^9700032a00010048.{32}c6336404c0000207/);
    expect(facts).toContainEqual(
      expect.objectContaining({ kind: 'exploit', name: 'ntp-monlist', cves: ['CVE-2013-5211'] }),
    );
    expect(talk(ntp, server('no'), [monlist, readvar]).replies).toEqual([]);
  });

  it('answers variables where there is room, and refuses where there is none', () => {
    expect(Buffer.from(talk(ntp, server(), [readvar]).replies[0] ?? []).toString('hex')).toBe(
      '16c200010100000000000000',
    );
    expect(talk(ntp, server(), [hexOf(`160200010000000000000000${'00'.repeat(500)}`)]).text).toContain(
      'version="ntpd 4.2.6p5@1.2349-o", processor="x86_64"',
    );
  });

  it('answers no datagram with a larger one', () => {
    holdsForAnyBytes(ntp, () => server(), [
      client,
      monlist,
      readvar,
      hexOf(`1700032a${'00'.repeat(188)}`),
      hexOf('160100010000000000000000'),
    ]);
  });

  needTools(['chronyd'])('is a server that chrony would follow', async () => {
    await using served = await serveDecoy(ntp, server());
    const { stdout, stderr } = await run('chronyd', [
      '-Q',
      '-u',
      userInfo().username,
      '-t',
      '8',
      '-f',
      '/dev/null',
      `server 127.0.0.1 port ${served.port} iburst`,
    ]);
    const wrong = /System clock wrong by (-?[\d.]+) seconds/.exec(`${stdout}${stderr}`)?.[1];
    expect(Math.abs(Number(wrong))).toBeLessThan(1);
    expect(served.errors).toEqual([]);
  });
});
