import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import type { HttpIdentity, Persona } from '../../core/persona.ts';
import { createPersona, personaNames } from '../../personas/index.ts';
import { answerOf, openHttp } from '../../../test/support/http-visitor.ts';

const now = Date.UTC(2026, 0, 2);
const machine = createPersona('ubuntu-web', 'a seed', { now });

const ask = (persona: Persona, request: string): string =>
  answerOf([...openHttp(persona, '203.0.113.9').receive(Buffer.from(request, 'latin1'))]);

const missing = 'GET /none?x=1 HTTP/1.1\r\nHost: a\r\n\r\n';
const of = (server: string, product: string, title = ''): Persona => {
  const identity: HttpIdentity = { server, products: [product], title };
  return { ...machine, http: identity };
};
const headOf = (answer: string): string => answer.slice(0, answer.indexOf('\r\n\r\n'));
const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4);

describe('a server that does not name itself', () => {
  it('has no page of nginx on any machine', () => {
    for (const name of personaNames)
      for (const seed of ['one', 'two', 'three']) {
        const persona = createPersona(name, seed, { now });
        if (persona.http === null || persona.http.server.includes('nginx')) continue;
        const answer = ask(persona, missing);
        expect(answer, name).not.toContain('nginx');
        expect(answer, name).not.toContain('<center>');
        expect(/^HTTP\/1\.[01] (?:404|302) /.test(answer), name).toBe(true);
      }
  });

  it('is WebLogic with the page that it quotes from RFC 2068, of the length that it is known by', () => {
    const answer = ask(of('', 'weblogic'), missing);
    expect(headOf(answer)).toMatch(
      /^HTTP\/1\.1 404 Not Found\r\nDate: [^\r]+\r\nContent-Length: 1164\r\nContent-Type: text\/html; charset=UTF-8$/,
    );
    expect(bodyOf(answer)).toHaveLength(1_164);
  });

  it('is Tomcat without reason phrases, with a report or without', () => {
    const tomcat = of('', 'tomcat', 'Apache Tomcat/9.0.37');
    const answer = ask(tomcat, missing);
    expect(headOf(answer)).toMatch(
      /^HTTP\/1\.1 404 \r\nContent-Type: text\/html;charset=utf-8\r\nContent-Language: en\r\nContent-Length: \d+\r\nDate: [^\r]+$/,
    );
    expect(answer).toContain('The requested resource [&#47;none] is not available</p>');
    expect(answer).toContain('<h3>Apache Tomcat/9.0.37</h3>');
    // What the connector refuses is shorter, 435 octets.
    const bad = ask(tomcat, 'BROKEN\r\n\r\n');
    expect(headOf(bad)).toMatch(/^HTTP\/1\.1 400 \r\n/);
    expect(headOf(bad)).toContain('\r\nContent-Length: 435\r\n');
    expect(bodyOf(bad)).toHaveLength(435);
  });

  it('is OpenWrt’s on a TP-Link, in chunks and closing', () => {
    const answer = ask(of('', 'tplink-archer', 'Archer AX21'), missing);
    expect(answer).toBe(
      'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n19\r\nNo such file or directory\r\n0\r\n\r\n',
    );
    const old = ask(of('', 'tplink-archer', 'Archer AX21'), 'GET /none HTTP/1.0\r\n\r\n');
    expect(old).toBe(
      'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\nNo such file or directory',
    );
  });

  it('is Apache’s kin on a FortiGate, unsigned, and Appweb on a Hikvision', () => {
    const fortigate = ask(of('xxxxxxxx-xxxxx', 'fortios'), missing);
    expect(fortigate).toContain('\r\nServer: xxxxxxxx-xxxxx\r\n');
    expect(bodyOf(fortigate)).toMatch(
      /<h1>Not Found<\/h1>\n<p>The requested URL was not found on this server\.<\/p>\n<\/body>/,
    );
    const camera = ask(of('App-webs/', 'hikvision'), missing);
    expect(headOf(camera)).toMatch(
      /^HTTP\/1\.1 404 Not Found\r\nDate: [^\r]+\r\nServer: App-webs\/\r\nContent-Length: \d+\r\nContent-Type: text\/html\r\nConnection: keep-alive\r\nKeep-Alive: timeout=60, max=99$/,
    );
    expect(camera).toContain('<H2>Access Error: 404 -- Not Found</H2>');
  });

  it('leads to the login on an Ivanti gateway', () => {
    expect(ask(of('', 'ivanti-connect-secure'), missing)).toMatch(
      /^HTTP\/1\.1 302 Found\r\n[\s\S]*\r\nLocation: \/dana-na\/auth\/url_default\/welcome\.cgi\r\n/,
    );
  });

  it('keeps a visitor’s text harmless', () => {
    for (const product of ['tomcat', 'weblogic', 'tplink-archer', 'fortios', 'hikvision', 'none'])
      expect(ask(of('', product), 'GET /<script>x HTTP/1.1\r\nHost: a\r\n\r\n')).not.toContain('<script>');
  });
});
