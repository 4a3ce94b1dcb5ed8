import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfiguration } from './configuration.ts';
import type { Finding } from './doctor-finding.ts';
import { examine } from './doctor.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'picket-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function findings(yaml: string): Promise<readonly Finding[]> {
  const text = `state: ${join(folder, 'state')}\nstore: { engine: none }\n${yaml}`;
  return examine(parseConfiguration(text, 'picket.yaml'));
}

describe('the doctor', () => {
  it('gives a mend for everything that it does not find well, and none for the rest', async () => {
    for (const finding of await findings('')) {
      expect(finding.mend === '', finding.check).toBe(finding.state === 'ok');
    }
  });

  it('finds a port that another program has, and only that', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const taken = typeof address === 'object' && address !== null ? address.port : 0;
    const listeners = `sensor: { listen: 127.0.0.1, listeners: [{ decoy: ssh, port: ${taken} }] }\napi: { port: 0 }\n`;
    const during = await findings(listeners);
    await new Promise((resolve) => server.close(resolve));
    const after = await findings(listeners);
    const stateOf = (list: readonly Finding[]): string | undefined =>
      list.find((finding) => finding.check === `port ${taken}/tcp`)?.state;
    expect([stateOf(during), stateOf(after)]).toEqual(['failure', 'ok']);
  });

  it('knows a port that the running Picket has from one that another program has', async () => {
    // A supervisor by its look, which holds the port as one of Picket's processes does.
    const held = spawn(
      process.execPath,
      [
        '-e',
        'const s=require("net").createServer().listen(0,"127.0.0.1",()=>console.log(s.address().port))',
        'src/cli/main.ts',
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const [said] = await once(held.stdout, 'data');
    const port = Number(String(said));
    mkdirSync(join(folder, 'state'));
    writeFileSync(join(folder, 'state', 'pid'), `${held.pid}\n`);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const foreign = typeof address === 'object' && address !== null ? address.port : 0;
    const found = await findings(
      `sensor: { listen: 127.0.0.1, listeners: [{ decoy: ssh, port: ${port} }, { decoy: ssh, port: ${foreign} }] }\napi: { port: 0 }\n`,
    );
    const ended = once(held, 'exit');
    held.kill('SIGKILL');
    await ended;
    await new Promise((resolve) => other.close(resolve));
    const of = (number: number): Finding | undefined =>
      found.find((finding) => finding.check === `port ${number}/tcp`);
    expect(of(port)).toMatchObject({
      state: 'ok',
      found: `held by the running Picket (process ${held.pid})`,
    });
    expect(of(foreign)).toMatchObject({ state: 'failure', found: 'taken by another program' });
  });

  it('says each fault of the configuration with its mend, and leaves no folder behind', async () => {
    const configuration = parseConfiguration(
      `state: ${join(folder, 'a', 'b')}\napi: { port: 0 }\n`,
      'p.yaml',
    );
    const found = await examine(configuration, {
      faults: ['p.yaml:3: x is y; write z'],
      warnings: ['p.yaml:4: u is v; write w'],
    });
    expect(found).toContainEqual({
      check: 'configuration',
      state: 'failure',
      found: 'p.yaml:3: x is y',
      mend: 'write z',
    });
    expect(found).toContainEqual({
      check: 'configuration',
      state: 'warning',
      found: 'p.yaml:4: u is v',
      mend: 'write w',
    });
    expect(found.find((finding) => finding.check === 'state')?.state).toBe('ok');
    expect(existsSync(join(folder, 'a'))).toBe(false);
  });

  it('names the key under which an address stands that this machine does not have', async () => {
    const found = await findings(
      'sensor: { listen: 198.51.100.1, listeners: [{ decoy: ssh, port: 2222 }], machines: [{ persona: tplink-router, address: 198.51.100.9 }] }\napi: { port: 0 }\n',
    );
    const mends = found.filter((finding) => finding.found.startsWith('this machine has no address'));
    expect(mends.find(({ found: what }) => what.endsWith('198.51.100.1'))?.mend).toMatch(
      /^set sensor\.listen /,
    );
    const ofMachine = mends.filter(({ found: what }) => what.endsWith('198.51.100.9'));
    // Once, however many ports it would have there.
    expect(ofMachine).toHaveLength(1);
    expect(ofMachine[0]?.mend).toMatch(/^change the address under sensor\.machines /);
  });

  it('warns of keys that go over a network in the clear', async () => {
    const check = (list: readonly Finding[]): string | undefined =>
      list.find((finding) => finding.check === 'API')?.state;
    expect(check(await findings('api: { listen: 0.0.0.0, port: 0 }\n'))).toBe('warning');
    expect(check(await findings('api: { listen: "::1", port: 0 }\n'))).toBeUndefined();
  });

  it('finds at once that /proc takes no folder', async () => {
    const found = await examine(parseConfiguration('state: /proc/foo\napi: { port: 0 }\n', 'p.yaml'));
    expect(found.find((finding) => finding.check === 'state')?.state).toBe('failure');
  });

  it('finds a state folder that can’t be made', async () => {
    writeFileSync(join(folder, 'state'), 'a file, not a folder');
    const state = (await findings('')).find((finding) => finding.check === 'state');
    expect(state).toMatchObject({ state: 'failure', mend: expect.stringContaining('state') });
  });
});
