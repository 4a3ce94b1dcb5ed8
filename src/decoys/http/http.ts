/** The HTTP decoy: answers as the persona's web server, records every request, and is vulnerable where the persona says so. */

import type { Decoy, DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import type { Fact } from '../../core/observation.ts';
import { installedLures } from '../../lures/installed.ts';
import { matchesOf } from '../../lures/lure-set.ts';
import { SeenRequest } from '../../lures/matching/request-pattern.ts';
import { cveSignatureSet } from '../../signatures/cve/index.ts';
import { NormalRequest } from '../../signatures/normal-request.ts';
import type { SignatureMatch } from '../../signatures/signature.ts';
import {
  type BadRequest,
  type HttpRequest,
  HttpRequestReader,
  headerValue,
} from '../../wire/http-request.ts';
import { plantedUse } from '../http-service/planted-use.ts';
import { capturesOf } from './captures.ts';
import { addressesIn, downloaderCall, injectedCommand } from './injected-command.ts';
import { answerOfInstalled, pausesOf, shownAs } from './installed-lure.ts';
import { loginAccepted, loginAttempt } from './login-attempt.ts';
import type { Answer, Visit } from './lure.ts';
import { lureAnswer } from './lures/index.ts';
import { MachineShell } from './machine-shell.ts';
import { memoryOf } from './memory.ts';
import { type Exchange, familyOf, type ServerFamily } from './server-family.ts';
import { siteAnswer } from './site.ts';

/** A match that is no surer than this is told with its doubt: the request looks for a weakness and does not use it yet. */
const searchingBelow = 0.5;

/** As Apache's KeepAliveRequests; nginx allows more, but no scanner needs them. */
const requestsPerConnection = 100;

class HttpSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #reader = new HttpRequestReader();
  readonly #family: ServerFamily;
  #served = 0;
  #over = false;

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#family = familyOf(context.persona.http?.server ?? '');
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#over) return;
    for (const event of this.#reader.push(bytes)) {
      if (event.kind === 'continue') {
        yield { do: 'reply', bytes: Buffer.from('HTTP/1.1 100 Continue\r\n\r\n', 'latin1') };
      } else if (event.kind === 'bad') {
        yield* this.#refuse(event.bad);
        return;
      } else {
        yield* this.#serve(event.request);
        if (this.#over) return;
      }
    }
  }

  *#refuse(bad: BadRequest): Iterable<DecoyOutput> {
    this.#over = true;
    const exchange = this.#exchange(bad, '1.1', false);
    const answer = this.#family.errorPage(bad.status, exchange, this.#context.persona);
    if (bad.method !== '' && bad.target !== '') {
      const request = { ...bad, path: bad.target, body: '' };
      const found = cveSignatureSet.match(new NormalRequest(request)).map(({ match }) => match);
      yield* this.#facts(request, [...found, ...installedLures().match(request)], answer.status);
    }
    yield* this.#reply(answer, exchange);
    yield { do: 'close' };
  }

  *#serve(request: HttpRequest): Iterable<DecoyOutput> {
    const { persona } = this.#context;
    this.#served += 1;
    const lacksHost =
      request.version === '1.1' &&
      headerValue(request.headers, 'host') === null &&
      this.#family.version === '1.1';
    const keepAlive = !lacksHost && this.#keepsAlive(request);
    const exchange = this.#exchange(request, request.version, keepAlive);
    const seen = {
      method: request.method,
      path: request.target,
      headers: request.headers,
      body: request.body,
    };
    const normal = new NormalRequest(seen);
    const found = cveSignatureSet.match(normal);
    const shell = new MachineShell(this.#context);
    const command =
      found.map(({ signature }) => injectedCommand(signature, normal)).find((text) => text !== '') ?? '';
    const visit: Visit = {
      request: normal,
      persona,
      source: this.#context.source,
      matched: new Set(found.map(({ signature }) => signature.name)),
      command,
      memory: memoryOf(persona, this.#context.source),
      now: () => this.#context.now(),
      run: (text) => shell.run(text),
      file: (path) => shell.file(path),
      token: (purpose, digits) => shell.token(purpose, digits),
    };
    const attempt = loginAttempt(normal);
    const accepted = attempt !== null && loginAccepted(persona.login, attempt, this.#context.countAttempt());
    const lured = installedLures().find(new SeenRequest(seen));
    const known = found.map(({ match }) => match);
    const told = matchesOf(lured, seen).filter(
      ({ cves }) =>
        cves.length === 0 || !cves.every((cve) => known.some((match) => match.cves.includes(cve))),
    );
    const given = lacksHost ? null : answerOfInstalled(lured, visit, exchange, this.#context.tls);
    let answer: Answer;
    if (lacksHost) answer = this.#family.errorPage(400, exchange, persona);
    else
      answer =
        (given?.isTelling === true ? given.answer : null) ??
        // An exploit that a lure of our own knows outweighs a page that everybody asks for.
        (found.length > 0 ? lureAnswer(visit) : null) ??
        given?.answer ??
        (found.length > 0 ? null : lureAnswer(visit)) ??
        siteAnswer(this.#family, exchange, visit, attempt, accepted);
    yield* this.#facts(seen, [...known, ...told], answer.status);
    if (attempt !== null) {
      const { user, method, password } = attempt;
      yield {
        do: 'saw',
        fact: {
          kind: 'auth',
          service: 'http',
          user,
          method,
          accepted,
          ...(password === null ? {} : { password }),
        },
      };
    }
    const called = command === '' ? downloaderCall(normal) : command;
    const urls = addressesIn(called === '' && found.length > 0 ? normal.anywhere : called);
    if (called !== '' || urls.length > 0) {
      const input = called === '' ? urls.join(' ') : called.slice(0, 4_096);
      yield {
        do: 'saw',
        fact: { kind: 'command', service: 'http', input, ...(urls.length > 0 ? { urls } : {}) },
      };
    }
    yield* shell.outputs(called);
    yield* capturesOf(seen, found.length > 0 || told.length > 0);
    if (given !== null && answer === given.answer) yield* pausesOf(given.delaySeconds);
    yield* this.#reply(answer, exchange);
    if (!keepAlive) {
      this.#over = true;
      yield { do: 'close' };
    }
  }

  *#facts(
    request: { method: string; path: string; headers: HttpRequest['headers']; body: string },
    found: readonly SignatureMatch[],
    status: number,
  ): Iterable<DecoyOutput> {
    const { method, path, headers, body } = request;
    // The exploit first: what the decoy knows already needs no classifying, and the block comes the sooner for it.
    for (const match of found) {
      const { name, cves, technique, detail } = match;
      yield {
        do: 'saw',
        fact: {
          kind: 'exploit',
          service: 'http',
          class: match.class,
          name,
          cves,
          technique,
          detail,
          ...(match.confidence < searchingBelow ? { confidence: match.confidence } : {}),
        },
      };
    }
    yield* plantedUse(this.#context.persona, 'http', { target: path, headers, body });
    const fact: Fact = { kind: 'request', service: 'http', method, path, headers, body, status };
    yield { do: 'saw', fact };
  }

  *#reply(answer: Answer, exchange: Exchange): Iterable<DecoyOutput> {
    yield {
      do: 'reply',
      bytes: Buffer.from(
        this.#family.write(answer, exchange, shownAs(this.#context.persona, answer)),
        'latin1',
      ),
    };
  }

  #keepsAlive(request: HttpRequest): boolean {
    if (this.#family.version === '1.0' || request.version === '0.9') return false;
    if (this.#served >= requestsPerConnection) return false;
    const connection = headerValue(request.headers, 'connection')?.toLowerCase() ?? '';
    if (request.version === '1.0') return connection.includes('keep-alive');
    return !connection.split(',').some((token) => token.trim() === 'close');
  }

  #exchange(
    request: { method: string; target: string; headers: HttpRequest['headers'] },
    version: HttpRequest['version'],
    keepAlive: boolean,
  ): Exchange {
    return {
      method: request.method,
      target: request.target,
      version,
      host: headerValue(request.headers, 'host') ?? '',
      userAgent: headerValue(request.headers, 'user-agent') ?? '',
      asksKeepAlive: /\bkeep-alive\b/i.test(headerValue(request.headers, 'connection') ?? ''),
      keepAlive,
      port: this.#context.destinationPort,
      date: new Date(this.#context.now()).toUTCString(),
      left: requestsPerConnection - this.#served,
    };
  }
}

const requestStart =
  /^(?:GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|TRACE|CONNECT|PROPFIND|MOVE|COPY|MKCOL|LOCK|SEARCH|DEBUG|TRACK|REPORT) [/*h]/i;

export const http: Decoy = {
  name: 'http',
  summary: 'Web server with lures for known weaknesses (HTTP/1.x, plain or inside TLS)',
  fidelity: 'nginx 1.22: the pages and refusals that nginx itself gives, byte for byte',
  transport: 'tcp',
  ports: [80, 443, 8080, 8443, 8000, 8888, 81, 7001, 8090, 9000],
  recognise(firstBytes) {
    const text = Buffer.from(firstBytes.subarray(0, 32)).toString('latin1');
    if (requestStart.test(text)) return 0.98;
    return /^[A-Z]{3,12} \S/.test(text) &&
      /HTTP\/1\./.test(Buffer.from(firstBytes.subarray(0, 2_048)).toString('latin1'))
      ? 0.9
      : 0;
  },
  open: (context) => new HttpSession(context),
};
