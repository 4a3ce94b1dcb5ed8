/** The web server of a persona: what it answers to a request and what is recorded of it, whatever the protocol that carried it. */

import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import type { Fact, Header } from '../../core/observation.ts';
import type { Persona } from '../../core/persona.ts';
import { installedLures } from '../../lures/installed.ts';
import { matchesOf } from '../../lures/lure-set.ts';
import { SeenRequest } from '../../lures/matching/request-pattern.ts';
import { cveSignatureSet } from '../../signatures/cve/index.ts';
import { NormalRequest } from '../../signatures/normal-request.ts';
import type { SignatureMatch } from '../../signatures/signature.ts';
import { headerValue } from '../../wire/http-request.ts';
import { plantedUse } from '../http-service/planted-use.ts';
import { capturesOf } from './captures.ts';
import { madeAccount } from './created-account.ts';
import { familyOf } from './family-of.ts';
import { addressesIn, downloaderCall, injectedCommand } from './injected-command.ts';
import { answerOfInstalled, pausesOf, shownAs } from './installed-lure.ts';
import { loginAccepted, loginAttempt } from './login-attempt.ts';
import type { Answer, Visit } from './lure.ts';
import { lureAnswer } from './lures/index.ts';
import { MachineShell } from './machine-shell.ts';
import { memoryOf } from './memory.ts';
import type { Exchange, ServerFamily } from './server-family.ts';
import { siteAnswer } from './site.ts';

/** A request as it was sent, over whichever protocol. */
export interface AskedRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly Header[];
  /** Latin-1. */
  readonly body: string;
}

/** What the protocol knows of an exchange. */
export type ExchangeTerms = Pick<Exchange, 'version' | 'keepAlive' | 'left'>;

/** A match that is no surer than this is told with its doubt: the request looks for a weakness and does not use it yet. */
const searchingBelow = 0.5;

export class WebServer {
  readonly context: DecoyContext;
  readonly family: ServerFamily;

  constructor(context: DecoyContext) {
    this.context = context;
    this.family = familyOf(context.persona.http);
  }

  /** The persona as this answer's Server header has it. */
  shownAs(answer: Answer): Persona {
    return shownAs(this.context.persona, answer);
  }

  exchange(
    request: { readonly method: string; readonly target: string; readonly headers: readonly Header[] },
    terms: ExchangeTerms,
  ): Exchange {
    return {
      ...terms,
      method: request.method,
      target: request.target,
      host: headerValue(request.headers, 'host') ?? '',
      userAgent: headerValue(request.headers, 'user-agent') ?? '',
      asksKeepAlive: /\bkeep-alive\b/i.test(headerValue(request.headers, 'connection') ?? ''),
      port: this.context.destinationPort,
      date: new Date(this.context.now()).toUTCString(),
    };
  }

  /** Yields what is recorded and how long to wait; gives the error page for a request that broke the protocol. */
  *refuse(
    status: number,
    request: AskedRequest,
    exchange: Exchange,
  ): Generator<DecoyOutput, Answer, undefined> {
    const answer = this.family.errorPage(status, exchange, this.context.persona);
    if (request.method !== '' && request.target !== '') {
      const seen = { ...request, path: request.target };
      const found = cveSignatureSet.match(new NormalRequest(seen)).map(({ match }) => match);
      yield* exploitFacts([...found, ...installedLures().match(seen)]);
      yield* this.#requestFacts(seen, answer.status);
    }
    return answer;
  }

  /** Yields what is recorded and how long to wait; gives the answer. Without its host, a request is bad (RFC 9112 §3.2). */
  *answer(
    request: AskedRequest,
    exchange: Exchange,
    lacksHost = false,
  ): Generator<DecoyOutput, Answer, undefined> {
    const { persona } = this.context;
    const seen = {
      method: request.method,
      path: request.target,
      headers: request.headers,
      body: request.body,
    };
    const normal = new NormalRequest(seen);
    const found = cveSignatureSet.match(normal);
    const known = found.map(({ match }) => match);
    // Before the answer is thought of: what is known already can be decided on meanwhile.
    yield* exploitFacts(known);
    const shell = new MachineShell(this.context);
    const command =
      found.map(({ signature }) => injectedCommand(signature, normal)).find((text) => text !== '') ?? '';
    const visit: Visit = {
      request: normal,
      persona,
      source: this.context.source,
      matched: new Set(found.map(({ signature }) => signature.name)),
      command,
      memory: memoryOf(persona, this.context.source),
      now: () => this.context.now(),
      run: (text) => shell.run(text),
      file: (path) => shell.file(path),
      token: (purpose, digits) => shell.token(purpose, digits),
    };
    const attempt = loginAttempt(normal);
    const accepted =
      attempt !== null &&
      (loginAccepted(persona.login, attempt, this.context.countAttempt()) ||
        madeAccount(visit.memory, attempt.user, attempt.password));
    const lured = installedLures().find(new SeenRequest(seen));
    const told = matchesOf(lured, seen).filter(
      ({ cves }) =>
        cves.length === 0 || !cves.every((cve) => known.some((match) => match.cves.includes(cve))),
    );
    const given = lacksHost ? null : answerOfInstalled(lured, visit, exchange, this.context.tls);
    let answer: Answer;
    if (lacksHost) answer = this.family.errorPage(400, exchange, persona);
    else
      answer =
        (given?.isTelling === true ? given.answer : null) ??
        // An exploit that a lure of our own knows outweighs a page that everybody asks for.
        (found.length > 0 ? lureAnswer(visit) : null) ??
        given?.answer ??
        (found.length > 0 ? null : lureAnswer(visit)) ??
        siteAnswer(this.family, exchange, visit, attempt, accepted);
    yield* exploitFacts(told);
    yield* this.#requestFacts(seen, answer.status);
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
    return answer;
  }

  *#requestFacts(
    request: { method: string; path: string; headers: readonly Header[]; body: string },
    status: number,
  ): Iterable<DecoyOutput> {
    const { method, path, headers, body } = request;
    yield* plantedUse(this.context, 'http', { method, target: path, headers, body });
    const fact: Fact = { kind: 'request', service: 'http', method, path, headers, body, status };
    yield { do: 'saw', fact };
  }
}

function* exploitFacts(found: readonly SignatureMatch[]): Iterable<DecoyOutput> {
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
}
