/**
 * The probes of published tools that look for decoys (honeydet's signatures, potsnitch, detect-kippo-cowrie, checkpot) and of botnets that
 * do (ZHtrap, TSM), played against our machines. Each names what its tool takes for proof.
 */

import { describe, expect, it } from 'vitest';
import { octetsOf, talk } from '../../test/support/talk.ts';
import { visitorShell } from '../../test/support/visitor-shell.ts';
import type { Decoy } from '../core/decoy.ts';
import type { Persona } from '../core/persona.ts';
import { decoys } from '../decoys/index.ts';
import { ShellSession } from '../shell/session.ts';
import { createPersona, personaNames } from './index.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
/** Keys take their time: each machine is made once. */
const machines = new Map<string, Persona>();
function machine(name: string, seed = 'one'): Persona {
  const drawn = `${seed} ${name}`;
  const made = machines.get(drawn) ?? createPersona(name, drawn, { now, address: '192.0.2.7' });
  machines.set(drawn, made);
  return made;
}

function decoyOf(name: string): Decoy {
  const decoy = decoys.find((each) => each.name === name);
  if (decoy === undefined) throw new Error(`no decoy ${name}`);
  return decoy;
}

const pauses = (decoy: string, persona: Persona, lines: string): number[] =>
  talk(decoyOf(decoy), persona, [octetsOf(lines)]).outputs.flatMap((output) =>
    output.do === 'pause' && output.milliseconds > 0 ? [output.milliseconds] : [],
  );

/** What a scanner sends to one of the services, and what would give a decoy away. */
const probes: readonly (readonly [
  tool: string,
  decoy: string,
  persona: string,
  input: string,
  proof: RegExp,
])[] = [
  ['honeydet cowrie', 'ssh', 'ubuntu-web', 'SSH-1111-OpenSSH_9.0\r\n', /bad version/],
  [
    'detect-kippo-cowrie spacer',
    'ssh',
    'ubuntu-web',
    'SSH-2.0-OpenSSH\n\n\n\n\n\n\n\n\n\n',
    /corrupt|mismatch/,
  ],
  [
    'detect-kippo-cowrie double banner',
    'ssh',
    'ubuntu-web',
    'SSH-2.0-OpenSSH_6.0p1\r\nSSH-2.0-OpenSSH_6.0p1\r\n',
    /corrupt|mismatch|Protocol major/,
  ],
  [
    'kippo carriage returns',
    'ssh',
    'rhel-web',
    '\n\n\n\n\n\n\n\n',
    /bad packet length|Protocol mismatch\.\n\n/,
  ],
  ['honeydet FTPHoney', 'ftp', 'mail-server', '.\r\n', /^220[^\r]*\r\n220 /],
  ['honeydet node-ftp-honeypot', 'ftp', 'mail-server', 'USER\r\n', /501 Must provide username/],
  [
    'honeydet BearFTP',
    'ftp',
    'mail-server',
    `${'overflow'.repeat(28)}\r\n`,
    /Input line is too long; login aborted/,
  ],
  [
    'honeydet dionaea-ftp',
    'ftp',
    'mail-server',
    'USER root\r\nPASS \r\n',
    /500 Syntax error: PASS requires an argument/,
  ],
  [
    'honeydet dionaea-ftp, its greeting',
    'ftp',
    'dlink-nas',
    'SYST\r\n',
    /Welcome to the ftp service|DionaeaFTP/i,
  ],
  ['honeydet opencanary-redis', 'redis', 'debian-db', '[[,[[\r\n', /-ERR unknown command '\[\[,\[\['\r\n/],
  ['honeydet redis-honeypot', 'redis', 'debian-db', 'DBSIZE\r\n', /unknown command/],
  ['honeydet mailoney', 'smtp', 'mail-server', 'HELP\r\n', /cmomand/],
  ['honeydet mailoney quote', 'smtp', 'mail-server', '"\r\n', /not implementedd/],
  ['honeydet Mail-SMTP-Honeypot', 'smtp', 'mail-server', 'DATA\r\n', /421 Service not available/],
  ['honeydet Spamhole', 'smtp', 'mail-server', 'starttls\r\n', /cleartext|502/],
  ['honeydet snare', 'http', 'ubuntu-web', 'GET / HTTP/1337\r\nHost: nuggets\r\n\r\n', /Bad status line/],
  [
    'honeydet oh-my-honeypot',
    'http',
    'ubuntu-web',
    'GET /invalid.htm HTTP/1.0\r\nHost: localhost\r\n\r\n',
    /PHP\/4\.1\.0|Content-Length: 767/,
  ],
  [
    'honeydet cisco-asa',
    'http',
    'ubuntu-web',
    'GET /+CSCOE+/logon.html?fcadbadd=1 HTTP/1.0\r\n\r\n',
    /font-weight: bold; cursor: pointer;/,
  ],
  [
    'honeydet OWA-Honeypot',
    'http',
    'windows-server',
    'GET /owa/auth/logon.aspx HTTP/1.0\r\n\r\n',
    /vfmc\.vic\.gov\.au/,
  ],
  [
    'honeydet phpMyAdmin_honeypot',
    'http',
    'ubuntu-web',
    'GET /login.php HTTP/1.0\r\n\r\n',
    /0x42-0839475|phpmyadmin login attempt on/,
  ],
  ['honeydet Glastopf', 'http', 'rhel-web', 'GET / HTTP/1.0\r\n\r\n', /rows="4" columns="300"/],
  ['VulnCheck Confluence', 'http', 'java-app', 'GET / HTTP/1.0\r\n\r\n', /145DF9C4CDE560B2699212/],
  ['telnet-iot-honeypot', 'telnet', 'tplink-router', 'root\r\n', /EmbyLinux 3\.13\.0-24/],
];

describe('the probes of published tools', () => {
  it.each(probes)('find nothing: %s', (_tool, decoy, persona, input, proof) => {
    const { text } = talk(decoyOf(decoy), machine(persona), [octetsOf(input)]);
    expect(text).not.toMatch(proof);
    // Silence would be a tell of its own, but for HTTP over a machine that has no web server.
    expect(text).not.toBe('');
  });

  it('get Siemens’ connection confirmed with references of its own, not Conpot’s zeros', () => {
    const input = Buffer.from('0300001611e00000000400c1020100c2020102c0010a', 'hex');
    const { replies } = talk(decoyOf('s7comm'), machine('siemens-plc'), [new Uint8Array(input)]);
    const answer = Buffer.concat(replies.map((bytes) => Buffer.from(bytes))).toString('hex');
    expect(answer).not.toContain('030000130ed00000000000c1020000c2020000');
    expect(answer).not.toBe('');
  });
});

describe('how long a refusal takes', () => {
  it('is PAM’s about two seconds on a Linux server, and never twice the same', () => {
    const waits = pauses('ftp', machine('mail-server'), 'USER a\r\nPASS b\r\nUSER a\r\nPASS c\r\n');
    expect(waits.length).toBe(2);
    expect(new Set(waits).size).toBe(2);
    for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(2_000);
    for (const wait of waits) expect(wait).toBeLessThanOrEqual(4_000);
  });

  it('is a device’s own at its telnet, and differs from one try to the next', () => {
    const waits = pauses('telnet', machine('ip-camera'), 'xx\r\nyy\r\nxx\r\nzz\r\n');
    expect(waits.length).toBe(2);
    expect(waits[0]).not.toBe(waits[1]);
    for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(1_500);
  });

  it('is not the same on two devices', () => {
    const first = (seed: string): number =>
      pauses('telnet', machine('ip-camera', seed), 'xx\r\nyy\r\n')[0] ?? 0;
    expect(new Set(['one', 'two', 'three', 'four'].map(first)).size).toBeGreaterThan(2);
  });
});

const withShell = personaNames.filter((name) => machine(name).system.startsWith('linux'));

/** What a visitor's shell prints for a line. */
function said(persona: Persona, line: string): string {
  const session = new ShellSession(visitorShell(persona));
  const events = [...session.run(line), ...session.end()];
  return Buffer.concat(
    events.flatMap((event) => (event.say === 'output' ? [Buffer.from(event.bytes)] : [])),
  ).toString('latin1');
}

describe.each(withShell)('the shell of %s', (name) => {
  it('says nothing that ZHtrap or TSM take for Cowrie', () => {
    const text = said(
      machine(name),
      'ls /home; ps aux; free; cat /proc/cpuinfo /proc/version /proc/meminfo; uname -a',
    );
    expect(text).not.toMatch(
      /Jun22|Jun23|phil|richard|@LocalHost:\]|svr04|7880 +7690|E8200|3\.2\.0-4-amd64|997740/,
    );
  });

  it('refuses what no kernel allows: files under /proc, and the removal of what is not there', () => {
    const text = said(
      machine(name),
      'echo x > /proc/xyz; rm /tmp/not-there; ls /proc/xyz; cat /tmp/not-there',
    );
    expect(
      text.match(/No such file or directory|nonexistent directory|Permission denied|can't create/g)?.length,
    ).toBeGreaterThanOrEqual(4);
  });

  it('shows other figures on another machine', () => {
    const figures = (seed: string): string =>
      said(machine(name, seed), 'free; cat /proc/uptime; cat /proc/meminfo');
    expect(figures('one')).not.toBe(figures('two'));
  });
});

describe('the ports of a machine', () => {
  /** Ports that whole collections of decoys have open (checkpot, potsnitch). */
  const collections: Readonly<Record<string, readonly number[]>> = {
    dionaea: [21, 42, 80, 135, 443, 445, 1433, 1723, 3306, 5060, 5061],
    artillery: [21, 22, 25, 53, 110, 1433, 1723, 5800, 5900, 8080, 10_000, 16_993, 44_443],
    honeypy: [7, 8, 23, 24, 2048, 4096, 10_007, 10_008, 10_009, 10_010],
  };

  it.each(personaNames)('%s has are no collection’s, nor those of two systems', (name) => {
    const open = new Set(machine(name).services.map(({ port }) => port));
    for (const ports of Object.values(collections))
      expect(ports.filter((port) => open.has(port)).length / ports.length).toBeLessThan(0.5);
    const isWindows = [135, 1433, 3389].some((port) => open.has(port));
    expect(isWindows && open.has(22)).toBe(false);
    expect([22, 2222, 22_222].filter((port) => open.has(port)).length).toBeLessThan(2);
  });
});
