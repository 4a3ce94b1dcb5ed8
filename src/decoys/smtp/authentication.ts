/** SASL as Postfix and Dovecot speak it: one exchange at a time, each guess judged by the persona's login policy. */

import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import type { DecoyContext } from '../../core/decoy.ts';
import type { AuthFact } from '../../core/observation.ts';

type AuthenticationStep =
  /** The text behind `334 `. */
  | { readonly say: 'challenge'; readonly text: string }
  | { readonly say: 'guess'; readonly fact: AuthFact }
  | { readonly say: 'refused'; readonly why: string };

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

function decode(text: string): string | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  return Buffer.from(text, 'base64').toString('utf8');
}

export class Authentication {
  readonly #context: DecoyContext;
  readonly #mechanism: string;
  #user: string | null = null;
  #challenge = '';

  constructor(context: DecoyContext, mechanism: string) {
    this.#context = context;
    this.#mechanism = mechanism;
  }

  /** RFC 4954 §4: `AUTH mechanism [initial-response]`; `=` is an empty response. */
  begin(response: string | null): AuthenticationStep {
    if (response !== null) {
      const text = response === '=' ? '' : decode(response);
      if (text === null) return { say: 'refused', why: 'Invalid base64 data in initial response' };
      return this.#answer(text);
    }
    if (this.#mechanism === 'LOGIN') return { say: 'challenge', text: base64('Username:') };
    if (this.#mechanism === 'CRAM-MD5') {
      // RFC 2195 §2: <random.time@host>
      const random = Buffer.from(this.#context.randomBytes(8)).readBigUInt64BE();
      const digits = random.toString().slice(-16).padStart(16, '1');
      const seconds = Math.floor(this.#context.now() / 1000);
      this.#challenge = `<${digits}.${seconds}@${this.#context.persona.hostname.split('.')[0]}>`;
      return { say: 'challenge', text: base64(this.#challenge) };
    }
    return { say: 'challenge', text: '' };
  }

  /** The client's line behind a challenge. */
  continue(line: string): AuthenticationStep {
    const text = decode(line.trim());
    if (text === null) return { say: 'refused', why: 'Invalid base64 data in continued response' };
    return this.#answer(text);
  }

  #answer(text: string): AuthenticationStep {
    switch (this.#mechanism) {
      case 'LOGIN':
        if (this.#user === null) {
          if (text === '') return { say: 'refused', why: '' };
          this.#user = text;
          return { say: 'challenge', text: base64('Password:') };
        }
        return this.#password(this.#user, text);
      case 'CRAM-MD5':
        return this.#digest(text);
      default: {
        // RFC 4616 §2: [authzid] NUL authcid NUL passwd
        const [, user, password] = text.split('\0');
        if (user === undefined || password === undefined) return { say: 'refused', why: '' };
        return this.#password(user, password);
      }
    }
  }

  #password(user: string, password: string): AuthenticationStep {
    const { accepted, acceptAfter } = this.#context.persona.login;
    const count = this.#context.countAttempt();
    const name = user.split('@')[0];
    const known = accepted.some(
      ([one, other]) =>
        (one === '*' || one === user || one === name) && (other === '*' || other === password),
    );
    const lets = known || (acceptAfter > 0 && count >= acceptAfter);
    return {
      say: 'guess',
      fact: { kind: 'auth', service: 'smtp', user, method: 'password', password, accepted: lets },
    };
  }

  /** RFC 2195 §2: user, a blank, and HMAC-MD5 of the challenge in hex. The pair of challenge and answer is kept as crackers read it. */
  #digest(text: string): AuthenticationStep {
    const blank = text.lastIndexOf(' ');
    if (blank < 1 || this.#challenge === '') return { say: 'refused', why: '' };
    const user = text.slice(0, blank);
    const digest = text.slice(blank + 1).toLowerCase();
    const { accepted, acceptAfter } = this.#context.persona.login;
    const count = this.#context.countAttempt();
    const known = accepted.some(
      ([one, password]) =>
        (one === '*' || one === user || one === user.split('@')[0]) &&
        (password === '*' || createHmac('md5', password).update(this.#challenge).digest('hex') === digest),
    );
    return {
      say: 'guess',
      fact: {
        kind: 'auth',
        service: 'smtp',
        user,
        method: 'other',
        password: `$cram_md5$${base64(this.#challenge)}$${Buffer.from(text).toString('base64')}`,
        accepted: known || (acceptAfter > 0 && count >= acceptAfter),
      },
    };
  }
}
