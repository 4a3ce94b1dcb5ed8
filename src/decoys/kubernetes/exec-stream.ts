/** `pods/…/exec` over a WebSocket: each message begins with its channel (0 input, 1 output, 2 errors, 3 the end's status). */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import type { ShellEvent } from '../../shell/event.ts';
import type { ShellSession } from '../../shell/session.ts';
import { acceptanceOf, webSocketFrame, WebSocketReader } from '../../wire/websocket.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Answer, Hijacker } from '../http-service/service.ts';
import { openShell, recordOf, shellLine } from '../http-service/shell-run.ts';

const channel = (number: number, bytes: Uint8Array): DecoyOutput => ({
  do: 'reply',
  bytes: webSocketFrame(2, new Uint8Array(Buffer.concat([Buffer.from([number]), bytes]))),
});

class ExecStream implements Hijacker {
  readonly #shell: ShellSession;
  readonly #words: readonly string[];
  readonly #stdin: boolean;
  readonly #reader = new WebSocketReader();
  #over = false;

  constructor(context: DecoyContext, words: readonly string[], stdin: boolean, tty: boolean) {
    this.#words = words;
    this.#stdin = stdin && /^(?:\/bin\/)?(?:ba|da|a)?sh$/.test(words.join(' '));
    this.#shell = openShell(context, 'kubernetes', this.#stdin && tty ? { columns: 80, rows: 24 } : null);
  }

  *start(): Iterable<DecoyOutput> {
    yield* this.#outputs(this.#stdin ? this.#shell.start() : this.#shell.run(shellLine(this.#words)));
    if (!this.#stdin) yield* this.#outputs(this.#shell.end());
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    for (const event of this.#reader.push(bytes)) {
      if (this.#over) return;
      if (event.kind === 'ping') yield { do: 'reply', bytes: webSocketFrame(10, event.bytes) };
      else if (event.kind === 'message') {
        // Channel 0; a terminal's size comes on 4 and changes nothing.
        if (event.bytes[0] === 0) yield* this.#outputs(this.#shell.receive(event.bytes.subarray(1)));
      } else {
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
      else if (event.say === 'output') yield channel(event.stream === 'stdout' ? 1 : 2, event.bytes);
      else if (event.say === 'pause') yield { do: 'pause', milliseconds: event.milliseconds };
      else if (event.say === 'exit' && !this.#over) {
        this.#over = true;
        yield channel(3, Buffer.from(JSON.stringify(endOf(event.status)), 'utf8'));
        yield { do: 'reply', bytes: webSocketFrame(8, Uint8Array.of(0x03, 0xe8)) };
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

/** The answer to an exec's handshake; null where the request asks for no WebSocket. */
export function execAnswer(
  request: ServiceRequest,
  context: DecoyContext,
  words: readonly string[],
): Answer | null {
  const key = request.header('sec-websocket-key');
  if (!/websocket/i.test(request.header('upgrade')) || !/^[\w+/=]{8,64}$/.test(key)) return null;
  const asked = new Set(
    request
      .header('sec-websocket-protocol')
      .split(',', 16)
      .map((name) => name.trim()),
  );
  const protocol = ['v4.channel.k8s.io', 'channel.k8s.io'].find((name) => asked.has(name));
  const isOn = (name: string): boolean => /^(?:1|true)$/i.test(request.parameter(name));
  return {
    status: 101,
    headers: [
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
      ['Sec-WebSocket-Accept', acceptanceOf(key)],
      ...(protocol === undefined ? [] : [['Sec-WebSocket-Protocol', protocol] as const]),
    ],
    hijacker: new ExecStream(context, words, isOn('stdin') || isOn('input'), isOn('tty')),
  };
}
