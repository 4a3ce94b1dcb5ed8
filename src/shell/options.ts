import type { Persona } from '../core/persona.ts';

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
}
