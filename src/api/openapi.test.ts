import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine, FakeKeys } from '../../test/support/fake-engine-api.ts';
import { basePath } from './openapi.ts';
import { components } from './schemas.ts';
import { buildApi } from './server.ts';

let app: Awaited<ReturnType<typeof buildApi>>;
let paths: Record<string, Record<string, Record<string, unknown>>>;
let document: Record<string, unknown>;

beforeAll(async () => {
  app = await buildApi(new FakeEngine(), new FakeKeys(), { version: '1.2.3' });
  document = JSON.parse(JSON.stringify(app.swagger()));
  paths = Object(document['paths']);
});
afterAll(async () => {
  await app.close();
});

const methods = ['GET', 'POST', 'DELETE'] as const;

const operations = (): [string, Record<string, unknown>][] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [string, Record<string, unknown>] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );

describe('the OpenAPI document', () => {
  it('has these operations', () => {
    expect(
      operations()
        .map(([name, { security }]) => `${name} ${JSON.stringify(security)}`)
        .sort(),
    ).toMatchInlineSnapshot(`
      [
        "DELETE /api/v1/allowlist/{network} [{"key":["decide"]}]",
        "DELETE /api/v1/decisions/{idOrTarget} [{"key":["decide"]}]",
        "DELETE /api/v1/keys/{name} [{"key":["admin"]}]",
        "GET /api/v1/allowlist [{"key":["read"]}]",
        "GET /api/v1/attacks [{"key":["read"]}]",
        "GET /api/v1/decisions [{"key":["read"]}]",
        "GET /api/v1/decisions/{idOrTarget} [{"key":["read"]}]",
        "GET /api/v1/fence [{"key":["read"]}]",
        "GET /api/v1/health []",
        "GET /api/v1/keys [{"key":["admin"]}]",
        "GET /api/v1/observations [{"key":["read"]}]",
        "GET /api/v1/observations/stream [{"key":["read"]}]",
        "GET /api/v1/openapi.json []",
        "GET /api/v1/sensors [{"key":["read"]}]",
        "GET /api/v1/sources [{"key":["read"]}]",
        "GET /api/v1/sources/{source} [{"key":["read"]}]",
        "GET /metrics [{"key":["read"]}]",
        "POST /api/v1/allowlist [{"key":["decide"]}]",
        "POST /api/v1/breaker/reset [{"key":["admin"]}]",
        "POST /api/v1/decisions [{"key":["decide"]}]",
        "POST /api/v1/keys [{"key":["admin"]}]",
      ]
    `);
  });

  it('has exactly the routes that there are', () => {
    for (const [name] of operations()) {
      const [method, path] = name.split(' ');
      const url = String(path).replaceAll(/\{(\w+)\}/g, ':$1');
      expect([
        name,
        app.hasRoute({ method: methods.find((known) => known === method) ?? 'PUT', url }),
      ]).toEqual([name, true]);
    }
    const routes = app
      .printRoutes({ commonPrefix: false })
      .matchAll(/\(([A-Z, ]+)\)/g)
      .flatMap((match) => String(match[1]).split(', '))
      .toArray();
    expect(routes).toHaveLength(operations().length);
  });

  it('is of the shape of version 3.1', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Picket', version: '1.2.3' } });
    const named = operations().map(([, { operationId }]) => operationId);
    expect(new Set(named).size).toBe(named.length);
    for (const [name, operation] of operations()) {
      expect(operation, name).toMatchObject({
        summary: expect.stringMatching(/./),
        tags: [expect.any(String)],
        security: expect.any(Array),
      });
      const responses = Object(operation['responses']);
      expect(Object.keys(responses), name).toEqual(expect.arrayContaining(['4XX', '5XX']));
      for (const response of Object.values<Record<string, unknown>>(responses))
        expect(response['description'], name).toEqual(expect.any(String));
      const inPath = [...name.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const parameters: { in: string; name: string; required?: boolean; schema?: unknown }[] =
        operation['parameters'] === undefined ? [] : Object(operation['parameters']);
      expect(
        parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name),
      ).toEqual(inPath);
      for (const parameter of parameters) expect(parameter.schema).toBeDefined();
    }
  });

  it('refers only to components that it has, each a JSON Schema that compiles', () => {
    const text = JSON.stringify(document);
    const schemas = Object(Object(document['components']).schemas);
    expect(Object.keys(schemas).sort()).toEqual(Object.keys(components).sort());
    for (const [, name] of text.matchAll(/"\$ref":"([^"]*)"/g)) {
      expect(name).toMatch(/^#\/components\/schemas\/\w+$/);
      expect(schemas).toHaveProperty(String(name).split('/').at(-1) ?? '');
    }
    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema({ $id: 'document', ...document });
    for (const name of Object.keys(schemas))
      expect(ajv.compile({ $ref: `document#/components/schemas/${name}` })).toBeTypeOf('function');
  });
});

describe('after preloadApi', () => {
  it('nothing is loaded any more: not by the start, and not by any request', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'picket-api-'));
    const moduleAt = (path: string): string =>
      JSON.stringify(pathToFileURL(join(import.meta.dirname, path)).href);
    // In a process of its own: here the test runner loads what it likes.
    writeFileSync(
      join(folder, 'serve.mjs'),
      `import { registerHooks } from 'node:module';
       import { startApi } from ${moduleAt('server.ts')};
       import { preloadApi } from ${moduleAt('preload.ts')};
       import { createFirstKeys } from ${moduleAt('keys.ts')};
       import { anAuth, FakeEngine, FakeKeys } from ${moduleAt('../../test/support/fake-engine-api.ts')};
       const keys = new FakeKeys();
       const engine = new FakeEngine();
       engine.saw(anAuth('203.0.113.1', 1));
       const authorization = 'Bearer ' + createFirstKeys(keys, 1);
       await preloadApi();
       await fetch('data:,warm');
       const loaded = [];
       registerHooks({ load(url, context, next) { if (!url.startsWith('node:')) loaded.push(url); return next(url, context); } });
       const api = await startApi(engine, keys, { address: '127.0.0.1', port: 0, version: '1' });
       const at = 'http://127.0.0.1:' + api.port;
       const statuses = [];
       const ask = async (method, path, body) => {
         const response = await fetch(at + path, { method, headers: { authorization, ...(body && { 'content-type': 'application/json' }) }, body });
         await response.text();
         statuses.push(response.status);
       };
       for (const path of ['/metrics', ...['health', 'sources', 'sources/203.0.113.1', 'observations', 'decisions', 'decisions/203.0.113.1', 'allowlist',
         'fence', 'sensors', 'keys', 'openapi.json', 'nowhere', 'sources?limit=x', '%zz'].map((name) => '${basePath}/' + name)]) await ask('GET', path);
       await ask('POST', '${basePath}/decisions', JSON.stringify({ target: '203.0.113.1', action: 'block', seconds: 1, reason: 'x' }));
       await ask('POST', '${basePath}/decisions', '{');
       await ask('POST', '${basePath}/allowlist', JSON.stringify({ network: '::1' }));
       await ask('DELETE', '${basePath}/decisions/203.0.113.1');
       await ask('POST', '${basePath}/breaker/reset');
       const stream = await fetch(at + '${basePath}/observations/stream', { headers: { authorization } });
       await stream.body.getReader().read();
       await api.stop();
       console.log(JSON.stringify({ loaded, statuses }));
       process.exit(0);`,
    );
    const child = spawn(process.execPath, [join(folder, 'serve.mjs')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (bytes: Buffer) => {
      output += String(bytes);
    });
    await once(child, 'close');
    rmSync(folder, { recursive: true });
    const { loaded, statuses } = JSON.parse(output);
    expect(statuses).toEqual([
      200, 200, 200, 200, 200, 200, 404, 200, 200, 200, 200, 200, 404, 400, 400, 201, 400, 201, 200, 204,
    ]);
    expect(loaded).toEqual([]);
  });
});
