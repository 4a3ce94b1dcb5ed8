/** What scanners for decoys look at (published checks against Kippo, Cowrie, Dionaea, Conpot and their like), asked of our machines. */

import { X509Certificate } from 'node:crypto';
import { connect } from 'node:net';
import { expect, describe, it } from 'vitest';
import { serveDecoy, type ServedDecoy } from '../../test/support/serve-decoy.ts';
import type { Persona } from '../core/persona.ts';
import { decoys } from '../decoys/index.ts';
import { createPersona, personaNames } from './index.ts';
import { sshPublicKey } from './ssh-host-key.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const machine = (name: string, seed: string): Persona =>
  createPersona(name, `${seed} ${name}`, { now, address: '192.0.2.7' });

async function served(name: string, persona: Persona): Promise<ServedDecoy> {
  const decoy = decoys.find((each) => each.name === name);
  if (decoy === undefined) throw new Error(`no decoy ${name}`);
  return serveDecoy(decoy, persona);
}

/** What the server says to these lines until it has been silent for a moment, or closes. */
async function talk(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => {});
  for (const line of lines) {
    // The greeting comes first, and each answer before the next question.
    await new Promise((resolve) => setTimeout(resolve, 60));
    socket.write(line);
  }
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 300))]);
  socket.destroy();
  return text;
}

/** What search engines index certificates by: fingerprint, key and the names in it. */
function identifiers(pem: string): string[] {
  const certificate = new X509Certificate(pem);
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' }).toString('hex').slice(-128);
  return [
    certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    key.replace(/0203010001$/, ''),
    certificate.subject,
    certificate.issuer,
  ];
}

/** All texts that a visitor can read of a machine; not what its public names and standards make the same everywhere. */
function texts(persona: Persona): string[] {
  const { software, ssh, tls, http, redis, files, hostname, issue } = persona;
  return [
    hostname,
    issue,
    ssh?.banner ?? '',
    ...(tls === null ? [] : identifiers(tls.certificate)),
    http?.title ?? '',
    redis?.runId ?? '',
    ...Object.entries(ssh?.keys ?? {}).map(([type, key]) =>
      Buffer.from(sshPublicKey(type, key)).toString('hex').slice(-64),
    ),
    ...Object.values(files).map((file) => file.content),
    ...Object.values(software).flatMap(({ details }) => Object.values(details ?? {})),
  ];
}

/** Words that no other software would carry. */
const ownWords = /picket|honeypot|honeynet|decoy|cowrie|kippo|dionaea|conpot|fakeshell|sensor-/i;
/** Hosts, serials and hashes that Kippo, Cowrie, Conpot and Dionaea ship and that scanners look for. */
const knownWords =
  /svr04|nas3\b|debnfwmgmt|phil:x:|richard:x:|88111222|Mouser Factory|Technodrome|Siemens, SIMATIC, S7-200|DionaeaFTP|Welcome to the ftp service|dc4fc3e9|OpenSSH_5\.1p1 Debian-5/;

describe.each(personaNames)('the persona %s', (name) => {
  it('carries neither our own words nor those of other decoys', () => {
    for (const seed of ['one', 'two', 'three']) {
      const all = [...texts(machine(name, seed)), ...Object.keys(machine(name, seed).files)].join('\n');
      expect(ownWords.exec(all)).toBeNull();
      expect(knownWords.exec(all)).toBeNull();
    }
  });

  it('shares no drawn text with the same machine of another seed', () => {
    const drawn = (persona: Persona): Set<string> => {
      const all = texts(persona).join('\n');
      // Long runs of digits, hexadecimal or base64 are what is drawn; words and versions are the vendor's.
      return new Set(
        (all.match(/[0-9a-f]{16,}|[A-Za-z0-9+/]{40,}/g) ?? []).filter(
          (run) => !/^0+$/.test(run) && /\d/.test(run) && !/^(?:\/[\w.-]+)+$/.test(run),
        ),
      );
    };
    const [one, two] = [drawn(machine(name, 'one')), drawn(machine(name, 'two'))];
    expect([...one].filter((run) => two.has(run))).toEqual([]);
  });

  it('has not been up for a round time, nor since the same moment as another', () => {
    const starts = ['a', 'b', 'c', 'd', 'e'].map((seed) => machine(name, seed).bootedAt);
    expect(new Set(starts).size).toBe(starts.length);
    expect(starts.every((at) => at % 60_000 !== 0)).toBe(true);
    expect(starts.every((at) => at <= now)).toBe(true);
  });

  it('opens few ports, not the collection that a decoy opens', () => {
    expect(machine(name, 'one').services.length).toBeLessThan(7);
  });
});

/** Personas with SSH, by the program that they claim. */
const withSsh = personaNames.filter((name) => machine(name, 'one').ssh !== null);

describe('SSH', () => {
  it.each(withSsh)('of %s offers what the daemon of its banner offers', (name) => {
    const ssh = machine(name, 'one').ssh;
    const offered = ssh?.keyExchange ?? [];
    const [, number = '0'] = /OpenSSH_(\d+\.\d+)/.exec(ssh?.version ?? '') ?? [];
    const version = Number(number);
    // sntrup761 joined in 8.5 (hybrid by default from 9.0); diffie-hellman-group1 left in 6.7, curve25519 came in 6.5.
    if (version > 0) {
      expect(offered.some((each) => each.includes('sntrup'))).toBe(version >= 8.5);
      expect(offered).not.toContain('diffie-hellman-group1-sha1');
      expect(offered).toContain('curve25519-sha256');
      expect(ssh?.compression).toEqual(['none', 'zlib@openssh.com']);
    } else if (ssh?.version.includes('dropbear') === true) {
      expect(offered).toContain('kexguess2@matt.ucc.asn.au');
      expect(offered).not.toContain('kex-strict-s-v00@openssh.com');
    } else expect(offered).not.toContain('kex-strict-s-v00@openssh.com');
  });

  it('answers a bad version as its program does, not as Twisted does', async () => {
    await using ssh = await served('ssh', machine('ubuntu-web', 'one'));
    const said = await talk(ssh.port, ['SSH-1337-nobody\r\n']);
    // Cowrie says "Protocol major versions differ." with a line feed alone, or "bad version 1.9".
    expect(said).not.toMatch(/bad version/);
    expect(said).toMatch(/^SSH-2\.0-OpenSSH_8\.2p1 Ubuntu[^\r]*\r\nInvalid SSH identification string\.\r\n$/);
  });

  it('keeps its key from one visit to the next, and shares it with nobody', () => {
    const key = (seed: string): string => machine('rhel-web', seed).ssh?.keys['ssh-ed25519'] ?? '';
    expect(key('one')).toBe(key('one'));
    expect(key('one')).not.toBe(key('two'));
  });
});

describe('farewells and files', () => {
  it('say what the real FTP and SMTP servers say to QUIT', async () => {
    const persona = machine('mail-server', 'one');
    await using ftp = await served('ftp', persona);
    expect(await talk(ftp.port, ['QUIT\r\n'])).toBe('220 (vsFTPd 3.0.3)\r\n221 Goodbye.\r\n');
    await using smtp = await served('smtp', persona);
    expect(await talk(smtp.port, ['QUIT\r\n'])).toMatch(
      new RegExp(
        `^220 ${persona.hostname}\\.localdomain ESMTP Postfix \\(Debian/GNU\\)\r\n221 2\\.0\\.0 Bye\r\n$`,
      ),
    );
  });

  it('show different pages on web servers of different personas', async () => {
    const pages = [];
    for (const name of ['rhel-web', 'windows-server', 'dlink-nas', 's3-gateway', 'fortigate']) {
      const persona = machine(name, 'one');
      await using web = await served(persona.http === null ? 's3' : 'http', persona);
      const page = await talk(web.port, ['GET / HTTP/1.0\r\n\r\n']);
      pages.push(page.replaceAll(/\r\n(?:Date|Last-Modified|ETag): [^\r]*/g, ''));
    }
    expect(new Set(pages).size).toBe(pages.length);
  });

  it('have Redis forget nothing of its run: the id is this start’s and no other’s', () => {
    const run = (seed: string, at: number): string =>
      createPersona('debian-db', seed, { now: at }).redis?.runId ?? '';
    expect(run('one', now)).toBe(run('one', now + 1000));
    expect(run('one', now)).not.toBe(run('two', now));
    expect(run('one', now)).not.toBe(run('one', now + 260 * 86_400_000));
  });
});
