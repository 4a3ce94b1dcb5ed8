import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { octetsOf, personaWith, talk } from '../../../test/support/talk.ts';
import type { Decoy, DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { chooseDecoy } from '../../sensor/decoy-choice.ts';
import { plantedAwsKey, plantedPassword } from '../../wire/planted-credential.ts';
import { any } from '../any/any.ts';
import { docker } from '../docker/docker.ts';
import { elasticsearch } from '../elasticsearch/elasticsearch.ts';
import { http } from '../http/http.ts';
import { kubernetes } from '../kubernetes/kubernetes.ts';
import { mcp } from '../mcp/mcp.ts';
import { metadata } from '../metadata/metadata.ts';
import { ollama } from '../ollama/ollama.ts';
import { s3 } from '../s3/s3.ts';
import { goManner } from './go-manner.ts';
import type { ServiceRequest } from './request.ts';
import type { Answer, HttpService } from './service.ts';
import { openHttpService } from './session.ts';

const decoys: readonly Decoy[] = [http, docker, kubernetes, elasticsearch, ollama, mcp, s3, metadata, any];
const chosen = (port: number, line: string): string =>
  chooseDecoy(decoys, any, 'tcp', port, octetsOf(`${line} HTTP/1.1\r\nHost: a\r\n\r\n`)).name;

describe('the choice among all that speak HTTP', () => {
  it('gives any request at home to the API, elsewhere to the web server', () => {
    for (const { name, ports } of decoys.filter((decoy) => decoy !== any && decoy !== http && decoy !== s3)) {
      for (const port of ports) expect(chosen(port, 'GET /'), `${name} on ${port}`).toBe(name);
      expect(chosen(80, 'GET /')).toBe('http');
      expect(chosen(12_345, 'GET /')).toBe('http');
    }
  });

  it.each([
    ['GET /v1.24/containers/json', 'docker'],
    ['POST /v1.41/containers/create?name=x', 'docker'],
    ['GET /api/v1/namespaces/default/secrets', 'kubernetes'],
    ['POST /run/default/web-1/web', 'kubernetes'],
    ['GET /_cat/indices?v', 'elasticsearch'],
    ['POST /_search?pretty', 'elasticsearch'],
    ['GET /api/tags', 'ollama'],
    ['POST /v1/chat/completions', 'ollama'],
    ['POST /mcp', 'mcp'],
    ['GET /bucket?list-type=2', 's3'],
    ['GET /latest/meta-data/iam/security-credentials/', 'metadata'],
    ['GET /version', 'http'],
    ['GET /api/users', 'http'],
    ['GET /search?q=_search', 'http'],
  ])('gives %s to %s on every port', (line, name) => {
    expect(chosen(80, line)).toBe(name);
    expect(chosen(31_337, line)).toBe(name);
  });
});

/** A service in miniature, so that the frame is seen alone. */
const small: HttpService = {
  name: 'small',
  bodyLimit: 1_000,
  manner: () => goManner([['Server', 'small']]),
  *answer(request: ServiceRequest): Generator<DecoyOutput, Answer, undefined> {
    yield { do: 'saw', fact: { kind: 'command', service: 'small', input: request.path } };
    if (request.path === '/long')
      return { status: 200, headers: [['Content-Type', 'text/plain']], body: 'x'.repeat(3_000) };
    if (request.path === '/stream') return { status: 200, stream: ['one', 'two'] };
    return { status: 200, headers: [['Content-Type', 'text/plain']], body: request.text };
  },
};
const frame: Decoy = {
  name: 'small',
  summary: '',
  transport: 'tcp',
  ports: [1],
  open: (context: DecoyContext) => openHttpService(small, context),
};
const persona = (): ReturnType<typeof personaWith> => personaWith({});
const say = (text: string): ReturnType<typeof talk> => talk(frame, persona(), [octetsOf(text)]);

describe('a service in Go’s manner', () => {
  it('answers requests one behind the other on one connection, in order', () => {
    const { text, outputs } = say(
      'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\noneGET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /c HTTP/1.1\r\n\r\n',
    );
    const date = 'Date: Sat, 09 Mar 2024 16:00:00 GMT\r\n';
    expect(text).toBe(
      `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nServer: small\r\n${date}Content-Length: 3\r\n\r\none` +
        `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nServer: small\r\n${date}Content-Length: 0\r\nConnection: close\r\n\r\n`,
    );
    expect(outputs.at(-1)).toEqual({ do: 'close' });
  });

  it('counts short bodies, sends long ones and streams in chunks, and ends the connection where the client knows none', () => {
    expect(say('GET /long HTTP/1.1\r\nHost: a\r\n\r\n').text).toMatch(
      /Transfer-Encoding: chunked\r\n\r\nbb8\r\nx{3000}\r\n0\r\n\r\n$/,
    );
    expect(say('GET /stream HTTP/1.1\r\nHost: a\r\n\r\n').text).toMatch(
      /chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n$/,
    );
    expect(say('GET /stream HTTP/1.0\r\n\r\n').text).toMatch(
      /^HTTP\/1\.0 200 OK\r\n(?!.*(?:chunked|Content-Length)).*\r\n\r\nonetwo$/s,
    );
    expect(say('HEAD /long HTTP/1.1\r\nHost: a\r\n\r\n').text).toMatch(/\r\n\r\n$/);
  });

  it('refuses as Go does: no Host, no request line, a body that is too long', () => {
    expect(say('GET / HTTP/1.1\r\n\r\n').text).toBe(
      'HTTP/1.1 400 Bad Request: missing required Host header\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request: missing required Host header',
    );
    expect(say('\r\n\r\n').text).toMatch(/\r\n\r\n400 Bad Request$/);
    const tooLong = say('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n');
    expect(tooLong.outputs.at(-1)).toEqual({ do: 'close' });
    expect(tooLong.facts).toMatchObject([{ kind: 'request', method: 'POST', path: '/', status: 400 }]);
  });

  it('states an exploit ahead of the request, and a planted credential in any part of it', () => {
    const machine = persona();
    const key = plantedAwsKey(machine, 'a web file', '203.0.113.5').accessKeyId;
    const password = plantedPassword(machine, 'a database', '203.0.113.6');
    const basic = Buffer.from(`app:${password}`).toString('base64');
    const { facts } = talk(frame, machine, [
      octetsOf(`GET /?key=${key} HTTP/1.1\r\nHost: a\r\nAuthorization: Basic ${basic}\r\n\r\n`),
    ]);
    expect(facts.map((fact) => (fact.kind === 'exploit' ? fact.detail : fact.kind))).toEqual([
      'AWS access key planted in a web file for 203.0.113.5',
      'password planted in a database for 203.0.113.6',
      'request',
      'command',
    ]);
  });

  it('records no more of a field than a record may have', () => {
    const { facts } = say(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`);
    const request = facts.find((fact) => fact.kind === 'request');
    expect(request?.headers.map(([, value]) => value.length)).toEqual([1, 16_384]);
  });

  it('has the web server know a planted credential too', () => {
    const machine = persona();
    const { accessKeyId } = plantedAwsKey(machine, 'a bucket object', '2001:db8::5');
    const { facts } = talk(http, machine, [octetsOf(`GET /?key=${accessKeyId} HTTP/1.1\r\nHost: a\r\n\r\n`)]);
    expect(facts[0]).toMatchObject({
      name: 'planted-credential',
      detail: 'AWS access key planted in a bucket object',
    });
  });
});
