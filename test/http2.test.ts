import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { any } from '../src/decoys/any/any.ts';
import { http } from '../src/decoys/http/http.ts';
import { decoys } from '../src/decoys/index.ts';
import { createPersona } from '../src/personas/index.ts';
import { checkObservation } from '../src/wire/observation-check.ts';
import { nameProtocol } from '../src/wire/protocol-name.ts';
import { needTools } from './support/need.ts';
import { LoopbackSensor } from './support/loopback-sensor.ts';

const run = promisify(execFile);

let loopback: LoopbackSensor;
let port = 0;

beforeEach(async () => {
  loopback = new LoopbackSensor();
  const machine = createPersona('ubuntu-web', 'a seed', { now: Date.UTC(2026, 0, 2) });
  const persona = {
    ...machine,
    http: { server: 'nginx/1.18.0 (Ubuntu)', title: 'A site', products: ['phpunit'], speaksHttp2: true },
  };
  [port = 0] = await loopback.start([{ persona, decoy: http }], {
    decoys: decoys.filter((decoy) => decoy.name !== 'any'),
    any,
    nameProtocol: (bytes, transport) => nameProtocol(bytes, transport).name,
  });
});
afterEach(() => loopback.stop());

async function curl(...words: string[]): Promise<string> {
  const { stdout } = await run('curl', ['-ski', '-m', '20', ...words]);
  return stdout;
}

describe('HTTP/2 through the sensor', () => {
  needTools(['curl'])('is agreed to in TLS, or not, as the client offers it', async () => {
    expect(await curl('--http2', `https://127.0.0.1:${port}/none`)).toMatch(/^HTTP\/2 404 \r\nserver: nginx/);
    expect(await curl('--http1.1', `https://127.0.0.1:${port}/none`)).toMatch(/^HTTP\/1\.1 404 /);
    expect(loopback.seen.map((one) => one.kind)).toEqual(['contact', 'request', 'contact', 'request']);
    expect(loopback.seen[0]).toMatchObject({
      kind: 'contact',
      service: 'http',
      protocol: 'http2',
      tls: true,
    });
    expect(loopback.seen[1]?.fingerprints).toMatchObject({
      ja4: expect.stringMatching(/^t13.*h2_/),
      http2: expect.stringMatching(/^3:100;4:\d+;2:0\|\d+\|0\|m,[asp,]+$/),
    });
    expect(loopback.seen[3]?.fingerprints?.http2).toBeUndefined();
    for (const one of loopback.seen) expect(checkObservation(one)).toEqual({ ok: true, observation: one });
    expect(loopback.sensor.counters().decoyErrors).toBe(0);
  });

  needTools(['curl'])(
    'is known by its preface where no service of the machine is, and an exploit inside it for what it is',
    async () => {
      const path = '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php';
      const url = `http://127.0.0.1:${port}${path}`;
      const answer = await curl('--http2-prior-knowledge', '-d', '<?php echo md5("x");?>', url);
      expect(answer).toContain('9dd4e461268c8034f5c8564e155c67a6');
      expect(loopback.seen.map((one) => one.kind).slice(0, 3)).toEqual(['contact', 'exploit', 'request']);
      expect(loopback.seen[0]).toMatchObject({ service: 'http', protocol: 'http2', tls: false });
      expect(loopback.sensor.counters().decoyErrors).toBe(0);
    },
  );
});
