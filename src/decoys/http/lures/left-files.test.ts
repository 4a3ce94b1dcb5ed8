import { expect, it } from 'vitest';
import type { Persona } from '../../../core/persona.ts';
import { createPersona } from '../../../personas/index.ts';
import { recognisePlanted } from '../../../wire/planted-credential.ts';
import { answerOf, openHttp } from '../../../../test/support/http-visitor.ts';

const now = Date.UTC(2026, 0, 2);
const made = createPersona('ubuntu-web', 'sensor seed ubuntu-web', { now });
const machine = (products: readonly string[]): Persona => ({
  ...made,
  http: { server: 'nginx/1.18.0 (Ubuntu)', title: 'A site', products },
});

function fetched(persona: Persona, path: string, source: string): string {
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: a.example\r\n\r\n`, 'latin1');
  return answerOf([...openHttp(persona, source).receive(request)]);
}

const both = machine(['laravel', 'wordpress']);

it.each([
  ['/.env', ['AWS access key', 'password']],
  ['/.git/config', ['token']],
  ['/.aws/credentials', ['AWS access key']],
  ['/.kube/config', ['token']],
  ['/config.json', ['password']],
  ['/wp-config.php.bak', ['password']],
])('%s holds credentials that are this source’s own, and is not there without its product', (path, forms) => {
  const given = fetched(both, path, '203.0.113.9');
  const planted = recognisePlanted(made, given);
  expect(planted.map(({ form }) => form)).toEqual(forms);
  for (const { place, source } of planted) expect([place, source]).toEqual(['a web file', '203.0.113.9']);
  expect(fetched(both, path, '203.0.113.9')).toBe(given);
  expect(fetched(both, path, '203.0.113.10')).not.toBe(given);
  expect(fetched(machine([]), path, '203.0.113.9')).toMatch(/^HTTP\/1\.1 404 /);
});
