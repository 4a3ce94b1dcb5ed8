import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfiguration } from './configuration.ts';
import { examine, type Finding } from './doctor.ts';

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

  it('finds a state folder that can’t be made', async () => {
    writeFileSync(join(folder, 'state'), 'a file, not a folder');
    const state = (await findings('')).find((finding) => finding.check === 'state');
    expect(state).toMatchObject({ state: 'failure', mend: expect.stringContaining('state') });
  });
});
