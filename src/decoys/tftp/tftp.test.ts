import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { holdsForAnyBytes, octetsOf, personaWith, talk } from '../../../test/support/talk.ts';
import { octets } from '../../wire/big-endian.ts';
import { tftp } from './tftp.ts';

const run = promisify(execFile);
const machine = () => personaWith({ tftp: { product: 'tftpd-hpa', version: '5.2', details: {} } });
const put = octetsOf('\0\x02mirai.arm\0octet\0');
const block = (number: number, size: number): Uint8Array =>
  octets(0, 3, 0, number, new Uint8Array(size).fill(number));

describe('the TFTP decoy', () => {
  it('takes an upload block by block, again where one comes again, and keeps it', () => {
    const { outputs, replies } = talk(tftp, machine(), [
      put,
      block(1, 512),
      block(1, 512),
      block(3, 9),
      block(2, 10),
    ]);
    expect(replies.map((reply) => Buffer.from(reply).toString('hex'))).toEqual([
      '00040000',
      '00040001',
      '00040001',
      '00040002',
    ]);
    expect(outputs.filter((output) => output.do === 'capture')).toMatchObject([
      { how: 'tftp-put', name: 'mirai.arm', bytes: { length: 522 } },
    ]);
  });

  it('keeps what came of an upload that broke off, and sees who climbs out of the folder', () => {
    expect(
      talk(tftp, machine(), [put, block(1, 512)]).outputs.filter((output) => output.do === 'capture'),
    ).toHaveLength(1);
    const climbing = talk(tftp, machine(), [octetsOf('\0\x01../../../etc/passwd\0octet\0')]);
    expect(climbing.facts).toContainEqual(
      expect.objectContaining({ kind: 'exploit', class: 'lfi', name: 'tftp-traversal' }),
    );
    expect(climbing.text).toBe('\0\x05\0\x01File not found\0');
  });

  it('answers no datagram with a larger one', () => {
    holdsForAnyBytes(tftp, machine, [
      put,
      block(1, 512),
      block(2, 3),
      octetsOf('\0\x01a\0octet\0'),
      octetsOf('\0\x02a\0octet\0blksize\x001024\0tsize\x0012\0'),
      octetsOf('\0\x05\0\0\0'),
      octetsOf('\0\x09abc'),
    ]);
  });

  needTools(['curl'])('takes curl’s upload', async () => {
    await using served = await serveDecoy(tftp, machine());
    const folder = mkdtempSync(join(tmpdir(), 'tftp-'));
    writeFileSync(join(folder, 'file'), 'x'.repeat(1_500));
    await run('curl', [
      '-s',
      '-m',
      '8',
      '-T',
      join(folder, 'file'),
      `tftp://127.0.0.1:${served.port}/dropped`,
    ]);
    expect(served.captures.map(({ bytes, name }) => [bytes.length, name])).toEqual([[1_500, 'dropped']]);
    await expect(
      run('curl', ['-s', '-m', '8', `tftp://127.0.0.1:${served.port}/a-file-with-a-name`]),
    ).rejects.toThrow('Command failed');
    expect(served.errors).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
