import type { DecoyContext } from '../../core/decoy.ts';
import type { Value } from '../sql/value.ts';

/** What one connection knows of itself. */
export interface Connection {
  readonly context: DecoyContext;
  readonly thread: number;
  readonly host: string;
  /** The client said that it gives files to LOAD DATA LOCAL. */
  readonly givesFiles: boolean;
  user: string;
  database: string;
  statement: string;
  lastId: number;
  affected: number;
  found: number;
  readonly userVariables: Map<string, Value>;
  parameters: readonly Value[];
}
