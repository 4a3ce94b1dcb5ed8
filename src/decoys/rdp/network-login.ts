/** Network level authentication, server side: CredSSP over NTLMv2 ([MS-CSSP] §3.1.5). */

import { Buffer } from 'node:buffer';
import { createHash, X509Certificate } from 'node:crypto';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import type { Persona } from '../../core/persona.ts';
import { plantedPasswords } from '../../wire/planted-credential.ts';
import { derChildren, readDer } from '../../wire/der-reader.ts';
import { NtlmSeal, Rc4, sessionKeyOf } from '../../wire/ntlm-keys.ts';
import {
  decodeAuthenticate,
  encodeChallenge,
  findNtlm,
  negotiateFlags,
  type NtlmAuthenticate,
  ntlmFlag,
  ntlmType,
} from '../../wire/ntlm-message.ts';
import { encodeAnswer, readCredentials, readRequest, type Request, wrapChallenge } from './credentials.ts';
import type { RdpSetting } from './setting.ts';

const ourVersion = 6;
const logonFailure = 0xc000006d;

const guesses: readonly string[] = (
  '|123456|password|Password|Password1|P@ssw0rd|Passw0rd|admin|Admin123|admin123|12345678|123456789|1234|12345|1234567|qwerty|' +
  'abc123|111111|000000|123123|1q2w3e4r|1qaz2wsx|1qaz@WSX|!QAZ2wsx|Aa123456|a123456|welcome|Welcome1|letmein|test|test123|' +
  'user|guest|changeme|administrator|Administrator|server|Server2019|backup|support|scanner|pos|office|P@ssword|Pa$$w0rd'
).split('|');

const publicKeys = new WeakMap<Persona, Buffer>();

/** SubjectPublicKey of the certificate, as CredSSP binds it: the octets of the BIT STRING. */
function publicKeyOf(persona: Persona): Buffer {
  let key = publicKeys.get(persona);
  if (key === undefined) {
    const certificate = new X509Certificate(persona.tls?.certificate ?? '');
    const spki = readDer(certificate.publicKey.export({ type: 'spki', format: 'der' }));
    const bits = derChildren(spki?.contents ?? new Uint8Array(0))[1];
    key = Buffer.from(bits?.contents.subarray(1) ?? []);
    publicKeys.set(persona, key);
  }
  return key;
}

export class NetworkLogin {
  readonly #context: DecoyContext;
  readonly #setting: RdpSetting;
  readonly #challenge: Buffer;
  #wrapped = false;
  #seals: { readonly client: NtlmSeal; readonly server: NtlmSeal } | null = null;
  /** `done` once the client's credentials were taken. */
  state: 'talking' | 'done' | 'refused' = 'talking';

  constructor(context: DecoyContext, setting: RdpSetting) {
    this.#context = context;
    this.#setting = setting;
    this.#challenge = Buffer.from(context.randomBytes(8));
  }

  /** A whole TSRequest. */
  *take(bytes: Uint8Array): Iterable<DecoyOutput> {
    const request = readRequest(bytes);
    if (request === null) {
      this.state = 'refused';
      return;
    }
    if (this.#seals !== null) {
      yield* this.#credentials(request, this.#seals.client);
      return;
    }
    const at = findNtlm(request.token);
    const message = at < 0 ? Buffer.alloc(0) : request.token.subarray(at);
    const type = ntlmType(message);
    if (type === 1) yield* this.#challengeFor(request, message, at > 0);
    else if (type === 3) yield* this.#authenticate(request, message);
    else yield* this.#refuse(request);
  }

  *#challengeFor(request: Request, message: Buffer, wrapped: boolean): Iterable<DecoyOutput> {
    const { computer, domain, dnsDomain, version } = this.#setting;
    this.#wrapped = wrapped;
    const dnsComputer = dnsDomain === computer.toLowerCase() ? computer : `${computer}.${dnsDomain}`;
    const challenge = encodeChallenge(this.#challenge, negotiateFlags(message), {
      computer,
      domain,
      dnsComputer,
      dnsDomain: dnsDomain === computer.toLowerCase() ? computer : dnsDomain,
      version,
      now: this.#context.now(),
    });
    const token = wrapped ? wrapChallenge(challenge) : challenge;
    yield { do: 'reply', bytes: encodeAnswer(versionOf(request), { token }) };
  }

  *#authenticate(request: Request, message: Buffer): Iterable<DecoyOutput> {
    const said = decodeAuthenticate(message);
    if (said === null) {
      yield* this.#refuse(request);
      return;
    }
    const { accepted, acceptAfter } = this.#context.persona.login;
    const count = this.#context.countAttempt();
    const same = (name: string): boolean => name === '*' || name.toLowerCase() === said.user.toLowerCase();
    const known = accepted
      .filter(([name, secret]) => same(name) && secret !== '*')
      .map(([, secret]) => secret);
    const more = accepted.map(([, secret]) => secret);
    let key: Buffer | null = null;
    let password: string | null = null;
    const planted = plantedPasswords(this.#context.persona, this.#context.source);
    for (const guess of new Set([
      ...known,
      ...more,
      ...planted,
      ...guesses,
      said.user,
      said.user.toLowerCase(),
    ])) {
      key = sessionKeyOf(said.user, said.domain, guess, this.#challenge, said.response);
      if (key === null) continue;
      password = guess;
      break;
    }
    const anything = accepted.some(([name, secret]) => same(name) && secret === '*');
    // Only who knows the password has the key by which the rest is sealed: a guess that nobody knows cannot be let in.
    const lets =
      password !== null &&
      (known.includes(password) || anything || (acceptAfter > 0 && count >= acceptAfter));
    yield {
      do: 'saw',
      fact: {
        kind: 'auth',
        service: 'rdp',
        user: said.domain === '' ? said.user : `${said.domain}\\${said.user}`,
        method: 'password',
        password: password ?? this.#crackable(said),
        accepted: lets,
      },
    };
    if (key === null || !lets || request.publicKey.length === 0) {
      yield* this.#refuse(request);
      return;
    }
    yield* this.#bind(request, said, key);
  }

  /** The way hashcat and john write what they are to crack: user::domain:challenge:proof:rest. */
  #crackable({ user, domain, response }: NtlmAuthenticate): string {
    if (response.length < 24) return '';
    const proof = response.toString('hex', 0, 16);
    return `${user}::${domain}:${this.#challenge.toString('hex')}:${proof}:${response.toString('hex', 16)}`.slice(
      0,
      1024,
    );
  }

  /** The client has sealed our public key, or its hash; so do we, to show that nobody stands between. */
  *#bind(request: Request, said: NtlmAuthenticate, base: Buffer): Iterable<DecoyOutput> {
    const exchanged = (said.flags & ntlmFlag.keyExchange) !== 0 && said.sessionKey.length === 16;
    const sessionKey = exchanged ? new Rc4(base).next(said.sessionKey) : base;
    const client = new NtlmSeal(sessionKey, 'client', exchanged);
    const server = new NtlmSeal(sessionKey, 'server', exchanged);
    const publicKey = publicKeyOf(this.#context.persona);
    const hash = (direction: string): Buffer =>
      createHash('sha256')
        .update(`CredSSP ${direction} Binding Hash\0`, 'latin1')
        .update(request.nonce)
        .update(publicKey)
        .digest();
    const isHashed = versionOf(request) >= 5;
    const opened = client.open(request.publicKey);
    const expected = isHashed ? hash('Client-To-Server') : publicKey;
    if (opened === null || !opened.equals(expected)) {
      yield* this.#refuse(request);
      return;
    }
    const next = Buffer.from(publicKey);
    next[0] = ((next[0] ?? 0) + 1) & 255;
    const bound = server.seal(isHashed ? hash('Server-To-Client') : next);
    this.#seals = { client, server };
    // NegTokenResp accept-completed
    const done = Buffer.from('a1073005a0030a0100', 'hex');
    const answer = { publicKey: bound, ...(this.#wrapped ? { token: done } : {}) };
    yield { do: 'reply', bytes: encodeAnswer(versionOf(request), answer) };
  }

  *#credentials(request: Request, seal: NtlmSeal): Iterable<DecoyOutput> {
    const opened = seal.open(request.authInfo);
    const credentials = opened === null ? null : readCredentials(opened);
    if (credentials === null) {
      yield* this.#refuse(request);
      return;
    }
    this.state = 'done';
  }

  *#refuse(request: Request): Iterable<DecoyOutput> {
    this.state = 'refused';
    // Error codes came with version 3.
    if (versionOf(request) >= 3 && versionOf(request) !== 5)
      yield { do: 'reply', bytes: encodeAnswer(versionOf(request), { error: logonFailure }) };
  }
}

const versionOf = (request: Request): number => Math.min(ourVersion, Math.max(2, request.version));
