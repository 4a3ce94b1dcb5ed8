/** What a client has got wrong, and what that costs it: Postfix slows it down, then shows it the door. */

import type { DecoyOutput } from '../../core/decoy.ts';
import { reply } from './reply.ts';

/** Postfix's own defaults (postconf -d). */
const softErrors = 10;
const hardErrors = 20;
const junkCommands = 100;

export class ClientErrors {
  #errors = 0;
  #junk = 0;

  /** True where its next command is its last. */
  get areTooMany(): boolean {
    return this.#errors >= hardErrors;
  }

  /** It has sent a command that brings nothing on; past a hundred each is an error. */
  countJunk(): void {
    this.#junk += 1;
    if (this.#junk > junkCommands) this.#errors += 1;
  }

  /** An error, and the second that a client with many of them waits for each (smtpd_error_sleep_time). */
  *refuse(text: string): Iterable<DecoyOutput> {
    this.#errors += 1;
    if (this.#errors > softErrors) yield { do: 'pause', milliseconds: 1_000 };
    yield reply(text);
  }

  /** A message was taken: it starts anew. */
  forget(): void {
    this.#errors = 0;
    this.#junk = 0;
  }
}
