import type { Decoy, DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { below } from '../../core/random.ts';
import type { ShellEvent } from '../../shell/event.ts';
import { layerOf } from '../../shell/files/visit.ts';
import { ShellSession } from '../../shell/session.ts';
import { drawnShare, pamDelay } from '../credentials/refusal-delay.ts';
import { LinuxOptions } from './linux-options.ts';
import { escapeTelnet, telnet as code, telnetOption, TelnetReader } from '../../wire/telnet-stream.ts';

const maximumName = 256;
const maximumAttempts = 3;
const maximumEarly = 1024;
const decoder = new TextDecoder();

type Stage = 'user' | 'password' | 'shell' | 'over';

/**
 * A telnetd with login(1) behind it: options, name and password, then the persona's shell. BusyBox's, or that of inetutils where the
 * persona's `telnet` software has a product of that name.
 */
class TelnetSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #reader = new TelnetReader();
  /** Null for BusyBox, which answers no option. */
  readonly #options: LinuxOptions | null;
  /** What came ahead of the prompt. */
  #early: number[] = [];
  #stage: Stage = 'user';
  #line: number[] = [];
  #afterCarriage = false;
  #user = '';
  #failures = 0;
  #columns = 80;
  #rows = 24;
  #shell: ShellSession | null = null;

  constructor(context: DecoyContext) {
    this.#context = context;
    const product = context.persona.software['telnet']?.product.toLowerCase() ?? '';
    this.#options = product.includes('inetutils') ? new LinuxOptions() : null;
  }

  *start(): Iterable<DecoyOutput> {
    if (this.#options !== null) {
      yield { do: 'reply', bytes: Uint8Array.from(this.#options.start()) };
      return;
    }
    const { iac, will } = code;
    const wanted = [
      iac,
      code.do,
      telnetOption.echo,
      iac,
      code.do,
      telnetOption.windowSize,
      iac,
      will,
      telnetOption.echo,
      iac,
      will,
      telnetOption.suppressGoAhead,
    ];
    yield { do: 'reply', bytes: Uint8Array.from(wanted) };
    const { issue } = this.#context.persona;
    yield* this.#say(`${issue === '' ? '\r\n' : issue.replaceAll(/\r?\n/g, '\r\n')}${this.#prompt()}`);
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    for (const byte of bytes) {
      if (this.#stage === 'over') return;
      const item = this.#reader.feed(byte);
      if (item === null) continue;
      if (item.kind === 'data') {
        if (this.#options === null || this.#options.ready) yield* this.#data(item.byte);
        else if (this.#early.length < maximumEarly) this.#early.push(item.byte);
      } else if (item.kind === 'option') {
        if (this.#options !== null) yield* this.#negotiate(this.#options, item.verb, item.option);
      } else if (item.kind === 'subnegotiation') {
        this.#subnegotiation(item.option, item.bytes);
        const answer = this.#options?.value(item.option) ?? [];
        if (answer.length > 0) yield { do: 'reply', bytes: Uint8Array.from(answer) };
      } else if (this.#options !== null && item.command === code.ip) yield* this.#data(3);
      else if (this.#options !== null && item.command === code.ayt)
        yield { do: 'reply', bytes: new TextEncoder().encode('\r\n[Yes]\r\n') };
      // BusyBox's telnetd passes over every other command, and answers no option whatever it is asked.
    }
  }

  *end(): Iterable<DecoyOutput> {
    if (this.#shell !== null && this.#stage === 'shell') yield* this.#relay(this.#shell.end(), false);
    this.#stage = 'over';
  }

  *#negotiate(options: LinuxOptions, verb: number, option: number): Iterable<DecoyOutput> {
    const wasReady = options.ready;
    const answer = options.receive(verb, option);
    if (answer.length > 0) yield { do: 'reply', bytes: Uint8Array.from(answer) };
    if (wasReady || !options.ready) return;
    const { persona } = this.#context;
    // telnetd's own greeting: system, release, host, terminal.
    yield* this.#say(
      `\r\nLinux ${persona.kernel.release} (${persona.hostname}) (pts/0)\r\n\r\n${this.#prompt()}`,
    );
    for (const byte of this.#early.splice(0)) if (this.#stage !== 'over') yield* this.#data(byte);
  }

  #prompt(): string {
    const { persona } = this.#context;
    if (this.#options !== null) return `${persona.hostname} login: `;
    // BusyBox login puts the host's name ahead; many devices have none.
    return below(persona.random('telnet:prompt'), 2) === 0 ? `${persona.hostname} login: ` : 'login: ';
  }

  *#say(text: string): Iterable<DecoyOutput> {
    yield { do: 'reply', bytes: escapeTelnet(new TextEncoder().encode(text)) };
    yield { do: 'terminal', direction: 'output', text };
  }

  /** IAC SB NAWS width[2] height[2] IAC SE (RFC 1073) */
  #subnegotiation(option: number, bytes: Uint8Array): void {
    if (option !== telnetOption.windowSize || bytes.length < 4) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    this.#columns = Math.min(500, view.getUint16(0) || 80);
    this.#rows = Math.min(200, view.getUint16(2) || 24);
  }

  *#data(byte: number): Iterable<DecoyOutput> {
    if (this.#stage === 'shell' && this.#shell !== null) {
      yield { do: 'terminal', direction: 'input', text: String.fromCharCode(byte) };
      yield* this.#relay(this.#shell.receive(Uint8Array.of(byte)), true);
      return;
    }
    const afterCarriage = this.#afterCarriage;
    this.#afterCarriage = byte === 13;
    if (byte === 0 || (byte === 10 && afterCarriage)) return;
    if (byte === 13 || byte === 10) {
      const line = decoder.decode(Uint8Array.from(this.#line));
      this.#line = [];
      yield* this.#enter(line);
    } else if (byte === 3 || byte === 4) {
      if (this.#line.length === 0) yield* this.#close();
    } else if (byte === 8 || byte === 127) {
      if (this.#line.pop() !== undefined && this.#stage === 'user') yield* this.#say('\b \b');
    } else if (byte === 21) this.#line = [];
    else if (this.#line.length < maximumName) {
      this.#line.push(byte);
      if (this.#stage === 'user') yield { do: 'reply', bytes: escapeTelnet(Uint8Array.of(byte)) };
    }
  }

  *#enter(line: string): Iterable<DecoyOutput> {
    yield { do: 'terminal', direction: 'input', text: `${line}\r` };
    if (this.#stage === 'user') {
      if (line === '') {
        yield* this.#say(`\r\n${this.#prompt()}`);
        return;
      }
      this.#user = line;
      this.#stage = 'password';
      yield* this.#say('\r\nPassword: ');
      return;
    }
    const count = this.#context.countAttempt();
    const { accepted, acceptAfter } = this.#context.persona.login;
    const known = accepted.some(
      ([user, password]) => (user === '*' || user === this.#user) && (password === '*' || password === line),
    );
    const lets = known || (acceptAfter > 0 && count >= acceptAfter);
    yield {
      do: 'saw',
      fact: {
        kind: 'auth',
        service: 'telnet',
        user: this.#user,
        method: 'password',
        password: line,
        accepted: lets,
      },
    };
    if (lets) yield* this.#open();
    else yield* this.#refuse();
  }

  *#refuse(): Iterable<DecoyOutput> {
    const own = 1_500 + below(this.#context.persona.random('telnet:delay'), 2_000);
    yield* this.#say('\r\n');
    // login(1) has PAM wait three seconds after a wrong password; devices have their own pace.
    const milliseconds =
      this.#options === null
        ? own + Math.round(30 * drawnShare(this.#context))
        : pamDelay(this.#context, 3_000);
    yield { do: 'pause', milliseconds };
    yield* this.#say(`${this.#options === null ? '' : '\r\n'}Login incorrect\r\n`);
    this.#failures += 1;
    this.#stage = 'user';
    // LOGIN_RETRIES of Debian's login.defs is 5.
    const attempts = this.#options === null ? maximumAttempts : 5;
    if (this.#failures >= attempts) {
      if (this.#options !== null) yield* this.#say(`Maximum number of tries exceeded (${attempts})\r\n`);
      yield* this.#close();
    } else yield* this.#say(this.#prompt());
  }

  *#open(): Iterable<DecoyOutput> {
    this.#stage = 'shell';
    const context = this.#context;
    this.#shell = new ShellSession({
      persona: context.persona,
      user: this.#user,
      interactive: true,
      terminal: true,
      columns: this.#columns,
      rows: this.#rows,
      source: context.source,
      sourcePort: context.sourcePort,
      destination: context.destination,
      destinationPort: context.destinationPort,
      now: () => context.now(),
      service: 'telnet',
      layer: layerOf(context.persona, context.source),
    });
    yield* this.#say('\r\n');
    yield* this.#relay(this.#shell.start(), true);
  }

  *#relay(events: Iterable<ShellEvent>, open: boolean): Iterable<DecoyOutput> {
    for (const event of events) {
      switch (event.say) {
        case 'output':
          if (open) yield { do: 'reply', bytes: escapeTelnet(event.bytes) };
          yield { do: 'terminal', direction: 'output', text: decoder.decode(event.bytes) };
          break;
        case 'command':
          yield {
            do: 'saw',
            fact: {
              kind: 'command',
              service: 'telnet',
              input: event.input,
              ...(event.urls.length > 0 ? { urls: event.urls } : {}),
            },
          };
          break;
        case 'capture':
          yield { do: 'capture', bytes: event.bytes, how: event.how, name: event.name };
          break;
        case 'pause':
          yield { do: 'pause', milliseconds: event.milliseconds };
          break;
        case 'exit':
          if (open) yield* this.#close();
          break;
      }
    }
  }

  *#close(): Iterable<DecoyOutput> {
    this.#stage = 'over';
    yield { do: 'close' };
  }
}

export const telnet: Decoy = {
  name: 'telnet',
  summary: 'The login and shell of a device (RFC 854, 857, 858, 1073)',
  fidelity: 'inetutils-telnetd 2.4, where the persona claims it: 5 of 5 kinds of client equal',
  transport: 'tcp',
  ports: [23, 2323],
  open: (context) => new TelnetSession(context),
};
