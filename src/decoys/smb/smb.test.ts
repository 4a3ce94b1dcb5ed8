import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecoyOutput } from '../../core/decoy.ts';
import { needRoot, needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import {
  fileMachine,
  first,
  framed,
  negotiate1,
  run,
  samba,
  talk,
  windows,
} from '../../../test/support/smb-visitor.ts';
import { LittleWriter } from '../../wire/little-endian.ts';
import { smb } from './smb.ts';

/** An SMB 2 message: command, body. */
function second(command: number, body: Uint8Array, session = 0n, tree = 0): Buffer {
  const writer = new LittleWriter().octets(Buffer.from('\xfeSMB', 'latin1')).uint16(64).uint16(1).uint32(0);
  writer.uint16(command).uint16(1).uint32(0).uint32(0).uint64(1n).uint32(0xfeff).uint32(tree).uint64(session);
  return framed(writer.zeros(16).octets(body).finish());
}

/** Words of a transaction: fifteen or more, the last of them the setup. */
const transaction = (setup: number, timeout = 0): Buffer =>
  new LittleWriter().zeros(12).uint32(timeout).zeros(10).uint16(1).uint16(setup).uint16(0).finish();

const exploitsOf = (outputs: readonly DecoyOutput[]): string[] =>
  outputs.flatMap((output) =>
    output.do === 'saw' && output.fact.kind === 'exploit' ? [output.fact.name] : [],
  );
const repliesOf = (outputs: readonly DecoyOutput[]): Buffer[] =>
  outputs.flatMap((output) => (output.do === 'reply' ? [Buffer.from(output.bytes)] : []));

describe('the smb decoy', () => {
  it('answers the question for MS17-010 as a machine without the mend does', () => {
    const outputs = talk([negotiate1, first(0x25, transaction(0x23))]);
    // STATUS_INSUFF_SERVER_RESOURCES
    expect(repliesOf(outputs).at(-1)?.readUInt32LE(9)).toBe(0xc0000205);
    expect(exploitsOf(outputs)).toEqual(['ms17-010-check']);
  });

  it('knows EternalBlue, and shows its back door to those who have sent it', () => {
    const ping = first(0x32, transaction(0x0e, 0x00ee_3401));
    const before = talk([negotiate1, ping]);
    expect(exploitsOf(before)).toEqual(['doublepulsar']);
    expect(repliesOf(before).at(-1)?.readUInt16LE(34)).toBe(0x41);
    const words = new LittleWriter().zeros(7).uint32(66_512).zeros(27).finish();
    const outputs = talk([negotiate1, first(0xa0, words, Buffer.from('grooming')), ping]);
    expect(exploitsOf(outputs)).toEqual(['eternalblue', 'doublepulsar']);
    expect(repliesOf(outputs).at(-1)?.readUInt16LE(34)).toBe(0x51);
    const capture = outputs.find((output) => output.do === 'capture');
    expect(capture?.do === 'capture' && Buffer.from(capture.bytes).toString('latin1')).toContain('grooming');
  });

  it('knows the compression of SMBGhost', () => {
    const header = new LittleWriter()
      .octets(Buffer.from('\xfcSMB', 'latin1'))
      .uint32(0xffff_ffff)
      .uint32(1)
      .uint32(0x10);
    const outputs = talk([framed(header.zeros(64).finish())]);
    expect(exploitsOf(outputs)).toEqual(['smbghost']);
    expect(outputs.at(-1)).toEqual({ do: 'close' });
  });

  it('hangs up on SMB 1 where it speaks none, and leads it on to SMB 2 where that is asked for', () => {
    expect(talk([negotiate1], samba())).toEqual([{ do: 'close' }]);
    const both = first(0x72, Buffer.alloc(0), Buffer.from('\x02NT LM 0.12\0\x02SMB 2.???\0', 'latin1'));
    const [reply] = repliesOf(talk([both], samba()));
    expect(reply?.toString('latin1', 4, 8)).toBe('\xfeSMB');
    expect(reply?.readUInt16LE(4 + 64 + 4)).toBe(0x02ff);
  });

  it('knows its protocol and no other', () => {
    expect(smb.recognise?.(negotiate1)).toBe(1);
    expect(smb.recognise?.(second(0, Buffer.alloc(36)))).toBe(1);
    expect(smb.recognise?.(Buffer.from('GET / HTTP/1.1\r\n'))).toBe(0);
  });

  const message = fc.oneof(
    fc.constant(negotiate1),
    fc
      .tuple(
        fc.constantFrom(0x73, 0x75, 0x25, 0x32, 0x33, 0xa0, 0x2b, 0x71, 9),
        fc.uint8Array({ maxLength: 60 }),
        fc.uint8Array({ maxLength: 60 }),
      )
      .map(([command, words, bytes]) => first(command, words.subarray(0, words.length & ~1), bytes)),
    fc
      .tuple(
        fc.nat(19),
        fc.uint8Array({ maxLength: 120 }),
        fc.constantFrom(0n, 0x0505_0505_0505n, 0x0505_0505_0506n),
        fc.nat(2),
      )
      .map(([command, body, session, tree]) => second(command, body, session, tree)),
    fc.uint8Array({ maxLength: 80 }).map((bytes) => framed(bytes)),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  );

  it('says the same however the bytes are split, and survives any', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 8 }),
        fc.array(fc.nat(900), { maxLength: 8 }),
        fc.boolean(),
        (messages, cuts, isSamba) => {
          const who = isSamba ? samba() : windows();
          const bytes = Buffer.concat(messages);
          const points = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
            (left, right) => left - right,
          );
          const pieces = points.slice(1).map((point, index) => bytes.subarray(points[index], point));
          const shown = (outputs: readonly DecoyOutput[]): string =>
            JSON.stringify(
              outputs.map((output) =>
                'bytes' in output ? { ...output, bytes: Buffer.from(output.bytes).toString('hex') } : output,
              ),
            );
          expect(shown(talk(pieces, { ...who }))).toBe(shown(talk([bytes], { ...who })));
        },
      ),
      { numRuns: 120 },
    );
  });
});

describe('files over SMB 1', () => {
  const treeOf = (bytes: Uint8Array): number => Buffer.from(bytes).readUInt16LE(4 + 24);
  const within = (message: Buffer, tree: number): Buffer => {
    const changed = Buffer.from(message);
    changed.writeUInt16LE(tree, 4 + 24);
    return changed;
  };
  const connectTree = first(
    0x75,
    Buffer.from('ff00000000000100', 'hex'),
    Buffer.concat([Buffer.alloc(1), Buffer.from('\\\\A\\public\0', 'utf16le')]),
  );

  it('survive any words and bytes, in a tree that is open', () => {
    const commands = fc.constantFrom(0, 1, 4, 6, 7, 0x10, 0x2e, 0x2f, 0x32, 0x80, 0xa2);
    const any = fc
      .tuple(commands, fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ maxLength: 120 }))
      .map(([command, words, bytes]) => first(command, words.subarray(0, words.length & ~1), bytes));
    const create = Buffer.alloc(48);
    create.writeUInt32LE(5, 35);
    const known = fc.constantFrom(
      first(0xa2, create, Buffer.concat([Buffer.alloc(1), Buffer.from('x.bin\0', 'utf16le')])),
      first(0x04, Buffer.from([1, 0, 0, 0, 0, 0])),
      first(0x2e, Buffer.from('ff00000001000000000000100010ffffffff0000', 'hex')),
      first(
        0x2f,
        Buffer.from('ff0000000100000000000000000000000000000004003b00', 'hex'),
        Buffer.from('data'),
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(any, known), { maxLength: 6 }), (messages) => {
        const who = { ...windows(), login: { accepted: [['*', '*'] as const], acceptAfter: 1 } };
        const setup = first(
          0x73,
          Buffer.from(`ff000000${'00'.repeat(22)}`, 'hex'),
          Buffer.from('a\0b\0c\0d\0'),
        );
        const opening = talk([negotiate1, setup, connectTree], who);
        const replies = opening.flatMap((output) => (output.do === 'reply' ? [output.bytes] : []));
        const tree = treeOf(replies.at(-1) ?? new Uint8Array(64));
        expect(tree).toBe(0x0802);
        const bytes = Buffer.concat([
          negotiate1,
          setup,
          connectTree,
          ...messages.map((each) => within(each, tree)),
        ]);
        const outputs = talk([bytes], { ...who });
        expect(outputs.filter((output) => output.do === 'reply').length).toBeGreaterThan(2);
      }),
      { numRuns: 100 },
    );
  });
});

describe('real clients of the smb decoy', () => {
  needTools(['smbclient'])('smbclient fetches, delivers and removes in SMB 1', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'smb-'));
    try {
      writeFileSync(join(folder, 'drop.exe'), Buffer.alloc(200_000, 'MZ payload '));
      await using served = await serveDecoy(smb, windows());
      const script =
        'get readme.txt; put drop.exe; ls; mkdir d; rename drop.exe d\\x.exe; get d\\x.exe back; del d\\x.exe; rmdir d';
      const words = [
        '-U',
        'bob%secret',
        '//127.0.0.1/public',
        '-p',
        String(served.port),
        '--option=client min protocol=NT1',
        '-m',
        'NT1',
        '-c',
        script,
      ];
      const text = await run('smbclient', words, folder);
      expect(text).toMatch(/drop\.exe\s+A\s+200000/);
      expect(text).not.toContain('NT_STATUS');
      expect(readFileSync(join(folder, 'readme.txt'), 'utf8')).toBe('hello\n');
      expect(readFileSync(join(folder, 'back'))).toEqual(readFileSync(join(folder, 'drop.exe')));
      expect(served.captures).toMatchObject([{ how: 'smb-write', name: '\\public\\drop.exe' }]);
      expect(served.captures[0]?.bytes).toHaveLength(200_000);
      expect(served.errors).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  needTools(['smbclient'])(
    'smbclient lists the shares, fetches, delivers and removes, in every dialect',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'smb-'));
      try {
        writeFileSync(join(folder, 'drop.exe'), Buffer.alloc(200_000, 'MZ payload '));
        for (const dialect of ['SMB2_02', 'SMB2_10', 'SMB3_00', 'SMB3_02', 'SMB3_11']) {
          await using served = await serveDecoy(smb, samba());
          const words = ['-p', String(served.port), '-m', dialect];
          expect(await run('smbclient', ['-N', '-L', '//127.0.0.1', ...words])).toMatch(/public\s+Disk/);
          const account = ['-U', 'bob%secret', '//127.0.0.1/public', ...words];
          const script =
            'get readme.txt; put drop.exe; ls; mkdir d; rename drop.exe d/x.exe; get d/x.exe back; del d\\x.exe; rmdir d';
          const text = await run('smbclient', [...account, '-c', script], folder);
          expect(text).toMatch(/drop\.exe\s+A\s+200000/);
          expect(text).not.toContain('NT_STATUS');
          expect(readFileSync(join(folder, 'readme.txt'), 'utf8')).toBe('hello\n');
          expect(readFileSync(join(folder, 'back'))).toEqual(readFileSync(join(folder, 'drop.exe')));
          expect(served.captures).toMatchObject([{ how: 'smb-write', name: '\\public\\drop.exe' }]);
          expect(served.captures[0]?.bytes).toHaveLength(200_000);
          expect(served.errors).toEqual([]);
        }
        await using served = await serveDecoy(smb, samba());
        const words = ['-U', 'CORP/bob%wrong', '//127.0.0.1/public', '-p', String(served.port), '-c', 'ls'];
        expect(await run('smbclient', words)).toContain('NT_STATUS_LOGON_FAILURE');
        const guess = served.facts.find((fact) => fact.kind === 'auth');
        expect(guess?.kind === 'auth' && guess.user).toBe('CORP\\bob');
        expect(guess?.kind === 'auth' && guess.password).toMatch(
          /^bob::CORP:[0-9a-f]{16}:[0-9a-f]{32}:0101[0-9a-f]+$/,
        );
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );

  needTools(['curl', 'hydra'])('hydra finds the password, and curl logs in with it', async () => {
    await using served = await serveDecoy(smb, windows());
    const words = [
      '-I',
      '-t',
      '1',
      '-l',
      'bob',
      '-p',
      'secret',
      '-s',
      String(served.port),
      'smb://127.0.0.1',
    ];
    expect(await run('hydra', words)).toContain('password: secret');
    const url = `smb://127.0.0.1:${served.port}/public/readme.txt`;
    await run('curl', ['-s', '-u', 'bob:secret', url]);
    expect(served.facts.filter((fact) => fact.kind === 'auth' && fact.accepted)).toHaveLength(2);
    expect(served.errors).toEqual([]);
  });

  needTools(['net', 'rpcclient'])('a service that is to be made is recorded with its path', async () => {
    await using served = await serveDecoy(smb, windows());
    const words = ['-S', '127.0.0.1', '-p', String(served.port), '-U', 'bob%secret'];
    const made = await run('net', [
      'rpc',
      'service',
      'create',
      'evil',
      'Evil',
      'C:\\evil.exe /run',
      ...words,
    ]);
    expect(made).toContain('Successfully created Service: evil');
    expect(served.facts).toContainEqual({
      kind: 'command',
      service: 'smb',
      input: 'CreateService evil C:\\evil.exe /run',
    });
    const information = ['-p', String(served.port), '-U', 'bob%secret', '127.0.0.1', '-c', 'srvinfo'];
    expect(await run('rpcclient', information)).toMatch(/os version\s+:\s+6\.1/);
    expect(served.errors).toEqual([]);
  });

  needTools(['nmap'])('nmap finds the dialects and MS17-010', async () => {
    await using served = await serveDecoy(smb, windows());
    const scripts = '+smb-protocols,+smb-vuln-ms17-010';
    const words = ['-Pn', '-n', '-p', String(served.port), '127.0.0.1', '--script', scripts];
    const text = await run('nmap', [...words, '--script-args', `smbport=${served.port}`]);
    expect(text).toContain('NT LM 0.12 (SMBv1)');
    expect(text).toMatch(/\b210\b/);
    expect(text).toContain('State: VULNERABLE');
    expect(served.errors).toEqual([]);
  });
});

describe('the smb decoy beside a real Samba', () => {
  needRoot(['smbd', 'smbclient'])('refuses as Samba 4.17 does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'smbd-'));
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'share'));
    chmodSync(join(folder, 'share'), 0o777);
    writeFileSync(join(folder, 'share/readme.txt'), 'hello\n');
    const port = await new Promise<number>((resolve) => {
      const probe = createServer().listen(0, '127.0.0.1', () => {
        const address = probe.address();
        probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
      });
    });
    const folders = [
      'state directory',
      'lock directory',
      'pid directory',
      'cache directory',
      'private dir',
      'ncalrpc dir',
    ];
    for (const name of folders) mkdirSync(join(folder, name.replace(' ', '-')));
    const own = folders.map((name) => `${name} = ${join(folder, name.replace(' ', '-'))}\n`);
    writeFileSync(
      join(folder, 'smb.conf'),
      `[global]\nworkgroup = WORKGROUP\nnetbios name = FILES\ninterfaces = 127.0.0.1\nbind interfaces only = yes\n${own.join('')}` +
        `smb ports = ${port}\ndisable netbios = yes\nmap to guest = Bad User\nlog file = ${join(folder, 'log')}\nload printers = no\n` +
        `[public]\npath = ${join(folder, 'share')}\nguest ok = yes\nread only = no\n`,
    );
    const words = ['-F', '--no-process-group', '-s', join(folder, 'smb.conf')];
    // At its end it ends its process group, which must not be ours.
    const daemon = spawn('smbd', words, { stdio: 'ignore', detached: true });
    try {
      for (let tries = 0; tries < 100; tries += 1) {
        const isOpen = await new Promise<boolean>((resolve) => {
          const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
          socket.on('connect', () => socket.destroy());
        });
        if (isOpen) break;
        await sleep(50);
      }
      await using served = await serveDecoy(smb, fileMachine('Samba', '4.17.12', { computer: 'FILES' }));
      writeFileSync(join(folder, 'local'), 'local\n');
      const script =
        'get nosuch; mkdir a; mkdir a; del nosuch; rmdir nosuch; put local x; rename x readme.txt; cd readme.txt; rmdir readme.txt; ' +
        'ls nosuch; get a; put local a; put local q/x; rename nosuch b; rmdir a; del x; stat readme.txt';
      const refusals = async (to: number): Promise<string[]> => {
        const said = [
          await run('smbclient', ['-N', '//127.0.0.1/nosuch', '-p', `${to}`, '-c', 'ls'], folder),
          await run('smbclient', ['-N', '//127.0.0.1/public', '-p', `${to}`, '-c', script], folder),
        ];
        return said
          .join('')
          .split('\n')
          .filter((line) => !line.startsWith('putting'));
      };
      const real = await refusals(port);
      expect(real.join('\n')).toContain('NT_STATUS_OBJECT_PATH_NOT_FOUND');
      expect(await refusals(served.port)).toEqual(real);
      expect(served.errors).toEqual([]);
    } finally {
      daemon.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
