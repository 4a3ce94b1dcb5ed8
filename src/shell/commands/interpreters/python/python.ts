import { decodeText } from '../../../byte-text.ts';
import type { Run } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import type { ScriptWorld } from '../script/world.ts';
import { builtins } from './builtins.ts';
import { prepareTypes } from './constructors.ts';
import { Evaluator } from './evaluator.ts';
import { moduleNamed } from './modules/index.ts';
import { exceptionText, plainText } from './representation.ts';
import { SyntaxFault } from './syntax-fault.ts';
import { syntaxReport, traceback } from './traceback.ts';
import { integerOf } from './truth.ts';
import { type Instance, PythonError, Tuple, type Value } from './value.ts';

export interface PythonScript {
  /** Byte text. */
  readonly text: string;
  /** `<string>`, `<stdin>`, or a path. */
  readonly file: string;
  readonly version: string;
  /** `sys.argv`. */
  readonly arguments: readonly string[];
}

function leave(world: ScriptWorld, value: Instance): number {
  const held = value.fields.get('args');
  const items: readonly Value[] = held instanceof Tuple ? held.items : [];
  const code = items.length === 0 ? null : (items[0] ?? null);
  if (code === null) return 0;
  const whole = integerOf(code);
  if (whole !== null) return Number(BigInt.asUintN(8, whole));
  world.flush();
  world.complain(`${plainText(code)}\n`);
  return 1;
}

/** Runs a script to its end. Throws `Unsupported` where it needs what is not here. */
export function* runPython(world: ScriptWorld, script: PythonScript): Run {
  const text = decodeText(script.text);
  const minor = Number(script.version.split('.')[1] ?? '9');
  if (text.includes('\0')) throw new Unsupported('binary');
  const evaluator = new Evaluator(
    { world, version: script.version, arguments: script.arguments, builtins, modules: moduleNamed },
    script.file,
  );
  prepareTypes(evaluator);
  if (!script.file.startsWith('<')) evaluator.globals.names.set('__file__', script.file);
  try {
    yield* evaluator.execute(text, script.file, evaluator.globals, false);
    world.end();
    return 0;
  } catch (error) {
    if (error instanceof SyntaxFault) {
      world.flush();
      world.complain(syntaxReport(error, script.file, text, minor));
      return 1;
    }
    if (!(error instanceof PythonError)) throw error;
    if (error.value.type.is(evaluator.types.get('SystemExit'))) {
      const status = leave(world, error.value);
      world.end();
      return status;
    }
    const { value } = error;
    const own =
      value.type.find('__str__') === undefined ? exceptionText(value) : yield* evaluator.text(value);
    const lines = text.split('\n');
    const report = traceback(
      error,
      (file, line) => (file === script.file && !file.startsWith('<') ? (lines[line - 1] ?? null) : null),
      (one) => (one === value ? own : exceptionText(one)),
    );
    // The report comes before what the interpreter writes as it ends.
    world.complain(report);
    world.end();
    return 1;
  }
}
