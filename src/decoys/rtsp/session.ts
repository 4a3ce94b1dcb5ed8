import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import type { ExploitFact, Header } from '../../core/observation.ts';
import { digestResponse, guessedPassword, parseDigest } from '../../wire/digest-access.ts';
import { fieldOf, HeadMessageReader, type HeadMessage } from '../../wire/head-message.ts';
import { plantedPasswords } from '../../wire/planted-credential.ts';
import { loginAccepted } from '../http/login-attempt.ts';
import { cameraOf, hasStream, sessionDescription, type Camera } from './camera.ts';

const requestsPerConnection = 2_000;
const methods = new Set([
  'OPTIONS',
  'DESCRIBE',
  'ANNOUNCE',
  'SETUP',
  'PLAY',
  'PAUSE',
  'RECORD',
  'TEARDOWN',
  'GET_PARAMETER',
  'SET_PARAMETER',
]);
const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Stream Not Found',
  405: 'Method Not Allowed',
  454: 'Session Not Found',
  455: 'Method Not Valid in This State',
  461: 'Unsupported Transport',
  501: 'Not Implemented',
};

const printable = (text: string, limit: number): string =>
  text.replaceAll(/[^\x20-\x7e]/g, '.').slice(0, limit);

export class RtspSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #camera: Camera;
  readonly #reader = new HeadMessageReader();
  readonly #nonce: string;
  #session = '';
  #playing = false;
  #requests = 0;
  #over = false;
  #agent = '';

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#camera = cameraOf(context.persona);
    this.#nonce = Buffer.from(context.randomBytes(16)).toString('hex');
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#over) return;
    for (const message of this.#reader.push(bytes)) {
      this.#requests += 1;
      if (message === 'bad' || this.#requests > requestsPerConnection) {
        if (this.#reader.waiting !== null)
          yield* this.#exploits(this.#reader.waiting.headers, this.#reader.waiting.claim);
        yield* this.#close();
      } else if (!('interleaved' in message)) yield* this.#request(message);
      if (this.#over) return;
    }
  }

  *#close(): Iterable<DecoyOutput> {
    this.#over = true;
    yield { do: 'close' };
  }

  /**
   * RFC 2326 §6, §7.
   *
   *     Method SP Request-URI SP RTSP/1.0 CRLF  headers  CRLF
   *     RTSP/1.0 SP Status SP Reason CRLF  CSeq  … CRLF
   */
  *#request(message: HeadMessage): Iterable<DecoyOutput> {
    const parsed = /^([A-Za-z_]{1,32}) (\S{1,4096}) RTSP\/\d\.\d\s*$/.exec(message.line);
    const method = parsed?.[1]?.toUpperCase() ?? '';
    const uri = parsed?.[2] ?? '';
    const agent = fieldOf(message, 'user-agent');
    if (agent !== '' && agent !== this.#agent) {
      this.#agent = agent;
      yield { do: 'know', protocol: 'rtsp', fingerprints: { banner: printable(agent, 256) } };
    }
    yield {
      do: 'saw',
      fact: {
        kind: 'command',
        service: 'rtsp',
        input: printable(`${message.line}${agent === '' ? '' : ` agent=${agent}`}`, 1_024),
      },
    };
    yield* this.#exploits(message.headers, message.claimedLength);
    if (parsed === null) {
      yield this.#reply(400, message, []);
      yield* this.#close();
      return;
    }
    if (!methods.has(method)) {
      yield this.#reply(this.#camera.make === 'hikvision' ? 405 : 501, message, [
        ['Public', this.#camera.methods],
      ]);
      return;
    }
    if (method === 'OPTIONS') {
      yield this.#reply(200, message, [['Public', this.#camera.methods]]);
      return;
    }
    if (!(yield* this.#letsIn(message, method))) {
      yield this.#reply(401, message, this.#challenges());
      return;
    }
    yield* this.#serve(message, method, uri);
  }

  *#letsIn(message: HeadMessage, method: string): Generator<DecoyOutput, boolean, undefined> {
    const value = fieldOf(message, 'authorization');
    if (value === '') return false;
    const { login } = this.#context.persona;
    const basic = /^basic\s{1,4}([A-Za-z0-9+/=_-]{1,1024})$/i.exec(value)?.[1];
    const digest = parseDigest(value);
    if (basic === undefined && digest === null) return false;
    let user = digest?.user ?? '';
    let password: string | null;
    if (basic !== undefined) {
      const pair = Buffer.from(basic, 'base64').toString('latin1');
      const colon = pair.indexOf(':');
      user = (colon < 0 ? pair : pair.slice(0, colon)).slice(0, 256);
      password = colon < 0 ? '' : pair.slice(colon + 1).slice(0, 256);
    } else {
      const mine = login.accepted.flatMap(([name, text]) => (name === user || name === '*' ? [text] : []));
      password =
        digest === null
          ? null
          : guessedPassword(digest, method, [
              ...mine,
              ...plantedPasswords(this.#context.persona, this.#context.source),
            ]);
    }
    const attempts = this.#context.countAttempt();
    // A client that is let in sends its digest again with each request.
    const key = digest === null ? `${user}:${password ?? ''}` : user;
    const before = this.#admitted.get(key);
    const again =
      before !== undefined &&
      (digest === null || before === null || digestResponse(digest, method, before) === digest.response);
    const accepted =
      again ||
      loginAccepted(login, { user, password, method: 'password' }, attempts) ||
      (password === null && login.acceptAfter > 0 && attempts >= login.acceptAfter);
    if (!again) {
      yield {
        do: 'saw',
        fact: {
          kind: 'auth',
          service: 'rtsp',
          user,
          method: basic === undefined ? 'other' : 'password',
          ...(password === null ? {} : { password }),
          accepted,
        },
      };
      if (digest !== null)
        yield {
          do: 'saw',
          fact: { kind: 'command', service: 'rtsp', input: printable(`${method} ${value}`, 1_024) },
        };
    }
    if (accepted && this.#admitted.size < 16) this.#admitted.set(key, password);
    return accepted;
  }

  readonly #admitted = new Map<string, string | null>();

  #challenges(): Header[] {
    const { realm, make } = this.#camera;
    return this.#camera.schemes.map((scheme) => [
      'WWW-Authenticate',
      scheme === 'Basic'
        ? `Basic realm="${realm}"`
        : make === 'hikvision'
          ? `Digest realm="${realm}", nonce="${this.#nonce}", stale="FALSE"`
          : `Digest realm="${realm}", nonce="${this.#nonce}"`,
    ]);
  }

  *#serve(message: HeadMessage, method: string, uri: string): Iterable<DecoyOutput> {
    const { persona, destination } = this.#context;
    const path = uri.replace(/^rtspu?:\/\/[^/]{0,300}/i, '').toLowerCase();
    if (method === 'DESCRIBE') {
      if (!hasStream(this.#camera, path)) {
        yield this.#reply(404, message, []);
        return;
      }
      const base = `${uri.replace(/^(rtspu?:\/\/)[^/@]{0,200}@/i, '$1').replace(/\/$/, '')}/`;
      const random = persona.random('rtsp-session');
      const body = sessionDescription(
        this.#camera,
        destination,
        base,
        Math.floor(this.#context.now() / 1_000) * 1_000 + (random.next() % 1_000),
      );
      yield this.#reply(
        200,
        message,
        [
          ['Content-Type', 'application/sdp'],
          ['Content-Base', base],
        ],
        body,
      );
      return;
    }
    if (method === 'SETUP') {
      // §12.39: RTP/AVP[/TCP];unicast;client_port=a-b or interleaved=a-b.
      const asked = fieldOf(message, 'transport').split(',')[0]?.slice(0, 256) ?? '';
      const interleaved = /^RTP\/AVP\/TCP/i.test(asked)
        ? (/interleaved=(\d{1,3}-\d{1,3})/i.exec(asked)?.[1] ?? '0-1')
        : null;
      const ports = /client_port=(\d{1,5}-\d{1,5})/i.exec(asked)?.[1] ?? null;
      if (!/^RTP\/AVP/i.test(asked) || (interleaved === null && ports === null)) {
        yield this.#reply(461, message, []);
        return;
      }
      if (this.#session === '')
        this.#session = String(
          100_000_000 + (Buffer.from(this.#context.randomBytes(4)).readUInt32BE(0) % 899_999_999),
        );
      const source = Buffer.from(this.#context.randomBytes(4)).toString('hex').toUpperCase();
      const transport =
        interleaved === null
          ? `RTP/AVP;unicast;client_port=${ports};server_port=${8_000 + 2 * (Number.parseInt(source.slice(0, 3), 16) % 200)}-${8_001 + 2 * (Number.parseInt(source.slice(0, 3), 16) % 200)};ssrc=${source};mode="play"`
          : `RTP/AVP/TCP;unicast;interleaved=${interleaved};ssrc=${source};mode="play"`;
      yield this.#reply(200, message, [
        ['Session', `${this.#session};timeout=60`],
        ['Transport', transport],
      ]);
      return;
    }
    const isOurs =
      this.#session !== '' && fieldOf(message, 'session').split(';')[0]?.trim() === this.#session;
    if (!isOurs && method !== 'ANNOUNCE' && method !== 'GET_PARAMETER' && method !== 'SET_PARAMETER') {
      yield this.#reply(454, message, []);
      return;
    }
    const session: Header[] = isOurs ? [['Session', this.#session]] : [];
    if (method === 'PLAY') {
      this.#playing = true;
      const sequence = Buffer.from(this.#context.randomBytes(6));
      const information = `url=${uri.replace(/\/$/, '')}/trackID=${this.#camera.make === 'hikvision' ? 1 : 0};seq=${sequence.readUInt16BE(0)};rtptime=${sequence.readUInt32BE(2)}`;
      yield this.#reply(200, message, [...session, ['Range', 'npt=now-'], ['RTP-Info', information]]);
    } else if (method === 'TEARDOWN') {
      this.#session = '';
      yield this.#reply(200, message, session);
    } else if (method === 'RECORD' || method === 'ANNOUNCE')
      yield this.#reply(this.#playing ? 455 : 405, message, session);
    else yield this.#reply(200, message, session);
  }

  #reply(status: number, message: HeadMessage, headers: readonly Header[], body = ''): DecoyOutput {
    const { server, make } = this.#camera;
    const sequence = fieldOf(message, 'cseq').slice(0, 32);
    const all: Header[] = [
      ...(sequence === '' ? [] : [['CSeq', sequence] as const]),
      ...(server === '' ? [] : [['Server', server] as const]),
      ...headers,
      ...(make === 'dahua' ? [] : [['Date', dateOf(this.#context.now(), make)] as const]),
      ...(body === '' ? [] : [['Content-Length', String(body.length)] as const]),
    ];
    const text = `RTSP/1.0 ${status} ${reasons[status] ?? 'Error'}\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
    return { do: 'reply', bytes: Buffer.from(text, 'latin1') };
  }

  /** Heads and bodies that are longer than the buffers of Hikvision's recorders (Rapid7, 2014). */
  *#exploits(headers: readonly Header[], claim: number): Iterable<DecoyOutput> {
    const exploit = (name: string, cve: string, detail: string): DecoyOutput => ({
      do: 'saw',
      fact: {
        kind: 'exploit',
        service: 'rtsp',
        class: 'rce',
        name,
        cves: [cve],
        technique: 'T1190',
        detail,
      } satisfies ExploitFact,
    });
    const authorization = fieldOf({ headers }, 'authorization');
    if (authorization.length > 512 && parseDigest(authorization) === null)
      yield exploit(
        'hikvision-rtsp-authorization',
        'CVE-2014-4880',
        `Authorization of ${authorization.length} octets`,
      );
    if (claim > 4_096) yield exploit('hikvision-rtsp-body', 'CVE-2014-4878', `body of ${claim} octets`);
    const long = headers.find(
      ([name, value]) => name.toLowerCase() !== 'authorization' && value.length > 1_024,
    );
    if (long !== undefined)
      yield exploit(
        'hikvision-rtsp-header',
        'CVE-2014-4879',
        `${printable(long[0], 64)} of ${long[1].length} octets`,
      );
  }
}

/** Hikvision writes `Thu, Jan 01 2015 00:00:00 GMT`, others as RFC 1123 does. */
function dateOf(milliseconds: number, make: Camera['make']): string {
  const text = new Date(milliseconds).toUTCString();
  const [weekday = '', day = '', month = '', year = '', time = ''] = text.split(' ');
  return make === 'hikvision' ? `${weekday} ${month} ${day} ${year} ${time} GMT` : text;
}
