import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { guessedPassword, parseDigest } from '../../wire/digest-access.ts';
import {
  fieldOf,
  headLimit,
  HeadMessageReader,
  parseDatagram,
  type HeadMessage,
} from '../../wire/head-message.ts';
import { plantedPasswords } from '../../wire/planted-credential.ts';
import { exchangeOf, type Exchange } from './exchange.ts';
import { allowOf, writeReply, type Reply } from './response.ts';

const requestsPerConnection = 5_000;
const knownMethods = new Set([
  'REGISTER',
  'INVITE',
  'OPTIONS',
  'SUBSCRIBE',
  'PUBLISH',
  'MESSAGE',
  'REFER',
  'NOTIFY',
  'INFO',
  'BYE',
  'UPDATE',
  'PRACK',
]);

const printable = (text: string, limit: number): string =>
  text.replaceAll(/[^\x20-\x7e]/g, '.').slice(0, limit);
const userOf = (uri: string): string => /sips?:([^@;>\s]{1,256})@/i.exec(uri)?.[1] ?? '';

type Access = { readonly kind: 'none' | 'wrong' } | { readonly kind: 'in'; readonly user: string };

export class SipSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #exchange: Exchange;
  readonly #reader = new HeadMessageReader();
  #requests = 0;
  #over = false;
  #agent = '';

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#exchange = exchangeOf(context.persona);
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#over) return;
    if (this.#context.transport === 'udp') {
      // RFC 5626 §4.4.1 and what phones send to keep a way open: blank datagrams, answered by none.
      const message = parseDatagram(bytes);
      if (message !== null) yield* this.#request(message, bytes.length);
      return;
    }
    for (const message of this.#reader.push(bytes)) {
      this.#requests += 1;
      if (message === 'bad' || 'interleaved' in message || this.#requests > requestsPerConnection) {
        this.#over = true;
        yield { do: 'close' };
        return;
      }
      yield* this.#request(message, headLimit * 2);
    }
  }

  /** RFC 3261 §7.1: Method SP Request-URI SP SIP-Version. `room` is what may be answered. */
  *#request(message: HeadMessage, room: number): Iterable<DecoyOutput> {
    const parsed = /^([A-Za-z]{1,32}) (\S{1,2048}) SIP\/2\.0\s*$/.exec(message.line);
    // Responses, and what is no SIP, are dropped as a stray message would be.
    if (parsed === null) return;
    const method = (parsed[1] ?? '').toUpperCase();
    const uri = parsed[2] ?? '';
    const agent = fieldOf(message, 'user-agent').slice(0, 256);
    if (agent !== '' && agent !== this.#agent) {
      this.#agent = agent;
      yield { do: 'know', protocol: 'sip', fingerprints: { banner: printable(agent, 256) } };
    }
    const from = userOf(fieldOf(message, 'from', 'f'));
    const contact = fieldOf(message, 'contact', 'm');
    yield {
      do: 'saw',
      fact: {
        kind: 'command',
        service: 'sip',
        input: printable(
          `${method} ${uri} from=${from} agent=${agent}${contact === '' ? '' : ` contact=${contact}`}`,
          1_024,
        ),
      },
    };
    // A request without these can't be answered to anybody (§8.1.1).
    const isWhole = ['via', 'from', 'to', 'call-id', 'cseq'].every(
      (name) => fieldOf(message, name, shortOf[name] ?? name) !== '',
    );
    if (!isWhole || method === 'ACK') return;
    const access = yield* this.#access(message, method);
    let left = room;
    for (const reply of this.#answer(method, uri, message, access)) {
      const tag = createHash('md5')
        .update(`${this.#context.persona.seed}:${fieldOf(message, 'call-id', 'i')}`)
        .digest('hex');
      const shown =
        this.#exchange.stack === 'sip'
          ? `as${tag.slice(0, 8)}`
          : `${tag.slice(0, 8)}-${tag.slice(8, 12)}-${tag.slice(12, 16)}-${tag.slice(16, 20)}-${tag.slice(20, 32)}`;
      const peer = { source: this.#context.source, port: this.#context.sourcePort };
      const text = writeReply(message, reply, this.#exchange, peer, shown, left);
      // Over UDP nothing may be larger than what asked for it: an answer that can't be cut is not given.
      if (text === null) continue;
      left -= text.length;
      yield { do: 'reply', bytes: Buffer.from(text, 'latin1') };
    }
    if (method === 'INVITE') yield* this.#call(uri, message);
  }

  /** Checks Authorization, and records the attempt with the password where it is one that everybody guesses. */
  *#access(message: HeadMessage, method: string): Generator<DecoyOutput, Access, undefined> {
    const value = fieldOf(message, 'authorization') || fieldOf(message, 'proxy-authorization');
    const digest = parseDigest(value);
    if (digest === null) return { kind: 'none' };
    const known = this.#exchange.extensions.get(digest.user);
    const guess = guessedPassword(digest, method, [
      ...(known === undefined ? [] : [known]),
      ...plantedPasswords(this.#context.persona, this.#context.source),
    ]);
    const attempts = this.#context.countAttempt();
    const { acceptAfter } = this.#context.persona.login;
    const isOurs = digest.realm === this.#exchange.realm;
    const accepted =
      isOurs && known !== undefined && (guess === known || (acceptAfter > 0 && attempts >= acceptAfter));
    yield {
      do: 'saw',
      fact: {
        kind: 'auth',
        service: 'sip',
        user: digest.user,
        method: 'other',
        ...(guess === null ? {} : { password: guess }),
        accepted,
      },
    };
    yield {
      do: 'saw',
      fact: { kind: 'command', service: 'sip', input: printable(`${method} ${value}`, 1_024) },
    };
    return accepted ? { kind: 'in', user: digest.user } : { kind: 'wrong' };
  }

  *#answer(method: string, uri: string, message: HeadMessage, access: Access): Iterable<Reply> {
    const { stack } = this.#exchange;
    const allow = ['Allow', allowOf(this.#exchange)] as const;
    const supported = ['Supported', 'replaces, timer'] as const;
    const common = stack === 'sip' ? [allow, supported] : [];
    if (method === 'CANCEL' || method === 'BYE' || method === 'PRACK' || method === 'UPDATE') {
      yield {
        status: 481,
        reason: stack === 'sip' ? 'Call leg/transaction does not exist' : 'Call/Transaction Does Not Exist',
        optional: common,
      };
      return;
    }
    if (!knownMethods.has(method)) {
      yield stack === 'sip'
        ? { status: 501, reason: 'Method Not Implemented', optional: common }
        : { status: 405, reason: 'Method Not Allowed', optional: [allow] };
      return;
    }
    if (stack === 'sip' && method === 'OPTIONS') {
      const contact = `<sip:${this.#context.destination}:${this.#context.destinationPort}>`;
      // An extension `s` that nobody has made is not found.
      yield userOf(uri) === '' || this.#exchange.extensions.has(userOf(uri)) || userOf(uri) === '100'
        ? {
            status: 200,
            reason: 'OK',
            optional: [...common, ['Contact', contact], ['Accept', 'application/sdp']],
          }
        : { status: 404, reason: 'Not Found', optional: [...common, ['Accept', 'application/sdp']] };
      return;
    }
    if (access.kind === 'none' || (access.kind === 'wrong' && (stack === 'pjsip' || method !== 'REGISTER'))) {
      const [headers = [], ...shorter] = this.#challenges(message).map((value) => [
        ['WWW-Authenticate', value] as const,
      ]);
      yield { status: 401, reason: 'Unauthorized', headers, shorter, optional: common };
      return;
    }
    if (access.kind === 'wrong') {
      yield { status: 403, reason: 'Forbidden', optional: common };
      return;
    }
    if (method === 'REGISTER') {
      const contact = fieldOf(message, 'contact', 'm');
      const expires =
        /;\s*expires=(\d{1,6})/i.exec(contact)?.[1] ?? (fieldOf(message, 'expires').slice(0, 6) || '3600');
      const date = ['Date', new Date(this.#context.now()).toUTCString()] as const;
      const bare = /<[^>]{1,512}>/.exec(contact)?.[0] ?? '';
      const bound = bare === '' ? [] : [['Contact', `${bare};expires=${expires}`] as const];
      yield {
        status: 200,
        reason: 'OK',
        headers: bound,
        optional: stack === 'sip' ? [...common, ['Expires', expires], date] : [date, ['Expires', expires]],
      };
      return;
    }
    if (method === 'INVITE') {
      yield { status: 100, reason: 'Trying', optional: common };
      const number = userOf(uri);
      // A line of the house rings and is not taken; for a number outside there is no trunk.
      yield this.#exchange.extensions.has(number)
        ? { status: 480, reason: 'Temporarily Unavailable', optional: common }
        : /^[+*#\d]{5,}$/.test(number)
          ? { status: 503, reason: 'Service Unavailable', optional: common }
          : { status: 404, reason: 'Not Found', optional: common };
      return;
    }
    yield method === 'OPTIONS'
      ? {
          status: 200,
          reason: 'OK',
          optional: [
            ['Allow', allowOf(this.#exchange)],
            ['Supported', '100rel, timer, replaces, norefersub'],
            ['Accept', 'application/sdp, message/sipfrag;version=2.0'],
          ],
        }
      : { status: 404, reason: 'Not Found', optional: common };
  }

  /**
   * RFC 3261 §22.4. PJSIP's nonce is the time and a hash, so that it need not be remembered; the older driver's is a random number.
   * Behind the usual form shorter ones, for requests over UDP that leave little room.
   */
  #challenges(message: HeadMessage): string[] {
    const { stack, realm, opaque } = this.#exchange;
    const seconds = Math.floor(this.#context.now() / 1_000);
    const hash = createHash('md5')
      .update(
        `${this.#context.persona.seed}:${seconds}:${this.#context.source}:${fieldOf(message, 'call-id', 'i')}`,
      )
      .digest('hex');
    if (stack === 'sip') return [`Digest algorithm=MD5, realm="${realm}", nonce="${hash.slice(0, 8)}"`];
    const head = `Digest realm="${realm}",nonce="${seconds}/${hash}"`;
    return [
      `${head},opaque="${opaque}",algorithm=MD5,qop="auth"`,
      `${head},algorithm=MD5`,
      `Digest realm="${realm}",nonce="${seconds}"`,
    ];
  }

  /** A call to a number that costs somebody money: what toll fraud begins with. */
  *#call(uri: string, message: HeadMessage): Iterable<DecoyOutput> {
    const number = userOf(uri) || userOf(fieldOf(message, 'to', 't'));
    const digits = number.replaceAll(/[^\d]/g, '');
    if (digits.length < 7) return;
    yield {
      do: 'saw',
      fact: {
        kind: 'exploit',
        service: 'sip',
        class: 'protocol',
        name: 'sip-toll-fraud',
        cves: [],
        technique: 'T1496',
        detail: printable(`call to ${number} from ${userOf(fieldOf(message, 'from', 'f'))}`, 300),
      },
    };
  }
}

/** RFC 3261 §7.3.3. */
const shortOf: Readonly<Record<string, string>> = { via: 'v', from: 'f', to: 't', 'call-id': 'i' };
