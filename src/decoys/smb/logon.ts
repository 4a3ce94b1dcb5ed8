/** NTLM logons: challenge, answer, and what the persona's login policy makes of it ([MS-NLMP]). */

import { Buffer } from 'node:buffer';
import { createCipheriv, createHash } from 'node:crypto';
import type { DecoyContext } from '../../core/decoy.ts';
import type { AuthFact } from '../../core/observation.ts';
import { md4, Rc4, sessionKeyOf } from '../../wire/ntlm-keys.ts';
import {
  decodeAuthenticate,
  encodeChallenge,
  findNtlm,
  negotiateFlags,
  type NtlmAuthenticate,
  ntlmFlag,
  ntlmType,
} from '../../wire/ntlm-message.ts';
import { plantedPasswords } from '../../wire/planted-credential.ts';
import type { FileServer } from './server.ts';

export interface LogonOutcome {
  /** A stranger is a guest whose name the server has never heard (`map to guest = bad user`), and so sees open shares alone. */
  readonly kind: 'anonymous' | 'stranger' | 'guest' | 'user' | 'refused';
  readonly fact: AuthFact | null;
  /** The key that both sides know; null where the password is not known, and so nothing can be signed. */
  readonly sessionKey: Buffer | null;
  readonly user: string;
}

export class Logon {
  readonly #context: DecoyContext;
  readonly challenge: Uint8Array;

  readonly #takesStrangers: boolean;

  constructor(context: DecoyContext, takesStrangers: boolean) {
    this.#context = context;
    this.#takesStrangers = takesStrangers;
    this.challenge = context.randomBytes(8);
  }

  /** The CHALLENGE for a NEGOTIATE in this token; the outcome for an AUTHENTICATE; null for neither. */
  answer(token: Uint8Array, server: FileServer): Buffer | LogonOutcome | null {
    const at = findNtlm(token);
    if (at < 0) return null;
    const message = token.subarray(at);
    if (ntlmType(message) === 1) {
      return encodeChallenge(this.challenge, negotiateFlags(message), {
        computer: server.computer,
        domain: server.isSamba || server.dnsDomain === '' ? server.computer : server.workgroup,
        dnsComputer: `${server.computer.toLowerCase()}${server.dnsDomain === '' ? '' : `.${server.dnsDomain}`}`,
        dnsDomain: server.dnsDomain,
        version: server.version,
        now: this.#context.now(),
      });
    }
    const given = decodeAuthenticate(message);
    if (given === null) return null;
    // Some clients put NTLMv1's answer where the older one stands, and cut it short in its own place (nmap does); servers take either.
    const isInOldPlace = given.response.length < 24 && given.oldResponse.length === 24;
    const response = isInOldPlace ? given.oldResponse : given.response;
    return this.judge(given.user, given.domain, given.workstation, response, {
      encrypted: given.sessionKey,
      exchanged: (given.flags & ntlmFlag.keyExchange) !== 0,
      clientChallenge: isExtended(given) ? given.oldResponse.subarray(0, 8) : null,
    });
  }

  /** The password that some decoy of this sensor has left lying about, where it is what the response proves. */
  #plantedBehind(user: string, domain: string, response: Buffer, asked: Uint8Array): string | null {
    const { persona, source } = this.#context;
    const isProved = (password: string): boolean =>
      response.length === 24
        ? answerOf(password, asked).equals(response)
        : sessionKeyOf(user, domain, password, this.challenge, response) !== null;
    return plantedPasswords(persona, source).find(isProved) ?? null;
  }

  /** `response` is what NtChallengeResponse holds: 24 octets of NTLMv1, or an NTLMv2 proof and its blob. */
  judge(
    user: string,
    domain: string,
    workstation: string,
    response: Buffer,
    key: {
      readonly encrypted: Buffer;
      readonly exchanged: boolean;
      /** Of a response of 24 octets with extended session security. */
      readonly clientChallenge: Buffer | null;
    },
  ): LogonOutcome {
    if (user === '' && response.length <= 1)
      return { kind: 'anonymous', fact: null, sessionKey: null, user: '' };
    const { login } = this.#context.persona;
    const asked = answered(this.challenge, key.clientChallenge);
    const count = this.#context.countAttempt();
    const lower = user.toLowerCase();
    let base: Buffer | null = null;
    let isProved = false;
    let isAccepted = login.acceptAfter > 0 && count >= login.acceptAfter;
    for (const [name, password] of login.accepted) {
      if (name !== '*' && name.toLowerCase() !== lower) continue;
      if (password === '*') isAccepted = true;
      else if (response.length === 24) isProved ||= answerOf(password, asked).equals(response);
      else base ??= sessionKeyOf(user, domain, password, this.challenge, response);
    }
    if (base !== null || isProved) isAccepted = true;
    const planted = this.#plantedBehind(user, domain, response, asked);
    const fact: AuthFact = {
      kind: 'auth',
      service: 'smb',
      user: domain === '' ? user : `${domain}\\${user}`,
      method: 'other',
      password: planted ?? netNtlm(user, domain, workstation, this.challenge, response, key.clientChallenge),
      accepted: isAccepted,
    };
    if (!isAccepted) {
      const isUser =
        this.#context.persona.users.some((one) => one.name === lower && one.uid >= 1_000) ||
        login.accepted.some(([name]) => name.toLowerCase() === lower);
      const kind = this.#takesStrangers && !isUser ? 'stranger' : 'refused';
      return { kind, fact, sessionKey: null, user };
    }
    if (base === null) return { kind: isProved ? 'user' : 'guest', fact, sessionKey: null, user };
    const exchanged = key.exchanged && key.encrypted.length === 16;
    return { kind: 'user', fact, user, sessionKey: exchanged ? new Rc4(base).next(key.encrypted) : base };
  }
}

/** With extended session security the older response is the client's challenge of eight octets, and nothing. */
const isExtended = ({ flags, response, oldResponse }: NtlmAuthenticate): boolean =>
  (flags & ntlmFlag.extendedSessionSecurity) !== 0 &&
  response.length === 24 &&
  oldResponse.length === 24 &&
  oldResponse.subarray(8).every((octet) => octet === 0);

/** What a response of 24 octets answers: the challenge, with extended session security a hash over those of both sides. */
const answered = (challenge: Uint8Array, clientChallenge: Uint8Array | null): Uint8Array =>
  clientChallenge === null
    ? challenge
    : createHash('md5').update(challenge).update(clientChallenge).digest().subarray(0, 8);

/** NTLMv1 ([MS-NLMP] §3.3.1): the challenge under three DES keys of seven octets each, of the password's MD4 and five zeros. */
function answerOf(password: string, challenge: Uint8Array): Buffer {
  const hash = Buffer.concat([md4(Buffer.from(password, 'utf16le')), Buffer.alloc(5)]);
  const parts = [0, 7, 14].map((start) => {
    const bits = hash
      .subarray(start, start + 7)
      .reduce<bigint>((sum, octet) => sum * 256n + BigInt(octet), 0n);
    // Seven bits an octet; the eighth is parity, which nobody looks at.
    const key = Buffer.from(
      Array.from({ length: 8 }, (_, index) => Number((bits >> BigInt(49 - 7 * index)) & 127n) << 1),
    );
    // OpenSSL 3 has DES no longer but as three of the same.
    const cipher = createCipheriv('des-ede3', Buffer.concat([key, key, key]), null).setAutoPadding(false);
    return Buffer.concat([cipher.update(challenge), cipher.final()]);
  });
  return Buffer.concat(parts);
}

/** The answer as password crackers read it: NetNTLMv2 `user::domain:challenge:proof:blob`, NetNTLMv1 `user::workstation:lm:nt:challenge`. */
function netNtlm(
  user: string,
  domain: string,
  workstation: string,
  challenge: Uint8Array,
  response: Buffer,
  clientChallenge: Buffer | null,
): string {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  if (response.length > 24)
    return `${user}::${domain}:${hex(challenge)}:${hex(response.subarray(0, 16))}:${hex(response.subarray(16, 1_040))}`;
  const old = clientChallenge === null ? '' : `${hex(clientChallenge)}${'00'.repeat(16)}`;
  return `${user}::${workstation}:${old}:${hex(response)}:${hex(challenge)}`;
}
