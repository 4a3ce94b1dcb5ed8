import { decodeText, encodeText } from '../../../../byte-text.ts';
import type { Reading } from '../../../../stream.ts';
import { Unsupported } from '../../script/unsupported.ts';
import type { Ran, RunStreams } from '../../script/world.ts';
import type { Engine } from '../engine.ts';
import { fail, makeModule, pathOf, string, systemError } from '../machinery.ts';
import { makeObject, readerMembers } from '../open-file.ts';
import { represent } from '../representation.ts';
import { isTrue } from '../truth.ts';
import {
  Bytes,
  Instance,
  type Keywords,
  List,
  type ModuleValue,
  type Native,
  PythonError,
  Tuple,
  type Value,
} from '../value.ts';
import { syncEnvironment } from './system.ts';

const pipe = -1n;
const standardOutput = -2n;
const nothing = -3n;

interface Done {
  readonly ran: Ran;
  readonly words: Value;
  readonly text: boolean;
  readonly collects: boolean;
  readonly collectsErrors: boolean;
}

function where(engine: Engine, value: Value | undefined): RunStreams['error'] {
  if (value === undefined || value === null) return 'inherit';
  if (value === pipe) return 'collect';
  if (value === nothing) return 'drop';
  if (value === standardOutput) return 'output';
  if (value instanceof Instance && value.fields.get('name') === '<stdout>') return 'inherit';
  if (value instanceof Instance && value.fields.get('name') === '/dev/null') return 'drop';
  if (value instanceof Instance && value.fields.get('name') === '<stderr>') return 'inherit';
  engine.world.flush();
  throw new Unsupported('redirection');
}

function* run(
  engine: Engine,
  values: readonly Value[],
  keywords: Keywords,
  given: Partial<RunStreams>,
): Reading<Done> {
  const words = values[0] ?? keywords.get('args') ?? null;
  const shell = isTrue(keywords.get('shell') ?? false);
  const input = keywords.get('input');
  const text = ['text', 'universal_newlines', 'encoding', 'errors'].some((name) =>
    isTrue(keywords.get(name) ?? false),
  );
  const captures = isTrue(keywords.get('capture_output') ?? false);
  const output = given.output ?? (captures ? 'collect' : where(engine, keywords.get('stdout')));
  const error = given.error ?? (captures ? 'collect' : where(engine, keywords.get('stderr')));
  if (output === 'drop' && error === 'output') throw new Unsupported('streams');
  const streams: RunStreams = {
    input:
      input instanceof Bytes
        ? input.text
        : typeof input === 'string'
          ? encodeText(input)
          : keywords.get('stdin') === nothing
            ? ''
            : null,
    output: output === 'output' ? 'inherit' : output,
    error,
  };
  const environment = keywords.get('env') ?? null;
  const folder = keywords.get('cwd') ?? null;
  if (environment !== null) throw new Unsupported('env');
  syncEnvironment(engine);
  const { world } = engine;
  const before = world.folder;
  if (folder !== null) {
    const path = pathOf(engine, folder);
    if (world.process.state.files.find(path, world.folder)?.kind !== 'directory')
      throw systemError(engine, 'FileNotFoundError', 2n, 'No such file or directory', path);
    world.folder = world.absolute(path);
  }
  try {
    const list = typeof words === 'string' || words instanceof Bytes ? [words] : yield* engine.items(words);
    const plain = list.map((word) =>
      word instanceof Bytes
        ? word.text
        : encodeText(string(engine, word, 'expected str, bytes or os.PathLike object')),
    );
    const [program = ''] = plain;
    if (shell)
      return {
        ran: yield* world.shell(program, streams),
        words,
        text,
        collects: output === 'collect',
        collectsErrors: error === 'collect',
      };
    if (world.find(program) === null) {
      const exists = program.includes('/') && world.process.state.files.find(program, world.folder) !== null;
      throw systemError(
        engine,
        exists ? 'PermissionError' : 'FileNotFoundError',
        exists ? 13n : 2n,
        exists ? 'Permission denied' : 'No such file or directory',
        decodeText(program),
      );
    }
    return {
      ran: yield* world.program(plain, streams),
      words,
      text,
      collects: output === 'collect',
      collectsErrors: error === 'collect',
    };
  } finally {
    world.folder = before;
  }
}

const shown = (text: string, asText: boolean): Value => (asText ? decodeText(text) : new Bytes(text));

function failed(engine: Engine, done: Done): PythonError {
  const value = new Instance(engine.types.error('CalledProcessError', 'Exception', 'subprocess'));
  const message = `Command ${typeof done.words === 'string' ? `'${done.words}'` : `'${represent(done.words)}'`} returned non-zero exit status ${done.ran.status}.`;
  value.fields.set('args', new Tuple([message]));
  value.fields.set('returncode', BigInt(done.ran.status));
  value.fields.set('cmd', done.words);
  value.fields.set('output', done.collects ? shown(done.ran.output, done.text) : null);
  value.fields.set('stdout', done.collects ? shown(done.ran.output, done.text) : null);
  value.fields.set('stderr', done.collectsErrors ? shown(done.ran.error, done.text) : null);
  return new PythonError(value);
}

function completed(engine: Engine, done: Done): Instance {
  const output = done.collects ? shown(done.ran.output, done.text) : null;
  const error = done.collectsErrors ? shown(done.ran.error, done.text) : null;
  const value = makeObject(
    engine,
    'CompletedProcess',
    'subprocess',
    {},
    { args: done.words, returncode: BigInt(done.ran.status), stdout: output, stderr: error },
  );
  value.shown = `CompletedProcess(args=${represent(done.words)}, returncode=${done.ran.status}${output === null ? '' : `, stdout=${represent(output)}`}${error === null ? '' : `, stderr=${represent(error)}`})`;
  return value;
}

function* open(engine: Engine, values: readonly Value[], keywords: Keywords): Reading<Value> {
  if (keywords.get('stdin') === pipe) throw new Unsupported('stdin');
  const done = yield* run(engine, values, keywords, {});
  const { ran, text } = done;
  const pipeOf = (content: string): Value =>
    makeObject(engine, text ? 'TextIOWrapper' : 'BufferedReader', '_io', {
      ...readerMembers(engine, content, !text),
      close: () => null,
    });
  const status: Native = () => BigInt(ran.status);
  const both: Native = () =>
    new Tuple([
      done.collects ? shown(ran.output, text) : null,
      done.collectsErrors ? shown(ran.error, text) : null,
    ]);
  return makeObject(
    engine,
    'Popen',
    'subprocess',
    { wait: status, poll: status, communicate: both, kill: () => null, terminate: () => null },
    {
      returncode: BigInt(ran.status),
      pid: BigInt(engine.world.process.state.nextPid()),
      stdout: done.collects ? pipeOf(ran.output) : null,
      stderr: done.collectsErrors ? pipeOf(ran.error) : null,
    },
  );
}

/** `subprocess`: what it starts runs to its end at once. */
export function subprocess(engine: Engine): ModuleValue {
  return makeModule(
    'subprocess',
    {
      *run(values, keywords) {
        const done = yield* run(engine, values, keywords, {});
        if (isTrue(keywords.get('check') ?? false) && done.ran.status !== 0) throw failed(engine, done);
        return completed(engine, done);
      },
      *call(values, keywords) {
        return BigInt((yield* run(engine, values, keywords, {})).ran.status);
      },
      *check_call(values, keywords) {
        const done = yield* run(engine, values, keywords, {});
        if (done.ran.status !== 0) throw failed(engine, done);
        return 0n;
      },
      *check_output(values, keywords) {
        const done = yield* run(engine, values, keywords, { output: 'collect' });
        if (done.ran.status !== 0) throw failed(engine, done);
        return shown(done.ran.output, done.text);
      },
      *getoutput([command]) {
        const { output } = yield* engine.world.shell(encodeText(string(engine, command)), {
          input: null,
          output: 'collect',
          error: 'output',
        });
        return decodeText(output).replace(/\n$/, '');
      },
      *getstatusoutput([command]) {
        const { output, status } = yield* engine.world.shell(encodeText(string(engine, command)), {
          input: null,
          output: 'collect',
          error: 'output',
        });
        return new Tuple([BigInt(status), decodeText(output).replace(/\n$/, '')]);
      },
      Popen: (values, keywords) => open(engine, values, keywords),
      list2cmdline: ([list]) =>
        list instanceof List
          ? list.items.map((item) => string(engine, item)).join(' ')
          : fail(engine, 'TypeError', 'list'),
    },
    {
      PIPE: pipe,
      STDOUT: standardOutput,
      DEVNULL: nothing,
      CalledProcessError: engine.types.error('CalledProcessError', 'Exception', 'subprocess'),
      TimeoutExpired: engine.types.error('TimeoutExpired', 'Exception', 'subprocess'),
      SubprocessError: engine.types.error('SubprocessError', 'Exception', 'subprocess'),
    },
  );
}
