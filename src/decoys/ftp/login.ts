/** USER and PASS. */

import type { DecoyOutput } from '../../core/decoy.ts';
import { pamDelay } from '../credentials/refusal-delay.ts';
import type { ControlConnection } from './control-connection.ts';

const maximumFailures = 3;

export class Login {
  readonly #control: ControlConnection;
  #user: string | null = null;
  #failures = 0;

  constructor(control: ControlConnection) {
    this.#control = control;
  }

  /** RFC 959 §4.1.1: USER <SP> <username> <CRLF> */
  *name(user: string): Iterable<DecoyOutput> {
    if (this.#control.isLoggedIn) {
      yield* this.#control.say(this.#control.words.reauthentication(this.#control.isAnonymous));
      return;
    }
    if (user.includes(':)')) {
      yield this.#control.exploit({
        class: 'rce',
        name: 'vsftpd-smiley-backdoor',
        cves: ['CVE-2011-2523'],
        technique: 'T1190',
        detail: `USER ${user}`,
      });
    }
    this.#user = user;
    yield* this.#control.say(this.#control.words.passwordFor(this.#isGuest(user), user));
  }

  #isGuest(user: string): boolean {
    return this.#control.server.isAnonymous && /^(?:anonymous|ftp)$/i.test(user);
  }

  /** RFC 959 §4.1.1: PASS <SP> <password> <CRLF> */
  *password(password: string): Iterable<DecoyOutput> {
    const user = this.#user;
    if (this.#control.isLoggedIn) {
      yield* this.#control.say(this.#control.words.already);
      return;
    }
    if (user === null) {
      yield* this.#control.say(this.#control.words.userFirst);
      return;
    }
    this.#user = null;
    const { login, users } = this.#control.context.persona;
    const isGuest = this.#isGuest(user);
    const count = isGuest ? 0 : this.#control.context.countAttempt();
    const known = login.accepted.some(
      ([one, other]) => (one === '*' || one === user) && (other === '*' || other === password),
    );
    const accepted = isGuest || known || (login.acceptAfter > 0 && count >= login.acceptAfter);
    yield {
      do: 'saw',
      fact: { kind: 'auth', service: 'ftp', user, method: 'password', password, accepted },
    };
    // The backdoor's child waits on a port of its own, and this conversation gets no answer any more.
    if (user.includes(':)') && this.#control.server.isBackdoored) return;
    if (!accepted) {
      this.#failures += 1;
      // PAM's delay, and vsftpd sleeps for a second more (`delay_failed_login`).
      const own = this.#control.server.product === 'vsftpd' ? 1_000 : 0;
      yield { do: 'pause', milliseconds: own + pamDelay(this.#control.context, 2_000) };
      if (this.#failures >= maximumFailures) yield* this.#control.close(this.#control.words.incorrect);
      else yield* this.#control.say(this.#control.words.incorrect);
      return;
    }
    this.#control.isLoggedIn = true;
    this.#control.isAnonymous = isGuest;
    if (isGuest)
      this.#control.files.confine(this.#control.server.anonymousRoot, this.#control.server.anonymousMayWrite);
    else {
      const account = users.find((one) => one.name === user);
      this.#control.files.enter(account?.uid ?? 1_000, account?.home ?? '/');
    }
    yield* this.#control.say(this.#control.words.loggedIn(isGuest, user));
  }
}
