/** A family of functions that the server has. */

import type { DecoyContext } from '../../../core/decoy.ts';
import type { Value } from '../../sql/value.ts';
import type { PostgresView } from '../view.ts';
import type { ServerMachine } from '../machine.ts';

/** What functions work on. */
export interface Server {
  readonly view: PostgresView;
  readonly context: DecoyContext;
  readonly machine: ServerMachine;
  /** Changes a setting of the connection. */
  readonly set: (name: string, value: string) => void;
}

/** Undefined where the family has no function of this name. */
export type FunctionFamily = (server: Server, name: string, items: readonly Value[]) => Value | undefined;
