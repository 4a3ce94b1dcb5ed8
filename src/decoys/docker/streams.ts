/** What follows a hijacked answer: the container's streams, raw with a terminal, else in frames. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import type { ShellEvent } from '../../shell/event.ts';
import type { ShellSession } from '../../shell/session.ts';
import type { Hijacker } from '../http-service/service.ts';
import { openShell, recordOf, type ShellPiece } from '../http-service/shell-run.ts';

const frameBytes = 32_768;

/**
 * The engine's multiplexed stream.
 *
 *     byte stream (1 standard output, 2 standard error); byte[3] zero; uint32 length; octets
 */
export function framed(piece: ShellPiece): Uint8Array {
  const frames: Uint8Array[] = [];
  for (let start = 0; start < piece.bytes.length; start += frameBytes) {
    const octets = piece.bytes.subarray(start, start + frameBytes);
    const head = Buffer.alloc(8);
    head[0] = piece.stream === 'stdout' ? 1 : 2;
    head.writeUInt32BE(octets.length, 4);
    frames.push(head, octets);
  }
  return new Uint8Array(Buffer.concat(frames));
}

/** A terminal turns line feeds into CRLF. */
export const raw = (piece: ShellPiece): Uint8Array =>
  new Uint8Array(
    Buffer.from(Buffer.from(piece.bytes).toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1'),
  );

/** Output that is there already, or will be once another connection has started the container. */
export class PrintedStream implements Hijacker {
  readonly #tty: boolean;
  readonly #pieces: () => readonly ShellPiece[] | null;
  readonly #stays: () => boolean;

  /** `pieces` is null as long as there is nothing to print yet; `stays` is asked once all is out. */
  constructor(tty: boolean, pieces: () => readonly ShellPiece[] | null, stays: () => boolean) {
    this.#tty = tty;
    this.#pieces = pieces;
    this.#stays = stays;
  }

  *start(): Iterable<DecoyOutput> {
    yield* waitFor(() => this.#pieces() !== null);
    for (const piece of this.#pieces() ?? []) {
      yield { do: 'reply', bytes: this.#tty ? raw(piece) : framed(piece) };
    }
    if (!this.#stays()) yield { do: 'close' };
  }

  /** Standard input of a program that reads none. */
  *receive(): Iterable<DecoyOutput> {}

  *end(): Iterable<DecoyOutput> {}
}

/** Waits for what another connection does, at most a minute in 120 steps. */
export function* waitFor(isDone: () => boolean): Iterable<DecoyOutput> {
  for (let step = 0; step < 120 && !isDone(); step += 1)
    yield { do: 'pause', milliseconds: step < 40 ? 50 : 750 };
}

/** A shell whose input is the connection: `docker run -it`, `docker exec -i … sh`. */
export class ShellStream implements Hijacker {
  readonly #context: DecoyContext;
  readonly #tty: boolean;
  readonly #isStarted: () => boolean;
  readonly #ended: (status: number) => void;
  #shell: ShellSession | null = null;

  constructor(
    context: DecoyContext,
    tty: boolean,
    isStarted: () => boolean,
    ended: (status: number) => void,
  ) {
    this.#context = context;
    this.#tty = tty;
    this.#isStarted = isStarted;
    this.#ended = ended;
  }

  *start(): Iterable<DecoyOutput> {
    yield* waitFor(this.#isStarted);
    this.#shell = openShell(this.#context, 'docker', this.#tty ? { columns: 80, rows: 24 } : null);
    yield* this.#outputs(this.#shell.start());
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#shell === null) return;
    if (!this.#tty) {
      yield* this.#outputs(this.#shell.receive(bytes));
      return;
    }
    // Key by key, as a terminal: the recording must not depend on how the network cut them.
    for (const byte of bytes) {
      yield { do: 'terminal', direction: 'input', text: String.fromCharCode(byte) };
      yield* this.#outputs(this.#shell.receive(Uint8Array.of(byte)));
    }
  }

  *end(): Iterable<DecoyOutput> {
    if (this.#shell !== null) yield* this.#outputs(this.#shell.end());
    this.#ended(0);
  }

  *#outputs(events: Iterable<ShellEvent>): Iterable<DecoyOutput> {
    for (const event of events) {
      const record = recordOf('docker', event);
      if (record !== null) yield record;
      else if (event.say === 'output') {
        if (this.#tty)
          yield { do: 'terminal', direction: 'output', text: Buffer.from(event.bytes).toString('latin1') };
        const bytes = Uint8Array.from(event.bytes);
        yield { do: 'reply', bytes: this.#tty ? bytes : framed({ stream: event.stream, bytes }) };
      } else if (event.say === 'pause') yield { do: 'pause', milliseconds: event.milliseconds };
      else if (event.say === 'exit') {
        this.#ended(event.status);
        yield { do: 'close' };
      }
    }
  }
}
