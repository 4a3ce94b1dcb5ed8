/** The shell behind an API that runs commands: the one that logins get, run once for each command. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import type { ShellEvent } from '../../shell/event.ts';
import { layerOf } from '../../shell/files/visit.ts';
import { limits } from '../../shell/limits.ts';
import { ShellSession } from '../../shell/session.ts';

const outputLimit = 262_144;
const commandLimit = 16_384;
/** As many and as long as a record of a command may have them. */
const urlsRecorded = 32;
const urlLength = 2_048;

export interface ShellPiece {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Uint8Array;
}

export interface ShellRun {
  /** In the order in which it was printed. */
  readonly pieces: readonly ShellPiece[];
  readonly status: number;
  /** What the sensor shall record: commands with their addresses, files that were made. */
  readonly outputs: readonly DecoyOutput[];
}

export function openShell(
  context: DecoyContext,
  service: string,
  terminal: { readonly columns: number; readonly rows: number } | null,
  user = 'root',
  work: number = limits.workPerSession,
): ShellSession {
  return new ShellSession({
    persona: context.persona,
    user,
    interactive: terminal !== null,
    terminal: terminal !== null,
    columns: terminal?.columns ?? 80,
    rows: terminal?.rows ?? 24,
    source: context.source,
    sourcePort: context.sourcePort,
    destination: context.destination,
    destinationPort: context.destinationPort,
    now: () => context.now(),
    service,
    layer: layerOf(context.persona, context.source),
    work,
  });
}

/** What is to be recorded of this event; null for what the visitor sees. */
export function recordOf(service: string, event: ShellEvent): DecoyOutput | null {
  if (event.say === 'capture') return { do: 'capture', bytes: event.bytes, how: event.how, name: event.name };
  if (event.say !== 'command') return null;
  const { input } = event;
  const urls = event.urls.slice(0, urlsRecorded).map((url) => url.slice(0, urlLength));
  return { do: 'saw', fact: { kind: 'command', service, input, ...(urls.length > 0 ? { urls } : {}) } };
}

/** Runs a command to its end; `user` is the account whose rights it has. */
export function runInShell(
  context: DecoyContext,
  service: string,
  command: string,
  user = 'root',
  input = '',
): ShellRun {
  const session = openShell(context, service, null, user, limits.workAtOnce);
  const pieces: ShellPiece[] = [];
  const outputs: DecoyOutput[] = [];
  let status = 0;
  let room = outputLimit;
  const runs = [
    session.run(command.slice(0, commandLimit)),
    session.receive(Buffer.from(input.slice(0, 65_536), 'latin1')),
    session.end(),
  ];
  for (const events of runs) {
    for (const event of events) {
      const record = recordOf(service, event);
      if (record !== null) outputs.push(record);
      else if (event.say === 'output' && room > 0) {
        const bytes = Uint8Array.from(event.bytes.subarray(0, room));
        room -= bytes.length;
        pieces.push({ stream: event.stream, bytes });
      } else if (event.say === 'exit') status = event.status;
    }
  }
  return { pieces, status, outputs };
}

/** Latin-1 text of what it printed, both streams or one. */
export const printedBy = (run: ShellRun, stream?: ShellPiece['stream']): string =>
  run.pieces
    .filter((piece) => stream === undefined || piece.stream === stream)
    .map((piece) => Buffer.from(piece.bytes).toString('latin1'))
    .join('');

/** A list of words as a line that a shell takes for the same words. */
export const shellLine = (words: readonly string[]): string =>
  words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
