import type { Run } from '../../../stream.ts';
import { Unsupported } from '../script/unsupported.ts';
import type { ScriptWorld } from '../script/world.ts';
import { Evaluator } from './evaluator.ts';
import { Exited, Fatal, ParseFault, Thrown } from './fault.ts';
import { StatementParser } from './statement-parser.ts';
import { throwableText } from './throwable.ts';
import { ArrayValue, Ref, Resource, type Value } from './value.ts';
import { textOf } from './conversion.ts';

export interface PhpScript {
  /** Byte text. */
  readonly text: string;
  /** `Command line code`, `Standard input code`, or a path. */
  readonly place: string;
  /** The text is code from its beginning, as that of `-r`. */
  readonly inCode: boolean;
  readonly version: string;
  /** `$argv`. */
  readonly arguments: readonly string[];
  /** Those of `-d`. */
  readonly settings: ReadonlyMap<string, string>;
}

export { extensions as phpExtensions } from './functions/information.ts';

const failed = 255;

/** What ends a script, told in php-cli's words. Gives the status. */
function ended(evaluator: Evaluator, error: unknown): number {
  if (error instanceof Exited) return error.status;
  if (error instanceof ParseFault)
    evaluator.report('Parse error', error.message, evaluator.place, error.line);
  else if (error instanceof Fatal)
    evaluator.report('Fatal error', error.message, evaluator.place, error.line);
  else if (error instanceof Thrown) {
    const { value } = error;
    const [place, line] = [textOf(value.get('file') ?? null), Number(value.get('line') ?? 0n)];
    if (value.info.is('ParseError'))
      evaluator.report('Parse error', textOf(value.get('message') ?? null), place, line);
    else if (evaluator.reporting !== 0)
      evaluator.report('Fatal error', `Uncaught ${throwableText(value)}\n  thrown`, place, line);
  } else throw error;
  return failed;
}

function prepare(evaluator: Evaluator, script: PhpScript): void {
  const { globals, world } = evaluator;
  for (const [name, value] of script.settings) evaluator.settings.set(name, value);
  const words = ArrayValue.of(script.arguments);
  const now = world.process.state.options.now();
  globals.set('argv', new Ref(words.copy()));
  globals.set('argc', new Ref(BigInt(words.size)));
  for (const name of ['_GET', '_POST', '_COOKIE', '_FILES', '_REQUEST', '_ENV'])
    globals.set(name, new Ref(new ArrayValue()));
  const place: Value = script.inCode ? '' : script.place;
  globals.set(
    '_SERVER',
    new Ref(
      ArrayValue.from([
        ...world.environment,
        ['PHP_SELF', place],
        ['SCRIPT_NAME', place],
        ['SCRIPT_FILENAME', place],
        ['PATH_TRANSLATED', place],
        ['DOCUMENT_ROOT', ''],
        ['REQUEST_TIME', BigInt(Math.floor(now / 1000))],
        ['REQUEST_TIME_FLOAT', now / 1000],
        ['argv', words],
        ['argc', BigInt(words.size)],
      ]),
    ),
  );
  for (const [index, standard] of (['input', 'output', 'error'] as const).entries()) {
    const stream = new Resource(index + 1, 'stream');
    stream.standard = standard;
    stream.writes = standard !== 'input';
    evaluator.constants.set(
      `STD${standard === 'input' ? 'IN' : standard === 'output' ? 'OUT' : 'ERR'}`,
      stream,
    );
  }
}

/** Runs a script to its end. Throws `Unsupported` where it needs what is not here. */
export function* runPhp(world: ScriptWorld, script: PhpScript): Run {
  world.spend(script.text.length * 16);
  const evaluator = new Evaluator(world, script.place, script.version);
  prepare(evaluator, script);
  let status = 0;
  try {
    yield* evaluator.program(StatementParser.parse(script.text, script.inCode, script.place));
  } catch (error) {
    status = ended(evaluator, error);
  }
  for (let next = evaluator.finishers.shift(); next !== undefined; next = evaluator.finishers.shift())
    try {
      yield* evaluator.call(next.callback, next.values);
    } catch (error) {
      status = ended(evaluator, error);
    }
  for (let text = evaluator.buffers.pop(); text !== undefined; text = evaluator.buffers.pop())
    evaluator.write(text);
  world.end();
  return status;
}

/** `php -l`. */
export function checkPhp(world: ScriptWorld, text: string, path: string): number {
  world.spend(text.length * 16);
  try {
    StatementParser.parse(text, false, path);
  } catch (error) {
    if (!(error instanceof ParseFault || error instanceof Fatal || error instanceof Unsupported)) throw error;
    if (!(error instanceof Unsupported)) {
      world.complain(
        `PHP ${error instanceof Fatal ? 'Fatal' : 'Parse'} error:  ${error.message} in ${path} on line ${error.line}\n`,
      );
      world.write(`Errors parsing ${path}\n`);
      return failed;
    }
  }
  world.write(`No syntax errors detected in ${path}\n`);
  return 0;
}
