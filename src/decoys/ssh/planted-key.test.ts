import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { runProgram } from '../../../test/support/run-program.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { createPersona } from '../../personas/index.ts';
import { http } from '../http/http.ts';
import { ssh } from './ssh.ts';

const now = Date.now();

needTools(['ssh', 'curl'])(
  'a key that one machine’s web server gave away opens another, and is known there',
  async () => {
    const web = createPersona('ubuntu-web', 'sensor seed ubuntu-web', { now });
    const database = createPersona('debian-db', 'sensor seed debian-db', { now });
    const folder = mkdtempSync(join(tmpdir(), 'picket-key-'));
    try {
      await using site = await serveDecoy(http, web);
      const key = join(folder, 'id_rsa');
      writeFileSync(key, await runProgram('curl', '-s', `http://127.0.0.1:${site.port}/.ssh/id_rsa`), {
        mode: 0o600,
      });
      await using served = await serveDecoy(ssh, database);
      const login = (user: string): Promise<string> =>
        runProgram(
          'ssh',
          '-i',
          key,
          '-p',
          String(served.port),
          '-o',
          'IdentitiesOnly=yes',
          '-o',
          'PreferredAuthentications=publickey',
          '-o',
          'StrictHostKeyChecking=no',
          '-o',
          'UserKnownHostsFile=/dev/null',
          `${user}@127.0.0.1`,
          'id -un',
        );
      expect(await login('root')).toMatch(/^root$/m);
      expect(await login('nobody-here')).toContain('Permission denied');
      expect(served.facts).toContainEqual(
        expect.objectContaining({
          kind: 'exploit',
          name: 'planted-credential',
          technique: 'T1078',
          detail: 'SSH key planted in a web file for 127.0.0.1',
        }),
      );
      expect(served.facts).toContainEqual(
        expect.objectContaining({ kind: 'auth', method: 'publickey', accepted: true }),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
