/** Planted passwords that nobody shows: real clients prove that they have them, by a hash over a challenge. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import process from 'node:process';
import { expect, it } from 'vitest';
import { LoopbackSensor } from '../../test/support/loopback-sensor.ts';
import { needTools } from '../../test/support/need.ts';
import type { Decoy } from '../core/decoy.ts';
import type { Persona } from '../core/persona.ts';
import { any } from '../decoys/any/any.ts';
import { http } from '../decoys/http/http.ts';
import { mysql } from '../decoys/mysql/mysql.ts';
import { postgres } from '../decoys/postgres/postgres.ts';
import { rdp } from '../decoys/rdp/rdp.ts';
import { rtsp } from '../decoys/rtsp/rtsp.ts';
import { smb } from '../decoys/smb/smb.ts';
import { createPersona } from '../personas/index.ts';
import { plantedPassword } from '../wire/planted-credential.ts';

const now = Date.now();
// As the sensor names its seeds: what one machine plants, the other knows.
const database = createPersona('debian-db', 'proof seed debian-db', { now });
const windows = createPersona('windows-server', 'proof seed windows-server', { now });
const camera = createPersona('ip-camera', 'proof seed ip-camera', { now });
/** Left for another visitor, who has told this one. */
const password = plantedPassword(database, 'a web file', '203.0.113.9');

const run = (program: string, words: readonly string[], more: Record<string, string> = {}): Promise<void> =>
  new Promise((resolve) => {
    const options = { timeout: 30_000, env: { ...process.env, ...more } };
    const child = execFile(program, [...words], options, () => resolve());
    child.stdin?.end();
  });

async function knownAfter(
  persona: Persona,
  decoy: Decoy,
  visit: (port: number) => Promise<void>,
): Promise<string[]> {
  await using loopback = new LoopbackSensor();
  const [port = 0] = await loopback.start([{ persona, decoy }], { decoys: [decoy], any, log: () => {} });
  await visit(port);
  return loopback.seen.flatMap((one) =>
    one.kind === 'exploit' && one.name === 'planted-credential' ? [one.detail] : [],
  );
}

const expected = ['password planted in a web file for 203.0.113.9'];

const withMethod = (method: string): Persona => ({
  ...database,
  software: {
    ...database.software,
    postgres: { product: 'PostgreSQL', version: '13.14', details: { authentication: method } },
  },
});

needTools(['smbclient'])('an NTLM proof over SMB', async () => {
  const known = await knownAfter(windows, smb, (port) =>
    run('smbclient', ['-L', '//127.0.0.1', '-p', String(port), '-U', `deploy%${password}`]),
  );
  expect(known).toEqual(expected);
});

needTools(['xfreerdp', 'xvfb-run', 'xauth'])('an NTLM proof over CredSSP', async () => {
  const known = await knownAfter(windows, rdp, (port) =>
    run('xvfb-run', [
      '-a',
      'xfreerdp',
      `/v:127.0.0.1:${port}`,
      '/u:deploy',
      `/p:${password}`,
      '/cert:ignore',
      '+auth-only',
    ]),
  );
  expect(known).toEqual(expected);
});

needTools(['mariadb'])('a scramble of MySQL', async () => {
  const known = await knownAfter(database, mysql, (port) =>
    run('mariadb', ['-h', '127.0.0.1', '-P', String(port), '-u', 'app', `-p${password}`, '-e', 'select 1']),
  );
  expect(known).toEqual(expected);
});

for (const method of ['md5', 'scram-sha-256']) {
  needTools(['psql'])(`a proof of PostgreSQL’s ${method}`, async () => {
    const known = await knownAfter(withMethod(method), postgres, (port) =>
      run('psql', [`postgresql://app@127.0.0.1:${port}/app?sslmode=disable`, '-c', 'select 1'], {
        PGPASSWORD: password,
      }),
    );
    expect(known).toEqual(expected);
  });
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** An `Authorization` of somebody who was given a challenge elsewhere. */
function digestFor(method: string, uri: string): string {
  const response = md5(`${md5(`admin:r:${password}`)}:n:${md5(`${method}:${uri}`)}`);
  return `Authorization: Digest username="admin", realm="r", nonce="n", uri="${uri}", response="${response}"`;
}

needTools(['curl'])('a digest over HTTP', async () => {
  const header = digestFor('GET', '/');
  const known = await knownAfter(database, http, (port) =>
    run('curl', ['-s', '-m', '10', '-H', header, `http://127.0.0.1:${port}/`]),
  );
  expect(known).toEqual(expected);
});

it('a digest over RTSP', async () => {
  const uri = 'rtsp://192.0.2.7/';
  const known = await knownAfter(camera, rtsp, async (port) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => socket.end());
    socket.write(`DESCRIBE ${uri} RTSP/1.0\r\nCSeq: 1\r\n${digestFor('DESCRIBE', uri)}\r\n\r\n`);
    await new Promise((resolve) => socket.once('close', resolve));
  });
  expect(known).toEqual(expected);
});
