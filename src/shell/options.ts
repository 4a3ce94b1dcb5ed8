import type { Persona } from '../core/persona.ts';
import type { FileLayer } from './files/layer.ts';

/** What a decoy tells of the login for which it opens a shell. */
export interface ShellOptions {
  readonly persona: Persona;
  readonly user: string;
  /** True for a login shell that reads its commands from the visitor. */
  readonly interactive: boolean;
  /** True where the visitor has a terminal: echo, line editing, CRLF. */
  readonly terminal: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** Milliseconds since the epoch. */
  now(): number;
  /** The decoy, such as `ssh`. */
  readonly service: string;
  /** Variables that the client asked for, such as LANG. */
  readonly environment?: readonly (readonly [name: string, value: string])[];
  /** The work that its commands may do, where that is less than for a login (`limits.workAtOnce`). */
  readonly work?: number;
  /** What the visitor changed in sessions before, and in those beside this one (`layerOf`); absent for a machine as it was installed. */
  readonly layer?: FileLayer;
}
