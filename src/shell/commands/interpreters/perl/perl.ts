import type { Run } from '../../../stream.ts';
import type { ScriptWorld } from '../script/world.ts';
import { ZeroDivision } from './binary.ts';
import { Evaluator } from './evaluator.ts';
import { Died, Exited } from './machine.ts';
import { StatementParser } from './statement-parser.ts';
import { textOf } from './value.ts';

export interface PerlScript {
  /** Byte text. */
  readonly text: string;
  /** `-e`, `-`, or a path. */
  readonly place: string;
  readonly arguments: readonly string[];
}

/** Runs a script to its end. Throws `Unsupported` where it needs what is not here. */
export function* runPerl(world: ScriptWorld, script: PerlScript): Run {
  world.spend(script.text.length * 16);
  const program = new StatementParser(script.text).program();
  const evaluator = new Evaluator(world, script.place, script.arguments);
  try {
    yield* evaluator.program(program);
    world.end();
    return 0;
  } catch (error) {
    if (error instanceof Exited) {
      world.end();
      return error.status;
    }
    if (error instanceof ZeroDivision) {
      world.complain(`${error.message} at ${script.place} line ${evaluator.line}.\n`);
      world.end();
      return 255;
    }
    if (!(error instanceof Died)) throw error;
    world.complain(textOf(error.value));
    world.end();
    // die leaves with what the last system call failed of.
    return evaluator.errno() || 255;
  }
}
