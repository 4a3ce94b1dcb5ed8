import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Persona } from '../core/persona.ts';
import { below } from '../core/random.ts';
import { needTools } from '../../test/support/need.ts';
import { cveSignatures } from '../signatures/cve/index.ts';
import { decoys } from '../decoys/index.ts';
import { networkStackOf } from './network-stack.ts';
import { createPersona, personaNames } from './index.ts';
import { sshPublicKey } from './ssh-host-key.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
/** Decoys whose persona is told by something else than `software`. */
const selfMade: ReadonlySet<string> = new Set(['telnet', 'ike', 'ssdp', 'rtsp']);

const make = (name: string, seed: string, at = now): Persona => createPersona(name, seed, { now: at });
/** The spread reads what is made lazily; functions compare by identity and are left off. */
const parts = (persona: Persona): unknown => JSON.parse(JSON.stringify(persona));

const releases: Readonly<
  Record<
    string,
    {
      readonly shadow: number;
      readonly ssh: RegExp;
      readonly release: RegExp;
      readonly version: string;
      readonly issue: string;
    }
  >
> = {
  ubuntu: {
    shadow: 0o640,
    ssh: /^SSH-2\.0-OpenSSH_8\.2p1 Ubuntu/,
    release: /^5\.4\.0-\d+-generic$/,
    version: 'Ubuntu SMP',
    issue: 'Ubuntu 20.04',
  },
  debian: {
    shadow: 0o640,
    ssh: /^SSH-2\.0-OpenSSH_8\.4p1 Debian/,
    release: /^5\.10\.0-\d+-amd64$/,
    version: 'SMP Debian 5.10.',
    issue: 'Debian GNU/Linux 11',
  },
  rhel: {
    shadow: 0,
    ssh: /^SSH-2\.0-OpenSSH_8\.0$/,
    release: /^4\.18\.0-513\.\d+\.1\.el8_9\.x86_64$/,
    version: '#1 SMP',
    issue: 'Red Hat Enterprise Linux 8.9',
  },
};

describe.each(personaNames)('the persona %s', (name) => {
  it('is the same machine for the same seed', () => {
    expect(parts(make(name, 'one'))).toEqual(parts(make(name, 'one')));
    const persona = make(name, 'one');
    const draw = (): number => below(persona.random('purpose'), 1_000_000);
    expect(draw()).toBe(draw());
  });

  it('is another machine for another seed', () => {
    const [one, two] = [make(name, 'one'), make(name, 'two')];
    expect(one.mac).not.toBe(two.mac);
    expect(one.bootedAt).not.toBe(two.bootedAt);
    expect([one.hostname, one.address, one.files]).not.toEqual([two.hostname, two.address, two.files]);
    if (one.tls !== null && two.tls !== null) {
      expect(one.tls.certificate).not.toBe(two.tls.certificate);
      expect(new X509Certificate(one.tls.certificate).fingerprint256).not.toBe(
        new X509Certificate(two.tls.certificate).fingerprint256,
      );
    }
    for (const type of Object.keys(one.ssh?.keys ?? {})) {
      expect(one.ssh?.keys[type], type).not.toBe(two.ssh?.keys[type]);
    }
    if (one.redis !== null) expect(one.redis.runId).not.toBe(two.redis?.runId);
    expect(one.random('x').next()).not.toBe(two.random('x').next());
  });

  it('agrees with itself', () => {
    for (const seed of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const persona = make(name, seed);
      expect(persona.files['/etc/hostname']?.content).toBe(`${persona.hostname}\n`);
      const passwd = persona.files['/etc/passwd']?.content;
      if (passwd !== undefined) {
        for (const user of persona.users) {
          expect(passwd).toContain(`\n${user.name}:`.slice(user.name === 'root' ? 1 : 0));
        }
      }
      if (persona.system === 'linux-gnu' && persona.osRelease !== '') {
        expect(persona.files['/etc/os-release']?.content).toBe(persona.osRelease);
        const [, distribution = ''] = /^ID="?(\w+)/m.exec(persona.osRelease) ?? [];
        const expected = releases[distribution];
        expect(expected, distribution).toBeDefined();
        if (expected === undefined) continue;
        expect(persona.files['/etc/shadow']?.mode).toBe(expected.shadow);
        expect(persona.ssh?.version).toMatch(expected.ssh);
        expect(persona.kernel.release).toMatch(expected.release);
        expect(persona.kernel.version).toContain(expected.version);
        expect(persona.issue).toContain(expected.issue);
        const packages = persona.files['/var/lib/dpkg/status']?.content;
        const revision = /^SSH-2\.0-OpenSSH_(\S+) \w+-(\S+)$/.exec(persona.ssh?.version ?? '');
        if (revision !== null)
          expect(packages).toContain(
            `Package: openssh-server\nStatus: install ok installed\nPriority: optional\n${/Maintainer: .*\n/.exec(packages ?? '')?.[0] ?? ''}Architecture: amd64\nVersion: 1:${revision[1]}-${revision[2]}\n`,
          );
      }
      for (const [user] of persona.login.accepted) {
        expect(persona.users.map((each) => each.name)).toContain(user);
      }
      expect(persona.bootedAt).toBeLessThanOrEqual(now);
      expect(now - persona.bootedAt).toBeLessThan(401 * 86_400_000);
    }
  });

  it('keeps its start while the sensor starts anew, and its key for ever', () => {
    const [early, late] = [make(name, 'one'), make(name, 'one', now + 60_000)];
    // The last start moves by a whole period at most once in days, so that over a minute it moves for almost no seed.
    expect(late.bootedAt).toBe(early.bootedAt);
    expect(make(name, 'one', now + 86_400_000_000).tls).toEqual(early.tls);
  });

  it('has keys and a certificate that parse and belong together', () => {
    const { ssh, tls } = make(name, 'keys');
    for (const [type, key] of Object.entries(ssh?.keys ?? {})) {
      const kinds: Record<string, string> = {
        'ssh-rsa': 'rsa',
        'ecdsa-sha2-nistp256': 'ec',
        'ssh-ed25519': 'ed25519',
      };
      expect(createPrivateKey(key).asymmetricKeyType).toBe(kinds[type]);
    }
    if (tls === null) return;
    const certificate = new X509Certificate(tls.certificate);
    expect(certificate.checkPrivateKey(createPrivateKey(tls.key))).toBe(true);
    expect(certificate.verify(createPublicKey(tls.key))).toBe(true);
  });

  it('opens a few ports, each by a decoy that there is, each once', () => {
    for (const seed of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const { services, tls, http, ssh, redis, software } = make(name, seed);
      expect(services.length).toBeGreaterThan(1);
      expect(services.length).toBeLessThan(7);
      expect(new Set(services.map(({ port, transport }) => `${port}/${transport}`)).size).toBe(
        services.length,
      );
      for (const service of services) {
        const decoy = decoys.find((each) => each.name === service.decoy);
        expect([service.transport, 'both']).toContain(decoy?.transport);
        if (service.tls === true) expect(tls).not.toBeNull();
        if (service.decoy === 'http') expect(http).not.toBeNull();
        else if (service.decoy === 'ssh') expect(ssh).not.toBeNull();
        else if (service.decoy === 'redis') expect(redis).not.toBeNull();
        else if (!selfMade.has(service.decoy)) expect(Object.keys(software)).toContain(service.decoy);
      }
      // What the machine says that it has, it has.
      for (const decoy of Object.keys(software))
        expect(services.map((service) => service.decoy)).toContain(decoy);
    }
  });

  it('says what its packets look like where its kernel is known', () => {
    const stack = (name: string) => networkStackOf(createPersona(name, 'stack', { now: 1_710_000_000_000 }));
    expect(stack('windows-server')).toMatchObject({ ttl: 128, window: { plain: 8_192 } });
    expect(stack('dlink-nas')).toMatchObject({ ttl: 64, window: { plain: 5_840, withTimestamps: 5_792 } });
    expect(stack('ubuntu-web')).toEqual({ ttl: 64, window: null });
    expect(stack('fortigate')).toBeNull();
  });

  it('takes the address that it is reached at', () => {
    expect(createPersona(name, 'one', { now, address: '203.0.113.5' }).address).toBe('203.0.113.5');
  });
});

describe('createPersona', () => {
  it('names products as the signatures of their weaknesses do', () => {
    const known = new Set(cveSignatures.map((signature) => signature.product));
    const named = personaNames.flatMap((name) =>
      Array.from({ length: 30 }, (_, index) => make(name, `seed ${index}`).http?.products ?? []).flat(),
    );
    expect([...new Set(named)].filter((product) => !known.has(product))).toEqual([]);
  });

  it('refuses a name that it does not know, and says which it does', () => {
    expect(() => make('nobody', 'seed')).toThrow(/no persona "nobody".*ubuntu-web/);
  });

  it('lets no seed share a host key or certificate with another', () => {
    const keys = Array.from(
      { length: 40 },
      (_, index) => make('ubuntu-web', `seed ${index}`).ssh?.keys['ssh-ed25519'],
    );
    expect(new Set(keys).size).toBe(40);
  });

  needTools(['openssl'])('makes certificates that openssl reads and verifies', () => {
    const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
    try {
      for (const name of personaNames) {
        for (const seed of ['a', 'b']) {
          const { tls } = make(name, seed);
          if (tls === null) continue;
          const file = join(folder, 'certificate.pem');
          writeFileSync(file, tls.certificate);
          const text = spawnSync('openssl', ['x509', '-in', file, '-noout', '-text'], { encoding: 'utf8' });
          expect(text.stderr).toBe('');
          expect(text.stdout).toContain('sha256WithRSAEncryption');
          const verified = spawnSync(
            'openssl',
            ['verify', '-no_check_time', '-partial_chain', '-CAfile', file, file],
            {
              encoding: 'utf8',
            },
          );
          expect(verified.stdout + verified.stderr, `${name} ${seed}`).toContain('OK');
        }
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  needTools(['ssh-keygen'])('writes public host keys that ssh-keygen reads', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hostkey-'));
    try {
      const persona = make('ubuntu-web', 'one');
      for (const kind of ['rsa', 'ecdsa', 'ed25519']) {
        const content = persona.files[`/etc/ssh/ssh_host_${kind}_key.pub`]?.content ?? '';
        const file = join(folder, `${kind}.pub`);
        writeFileSync(file, content);
        const read = spawnSync('ssh-keygen', ['-l', '-f', file], { encoding: 'utf8' });
        expect(read.stdout).toMatch(/^\d+ SHA256:/);
      }
      expect(sshPublicKey('ssh-ed25519', persona.ssh?.keys['ssh-ed25519'] ?? '').length).toBe(51);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
