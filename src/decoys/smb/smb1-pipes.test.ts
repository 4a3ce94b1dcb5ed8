/** Pipes over SMB 1: what messages of any form come to, and what real clients make of them. */

import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { first, negotiate1, run, samba, talk, windows } from '../../../test/support/smb-visitor.ts';
import type { DecoyOutput } from '../../core/decoy.ts';
import { smb } from './smb.ts';

const pipeTree = 0x0801;
const within = (message: Buffer): Buffer => {
  const changed = Buffer.from(message);
  changed.writeUInt16LE(pipeTree, 4 + 24);
  return changed;
};
const setup = first(0x73, Buffer.from(`ff000000${'00'.repeat(22)}`, 'hex'), Buffer.from('a\0b\0c\0d\0'));
const connect = first(
  0x75,
  Buffer.from('ff00000000000100', 'hex'),
  Buffer.concat([Buffer.alloc(1), Buffer.from('\\\\A\\IPC$\0', 'utf16le')]),
);
const open = (name: string): Buffer =>
  within(
    first(0xa2, Buffer.alloc(48), Buffer.concat([Buffer.alloc(1), Buffer.from(`\\${name}\0`, 'utf16le')])),
  );
/** Fourteen words and two of setup: TransactNmPipe on the first pipe. */
const ask = (data: Uint8Array): Buffer => {
  const words = Buffer.alloc(32);
  words.writeUInt16LE(4_280, 6);
  words.writeUInt16LE(data.length, 22);
  words.writeUInt16LE(67, 24);
  words[26] = 2;
  words.writeUInt16LE(0x26, 28);
  words.writeUInt16LE(0x4000, 30);
  return within(first(0x25, words, data));
};
/** A bind to srvsvc with NDR. */
const bind = Buffer.from(
  '05000b03100000004800000001000000b810b810000000000100000000000100c84f324b7016d30112785a47bf6ee18803000000045d888aeb1cc9119fe808002b10486002000000',
  'hex',
);
const anybody = { ...windows(), login: { accepted: [['*', '*'] as const], acceptAfter: 1 } };
const replies = (outputs: readonly DecoyOutput[]): Buffer[] =>
  outputs.flatMap((output) => (output.do === 'reply' ? [Buffer.from(output.bytes)] : []));

describe('pipes over SMB 1', () => {
  it('take a bind in one transaction, and what does not fit is read', () => {
    const opening = [negotiate1, setup, connect, open('srvsvc')];
    const whole = replies(talk([...opening, ask(bind)], anybody)).at(-1);
    expect(whole?.readUInt32LE(4 + 5)).toBe(0);
    expect(whole?.includes(Buffer.from('\\PIPE\\srvsvc\0'))).toBe(true);
    const small = Buffer.from(ask(bind));
    small.writeUInt16LE(16, 4 + 39);
    const [part, rest] = replies(
      talk(
        [
          ...opening,
          small,
          within(first(0x2e, Buffer.from('ff00000000400000000000100010ffffffff0000', 'hex'))),
        ],
        anybody,
      ),
    ).slice(-2);
    expect(part?.readUInt32LE(4 + 5)).toBe(0x80000005);
    expect(rest?.readUInt32LE(4 + 5)).toBe(0);
    expect(rest?.includes(Buffer.from('\\PIPE\\srvsvc\0'))).toBe(true);
  });

  it('are not there by other names, nor for those who have not logged in', () => {
    const codeOf = (name: string, who = anybody): number | undefined =>
      replies(talk([negotiate1, setup, connect, open(name)], who))
        .at(-1)
        ?.readUInt32LE(4 + 5);
    expect(codeOf('srvsvc')).toBe(0);
    expect(codeOf('nothing')).toBe(0xc0000034);
    const anonymous = first(0x73, Buffer.from(`ff000000${'00'.repeat(22)}`, 'hex'), Buffer.from('\0\0\0\0'));
    const refused = replies(talk([negotiate1, anonymous, connect, open('srvsvc')], windows())).at(-1);
    expect(refused?.readUInt32LE(4 + 5)).toBe(0xc0000022);
  });

  it('are the same however the bytes are split, and survive any words and bytes', () => {
    const commands = fc.constantFrom(0x04, 0x25, 0x2e, 0x2f, 0xa2);
    const any = fc
      .tuple(commands, fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ maxLength: 120 }))
      .map(([command, words, bytes]) => within(first(command, words.subarray(0, words.length & ~1), bytes)));
    const known = fc.constantFrom(
      open('srvsvc'),
      open('svcctl'),
      open('/tmp/x.so'),
      ask(bind),
      within(first(0x2e, Buffer.from('ff00000000400000000000100010ffffffff0000', 'hex'))),
      within(first(0x04, Buffer.from('004000000000', 'hex'))),
    );
    const asked = fc.uint8Array({ maxLength: 90 }).map((bytes) => ask(bytes));
    fc.assert(
      fc.property(fc.array(fc.oneof(any, known, asked), { maxLength: 6 }), fc.nat(1_500), (messages, at) => {
        const bytes = Buffer.concat([negotiate1, setup, connect, ...messages]);
        const whole = talk([bytes], { ...anybody });
        const cut = at % bytes.length;
        expect(talk([bytes.subarray(0, cut), bytes.subarray(cut)], { ...anybody })).toEqual(whole);
        expect(whole.filter((output) => output.do === 'reply').length).toBeGreaterThan(2);
      }),
      { numRuns: 150 },
    );
  });
});

const old = ['--option=client min protocol=NT1', '--option=client max protocol=NT1'];

describe('real clients of pipes over SMB 1', () => {
  needTools(['smbclient', 'rpcclient'])('list the shares of Windows and of Samba', async () => {
    for (const [who, path] of [
      [windows(), 'C:\\Shares\\public'],
      [
        {
          ...samba(),
          software: { smb: { product: 'Samba', version: '4.9.5', details: { shares: 'public,backup' } } },
        },
        'C:\\srv\\samba\\public',
      ],
    ] as const) {
      await using served = await serveDecoy(smb, who);
      const port = ['-p', String(served.port)];
      const account = ['-U', 'bob%secret', ...port, ...old];
      expect(await run('smbclient', ['-L', '//127.0.0.1', ...account])).toMatch(/public +Disk/);
      const asked = await run('rpcclient', [
        ...account,
        '127.0.0.1',
        '-c',
        'srvinfo; netshareenum; netsharegetinfo public; lsaquery',
      ]);
      expect(asked).toMatch(/os version\s+:\s+6\.1/);
      expect(asked.split(`path:\t${path}`)).toHaveLength(3);
      expect(asked).toMatch(/Domain Sid: S-1-5-21-\d+-\d+-\d+/);
      expect(asked).not.toContain('result was');
      expect(served.facts).toContainEqual({
        kind: 'command',
        service: 'smb',
        input: 'srvsvc NetShareEnumAll',
      });
      expect(served.errors).toEqual([]);
    }
  });

  needTools(['smbclient'])(
    'log in by NTLMv1, with a challenge of their own beside the server’s',
    async () => {
      await using served = await serveDecoy(smb, windows());
      const words = [
        '-L',
        '//127.0.0.1',
        '-p',
        String(served.port),
        ...old,
        '--option=client ntlmv2 auth=no',
      ];
      expect(await run('smbclient', [...words, '-U', 'bob%secret'])).toMatch(/public +Disk/);
      expect(await run('smbclient', [...words, '-U', 'bob%wrong'])).toContain('NT_STATUS_LOGON_FAILURE');
      const shown = served.facts.flatMap((fact) =>
        fact.kind === 'auth'
          ? [
              [
                fact.accepted,
                /^bob::[^:]*:[0-9a-f]{16}0{32}:[0-9a-f]{48}:[0-9a-f]{16}$/i.test(fact.password ?? ''),
              ],
            ]
          : [],
      );
      expect(shown).toEqual([
        [true, true],
        [false, true],
      ]);
    },
  );

  needTools(['net'])('have a service made, which is recorded with its path', async () => {
    await using served = await serveDecoy(smb, windows());
    const words = ['-S', '127.0.0.1', '-p', String(served.port), '-U', 'bob%secret', ...old];
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
    expect(served.facts).toContainEqual(
      expect.objectContaining({ kind: 'exploit', name: 'remote-service', detail: 'evil: C:\\evil.exe /run' }),
    );
    expect(served.errors).toEqual([]);
  });

  needTools(['nmap'])('nmap lists the shares with their folders', async () => {
    await using served = await serveDecoy(smb, windows());
    const port = String(served.port);
    const login = `smbport=${port},smbusername=bob,smbpassword=secret`;
    const words = [
      '-Pn',
      '-n',
      '-p',
      port,
      '127.0.0.1',
      '--script',
      '+smb-enum-shares',
      '--script-args',
      login,
    ];
    const text = await run('nmap', words);
    expect(text).toContain('account_used: bob');
    expect(text).toMatch(/\\127\.0\.0\.1\\public: \n[^\0]*Path: C:\\Shares\\public/);
    expect(text).toMatch(/ADMIN\$: \n[^\0]*Path: C:\\Windows/);
    expect(served.errors).toEqual([]);
  });
});
