import type { Persona } from '../../src/core/persona.ts';
import type { ShellOptions } from '../../src/shell/options.ts';

/** The shell of a visitor who is root and gives one command, as over SSH, without a terminal. */
export const visitorShell = (persona: Persona, changes: Partial<ShellOptions> = {}): ShellOptions => ({
  persona,
  user: 'root',
  interactive: false,
  terminal: false,
  columns: 80,
  rows: 24,
  source: '198.51.100.4',
  sourcePort: 40_001,
  destination: '192.0.2.7',
  destinationPort: 22,
  now: () => 1_710_000_000_000,
  service: 'ssh',
  ...changes,
});
