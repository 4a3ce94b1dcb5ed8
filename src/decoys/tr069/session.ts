import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import type { ExploitFact, Header } from '../../core/observation.ts';
import { cveSignatureSet } from '../../signatures/cve/index.ts';
import { NormalRequest } from '../../signatures/normal-request.ts';
import { guessedPassword, parseDigest } from '../../wire/digest-access.ts';
import {
  headerValue,
  HttpRequestReader,
  type BadRequest,
  type HttpRequest,
} from '../../wire/http-request.ts';
import { plantedPasswords } from '../../wire/planted-credential.ts';
import { deviceOf, type Device } from './device.ts';
import { commandIn, runInjected } from './injection.ts';
import { answerAction, readAction } from './soap.ts';

const requestsPerConnection = 200;

interface Answer {
  readonly status: number;
  readonly headers?: readonly Header[];
  readonly body: string;
  readonly type?: string;
}

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  500: 'Internal Server Error',
};

const page = (title: string, text: string): string =>
  `<html>\n<head>\n<title>${title}</title></head><body>\n<h1>${title}</h1>${text}\n<p>Return to <A HREF="">last page</A><p>\n</body></html>\n`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export class Tr069Session implements DecoySession {
  readonly #context: DecoyContext;
  readonly #device: Device;
  readonly #reader = new HttpRequestReader();
  #requests = 0;
  #over = false;

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#device = deviceOf(context.persona);
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#over) return;
    for (const event of this.#reader.push(bytes)) {
      if (event.kind === 'continue') {
        yield { do: 'reply', bytes: Buffer.from('HTTP/1.1 100 Continue\r\n\r\n', 'latin1') };
        continue;
      }
      this.#requests += 1;
      if (event.kind === 'bad') {
        yield* this.#refuse(event.bad);
        return;
      }
      yield* this.#serve(event.request);
      if (this.#over) return;
    }
  }

  *#refuse(bad: BadRequest): Iterable<DecoyOutput> {
    if (bad.target !== '') {
      const { method, target: path, headers } = bad;
      yield {
        do: 'saw',
        fact: { kind: 'request', service: 'tr069', method, path, headers, body: '', status: 400 },
      };
    }
    yield* this.#reply({ status: 400, body: page('Bad Request', '') }, false);
  }

  *#serve(request: HttpRequest): Iterable<DecoyOutput> {
    const { method, target: path, headers, body } = request;
    const exploit = (
      name: string,
      cves: readonly string[],
      detail: string,
      kind: ExploitFact['class'] = 'rce',
    ): DecoyOutput => ({
      do: 'saw',
      fact: {
        kind: 'exploit',
        service: 'tr069',
        class: kind,
        name,
        cves,
        technique: 'T1190',
        detail: detail.replaceAll(/[^\x20-\x7e]/g, '.').slice(0, 300),
      },
    });
    for (const { match } of cveSignatureSet.match(new NormalRequest({ method, path, headers, body }))) {
      const { name, cves, technique, detail } = match;
      yield {
        do: 'saw',
        fact: { kind: 'exploit', service: 'tr069', class: match.class, name, cves, technique, detail },
      };
    }
    // “Misfortune cookie”: RomPager before 4.34 has ten places for cookies and takes the number after the C for an index.
    const cookie = /(?:^|[;\s])C(\d{1,12})=([^;]{0,1024})/.exec(headerValue(headers, 'cookie') ?? '');
    const misfortune = cookie !== null && Number(cookie[1]) > 9 ? cookie : null;
    if (misfortune !== null) yield exploit('misfortune-cookie', ['CVE-2014-9222'], misfortune[0]);
    const action = method === 'POST' ? readAction(headerValue(headers, 'soapaction') ?? '', body) : null;
    let command = '';
    for (const [name, value] of action?.values ?? []) {
      const found = commandIn(value);
      if (found === '') continue;
      const isTime = /^NewNTPServer\d$/.test(name);
      // CVE-2014-9222 is RomPager's; the time servers' is CVE-2016-10372 (Zyxel’s D1000, Eir).
      yield exploit(
        isTime ? 'tr064-ntp-server' : 'tr064-value-command',
        isTime ? ['CVE-2016-10372'] : [],
        `${name}=${value}`,
      );
      if (command === '') command = found;
    }
    const allowed = yield* this.#letsIn(request);
    const answer = this.#answer(request, misfortune, action, allowed);
    yield {
      do: 'saw',
      fact: { kind: 'request', service: 'tr069', method, path, headers, body, status: answer?.status ?? 0 },
    };
    if (command !== '') yield* runInjected(this.#context, command);
    if (answer === null) {
      // The device has crashed.
      this.#over = true;
      yield { do: 'close' };
      return;
    }
    const closes =
      request.version !== '1.1' ||
      /close/i.test(headerValue(headers, 'connection') ?? '') ||
      this.#requests >= requestsPerConnection;
    yield* this.#reply(answer, !closes);
  }

  #isVulnerable(): boolean {
    const version = /RomPager\/(\d+)\.(\d+)/.exec(this.#device.server);
    return version !== null && Number(version[1]) === 4 && Number(version[2]) < 34;
  }

  #answer(
    request: HttpRequest,
    misfortune: RegExpExecArray | null,
    action: ReturnType<typeof readAction>,
    allowed: boolean,
  ): Answer | null {
    if (misfortune !== null && this.#isVulnerable()) {
      // This index falls on the pointer to the requested path: how the weakness is checked for (CVE-2014-9222).
      if (misfortune[1] === '107373883') return this.#missing(misfortune[2] ?? '');
      return null;
    }
    const path = request.target.split('?')[0] ?? '';
    if (
      action !== null &&
      (path.toLowerCase() === '/ud/act' || path.toLowerCase() === '/ud/' || path === '/')
    ) {
      return {
        ...answerAction(this.#device, action),
        type: 'text/xml; charset="utf-8"',
        headers: [['EXT', '']],
      };
    }
    if (path === this.#device.path) {
      if (allowed) return { status: 200, body: '' };
      const nonce = Buffer.from(this.#context.randomBytes(16)).toString('hex');
      const challenge = `Digest realm="${this.#device.realm}", nonce="${nonce}", qop="auth", algorithm="MD5"`;
      return {
        status: 401,
        headers: [['WWW-Authenticate', challenge]],
        body: page('Protected Object', `This object on the RomPager server is protected`),
      };
    }
    return this.#missing(path);
  }

  #missing(path: string): Answer {
    return {
      status: 404,
      body: page(
        'Object Not Found',
        `The requested URL '${escaped(path.slice(0, 1_024))}' was not found on the RomPager server.`,
      ),
    };
  }

  *#letsIn(request: HttpRequest): Generator<DecoyOutput, boolean, undefined> {
    const value = headerValue(request.headers, 'authorization') ?? '';
    const digest = parseDigest(value);
    const basic = /^basic\s{1,4}([A-Za-z0-9+/=_-]{1,1024})$/i.exec(value)?.[1];
    if (digest === null && basic === undefined) return false;
    const pair = basic === undefined ? '' : Buffer.from(basic, 'base64').toString('latin1');
    const user = digest?.user ?? pair.split(':', 1)[0] ?? '';
    const { accepted: known } = this.#context.persona.login;
    const password =
      digest === null
        ? pair.slice(user.length + 1)
        : guessedPassword(digest, request.method, [
            ...known.map(([, text]) => text),
            ...plantedPasswords(this.#context.persona, this.#context.source),
          ]);
    this.#context.countAttempt();
    // Only the provider’s server knocks here, and its password is nobody’s guess.
    const accepted =
      digest !== null && password !== null && known.some((each) => each[0] === user && each[1] === password);
    yield {
      do: 'saw',
      fact: {
        kind: 'auth',
        service: 'tr069',
        user: user.slice(0, 256),
        method: digest === null ? 'password' : 'other',
        ...(password === null ? {} : { password: password.slice(0, 256) }),
        accepted,
      },
    };
    return accepted;
  }

  *#reply(answer: Answer, keeps: boolean): Iterable<DecoyOutput> {
    const headers: Header[] = [
      ...(answer.body === '' ? [] : [['Content-Type', answer.type ?? 'text/html'] as const]),
      ...(answer.headers ?? []),
      ['Server', this.#device.server],
      ...(keeps ? [] : [['Connection', 'close'] as const]),
      ['Content-Length', String(answer.body.length)],
    ];
    const head = `HTTP/1.1 ${answer.status} ${reasons[answer.status] ?? 'Error'}\r\n`;
    yield {
      do: 'reply',
      bytes: Buffer.from(
        `${head}${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${answer.body}`,
        'latin1',
      ),
    };
    if (keeps) return;
    this.#over = true;
    yield { do: 'close' };
  }
}
