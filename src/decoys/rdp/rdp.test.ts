import { Buffer } from 'node:buffer';
import { execFile } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { shellPersona } from '../../../test/support/shell-persona.ts';
import { holdsForAnyBytes, talk } from '../../../test/support/talk.ts';
import type { Persona } from '../../core/persona.ts';
import { createPersona } from '../../personas/index.ts';
import { rdp } from './rdp.ts';

const { tls } = createPersona('ubuntu-web', 'rdp test', { now: Date.now() });

const persona = (security: string, product = 'Windows'): Persona =>
  shellPersona('linux-gnu', {
    login: { accepted: [['administrator', 'S3cret!x']], acceptAfter: 0 },
    tls: security === 'rdp' ? null : tls,
    software: {
      rdp: {
        product,
        version: '10.0.17763',
        details: { security, computer: 'WIN-SRV01', domain: 'CORP', dnsDomain: 'corp.example' },
      },
    },
  });

/** Server 2003: its key is short. */
const oldMachine = (): Persona =>
  shellPersona('linux-gnu', {
    tls: null,
    software: { rdp: { product: 'Windows', version: '5.2.3790', details: { computer: 'OLD' } } },
  });

const run = (program: string, words: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile(program, [...words], { timeout: 40_000 }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });

/** X.224 connection request with a cookie and these protocols. */
function request(protocols: number | null, cookie = 'Cookie: mstshash=hello\r\n'): Buffer {
  const negotiation = protocols === null ? Buffer.alloc(0) : Buffer.from([1, 0, 8, 0, protocols, 0, 0, 0]);
  const body = Buffer.concat([Buffer.from([0, 0xe0, 0, 0, 0, 0, 0]), Buffer.from(cookie), negotiation]);
  body[0] = body.length - 1;
  return tpkt(body);
}

function tpkt(body: Buffer): Buffer {
  const head = Buffer.from([3, 0, 0, 0]);
  head.writeUInt16BE(4 + body.length, 2);
  return Buffer.concat([head, body]);
}

const data = (...parts: (Buffer | number)[]): Buffer =>
  tpkt(
    Buffer.concat([
      Buffer.from([2, 0xf0, 0x80]),
      ...parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : part)),
    ]),
  );

/** Connect Initial with the blocks that the decoy reads. */
function connectInitial(channels: readonly string[], encryption = 0): Buffer {
  const core = Buffer.alloc(216);
  core.writeUInt16LE(0xc001, 0);
  core.writeUInt16LE(216, 2);
  core.writeUInt16LE(1024, 8);
  core.writeUInt16LE(768, 10);
  core.writeUInt32LE(0x409, 16);
  core.writeUInt32LE(2600, 20);
  core.write('PWNED', 24, 'utf16le');
  const network = Buffer.alloc(8 + channels.length * 12);
  network.writeUInt16LE(0xc003, 0);
  network.writeUInt16LE(network.length, 2);
  network.writeUInt32LE(channels.length, 4);
  for (const [index, name] of channels.entries()) network.write(name, 8 + index * 12, 'latin1');
  const security = Buffer.from([2, 0xc0, 12, 0, encryption, 0, 0, 0, 0, 0, 0, 0]);
  const blocks = Buffer.concat([core, ...(encryption === 0 ? [] : [security]), network]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(0x8000 | blocks.length);
  return data(Buffer.from([0x7f, 0x65, 0x82, 1, 0x94]), Buffer.from('Duca'), length, blocks);
}

function clientInfo(user: string, password: string): Buffer {
  const texts = ['CORP', user, password, '', ''].map((text) => Buffer.from(text, 'utf16le'));
  const head = Buffer.alloc(22);
  head.writeUInt16LE(0x40, 0);
  head.writeUInt32LE(0x10, 8);
  for (const [index, text] of texts.entries()) head.writeUInt16LE(text.length, 12 + index * 2);
  const body = Buffer.concat([head, ...texts.flatMap((text) => [text, Buffer.alloc(2)])]);
  return data(Buffer.from([0x64, 0, 6, 3, 0xeb, 0x70, 0x80 | (body.length >> 8), body.length & 255]), body);
}

const joins = [data(Buffer.from([4, 1, 0, 1, 0])), data(0x28), data(Buffer.from([0x38, 0, 6, 3, 0xef]))];

describe('the rdp decoy', () => {
  it('chooses the protocol that a server of its kind chooses', () => {
    const chosen = (security: string, protocols: number | null): string =>
      Buffer.from(talk(rdp, persona(security), [request(protocols)]).replies[0] ?? []).toString('hex', 11);
    expect(chosen('nla', 3)).toBe('021f080002000000');
    expect(chosen('nla', 11)).toBe('021f080008000000');
    expect(chosen('nla', 1)).toBe('0300080005000000');
    expect(chosen('nla', null)).toBe('0300080005000000');
    expect(chosen('tls', 3)).toBe('021f080001000000');
    expect(chosen('tls', 0)).toBe('0300080001000000');
    expect(chosen('rdp', 3)).toBe('021f080000000000');
    expect(chosen('rdp', null)).toBe('');
    expect(chosen('negotiate', 11)).toBe('021f080008000000');
    expect(chosen('negotiate', 1)).toBe('021f080001000000');
    expect(chosen('negotiate', 0)).toBe('021f080000000000');
    expect(chosen('negotiate', null)).toBe('');
  });

  it('begins TLS where it was agreed on, and passes on what came behind', () => {
    const { outputs } = talk(rdp, persona('nla'), [Buffer.concat([request(3), Buffer.from([22, 3, 1])])]);
    expect(outputs.at(-1)).toEqual({ do: 'secure', rest: new Uint8Array([22, 3, 1]) });
    expect(outputs[0]).toEqual({
      do: 'saw',
      fact: { kind: 'command', service: 'rdp', input: 'mstshash=hello' },
    });
  });

  it('recognises BlueKeep, and reads name and password of the old login', () => {
    const { facts, replies } = talk(rdp, persona('rdp'), [
      request(0, ''),
      connectInitial(['rdpdr', 'MS_T120']),
      ...joins,
      clientInfo('administrator', 'S3cret!x'),
    ]);
    expect(facts).toEqual([
      {
        kind: 'command',
        service: 'rdp',
        input: 'client PWNED build 2600 keyboard 0x409 1024x768 channels rdpdr MS_T120',
      },
      expect.objectContaining({ kind: 'exploit', name: 'bluekeep', cves: ['CVE-2019-0708'] }),
      {
        kind: 'auth',
        service: 'rdp',
        user: 'CORP\\administrator',
        method: 'password',
        password: 'S3cret!x',
        accepted: true,
      },
    ]);
    expect(replies.map((bytes) => Buffer.from(bytes).toString('hex', 7, 9))).toEqual([
      '0012',
      '7f66',
      '2e00',
      '3e00',
      '6800',
      '6800',
    ]);
  });

  it('agrees on the best encryption that both can do, and hangs up where there is none', () => {
    const agreed = (encryption: number): string => {
      const { replies } = talk(rdp, oldMachine(), [request(0), connectInitial([], encryption)]);
      const bytes = Buffer.from(replies[1] ?? []);
      const at = bytes.indexOf('020cec00', 0, 'hex');
      return at < 0 ? '' : bytes.toString('hex', at + 4, at + 20);
    };
    expect(agreed(0x1b)).toBe('020000000200000020000000b8000000');
    expect(agreed(0x09)).toMatch(/^08000000/);
    expect(agreed(0x01)).toMatch(/^01000000/);
    expect(agreed(0x10)).toBe('');
  });

  it('gives the same for any split of any bytes, encrypted or not', () => {
    const exchange = Buffer.from([0x64, 0, 6, 3, 0xeb, 0x70, 80, 1, 0, 0, 0, 72, 0, 0, 0]);
    holdsForAnyBytes(rdp, oldMachine, [
      Buffer.concat([request(0), connectInitial([], 2), ...joins, data(exchange, Buffer.alloc(72))]),
      data(exchange, Buffer.concat([Buffer.alloc(63, 9), Buffer.alloc(9)])),
      clientInfo('user', 'password'),
      Buffer.from([0xc0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ]);
  });

  it('gives the same for any split of any bytes', () => {
    holdsForAnyBytes(rdp, () => persona('rdp'), [
      request(0),
      Buffer.concat([request(0), connectInitial(['MS_T120']), ...joins]),
      Buffer.concat([request(null), connectInitial([]), clientInfo('a', 'b')]),
      connectInitial(['cliprdr']),
      clientInfo('user', 'password'),
      data(0x21, 0x80),
    ]);
  });

  needTools(['nmap'])('tells nmap its name and version, and how it is secured', async () => {
    await using served = await serveDecoy(rdp, persona('nla'));
    const said = await run('nmap', [
      '-Pn',
      '-sT',
      '--script',
      '+rdp-ntlm-info,+rdp-enum-encryption',
      '-p',
      String(served.port),
      '127.0.0.1',
    ]);
    for (const line of [
      'Target_Name: CORP',
      'NetBIOS_Computer_Name: WIN-SRV01',
      'DNS_Domain_Name: corp.example',
      'Product_Version: 10.0.17763',
    ])
      expect(said).toContain(line);
    expect(said).toMatch(/CredSSP \(NLA\): SUCCESS/);
    expect(served.errors).toEqual([]);
  });

  needTools(['nmap'])('is known to nmap as a terminal server', async () => {
    await using served = await serveDecoy(rdp, persona('nla'));
    const said = await run('nmap', [
      '-Pn',
      '-sT',
      '-sV',
      '--version-all',
      '-p',
      String(served.port),
      '127.0.0.1',
    ]);
    expect(said).toMatch(/ms-wbt-server/);
    expect(served.errors).toEqual([]);
  });

  // hydra's module is libfreerdp.
  needTools(['hydra'])('lets FreeRDP in with the password, and refuses it with another', async () => {
    await using served = await serveDecoy(rdp, persona('nla'));
    const guess = (password: string): Promise<string> =>
      run('hydra', [
        '-I',
        '-l',
        'administrator',
        '-p',
        password,
        '-t',
        '1',
        '-s',
        String(served.port),
        '127.0.0.1',
        'rdp',
      ]);
    expect(await guess('123456')).toContain('0 valid password');
    expect(await guess('uX9.unheard')).toContain('0 valid password');
    expect(await guess('S3cret!x')).toMatch(/login: administrator +password: S3cret!x/);
    const logins = served.facts.flatMap((fact) =>
      fact.kind === 'auth' ? [[fact.password, fact.accepted]] : [],
    );
    expect(logins).toContainEqual(['123456', false]);
    expect(logins).toContainEqual(['S3cret!x', true]);
    expect(logins).toContainEqual([
      expect.stringMatching(/^administrator::[^:]*:[0-9a-f]{16}:[0-9a-f]{32}:/),
      false,
    ]);
    expect(served.errors).toEqual([]);
  });
});
