/** A conversation with a decoy without a socket: bytes in, outputs out, the same at every run. */

import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { expect } from 'vitest';
import type { Decoy, DecoyContext, DecoyOutput } from '../../src/core/decoy.ts';
import type { Fact } from '../../src/core/observation.ts';
import type { Persona, Software } from '../../src/core/persona.ts';
import { createPersona } from '../../src/personas/index.ts';

export const octetsOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
export const hexOf = (text: string): Uint8Array =>
  new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));

const bases = new Map<string, Persona>();

/** A persona of a new kind for each call, so that no state is shared, with one program of one's choice. */
export function personaWith(
  software: Readonly<Record<string, Software>>,
  name = 'ubuntu-web',
  seed = 'talk',
): Persona {
  const base = bases.get(`${name} ${seed}`) ?? {
    ...createPersona(name, seed, { now: 1_710_000_000_000 }),
    tls: null,
  };
  bases.set(`${name} ${seed}`, base);
  return { ...base, software };
}

export interface Talk {
  readonly outputs: readonly DecoyOutput[];
  readonly replies: readonly Uint8Array[];
  readonly text: string;
  readonly facts: readonly Fact[];
}

export interface TalkOptions {
  readonly transport?: 'tcp' | 'udp';
  readonly port?: number;
  readonly source?: string;
}

export function talk(
  decoy: Decoy,
  persona: Persona,
  pieces: readonly Uint8Array[],
  options: TalkOptions = {},
): Talk {
  let attempts = 0;
  let drawn = 0;
  const context: DecoyContext = {
    persona,
    source: options.source ?? '198.51.100.4',
    sourcePort: 40_001,
    destination: '192.0.2.7',
    destinationPort: options.port ?? decoy.ports[0] ?? 1,
    transport: options.transport ?? (decoy.transport === 'udp' ? 'udp' : 'tcp'),
    tls: false,
    session: 's',
    now: () => 1_710_000_000_000,
    randomBytes: (count) => Uint8Array.from({ length: count }, () => (drawn += 7) & 0xff),
    countAttempt: () => (attempts += 1),
  };
  const session = decoy.open(context);
  const outputs = [...(session.start?.() ?? [])];
  for (const piece of pieces) {
    let size = 0;
    for (const output of session.receive(piece)) {
      outputs.push(output);
      if (output.do === 'reply') size += output.bytes.length;
    }
    if (context.transport === 'udp') expect(size).toBeLessThanOrEqual(piece.length);
  }
  outputs.push(...(session.end?.() ?? []));
  const replies = outputs.flatMap((output) => (output.do === 'reply' ? [output.bytes] : []));
  return {
    outputs,
    replies,
    text: Buffer.concat(replies).toString('latin1'),
    facts: outputs.flatMap((output) => (output.do === 'saw' ? [output.fact] : [])),
  };
}

/** Replies that follow each other are one stream. */
function joined(outputs: readonly DecoyOutput[]): unknown[] {
  const result: unknown[] = [];
  let reply: Buffer | null = null;
  const flush = (): void => {
    if (reply !== null) result.push(reply.toString('latin1'));
    reply = null;
  };
  for (const output of outputs) {
    if (output.do === 'reply') reply = Buffer.concat([reply ?? Buffer.alloc(0), output.bytes]);
    else {
      flush();
      result.push(output);
    }
  }
  flush();
  return result;
}

/**
 * Any split of a stream gives the same outputs; over UDP any datagrams give an outcome no larger than themselves. `parts` are
 * pieces of real conversations, which are put together in any order, cut short and mixed with noise.
 */
export function holdsForAnyBytes(
  decoy: Decoy,
  fresh: () => Persona,
  parts: readonly Uint8Array[],
  options: TalkOptions = {},
): void {
  const part = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...parts) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...parts), fc.nat(400))
        .map(([bytes, cut]) => bytes.subarray(0, Math.min(cut, bytes.length))),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.constantFrom(...parts), fc.nat(4_000), fc.nat(255)).map(([bytes, at, value]) => {
        const changed = Uint8Array.from(bytes);
        if (changed.length > 0) changed[at % changed.length] = value;
        return changed;
      }),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }) },
  );
  const transport = options.transport ?? (decoy.transport === 'udp' ? 'udp' : 'tcp');
  if (transport === 'udp') {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (datagrams) => {
        talk(decoy, fresh(), datagrams, { ...options, transport });
      }),
      { numRuns: 150 },
    );
    return;
  }
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 6 }),
      fc.array(fc.nat(3_000), { maxLength: 5 }),
      (chosen, cuts) => {
        const whole = new Uint8Array(Buffer.concat(chosen));
        const places = [
          0,
          ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b),
          whole.length,
        ];
        const pieces = places.slice(1).map((end, index) => whole.subarray(places[index] ?? 0, end));
        expect(joined(talk(decoy, fresh(), pieces, options).outputs)).toEqual(
          joined(talk(decoy, fresh(), [whole], options).outputs),
        );
      },
    ),
    { numRuns: 80 },
  );
}
