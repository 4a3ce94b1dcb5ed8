import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { needTools } from '../../test/support/need.ts';
import { runProgram } from '../../test/support/run-program.ts';
import { pineGate } from '../../test/support/pine-gate.ts';

const estate = ['pine-assets', 'pine-backups', 'pine-state'];
const support = join(import.meta.dirname, '../../test/support');
let { gate, decoys, recorded } = pineGate(estate);

beforeEach(async () => {
  ({ gate, decoys, recorded } = pineGate(estate));
  await gate.start();
});
afterEach(() => gate.stop());

interface Answer {
  readonly failed?: string;
  readonly code?: number;
  readonly kind?: string;
  readonly status?: number;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
}

const request = (
  source: string,
  path: string,
  headers: [string, string][] = [],
  more: object = {},
): object => ({
  source,
  method: 'GET',
  path,
  host: 's3.test',
  headers,
  ...more,
});
const identifiers = /<(RequestId|HostId)>[^<]*/g;

const clientOfDebian = existsSync('/usr/lib/python3/dist-packages/grpc')
  ? needTools(['protoc'])
  : needTools(['protoc', 'python3-grpcio']);

clientOfDebian('answers Debian’s gRPC client as Envoy would be answered', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'picket-grpc-'));
  await runProgram('protoc', `--python_out=${folder}`, `-I${support}`, 'external-authorization.proto');
  const words = [join(support, 'ask-authorization.py'), folder, String(gate.port)];
  const client = spawn('/usr/bin/python3', words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: client.stdout })[Symbol.asyncIterator]();
  const ask = async (asked: object): Promise<Answer> => {
    client.stdin.write(`${JSON.stringify(asked)}\n`);
    const answer: Answer = JSON.parse((await lines.next()).value ?? '{}');
    return answer;
  };
  try {
    expect(await ask(request('203.0.113.1', '/pine-assets/logo.png?v=2'))).toMatchObject({
      code: 0,
      kind: 'ok',
    });
    const there = await ask(request('203.0.113.2', '/pine-state/', [['user-agent', 'finder/1']]));
    const missing = await ask(request('203.0.113.3', '/pine-nothing/'));
    expect(there).toMatchObject({ code: 7, kind: 'denied', status: 403 });
    expect(there.headers?.map(([name]) => name)).toEqual(['x-amz-request-id', 'x-amz-id-2', 'Content-Type']);
    expect(there.body).toContain('<Code>AccessDenied</Code>');
    expect(missing.body?.replaceAll(identifiers, '<$1>')).toBe(there.body?.replaceAll(identifiers, '<$1>'));
    expect(recorded[0]).toMatchObject({
      source: '203.0.113.2',
      fact: { bucket: 'pine-state', userAgent: 'finder/1' },
    });

    const search: (number | undefined)[] = [];
    for (const name of ['pine-dev', 'pine-test', 'pine-www'])
      search.push((await ask(request('2001:db8::7', `/${name}`))).status);
    expect(search).toEqual([403, 503, 503]);
    const [trap = ''] = decoys;
    expect(await ask(request('203.0.113.4', '/', [], { host: `${trap}.s3.test` }))).toMatchObject({
      status: 503,
    });
    expect(recorded.at(-1)?.fact).toMatchObject({ bucket: trap, decoy: true });

    const signed: [string, string][] = [
      ['authorization', 'AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg='],
    ];
    expect(await ask(request('203.0.113.4', '/pine-state/', signed))).toMatchObject({ code: 0, kind: 'ok' });
    const raw = { raw: true };
    expect(await ask(request('203.0.113.4', '/pine-state/', signed, raw))).toMatchObject({ kind: 'ok' });
    // Two signatures are none: the store may look at the other one.
    expect(await ask(request('203.0.113.5', '/pine-state/', [...signed, ...signed], raw))).toMatchObject({
      status: 403,
    });

    expect(await ask(request('', '/pine-assets/logo.png'))).toMatchObject({ code: 7, status: 403 });
    expect(await ask({ unknown: true })).toEqual({ failed: 'UNIMPLEMENTED' });
    expect(await ask({ bytes: '0aff' })).toEqual({ failed: 'INVALID_ARGUMENT' });
    expect(await ask({ bytes: '00'.repeat(300_000) })).toEqual({ failed: 'RESOURCE_EXHAUSTED' });
    // Nothing of that has ended the connection.
    expect(await ask(request('203.0.113.1', '/pine-assets/logo.png'))).toMatchObject({ kind: 'ok' });
  } finally {
    client.stdin.end();
    await once(client, 'exit');
    rmSync(folder, { recursive: true });
  }
});

it('serves all protocols on one port, and outlives who speaks none', async () => {
  const garbage = connect(gate.port, '127.0.0.1');
  garbage.end(Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnothing that is a frame'));
  await buffer(garbage).catch(() => {});
  const frame = connect(gate.port, '127.0.0.1');
  frame.end(Buffer.from('00ffffff', 'hex'));
  // AGENT-DISCONNECT: frame is too big.
  expect((await buffer(frame)).subarray(4, 5).toString('hex')).toBe('66');
  const session = connectHttp2(`http://127.0.0.1:${gate.port}`);
  const stream = session.request({ ':method': 'POST', ':path': '/', 'content-type': 'text/plain' });
  stream.end('x');
  const [headers] = await once(stream, 'response');
  expect(headers[':status']).toBe(415);
  session.destroy();
  const piecemeal = connect(gate.port, '127.0.0.1');
  piecemeal.write('P');
  await once(piecemeal, 'connect');
  piecemeal.end('OST /elsewhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  expect((await buffer(piecemeal)).toString()).toMatch(/^HTTP\/1\.1 403 /);
});
