import { Buffer } from 'node:buffer';
import { execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { freePort } from '../../../test/support/free-port.ts';
import { startDaemon } from '../../../test/support/real-daemon.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { hexOf, holdsForAnyBytes, personaWith, talk } from '../../../test/support/talk.ts';
import { octets, uint16 } from '../../wire/big-endian.ts';
import { dnsNameText, encodeDnsName, readDnsName } from '../../wire/dns-name.ts';
import { dns } from './dns.ts';

const run = promisify(execFile);
const server = (version = '9.18.28-1~deb12u2-Debian', details: Record<string, string> = {}) =>
  personaWith({ dns: { product: 'BIND', version, details } });

const query = (
  name: string,
  type: number,
  kind = 1,
  flags = 0x0100,
  extension: Uint8Array = new Uint8Array(0),
): Uint8Array =>
  octets(
    uint16(0x1234),
    uint16(flags),
    uint16(1),
    uint16(0),
    uint16(0),
    uint16(extension.length > 0 ? 1 : 0),
    encodeDnsName(name),
    uint16(type),
    uint16(kind),
    extension,
  );
const edns = hexOf('00 0029 1000 00000000 0000');
const padded = hexOf('00 0029 1000 00000000 0084 000c 0080'.concat('00'.repeat(128)));
const framed = (message: Uint8Array): Uint8Array => octets(uint16(message.length), message);

describe('names', () => {
  it('go back the way they came', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z0-9-]{1,20}$/), { maxLength: 8 }), (labels) => {
        const text = labels.length === 0 ? '.' : labels.map((label) => `${label}.`).join('');
        const read = readDnsName(encodeDnsName(text), 0);
        expect(read && dnsNameText(read.labels)).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  it('that go round, forward or on for too long are none', () => {
    expect(readDnsName(hexOf('c000'), 0)).toBeNull();
    expect(readDnsName(hexOf('0161c000'), 0)).toBeNull();
    expect(readDnsName(hexOf('c002c000'), 0)).toBeNull();
    expect(readDnsName(hexOf('c002c000'), 2)).toBeNull();
    expect(readDnsName(new Uint8Array(400).fill(1), 0)).toBeNull();
    const chain = Buffer.alloc(4_000);
    for (let index = 1; index < 1_900; index += 1) chain.writeUInt16BE(0xc000 | ((index - 1) * 2), index * 2);
    expect(readDnsName(chain, 3_000)).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, at) => void readDnsName(bytes, at)),
      { numRuns: 200 },
    );
  });
});

describe('the DNS decoy', () => {
  it('never answers with more than it was asked, and says that there is more', () => {
    const [reply] = talk(dns, server(), [query('version.bind.', 16, 3)], { transport: 'udp' }).replies;
    expect(reply).toHaveLength(30);
    expect((reply?.[2] ?? 0) & 2).toBe(2);
    const [whole] = talk(dns, server(), [query('version.bind.', 16, 3, 0x100, padded)], {
      transport: 'udp',
    }).replies;
    expect(Buffer.from(whole ?? []).toString('latin1')).toContain('9.18.28-1~deb12u2-Debian');
  });

  it('fails to look up for strangers where it is told to, and gives its identifier', () => {
    const open = server('9.16.48-Debian', { recursion: 'yes', identifier: 'ns1' });
    const [failed] = talk(dns, open, [query('example.org.', 1)], { transport: 'udp' }).replies;
    expect([(failed?.[3] ?? 0) & 15, (failed?.[3] ?? 0) & 0x80]).toEqual([2, 0x80]);
    const asked = query('example.org.', 1, 1, 0x100, hexOf('00 0029 1000 00000000 0004 0003 0000'));
    expect(talk(dns, open, [framed(asked)]).text).toContain('\0\x03\0\x03ns1');
  });

  it('recognises what attackers ask', () => {
    const tkey = octets(
      hexOf('1234 0100 0001 0000 0000 0001'),
      encodeDnsName('a.b.'),
      hexOf('00f9 00ff c00c 0010 00ff 00000000 0002 0141'),
    );
    const names = (bytes: Uint8Array, transport: 'tcp' | 'udp') =>
      talk(dns, server(), [bytes], { transport }).facts.flatMap((fact) =>
        fact.kind === 'exploit' ? [[fact.name, ...fact.cves]] : [],
      );
    expect(names(tkey, 'udp')).toEqual([['bind-tkey', 'CVE-2015-5477']]);
    expect(names(query('isc.org.', 255, 1, 0x100, edns), 'udp')).toEqual([['dns-amplification']]);
    expect(names(framed(query('example.org.', 252)), 'tcp')).toEqual([['dns-zone-transfer']]);
    expect(
      talk(dns, server(), [query('example.org.', 1, 1, 0x100, edns)], { transport: 'udp' }).facts,
    ).toEqual([{ kind: 'command', service: 'dns', input: 'QUERY example.org. IN A +recurse edns=4096' }]);
  });

  it('gives the same for any split of a stream, and no datagram a larger answer', () => {
    const parts = [
      query('version.bind.', 16, 3),
      query('isc.org.', 255, 1, 0x100, edns),
      query('localhost.', 1),
      query('1.0.0.127.in-addr.arpa.', 12),
      query('localhost.', 252),
      query('a.', 1, 1, 0x2800),
      query('b.', 1, 1, 0x8000),
    ];
    holdsForAnyBytes(dns, () => server(), parts.map(framed));
    holdsForAnyBytes(dns, () => server(), parts, { transport: 'udp' });
  });

  needTools(['dig'])('serves dig over UDP and TCP', async () => {
    await using udp = await serveDecoy(dns, server(), { transport: 'udp' });
    await using tcp = await serveDecoy(dns, server());
    const dig = async (port: number, ...more: string[]) =>
      (await run('dig', ['@127.0.0.1', '-p', String(port), '+tries=1', '+time=2', ...more])).stdout;
    expect(await dig(tcp.port, '+tcp', '+short', 'CH', 'TXT', 'version.bind')).toBe(
      '"9.18.28-1~deb12u2-Debian"\n',
    );
    expect(await dig(udp.port, '+ignore', 'example.org')).toContain('status: REFUSED');
    expect(await dig(udp.port, '+ignore', 'CH', 'TXT', 'version.bind')).toMatch(/flags: qr aa tc rd;/);
    expect(await dig(tcp.port, '+tcp', 'localhost', 'AXFR')).toContain('XFR size');
    expect([...udp.errors, ...tcp.errors]).toEqual([]);
  });

  needTools(['named'])('answers byte for byte what BIND answers', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'named-'));
    const port = await freePort();
    chmodSync(folder, 0o755);
    writeFileSync(
      join(folder, 'named.conf'),
      `options { directory "${folder}"; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; }; pid-file none; recursion no; dnssec-validation no; hostname "probe"; version "9.18.28-1~deb12u2-Debian"; querylog no; session-keyfile none; allow-transfer { any; }; };
controls {};
${['local', '127', '0', '255'].map((name) => `zone "${name === 'local' ? 'localhost' : `${name}.in-addr.arpa`}" { type master; file "/etc/bind/db.${name}"; };`).join('\n')}\n`,
    );
    await using _daemon = await startDaemon(
      spawn('named', ['-g', '-c', join(folder, 'named.conf'), '-n', '1', '-U', '1'], { stdio: 'ignore' }),
      port,
    );
    const persona = { ...server(), hostname: 'probe' };
    await using tcp = await serveDecoy(dns, persona);
    await using udp = await serveDecoy(dns, persona, { transport: 'udp' });
    const overTcp = (to: number, message: Uint8Array): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect(to, '127.0.0.1', () => socket.write(framed(message)));
        let text = Buffer.alloc(0);
        const done = (how: string): void => {
          resolve(`${text.toString('hex')}${how}`);
          socket.destroy();
        };
        socket.on('data', (piece) => {
          text = Buffer.concat([text, piece]);
          if (text.length >= 2 && text.length >= 2 + text.readUInt16BE(0)) done('');
        });
        socket.on('error', () => done(' closed')).on('close', () => done(' closed'));
        setTimeout(() => done(' silent'), 1_500).unref();
      });
    const overUdp = (to: number, message: Uint8Array): Promise<string> =>
      new Promise((resolve) => {
        const socket = createSocket('udp4');
        const done = (text: string): void => {
          socket.removeAllListeners('message');
          resolve(text);
        };
        socket.on('message', (bytes) => {
          done(bytes.toString('hex'));
          socket.close();
        });
        socket.send(message, to, '127.0.0.1');
        setTimeout(() => done('silent'), 1_000).unref();
        socket.unref();
      });
    const cases: Record<string, Uint8Array> = {
      'version.bind': query('version.bind.', 16, 3),
      'version.bind without recursion': query('version.bind.', 16, 3, 0),
      'Version.BIND': query('Version.BIND.', 16, 3),
      'hostname.bind': query('hostname.bind.', 16, 3),
      'id.server': query('id.server.', 16, 3),
      'authors.bind': query('authors.bind.', 16, 3),
      'version.bind with EDNS': query('version.bind.', 16, 3, 0x100, edns),
      'version.bind A': query('version.bind.', 1, 3),
      'another CHAOS name': query('foo.bind.', 16, 3),
      'a name of the world': query('example.org.', 1),
      'the same with EDNS': query('example.org.', 1, 1, 0x100, edns),
      'with DNSSEC': query('example.org.', 1, 1, 0x110, hexOf('00 0029 1000 00008000 0000')),
      ANY: query('isc.org.', 255, 1, 0x100, edns),
      'the root': query('.', 2),
      'localhost A': query('localhost.', 1),
      'localhost AAAA': query('localhost.', 28, 1, 0),
      'localhost MX': query('localhost.', 15),
      'under localhost': query('a.localhost.', 1),
      'the reverse of 127.0.0.1': query('1.0.0.127.in-addr.arpa.', 12),
      'an empty name between': query('0.0.127.in-addr.arpa.', 12),
      'class HS': query('example.org.', 1, 4),
      'class ANY': query('version.bind.', 16, 255),
      NOTIFY: query('example.org.', 6, 1, 0x2000),
      UPDATE: query('example.org.', 6, 1, 0x2800),
      STATUS: query('example.org.', 6, 1, 0x1000),
      IQUERY: query('example.org.', 6, 1, 0x0800),
      'opcode 7': query('example.org.', 6, 1, 0x3800),
      'no question': hexOf('1234 0100 0000 0000 0000 0000'),
      'two questions': octets(
        hexOf('1234 0100 0002 0000 0000 0000'),
        encodeDnsName('a.'),
        hexOf('0001 0001'),
        encodeDnsName('b.'),
        hexOf('0001 0001'),
      ),
      'a question cut off': hexOf('1234 0100 0001 0000 0000 0000 0161'),
      'octets behind': octets(query('example.org.', 1), hexOf('00')),
      'EDNS version 1': query('example.org.', 1, 1, 0x100, hexOf('00 0029 1000 00010000 0000')),
      'a pointer that goes round': hexOf('1234 0100 0001 0000 0000 0000 c00c 0001 0001'),
      'AXFR of what it has not': query('example.org.', 252),
    };
    const differences: string[] = [];
    for (const [name, message] of Object.entries(cases)) {
      const [real, decoy] = await Promise.all([overTcp(port, message), overTcp(tcp.port, message)]);
      if (real !== decoy) differences.push(`TCP ${name}\n  BIND  ${real}\n  decoy ${decoy}`);
      const [realDatagram, datagram] = await Promise.all([
        overUdp(port, message),
        overUdp(udp.port, message),
      ]);
      // BIND answers CHAOS names over UDP three times a second, and then not at all.
      if (realDatagram !== 'silent' && realDatagram !== datagram && realDatagram.length <= message.length * 2)
        differences.push(`UDP ${name}\n  BIND  ${realDatagram}\n  decoy ${datagram}`);
    }
    rmSync(folder, { recursive: true });
    expect(differences.join('\n')).toBe('');
  });
});
