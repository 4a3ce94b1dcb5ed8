/** A visitor of a web decoy: sends one request after another over one connection each, and reads what comes back. */

import type { DecoyContext, DecoyOutput, DecoySession } from '../../src/core/decoy.ts';
import type { ExploitFact, Fact } from '../../src/core/observation.ts';
import type { Persona } from '../../src/core/persona.ts';
import { http } from '../../src/decoys/http/http.ts';
import { createPersona } from '../../src/personas/index.ts';

const visitedAt = Date.UTC(2026, 0, 2);

export interface Seen {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
  readonly facts: readonly Fact[];
  readonly exploits: readonly ExploitFact[];
  readonly cves: readonly string[];
}

/** Opens the web decoy of this persona for a source, without TLS. */
export function openHttp(
  persona: Persona,
  source: string,
  now: () => number = () => visitedAt,
): DecoySession {
  let random = 0;
  const context: DecoyContext = {
    persona,
    source,
    sourcePort: 40_000,
    destination: '198.51.100.1',
    destinationPort: 80,
    transport: 'tcp',
    tls: false,
    session: 's',
    now,
    randomBytes: (count) => Uint8Array.from({ length: count }, () => (random = (random * 31 + 7) & 255)),
    countAttempt: () => 1,
  };
  return http.open(context);
}

/** What the decoy answers, in Latin-1. */
export const answerOf = (outputs: readonly DecoyOutput[]): string =>
  outputs
    .map((output) => (output.do === 'reply' ? Buffer.from(output.bytes).toString('latin1') : ''))
    .join('');

function readOutputs(outputs: readonly DecoyOutput[]): Seen {
  const text = answerOf(outputs);
  const blank = text.indexOf('\r\n\r\n');
  const facts = outputs.flatMap((output) => (output.do === 'saw' ? [output.fact] : []));
  const exploits = facts.flatMap((fact) => (fact.kind === 'exploit' ? [fact] : []));
  return {
    status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? '0'),
    headers: blank < 0 ? text : text.slice(0, blank),
    body: blank < 0 ? '' : text.slice(blank + 4),
    facts,
    exploits,
    cves: exploits.flatMap((fact) => fact.cves),
  };
}

export class HttpVisitor {
  readonly #persona: Persona;
  readonly #source: string;
  readonly #now: () => number;

  constructor(persona: Persona, source: string, now: () => number) {
    this.#persona = persona;
    this.#source = source;
    this.#now = now;
  }

  /** `chunks` is a body that brings its own framing. */
  send(
    method: string,
    target: string,
    headers: Readonly<Record<string, string>> = {},
    body = '',
    chunks: string | null = null,
  ): Seen {
    const all = { Host: 'a.example', ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    const length =
      chunks !== null || (body === '' && method !== 'POST' && method !== 'PUT')
        ? ''
        : `Content-Length: ${Buffer.byteLength(body, 'latin1')}\r\n`;
    const request = `${method} ${target} HTTP/1.1\r\n${lines.join('')}${length}\r\n${chunks ?? body}`;
    const session = openHttp(this.#persona, this.#source, this.#now);
    return readOutputs([...session.receive(Buffer.from(request, 'latin1'))]);
  }

  get(target: string, headers: Readonly<Record<string, string>> = {}): Seen {
    return this.send('GET', target, headers);
  }

  form(target: string, body: string, headers: Readonly<Record<string, string>> = {}): Seen {
    return this.send(
      'POST',
      target,
      { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      body,
    );
  }

  json(target: string, value: unknown, headers: Readonly<Record<string, string>> = {}): Seen {
    return this.send(
      'POST',
      target,
      { 'Content-Type': 'application/json', ...headers },
      JSON.stringify(value),
    );
  }

  /** A form with files: name of the field, name of the file, content in Latin-1. */
  upload(
    target: string,
    parts: readonly (readonly [name: string, file: string | null, content: string])[],
    headers: Readonly<Record<string, string>> = {},
  ): Seen {
    const body = parts
      .map(
        ([name, file, content]) =>
          `--boundary4711\r\nContent-Disposition: form-data; name="${name}"${file === null ? '' : `; filename="${file}"`}\r\n\r\n${content}\r\n`,
      )
      .join('');
    const type = { 'Content-Type': 'multipart/form-data; boundary=boundary4711' };
    return this.send('POST', target, { ...type, ...headers }, `${body}--boundary4711--\r\n`);
  }
}

/** A machine of this kind with these products alone, which answers without TLS. */
export function webMachine(kind: string, products: readonly string[]): Persona {
  const made = createPersona(kind, 'a seed', { now: visitedAt });
  return { ...made, tls: null, http: { server: 'nginx/1.18.0', title: 'A site', products } };
}

let visitors = 0;

/** A visitor whom nobody on any machine has seen before. */
export function stranger(persona: Persona): HttpVisitor {
  visitors += 1;
  return new HttpVisitor(persona, `45.41.${visitors >> 8}.${visitors & 255}`, () => visitedAt);
}

/** A cookie that an answer set; empty where it did not. */
export const cookieOf = ({ headers }: Seen, name: string): string =>
  new RegExp(`^Set-Cookie: ${name.replaceAll('.', '\\.')}=([^;\\r\\n]*)`, 'im').exec(headers)?.[1] ?? '';
