import { execFile } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { shellPersona } from '../../../test/support/shell-persona.ts';
import type { AuthFact } from '../../core/observation.ts';
import type { Persona } from '../../core/persona.ts';
import { createPersona } from '../../personas/index.ts';
import { rdp } from './rdp.ts';
import { serverCertificate } from './server-certificate.ts';

const { tls } = createPersona('ubuntu-web', 'rdp test', { now: Date.now() });

const persona = (security: string, version = '10.0.17763'): Persona =>
  shellPersona('linux-gnu', {
    login: { accepted: [['administrator', 'S3cret!x']], acceptAfter: 0 },
    tls,
    software: { rdp: { product: 'Windows', version, details: { security, computer: 'WIN-SRV01' } } },
  });

interface Login {
  readonly said: string;
  readonly logins: readonly Pick<AuthFact, 'password' | 'accepted'>[];
}

/** FreeRDP's own client wants a screen, though it shows nothing here: `+auth-only` ends once the session is there. */
async function login(machine: Persona, password: string, ...words: readonly string[]): Promise<Login> {
  await using served = await serveDecoy(rdp, machine);
  const client = ['xfreerdp', `/v:127.0.0.1:${served.port}`, '/u:administrator', `/p:${password}`];
  const said = await new Promise<string>((resolve) => {
    execFile(
      'xvfb-run',
      ['-a', ...client, '/cert:ignore', '+auth-only', '/log-level:debug', ...words],
      { timeout: 40_000 },
      (_error, stdout, stderr) => resolve(stdout + stderr),
    );
  });
  expect(served.errors).toEqual([]);
  const logins = served.facts.flatMap((fact) =>
    fact.kind === 'auth' ? [{ password: fact.password ?? '', accepted: fact.accepted }] : [],
  );
  return { said, logins };
}

const letIn = 'Authentication only, exit status 0';
const refused = 'Authentication only, exit status 1';

describe('the rdp decoy before xfreerdp', () => {
  const needClient = needTools(['xfreerdp', 'xvfb-run', 'xauth']);

  needClient('lets in by network level authentication', async () => {
    const { said, logins } = await login(persona('nla'), 'S3cret!x');
    expect(said).toContain(letIn);
    expect(logins).toEqual([{ password: 'S3cret!x', accepted: true }]);
  });

  needClient('refuses there by the status of Windows, and keeps what can be cracked', async () => {
    const { said, logins } = await login(persona('nla'), 'uX9.unheard');
    expect(said).toContain('STATUS_LOGON_FAILURE');
    expect(logins).toEqual([
      {
        password: expect.stringMatching(/^administrator::[^:]*:[0-9a-f]{16}:[0-9a-f]{32}:/),
        accepted: false,
      },
    ]);
  });

  needClient('lets in over TLS alone', async () => {
    const { said, logins } = await login(persona('tls'), 'S3cret!x', '/sec:tls');
    expect(said).toContain(letIn);
    expect(logins).toEqual([{ password: 'S3cret!x', accepted: true }]);
  });

  needClient('lets in by standard security, encrypted', async () => {
    const { said, logins } = await login(persona('negotiate'), 'S3cret!x', '/sec:rdp');
    expect(said).toContain('encryption method: 128BIT');
    expect(said).toContain('--> CONNECTION_STATE_ACTIVE');
    expect(said).toContain(letIn);
    expect(logins).toEqual([{ password: 'S3cret!x', accepted: true }]);
  });

  needClient('refuses by standard security with the short key of an old Windows', async () => {
    const { said, logins } = await login(persona('rdp', '5.2.3790'), 'uX9.unheard', '/sec:rdp');
    expect(said).toContain('encryption method: 128BIT');
    expect(said).toContain(refused);
    expect(logins).toEqual([{ password: 'uX9.unheard', accepted: false }]);
  });

  it('is served with one certificate for all its conversations, and another machine has another', () => {
    const machine = persona('rdp');
    expect(serverCertificate(machine, 2048).equals(serverCertificate(machine, 2048))).toBe(true);
    const other = createPersona('ubuntu-web', 'another', { now: Date.now() });
    expect(serverCertificate(machine, 2048).equals(serverCertificate(other, 2048))).toBe(false);
    // Head, blob of 20 + 256 + 8, signature of 4 + 64 + 8
    expect(serverCertificate(machine, 2048)).toHaveLength(16 + 284 + 76);
  });
});
