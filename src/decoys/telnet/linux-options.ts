/**
 * The option negotiation of inetutils' telnetd 2.4, as Debian's was seen to do it: nothing is said to the visitor before he has answered
 * what is asked, so a client that knows no options gets no prompt.
 */

import { telnet as code, telnetOption } from '../../wire/telnet-stream.ts';

const option = {
  binary: 0,
  echo: telnetOption.echo,
  suppressGoAhead: telnetOption.suppressGoAhead,
  status: 5,
  timingMark: 6,
  terminalType: telnetOption.terminalType,
  windowSize: telnetOption.windowSize,
  terminalSpeed: 32,
  flowControl: 33,
  lineMode: 34,
  displayLocation: 35,
  oldEnvironment: 36,
  authentication: 37,
  encryption: 38,
  newEnvironment: 39,
} as const;

/** What is asked first, in the order in which the values are asked for later. */
const asked = [
  option.terminalSpeed,
  option.displayLocation,
  option.newEnvironment,
  option.oldEnvironment,
  option.terminalType,
];

const opening: readonly (readonly [verb: number, option: number])[] = [
  [code.will, option.authentication],
  [code.will, option.encryption],
  [code.do, option.terminalType],
  [code.do, option.terminalSpeed],
  [code.do, option.displayLocation],
  [code.do, option.newEnvironment],
  [code.do, option.oldEnvironment],
];

const second: readonly (readonly [verb: number, option: number])[] = [
  [code.will, option.suppressGoAhead],
  [code.do, option.echo],
  [code.do, option.lineMode],
  [code.do, option.windowSize],
  [code.will, option.status],
  [code.do, option.flowControl],
];

const third: readonly (readonly [verb: number, option: number])[] = [
  [code.will, option.echo],
  [code.do, option.timingMark],
  [code.do, option.binary],
];

const thirdInLineMode: typeof third = [
  [code.will, option.echo],
  [code.do, option.binary],
  [code.dont, option.lineMode],
];

const spoken = (verbs: readonly (readonly [verb: number, option: number])[]): number[] =>
  verbs.flatMap(([verb, number]) => [code.iac, verb, number]);

type Stage = 'asking' | 'values' | 'echo' | 'ready';

export class LinuxOptions {
  readonly #open = new Set<number>(asked);
  readonly #willing = new Set<number>();
  readonly #refused = new Set<string>();
  #lineMode = false;
  #stage: Stage = 'asking';

  /** What telnetd says before the client does. */
  start(): number[] {
    return spoken(opening);
  }

  get ready(): boolean {
    return this.#stage === 'ready';
  }

  /** IAC verb option: what is answered. */
  receive(verb: number, number: number): number[] {
    const isHis = verb === code.will || verb === code.wont;
    if (isHis && this.#stage === 'asking' && this.#open.delete(number)) {
      if (verb === code.will) this.#willing.add(number);
      return this.#open.size === 0 ? this.#askValues() : [];
    }
    if (isHis && this.#stage === 'echo' && number === option.echo) {
      this.#stage = 'ready';
      // A client that echoes itself is told not to.
      return [
        ...(verb === code.will ? [code.iac, code.dont, number] : []),
        ...spoken(this.#lineMode ? thirdInLineMode : third),
      ];
    }
    if (verb === code.will && number === option.lineMode && this.#stage === 'asking') {
      if (this.#lineMode) return [];
      this.#lineMode = true;
      // IAC SB LINEMODE MODE SOFT_TAB IAC SE, and the NUL that telnetd sends behind.
      return [
        ...spoken([[code.do, option.lineMode]]),
        code.iac,
        code.sb,
        option.lineMode,
        1,
        16,
        code.iac,
        code.se,
        0,
      ];
    }
    return this.#refuse(verb, number);
  }

  /** IAC SB option … IAC SE: a value that was asked for. */
  value(number: number): number[] {
    if (this.#stage !== 'values' || !this.#willing.delete(number)) return [];
    return this.#willing.size === 0 ? this.#askEcho() : [];
  }

  #askValues(): number[] {
    this.#stage = 'values';
    if (this.#willing.size === 0) return this.#askEcho();
    // IAC SB option SEND(1) IAC SE
    return asked.flatMap((number) =>
      this.#willing.has(number) ? [code.iac, code.sb, number, 1, code.iac, code.se] : [],
    );
  }

  #askEcho(): number[] {
    this.#stage = 'echo';
    return spoken(this.#lineMode ? second.filter(([, number]) => number !== option.lineMode) : second);
  }

  /** Each is refused once, so that two machines cannot answer each other for ever (RFC 854). */
  #refuse(verb: number, number: number): number[] {
    const known: readonly number[] = Object.values(option);
    const key = `${verb}:${number}`;
    if (known.includes(number) || this.#refused.has(key) || this.#refused.size > 64) return [];
    this.#refused.add(key);
    if (verb === code.will) return [code.iac, code.dont, number];
    return verb === code.do ? [code.iac, code.wont, number] : [];
  }
}
