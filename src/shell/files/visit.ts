/** The files that a visitor finds: a base for each persona, made once, and a layer for each source over it. */

import type { Persona } from '../../core/persona.ts';
import { Machine } from '../machine.ts';
import { baseSystem } from './base-system.ts';
import { FileSystem } from './file-system.ts';
import { FileLayer } from './layer.ts';
import type { DirectoryNode } from './node.ts';
import { procFolder } from './proc.ts';

/** Sources whose changes are kept, and the memory that these may hold together; the longest unseen goes first. */
const keptSources = 1_000;
const keptBytes = 67_108_864;

interface Installed {
  readonly machine: Machine;
  readonly base: DirectoryNode;
  /** By source, the longest unseen first. */
  readonly layers: Map<string, FileLayer>;
}

const installations = new WeakMap<Persona, Installed>();

function installed(persona: Persona): Installed {
  let found = installations.get(persona);
  if (found === undefined) {
    const machine = new Machine(persona, 'model', persona.bootedAt);
    // Its /proc is only a name in a listing: every session has its own.
    const base = baseSystem(machine, () => persona.bootedAt);
    found = { machine, base, layers: new Map() };
    installations.set(persona, found);
  }
  return found;
}

/** What this source has changed on this machine so far; the same layer for all its sessions. */
export function layerOf(persona: Persona, source: string): FileLayer {
  const { base, layers } = installed(persona);
  const layer = layers.get(source) ?? new FileLayer(base);
  layers.delete(source);
  layers.set(source, layer);
  let bytes = 0;
  for (const kept of layers.values()) bytes += kept.cost(base);
  for (const [name, oldest] of layers) {
    if ((layers.size <= keptSources && bytes <= keptBytes) || oldest === layer) break;
    bytes -= oldest.cost(base);
    layers.delete(name);
  }
  return layer;
}

export interface Visit {
  readonly persona: Persona;
  readonly source: string;
  readonly sourcePort: number;
  now(): number;
  readonly layer?: FileLayer;
}

/** The machine as one session finds it. `clock` gives its files their times. */
export function visitMachine(visit: Visit, clock: () => number): { machine: Machine; files: FileSystem } {
  const model = installed(visit.persona);
  const machine = new Machine(
    visit.persona,
    `${visit.source}:${visit.sourcePort}`,
    visit.now(),
    model.machine,
  );
  const layer = visit.layer ?? new FileLayer(model.base);
  return { machine, files: new FileSystem(layer, procFolder(machine, clock), clock) };
}
