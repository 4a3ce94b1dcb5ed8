import { connect } from 'node:net';
import { once } from 'node:events';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { assert, asyncProperty, json as anyJson, string } from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anAuth, FakeEngine, FakeKeys } from '../../test/support/fake-engine-api.ts';
import { PicketError } from '../core/errors.ts';
import { DecisionLog } from '../store/decision-log.ts';
import type { Page, SourceSummary, SourceView } from './contract.ts';
import { callerOf, createFirstKeys, createKey } from './keys.ts';
import { components, page, ref } from './schemas.ts';
import { startApi, type RunningApi } from './server.ts';

const ajv = new Ajv2020({ strict: false });
for (const [name, schema] of Object.entries(components)) ajv.addSchema({ $id: name, ...schema });

let engine: FakeEngine;
let keys: FakeKeys;
let api: RunningApi;
let admin: string;
let decide: string;
let read: string;
let logged: string[];

beforeEach(async () => {
  engine = new FakeEngine();
  keys = new FakeKeys();
  logged = [];
  admin = createFirstKeys(keys, 1) ?? '';
  decide = createKey(keys, { name: 'anna', scopes: ['decide'], at: 1 }) ?? '';
  read = createKey(keys, { name: 'board', scopes: ['read'], at: 1 }) ?? '';
  api = await startApi(engine, keys, {
    address: '127.0.0.1',
    port: 0,
    version: '1.2.3',
    now: () => 1000,
    log: (line) => logged.push(line),
  });
});
afterEach(async () => {
  await api.stop();
});

interface Answer {
  status: number;
  body: unknown;
  headers: Headers;
}

async function call(
  path: string,
  { key = read, method = 'GET', body }: { key?: string; method?: string; body?: unknown } = {},
): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${api.port}${path}`, {
    method,
    headers: {
      ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body:
      response.headers.get('content-type')?.startsWith('application/json') === true ? JSON.parse(text) : text,
  };
}

/** That the body has the shape which the OpenAPI document promises. */
function expectShape(answer: Answer, schema: object, status = 200): void {
  expect(answer.body).toSatisfy(() => answer.status === status);
  const check = ajv.compile(schema);
  expect(check(answer.body), JSON.stringify(check.errors)).toBe(true);
}

const refused = (code: string, message: unknown): object => ({
  error: { code, message: expect.stringMatching(String(message)) },
});

describe('the keys', () => {
  it('are made once at the first start, and kept as hashes alone', () => {
    expect(admin).toMatch(/^picket_[\w-]{43}$/);
    expect(createFirstKeys(keys, 2)).toBeNull();
    expect(JSON.stringify(keys.rows)).not.toContain(admin.slice(7));
    expect(keys.rows[0]).toMatchObject({ name: 'admin', scopes: ['admin'] });
    expect(createKey(keys, { name: 'anna', scopes: ['read'], at: 1 })).toBeNull();
  });

  it('are kept by the decision log', () => {
    const log = new DecisionLog(':memory:');
    const text = createFirstKeys(log, 1);
    expect(callerOf(log, `Bearer ${text}`)).toMatchObject({ name: 'admin', scopes: ['admin'] });
    expect(createFirstKeys(log, 2)).toBeNull();
    log.revokeKey('admin');
    expect(callerOf(log, `Bearer ${text}`)).toBeNull();
    log.close();
  });

  it('are needed for everything but health and the description', async () => {
    expectShape(await call('/api/v1/health', { key: '' }), ref('Health'));
    expect((await call('/api/v1/openapi.json', { key: '' })).status).toBe(200);
    for (const path of [
      'sources',
      'attacks',
      'observations',
      'observations/stream',
      'decisions',
      'allowlist',
      'fence',
      'keys',
    ]) {
      const answer = await call(`/api/v1/${path}`, { key: '' });
      expect([path, answer.status]).toEqual([path, 401]);
      expectShape(answer, ref('Error'), 401);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    }
    for (const key of [
      'nonsense',
      `picket_${'A'.repeat(43)}`,
      `${read}x`,
      read.slice(0, -1),
      'x'.repeat(5000),
    ])
      expect((await call('/api/v1/sources', { key })).status).toBe(401);
  });

  it('permit what their scope says and no more', async () => {
    const decision = { target: '203.0.113.9', action: 'block', seconds: 60, reason: 'test' };
    const rows: [string, string, unknown, string][] = [
      ['POST', '/api/v1/decisions', decision, 'decide'],
      ['POST', '/api/v1/allowlist', { network: '203.0.113.0/24' }, 'decide'],
      ['DELETE', '/api/v1/allowlist/203.0.113.0%2F24', undefined, 'decide'],
      ['DELETE', '/api/v1/decisions/203.0.113.9', undefined, 'decide'],
      ['POST', '/api/v1/breaker/reset', undefined, 'admin'],
      ['GET', '/api/v1/keys', undefined, 'admin'],
    ];
    for (const [method, path, body, scope] of rows) {
      const outcome = async (key: string): Promise<boolean> =>
        (await call(path, { method, key, ...(body === undefined ? {} : { body }) })).status < 300;
      expect([path, await outcome(read)]).toEqual([path, false]);
      if (scope === 'admin') expect([path, await outcome(decide)]).toEqual([path, false]);
      expect([path, await outcome(scope === 'admin' ? admin : decide)]).toEqual([path, true]);
    }
    expect((await call('/api/v1/breaker/reset', { method: 'POST', key: decide })).body).toEqual(
      refused('forbidden', '"anna" lacks the scope admin'),
    );
    expect(engine.breakerResets).toEqual(['admin']);
    expect((await call('/api/v1/sources', { key: admin })).status).toBe(200);
  });

  it('can be made, used, listed and revoked over the wire, but not the last one of an admin', async () => {
    const made = await call('/api/v1/keys', {
      method: 'POST',
      key: admin,
      body: { name: 'grafana', scopes: ['read'] },
    });
    expect(made.status).toBe(201);
    const key: unknown = Object(made.body).key;
    expect((await call('/api/v1/sources', { key: String(key) })).status).toBe(200);
    const again = await call('/api/v1/keys', {
      method: 'POST',
      key: admin,
      body: { name: 'grafana', scopes: ['read'] },
    });
    expect(again.status).toBe(409);
    const listed = await call('/api/v1/keys', { key: admin });
    expectShape(listed, { type: 'array', minItems: 4, items: ref('Key') });
    expect(JSON.stringify(listed.body)).not.toContain('hash');
    expect((await call('/api/v1/keys/grafana', { method: 'DELETE', key: admin })).status).toBe(204);
    expect((await call('/api/v1/sources', { key: String(key) })).status).toBe(401);
    expect((await call('/api/v1/keys/admin', { method: 'DELETE', key: admin })).status).toBe(409);
    expect((await call('/api/v1/keys/nobody', { method: 'DELETE', key: admin })).status).toBe(404);
  });
});

describe('sources and observations', () => {
  beforeEach(() => {
    for (let index = 0; index < 12; index += 1) engine.saw(anAuth(`203.0.113.${index % 5}`, 1000 + index));
    engine.saw(anAuth('2001:db8::7', 2000));
  });

  it('lists sources page by page, each once', async () => {
    const seen: string[] = [];
    let next = '';
    do {
      const answer = await call(`/api/v1/sources?limit=2${next}`);
      expectShape(answer, page('SourceSummary'));
      const body: Page<SourceSummary> = Object(answer.body);
      seen.push(...body.items.map((item) => item.source));
      next = body.next === null ? '' : `&before=${encodeURIComponent(body.next)}`;
    } while (next !== '');
    expect(seen).toHaveLength(6);
    expect(new Set(seen).size).toBe(6);
    expect(seen[0]).toBe('2001:db8::/64');
    const only = await call('/api/v1/sources?classification=suspicious');
    expect(Object(only.body).items).toHaveLength(1);
  });

  it('lists attacks on addresses, the latest first', async () => {
    const first = await call('/api/v1/attacks?limit=1');
    expectShape(first, page('Attack'));
    const body: Page<{ target: string }> = Object(first.body);
    expect(body.items.map(({ target }) => target)).toEqual(['198.51.100.0']);
    const next = await call(`/api/v1/attacks?before=${encodeURIComponent(String(body.next))}`);
    expect(Object(next.body)).toMatchObject({ items: [{ target: '198.51.100.1' }], next: null });
  });

  it('explains one source, with its evidence and history, by address or by key', async () => {
    const answer = await call('/api/v1/sources/203.0.113.1?history=2');
    expectShape(answer, ref('Source'));
    const view: SourceView = Object(answer.body);
    expect(view).toMatchObject({ verdict: { source: '203.0.113.1', observations: 3 } });
    expect(view.history).toHaveLength(2);
    for (const path of ['2001:db8::7', '2001:DB8:0::7', '2001:db8::%2F64', '%3a%3affff:203.0.113.2']) {
      const found = await call(`/api/v1/sources/${path}?history=0`);
      expect([path, found.status]).toEqual([path, 200]);
      expect(Object(found.body).history).toEqual([]);
    }
    expect((await call('/api/v1/sources/198.51.100.77')).body).toEqual(refused('not-found', 'not seen'));
    expect((await call('/api/v1/sources/evil')).body).toEqual(
      refused('invalid-input', '"source" is neither'),
    );
  });

  it('finds observations by what is asked', async () => {
    const answer = await call('/api/v1/observations?source=203.0.113.1&kind=auth&from=1002&to=1012');
    expectShape(answer, page('Observation'));
    expect(Object(answer.body).items.map((item: { at: number }) => item.at)).toEqual([1011, 1006]);
    const page1 = Object((await call('/api/v1/observations?limit=7')).body);
    const page2 = Object((await call(`/api/v1/observations?limit=7&before=${page1.next}`)).body);
    expect([page1.items.length, page2.items.length, page2.next]).toEqual([7, 6, null]);
    expect((await call('/api/v1/observations?from=5&to=5')).body).toEqual(
      refused('invalid-input', '"from" must'),
    );
  });

  it('bounds a page in bytes and goes on after it', async () => {
    for (let index = 0; index < 12; index += 1)
      engine.saw({
        ...anAuth('203.0.113.9', 3000 + index),
        kind: 'web-access',
        method: 'POST',
        path: '/',
        status: 200,
        userAgent: '',
        referrer: '',
        body: 'x'.repeat(1_000_000),
      });
    const first = Object((await call('/api/v1/observations?kind=web-access')).body);
    expect(first.items).toHaveLength(8);
    const second = Object((await call(`/api/v1/observations?kind=web-access&before=${first.next}`)).body);
    expect(second.items).toHaveLength(4);
    expect(second.next).toBeNull();
  });
});

describe('decisions and the allowlist', () => {
  it('are made, explained, listed and lifted under the name of the key', async () => {
    const body = { target: '203.0.113.77/24', action: 'block', seconds: 600, reason: 'scans us' };
    const made = await call('/api/v1/decisions', { method: 'POST', key: decide, body });
    expectShape(made, ref('Decision'), 201);
    expect(made.body).toMatchObject({ target: '203.0.113.0/24', by: 'anna', until: 600_005 });
    const { id } = Object(made.body);
    for (const name of [id, '203.0.113.0%2F24'])
      expectShape(await call(`/api/v1/decisions/${name}`), ref('LoggedDecision'));
    expectShape(await call('/api/v1/decisions?standing=true&action=block&target=203.0.113.0/24'), {
      ...page('LoggedDecision'),
      properties: { items: { type: 'array', minItems: 1, items: ref('LoggedDecision') }, next: {} },
    });
    const lifted = await call(`/api/v1/decisions/${id}?reason=a%20partner`, {
      method: 'DELETE',
      key: decide,
    });
    expect(lifted.body).toEqual({ lifted: '203.0.113.0/24' });
    expect(engine.log[0]?.lifted).toEqual({ at: 6, by: 'anna', reason: 'a partner' });
    const twice = await call('/api/v1/decisions/203.0.113.0%2F24', { method: 'DELETE', key: decide });
    expect(twice.body).toEqual(refused('not-found', 'nothing stands'));
    expect((await call('/api/v1/decisions/198.51.100.4')).status).toBe(404);
  });

  it('are found for an IPv6 address by its /64', async () => {
    engine.decide({ target: '2001:db8::/64', action: 'block', seconds: 60, reason: 'x', by: 'picket' });
    expect(Object((await call('/api/v1/decisions/2001:db8::1')).body).target).toBe('2001:db8::/64');
    const lifted = await call('/api/v1/decisions/2001:db8::1', { method: 'DELETE', key: decide });
    expect(lifted.body).toEqual({ lifted: '2001:db8::/64' });
  });

  it('allow a network and take it back, but not what the configuration allows', async () => {
    const made = await call('/api/v1/allowlist', {
      method: 'POST',
      key: decide,
      body: { network: '198.51.100.7', note: 'scanner of ours', until: 2000 },
    });
    expectShape(made, ref('AllowRow'), 201);
    expect(made.body).toEqual({
      network: '198.51.100.7/32',
      note: 'scanner of ours',
      until: 2000,
      by: 'anna',
      at: 7,
    });
    const again = await call('/api/v1/allowlist', {
      method: 'POST',
      key: decide,
      body: { network: '198.51.100.7' },
    });
    expect(again.body).toMatchObject({ note: 'scanner of ours', until: null });
    engine.allowed.splice(-1, 1);
    expectShape(await call('/api/v1/allowlist'), { type: 'array', minItems: 2, items: ref('AllowRow') });
    const remove = async (path: string): Promise<number> =>
      (await call(`/api/v1/allowlist/${path}`, { method: 'DELETE', key: decide })).status;
    expect(await remove('198.51.100.7')).toBe(204);
    expect(await remove('198.51.100.7')).toBe(404);
    expect(await remove('192.0.2.0%2F24')).toBe(404);
    const over = await call('/api/v1/allowlist', {
      method: 'POST',
      key: decide,
      body: { network: '::/0', until: 999 },
    });
    expect(over.body).toEqual(refused('invalid-input', '"until".*over already'));
  });
});

describe('what is asked wrongly', () => {
  it.each(['0.0.0.0/0', '::/0', '10.0.0.0/7', '2000::/15'])(
    '%s is too wide to be allowed',
    async (network) => {
      const answer = await call('/api/v1/allowlist', { method: 'POST', key: decide, body: { network } });
      expectShape(answer, ref('Error'), 400);
      expect(answer.body).toEqual(refused('invalid-input', 'too wide to be allowed.*smaller'));
      expect(engine.allowed).toHaveLength(1);
    },
  );

  const good = { target: '203.0.113.9', action: 'block', seconds: 60, reason: 'test' };

  it.each<[string, unknown, string]>([
    ['nothing', {}, '"target" is missing in the body: an address or a network'],
    ['no object', [1], 'the body must be object'],
    ['a number as text', { ...good, seconds: '60' }, '"seconds" in the body must be integer.*14 days'],
    ['too long a lease', { ...good, seconds: 1e9 }, '"seconds" in the body must be <= 1209600'],
    ['an action that there is not', { ...good, action: 'nuke' }, 'observe, rate-limit, challenge, block'],
    ['an unknown field', { ...good, scnds: 1 }, '"scnds" is not known in the body; known are target, action'],
    [
      'no address',
      { ...good, target: '203.0.113.256' },
      '"target" is neither an address nor a network.*write it like',
    ],
    ['a prefix too long', { ...good, target: '203.0.113.0/33' }, '"target" is neither'],
    ['an empty reason', { ...good, reason: '' }, '"reason" in the body must NOT have fewer than 1'],
    ['broken JSON', '{"target":', '.'],
    ['a poisoned prototype', '{"__proto__":{"x":1}}', '.'],
  ])('a decision of %s is refused with the field and the mend', async (_, body, message) => {
    const answer = await call('/api/v1/decisions', { method: 'POST', key: decide, body });
    expectShape(answer, ref('Error'), 400);
    expect(answer.body).toEqual(refused('invalid-input', message));
    expect(engine.log).toEqual([]);
  });

  it.each([
    ['/api/v1/sources?limit=0', '"limit" in the query must be >= 1'],
    ['/api/v1/sources?limit=1001', '"limit" in the query must be <= 1000'],
    ['/api/v1/sources?limit=1&limit=2', '"limit" in the query must be integer'],
    ['/api/v1/sources?lmit=5', '"lmit" is not known in the query; known are'],
    ['/api/v1/sources?before=yesterday', '"before" is no cursor'],
    ['/api/v1/observations?kind=gossip', '"kind" in the query.*contact, auth'],
    ['/api/v1/observations?source=%00', '"source" is neither'],
    ['/api/v1/decisions?standing=maybe', '"standing" in the query must be boolean'],
    ['/api/v1/decisions/..', '.'],
    ['/api/v1/decisions/robert', '"idOrTarget" in the path is neither'],
    [`/api/v1/sources/${'9'.repeat(120)}`, '"source" in the path must NOT have more than 96'],
  ])('GET %s is refused with the field and the mend', async (path, message) => {
    const answer = await call(path);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(Object(answer.body).error.message).toMatch(new RegExp(message));
  });

  it('is answered in one shape whatever it is', async () => {
    const large = await call('/api/v1/decisions', {
      method: 'POST',
      key: decide,
      body: { ...good, reason: 'x'.repeat(20_000) },
    });
    expectShape(large, ref('Error'), 413);
    expectShape(await call('/api/v1/nowhere'), ref('Error'), 404);
    expectShape(await call('/api/v1/%zz'), ref('Error'), 400);
    const form = await fetch(`http://127.0.0.1:${api.port}/api/v1/decisions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${decide}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'target=1.2.3.4',
    });
    expect(form.status).toBe(415);
    const socket = connect(api.port, '127.0.0.1');
    socket.end('\u0016\u0003\u0001 no http\r\n\r\n');
    const [bytes] = await once(socket, 'data');
    expect(String(bytes)).toMatch(/^HTTP\/1.1 400 [^{]*\{"error":\{"code":"invalid-input"/);
  });

  it('tells of its own failures without their insides, and logs them', async () => {
    engine.fails = new Error('secret path /var/lib/x');
    const internal = await call('/api/v1/sources');
    expectShape(internal, ref('Error'), 500);
    expect(JSON.stringify(internal.body)).not.toContain('secret');
    expect(logged.join()).toContain('secret path');
    engine.fails = new PicketError('PICKET_STORE_UNAVAILABLE', 'the event store is away; see its log');
    expect((await call('/api/v1/sources')).body).toEqual(
      refused('unavailable', 'PICKET_STORE_UNAVAILABLE: the event'),
    );
  });

  it('never fails on any path or body: the answer is a refusal of the one shape', async () => {
    await assert(
      asyncProperty(string({ maxLength: 80, unit: 'binary' }), anyJson(), async (text, json) => {
        const path = encodeURIComponent(text.toWellFormed());
        for (const answer of [
          await call(`/api/v1/sources/x${path}`),
          await call(`/api/v1/observations?source=x${path}&${path}`),
          await call('/api/v1/decisions', { method: 'POST', key: decide, body: json }),
        ]) {
          expect(answer.status).toBeGreaterThanOrEqual(400);
          expect(answer.status).toBeLessThan(500);
          expectShape(answer, ref('Error'), answer.status);
        }
      }),
      { numRuns: 100 },
    );
    expect(logged).toEqual([]);
  });
});

describe('the installation', () => {
  it('tells of fence, sensors and breaker', async () => {
    const fence = await call('/api/v1/fence');
    expectShape(fence, ref('Fence'));
    expect(fence.body).toMatchObject({ present: true, enforcers: [{ coverage: 0.5 }] });
    engine.fenceStatus = null;
    const away = await call('/api/v1/fence');
    expectShape(away, ref('Fence'));
    expect(away.body).toEqual({ present: false, mode: null, enforcers: [] });
    expectShape(await call('/api/v1/sensors'), { type: 'array', minItems: 1, items: ref('Sensor') });
  });

  it('gives figures to Prometheus, without a key only by a loopback name', async () => {
    await call('/api/v1/sources');
    const { body, headers } = await call('/metrics', { key: '' });
    expect(headers.get('content-type')).toContain('version=0.0.4');
    expect(body).toContain('picket_coverage{enforcer="nftables"} 0.5');
    expect(body).toContain('picket_coverage{enforcer="dry-\\"run"} 1');
    expect(body).toMatch(/^# TYPE picket_observations_total counter\npicket_observations_total 0$/m);
    expect(body).toMatch(/^picket_api_responses_total\{status="2xx"\} 1$/m);
    expect(body).toMatch(/^process_cpu_seconds_total \d/m);
    const socket = connect(api.port, '127.0.0.1');
    socket.write('GET /metrics HTTP/1.1\r\nhost: rebound.example\r\nconnection: close\r\n\r\n');
    const [bytes] = await once(socket, 'data');
    expect(String(bytes)).toMatch(/^HTTP\/1.1 401/);
    socket.destroy();
  });

  it('says what to do where its port is taken, or the address is not this machine’s', async () => {
    await expect(
      startApi(engine, keys, { address: '127.0.0.1', port: api.port, version: '1' }),
    ).rejects.toMatchObject({ code: 'PICKET_PORT_TAKEN', message: expect.stringContaining('api.port') });
    await expect(
      startApi(engine, keys, { address: '203.0.113.1', port: 0, version: '1' }),
    ).rejects.toMatchObject({
      code: 'PICKET_CONFIG_INVALID',
      message: expect.stringContaining('api.listen'),
    });
  });
});
