/** A family of functions that the server has. */

import type { DecoyOutput } from '../../../core/decoy.ts';
import type { Call } from '../../sql/syntax.ts';
import type { Value } from '../../sql/value.ts';
import type { ConnectionView } from '../view.ts';
import type { Connection } from '../connection.ts';

/** What functions work on. */
export interface Server {
  readonly view: ConnectionView;
  readonly connection: Connection;
  /** What the functions want done: pauses, facts, captures. */
  readonly outputs: DecoyOutput[];
  /** Takes from the work that a statement may do. */
  readonly spend: (units: number) => void;
  /** Commands that functions of libraries have run for this statement. */
  runs: number;
}

/** Undefined where the family has no function of this name. */
export type FunctionFamily = (server: Server, call: Call, items: readonly Value[]) => Value | undefined;
