/** What makes a persona, and how its parts are put together. */

import type { Persona, PersonaFile, TlsIdentity } from '../core/persona.ts';
import { lazily, seedOf, type Seed } from './seed.ts';

export interface PersonaOptions {
  /** Milliseconds since the epoch; moves the last start, and nothing else. */
  readonly now: number;
  /** The address that the machine is reached at; drawn where it is absent. */
  readonly address?: string;
}

export interface PersonaParts extends Omit<
  Persona,
  'name' | 'summary' | 'seed' | 'tls' | 'software' | 'random'
> {
  readonly software?: Persona['software'];
  /** Made when it is first asked for, since its key takes a while. */
  readonly tls: (() => TlsIdentity) | null;
}

export interface PersonaMaker {
  readonly name: string;
  readonly summary: string;
  make(seed: Seed, options: PersonaOptions): PersonaParts;
}

export function buildPersona(maker: PersonaMaker, seedText: string, options: PersonaOptions): Persona {
  const seed = seedOf(seedText, maker.name);
  const { tls, ...parts } = maker.make(seed, options);
  const identity = lazily(() => tls?.() ?? null);
  return {
    name: maker.name,
    summary: maker.summary,
    seed: seedText,
    software: {},
    ...parts,
    get tls() {
      return identity();
    },
    random: (purpose) => seed.random(`for ${purpose}`),
  };
}

/** A file that its owner may write and everybody read. */
export function textFile(content: string, mode = 0o644, owner = 'root'): PersonaFile {
  return { content, mode, owner };
}
