/** Real clients against the decoy on loopback. */

import { Buffer } from 'node:buffer';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { EchoShell } from '../../../test/support/echo-shell.ts';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { everySshAlgorithm, sshPersona } from '../../../test/support/ssh-persona.ts';
import { sshWith } from './decoy.ts';

const decoy = sshWith(() => new EchoShell());

interface Result {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, args: readonly string[], input = ''): Promise<Result> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      [...args],
      { timeout: 20_000, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ status, stdout, stderr });
      },
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

const options = [
  '-F',
  '/dev/null',
  '-o',
  'StrictHostKeyChecking=no',
  '-o',
  'UserKnownHostsFile=/dev/null',
  '-o',
  'LogLevel=ERROR',
  '-o',
  'PubkeyAuthentication=no',
];

const sshArguments = (port: number, more: readonly string[], command: readonly string[]): string[] => [
  '-p',
  'secret',
  'ssh',
  // The client keeps the first value that it reads.
  ...more,
  ...options,
  '-p',
  String(port),
  'root@127.0.0.1',
  ...command,
];

const queried = (what: string): string[] =>
  execFileSync('ssh', ['-Q', what], { encoding: 'utf8' }).trim().split('\n');

/** Names that both have, as arguments for the client. */
const shared = (client: readonly string[], server: readonly string[]): string[] =>
  server.filter((name) => client.includes(name));

const needOpenSsh = needTools(['ssh', 'sshpass']);

describe('the OpenSSH client', () => {
  needOpenSsh(
    'logs in with every key exchange, host key, cipher and MAC that it shares with the decoy',
    async () => {
      await using served = await serveDecoy(decoy, sshPersona());
      const kinds: [string, string[], (name: string) => string[]][] = [
        [
          'kex',
          shared(queried('kex'), everySshAlgorithm.keyExchange),
          (name) => ['-o', `KexAlgorithms=${name}`],
        ],
        [
          'key',
          shared(queried('HostKeyAlgorithms'), everySshAlgorithm.hostKey),
          (name) => ['-o', `HostKeyAlgorithms=${name}`],
        ],
        ['cipher', shared(queried('cipher'), everySshAlgorithm.ciphers), (name) => ['-c', name]],
        ['mac', shared(queried('mac'), everySshAlgorithm.macs), (name) => ['-c', 'aes128-ctr', '-m', name]],
        [
          'mac over cbc',
          shared(queried('mac'), ['hmac-sha2-256', 'hmac-sha2-256-etm@openssh.com', 'umac-64@openssh.com']),
          (name) => ['-c', 'aes256-cbc', '-m', name],
        ],
      ];
      let tried = 0;
      for (const [kind, names, argumentsFor] of kinds) {
        expect(names.length, kind).toBeGreaterThan(2);
        for (const name of names) {
          const result = await run('sshpass', sshArguments(served.port, argumentsFor(name), ['hello']));
          expect(result, `${kind} ${name}`).toMatchObject({ status: 0, stdout: 'you said hello\n' });
          tried += 1;
        }
      }
      expect(served.facts.filter((fact) => fact.kind === 'auth' && fact.accepted)).toHaveLength(tried);
      expect(served.errors).toEqual([]);
    },
  );

  needOpenSsh('reads a megabyte through small windows, rekeys on the way, and compresses', async () => {
    await using served = await serveDecoy(decoy, sshPersona());
    for (const more of [['-o', 'RekeyLimit=100K'], ['-C'], ['-C', '-o', 'RekeyLimit=100K']]) {
      const result = await run('sshpass', sshArguments(served.port, more, ['big', '3000000']));
      expect([result.status, result.stdout.length, result.stderr], more.join(' ')).toEqual([
        0,
        3_000_000,
        '',
      ]);
    }
    expect(served.errors).toEqual([]);
  });

  needOpenSsh('uploads through standard input, compressed and not, with new keys on the way', async () => {
    await using served = await serveDecoy(decoy, sshPersona());
    const upload = Array.from({ length: 9_000 }, (_, line) => `line ${line} of an upload\n`).join('');
    for (const more of [[], ['-C'], ['-o', 'RekeyLimit=50K']]) {
      const result = await run('sshpass', sshArguments(served.port, more, ['cat']), upload);
      expect(result.status, result.stderr).toBe(0);
      expect(result.stdout === upload, more.join(' ')).toBe(true);
      expect(Buffer.from(served.captures.at(-1)?.bytes ?? []).toString() === upload).toBe(true);
    }
    expect(served.errors).toEqual([]);
  });

  needOpenSsh('gets stderr and the exit status apart', async () => {
    await using served = await serveDecoy(decoy, sshPersona());
    const result = await run('sshpass', sshArguments(served.port, [], ['fail']));
    expect(result).toEqual({ status: 7, stdout: '', stderr: 'no such thing\n' });
  });

  needOpenSsh('has a terminal, which is recorded', async () => {
    await using served = await serveDecoy(decoy, sshPersona());
    const result = await run('sshpass', sshArguments(served.port, ['-tt'], []), 'exit 5\n');
    expect(result.status).toBe(5);
    expect(result.stdout).toContain('ready$ ');
    expect(served.terminal).toContainEqual({ do: 'terminal', direction: 'input', text: 'exit 5\n' });
    expect(served.terminal[0]).toEqual({ do: 'terminal', direction: 'output', text: 'ready$ ' });
  });

  needOpenSsh('finds no other subsystem than sftp', async () => {
    await using served = await serveDecoy(decoy, sshPersona());
    const result = await run('sshpass', sshArguments(served.port, ['-s'], ['netconf']));
    expect(result.stderr).toContain('subsystem request failed on channel 0');
    expect(served.facts).toContainEqual({ kind: 'command', service: 'ssh', input: 'subsystem netconf' });
  });

  needTools(['ssh', 'sshpass', 'ssh-keygen'])(
    'offers keys, whose fingerprints are recorded and which are refused, then asks at the keyboard',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'picket-ssh-'));
      try {
        execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')]);
        const print = execFileSync('ssh-keygen', ['-lf', join(folder, 'key')], { encoding: 'utf8' }).split(
          ' ',
        )[1];
        const persona = sshPersona({ authMethods: ['publickey', 'keyboard-interactive'] });
        await using served = await serveDecoy(decoy, persona);
        const more = [
          '-i',
          join(folder, 'key'),
          '-o',
          'IdentitiesOnly=yes',
          '-o',
          'PubkeyAuthentication=yes',
        ];
        const kept = options.filter((_, index) => index < options.length - 2);
        const all = [
          '-p',
          'secret',
          'ssh',
          ...kept,
          ...more,
          '-p',
          String(served.port),
          'root@127.0.0.1',
          'hello',
        ];
        const result = await run('sshpass', all);
        expect(result.stdout).toBe('you said hello\n');
        const auth = served.facts.filter((fact) => fact.kind === 'auth');
        expect(
          auth.map((fact) => [fact.method, fact.keyFingerprint ?? fact.password, fact.accepted]),
        ).toEqual([
          ['none', undefined, false],
          ['publickey', print, false],
          ['keyboard-interactive', 'secret', true],
        ]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  needOpenSsh('learns all host keys after the login, and has them proved', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'picket-ssh-'));
    try {
      await using served = await serveDecoy(decoy, sshPersona());
      const hosts = join(folder, 'known_hosts');
      // Only a key that was known before may bring others with it.
      const scanned = await run('ssh-keyscan', ['-t', 'ed25519', '-p', String(served.port), '127.0.0.1']);
      writeFileSync(hosts, scanned.stdout);
      const child = ['-p', 'secret', 'ssh', '-F', '/dev/null', '-o', 'StrictHostKeyChecking=yes'];
      const more = [
        '-o',
        `UserKnownHostsFile=${hosts}`,
        '-o',
        'UpdateHostKeys=yes',
        '-o',
        'PubkeyAuthentication=no',
      ];
      const all = [...child, ...more, '-v', '-p', String(served.port), 'root@127.0.0.1'];
      // The proof is asked for while the session lives, so the shell is left only when it has come.
      const shell = spawn('sshpass', all);
      let errors = '';
      shell.stderr.on('data', (bytes: Buffer) => {
        errors += bytes.toString();
        if (errors.includes('client_global_hostkeys_prove_confirm') || errors.includes('Learned new hostkey'))
          shell.stdin.end('exit 0\n');
      });
      await new Promise((resolve) => {
        shell.on('close', resolve);
        setTimeout(() => shell.stdin.end('exit 0\n'), 4000);
      });
      expect(errors).toContain('Learned new hostkey: RSA');
      expect(errors).toContain('Learned new hostkey: ECDSA');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('other clients', () => {
  needTools(['hydra'])('hydra finds the password, and every guess is recorded', async () => {
    await using served = await serveDecoy(decoy, sshPersona());
    const hydraArguments = [
      '-I',
      '-l',
      'root',
      '-x',
      '1:1:1',
      '-s',
      String(served.port),
      '-t',
      '4',
      '127.0.0.1',
      'ssh',
    ];
    await run('hydra', hydraArguments);
    const guesses = served.facts.flatMap((fact) =>
      fact.kind === 'auth' && fact.password !== undefined ? [fact.password] : [],
    );
    expect(new Set(guesses)).toEqual(new Set('0123456789'));
    const found = await run('hydra', [
      '-I',
      '-l',
      'root',
      '-p',
      'secret',
      '-s',
      String(served.port),
      '127.0.0.1',
      'ssh',
    ]);
    expect(found.stdout).toContain('login: root   password: secret');
    expect(served.errors).toEqual([]);
  });

  needTools(['medusa', 'ncrack'])('medusa and ncrack find the password', async () => {
    await using served = await serveDecoy(decoy, sshPersona());
    const port = String(served.port);
    const medusa = await run('medusa', [
      '-h',
      '127.0.0.1',
      '-n',
      port,
      '-u',
      'root',
      '-p',
      'secret',
      '-M',
      'ssh',
    ]);
    expect(medusa.stdout).toContain('Password: secret [SUCCESS]');
    const ncrack = await run('ncrack', ['--user', 'root', '--pass', 'secret', `ssh://127.0.0.1:${port}`]);
    expect(ncrack.stdout).toContain("'root' 'secret'");
    expect(served.errors).toEqual([]);
  });

  needTools(['ssh-keyscan'])('ssh-keyscan reads the three host keys', async () => {
    await using served = await serveDecoy(decoy, sshPersona());
    const result = await run('ssh-keyscan', ['-p', String(served.port), '127.0.0.1']);
    for (const type of ['ssh-rsa', 'ecdsa-sha2-nistp256', 'ssh-ed25519'])
      expect(result.stdout).toContain(type);
  });

  needTools(['dbclient', 'sshpass'])(
    'the Dropbear client logs in to a Dropbear and to an OpenSSH',
    async () => {
      const dropbear = {
        version: 'SSH-2.0-dropbear_2019.78',
        keyExchange: ['curve25519-sha256', 'diffie-hellman-group14-sha256', 'kexguess2@matt.ucc.asn.au'],
        hostKey: ['ssh-rsa'],
        ciphers: ['aes128-ctr', 'aes256-ctr'],
        macs: ['hmac-sha1', 'hmac-sha2-256'],
        compression: ['none'],
      };
      for (const persona of [sshPersona(), sshPersona(dropbear)]) {
        await using served = await serveDecoy(decoy, persona);
        const address = ['-p', String(served.port), '-y', '-y', 'root@127.0.0.1', 'hello'];
        const result = await run('sshpass', ['-p', 'secret', 'dbclient', ...address]);
        expect(result.stdout, result.stderr).toBe('you said hello\n');
        expect(served.errors).toEqual([]);
      }
    },
  );

  needOpenSsh('six wrong passwords end in the words of sshd', async () => {
    await using served = await serveDecoy(decoy, sshPersona());
    const more = ['-o', 'NumberOfPasswordPrompts=9', '-o', 'LogLevel=INFO'];
    // sshpass gives its password once; the askpass program gives it each time.
    const result = await new Promise<string>((resolve) => {
      const kept = options.filter((each) => each !== 'LogLevel=ERROR');
      const cleaned = kept.filter((each, index) => !(each === '-o' && kept[index + 1] === '-o'));
      execFile(
        'ssh',
        [...cleaned, ...more, '-p', String(served.port), 'root@127.0.0.1', 'hello'],
        {
          env: { PATH: '/usr/bin:/bin', SSH_ASKPASS: '/bin/echo', SSH_ASKPASS_REQUIRE: 'force' },
          timeout: 20_000,
        },
        (_error, _stdout, stderr) => {
          resolve(stderr);
        },
      );
    });
    expect(result).toMatch(
      /Received disconnect from 127\.0\.0\.1 port \d+:2: Too many authentication failures/,
    );
    const tried = served.facts.filter((fact) => fact.kind === 'auth' && fact.method === 'password');
    expect(tried).toHaveLength(6);
  });
});
