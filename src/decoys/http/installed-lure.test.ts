import { afterEach, describe, expect, it } from 'vitest';
import type { ExploitFact } from '../../core/observation.ts';
import type { Persona } from '../../core/persona.ts';
import type { LureDocument } from '../../lures/document.ts';
import { installLures } from '../../lures/installed.ts';
import { LureSet, noLures } from '../../lures/lure-set.ts';
import { isLure, readLure } from '../../lures/read-lure.ts';
import { createPersona } from '../../personas/index.ts';
import { answerOf, openHttp } from '../../../test/support/http-visitor.ts';

const now = Date.UTC(2026, 0, 2);

const persona = (products: readonly string[], seed = 'a seed'): Persona => ({
  ...createPersona('ubuntu-web', seed, { now }),
  http: { server: 'nginx/1.18.0', title: 'A site', products },
});

interface Exchange {
  readonly text: string;
  readonly exploits: readonly ExploitFact[];
  readonly pauses: number;
}

function ask(machine: Persona, request: string, source = '203.0.113.9'): Exchange {
  const outputs = [...openHttp(machine, source).receive(Buffer.from(request, 'latin1'))];
  return {
    text: answerOf(outputs),
    exploits: outputs.flatMap((output) =>
      output.do === 'saw' && output.fact.kind === 'exploit' ? [output.fact] : [],
    ),
    pauses: outputs.reduce((sum, output) => sum + (output.do === 'pause' ? output.milliseconds : 0), 0),
  };
}

const get = (target: string, headers = ''): string =>
  `GET ${target} HTTP/1.1\r\nHost: a.example\r\n${headers}\r\n`;
const post = (target: string, body: string): string =>
  `POST ${target} HTTP/1.1\r\nHost: a.example\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

const lure = (name: string, more: Partial<LureDocument>): LureDocument => ({
  lure: 1,
  name,
  summary: `The weakness ${name}`,
  product: 'product',
  cves: ['CVE-2031-0001'],
  class: 'rce',
  steps: [],
  ...more,
});

function install(...documents: readonly LureDocument[]): void {
  // As they would come from files.
  installLures(
    new LureSet(
      documents.map((document) => {
        const read = readLure(JSON.stringify(document));
        if (!isLure(read)) throw new Error(read.why);
        return read;
      }),
    ),
  );
}

afterEach(() => installLures(noLures));

describe('an installed lure', () => {
  const echo = lure('echo', {
    variables: { number: '{{rand_int(1000, 9999)}}' },
    steps: [
      {
        request: { path: '/shell/run.cgi', query: 'cmd=echo+{{number}}' },
        answer: { headers: [['X-Powered-By', 'run']], body: '{{number}} {{md5(number)}} {{run("id")}}' },
      },
    ],
  });

  it('answers with what the request brought and what the machine has, and tells what it saw', () => {
    install(echo);
    const { text, exploits } = ask(persona(['product']), get('/shell/run.cgi?cmd=echo%204711'));
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\nServer: nginx\/1\.18\.0\r\n/);
    expect(text).toContain('X-Powered-By: run\r\n');
    expect(text).toMatch(/4711 [0-9a-f]{32} uid=\d+\(www-data\)/);
    expect(exploits).toMatchObject([
      {
        class: 'rce',
        name: 'echo',
        cves: ['CVE-2031-0001'],
        technique: 'T1190',
        detail: 'GET /shell/run.cgi?cmd=echo%204711: The weakness echo',
      },
    ]);
  });

  it('answers for its product alone, and for all where a persona has all; it recognises everywhere', () => {
    install(echo);
    const other = ask(persona(['another']), get('/shell/run.cgi?cmd=echo%204711'));
    expect(other.text).toMatch(/^HTTP\/1\.1 404 /);
    expect(other.exploits).toHaveLength(1);
    expect(ask(persona(['*']), get('/shell/run.cgi?cmd=echo%204711')).text).toContain('4711');
    install({ ...echo, alsoKnownAs: ['another'] });
    expect(ask(persona(['another']), get('/shell/run.cgi?cmd=echo%204711')).text).toContain('4711');
  });

  it('remembers the steps of each source', () => {
    install(
      lure('steps', {
        variables: { name: '{{rand_base(8)}}' },
        steps: [
          { request: { method: 'POST', path: '/upload/webshell.php', body: 'name={{name}}&code=eval(x)' } },
          { request: { path: '/x' }, answer: { body: 'ran {{name}}' } },
        ],
      }),
    );
    const machine = persona(['product']);
    expect(ask(machine, get('/x'), '203.0.113.1').text).toMatch(/^HTTP\/1\.1 404 /);
    expect(
      ask(machine, post('/upload/webshell.php', 'name=AbCdEfGh&code=eval(x)'), '203.0.113.1').text,
    ).toMatch(/^HTTP\/1\.1 200 /);
    expect(ask(machine, get('/x'), '203.0.113.1').text).toContain('ran AbCdEfGh');
    expect(ask(machine, get('/x'), '203.0.113.2').text).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('holds the answer back as long as a database that was told to sleep', () => {
    install(
      lure('slow', {
        class: 'sqli',
        steps: [{ request: { path: '/list.php', query: 'id=1 and sleep(7)' }, answer: { delaySeconds: 7 } }],
      }),
    );
    expect(ask(persona(['product']), get('/list.php?id=1+and+sleep(7)')).pauses).toBe(7_000);
    expect(ask(persona(['product']), get('/list.php?id=1')).pauses).toBe(0);
  });

  it('names itself in the Server header where it has one', () => {
    install(
      lure('server', {
        steps: [{ request: { path: '/boa/deep/cgi' }, answer: { headers: [['Server', 'Boa/0.94']] } }],
      }),
    );
    const { text } = ask(persona(['product']), get('/boa/deep/cgi'));
    expect(text).toContain('Server: Boa/0.94\r\n');
    expect(text).not.toContain('nginx');
  });

  it('makes what is random on each machine anew, and the same again', () => {
    install(
      lure('token', {
        steps: [{ request: { path: '/token/of/product' }, answer: { body: '{{like("[a-f0-9]{32}")}}' } }],
      }),
    );
    const token = (seed: string): string =>
      ask(persona(['product'], seed), get('/token/of/product')).text.slice(-32);
    expect(token('one')).toMatch(/^[a-f0-9]{32}$/);
    expect(token('one')).toBe(token('one'));
    expect(token('one')).not.toBe(token('two'));
  });
});

describe('a page that everybody asks for', () => {
  const front = (name: string, word: string, more: Partial<LureDocument> = {}): LureDocument =>
    lure(name, {
      cves: [`CVE-2031-${1000 + name.length}`],
      steps: [{ request: { path: '/' }, answer: { body: `<p>${word}`, merge: true } }],
      ...more,
    });

  it('is answered for all lures that ask for it, and held against nobody', () => {
    install(front('a', 'alpha'), front('bb', 'beta'), front('ccc', 'gamma'));
    const { text, exploits } = ask(persona(['product']), get('/'));
    for (const word of ['alpha', 'beta', 'gamma']) expect(text).toContain(word);
    expect(exploits).toEqual([]);
  });

  it('leaves out what contradicts', () => {
    const strict = front('bb', 'beta');
    const [step] = strict.steps;
    install(front('a', 'alpha'), {
      ...strict,
      steps: [{ ...step, request: { path: '/' }, answer: { body: 'beta', merge: true, avoid: ['alpha'] } }],
    });
    const { text } = ask(persona(['product']), get('/'));
    expect(text).toContain('alpha');
    expect(text).not.toContain('beta');
  });

  it('is told with its doubt where only a search asks for it', () => {
    install(lure('door', { steps: [{ request: { path: '/players.json' } }] }));
    expect(ask(persona([]), get('/players.json')).exploits).toMatchObject([{ confidence: 0.4 }]);
  });
});
