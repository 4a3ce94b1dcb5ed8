/** `pods/…/exec`: a program of a container and whoever started it, over a WebSocket or SPDY. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import type { ShellEvent } from '../../shell/event.ts';
import type { ShellSession } from '../../shell/session.ts';
import { acceptanceOf } from '../../wire/websocket.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer, Hijacker } from '../http-service/service.ts';
import { openShell, recordOf, shellLine } from '../http-service/shell-run.ts';
import { type ExecFraming, SpdyFraming, WebSocketFraming } from './exec-framing.ts';

class ExecStream implements Hijacker {
  readonly #shell: ShellSession;
  readonly #words: readonly string[];
  readonly #stdin: boolean;
  /** The program is a shell that reads its commands. */
  readonly #isShell: boolean;
  readonly #framing: ExecFraming;
  #over = false;

  constructor(
    context: DecoyContext,
    words: readonly string[],
    stdin: boolean,
    tty: boolean,
    framing: ExecFraming,
  ) {
    this.#words = words;
    this.#framing = framing;
    this.#stdin = stdin;
    this.#isShell = stdin && /^(?:\/bin\/)?(?:ba|da|a)?sh$/.test(words.join(' '));
    this.#shell = openShell(context, 'kubernetes', this.#isShell && tty ? { columns: 80, rows: 24 } : null);
  }

  *start(): Iterable<DecoyOutput> {
    if (this.#framing.isReady) yield* this.#begin();
  }

  *#begin(): Iterable<DecoyOutput> {
    yield* this.#outputs(this.#isShell ? this.#shell.start() : this.#shell.run(shellLine(this.#words)));
    if (!this.#stdin) yield* this.#outputs(this.#shell.end());
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    for (const event of this.#framing.push(bytes)) {
      if (this.#over) return;
      if (event.say === 'reply') yield { do: 'reply', bytes: event.bytes };
      else if (event.say === 'ready') yield* this.#begin();
      else if (event.say === 'input') yield* this.#outputs(this.#shell.receive(event.bytes));
      else if (event.say === 'end of input') yield* this.#outputs(this.#shell.end());
      else {
        yield* this.#outputs(this.#shell.end());
        if (!this.#over) yield { do: 'close' };
        this.#over = true;
        return;
      }
    }
  }

  *end(): Iterable<DecoyOutput> {
    yield* this.#outputs(this.#shell.end());
  }

  *#outputs(events: Iterable<ShellEvent>): Iterable<DecoyOutput> {
    for (const event of events) {
      const record = recordOf('kubernetes', event);
      if (record !== null) yield record;
      else if (event.say === 'output')
        yield { do: 'reply', bytes: this.#framing.send(event.stream, event.bytes) };
      else if (event.say === 'pause') yield { do: 'pause', milliseconds: event.milliseconds };
      else if (event.say === 'exit' && !this.#over) {
        this.#over = true;
        const status = Buffer.from(JSON.stringify(endOf(event.status)), 'utf8');
        yield { do: 'reply', bytes: this.#framing.send('error', status) };
        yield { do: 'reply', bytes: this.#framing.close() };
        yield { do: 'close' };
      }
    }
  }
}

const endOf = (status: number): object =>
  status === 0
    ? { metadata: {}, status: 'Success' }
    : {
        metadata: {},
        status: 'Failure',
        message: `command terminated with non-zero exit code: error executing command, exit code ${status}`,
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: String(status) }] },
      };

const namesIn = (header: string): Set<string> => new Set(header.split(',', 16).map((name) => name.trim()));

/** The answer to an exec's handshake; null where the request asks for neither a WebSocket nor SPDY. */
export function execAnswer(
  request: ServiceRequest,
  context: DecoyContext,
  words: readonly string[],
): Answer | null {
  const isOn = (name: string): boolean => /^(?:1|true)$/i.test(request.parameter(name));
  const [stdin, tty] = [isOn('stdin') || isOn('input'), isOn('tty')];
  const upgrade = request.header('upgrade');
  const stream = (framing: ExecFraming): Hijacker => new ExecStream(context, words, stdin, tty, framing);
  if (/^spdy\/3\.1$/i.test(upgrade)) {
    const lines = request.headers.filter(([name]) => name.toLowerCase() === 'x-stream-protocol-version');
    const asked = namesIn(lines.map(([, value]) => value).join(','));
    const protocol = ['v4.channel.k8s.io', 'v3.channel.k8s.io'].find((name) => asked.has(name)) ?? '';
    // Of `error`, `stdin`, `stdout`, `stderr` (a terminal has none) and `resize`.
    const wanted = [true, stdin, isOn('stdout') || isOn('output'), isOn('stderr') && !tty, tty];
    const expected = wanted.filter(Boolean).length;
    return {
      status: 101,
      headers: [
        ['Connection', 'Upgrade'],
        ['Upgrade', 'SPDY/3.1'],
        ...(protocol === '' ? [] : [['X-Stream-Protocol-Version', protocol] as const]),
      ],
      hijacker: stream(new SpdyFraming(expected)),
    };
  }
  const key = request.header('sec-websocket-key');
  if (!/websocket/i.test(upgrade) || !/^[\w+/=]{8,64}$/.test(key)) return null;
  const asked = namesIn(request.header('sec-websocket-protocol'));
  const protocol = ['v4.channel.k8s.io', 'channel.k8s.io'].find((name) => asked.has(name));
  // Of the protocols that came later this server knows nothing: its client then tries SPDY.
  if (protocol === undefined && asked.has('v5.channel.k8s.io')) return null;
  return {
    status: 101,
    headers: [
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
      ['Sec-WebSocket-Accept', acceptanceOf(key)],
      ...(protocol === undefined ? [] : [['Sec-WebSocket-Protocol', protocol] as const]),
    ],
    hijacker: stream(new WebSocketFraming()),
  };
}
